package channel

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// Counters returns what a [deskapi.Desk] counted for a channel on the days from a time until before
// another, in order, and ends with the first error.
func (h *Hub) Counters(ctx context.Context, channel string, from, until time.Time) iter.Seq2[deskapi.Counter, error] {
	return func(yield func(deskapi.Counter, error) bool) {
		q := store.Query{
			Kind: kindCounter, Parent: channel, Limit: 1000,
			After: &store.Position{Sort: from.UnixMicro() - 1}, Before: &store.Position{Sort: until.UnixMicro()},
		}
		for page, err := range step.Records(ctx, h.store, q) {
			if err != nil {
				yield(deskapi.Counter{}, err)
				return
			}
			for i := range page {
				r := &page[i]
				name := r.Key[strings.LastIndexByte(r.Key, '|')+1:]
				if !yield(deskapi.Counter{Day: time.UnixMicro(r.Sort).UTC(), Name: name, N: r.N}, nil) {
					return
				}
			}
		}
	}
}

// Spending returns what a channel has used, by month, market and category, in the currency of its rates.
func (h *Hub) Spending(ctx context.Context, channel string) ([]pricing.Row, error) {
	_, ok := h.channels.get(channel)
	if !ok {
		return nil, fmt.Errorf("channel: spending: %w", ErrNoChannel)
	}
	rows, err := h.money(ctx, channel, nil)
	if err != nil {
		return nil, err
	}
	sums := map[pricing.Key]pricing.Totals{}
	var order []pricing.Key
	for _, r := range rows {
		if _, ok := sums[r.Key]; !ok {
			order = append(order, r.Key)
		}
		sums[r.Key] = sums[r.Key].Plus(r.Totals)
	}
	all := make([]pricing.Row, 0, len(order))
	for _, key := range order {
		all = append(all, pricing.Row{Key: key, Totals: sums[key]})
	}
	return all, nil
}

// ReportStanding tells the hub what the host knows of a number at a moment, such as from cloudapi's
// Number.Info and DebugToken; once a day is enough, as webhooks tell of limit and name. Of each part what
// was said last counts; zero fields say nothing. [Hub.Health] shows it, [Hub.Notify] goes by the limit.
func (h *Hub) ReportStanding(ctx context.Context, channel string, at time.Time, s health.Standing) error {
	if _, ok := h.channels.get(channel); !ok {
		return fmt.Errorf("channel: observe: %w", ErrNoChannel)
	}
	if err := h.observe(ctx, channel, at, s); err != nil {
		return fmt.Errorf("channel: observe: %w", err)
	}
	return nil
}

// Processes lists the processes that work on the store or did so within a day, the last seen first. Whether one
// is health.Process.Living goes by [Hub.Now].
func (h *Hub) Processes(ctx context.Context) ([]health.Process, error) {
	h.knowTime(ctx)
	return h.processes(ctx)
}
