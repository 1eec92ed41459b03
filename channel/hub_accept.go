package channel

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// Accept takes responsibility for a delivery: it masks card numbers, then records every
// item that was not seen before, and returns nil only when that is durable. What fits into 4 MB
// is recorded in one atomic step. It is a webhook.Sink, and may as well be fed from a log of
// deliveries, in any order and any number of times.
//
// An item is believed only if the delivery's Scope covers the account and the number that it
// names and if that account is the channel's, where [Settings] know it. Everything else becomes
// a dead letter that belongs to no channel, and is counted in [Health]; replaying it helps once the
// channel's Account was corrected, while what a secret covers was settled when the item came. A webhook.Handler sets the
// Scope. Whoever verifies and parses bodies by other means sets it too; without one Accept
// refuses the delivery with [ErrNoScope].
//
// Items are applied later, by [Hub.Run]. Items of numbers that belong to no channel here are
// recorded too: a process that has the channel applies them. Once no process on the store has
// had the number for some minutes they become dead letters, which come back to life in their
// order when a channel with the number is added.
//
// Accept ends with ctx; what it has recorded by then stays, and does no harm when the delivery
// comes again.
func (h *Hub) Accept(ctx context.Context, d *webhook.Delivery) (err error) {
	start := h.now()
	var info hooks.AcceptInfo
	defer func() {
		if h.hooks.AcceptDone != nil {
			info.Took = h.now().Sub(start)
			h.hooks.AcceptDone(ctx, info, err)
		}
	}()
	if d.Scope.IsZero() {
		return fmt.Errorf("channel: accept: %w", ErrNoScope)
	}
	var b store.Batch
	size := 0
	seen := map[string]bool{}
	for ev := range d.Events() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		info.Events++
		w, masked, err := h.intake.workOf(ctx, ev, voucherOf(d.Scope, ev))
		if err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		if seen[w.ID] {
			continue
		}
		seen[w.ID] = true
		if masked {
			info.Redacted++
		}
		if size += len(w.Body); size > maxCommit && len(b.Enqueue) > 0 {
			if err := h.intake.record(ctx, &b, &info); err != nil {
				return err
			}
			b, size = store.Batch{}, len(w.Body)
		}
		b.Enqueue = append(b.Enqueue, w)
	}
	return h.intake.record(ctx, &b, &info)
}
