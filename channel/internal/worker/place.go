package worker

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// Work that a step of this process enqueues is claimed with the same commit and handed to a worker
// at once, if one is free and nothing else waits for it. Work of a lane of which this process has
// something in hand follows it: it is handed to the worker that has it.

// soonAgain is how often, and soonTries how many times, a runner looks for work that had to wait for
// its lane, in case somebody else has the lane.
const (
	soonAgain = 50 * time.Millisecond
	soonTries = 20
)

// errLane says that the work before it in its lane has to come again.
var errLane = errors.Join(ErrBusy, errors.New("channel: the work before it comes again"))

// place is room for work that is about to be enqueued.
type place struct {
	*Runner
	group   string
	claimed time.Time
	behind  *Job   // in hand, in the same lane; nil: none
	after   *place // of the work before it in its lane, which the same step enqueues; nil: none
	begun   *Job   // what has taken the place
	hold    step.Hold
	term    context.Context
}

// Reserve makes room for work that a step enqueues, nil if there is none. After is as [step.Steps] says.
func (r *Runner) Reserve(w *store.Work, after step.Place) step.Place {
	if !r.cares(w.Group) {
		return nil
	}
	single := r.Groups != nil && alone(r.Groups())
	r.mu.Lock()
	defer r.mu.Unlock()
	free, _ := r.roomLocked()
	if r.shift == nil || r.shift.work.Err() != nil || free <= r.waiting || !single && !r.shares.mayTake(w.Group, free) {
		return nil
	}
	p := &place{Runner: r, group: w.Group, claimed: time.Now(), hold: step.Hold{Lease: r.Config.Lease}, term: r.shift.work}
	if r.Term != nil {
		if p.term, p.hold.Owner = r.Term(); p.term.Err() != nil {
			return nil
		}
	}
	if after != nil {
		p.after = after.(*place)
	} else if w.Lane != "" {
		if last := r.tails[w.Lane]; last != nil {
			if p.hold.Behind = last.Lease().Token; !last.over {
				p.behind = last
			}
		}
	}
	r.inHand++
	r.shares.take(w.Group)
	if r.Gate != nil {
		r.Gate.enter(1)
	}
	return p
}

// Pass lets work through that its caller does itself, beside the workers and never more of it than
// there are workers; end must be called then. It does not take the turn of what waits: that has its
// workers.
func (r *Runner) Pass(group string) (end func(), ok bool) {
	if !r.cares(group) {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.shift == nil || r.shift.work.Err() != nil || r.passing >= r.Workers {
		return nil, false
	}
	r.passing++
	return func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.passing--
	}, true
}

// cares says that nothing speaks against work of the group.
func (r *Runner) cares(group string) bool {
	return (r.Groups == nil || slices.Contains(r.Groups(), group)) &&
		(r.Care == nil || r.Care(group) == CareNone) && (r.Whole == nil || r.Whole() == CareNone)
}

// Hold implements [step.Place].
func (p *place) Hold() step.Hold { return p.hold }

// Begin implements [step.Place].
func (p *place) Begin(w store.Work, item any, ahead []step.Known) {
	j := &Job{Work: w, Item: item, Ahead: ahead, born: true, claimed: p.claimed, taken: time.Now(), term: p.term}
	if !p.hand.take(j) {
		p.leave()
		return
	}
	if p.hire(j) {
		return
	}
	p.hand.put(j)
	p.leave()
	ctx, end := context.WithTimeout(context.Background(), p.Config.Lease/10+time.Second)
	defer end()
	p.GiveBack(ctx, j, ErrDrained, true)
}

// hire has the job done, now or when the one before it is; false: the runner has stopped, or the one before
// it is in other hands.
func (p *place) hire(j *Job) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.after != nil {
		if p.behind = p.after.begun; p.behind == nil {
			return false
		}
	}
	before := p.tails[j.Lane]
	switch {
	case before != nil && !before.over: // the last one before it, or there would be no claim
		before.next = j
	case p.shift == nil:
		return false
	default:
		if p.behind != nil {
			j.follow(p.behind)
		}
		p.start(p.shift, j)
	}
	if j.Lane != "" {
		p.tails[j.Lane] = j
	}
	p.begun = j
	return true
}

func (p *place) leave() {
	p.shares.put(p.group)
	p.mu.Lock()
	p.inHand--
	p.mu.Unlock()
	if p.Gate != nil {
		p.Gate.leave(&Job{born: true})
	}
	p.freeAfter(&Job{born: true})
}

// Release implements [step.Place].
func (p *place) Release(waits bool) {
	p.leave()
	if !waits {
		return
	}
	p.mu.Lock()
	p.soon = soonTries
	p.mu.Unlock()
	p.free()
}
