package channel

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Counter is one number of one day of a channel.
type Counter struct {
	Day  time.Time // 00:00 UTC
	Name string    // see desk.Day
	N    int64
}

// Counters returns the numbers of a channel on the days from a time until before another, in the
// order of the days. They are kept for a [Desk]: without one there are none. The sequence ends with
// the first error.
func (h *Hub) Counters(ctx context.Context, channel string, from, until time.Time) iter.Seq2[Counter, error] {
	return func(yield func(Counter, error) bool) {
		after := &store.Position{Sort: from.UnixMicro() - 1}
		before := &store.Position{Sort: until.UnixMicro()}
		for {
			page, err := h.store.List(ctx, store.Query{
				Kind: kindCounter, Parent: channel, After: after, Before: before, Limit: 1000,
			})
			if err != nil {
				yield(Counter{}, fmt.Errorf("channel: read counters: %w", err))
				return
			}
			for _, r := range page {
				name := r.Key[strings.LastIndexByte(r.Key, '|')+1:]
				if !yield(Counter{Day: time.UnixMicro(r.Sort).UTC(), Name: name, N: r.N}, nil) {
					return
				}
			}
			if len(page) < 1000 {
				return
			}
			last := page[len(page)-1]
			after = &store.Position{Sort: last.Sort, Key: last.Key}
		}
	}
}
