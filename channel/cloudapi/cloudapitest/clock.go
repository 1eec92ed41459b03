package cloudapitest

import (
	"context"
	"sync"
	"time"
)

// baton is a lock on a channel. A goroutine that waits for it lets the time of a
// testing/synctest bubble pass, which one that waits for a sync.Mutex does not; and
// whoever holds it may have to wait for a receiver.
type baton chan struct{}

func (b baton) take() { b <- struct{}{} }
func (b baton) give() { <-b }

// event is something that will happen. flight marks what Settle waits for:
// statuses and first attempts at webhooks, not retries and expiries.
type event struct {
	at     int64 // Unix nanoseconds of the world
	seq    uint64
	flight bool
	what   firer
}

// firer is what an event does. It runs with World.mu held and may return a
// webhook POST to be made without the lock.
type firer interface{ fire(w *World) *post }

// fireFunc is a firer for rare events.
type fireFunc func(w *World)

// fire implements firer.
func (f fireFunc) fire(w *World) *post { f(w); return nil }

// eventQueue is a binary heap, earliest event first. It is written out because
// container/heap allocates for every Push and Pop, of which each message causes a
// dozen.
type eventQueue []event

// before orders by time; events of one instant keep the order they were queued in,
// without which the same seed would not give the same world.
func (q eventQueue) before(i, j int) bool {
	return q[i].at < q[j].at || q[i].at == q[j].at && q[i].seq < q[j].seq
}

// push adds an event.
func (q *eventQueue) push(ev event) {
	*q = append(*q, ev)
	h := *q
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.before(i, parent) {
			break
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// pop removes the earliest event; the queue must not be empty.
func (q *eventQueue) pop() event {
	h := *q
	first, last := h[0], len(h)-1
	h[0], h[last] = h[last], event{}
	h = h[:last]
	*q = h
	for i := 0; ; {
		least := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if h.before(child, least) {
				least = child
			}
		}
		if least == i {
			return first
		}
		h[i], h[least] = h[least], h[i]
		i = least
	}
}

// Now is the time in the world. Hand it to code under test that takes a clock.
func (w *World) Now() time.Time { return time.Unix(0, w.now()).UTC() }

// now needs no lock.
func (w *World) now() int64 { return w.base().UnixNano() + w.moved.Load() }

// schedule queues what at a time of the world.
func (w *World) schedule(at int64, flight bool, what firer) {
	w.seq++
	if flight {
		w.flying++
	}
	w.queue.push(event{at, w.seq, flight, what})
	if w.queue[0].seq == w.seq {
		w.nudge()
	}
}

// nudge makes Run look at the queue again.
func (w *World) nudge() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// take removes the next event if it is due at limit, moves the clock to it and
// fires it. done reports that nothing was due.
func (w *World) take(limit int64) (p *post, done bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.queue) == 0 || w.queue[0].at > limit {
		return nil, true
	}
	ev := w.queue.pop()
	if ev.flight {
		w.flying--
	}
	w.moveTo(ev.at)
	return ev.what.fire(w), false
}

// moveTo moves the clock forward to a time. It never moves it back: under a clock that
// runs, events are usually a little late.
func (w *World) moveTo(at int64) {
	if late := at - w.now(); late > 0 {
		w.moved.Add(late)
	}
}

// Advance moves the clock by d and lets everything happen that falls due on the
// way, each at its own time. d ≤ 0 only does what is already due.
func (w *World) Advance(d time.Duration) {
	w.pump.take()
	defer w.pump.give()
	w.lanes.wait()
	w.mu.Lock()
	target := w.now() + int64(max(d, 0))
	w.mu.Unlock()
	w.runUntil(context.Background(), target)
	w.mu.Lock()
	w.moveTo(target)
	w.mu.Unlock()
	w.nudge()
}

// runUntil runs everything due up to target, including what that brings about.
func (w *World) runUntil(ctx context.Context, target int64) {
	for {
		p, done := w.take(target)
		if done {
			return
		}
		if p != nil {
			w.perform(ctx, p)
		}
	}
}

// Step lets the next event happen, moving the clock to it, and reports whether
// there was one. A webhook that fails schedules its retry, so a loop over Step
// with a receiver that always fails ends only after seven virtual days.
func (w *World) Step() bool {
	w.pump.take()
	defer w.pump.give()
	w.lanes.wait()
	return w.step()
}

// step is Step with pump held.
func (w *World) step() bool {
	p, done := w.take(1<<63 - 1)
	if p != nil {
		w.perform(context.Background(), p)
	}
	return !done
}

// Settle lets everything under way arrive: statuses, the first attempt at every
// webhook, and what these lead to. It moves the clock no further than that needs,
// usually a few seconds; retries and expiries are left in the future.
func (w *World) Settle() {
	w.pump.take()
	defer w.pump.give()
	w.lanes.wait()
	for {
		w.mu.Lock()
		idle := w.flying == 0
		w.mu.Unlock()
		if idle || !w.step() {
			return
		}
	}
}

// Run lets the world live in its own time until ctx is done: statuses and
// webhooks happen when they are due. It returns nil after the POSTs under way
// have ended. Advance may be called meanwhile. One Run at a time.
func (w *World) Run(ctx context.Context) error {
	var posts sync.WaitGroup
	defer posts.Wait()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-w.wake:
		case <-timer.C:
		}
		timer.Reset(w.runDue(ctx, &posts))
	}
}

// runDue starts everything due and returns the time until the next event.
func (w *World) runDue(ctx context.Context, posts *sync.WaitGroup) time.Duration {
	w.pump.take()
	defer w.pump.give()
	for ctx.Err() == nil {
		w.mu.Lock()
		now := w.now()
		wait := time.Hour
		if len(w.queue) > 0 {
			wait = time.Duration(min(w.queue[0].at-now, int64(time.Hour)))
		}
		w.mu.Unlock()
		if wait > 0 {
			return wait
		}
		if p, _ := w.take(now); p != nil {
			w.lanes.add(ctx, w, posts, p)
		}
	}
	return time.Hour
}
