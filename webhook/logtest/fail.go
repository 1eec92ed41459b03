package logtest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

var errRefused = errors.New("refused")

// refuseOf answers with an error for one wamid.
func refuseOf(wamid string) func(context.Context, *webhook.Delivery) error {
	return func(_ context.Context, d *webhook.Delivery) error {
		if slices.Contains(wamids(d), wamid) {
			return errRefused
		}
		return nil
	}
}

// failCases are about sinks that fail.
var failCases = []testCase{
	{
		"what the sink refuses comes again",
		"a record is done when the sink has said nil, and not before",
		func(ctx context.Context, h *harness) error {
			return h.comesAgain(ctx, func() error { return errRefused })
		},
	},
	{
		"a panic of the sink is a refusal",
		"one delivery that makes a sink panic stops neither the process nor its neighbours",
		func(ctx context.Context, h *harness) error {
			return h.comesAgain(ctx, func() error { panic("a bad one") })
		},
	},
	{
		"what is refused for ever is put aside, and its neighbours go through",
		"a bad delivery becomes a dead letter with all that it had, holds nobody up, and is not fed any more",
		func(ctx context.Context, h *harness) error {
			const tries = 30
			l := h.log(Options{MaxTries: tries})
			bad := post(webhook.Scope{Accounts: []string{"100"}}, text("7", "bad", "x"))
			if err := keep(ctx, l, one("7", "a"), bad, one("7", "b")); err != nil {
				return err
			}
			c := collect(refuseOf("bad"))
			stop := run(ctx, l, c)
			if err := c.until(ctx, "the neighbours", c.has("a", "b")); err != nil {
				return err
			}
			c.mu.Lock()
			tried := c.calls["bad"]
			c.mu.Unlock()
			if tried >= tries {
				return errors.New("the neighbours had to wait for it to be given up")
			}
			dead, err := putAside(ctx, l, c)
			if err != nil {
				return err
			}
			out, _, err := dead.Delivery()
			if err != nil {
				return err
			}
			if !slices.Equal(wamids(out), []string{"bad"}) || !reflect.DeepEqual(out.Scope, bad.Scope) {
				return errors.New("what was put aside is not what was refused")
			}
			if !strings.Contains(dead.Reason, "refused") || dead.At.IsZero() {
				return fmt.Errorf("what was put aside does not say why and when: %q, %v", dead.Reason, dead.At)
			}
			return stop()
		},
	},
	{
		"nothing is put aside while the sink is down",
		"a sink that takes nothing from anybody is an outage, during which everything waits",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{MaxTries: 2})
			ids := []string{"a", "b", "c"}
			for _, id := range ids {
				if err := keep(ctx, l, one("7", id)); err != nil {
					return err
				}
			}
			var up atomic.Bool
			c := collect(func(context.Context, *webhook.Delivery) error {
				if up.Load() {
					return nil
				}
				return errRefused
			})
			stop := run(ctx, l, c)
			if err := c.until(ctx, "some dozen of tries", func() bool { return c.fed >= 24 }); err != nil {
				return err
			}
			up.Store(true)
			if err := c.until(ctx, "what had waited", c.has(ids...)); err != nil {
				return fmt.Errorf("%w; something was put aside or lost", err)
			}
			dead, err := l.DeadLetters(ctx, 10)
			if err == nil && len(dead) > 0 {
				err = fmt.Errorf("%d were put aside", len(dead))
			}
			return errors.Join(err, stop())
		},
	},
	{
		"what was put aside comes again when it is replayed",
		"Replay feeds the sink anew, and what was replayed is not put aside any more",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			if err := keep(ctx, l, one("7", "bad"), one("7", "a")); err != nil {
				return err
			}
			var mended atomic.Bool
			c := collect(func(ctx context.Context, d *webhook.Delivery) error {
				if mended.Load() {
					return nil
				}
				return refuseOf("bad")(ctx, d)
			})
			stop := run(ctx, l, c)
			if _, err := putAside(ctx, l, c); err != nil {
				return err
			}
			mended.Store(true)
			if n, err := l.Replay(ctx, 10); err != nil || n != 1 {
				return fmt.Errorf("replay: %d, %w", n, err)
			}
			if err := c.until(ctx, "what was replayed", c.has("bad")); err != nil {
				return err
			}
			dead, err := l.DeadLetters(ctx, 10)
			if err == nil && len(dead) > 0 {
				err = errors.New("what was replayed is still put aside")
			}
			return errors.Join(err, stop())
		},
	},
}

// comesAgain lets the sink fail twice, as fail does, and expects the delivery a third time.
func (h *harness) comesAgain(ctx context.Context, fail func() error) error {
	l := h.log(Options{MaxTries: 100})
	if err := keep(ctx, l, one("7", "a")); err != nil {
		return err
	}
	var tries atomic.Int32
	c := collect(func(context.Context, *webhook.Delivery) error {
		if tries.Add(1) <= 2 {
			return fail()
		}
		return nil
	})
	stop := run(ctx, l, c)
	return errors.Join(c.until(ctx, "the third try", c.has("a")), stop())
}

// putAside waits for a dead letter, while other deliveries get through to c.
func putAside(ctx context.Context, l Log, c *collector) (*webhook.DeadRecord, error) {
	for i := 0; ; i++ {
		dead, err := l.DeadLetters(ctx, 10)
		if err != nil {
			return nil, err
		}
		if len(dead) == 1 {
			return &dead[0], nil
		}
		if len(dead) > 1 {
			return nil, fmt.Errorf("%d were put aside", len(dead))
		}
		neighbour := fmt.Sprint("neighbour", i)
		err = keep(ctx, l, one("9", neighbour))
		if err := errors.Join(err, c.until(ctx, "a neighbour", c.has(neighbour))); err != nil {
			return nil, fmt.Errorf("waiting for what is refused to be put aside: %w", err)
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}
