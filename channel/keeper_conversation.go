package channel

import (
	"context"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// eraseConversation removes a conversation with its messages, its log, and all work that
// refers to it in the given lanes.
func (k *keeper) eraseConversation(ctx context.Context, channel, id string, lanes []store.WorkQuery, receipt *conversation.Erased) error {
	b := &store.Batch{
		Delete: []store.RecordKey{{Kind: kindConversation, Key: id}, {Kind: kindOfCustomer, Key: id}},
		Drop:   []store.WorkKey{{Queue: workTimer, ID: id}, {Queue: workLater, ID: windowPrefix + id}},
	}
	b.Delete = append(b.Delete, marginRecords(id)...)
	conv, err := k.conversation(ctx, id)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if conv != nil {
		b.Delete = append(b.Delete, ticketRecords(conv)...)
	}
	if err := k.eraseMessages(ctx, channel, id, nil, receipt, b); err != nil {
		return err
	}
	if err := k.eraseMessages(ctx, channel, reactionParent(id), nil, &conversation.Erased{}, b); err != nil {
		return err
	}
	for _, q := range lanes {
		if err := k.dropLane(ctx, q, id, receipt); err != nil {
			return err
		}
	}
	for {
		page, err := k.store.List(ctx, store.Query{Kind: kindLog, Parent: id, Limit: 500})
		if err != nil {
			return fmt.Errorf("channel: list log: %w", err)
		}
		end := len(page) < 500
		now := &store.Batch{}
		if end { // the conversation goes last, so that it is found again after an error
			now = b
		}
		for _, r := range page {
			now.Delete = append(now.Delete, store.RecordKey{Kind: kindLog, Key: r.Key})
		}
		if _, err := k.store.Commit(ctx, now); err != nil {
			return fmt.Errorf("channel: delete conversation: %w", err)
		}
		if end {
			break
		}
	}
	if !conversation.IsHistory(id) {
		receipt.Conversations++
	}
	if conv != nil {
		receipt.Tickets = append(receipt.Tickets, ticketsOf(conv)...)
	}
	return nil
}

// erasePage is how many messages are removed at a time.
const erasePage = 200

// eraseMessages removes the messages of a conversation, those before a position only if
// before is not nil. What removes the last of them is added to last, for the caller to commit;
// if that is nil it is committed here.
func (k *keeper) eraseMessages(ctx context.Context, channel, conversationID string, before *store.Position, receipt *conversation.Erased, last *store.Batch) error {
	for {
		page, err := step.List[messageRecord](ctx, k.store, store.Query{
			Kind: kindMessage, Parent: conversationID, Before: before, Limit: erasePage,
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if last != nil && len(page) < erasePage {
			return k.eraseWith(ctx, last, channel, page, receipt)
		}
		if err := k.eraseThese(ctx, channel, page, receipt); err != nil || len(page) < erasePage {
			return err
		}
	}
}
