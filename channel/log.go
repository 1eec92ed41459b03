package channel

import (
	"cmp"
	"context"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// logEntry keeps what is worth keeping. That a message was sent, delivered or read shows
// on the message itself.
func (u *unit) logEntry(id string, item *hostItem) error {
	switch item.Kind {
	case "", conversation.MessageQueued, conversation.EchoReceived, conversation.Reacted, conversation.AttachmentReady:
		return nil
	case conversation.DeliveryChanged:
		if item.Failure == nil && item.Delivery != conversation.Failed && item.Delivery != conversation.Uncertain && item.Delivery != conversation.Cancelled {
			return nil
		}
	}
	if ok, err := u.Load(kindLog, id, nil); err != nil || ok {
		return err
	}
	return u.Save(kindLog, id, item.Conversation, micros(item.At), conversation.LogEntry{
		Conversation: item.Conversation, At: item.At, Kind: item.Kind, Message: item.Message,
		Author: item.Author, From: item.From, To: item.To, Reason: cmp.Or(item.Reason, string(item.Delivery)), Cause: item.Cause,
		Failure: item.Failure,
	})
}

// Log returns the latest events of a conversation, at most limit (0 means 50), in order.
func (h *Hub) Log(ctx context.Context, conversationID string, limit int) ([]*conversation.LogEntry, error) {
	if _, err := h.conversation(ctx, conversationID); err != nil {
		return nil, err
	}
	page, err := step.List[conversation.LogEntry](ctx, h.store, store.Query{
		Kind: kindLog, Parent: conversationID, Descending: true, Limit: pageSize(limit),
	})
	slices.Reverse(page)
	return page, err
}
