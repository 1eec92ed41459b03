package channel

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// A hostGate bounds how many calls of the host's ticket system run at once, and how much
// work may be claimed beyond that. Claiming and settling take their time as well: so that
// the host is not kept waiting for them, more is claimed ahead than it takes at once, the
// more the quicker it is, but never more than it is expected to take within maxAhead.
type hostGate struct {
	calls   chan struct{}
	claimed atomic.Int64 // work that is claimed and whose call has not ended
	usual   atomic.Int64 // a running mean of how long a call takes, in nanoseconds; 0: unknown
	freed   func()       // called when work has left
}

const (
	// hostDepth is how many times as many pieces of work may be in hand as calls run.
	hostDepth = 16
	// maxAhead is how long work may be expected to wait for its call. It is far below the
	// shortest lease.
	maxAhead = time.Second
)

// errHostBusy says that the host's other calls took so long that there was no time left for
// this one.
var errHostBusy = errors.New("channel: the ticket system is busy")

func newHostGate(calls int, freed func()) *hostGate {
	return &hostGate{calls: make(chan struct{}, calls), freed: freed}
}

// most is how much may be in hand, and room how much of that is free.
func (g *hostGate) most() int {
	calls := int64(cap(g.calls))
	usual := g.usual.Load()
	if usual == 0 {
		return int(calls)
	}
	return int(min(hostDepth*calls, max(calls, calls*int64(maxAhead)/usual)))
}

func (g *hostGate) room() int { return max(0, g.most()-int(g.claimed.Load())) }

// enter is called for work that was claimed, leave when it needs no call any more.
func (g *hostGate) enter(n int) { g.claimed.Add(int64(n)) }

func (g *hostGate) leave(w *Work) {
	if w.left {
		return
	}
	w.left = true
	g.claimed.Add(-1)
	g.freed()
}

// pass calls f when it is the work's turn.
func (g *hostGate) pass(ctx context.Context, w *Work, f func() error) error {
	defer g.leave(w)
	select {
	case g.calls <- struct{}{}:
	case <-ctx.Done():
		return errors.Join(errHostBusy, context.Cause(ctx))
	}
	begun := time.Now()
	defer func() {
		took := max(1, int64(time.Since(begun)))
		if usual := g.usual.Load(); usual > 0 {
			took = usual + (took-usual)/8
		}
		g.usual.Store(max(1, took)) // losing a concurrent one does no harm
		<-g.calls
	}()
	return f()
}
