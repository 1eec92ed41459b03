package logtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// runCases are about processes that begin, end and share.
var runCases = []testCase{
	{
		"Run ends with its context, after what the sink has in hand",
		"a process that is told to go finishes what it has begun, returns nil, and disturbs nobody's work on the way out",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			if err := keep(ctx, l, one("7", "a")); err != nil {
				return err
			}
			begun, finish := make(chan struct{}), make(chan struct{})
			begin, release := sync.OnceFunc(func() { close(begun) }), sync.OnceFunc(func() { close(finish) })
			defer release()
			c := collect(func(ctx context.Context, _ *webhook.Delivery) error {
				begin()
				<-finish
				return ctx.Err()
			})
			running, cancel := context.WithCancel(ctx)
			defer cancel()
			done := make(chan error, 1)
			go func() { done <- l.Run(running, c) }()
			select {
			case <-begun:
			case <-ctx.Done():
				return errors.New("nothing was fed to the sink")
			}
			cancel()
			// The sink takes its time: a Run that does not wait is back before.
			time.AfterFunc(100*time.Millisecond, release)
			if err := <-done; err != nil {
				return fmt.Errorf("run returned %w", err)
			}
			select {
			case <-finish:
			default:
				return errors.New("Run returned while the sink was at work")
			}
			c.mu.Lock()
			defer c.mu.Unlock()
			if !c.has("a")() {
				return errors.New("the context of the sink ended with that of Run")
			}
			return nil
		},
	},
	{
		"a Run that begins after its end does nothing",
		"a process may be told to go before it has begun",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			if err := keep(ctx, l, one("7", "a")); err != nil {
				return err
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			c := collect(nil)
			if err := l.Run(ended, c); err != nil {
				return fmt.Errorf("run returned %w", err)
			}
			stop := run(ctx, l, c)
			return errors.Join(c.until(ctx, "the delivery", c.has("a")), stop())
		},
	},
	{
		"processes share the work",
		"what one process has taken the others need not do as well",
		func(ctx context.Context, h *harness) error {
			first, second := h.log(Options{}), h.log(Options{})
			const many = 60
			var ids []string
			for i := range many {
				ids = append(ids, fmt.Sprint("w", i))
				if err := keep(ctx, first, one(fmt.Sprint(i%7), ids[i])); err != nil {
					return err
				}
			}
			c := collect(nil)
			stop := run(ctx, first, c)
			if err := errors.Join(c.until(ctx, "all of them", c.has(ids...)), stop()); err != nil {
				return err
			}
			if err := keep(ctx, first, one("7", "marker")); err != nil {
				return err
			}
			stop = run(ctx, second, c)
			if err := errors.Join(c.until(ctx, "the last one", c.has("marker")), stop()); err != nil {
				return err
			}
			// A few may come again, but not everything.
			if again := c.fed - many - 1; again > many/2 {
				return fmt.Errorf("of %d that one process had taken another was fed %d again", many, again)
			}
			return nil
		},
	},
	{
		"what one process did not finish another does",
		"a record is taken over from a process that went away without the sink's nil",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{MaxTries: 100})
			if err := keep(ctx, l, one("7", "a"), one("8", "b")); err != nil {
				return err
			}
			failing := collect(func(context.Context, *webhook.Delivery) error { return errRefused })
			stop := run(ctx, l, failing)
			if err := failing.until(ctx, "a try", func() bool { return failing.fed > 0 }); err != nil {
				return err
			}
			if err := stop(); err != nil {
				return err
			}
			c := collect(nil)
			stop = run(ctx, h.log(Options{MaxTries: 100}), c)
			return errors.Join(c.until(ctx, "both of them", c.has("a", "b")), stop())
		},
	},
}
