// Package quiet keeps logs readable while the same thing fails again and again.
package quiet

import (
	"sync"
	"time"
)

const (
	// again is how often a failure that goes on is told.
	again = 10 * time.Minute
	// calm is how long nothing must have failed for it to be over: what fails every other time goes on.
	calm = time.Minute
)

// A Row is a row of failures of one thing: the first is to be told, then every ten minutes how many
// there were, and at last that it is over. The zero Row is ready. It is safe for concurrent use.
type Row struct {
	mu                sync.Mutex
	since, told, last time.Time
	all, new          int // new: since it was told last
}

// Failed is told of a failure and reports whether to log it, and how many it stands for.
func (r *Row) Failed(now time.Time) (tell bool, times int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == 0 {
		r.since = now
	}
	r.all++
	r.new++
	r.last = now
	if r.all > 1 && now.Sub(r.told) < again {
		return false, 0
	}
	times, r.new, r.told = r.new, 0, now
	return true, times
}

// Worked is told of a success, and reports whether a row has ended by it of which there is more to tell than
// its first failure: how many there were, and since when.
func (r *Row) Worked(now time.Time) (over bool, times int, since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == 0 || now.Sub(r.last) < calm {
		return false, 0, time.Time{}
	}
	times, since = r.all, r.since
	r.all, r.new = 0, 0
	return times > 1, times, since
}
