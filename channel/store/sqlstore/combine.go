package sqlstore

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"time"
)

// A combiner lets concurrent callers share transactions, or statements that read,
// without a goroutine of its own. Whoever finds no leader becomes one: it takes what
// waits, its own request among it, runs it as one group, hands out the outcomes and
// gives the lead to the caller that waits longest. While a group is under way the next
// one gathers, so groups grow with the load and nobody waits for company. Where several
// leaders are allowed, a further one sets out when a crowd waits, or when somebody lost
// patience because a group takes long.
type combiner struct {
	// run carries out a group and answers every member of it.
	run func(ctx context.Context, group []*waiter)
	// most is how many leaders there may be at a time, rows how much a group may hold.
	most, rows int
	timeout    time.Duration
	// crowd is how many must wait before a further leader sets out at once, 0: never; and
	// patience how long a caller waits to become part of a group before it leads one itself,
	// if one more leader is allowed.
	crowd    int
	patience time.Duration
	// idle, if not nil, is called when nobody leads any more. It must not take long.
	idle func()

	mu      sync.Mutex
	waiting []*waiter
	leaders int
}

// waiter is one caller's part in a group: a request, a claim or a lookup.
type waiter struct {
	request *request
	claim   *claim
	lookup  *lookup

	lead chan struct{} // capacity 1: take the lead
	done chan outcome  // capacity 1

	// Guarded by combiner.mu.
	group *group // nil while waiting
}

type outcome struct {
	result
	err error
}

// group is what one leader carries out at a time.
type group struct {
	members []*waiter
	present int // members whose callers still wait; guarded by combiner.mu
	cancel  context.CancelFunc
}

func (w *waiter) answer(r result, err error) { w.done <- outcome{r, err} }

// size is the number of rows that w adds to a transaction.
func (w *waiter) size() int {
	switch {
	case w.request != nil:
		return w.request.rows()
	case w.claim != nil:
		return w.claim.limit
	}
	return len(w.lookup.keys)
}

var errPanicked = errors.New("the transaction was abandoned by a panic")

// do has w carried out by some leader, possibly this caller. If ctx is done first it
// returns at once, unless it leads: then it stays until the group is through, because
// others wait for it; but a group that nobody waits for any more is cancelled.
func (c *combiner) do(ctx context.Context, w *waiter) (result, error) {
	w.lead, w.done = make(chan struct{}, 1), make(chan outcome, 1)
	c.mu.Lock()
	c.waiting = append(c.waiting, w)
	if c.leaders == 0 || c.leaders < c.most && c.crowd > 0 && len(c.waiting) >= c.crowd {
		c.leaders++
		w.lead <- struct{}{}
	}
	further := c.leaders < c.most
	c.mu.Unlock()
	var late <-chan time.Time
	if further {
		timer := time.NewTimer(c.patience)
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-late:
			c.volunteer(w)
		case o := <-w.done:
			c.resign(w)
			return o.result, o.err
		case <-w.lead:
			c.leadOnce(ctx, w)
		case <-ctx.Done():
			return c.leave(ctx, w)
		}
	}
}

// volunteer makes w a further leader, if it still waits and one is allowed.
func (c *combiner) volunteer(w *waiter) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.group == nil && c.leaders < c.most {
		select {
		case w.lead <- struct{}{}:
			c.leaders++
		default: // it was just given the lead
		}
	}
}

// leave gives up waiting. Work that a leader has taken goes on without its caller.
func (c *combiner) leave(ctx context.Context, w *waiter) (result, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w.group == nil {
		c.waiting = remove(c.waiting, w)
	}
	select {
	case <-w.lead:
		c.passOn() // to another, now that w is out of the way
	default:
	}
	select {
	case o := <-w.done: // just in time
		return o.result, o.err
	default:
	}
	if w.group != nil {
		w.group.leave()
	}
	return result{}, ctx.Err()
}

// resign passes the lead on if w was given it while another leader carried it out.
func (c *combiner) resign(w *waiter) {
	select {
	case <-w.lead:
		c.mu.Lock()
		c.passOn()
		c.mu.Unlock()
	default:
	}
}

// leadOnce carries out one group, which holds w unless another leader was faster, and
// passes the lead on.
func (c *combiner) leadOnce(ctx context.Context, w *waiter) {
	c.settle()
	c.mu.Lock()
	g := c.gather(w)
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		c.passOn()
		c.mu.Unlock()
	}()
	if g == nil {
		return
	}
	// The transaction belongs to all members: it ends when the last of them has left,
	// this caller included, or when it takes too long.
	groupCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.timeout)
	defer cancel()
	c.mu.Lock()
	if g.cancel = cancel; g.present == 0 {
		cancel()
	}
	own := w.group == g
	c.mu.Unlock()
	if own {
		stop := context.AfterFunc(ctx, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			g.leave()
		})
		defer stop()
	}
	finished := false
	defer func() {
		if !finished { // a driver that panics must not leave the members waiting
			for _, m := range g.members {
				select {
				case m.done <- outcome{err: errPanicked}:
				default: // it has its answer
				}
			}
		}
	}()
	c.run(groupCtx, g.members)
	finished = true
}

// settle lets callers who are on their way come in, among them those whom the group
// before has just answered. It costs next to nothing when there are none.
func (c *combiner) settle() {
	for last := -1; ; {
		c.mu.Lock()
		n := len(c.waiting)
		c.mu.Unlock()
		if n == last || n >= c.rows {
			return
		}
		last = n
		runtime.Gosched()
	}
}

// leave takes one caller out of the group.
func (g *group) leave() {
	if g.present--; g.present == 0 {
		g.cancel()
	}
}

// gather makes a group of w and of those who wait longest, as far as they can share a
// transaction. It returns nil if w is already part of a group.
func (c *combiner) gather(w *waiter) *group {
	if w.group != nil {
		return nil
	}
	c.preferSettling()
	g := &group{cancel: func() {}}
	var touched footprint
	rows := 0
	kept := c.waiting[:0]
	for i, m := range c.waiting {
		n := m.size()
		if rows > 0 && rows+n > c.rows || m.request != nil && !touched.joins(m.request) {
			kept = append(kept, m)
			continue
		}
		if rows += n; rows >= c.rows {
			g.add(m)
			kept = append(kept, c.waiting[i+1:]...)
			break
		}
		g.add(m)
	}
	clear(c.waiting[len(kept):])
	c.waiting = kept
	return g
}

// preferSettling lets those who settle claimed work go first, for half of a group: a burst
// of new work must not keep from its end what is in hand already, nor the other way round.
func (c *combiner) preferSettling() {
	first, rest, rows := []*waiter(nil), []*waiter(nil), 0
	for _, w := range c.waiting {
		if w.request != nil && w.request.settles() && rows < c.rows/2 {
			rows += w.size()
			first = append(first, w)
		} else {
			rest = append(rest, w)
		}
	}
	if len(first) > 0 && len(rest) > 0 {
		copy(c.waiting[copy(c.waiting, first):], rest)
	}
}

func (g *group) add(m *waiter) {
	m.group = g
	g.members = append(g.members, m)
	g.present++
}

// passOn gives the lead to whoever waits longest, or gives it up.
func (c *combiner) passOn() {
	for _, next := range c.waiting {
		select {
		case next.lead <- struct{}{}:
			return
		default: // leads already
		}
	}
	if c.leaders--; c.leaders == 0 && c.idle != nil {
		c.idle()
	}
}

// busy says whether a group is under way.
func (c *combiner) busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.leaders > 0
}

func remove(from []*waiter, w *waiter) []*waiter {
	for i, m := range from {
		if m == w {
			copy(from[i:], from[i+1:])
			from[len(from)-1] = nil
			return from[:len(from)-1]
		}
	}
	return from
}
