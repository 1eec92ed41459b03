package channel

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// quietFor is how often a failure that goes on is told again, with how often it came.
const quietFor = 10 * time.Minute

// quiet keeps the log readable while the same thing fails again and again: the first failure
// is told in full, then now and then how many there were, and at last that it is over.
type quiet struct {
	mu sync.Mutex
	by map[string]*failures
}

type failures struct {
	reason   string
	since    time.Time
	told     time.Time
	all, new int // new: since it was told last
}

// failed is told of a failure and reports whether to log it, and how many it stands for.
func (q *quiet) failed(what, reason string, now time.Time) (tell bool, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	f := q.by[what]
	if f == nil || f.reason != reason {
		if q.by == nil {
			q.by = map[string]*failures{}
		}
		q.by[what] = &failures{reason: reason, since: now, told: now, all: 1}
		return true, 1
	}
	f.all++
	f.new++
	if now.Sub(f.told) < quietFor {
		return false, 0
	}
	n, f.new, f.told = f.new, 0, now
	return true, n
}

// worked ends a row of failures, and reports it if it was more than what is told already.
func (q *quiet) worked(what string) (f failures, ended bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	row := q.by[what]
	if row == nil {
		return f, false
	}
	delete(q.by, what)
	return *row, row.all > 1
}

// fails logs that something failed, unless that is known.
func (h *core) fails(ctx context.Context, level slog.Level, text, what string, err error, more ...slog.Attr) {
	reason := reasonOf(err)
	if tell, n := h.quiet.failed(text+what, reason, h.now()); tell {
		attrs := append([]slog.Attr{slog.String("reason", reason), slog.Int("times", n)}, more...)
		h.log.LogAttrs(ctx, level, text, attrs...)
	}
}

// works logs that something works again, if its failures went on for a while.
func (h *core) works(ctx context.Context, text, what string, more ...slog.Attr) {
	if f, ended := h.quiet.worked(text + what); ended {
		attrs := append([]slog.Attr{slog.String("reason", f.reason), slog.Int("times", f.all), slog.Time("since", f.since)}, more...)
		h.log.LogAttrs(ctx, slog.LevelWarn, text+": over", attrs...)
	}
}
