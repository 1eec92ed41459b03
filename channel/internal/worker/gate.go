package worker

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// A Gate bounds how many calls of somebody else's system run at once, and how much work may be
// claimed beyond that. Claiming and settling take their time as well: so that the other side is
// not kept waiting for them, more is claimed ahead than it takes at once, the more the quicker it
// is, but never more than it is expected to take within maxAhead.
type Gate struct {
	limit   int          // calls at once
	claimed atomic.Int64 // work that is claimed and whose call has not ended
	usual   atomic.Int64 // a running mean of how long a call takes, in nanoseconds; 0: unknown
	freed   func(w *Job) // called when work has left
	shared  bool         // groups leave room for each other

	mu      sync.Mutex
	running map[string]flow // by group
	calls   int             // all of them
	queue   []*turn         // of those that wait
}

// flow is how many calls of a group run, and how long one took lately, 0: unknown.
type flow struct {
	n     int
	usual time.Duration
}

// turn is one call that waits until it may begin.
type turn struct {
	group string
	begin chan struct{} // closed when it may
}

const (
	// Depth is how many times as many pieces of work may be in hand as calls run.
	Depth = 16
	// maxAhead is how long work may be expected to wait for its call. It is far below the
	// shortest lease.
	maxAhead = time.Second
	// fresh is for how long what was read ahead of a call is as good as read now.
	fresh = 100 * time.Millisecond
	// quick is how short the calls of a group usually are while it may have almost all of them: no
	// other one waits long for its turn then. A sixteenth, and at least one, is spared for those in
	// case the calls become slow all at once.
	quick, sparedPart = 200 * time.Millisecond, 16
)

// ErrBusy says that the other calls took so long that there was no time left for this one.
var ErrBusy = errors.New("channel: the ticket system is busy")

// NewGate returns a gate for so many calls at once. If it is shared, groups have to leave room for
// each other: what was claimed while the calls of one were quick must not take every turn once they
// are slow. One whose calls are quick has all but a few of them, and else two thirds.
func NewGate(calls int, shared bool) *Gate {
	return &Gate{limit: calls, shared: shared, freed: func(*Job) {}, running: map[string]flow{}}
}

// most is how much may be in hand, and room how much of that is free.
func (g *Gate) most() int {
	calls := int64(g.limit)
	usual := g.usual.Load()
	if usual == 0 {
		return int(calls)
	}
	return int(min(Depth*calls, max(calls, calls*int64(maxAhead)/usual)))
}

func (g *Gate) room() int { return max(0, g.most()-int(g.claimed.Load())) }

// enter is called for work that was claimed, leave when it needs no call any more.
func (g *Gate) enter(n int) { g.claimed.Add(int64(n)) }

func (g *Gate) leave(w *Job) {
	if w.left {
		return
	}
	w.left = true
	g.claimed.Add(-1)
	g.freed(w)
}

// Pass calls f when it is the work's turn.
func (g *Gate) Pass(ctx context.Context, w *Job, f func() error) error {
	defer g.leave(w)
	if err := g.wait(ctx, w); err != nil {
		return err
	}
	begun := time.Now()
	defer func() {
		took := max(1, time.Since(begun))
		g.usual.Store(int64(mean(time.Duration(g.usual.Load()), took))) // losing a concurrent one does no harm
		g.end(w.Group, took)
	}()
	return f()
}

// wait returns when the call for a job may begin; end is called when it has ended.
func (g *Gate) wait(ctx context.Context, w *Job) error {
	t := &turn{w.Group, make(chan struct{})}
	g.mu.Lock()
	g.queue = append(g.queue, t)
	g.admit()
	g.mu.Unlock()
	select {
	case <-t.begin:
		w.Waited = time.Since(w.taken) > fresh
		return nil
	case <-ctx.Done():
	}
	g.mu.Lock()
	at := slices.Index(g.queue, t)
	if at >= 0 {
		g.queue = slices.Delete(g.queue, at, at+1)
	}
	g.mu.Unlock()
	if at < 0 {
		g.end(w.Group, 0) // it was its turn at this very moment
	}
	return errors.Join(ErrBusy, context.Cause(ctx))
}

// end is called when a call has ended that took so long, 0 if there was none.
func (g *Gate) end(group string, took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls--
	c := g.running[group]
	if c.n--; took > 0 {
		c.usual = mean(c.usual, took)
	}
	g.running[group] = c
	g.admit()
	if g.running[group].n == 0 {
		delete(g.running, group)
	}
}

// mean is a running mean, 0 meaning that there is none.
func mean(usual, took time.Duration) time.Duration {
	if usual > 0 {
		took = usual + (took-usual)/8
	}
	return took
}

// admit lets those begin that may, the longest waiting first. The caller holds the lock.
func (g *Gate) admit() {
	g.queue = slices.DeleteFunc(g.queue, func(t *turn) bool {
		free := g.limit - g.calls
		if free == 0 || g.shared && !g.mayTake(t.group, free) {
			return false
		}
		g.calls++
		c := g.running[t.group]
		c.n++
		g.running[t.group] = c
		close(t.begin)
		return true
	})
}

// mayTake says whether a group may have one more call, when so many are free.
func (g *Gate) mayTake(group string, free int) bool {
	c := g.running[group]
	return hungry(c.n, free) || c.usual > 0 && c.usual <= quick && free > max(1, g.limit/sparedPart)
}
