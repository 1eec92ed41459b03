package channel

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

const (
	// beat is how often a process brings its entry up to date; less often if it polls less often.
	beat = 10 * time.Second
	// keepProcess is how long one that is gone is remembered, and maxFleet how many are read.
	keepProcess = 24 * time.Hour
	maxFleet    = 1000
)

// fleet is what this process knows about the others.
type fleet struct {
	every         time.Duration
	name, version string // of this one
	mu            sync.Mutex
	// lost are the numbers that no process has had for a while, homecoming those of this
	// process whose dead letters are being revived.
	lost, homecoming map[string]bool
}

func (h *core) processes(ctx context.Context) ([]health.Process, error) {
	found, err := step.List[health.Process](ctx, h.store, store.Query{Kind: kindProcess, Parent: fleetParent, Descending: true, Limit: maxFleet})
	if err != nil {
		return nil, err
	}
	beats, err := h.store.List(ctx, store.Query{Kind: kindBeat, Parent: fleetParent, Limit: maxFleet})
	if err != nil {
		return nil, err
	}
	seen := make(map[string]int64, len(beats))
	for i := range beats {
		seen[processOf(beats[i].Key)] = beats[i].Sort
	}
	all := make([]health.Process, len(found))
	for i, p := range found {
		if at, ok := seen[p.ID]; ok {
			p.Seen = times.Latest(p.Seen, time.UnixMicro(at).UTC())
		}
		all[i] = *p
	}
	return all, nil
}

// newProcess is the entry of a Run that begins.
func (h *core) newProcess() *health.Process {
	h.life.process = rand.Text()
	return &health.Process{
		ID: h.life.process, Name: h.fleet.name, Version: h.fleet.version,
		Every: duration.Duration(h.life.every), Desk: h.desk != nil,
	}
}

// sameDesk refuses to run beside processes that have a desk where this one has none, or have none. Of
// two of different kinds that begin at the same moment, one is first: each counts itself among its
// kind, and the step that signs goes through only if nobody of the other kind has done so since it
// looked. Any number of one kind may begin at once.
func (u *unit) sameDesk(me *health.Process) error {
	own, other := withDesk, withoutDesk
	if !me.Desk {
		own, other = other, own
	}
	if _, err := u.Load(kindBegun, other, nil); err != nil {
		return err
	}
	u.Expect(kindBegun, other)
	all, err := u.core.processes(u.ctx)
	if err != nil {
		return err
	}
	for i := range all {
		if p := &all[i]; p.ID != me.ID && p.Desk != me.Desk && p.Living(u.now) {
			return fmt.Errorf("channel: run: %w", ErrOtherDesk)
		}
	}
	u.Add(store.Record{Kind: kindBegun, Key: own, N: 1})
	return nil
}

// machine is the name of the machine with the number of the process.
func machine() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprint(host, "/", os.Getpid())
}

// program is what the program was built from, "" if Go does not know.
func program() (version string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	if version = info.Main.Version; version != "" && version != "(devel)" {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			version = s.Value[:min(12, len(s.Value))]
		}
	}
	return version
}

// sign writes the entry of this process, together with something else.
func (h *core) sign(ctx context.Context, me *health.Process, also func(u *unit) error) error {
	return h.do(ctx, func(u *unit) error {
		if _, err := u.Load(kindProcess, me.ID, nil); err != nil {
			return err
		}
		me.Seen, me.Ahead = u.now.UTC(), duration.Duration(time.Duration(h.clock.ahead.Load()).Round(time.Millisecond))
		me.Lapses, me.Settings, me.InHand = h.life.lapses(), h.shared.read.Load(), nil
		for kind, r := range h.runners {
			if n := r.InHand(); n > 0 {
				if me.InHand == nil {
					me.InHand = map[string]int{}
				}
				me.InHand[kind] = n
			}
		}
		me.Channels, me.Numbers = nil, nil
		for id, c := range h.channels.view().byID {
			me.Channels, me.Numbers = append(me.Channels, id), append(me.Numbers, c.Number)
		}
		slices.Sort(me.Channels)
		slices.Sort(me.Numbers)
		if err := also(u); err != nil {
			return err
		}
		return u.Save(kindProcess, me.ID, fleetParent, micros(me.Seen), &entry{*me, h.channels.homes()})
	})
}
