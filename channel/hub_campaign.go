package channel

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// NotifyAll is [Hub.Notify] for many rows, one after the other; it yields what became of each. A row
// that is refused, or cannot be read, harms no other. A row is known by its Key and by
// whom it is to, or by its place if it has no Key: then a campaign that is resumed must have the same
// rows in the same order, and who is there twice gets it twice.
//
// It ends with the rows, with whoever ranges over it, with ctx, or with an error that is no refusal,
// yielded with the row at which to resume. In a transaction of the host's it waits for no limit. What
// was queued is sent, unless [Hub.CancelMessage] takes it back.
func (h *Hub) NotifyAll(ctx context.Context, by conversation.Author, c campaign.Campaign, rows iter.Seq2[Notification, error]) iter.Seq[*campaign.Result] {
	return func(yield func(*campaign.Result) bool) {
		if err := errors.Join(usable.Required("key of the campaign", c.Key), usable.Text("key of the campaign", c.Key, 100)); err != nil {
			yield(&campaign.Result{Err: fmt.Errorf("channel: notify all: %w", err), Cause: CauseOf(err)})
			return
		}
		row, before := 0, &rehearsal{waits: !c.NoWait && store.DeferredIn(ctx) == nil}
		for n, err := range rows {
			row++
			result := &campaign.Result{Row: row}
			fault := false
			if err == nil {
				err = h.notifyRow(ctx, by, &c, before, n, result)
				fault = err != nil && !isRefusal(err) && !errors.Is(err, ErrNoChannel) && !isA[*checkError](err)
			}
			if err != nil {
				result.Err, result.Cause = fmt.Errorf("channel: notify all: %w", &ItemError{"row", row, err}), CauseOf(err)
			}
			if !yield(result) || fault || err != nil && ctx.Err() != nil {
				return
			}
		}
	}
}

// notifyRow sends a row, or only looks, by what would have become of those before.
func (h *Hub) notifyRow(ctx context.Context, by conversation.Author, c *campaign.Campaign, before *rehearsal, n Notification, result *campaign.Result) error {
	keyed := n.Key != ""
	n.Key = rowKey(c.Key, n.Key, result.Row)
	for {
		what := deed{by: by, channel: n.Channel}
		run := h.do
		if c.Dry {
			run = func(ctx context.Context, f func(*unit) error) error { return h.rehearse(ctx, before, f) }
		}
		msg, err := h.outbox.notifyIn(ctx, run, &what, n)
		if limit, ok := errors.AsType[*pricing.LimitError](err); ok && !c.Dry && !c.NoWait && !limit.Next.IsZero() && store.DeferredIn(ctx) == nil {
			if err := h.waitUntil(ctx, limit.Next); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			if !c.Dry {
				h.refused(ctx, &what, err)
			}
			return err
		}
		if c.Dry && !what.again {
			before.keep(msg, keyed)
			result.Until = before.until
		}
		result.Message, result.Again = &msg.Message, what.again
		if ch, ok := h.channels.get(n.Channel); ok {
			result.Currency = strings.Join(currencies(ch.Rates), "") // there is one at most
		}
		return nil
	}
}

// waitUntil waits for a time by the hub's clock, which it asks at least once a minute: somebody may move
// it, and limits may be raised.
func (h *Hub) waitUntil(ctx context.Context, at time.Time) error {
	timer := time.NewTimer(min(max(at.Sub(h.now()), time.Second), time.Minute))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// rowKey is the key of a row's message, the row's number standing for a key that it does not have. The
// length parts the names: no other campaign and row have the same.
func rowKey(campaign, key string, row int) string {
	if key == "" {
		return fmt.Sprintf("%d|%s#%d", len(campaign), campaign, row)
	}
	return fmt.Sprintf("%d|%s|%s", len(campaign), campaign, key)
}
