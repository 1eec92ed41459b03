package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/webhook"
)

// Accept takes responsibility for a delivery: it masks card numbers, records every item that was not
// seen before, at most 4 MB in one atomic step, and returns nil only when that is durable.
// Deliveries may come from a webhook.Handler or out of a log, in any order and any number of times.
// If ctx ends, what was recorded stays. While the hub runs, an item that comes alone, and statuses that come
// together, up to 16, are applied in the same step if they have to wait for nothing; all others are applied
// later.
//
// An item is believed if the delivery's Scope covers the account and number that it names, and if
// the account is the channel's, where Settings know it. Everything else becomes a dead letter of no
// channel, counted in [Hub.Health]; to replay it helps once Settings.Account was corrected. Without
// a Scope, which a webhook.Handler sets, the error matches [ErrNoScope].
//
// Items of a number that this hub does not have wait for a process that does. Once none has had it
// for some minutes they become dead letters, which come back to life, in order, when a channel with
// the number is added.
func (h *Hub) Accept(ctx context.Context, d *webhook.Delivery) (err error) {
	began := time.Now()
	var info hooks.AcceptInfo
	defer func() {
		if info.Took = time.Since(began); h.hooks.AcceptDone == nil {
			return
		}
		if err != nil {
			h.hooks.AcceptDone(ctx, info, err)
			return
		}
		committed(ctx, func(ctx context.Context) { h.hooks.AcceptDone(ctx, info, nil) })
	}()
	if d.Scope.IsZero() {
		return fmt.Errorf("channel: accept: %w", ErrNoScope)
	}
	var items []accepted
	size := 0
	seen := map[string]bool{}
	var came map[string]int // messages, by number
	for ev := range d.Events() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		info.Events++
		item, n, err := h.intake.itemOf(ctx, d, ev)
		if err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		if seen[item.work.ID] {
			continue
		}
		seen[item.work.ID] = true
		if _, ok := ev.Payload.(*webhook.Message); ok {
			if came == nil {
				came = map[string]int{}
			}
			came[ev.Number.ID]++
		}
		if item.Masked {
			info.Redacted++
		}
		if size += n; size > maxCommit && len(items) > 0 {
			if err := h.intake.record(ctx, items, &info); err != nil {
				return err
			}
			items, size = nil, n
		}
		items = append(items, item)
	}
	if err := h.intake.record(ctx, items, &info); err != nil {
		return err
	}
	committed(ctx, func(ctx context.Context) { h.countInbound(ctx, came) })
	return nil
}

// countInbound tells the Senders how many messages came in, by number.
func (h *Hub) countInbound(ctx context.Context, came map[string]int) {
	for number, n := range came {
		if ch, ok := h.channels.number(number); ok {
			if counter, ok := ch.Sender.(message.InboundCounter); ok {
				counter.CountInbound(ctx, n)
			}
		}
	}
}
