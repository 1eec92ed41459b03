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
// refers to it in the given lanes, unless it stays, which stays, if not nil, decides. What its customer writes
// meanwhile begins another one, and what somebody else brings into it goes as well, or keeps it.
func (k *keeper) eraseConversation(
	ctx context.Context, channel, id string, lanes []store.WorkQuery, receipt *conversation.Erased, stays func(*conversation.Conversation) bool,
) error {
	for range step.MaxConflicts {
		guard, conv, err := k.leave(ctx, id, stays)
		if err != nil || conv != nil && stays != nil && stays(conv) {
			return err
		}
		if err := k.eraseUnchanged(ctx, channel, id, guard, conv, lanes, receipt); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return fmt.Errorf("channel: delete conversation: gave up after %d conflicts: %w", step.MaxConflicts, store.ErrConflict)
}

// leave lets the customer be in no conversation who is in one that is to go, unless it stays, and returns it as it
// is then, nil if there is none, as in a chat history, with what keeps it that way until it is removed.
func (k *keeper) leave(ctx context.Context, id string, stays func(*conversation.Conversation) bool) (guard []store.Record, conv *conversation.Conversation, err error) {
	conv, err = k.conversation(ctx, id)
	if err != nil {
		return nil, nil, ignoreNotFound(err)
	}
	err = k.do(ctx, func(u *unit) error {
		customer, err := u.customer(conv.Customer) // before the conversation, which cannot get a message then without a conflict
		if err != nil || customer == nil || customer.Conversation != id {
			return err
		}
		var now conversation.Conversation
		if ok, err := u.Load(kindConversation, id, &now); err != nil || ok && stays != nil && stays(&now) {
			return err
		}
		customer.Conversation = "" // the next message begins a new one
		return u.saveCustomer(customer)
	})
	if err != nil {
		return nil, nil, err
	}
	records, err := k.store.Get(ctx, kindConversation, id)
	if err != nil {
		return nil, nil, fmt.Errorf("channel: read conversation: %w", err)
	}
	if len(records) == 0 {
		return nil, nil, nil
	}
	conv, err = step.Decode[conversation.Conversation](records[0])
	return asItIs(&records[0]), conv, err
}

// asItIs has a batch that removes a record fail if the record has changed.
func asItIs(r *store.Record) []store.Record {
	return []store.Record{{Kind: r.Kind, Key: r.Key, Parent: r.Parent, Sort: r.Sort, Version: r.Version, Body: r.Body}}
}

// eraseUnchanged removes a conversation with all that belongs to it, or, as far as it has come, what is of
// several pages, if the conversation changes meanwhile: the error matches store.ErrConflict then.
func (k *keeper) eraseUnchanged(
	ctx context.Context, channel, id string, guard []store.Record, conv *conversation.Conversation, lanes []store.WorkQuery, receipt *conversation.Erased,
) error {
	b := &store.Batch{
		Put:    guard,
		Delete: []store.RecordKey{{Kind: kindConversation, Key: id}, {Kind: kindOfCustomer, Key: id}},
		Drop:   []store.WorkKey{{Queue: workTimer, ID: id}, {Queue: workLater, ID: windowPrefix + id}},
	}
	b.Delete = append(b.Delete, marginRecords(id)...)
	if conv != nil {
		b.Delete = append(b.Delete, ticketRecords(conv)...)
	}
	last := &conversation.Erased{} // what goes with b
	if err := k.eraseMessages(ctx, channel, id, nil, receipt, &ending{b, last}); err != nil {
		return err
	}
	if err := k.eraseMessages(ctx, channel, reactionParent(id), nil, &conversation.Erased{}, &ending{b, &conversation.Erased{}}); err != nil {
		return err
	}
	for _, q := range lanes {
		if err := k.dropLane(ctx, q, id, receipt, &ending{b, last}); err != nil {
			return err
		}
	}
	if err := k.eraseLog(ctx, id, b); err != nil {
		return err
	}
	// What was noted of a message meanwhile: there is none any more of which something could be.
	if err := k.eraseLog(ctx, id, &store.Batch{}); err != nil {
		return err
	}
	if !conversation.IsHistory(id) {
		last.Conversations++
	}
	if conv != nil {
		last.Tickets = ticketsOf(conv)
	}
	receipt.Conversations += last.Conversations
	receipt.Messages += last.Messages
	receipt.Work += last.Work
	receipt.Attachments = append(receipt.Attachments, last.Attachments...)
	receipt.Tickets = append(receipt.Tickets, last.Tickets...)
	return nil
}

// eraseLog removes the log of a conversation, the last of it with b.
func (k *keeper) eraseLog(ctx context.Context, id string, b *store.Batch) error {
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
			now.Delete = append(now.Delete, r.ID())
		}
		now.Drop = unique(now.Drop)
		if len(now.Delete) > 0 {
			if _, err := k.store.Commit(ctx, now); err != nil {
				return fmt.Errorf("channel: delete conversation: %w", err)
			}
		}
		if end {
			return nil
		}
	}
}

// ending is the batch that removes the last part of something, for the caller to commit, with what is erased then.
type ending struct {
	*store.Batch
	receipt *conversation.Erased
}

// erasePage is how many messages are removed at a time.
const erasePage = 200

// eraseMessages removes the messages of a conversation, those before a position only if
// before is not nil. What removes the last of them is added to last, for the caller to commit;
// if that is nil it is committed here.
func (k *keeper) eraseMessages(ctx context.Context, channel, conversationID string, before *store.Position, receipt *conversation.Erased, last *ending) error {
	for {
		page, err := step.List[messageRecord](ctx, k.store, store.Query{
			Kind: kindMessage, Parent: conversationID, Before: before, Limit: erasePage,
		})
		if err != nil || len(page) == 0 {
			return err
		}
		if last != nil && len(page) < erasePage {
			return k.eraseWith(ctx, last.Batch, channel, page, last.receipt)
		}
		if err := k.eraseThese(ctx, channel, page, receipt); err != nil || len(page) < erasePage {
			return err
		}
	}
}
