package worker

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Config says what a [Runner] does.
type Config struct {
	// Kind is the kind of work, Workers how many pieces are handled at once, Lease how long one may
	// take, and Poll how often to look for work when there is none.
	Kind        string
	Workers     int
	Lease, Poll time.Duration
	// Store keeps the work, and Now is the clock. Log is told of panics.
	Store store.Store
	Now   func() time.Time
	Log   *slog.Logger

	// Handle settles the work: when it returns nil the work is done, given back or buried.
	Handle func(ctx context.Context, w *Job) error
	// GiveBack settles work that Handle failed at, or did not get to because the drain time was over.
	// Its context outlives that of the work for a moment.
	GiveBack func(ctx context.Context, w *Job, cause error, stopping bool)
	// Claimed is told how each claim ended.
	Claimed func(ctx context.Context, err error)

	// The following may be nil.

	// Clear takes work out of the store that is over. It is needed with [Runner.Over].
	Clear func(ctx context.Context, leases []store.Lease) error
	// Ahead reads what the work that was claimed together will want.
	Ahead func(ctx context.Context, works []Job)
	// Groups restricts what is claimed, see store.Claim, and is kept fair between.
	Groups func() []string
	// Care says how careful to be with a group, Whole with all of them together, and Well that
	// nothing of a group has failed lately; Well is needed with Whole.
	Care  func(group string) Care
	Whole func() Care
	Well  func(group string) bool
	// Next is how long at most to wait before work is looked for again; 0: as long as Poll says.
	Next func() time.Duration
	// Gate bounds what may be claimed besides Workers.
	Gate *Gate
	// AtOnce says that work in hand ends when Run is told to stop, and not when the time to finish it is
	// over: it comes again and again, and another process can do it as well.
	AtOnce bool
	// Term is as long as this process may work: work is claimed under its owner and done under its
	// context, and none is claimed once that has ended. nil: it may as long as Run does.
	Term func() (ctx context.Context, owner string)
}

// A Runner claims the work of one kind and hands it to a bounded number of workers. It is safe for
// concurrent use.
type Runner struct {
	Config
	signal, freed chan struct{} // of capacity 1: work may be there; more may be claimed
	sooner        chan struct{} // of capacity 1: work falls due before what the runner knew of

	hand   grips
	shares shares
	dues   dues

	mu      sync.Mutex
	shift   *shift          // while it runs
	inHand  int             // work that is claimed, or about to be
	passing int             // work that passes; see Pass
	waiting int             // work that nobody has claimed, as far as known
	soon    int             // how often to look soon for work that had to wait for its lane
	tails   map[string]*Job // the last work in hand of each lane, or in the pile
	pile    pile
}

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

// New returns a runner. It starts nothing.
func New(c Config) *Runner {
	r := &Runner{Config: c, signal: make(chan struct{}, 1), freed: make(chan struct{}, 1), sooner: make(chan struct{}, 1), tails: map[string]*Job{}}
	r.pile.added, r.pile.hurry = make(chan struct{}, 1), make(chan struct{}, 1)
	if r.Gate != nil {
		r.Gate.freed = r.freeAfter
	}
	return r
}

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
				r.Claimed(ctx, err)
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

// InHand is how much work the runner has.
func (r *Runner) InHand() int {
	r.hand.mu.Lock()
	defer r.hand.mu.Unlock()
	return len(r.hand.byID)
}

// Has says whether the runner has any work of a group in hand.
func (r *Runner) Has(group string) bool { return r.shares.has(group) }

// Notify wakes the runner if it waits: there is work that nobody has claimed.
func (r *Runner) Notify() {
	r.mu.Lock()
	r.waiting++
	r.mu.Unlock()
	poke(r.signal)
}

func (r *Runner) free() { poke(r.freed) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
