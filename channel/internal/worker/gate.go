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
	running map[string]int // calls, by group
	calls   int            // all of them
	queue   []*turn        // of those that wait
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
)

// ErrBusy says that the other calls took so long that there was no time left for this one.
var ErrBusy = errors.New("channel: the ticket system is busy")

// NewGate returns a gate for so many calls at once. If it is shared, groups have to leave room for
// each other: what was claimed while the calls of one were quick must not take every turn once they
// are slow.
func NewGate(calls int, shared bool) *Gate {
	return &Gate{limit: calls, shared: shared, freed: func(*Job) {}, running: map[string]int{}}
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
		took := max(1, int64(time.Since(begun)))
		if usual := g.usual.Load(); usual > 0 {
			took = usual + (took-usual)/8
		}
		g.usual.Store(max(1, took)) // losing a concurrent one does no harm
		g.end(w.Group)
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
		g.end(w.Group) // it was its turn at this very moment
	}
	return errors.Join(ErrBusy, context.Cause(ctx))
}

func (g *Gate) end(group string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls--
	if g.running[group]--; g.running[group] == 0 {
		delete(g.running, group)
	}
	g.admit()
}

// admit lets those begin that may, the longest waiting first. The caller holds the lock.
func (g *Gate) admit() {
	g.queue = slices.DeleteFunc(g.queue, func(t *turn) bool {
		free := g.limit - g.calls
		if free == 0 || g.shared && !hungry(g.running[t.group], free) {
			return false
		}
		g.calls++
		g.running[t.group]++
		close(t.begin)
		return true
	})
}
