package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/store"
)

// beat says that this process lives, and looks around.
func (h *Hub) beat(ctx context.Context, me *health.Process) error {
	h.measure(ctx)
	if err := h.sign(ctx, me, func(*unit) error { return nil }); err != nil {
		return err
	}
	return h.lookAround(ctx)
}

// lookAround looks what has become of the other processes, and of numbers that none has.
func (h *Hub) lookAround(ctx context.Context) error {
	others, err := h.processes(ctx)
	if err != nil {
		return err
	}
	now := h.now()
	b := &store.Batch{}
	for i := range others {
		if now.Sub(others[i].Seen) > keepProcess {
			b.Delete = append(b.Delete, store.RecordKey{Kind: kindProcess, Key: others[i].ID})
		}
	}
	if len(b.Delete) > 0 {
		if _, err := h.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: forget processes: %w", err)
		}
	}
	if err := h.intake.findStrangers(ctx, others); err != nil {
		return fmt.Errorf("channel: look at numbers that no process has: %w", err)
	}
	return nil
}

// accompany does what a running process does besides its queues, until ctx is done.
func (h *Hub) accompany(ctx context.Context, me *health.Process) {
	report := func(what string, err error) {
		switch {
		case err == nil:
			h.works(ctx, what, "")
		case ctx.Err() == nil:
			h.fails(ctx, slog.LevelError, what, "", err)
		}
	}
	beats, polls := time.NewTicker(h.fleet.every), time.NewTicker(h.poll)
	defer beats.Stop()
	defer polls.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beats.C:
			report("channel: the register of processes failed", h.beat(ctx, me))
		case <-polls.C:
			report("channel: reading what others changed failed", h.follow(ctx))
		}
	}
}

// signOff says that this process has ended.
func (h *Hub) signOff(ctx context.Context, me *health.Process) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	me.Stopped = h.now().UTC()
	if err := errors.Join(h.rest(ctx), h.sign(ctx, me, func(*unit) error { return nil })); err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: signing off failed", slog.String("reason", reasonOf(err)))
	}
}
