package channel

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// How far this process's clock may be from the store's.
const (
	// skewShown is from where on it is worth a warning, skewMeant from where on the clock is
	// taken for one that is meant to be different (Config.Now), and is left alone.
	skewShown = 2 * time.Second
	skewMeant = time.Hour
	// skewNoise is what measuring may get wrong.
	skewNoise = 100 * time.Millisecond
)

// A fleetClock is the clock of this process, put right by that of the store, so that all
// processes on a store agree on what is due and when a window closes.
type fleetClock struct {
	own   func() time.Time
	ahead atomic.Int64 // how far own is ahead, as last measured, in nanoseconds
	fixed atomic.Int64 // how much of that is taken off
	told  atomic.Int64 // of which the log was told
}

func (c *fleetClock) now() time.Time { return c.own().Add(-time.Duration(c.fixed.Load())) }

// measure asks the store for its time, if it keeps one.
func (h *core) measure(ctx context.Context) {
	keeper, ok := optional[store.Timekeeper](h.store)
	if !ok {
		return
	}
	before := h.clock.own()
	there, err := keeper.Now(ctx)
	took := h.clock.own().Sub(before)
	if err != nil || there.IsZero() || took > skewShown {
		return // it is asked again soon
	}
	ahead := before.Add(took / 2).Sub(there)
	h.clock.ahead.Store(int64(ahead))
	fixed := time.Duration(h.clock.fixed.Load())
	switch {
	case ahead.Abs() > skewMeant, ahead.Abs() < skewNoise:
		h.clock.fixed.Store(0)
	case (ahead - fixed).Abs() >= skewNoise:
		h.clock.fixed.Store(int64(ahead))
	}
	if told := time.Duration(h.clock.told.Load()); (ahead - told).Abs() > skewShown {
		h.clock.told.Store(int64(ahead))
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: this machine's clock differs from the store's",
			slog.Duration("ahead", ahead), slog.Bool("corrected", h.clock.fixed.Load() != 0))
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
