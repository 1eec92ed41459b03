package worker

import (
	"slices"
	"sync"
	"time"
)

// mostDues is how many moments a runner remembers. Of the rest it learns as it does of other processes'
// work: within Config.Poll.
const mostDues = 64

// dues are the next moments at which work falls due that this process has enqueued, the earliest first.
type dues struct {
	mu sync.Mutex
	at []time.Time
}

// add reports whether no other moment comes before this one.
func (d *dues) add(at time.Time) (first bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i, known := slices.BinarySearchFunc(d.at, at, time.Time.Compare)
	if known || i == mostDues {
		return false
	}
	if len(d.at) == mostDues {
		d.at = d.at[:mostDues-1]
	}
	d.at = slices.Insert(d.at, i, at)
	return i == 0
}

// next is the first moment; false if there is none.
func (d *dues) next() (time.Time, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.at) == 0 {
		return time.Time{}, false
	}
	return d.at[0], true
}

// pass forgets what has come by now: each moment is worth one look.
func (d *dues) pass(now time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n := 0
	for n < len(d.at) && !d.at[n].After(now) {
		n++
	}
	d.at = slices.Delete(d.at, 0, n)
}

// Expect has the runner look when work falls due that nobody has claimed, and not before because of it.
func (r *Runner) Expect(due time.Time) {
	if r.dues.add(due) {
		poke(r.sooner)
	}
}

// alarm is when a runner looks next.
type alarm struct {
	timer *time.Timer
	rings time.Time // by the machine's clock
	due   time.Time // the moment that it is set for, zero: none
}

// set has it ring after a while, or when the next work falls due if that is before.
func (a *alarm) set(wait time.Duration, r *Runner) {
	a.rings, a.due = time.Now().Add(wait), time.Time{}
	a.timer.Reset(wait)
	a.hasten(r)
}

// hasten has it ring when the next work falls due, if that is before.
func (a *alarm) hasten(r *Runner) {
	due, ok := r.dues.next()
	if !ok {
		return
	}
	wait := max(0, due.Sub(r.Now()))
	if rings := time.Now().Add(wait); rings.Before(a.rings) {
		a.rings, a.due = rings, due
		a.timer.Reset(wait)
	}
}
