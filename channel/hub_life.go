package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// live keeps this process alive in the eyes of the others, and watches them, until ctx is done.
func (h *Hub) live(ctx, work context.Context) {
	const failed = "channel: this process cannot say that it lives"
	ticks := time.NewTicker(h.life.every / 2)
	defer ticks.Stop()
	var others lookout
	for beats := true; ; beats = !beats {
		select {
		case <-ctx.Done():
			return
		case <-ticks.C:
		}
		var err error
		switch {
		case work.Err() == nil && h.life.over(): // at the end workers give back what they have, under this life
			if err = h.revive(ctx, work); err == nil {
				h.log.LogAttrs(ctx, slog.LevelWarn, "channel: the store did not hear of this process for too long; what it had in hand is given up", slog.Int("times", h.life.lapse()))
			}
		case beats:
			err = h.heartbeat(ctx)
		}
		if err == nil {
			err = h.lookForDead(ctx, &others)
		}
		if ctx.Err() == nil {
			h.life.noted(err)
		}
		switch {
		case err == nil:
			h.works(ctx, failed, "")
		case ctx.Err() == nil:
			h.fails(ctx, slog.LevelError, failed, "", err)
		}
	}
}

// soon bounds a call that is of no use when it comes late.
func (h *Hub) soon(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, lapseAfter*h.life.every)
}

func (h *Hub) beatRecord(life string, version int64) store.Record {
	return store.Record{Kind: kindBeat, Key: life, Parent: fleetParent, Sort: micros(h.now()), Version: version}
}

// heartbeat says that this process lives.
func (h *Hub) heartbeat(ctx context.Context) error {
	ctx, cancel := h.soon(ctx)
	defer cancel()
	name, version := h.life.present()
	began := time.Now()
	_, err := h.store.Commit(ctx, &store.Batch{Put: []store.Record{h.beatRecord(name, version)}})
	if errors.Is(err, store.ErrConflict) {
		found, getErr := h.store.Get(ctx, kindBeat, name)
		switch {
		case getErr != nil:
			err = getErr
		case len(found) == 0: // others hold this process for dead
			h.life.stop()
			return nil
		default: // one that was not known to have been written was
			version = found[0].Version
			_, err = h.store.Commit(ctx, &store.Batch{Put: []store.Record{h.beatRecord(name, version)}})
		}
	}
	if err != nil {
		return fmt.Errorf("channel: say that this process lives: %w", err)
	}
	h.life.goesOn(began, version+1)
	return nil
}

// revive begins a life, and ends the one before for good.
func (h *Hub) revive(ctx, work context.Context) error {
	ctx, cancel := h.soon(ctx)
	defer cancel()
	old, next := h.life.change()
	b := &store.Batch{}
	if old != "" {
		b = buryLife(old, h.now())
	}
	b.Put = []store.Record{h.beatRecord(next, 0)}
	began := time.Now()
	if _, err := h.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: say that this process lives: %w", err)
	}
	h.life.begin(work, began)
	h.wakeAll()
	return nil
}

// workKinds are all kinds of work.
var workKinds = []string{workIn, workHost, workOut, workFirst, workLater, workTimer, workCheck, workMedia, workUpkeep}

// buryLife is what ends a life: its record goes, and what it has in hand is free.
func buryLife(life string, now time.Time) *store.Batch {
	b := &store.Batch{Delete: []store.RecordKey{{Kind: kindBeat, Key: life}}}
	for _, kind := range workKinds {
		b.Release = append(b.Release, store.Claimant{Queue: kind, Owner: life, Now: now})
	}
	return b
}

func (h *Hub) wakeAll() {
	for _, r := range h.runners {
		r.Notify()
	}
}

// lookForDead looks at the heartbeats of all, and takes over from those who have none any more.
func (h *Hub) lookForDead(ctx context.Context, others *lookout) error {
	ctx, cancel := h.soon(ctx)
	defer cancel()
	began := time.Now()
	found, err := h.store.List(ctx, store.Query{Kind: kindBeat, Parent: fleetParent, Limit: maxFleet})
	if err != nil {
		return fmt.Errorf("channel: look for other processes: %w", err)
	}
	beats := make(map[string]int64, len(found))
	for i := range found {
		beats[found[i].Key] = found[i].Version
	}
	me, _ := h.life.present()
	delete(beats, me)
	dead := others.look(beats, h.life.every, began, time.Now())
	slices.Sort(dead)
	for _, life := range dead {
		if err := h.takeOver(ctx, life); err != nil {
			return fmt.Errorf("channel: take over from another process: %w", err)
		}
	}
	return nil
}

// takeOver ends the life of another process, and says so in its entry.
func (h *Hub) takeOver(ctx context.Context, life string) error {
	done, err := h.store.Commit(ctx, buryLife(life, h.now()))
	if err != nil {
		return fmt.Errorf("end its leases: %w", err)
	}
	var lost entry
	first := false
	err = h.repeat(ctx, func(u *unit) error {
		lost = entry{}
		ok, err := u.Load(kindProcess, processOf(life), &lost)
		if first = err == nil && ok && lost.Lost.IsZero() && lost.Stopped.IsZero(); !first {
			return err
		}
		lost.Lost = u.now.UTC()
		return u.Save(kindProcess, lost.ID, fleetParent, micros(lost.Seen), &lost)
	})
	if first || done.Released > 0 {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: another process was not heard of any more; what it had in hand is taken over",
			slog.String("process", lost.Name), slog.Int("leases", done.Released))
	}
	h.wakeAll()
	return err
}

// rest ends the life of this process in order.
func (h *Hub) rest(ctx context.Context) error {
	name, _ := h.life.present()
	h.life.stop()
	if _, err := h.store.Commit(ctx, buryLife(name, h.now())); err != nil {
		return fmt.Errorf("channel: end this process: %w", err)
	}
	return nil
}
