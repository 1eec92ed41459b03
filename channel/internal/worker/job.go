package worker

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// Job is claimed work in the hands of a worker: the work, and what is known about it.
type Job struct {
	store.Work
	// Item is the decoded Body, Ahead what was read ahead, and Begun how the work began before a
	// worker had it. They belong to Runner.Ahead and Runner.Handle; nil: nothing.
	Item  any
	Ahead []step.Known
	Begun any
	// Followed says that it was behind another one in its lane, which may have changed what was read
	// ahead, and Waited that its turn at the Gate came so late that anybody may have.
	Followed, Waited bool

	grip    *grip
	claimed time.Time // by the machine's own clock
	taken   time.Time // when the runner had it, likewise
	term    context.Context
	left    bool    // it has left the Gate
	born    bool    // it was claimed as it was enqueued
	passing bool    // it was never enqueued; see Passing
	stale   bool    // there was no news in it; see Merged
	verdict verdict // how the step that settled it last ended
	piled   bool    // it is over, and leaves its queue with others; see Runner.Over

	// Of the work that is in hand in its lane: guarded by Runner.mu.
	next *Job // the one that waits for it
	over bool // it has ended

	behind *Job // that it waited for, and that has to come again
}

// leavesLane says that the job is settled so that the next in its lane may begin.
func (j *Job) leavesLane() bool { return j.verdict == done || j.verdict == buried }

// follow is called when the turn of a job has come that was behind another one in its lane.
func (j *Job) follow(before *Job) {
	j.Followed = true
	if !before.leavesLane() {
		j.behind = before
	}
}

// Passing returns a job for work that is done in the step that enqueues it otherwise. It may only
// end as [Done]: the step fails with [store.ErrMustQueue] if anything else becomes of it.
func Passing(w store.Work) *Job { return &Job{Work: w, passing: true} }

// Stale says of a passing job that it was done before: see [Merged].
func (j *Job) Stale() bool { return j.stale }

// Lease is the newest proof of the claim.
func (j *Job) Lease() store.Lease {
	l := j.Work.Lease()
	if j.grip != nil {
		l.Token = j.grip.token()
	}
	return l
}

// grips are the pieces of work that the workers of a runner have in hand. A clock that
// jumps, because a machine slept or somebody moved it, ends leases early: the runner then
// claims work that a worker of its own still has. That worker goes on, with the new token.
type grips struct {
	mu   sync.Mutex
	byID map[string]*grip
}

// grip is the newest token of a piece of work.
type grip struct{ newest atomic.Pointer[string] }

func (h *grip) token() string { return *h.newest.Load() }

// take reports whether the work is for a worker to begin. If one has it already, the
// token goes to that one.
func (s *grips) take(w *Job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	token := w.Token
	if h := s.byID[w.ID]; h != nil {
		h.newest.Store(&token)
		return false
	}
	if s.byID == nil {
		s.byID = map[string]*grip{}
	}
	h := new(grip)
	h.newest.Store(&token)
	s.byID[w.ID], w.grip = h, h
	return true
}

// put is called when the worker has finished.
func (s *grips) put(w *Job) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, w.ID)
}
