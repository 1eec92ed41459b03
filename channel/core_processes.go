package channel

import (
	"context"
	"crypto/rand"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

const (
	// beat is how often a process says that it lives; less often if it polls less often.
	beat = 10 * time.Second
	// keepProcess is how long one that is gone is remembered, and maxFleet how many are read.
	keepProcess = 24 * time.Hour
	maxFleet    = 1000
)

// fleet is what this process knows about the others.
type fleet struct {
	every time.Duration
	mu    sync.Mutex
	// lost are the numbers that no process has had for a while, homecoming those of this
	// process whose dead letters are being revived.
	lost, homecoming map[string]bool
}

func (h *core) processes(ctx context.Context) ([]health.Process, error) {
	found, err := step.List[health.Process](ctx, h.store, store.Query{Kind: kindProcess, Parent: fleetParent, Descending: true, Limit: maxFleet})
	if err != nil {
		return nil, err
	}
	all := make([]health.Process, len(found))
	for i, p := range found {
		all[i] = *p
	}
	return all, nil
}

// newProcess is the entry of a Run that begins.
func (h *core) newProcess() *health.Process {
	return &health.Process{ID: rand.Text(), Started: h.now().UTC(), Every: duration.Duration(h.fleet.every)}
}

// sign writes the entry of this process, together with something else.
func (h *core) sign(ctx context.Context, me *health.Process, also func(u *unit)) error {
	return h.do(ctx, func(u *unit) error {
		if _, err := u.Load(kindProcess, me.ID, nil); err != nil {
			return err
		}
		me.Seen, me.Ahead = u.now.UTC(), duration.Duration(time.Duration(h.clock.ahead.Load()).Round(time.Millisecond))
		me.Channels, me.Numbers = nil, nil
		for id, c := range h.channels.view().byID {
			me.Channels, me.Numbers = append(me.Channels, id), append(me.Numbers, c.Number)
		}
		slices.Sort(me.Channels)
		slices.Sort(me.Numbers)
		also(u)
		return u.Save(kindProcess, me.ID, fleetParent, micros(me.Seen), &entry{*me, h.channels.homes()})
	})
}

// signOff says that this process has ended.
func (h *core) signOff(ctx context.Context, me *health.Process) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	me.Stopped = h.now().UTC()
	if err := h.sign(ctx, me, func(*unit) {}); err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: signing off failed", slog.String("reason", reasonOf(err)))
	}
}
