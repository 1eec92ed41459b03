package worker

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// shift is what belongs to one call of Run.
type shift struct {
	ctx     context.Context // ends when Run is told to stop
	work    context.Context
	workers sync.WaitGroup
	jobs    chan *Job
	retire  chan struct{} // a worker goes that takes from it
	over    chan struct{} // closed when no more work comes
	ended   chan struct{} // closed when all workers have finished
}

// unknown is how much work waits as long as nobody has looked.
const unknown = 1 << 30

// Run claims until ctx is done and returns when all workers have finished. Work goes on under the
// second context; see [Drain].
func (r *Runner) Run(ctx, work context.Context) {
	s := &shift{
		ctx: ctx, work: work, jobs: make(chan *Job), retire: make(chan struct{}),
		over: make(chan struct{}), ended: make(chan struct{}),
	}
	r.mu.Lock()
	r.shift, r.waiting = s, unknown
	r.mu.Unlock()
	var batches, clearing sync.WaitGroup
	clearing.Go(func() { r.clearAll(s) })
	defer func() {
		r.mu.Lock()
		r.shift = nil
		r.mu.Unlock()
		batches.Wait()
		close(s.over)
		s.workers.Wait()
		close(s.ended)
		clearing.Wait()
	}()
	alarm := alarm{timer: time.NewTimer(0)}
	defer alarm.timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.signal:
		case <-r.freed:
			// A claim for one piece of work costs as much as one for many. Should others
			// take long, the timer sees to it that those who are free are not idle.
			if free, most := r.room(); free < (most-r.shares.sated(free))/4 {
				continue
			}
		case <-r.sooner:
			alarm.hasten(r)
			continue
		case <-alarm.timer.C:
			r.rest(s)
			r.dues.pass(alarm.due)
		}
		r.dues.pass(r.Now())
		wait, short := r.Poll, true
		waited := r.known()
		term, owner := work, ""
		if r.Term != nil {
			term, owner = r.Term()
		}
		for more := true; more && ctx.Err() == nil && term.Err() == nil; {
			more = false
			free, _ := r.room()
			if free == 0 {
				short = false
				break
			}
			for _, a := range r.asks(free) {
				if a.partial {
					short = false
					break
				}
				if a.Limit = min(a.Limit, free); a.Limit == 0 {
					short = false
					break
				}
				a.Owner = owner
				claimed, err := r.claim(term, a.Claim)
				if err == nil || term.Err() == nil { // a claim that was cut off says nothing of the store
					r.Claimed(ctx, err)
				}
				if err != nil {
					short = false
					more, wait = false, r.Poll+rand.N(r.Poll)
					break
				}
				begin := r.take(claimed)
				batches.Go(func() {
					r.prepare(term, begin)
					for i := range begin {
						r.start(s, &begin[i])
					}
				})
				free -= len(begin)
				more = more || a.openEnded && exhausted(&a.Claim, claimed)
				if a.orElse && len(claimed) > 0 {
					break
				}
			}
		}
		r.looked(waited, short)
		if r.Next != nil {
			if next := r.Next(); next > 0 {
				wait = min(wait, next)
			}
		}
		if r.expects() {
			wait = min(wait, soonAgain)
		}
		alarm.set(wait, r)
	}
}

// room is how much may be claimed, most what it is when nothing is in hand.
func (r *Runner) room() (free, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.roomLocked()
}

func (r *Runner) roomLocked() (free, most int) {
	free, most = r.Workers-r.inHand, r.Workers
	if r.Gate != nil {
		free, most = min(free, r.Gate.room()), min(most, r.Gate.most())
	}
	return free, most
}

// known is how much work is known to wait.
func (r *Runner) known() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.waiting
}

// looked notes that of the work that was known to wait nothing is left, or nobody knows what.
func (r *Runner) looked(waited int, nothing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting -= waited; !nothing {
		r.waiting = unknown
	}
}

// expects says whether to look again soon.
func (r *Runner) expects() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.soon--
	r.soon = max(r.soon, 0)
	return r.soon > 0
}

func (r *Runner) claim(ctx context.Context, c store.Claim) ([]Job, error) {
	c.Queue, c.Now, c.Lease = r.Kind, r.Now(), r.Lease
	began := time.Now()
	works, err := r.Store.Claim(ctx, c)
	jobs := make([]Job, len(works))
	for i := range works {
		jobs[i] = Job{Work: works[i], claimed: began, taken: time.Now(), term: ctx}
	}
	return jobs, err
}

// take returns what of the claimed work is to be begun.
func (r *Runner) take(claimed []Job) []Job {
	begin := make([]Job, 0, len(claimed))
	for i := range claimed {
		if w := &claimed[i]; r.hand.take(w) {
			r.shares.take(w.Group)
			begin = append(begin, *w)
		}
	}
	r.mu.Lock()
	r.inHand += len(begin)
	for i := range begin {
		if w := &begin[i]; w.Lane != "" {
			r.tails[w.Lane] = w
		}
	}
	r.mu.Unlock()
	if r.Gate != nil {
		r.Gate.enter(len(begin))
	}
	return begin
}

// prepare reads ahead. Without it the workers read for themselves.
func (r *Runner) prepare(ctx context.Context, works []Job) {
	if r.Ahead == nil || len(works) == 0 {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.LogPanic(ctx)
		}
	}()
	r.Ahead(ctx, works)
}
