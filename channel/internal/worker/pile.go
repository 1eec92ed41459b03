package worker

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Work of which nothing is left to do but to leave its queue does so a moment later and with others, in
// one commit: its worker goes on, and so does its lane in this process. For everybody else it is still
// in hand until then. Should the process die meanwhile it is done again, so that this is only for work
// which may be.

const (
	// pileTime is how long work that is over may stay in its queue when nothing is known to wait for it.
	pileTime = 10 * time.Millisecond
	// pileMost is how much of it makes a commit that waits for no more.
	pileMost = 256
	// pileBound is how much of it there may be, should the store not take it.
	pileBound = 4 * pileMost
)

// pile is what is over and still in its queue. It is guarded by Runner.mu.
type pile struct {
	jobs   map[string]*Job // by ID
	urgent bool            // something may wait for it
	added  chan struct{}
	hurry  chan struct{}
}

// Over says that nothing is left to do of a job that Handle has in hand and that may be done again. It
// reports whether there is room for it; if not, the job has to be settled.
func (r *Runner) Over(w *Job) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pile.jobs) >= pileBound {
		return false
	}
	w.verdict, w.piled = done, true
	return true
}

// pileLocked adds a job that has ended. Of two with one ID the newer one is there: it replaced the other in the
// store. The caller holds the lock.
func (r *Runner) pileLocked(w *Job) {
	p := &r.pile
	if old := p.jobs[w.ID]; old != nil && r.tails[old.Lane] == old {
		delete(r.tails, old.Lane)
	}
	if p.jobs == nil {
		p.jobs = map[string]*Job{}
	}
	p.jobs[w.ID] = w
	p.urgent = p.urgent || r.mattersLocked(w) || len(p.jobs) >= pileMost
	poke(p.added)
	if p.urgent {
		poke(p.hurry)
	}
}

// clearAll takes what is over out of the store, until the shift has ended.
func (r *Runner) clearAll(s *shift) {
	for {
		select {
		case <-r.pile.added:
		case <-s.ended:
			r.clearPile(s)
			return
		}
		wait := time.NewTimer(pileTime)
		select {
		case <-r.pile.hurry:
		case <-wait.C:
		case <-s.ended:
		}
		wait.Stop()
		if r.clearPile(s) {
			continue
		}
		select { // the store is out
		case <-time.After(r.Poll):
			poke(r.pile.added)
		case <-s.ended:
		}
	}
}

// clearPile reports whether the store has answered.
func (r *Runner) clearPile(s *shift) bool {
	r.mu.Lock()
	jobs, urgent := slices.Collect(maps.Values(r.pile.jobs)), r.pile.urgent
	clear(r.pile.jobs)
	r.pile.urgent = false
	r.mu.Unlock()
	if len(jobs) == 0 {
		return true
	}
	ctx, end := context.WithTimeout(context.WithoutCancel(s.work), r.Lease/10+time.Second)
	defer end()
	var left []*Job
	for some := range slices.Chunk(jobs, pileMost) {
		left = append(left, r.takeOut(ctx, some)...)
	}
	select {
	case <-s.ended:
		left = nil // the next one to claim it does it again
	default:
	}
	r.mu.Lock()
	for _, w := range left {
		if r.pile.jobs[w.ID] == nil {
			r.pile.jobs[w.ID] = w
		}
	}
	for _, w := range jobs {
		if r.tails[w.Lane] == w && r.pile.jobs[w.ID] != w {
			delete(r.tails, w.Lane)
		}
	}
	r.mu.Unlock()
	if urgent {
		r.free()
	}
	return len(left) == 0
}

// takeOut takes jobs out of the store and returns those of which it does not know. What somebody else
// has by now is his.
func (r *Runner) takeOut(ctx context.Context, jobs []*Job) (left []*Job) {
	leases := make([]store.Lease, len(jobs))
	for i, w := range jobs {
		leases[i] = w.Lease()
	}
	err := r.Clear(ctx, leases)
	switch {
	case err == nil:
	case !errors.Is(err, store.ErrLeaseLost):
		return jobs
	case len(jobs) > 1:
		half := len(jobs) / 2
		return append(r.takeOut(ctx, jobs[:half]), r.takeOut(ctx, jobs[half:])...)
	}
	return nil
}
