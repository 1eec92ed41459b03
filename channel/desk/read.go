package desk

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/internal/discreet"
)

// Conversation returns a conversation and its customer. The error matches channel.ErrNotFound or
// access.ErrDenied.
func (d *Desk) Conversation(ctx context.Context, actor access.Actor, id string) (_ *conversation.Conversation, _ *conversation.Customer, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "read conversation"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return nil, nil, err
	}
	return d.hub.Conversation(ctx, id)
}

// ConversationQuery asks for conversations of one channel, newest activity first.
type ConversationQuery struct {
	// Channel is required.
	Channel string
	// Queues restricts to these; nil means all.
	Queues []rules.Queue
	// Holders restricts to what people or bots have; nil means all.
	Holders []conversation.Holder
	// Before continues a list: the last conversation of the previous page.
	Before *conversation.Conversation
	// Limit is the most to return, at most 1000; 0 or less means 50.
	Limit int
}

// LogValue shows what is asked for, without where it goes on.
func (q ConversationQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", q.Channel), slog.Any("queues", q.Queues), slog.Int("limit", q.Limit))
}

// Format implements [fmt.Formatter] with what LogValue shows.
func (q ConversationQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }

// Conversations lists conversations.
func (d *Desk) Conversations(ctx context.Context, actor access.Actor, q ConversationQuery) (_ []*conversation.Conversation, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "list conversations"}
	defer d.endRead(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, q.Channel); err != nil {
		return nil, err
	}
	hq := channel.ConversationQuery{Channel: q.Channel, Holders: q.Holders, Before: q.Before, Limit: q.Limit}
	for _, queue := range q.Queues {
		hq.Queues = append(hq.Queues, string(queue))
	}
	return d.hub.Conversations(ctx, hq)
}

// Messages returns the newest messages of a conversation, in the order in which they were written;
// see [channel.Hub.Messages].
func (d *Desk) Messages(ctx context.Context, actor access.Actor, q channel.MessageQuery) (_ []*conversation.Message, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "list messages"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, q.Conversation); err != nil {
		return nil, err
	}
	return d.hub.Messages(ctx, q)
}

// Events returns the latest events of a conversation, at most limit (0 means 50), in order.
func (d *Desk) Events(ctx context.Context, actor access.Actor, id string, limit int) (_ []*conversation.LogEntry, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Read}, verb: "read log"}
	defer d.endRead(ctx, c, &err)
	if err := d.inConversation(ctx, c, id); err != nil {
		return nil, err
	}
	return d.hub.Events(ctx, id, limit)
}
