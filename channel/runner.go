package channel

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/discreet"
)

// A runner claims the work of one queue and hands it to a bounded number of workers.
type runner struct {
	hub     *Hub
	queue   string
	workers int
	lease   time.Duration
	poll    time.Duration
	// groups restricts what is claimed, see Claim.Groups, and is kept fair between; nil: no
	// restriction.
	groups func() []string
	// care, if not nil, says how careful to be with a group.
	care func(group string) care
	// whole, if not nil, says how careful to be with all groups together.
	whole func() care
	// well says that nothing of a group has failed lately.
	well func(group string) bool
	// next, if not nil, is how long at most to wait before work is looked for again; 0: as
	// long as poll says.
	next func() time.Duration
	// ahead, if not nil, reads what the work that was claimed together will want.
	ahead func(ctx context.Context, works []job)
	// gate, if not nil, bounds what may be claimed besides workers.
	gate *hostGate
	// handle settles the work: when it returns nil the work is done, given back or
	// buried. An error gives it back with the queue's backoff.
	handle func(ctx context.Context, w *job) error
	// maxTries is after how many failures the work is buried; 0: never.
	maxTries int
	// calm says that the work comes back again and again by design, so that its tries do
	// not count failures.
	calm   bool
	signal chan struct{} // capacity 1: work may be there
	freed  chan struct{} // capacity 1: more may be claimed

	hand   holds
	shares shares
}

// run claims until ctx is done and returns when all workers have finished.
func (r *runner) run(ctx, work context.Context) {
	var workers, batches sync.WaitGroup
	slots := make(chan struct{}, r.workers)
	jobs, retire := make(chan *job), make(chan struct{})
	defer workers.Wait()
	defer close(jobs)
	defer batches.Wait()
	worker := func(w *job) {
		for w != nil {
			r.one(work, w)
			r.hand.put(w)
			r.shares.put(w.Group)
			<-slots
			if r.gate != nil {
				r.gate.leave(w)
			}
			r.free()
			select {
			case w = <-jobs: // nil once it is closed
			case <-retire:
				return
			}
		}
	}
	// rest lets the workers go when there has been nothing to do for a while.
	rest := func() {
		for len(slots) == 0 {
			select {
			case retire <- struct{}{}:
			default:
				return
			}
		}
	}
	// room is how much may be claimed, most what it is when nothing is in hand.
	room := func() (free, most int) {
		free, most = r.workers-len(slots), r.workers
		if r.gate != nil {
			free, most = min(free, r.gate.room()), min(most, r.gate.most())
		}
		return free, most
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-r.signal:
		case <-r.freed:
			// A claim for one piece of work costs as much as one for many. Should others
			// take long, the timer sees to it that those who are free are not idle.
			if free, most := room(); free < (most-r.shares.sated(free))/4 {
				continue
			}
		case <-timer.C:
			rest()
		}
		wait := r.poll
		for more := true; more && ctx.Err() == nil; {
			more = false
			free, _ := room()
			if free == 0 {
				break
			}
			for _, a := range r.asks(free) {
				if a.Limit = min(a.Limit, free); a.Limit == 0 {
					break
				}
				claimed, err := r.claim(work, a.Claim)
				if err != nil {
					r.hub.fails(ctx, slog.LevelError, "channel: claim failed", r.queue, err, slog.String("queue", r.queue))
					more, wait = false, r.poll+rand.N(r.poll)
					break
				}
				r.hub.works(ctx, "channel: claim failed", r.queue, slog.String("queue", r.queue))
				begin := r.take(claimed)
				for range begin {
					slots <- struct{}{}
				}
				batches.Go(func() {
					r.prepare(work, begin)
					for i := range begin {
						select {
						case jobs <- &begin[i]:
						default:
							workers.Go(func() { worker(&begin[i]) })
						}
					}
				})
				free -= len(begin)
				more = more || a.openEnded && exhausted(&a.Claim, claimed)
				if a.orElse && len(claimed) > 0 {
					break
				}
			}
		}
		if r.next != nil {
			if next := r.next(); next > 0 {
				wait = min(wait, next)
			}
		}
		timer.Reset(wait)
	}
}

func (r *runner) claim(ctx context.Context, c store.Claim) ([]job, error) {
	c.Queue, c.Now, c.Lease = r.queue, r.hub.now(), r.lease
	began := time.Now()
	works, err := r.hub.store.Claim(ctx, c)
	jobs := make([]job, len(works))
	for i := range works {
		jobs[i] = job{Work: works[i], claimed: began}
	}
	return jobs, err
}

// take returns what of the claimed work is to be begun.
func (r *runner) take(claimed []job) []job {
	begin := make([]job, 0, len(claimed))
	for i := range claimed {
		if w := &claimed[i]; r.hand.take(w) {
			r.shares.take(w.Group)
			begin = append(begin, *w)
		}
	}
	if r.gate != nil {
		r.gate.enter(len(begin))
	}
	return begin
}

// prepare reads ahead. Without it the workers read for themselves.
func (r *runner) prepare(ctx context.Context, works []job) {
	if r.ahead == nil || len(works) == 0 {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			r.logPanic(ctx)
		}
	}()
	r.ahead(ctx, works)
}

func (r *runner) logPanic(ctx context.Context) {
	r.hub.log.LogAttrs(ctx, slog.LevelError, "channel: panic while handling work",
		slog.String("queue", r.queue), slog.String("stack", string(debug.Stack())))
}

// one handles one piece of work. A panic in host code is contained and counts as a
// failure; its text is not logged, since it may hold content.
func (r *runner) one(ctx context.Context, w *job) {
	ctx, cancel := context.WithDeadline(ctx, w.claimed.Add(r.lease*9/10))
	defer cancel()
	err := r.contain(ctx, w)
	switch {
	case err == nil, errors.Is(err, store.ErrLeaseLost):
		return // another worker has it, or it is gone
	}
	r.giveBack(context.WithoutCancel(ctx), w, err, errors.Is(context.Cause(ctx), errDrained))
}

func (r *runner) contain(ctx context.Context, w *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.logPanic(ctx)
			err = errPanic
		}
	}()
	return r.handle(ctx, w)
}

var errPanic = errors.New("channel: handler panicked")

// giveBack postpones failed work with growing pauses, or buries it.
func (r *runner) giveBack(ctx context.Context, w *job, cause error, stopping bool) {
	ctx, cancel := context.WithTimeout(ctx, r.lease/10+time.Second)
	defer cancel()
	reason := reasonOf(cause)
	tries, body := w.Tries, []byte(nil)
	if item, ok := w.item.(attempted); ok {
		tries, body = item.failedAgain(r.hub.now())
	}
	b := &store.Batch{}
	switch {
	case stopping: // says nothing against the work
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: r.hub.now(), Reason: "stopped"}}
	case errors.Is(cause, errHeld):
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: r.hub.now(), Reason: errHeld.Error()}}
	case errors.Is(cause, errHostBusy): // neither does that
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: r.hub.now(), Reason: reasonOf(errHostBusy)}}
	case errors.Is(cause, ErrPermanent), r.maxTries > 0 && tries+1 >= r.maxTries:
		b.Bury = []store.Buried{{Lease: w.Lease(), Reason: reason}}
	case r.calm:
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: r.hub.now().Add(pause(3)), Reason: reason}}
	default:
		b.Later = []store.Postponed{{Lease: w.Lease(), Due: r.hub.now().Add(pause(tries)), Reason: reason, Body: body}}
	}
	_, err := r.hub.store.Commit(ctx, b)
	if err == nil && len(b.Bury) > 0 {
		r.hub.hooks.deadLetter(ctx, DeadLetterInfo{Queue: w.Queue, ID: w.ID, Channel: channelOf(w.Group), Reason: reason})
	}
	if errors.Is(cause, errHeld) && err == nil {
		return // the outage is told once
	}
	level := slog.LevelWarn
	if len(b.Bury) > 0 {
		level = slog.LevelError
	}
	tell, times := r.hub.quiet.failed("work failed|"+r.queue+"|"+reason, reason, r.hub.now())
	if !tell && len(b.Bury) == 0 {
		return // it is counted
	}
	r.hub.log.LogAttrs(ctx, level, "channel: work failed", slog.String("queue", r.queue),
		slog.String("work", discreet.Hash(w.ID)), slog.Int("tries", w.Tries+1), slog.String("reason", reason),
		slog.Bool("dead", len(b.Bury) > 0), slog.Bool("stored", err == nil), slog.Int("times", max(1, times)))
}

// pause is the wait before the next try: 1 s, 2 s, 4 s … up to 15 minutes, each
// shortened by up to a quarter at random so that failures do not march in step.
func pause(tries int) time.Duration {
	const most = 15 * time.Minute
	d := most
	if tries < 10 {
		d = min(most, time.Second<<tries)
	}
	return d - rand.N(d/4)
}

// notify wakes the runner if it waits; free does so once a worker is free.
func (r *runner) notify() { poke(r.signal) }

func (r *runner) free() { poke(r.freed) }

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
