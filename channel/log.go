package channel

import (
	"context"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/store"
)

// LogEntry is an event in the life of a conversation that is no message: who had it, where
// it stood, and above all what could not be sent and why.
type LogEntry struct {
	Conversation string     `json:"conversation"`
	At           time.Time  `json:"at"`
	Kind         ChangeKind `json:"kind"`
	// Message is the message concerned, "" if none.
	Message string `json:"message,omitempty"`
	// Author, From, To, Reason, Cause and Failure are as in Change.
	Author  Author   `json:"author,omitzero"`
	From    string   `json:"from,omitempty"`
	To      string   `json:"to,omitempty"`
	Reason  string   `json:"reason,omitempty"`
	Cause   Cause    `json:"cause,omitempty"`
	Failure *Failure `json:"failure,omitempty"`
}

// logEntry keeps what is worth keeping. That a message was sent, delivered or read shows
// on the message itself.
func (u *unit) logEntry(id string, item *hostItem) error {
	switch item.Kind {
	case "", MessageQueued, EchoReceived, Reacted, AttachmentReady:
		return nil
	case DeliveryChanged:
		if item.Failure == nil && item.Delivery != Failed && item.Delivery != Uncertain && item.Delivery != Cancelled {
			return nil
		}
	}
	if ok, err := u.load(kindLog, id, nil); err != nil || ok {
		return err
	}
	return u.save(kindLog, id, item.Conversation, micros(item.At), LogEntry{
		Conversation: item.Conversation, At: item.At, Kind: item.Kind, Message: item.Message,
		Author: item.Author, From: item.From, To: item.To, Reason: nonEmpty(item.Reason, string(item.Delivery)), Cause: item.Cause,
		Failure: item.Failure,
	})
}

// Log returns the latest events of a conversation, at most limit (0 means 50), in order.
func (h *Hub) Log(ctx context.Context, actor access.Actor, conversation string, limit int) ([]*LogEntry, error) {
	conv, err := h.conversation(ctx, conversation)
	if err != nil {
		return nil, h.unknownTo(actor, access.Read, err)
	}
	if err := h.mayReadIn(ctx, actor, conv.Channel); err != nil {
		return nil, err
	}
	page, err := list[LogEntry](ctx, h.store, store.Query{
		Kind: kindLog, Parent: conversation, Descending: true, Limit: pageSize(limit),
	})
	slices.Reverse(page)
	return page, err
}
