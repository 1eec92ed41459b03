package logtest

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// harness is what a case works on.
type harness struct {
	name string
	open func(Options) Log
}

// log returns a handle on the log of the case, with quick repeats and real masking unless o
// says otherwise.
func (h *harness) log(o Options) Log {
	o.Name = h.name
	o.MaxTries = cmp.Or(o.MaxTries, 3)
	o.MinWait = cmp.Or(o.MinWait, 5*time.Millisecond)
	o.MaxWait = cmp.Or(o.MaxWait, 20*time.Millisecond)
	if o.Redact == nil {
		o.Redact = redact.Cards
	}
	return h.open(o)
}

var everything = webhook.Scope{All: true}

// post is a delivery of several entries.
func post(scope webhook.Scope, entries ...string) *webhook.Delivery {
	return body(scope, `{"object":"whatsapp_business_account","entry":[`+strings.Join(entries, ",")+`]}`)
}

// body is a delivery of any body.
func body(scope webhook.Scope, text string) *webhook.Delivery {
	d, _ := webhook.Parse([]byte(text)) // a body that is not JSON is a delivery as well
	d.Secret, d.Scope = 0, scope
	return d
}

// text is an entry with one text message.
func text(number, wamid, words string) string {
	quoted, _ := json.Marshal(words) // a string always can
	return fmt.Sprintf(`{"id":"100","changes":[{"field":"messages","value":{"metadata":{"phone_number_id":%q},`+
		`"messages":[{"id":%q,"from":"13125550143","timestamp":"1700000000","type":"text","text":{"body":%s}}]}}]}`, number, wamid, quoted)
}

// one is a delivery of one text message.
func one(number, wamid string) *webhook.Delivery {
	return post(everything, text(number, wamid, "hello"))
}

// wamids are the message IDs in a delivery.
func wamids(d *webhook.Delivery) (ids []string) {
	for e := range d.Events() {
		if m, ok := e.Payload.(*webhook.Message); ok {
			ids = append(ids, m.ID)
		}
	}
	return ids
}

// collector is a sink that remembers what it was fed.
type collector struct {
	// answer decides about a delivery; nil takes everything. It runs without the lock.
	answer func(ctx context.Context, d *webhook.Delivery) error

	mu      sync.Mutex
	changed chan struct{} // closed and replaced at each change
	fed     int
	taken   []*webhook.Delivery // those that were answered with nil
	calls   map[string]int      // how often each wamid was fed
}

func collect(answer func(ctx context.Context, d *webhook.Delivery) error) *collector {
	return &collector{answer: answer, changed: make(chan struct{}), calls: map[string]int{}}
}

// Accept implements webhook.Sink.
func (c *collector) Accept(ctx context.Context, d *webhook.Delivery) (err error) {
	c.note(func() {
		c.fed++
		for _, id := range wamids(d) {
			c.calls[id]++
		}
	})
	if c.answer != nil {
		err = c.answer(ctx, d)
	}
	if err == nil {
		c.note(func() { c.taken = append(c.taken, d) })
	}
	return err
}

func (c *collector) note(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	close(c.changed)
	c.changed = make(chan struct{})
}

// until waits until ok, which runs under the lock. what says what is waited for.
func (c *collector) until(ctx context.Context, what string, ok func() bool) error {
	for {
		c.mu.Lock()
		done, changed := ok(), c.changed
		c.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("waiting for %s: %w", what, context.Cause(ctx))
		}
	}
}

// ids are the wamids of what was taken, in order. The caller holds the lock.
func (c *collector) ids() (ids []string) {
	for _, d := range c.taken {
		ids = append(ids, wamids(d)...)
	}
	return ids
}

// has reports whether all of the wamids were taken. The caller holds the lock.
func (c *collector) has(want ...string) func() bool {
	return func() bool {
		ids := c.ids()
		return !slices.ContainsFunc(want, func(id string) bool { return !slices.Contains(ids, id) })
	}
}

// first returns the first delivery that was taken.
func (c *collector) first(ctx context.Context) (*webhook.Delivery, error) {
	err := c.until(ctx, "a delivery", func() bool { return len(c.taken) > 0 })
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.taken[0], nil
}

// run starts l.Run. stop ends it and returns what it returned.
func run(ctx context.Context, l Log, sink webhook.Sink) (stop func() error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- l.Run(ctx, sink) }()
	return sync.OnceValue(func() error { cancel(); return <-done })
}

// keep hands deliveries to l.
func keep(ctx context.Context, l Log, ds ...*webhook.Delivery) error {
	for _, d := range ds {
		if err := l.Accept(ctx, d); err != nil {
			return fmt.Errorf("accept: %w", err)
		}
	}
	return nil
}

// feedFirst keeps ds in a log with o, runs it and returns the first delivery that comes.
func (h *harness) feedFirst(ctx context.Context, o Options, ds ...*webhook.Delivery) (*webhook.Delivery, error) {
	l := h.log(o)
	if err := keep(ctx, l, ds...); err != nil {
		return nil, err
	}
	c := collect(nil)
	stop := run(ctx, l, c)
	d, err := c.first(ctx)
	if err != nil {
		return nil, err
	}
	return d, stop()
}
