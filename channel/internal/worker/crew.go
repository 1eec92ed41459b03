package worker

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// start gives a job to a worker.
func (r *Runner) start(s *shift, w *Job) {
	select {
	case s.jobs <- w:
	default:
		s.workers.Go(func() { r.worker(s, w) })
	}
}

// worker does one job after the other.
func (r *Runner) worker(s *shift, w *Job) {
	for {
		for w != nil {
			r.one(s, w)
			w = r.finish(w)
		}
		select {
		case w = <-s.jobs:
		case <-s.retire:
			return
		case <-s.over:
			return
		}
	}
}

// finish takes a job out of the books, and returns the one that waited for it.
func (r *Runner) finish(w *Job) (next *Job) {
	r.hand.put(w)
	r.shares.put(w.Group)
	r.mu.Lock()
	r.inHand--
	w.over, next = true, w.next
	switch {
	case w.piled:
		r.pileLocked(w)
	case r.tails[w.Lane] == w:
		delete(r.tails, w.Lane)
	}
	r.mu.Unlock()
	if r.Gate != nil {
		r.Gate.leave(w)
	}
	r.freeAfter(w)
	if next != nil {
		next.follow(w)
	}
	return next
}

// freeAfter has more claimed after work has ended, if there may be more: where work comes from
// others, or waits here.
func (r *Runner) freeAfter(w *Job) {
	r.mu.Lock()
	more := r.mattersLocked(w)
	r.mu.Unlock()
	if more {
		r.free()
	}
}

// mattersLocked says whether something may be claimed because work has ended.
func (r *Runner) mattersLocked(w *Job) bool { return !w.born || r.waiting > 0 || r.soon > 0 }

// rest lets the workers go when there has been nothing to do for a while.
func (r *Runner) rest(s *shift) {
	for {
		r.mu.Lock()
		idle := r.inHand == 0
		r.mu.Unlock()
		if !idle {
			return
		}
		select {
		case s.retire <- struct{}{}:
		default:
			return
		}
	}
}

// LogPanic logs where handling work of this kind panicked. The value is not logged: it may hold content.
func (r *Runner) LogPanic(ctx context.Context) {
	r.Log.LogAttrs(ctx, slog.LevelError, "channel: panic while handling work",
		slog.String("kind", r.Kind), slog.String("stack", string(debug.Stack())))
}

// one handles one piece of work. A panic in host code is contained and counts as a
// failure; its text is not logged, since it may hold content.
func (r *Runner) one(s *shift, w *Job) {
	ctx, cancel := context.WithDeadline(w.term, w.claimed.Add(r.Lease*9/10))
	defer cancel()
	if r.AtOnce {
		var stop context.CancelCauseFunc
		ctx, stop = context.WithCancelCause(ctx)
		defer stop(nil)
		defer context.AfterFunc(s.ctx, func() { stop(ErrDrained) })()
	}
	err := errLane
	switch {
	case w.behind != nil:
	case ctx.Err() != nil:
		err = ctx.Err()
	default:
		err = r.contain(ctx, w)
	}
	switch {
	case err == nil:
		return
	case errors.Is(err, store.ErrLeaseLost):
		w.verdict = inHand
		return // another worker has it, or it is gone
	}
	cause := context.Cause(ctx)
	stopping := errors.Is(cause, ErrDrained) || errors.Is(cause, ErrLapsed)
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), r.Lease/10+time.Second)
	defer end()
	r.GiveBack(ctx, w, err, stopping)
}

func (r *Runner) contain(ctx context.Context, w *Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.LogPanic(ctx)
			err = ErrPanic
		}
	}()
	return r.Handle(ctx, w)
}

// ErrPanic says that a handler panicked.
var ErrPanic = errors.New("channel: handler panicked")
