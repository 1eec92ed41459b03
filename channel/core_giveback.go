package channel

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/internal/worker"
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

// outcome is what becomes of work that failed so often before.
func (p patience) outcome(cause error, stopping bool, tries int, body []byte, now time.Time) worker.Outcome {
	reason := reasonOf(cause)
	switch {
	case stopping: // says nothing against the work
		return worker.Later(now, "stopped")
	case errors.Is(cause, errOut):
		return worker.Later(now, errOut.Error())
	case errors.Is(cause, worker.ErrBusy): // neither does that
		return worker.Later(now, reasonOf(worker.ErrBusy))
	case errors.Is(cause, ErrPermanent), p.maxTries > 0 && tries+1 >= p.maxTries:
		return worker.Buried(reason)
	case p.calm:
		return worker.Later(now.Add(worker.Pause(3)), reason)
	default:
		return worker.LaterAs(now.Add(worker.Pause(tries)), reason, body)
	}
}

// giveBack postpones failed work with growing pauses, or buries it.
func (h *core) giveBack(ctx context.Context, p patience, w *worker.Job, cause error, stopping bool) {
	tries, body := w.Tries, []byte(nil)
	if item, ok := w.Item.(attempted); ok {
		tries, body = item.failedAgain(h.now())
	}
	o := p.outcome(cause, stopping, tries, body, h.now())
	err := h.repeat(ctx, func(u *unit) error { return w.Settle(u.Step, o) })
	reason, dead := reasonOf(cause), h.tellBuried(ctx, w, o, err)
	if errors.Is(cause, errOut) && err == nil {
		return // the outage is told once
	}
	level := slog.LevelWarn
	if dead {
		level = slog.LevelError
	}
	tell, times := h.quiet.failed("work failed|"+w.Queue+"|"+reason, reason, h.now())
	switch {
	case !tell && !dead:
		return // it is counted
	case stopping && err == nil: // nothing has failed
		h.log.LogAttrs(ctx, slog.LevelInfo, "channel: this process stops, and gives back work that it had in hand", slog.String("kind", w.Queue))
		return
	}
	h.log.LogAttrs(ctx, level, "channel: work failed", slog.String("kind", w.Queue),
		slog.String("work", discreet.Hash(w.ID)), slog.Int("tries", w.Tries+1), slog.String("reason", reason),
		slog.Bool("dead", dead), slog.Bool("stored", err == nil), slog.Int("times", max(1, times)))
}
