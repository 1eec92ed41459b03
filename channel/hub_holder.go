package channel

import (
	"context"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/internal/opaque"
)

const maxHolderReason = 500

// HandOver gives people a conversation that a bot has: it was asked for a person, did not understand or
// cannot help, or somebody takes it. What that means says [conversation.Holder]; what people have they
// keep. The error matches ErrNotFound or ErrUnusable.
func (h *Hub) HandOver(ctx context.Context, by conversation.Author, id string, why conversation.Handover) error {
	if why.Cause == "" {
		why.Cause = conversation.CauseByHand
	}
	if !why.Cause.HandsOver() {
		return fmt.Errorf("channel: hand over: %w", &usable.Error{What: "cause", Rule: usable.Unknown})
	}
	return h.hold(ctx, by, "hand over", id, conversation.HeldByPeople, why)
}

// HandBack gives a conversation that people have to the bot; reason is a sentence for the log, at most 500
// bytes, "" for none. The error matches ErrHeldByPeople for a bot that takes it by itself, or ErrNotFound
// or ErrUnusable.
func (h *Hub) HandBack(ctx context.Context, by conversation.Author, id, reason string) error {
	return h.hold(ctx, by, "hand back", id, conversation.HeldByBot, conversation.Handover{Cause: conversation.CauseByHand, Reason: reason})
}

func (h *Hub) hold(ctx context.Context, by conversation.Author, verb, id string, to conversation.Holder, why conversation.Handover) error {
	err := usable.Text("reason", why.Reason, maxHolderReason)
	if err == nil {
		action := opaque.Random("a_")
		err = h.do(ctx, func(u *unit) error {
			u.author = by
			ch, customer, conv, err := u.answering(id)
			if err != nil {
				return err
			}
			if to == conversation.HeldByBot {
				if err := u.mayAnswer(conv); err != nil {
					return err
				}
			}
			s := u.scene(ch, customer, conv, action, u.now)
			if err := s.give(to, why.Cause, strings.TrimSpace(s.Redact(why.Reason))); err != nil {
				return err
			}
			return s.finish()
		})
	}
	if err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}
