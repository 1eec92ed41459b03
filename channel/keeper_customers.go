package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// pruneCustomers removes those of the next few customers of a channel whom nothing needs any
// more. It returns the position of the last one, nil at the end.
func (k *keeper) pruneCustomers(ctx context.Context, s *settings.Settings, after *store.Position, now time.Time) (*store.Position, error) {
	page, err := step.List[conversation.Customer](ctx, k.store, store.Query{Kind: kindCustomer, Parent: s.ID, After: after, Limit: upkeepStep})
	if err != nil || len(page) == 0 {
		return nil, err
	}
	err = inParallel(len(page), func(i int) error {
		if err := k.pruneHistory(ctx, page[i], s, now); err != nil {
			return err
		}
		if needed(page[i], &s.Retention, now) {
			return nil
		}
		return k.forgetCustomer(ctx, page[i].ID, s, now)
	})
	if err != nil || len(page) < upkeepStep {
		return nil, err
	}
	last := page[len(page)-1]
	return &store.Position{Sort: micros(last.Created), Key: last.ID}, nil
}

// pruneHistory removes what is older than the channel keeps from the chat history of a customer, one that
// was merged among them: it stands in no conversation that would be pruned.
func (k *keeper) pruneHistory(ctx context.Context, c *conversation.Customer, s *settings.Settings, now time.Time) error {
	until := &store.Position{Sort: micros(before(now, s.Retention.Messages))}
	return k.eraseMessages(ctx, s.ID, c.HistoryID(), until, &conversation.Erased{}, nil)
}

// needed says whether something of the customer's own must be kept: a consent or an opt-out
// within its period, or the memory of somebody who was there lately.
func needed(c *conversation.Customer, r *settings.Retention, now time.Time) bool {
	messages, consents := before(now, r.Messages), before(now, r.Consents)
	if c.MergedInto != "" {
		return true // it goes with the one that took it over
	}
	last := c.Created
	if heard, ok := c.Window.LastInbound(); ok && heard.After(last) {
		last = heard
	}
	if !last.Before(messages) || c.Window.FreeEntryAt(now) {
		return true
	}
	proof := times.Latest(c.MarketingStopped, c.ConsentsRevoked)
	for i := range c.Consents {
		for _, at := range []time.Time{c.Consents[i].At, c.Consents[i].Revoked} {
			if at.After(proof) {
				proof = at
			}
		}
	}
	return !proof.IsZero() && !proof.Before(consents)
}

// forgetCustomer removes a customer without any conversation or message, with the records
// that were merged into it and all that leads to it. Should the customer come back meanwhile, it
// is either not removed or met as somebody new.
func (k *keeper) forgetCustomer(ctx context.Context, id string, s *settings.Settings, now time.Time) error {
	return k.do(ctx, func(u *unit) error {
		var c conversation.Customer
		if ok, err := u.Load(kindCustomer, id, &c); err != nil || !ok || needed(&c, &s.Retention, now) {
			return err
		}
		queries := []store.Query{{Kind: kindOfCustomer, Parent: id, Limit: 1}}
		for _, history := range c.History() {
			queries = append(queries, store.Query{Kind: kindMessage, Parent: history, Limit: 1})
		}
		for _, q := range queries {
			left, err := u.List(ctx, q)
			if err != nil {
				return fmt.Errorf("channel: list %s: %w", q.Kind, err)
			}
			if len(left) > 0 {
				return nil
			}
		}
		if err := u.saveCustomer(&c); err != nil { // so that it is still as it was read
			return err
		}
		u.Delete(store.RecordKey{Kind: kindCustomer, Key: id})
		own, err := k.ownAliases(ctx, &c)
		if err != nil {
			return err
		}
		for _, key := range own {
			u.Delete(store.RecordKey{Kind: kindAlias, Key: key})
		}
		for _, merged := range c.Merged {
			u.Delete(store.RecordKey{Kind: kindCustomer, Key: merged})
		}
		return nil
	})
}
