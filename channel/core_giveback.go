package channel

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
)

// patience is what becomes of work of one kind that fails.
type patience struct {
	// maxTries is after how many failures the work is buried; 0: never.
	maxTries int
	// calm says that the work comes back again and again by design, so that its tries do
	// not count failures.
	calm bool
}

// giveBack postpones failed work with growing pauses, or buries it.
func (h *core) giveBack(ctx context.Context, p patience, w *worker.Job, cause error, stopping bool) {
	reason := reasonOf(cause)
	tries, body := w.Tries, []byte(nil)
	if item, ok := w.Item.(attempted); ok {
		tries, body = item.failedAgain(h.now())
	}
	b := &store.Batch{}
	switch {
	case stopping: // says nothing against the work
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: h.now(), Reason: "stopped"}}
	case errors.Is(cause, errHeld):
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: h.now(), Reason: errHeld.Error()}}
	case errors.Is(cause, worker.ErrBusy): // neither does that
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: h.now(), Reason: reasonOf(worker.ErrBusy)}}
	case errors.Is(cause, ErrPermanent), p.maxTries > 0 && tries+1 >= p.maxTries:
		b.Bury = []store.Buried{{Lease: w.Lease(), Reason: reason}}
	case p.calm:
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: h.now().Add(worker.Pause(3)), Reason: reason}}
	default:
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: h.now().Add(worker.Pause(tries)), Reason: reason, Body: body}}
	}
	_, err := h.store.Commit(ctx, b)
	if err == nil && len(b.Bury) > 0 {
		h.hooks.deadLetter(ctx, DeadLetterInfo{Work: w.Queue, ID: w.ID, Channel: channelOf(w.Group), Reason: reason})
	}
	if errors.Is(cause, errHeld) && err == nil {
		return // the outage is told once
	}
	level := slog.LevelWarn
	if len(b.Bury) > 0 {
		level = slog.LevelError
	}
	tell, times := h.quiet.failed("work failed|"+w.Queue+"|"+reason, reason, h.now())
	if !tell && len(b.Bury) == 0 {
		return // it is counted
	}
	h.log.LogAttrs(ctx, level, "channel: work failed", slog.String("queue", w.Queue),
		slog.String("work", discreet.Hash(w.ID)), slog.Int("tries", w.Tries+1), slog.String("reason", reason),
		slog.Bool("dead", len(b.Bury) > 0), slog.Bool("stored", err == nil), slog.Int("times", max(1, times)))
}

// bury makes work a dead letter.
func (h *core) bury(ctx context.Context, w *worker.Job, cause error) error {
	return h.buryWith(ctx, w, cause, func(*unit) {})
}

// buryWith does so together with something else.
func (h *core) buryWith(ctx context.Context, w *worker.Job, cause error, also func(u *unit)) error {
	reason := reasonOf(cause)
	err := h.do(ctx, func(u *unit) error {
		u.Bury(w.Lease(), reason)
		also(u)
		return nil
	})
	if err == nil {
		h.hooks.deadLetter(ctx, DeadLetterInfo{Work: w.Queue, ID: w.ID, Channel: channelOf(w.Group), Reason: reason})
	}
	return err
}
