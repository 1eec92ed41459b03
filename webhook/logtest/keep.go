package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kanava-go/kanava/webhook"
)

// keepCases are about what is kept.
var keepCases = []testCase{
	{
		"what was accepted is fed to the sink, whole",
		"the events that the sink gets are together those of the delivery, whatever they are",
		func(ctx context.Context, h *harness) error {
			in := post(everything,
				text("7", "a", "hello"), text("8", "b", "Grüße 👋 \u0000 \n"),
				`{"id":"100","time":1,"changes":[{"field":"account_update","value":{"event":"DISABLED_UPDATE"}}]}`,
				`{"id":"100","time":1,"changes":[{"field":"of_tomorrow","value":{"x":[1,{"y":null}]}}]}`)
			want := map[string]bool{}
			for e := range in.Events() {
				want[e.Key()] = true
			}
			if len(want) != 4 {
				return fmt.Errorf("the delivery itself has %d events", len(want))
			}
			l := h.log(Options{})
			if err := keep(ctx, l, in); err != nil {
				return err
			}
			got := map[string]bool{}
			c := collect(nil)
			stop := run(ctx, l, c)
			err := c.until(ctx, "all events", func() bool {
				for _, d := range c.taken {
					for e := range d.Events() {
						got[e.Key()] = true
					}
				}
				return len(got) >= len(want)
			})
			if err == nil && !maps.Equal(got, want) {
				err = fmt.Errorf("other events came out than went in: %d of %d", len(got), len(want))
			}
			return errors.Join(err, stop())
		},
	},
	{
		"scope and secret survive",
		"the sink learns what the secret that fitted covers, and which it was",
		func(ctx context.Context, h *harness) error {
			in := post(webhook.Scope{Accounts: []string{"100", "200"}, Numbers: []string{"7"}}, text("7", "a", "x"))
			in.Secret = 2
			out, err := h.feedFirst(ctx, Options{}, in)
			if err != nil {
				return err
			}
			if !reflect.DeepEqual(in.Scope, out.Scope) || out.Secret != 2 {
				return fmt.Errorf("went in with secret 2 and accounts 100, 200 for number 7, came out with secret %d and %+v", out.Secret, out.Scope)
			}
			return nil
		},
	},
	{
		"a delivery without scope is refused",
		"nothing is kept of which nobody says what whoever signed it may speak for",
		func(ctx context.Context, h *harness) error {
			err := h.log(Options{}).Accept(ctx, post(webhook.Scope{}, text("7", "a", "x")))
			if err == nil {
				return errors.New("it was accepted")
			}
			if !errors.Is(err, webhook.ErrNoScope) {
				return fmt.Errorf("the error is not webhook.ErrNoScope: %w", err)
			}
			return nil
		},
	},
	{
		"card numbers are masked before anything is kept",
		"neither what the log keeps nor what it hands on holds the digits, and the sink can see that there were some",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			if err := keep(ctx, l, post(everything, text("7", "a", "my card is 4111 1111 1111 1111"))); err != nil {
				return err
			}
			if holder, ok := l.(Holder); ok {
				held, err := holder.Holds(ctx)
				if err != nil {
					return err
				}
				if !bytes.Contains(held, []byte("my card is")) {
					return errors.New("what Holds returns does not show the message at all")
				}
				if bytes.Contains(held, []byte("4111")) {
					return errors.New("the log keeps the digits of a card")
				}
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			d, err := c.first(ctx)
			if err != nil {
				return err
			}
			for e := range d.Events() {
				if bytes.Contains(e.Raw(), []byte("4111")) {
					return errors.New("the sink gets the digits of a card")
				}
				if !e.Masked() {
					return errors.New("the sink cannot see that something was masked")
				}
			}
			return stop()
		},
	},
	{
		"what is signed for one does not use up what is signed for another",
		"the same body under another scope is another delivery, or whoever repeats it first keeps it from its owner",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			for _, account := range []string{"666", "100"} {
				if err := keep(ctx, l, post(webhook.Scope{Accounts: []string{account}}, text("7", "a", "x"))); err != nil {
					return err
				}
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			err := c.until(ctx, "the delivery with the scope of its owner", func() bool {
				return slices.ContainsFunc(c.taken, func(d *webhook.Delivery) bool { return d.Scope.Covers("100", "7") })
			})
			return errors.Join(err, stop())
		},
	},
	{
		"what is not JSON is kept, too",
		"a signed body that cannot be read may be looked at later, with the scope that it had",
		func(ctx context.Context, h *harness) error {
			out, err := h.feedFirst(ctx, Options{}, body(everything, `{"entry":[{"text":"`))
			if err != nil {
				return err
			}
			if string(out.Body) != `{"entry":[{"text":"` || out.Len() != 1 || !out.Scope.All {
				return errors.New("it came out otherwise than it went in")
			}
			return nil
		},
	},
	{
		"the largest POST of Meta arrives whole",
		"3 MB with a thousand items are nothing unusual, whatever a message of the log may measure",
		func(ctx context.Context, h *harness) error {
			var entries, ids []string
			for i := range 1000 {
				ids = append(ids, fmt.Sprint("w", i))
				entries = append(entries, text("7", ids[i], strings.Repeat("lorem ipsum ", 240)))
			}
			l := h.log(Options{})
			if err := keep(ctx, l, post(everything, entries...)); err != nil {
				return err
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			return errors.Join(c.until(ctx, "a thousand messages", c.has(ids...)), stop())
		},
	},
	{
		"many at once are all kept",
		"Accept is called from many goroutines",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			var wg sync.WaitGroup
			errs, ids := make([]error, 200), make([]string, 200)
			for i := range errs {
				ids[i] = fmt.Sprint("w", i)
				wg.Go(func() { errs[i] = l.Accept(ctx, one(fmt.Sprint(i%5), ids[i])) })
			}
			wg.Wait()
			if err := errors.Join(errs...); err != nil {
				return err
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			return errors.Join(c.until(ctx, "all of them", c.has(ids...)), stop())
		},
	},
	{
		"what Accept said it has it has, whatever became of its context",
		"nil means durable",
		func(ctx context.Context, h *harness) error {
			l := h.log(Options{})
			ended, cancel := context.WithCancel(ctx)
			cancel()
			want := []string{"marker"}
			if l.Accept(ended, one("7", "late")) == nil {
				want = append(want, "late")
			}
			if err := keep(ctx, l, one("7", "marker")); err != nil {
				return err
			}
			c := collect(nil)
			stop := run(ctx, l, c)
			return errors.Join(c.until(ctx, "what was accepted", c.has(want...)), stop())
		},
	},
	{
		"another process on the log knows everything",
		"a log is more than the memory of who writes it",
		func(ctx context.Context, h *harness) error {
			if err := keep(ctx, h.log(Options{}), one("7", "a")); err != nil {
				return err
			}
			c := collect(nil)
			stop := run(ctx, h.log(Options{}), c)
			return errors.Join(c.until(ctx, "the delivery", c.has("a")), stop())
		},
	},
	{
		"what is carried along arrives",
		"what Inject takes from the context of Accept, Extract puts into that of the sink",
		func(ctx context.Context, h *harness) error {
			type key struct{}
			l := h.log(Options{
				Inject: func(ctx context.Context) map[string]string {
					trace, _ := ctx.Value(key{}).(string)
					return map[string]string{"traceparent": trace}
				},
				Extract: func(ctx context.Context, carried map[string]string) context.Context {
					return context.WithValue(ctx, key{}, carried["traceparent"])
				},
			})
			if err := keep(context.WithValue(ctx, key{}, "00-abc-def-01"), l, one("7", "a")); err != nil {
				return err
			}
			var trace any
			c := collect(func(ctx context.Context, _ *webhook.Delivery) error { trace = ctx.Value(key{}); return nil })
			stop := run(ctx, l, c)
			if err := errors.Join(c.until(ctx, "the delivery", c.has("a")), stop()); err != nil {
				return err
			}
			if trace != "00-abc-def-01" {
				return fmt.Errorf("the sink's context carries %v", trace)
			}
			return nil
		},
	},
}
