package main

import (
	"context"
	"errors"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
)

// tickets is where a host's own ticket system would be: the desk is the workplace here. For trials it
// answers every message, with the ID of the message as the key, so that it answers once however often
// it is asked, and as long as the budget lasts.
type tickets struct {
	hub    *channel.Hub
	answer bool
}

func (t *tickets) Receive(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	if t.answer && in.Message.Text != "" {
		_, err = t.hub.Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "trial"}, channel.Reply{
			Conversation: in.Conversation.ID, Key: in.ID, Content: &message.Text{Body: "re: " + in.Message.Text},
		})
		if errors.Is(err, pricing.ErrBudgetExhausted) {
			err = nil // the message has arrived all the same
		}
	}
	return "", err
}

func (t *tickets) Changed(context.Context, *conversation.Change) error { return nil }
