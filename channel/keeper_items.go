package channel

import (
	"context"
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// lanes are the kinds of work that wait in a conversation's lane, living and dead.
var lanes = func() (all []store.WorkQuery) {
	for _, queue := range []string{workHost, workOut, workFirst} {
		all = append(all, store.WorkQuery{Queue: queue}, store.WorkQuery{Queue: queue, Dead: true})
	}
	return all
}()

// busy returns those of the lanes in which anything waits at all, for whatever conversation.
func (k *keeper) busy(ctx context.Context) (some []store.WorkQuery, err error) {
	for _, q := range lanes {
		q.Limit = 1
		found, err := k.store.Work(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("channel: list work: %w", err)
		}
		if len(found) > 0 {
			some = append(some, q)
		}
	}
	return some, nil
}

// eraseItems removes items of a person on a channel that were not applied yet, or never could
// be: those that name the person, not those that mention the name. phones says that no BSUID of
// the person is known, so that whoever shows the number is the one.
func (k *keeper) eraseItems(ctx context.Context, ch *Channel, aliases []string, phones bool, receipt *conversation.Erased) error {
	for _, dead := range []bool{true, false} {
		for page, err := range step.Works(ctx, k.store, store.WorkQuery{Queue: workIn, Dead: dead, Limit: 500}) {
			if err != nil {
				return err
			}
			b := &store.Batch{}
			for i := range page {
				w := &page[i]
				ev, _, err := eventOf(w)
				if err != nil || !k.concerns(ch, ev) {
					continue
				}
				if slices.ContainsFunc(aliasesOf(ev, ch.Number, phones), func(key string) bool { return slices.Contains(aliases, key) }) {
					b.Drop = append(b.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
				}
			}
			if len(b.Drop) > 0 {
				if _, err := k.store.Commit(ctx, b); err != nil {
					return fmt.Errorf("channel: drop work: %w", err)
				}
				receipt.Work += len(b.Drop)
			}
		}
	}
	return nil
}

// concerns says whether an item is one of a channel, or of a number of the same account that has
// no channel.
func (k *keeper) concerns(ch *Channel, ev *webhook.Event) bool {
	if ev.Number.ID == ch.Number {
		return true
	}
	_, others := k.channels.number(ev.Number.ID)
	return !others && ch.Account != "" && ch.Account == ev.Account
}

// dropLane removes work of a lane. What removes the last of it is added to last, for the caller to commit.
func (k *keeper) dropLane(ctx context.Context, q store.WorkQuery, lane string, receipt *conversation.Erased, last *ending) error {
	q.Lane, q.Limit = lane, 200
	for {
		page, err := k.store.Work(ctx, q)
		if err != nil {
			return fmt.Errorf("channel: list work: %w", err)
		}
		b, end := &store.Batch{}, len(page) < q.Limit
		if end {
			b, receipt = last.Batch, last.receipt
		}
		for _, w := range page {
			b.Drop = append(b.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
		}
		if receipt.Work += len(page); end {
			return nil
		}
		if _, err := k.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: drop work: %w", err)
		}
	}
}
