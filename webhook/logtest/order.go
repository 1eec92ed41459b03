package logtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/kanava-go/kanava/webhook"
)

// orderCases are about logs in order.
var orderCases = []testCase{
	{
		"in order, those of a number come one after the other",
		"with InOrder the sink gets what belongs to a number in the order in which it was accepted, also after a failure and with two processes",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{InOrder: true, MaxTries: 100})
			var atWork, failures atomic.Int32
			var overlap atomic.Bool
			c := collect(func(context.Context, *webhook.Delivery) error {
				if atWork.Add(1) > 1 {
					overlap.Store(true)
				}
				defer atWork.Add(-1)
				if failures.Add(1)%5 == 0 {
					return errRefused
				}
				return nil
			})
			var ids []string
			for i := range 30 {
				ids = append(ids, fmt.Sprint("w", i))
				if err := keep(ctx, l, one("7", ids[i])); err != nil {
					return err
				}
			}
			stops := []func() error{run(ctx, l, c), run(ctx, h.log(Options{InOrder: true, MaxTries: 100}), c)}
			if err := c.until(ctx, "all of them", c.has(ids...)); err != nil {
				return err
			}
			for _, stop := range stops {
				if err := stop(); err != nil {
					return err
				}
			}
			// A record may come again; what counts is when each came for the first time.
			var order []string
			for _, id := range c.ids() {
				if !slices.Contains(order, id) {
					order = append(order, id)
				}
			}
			if overlap.Load() || !slices.Equal(order, ids) {
				return fmt.Errorf("they came as %v (two at once: %t)", order, overlap.Load())
			}
			return nil
		},
	},
	{
		"in order, a POST of several numbers is cut into theirs",
		"the order is that of each number, and the events of one POST that belong to a number stay together",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{InOrder: true})
			if err := keep(ctx, l, post(everything, text("7", "a", "x"), text("8", "b", "x"), text("7", "c", "x"))); err != nil {
				return err
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			if err := errors.Join(c.until(ctx, "all of them", c.has("a", "b", "c")), stop()); err != nil {
				return err
			}
			for _, d := range c.taken {
				if ids := wamids(d); !slices.Equal(ids, []string{"a", "c"}) && !slices.Equal(ids, []string{"b"}) {
					return fmt.Errorf("a delivery of %v was fed", ids)
				}
			}
			return nil
		},
	},
	{
		"in order, a bad delivery does not hold up its number for ever",
		"it is put aside after ten times MaxTries, although nothing behind it could get through",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{InOrder: true, MaxTries: 1})
			if err := keep(ctx, l, one("7", "bad"), one("7", "a")); err != nil {
				return err
			}
			c := collect(refuseOf("bad"))
			stop := run(ctx, l, c)
			if err := c.until(ctx, "the one behind it", c.has("a")); err != nil {
				return err
			}
			if _, err := putAside(ctx, l, c); err != nil {
				return err
			}
			return stop()
		},
	},
}
