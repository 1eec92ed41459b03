package channel

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// How far this process's clock may be from the store's.
const (
	// skewShown is from where on it is worth a warning, skewMeant from where on the clock is
	// taken for one that is meant to be different (Config.Now), and is left alone: an hour of summer
	// time, and what such a clock is off besides, is not meant.
	skewShown = 2 * time.Second
	skewMeant = 90 * time.Minute
	// skewNoise is what measuring may get wrong, and skewJump what reading two clocks one after the
	// other may.
	skewNoise = 100 * time.Millisecond
	skewJump  = 500 * time.Millisecond
)

// A fleetClock is the clock of this process, put right by that of the store, so that all
// processes on a store agree on what is due and when a window closes.
type fleetClock struct {
	own   func() time.Time
	last  atomic.Pointer[measurement] // nil: the store keeps no time, or own is meant to be different
	ahead atomic.Int64                // how far own is ahead, as last measured, in nanoseconds
	told  atomic.Int64                // of which the log was told

	mu     sync.Mutex
	asking *inquiry // nil: nobody asks
}

// An inquiry is one call of the store for its time, for all who want to know it.
type inquiry struct {
	over chan struct{} // closed when it has answered
	cut  bool          // whoever asked went away before; for those who see over closed
}

// A measurement is what the clocks of a process showed when the store was asked for its time.
type measurement struct {
	machine time.Time     // with the monotonic clock, which nobody can set
	own     time.Time     // without it
	fixed   time.Duration // how much is taken off own
}

// jump is by how much more own has gone on since then than the monotonic clock: somebody has set it,
// or the machine slept, in which only the monotonic clock stands still.
func (m *measurement) jump(own time.Time) time.Duration {
	d := own.Round(0).Sub(m.own) - time.Since(m.machine)
	if d.Abs() < skewJump {
		return 0
	}
	return d
}

// now takes a jump off, which is right if somebody has set the clock. Whoever writes something by it
// asks for the present.
func (c *fleetClock) now() time.Time {
	own, m := c.own(), c.last.Load()
	if m == nil {
		return own
	}
	fixed := m.fixed
	if jump := m.jump(own); jump.Abs() <= skewMeant {
		fixed += jump
	}
	return own.Round(0).Add(-fixed)
}

// jumped says that now is not to be relied on until the store has been asked.
func (c *fleetClock) jumped() bool {
	m := c.last.Load()
	return m != nil && m.jump(c.own()) != 0
}

// present is now, for what is decided and written by it: after a jump the store is asked first.
func (h *core) present(ctx context.Context) time.Time {
	h.makeSure(ctx)
	return h.now()
}

// makeSure measures if the clock has jumped. One asks for all who want to know, except for those in a
// transaction of the host: it may hold the connection that the one waits for.
func (h *core) makeSure(ctx context.Context) {
	c := &h.clock
	switch {
	case !c.jumped():
		return
	case store.DeferredIn(ctx) != nil:
		h.measure(ctx)
		return
	}
	c.mu.Lock()
	if asking := c.asking; asking != nil {
		c.mu.Unlock()
		select {
		case <-asking.over:
		case <-ctx.Done():
			return
		}
		if asking.cut && ctx.Err() == nil {
			h.makeSure(ctx)
		}
		return
	}
	asking := &inquiry{over: make(chan struct{})}
	c.asking = asking
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.asking, asking.cut = nil, ctx.Err() != nil
		close(asking.over)
	}()
	h.measure(ctx)
}

// knowTime has calls that only read know the time, in a process that does not run as well.
func (h *core) knowTime(ctx context.Context) {
	if h.running.Load() {
		h.makeSure(ctx)
	} else {
		h.measure(ctx)
	}
}

// measure asks the store for its time, if it keeps one.
func (h *core) measure(ctx context.Context) {
	keeper, ok := optional[store.Timekeeper](h.store)
	if !ok {
		return
	}
	c := &h.clock
	machine, own := time.Now(), c.own()
	there, err := keeper.Now(ctx)
	took := time.Since(machine)
	if err != nil || there.IsZero() || took > skewShown {
		return // it is asked again soon
	}
	m := &measurement{machine: machine.Add(took / 2), own: own.Round(0).Add(took / 2)}
	if before := c.last.Load(); before != nil {
		m.fixed = before.fixed
	}
	ahead := m.own.Sub(there)
	c.ahead.Store(int64(ahead))
	switch {
	case ahead.Abs() > skewMeant:
		m = nil
	case ahead.Abs() < skewNoise:
		m.fixed = 0
	case (ahead - m.fixed).Abs() >= skewNoise:
		m.fixed = ahead
	}
	c.last.Store(m)
	if told := time.Duration(c.told.Load()); (ahead - told).Abs() > skewShown {
		c.told.Store(int64(ahead))
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: this machine's clock differs from the store's",
			slog.Duration("ahead", ahead), slog.Bool("corrected", m != nil && m.fixed != 0))
	}
}

// at is the time of an event, or now if WhatsApp gave none or one that is not to be believed.
func (u *unit) at(ev *webhook.Event) time.Time {
	if ev.Time.IsZero() {
		return u.now.UTC()
	}
	return believed(ev.Time, u.now)
}

// believed is a time from outside as far as it can be true: one that lies ahead by more than
// clocks differ is taken for now. Otherwise it would stand above everything that happens until
// then: a message in lists, a wish, an edit, a name.
func believed(t, now time.Time) time.Time {
	if t.After(now.Add(window.DefaultMaxSkew)) {
		t = now
	}
	return t.UTC()
}
