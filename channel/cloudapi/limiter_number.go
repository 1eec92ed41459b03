package cloudapi

import (
	"context"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/message"
)

// How a number's limit is used and defended.
const (
	// shrink is what remains of the speed after Meta has refused for throughput,
	// recovery the part of the limit that comes back per recoverEvery: slowly from
	// shortly before the speed that was refused.
	shrink       = 0.7
	recovery     = 0.05
	probing      = 0.005
	recoverEvery = 10 * time.Second
	// overtakes is how many messages in a row may pass one that has waited longer.
	overtakes = 7
	laneCount = 3
)

// numberQueue is the throughput of one business number and the messages that
// wait for it. Whoever finds a permit free and nobody waiting takes it at once;
// the others queue by lane, and a timer hands out permits as they fall due.
type numberQueue struct {
	id    string
	salt  uint64 // the number's part of the keys of its pairs
	clock clock

	mu      sync.Mutex
	waiting int
	pace    pace
	paused  time.Duration // nothing goes before
	ceiling float64       // limit of the number, messages per second
	speed   float64       // at most ceiling; less after a refusal
	refused float64       // speed at the last refusal, 0 for none
	changed time.Duration // when speed last changed

	lanes  [laneCount]lane
	passed int // messages in a row that overtook an older one
	timer  *time.Timer
}

func newNumberQueue(c clock, id string, salt uint64, perSecond int) *numberQueue {
	q := &numberQueue{id: id, salt: salt, clock: c, paused: -1}
	q.setThroughput(c.now(), perSecond)
	return q
}

// setThroughput takes over a limit that was learned. What was found out the hard
// way is forgotten.
func (q *numberQueue) setThroughput(now time.Duration, perSecond int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c := float64(max(perSecond, 1)); c != q.ceiling {
		q.ceiling, q.refused = c, 0
		q.pace.setLimit(max(perSecond, 1))
		q.setSpeed(now, c)
		q.dispatch(now)
	}
}

func (q *numberQueue) setSpeed(now time.Duration, speed float64) {
	q.speed, q.changed = speed, now
	q.pace.setSpeed(now, speed)
}

// throttled reacts to a refusal: a pause, then a slower pace. Refusals of
// messages that were on their way at the same time count once.
func (q *numberQueue) throttled(now, pause time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until := later(now, max(pause, time.Second)); until > q.paused {
		if now > q.paused {
			q.refused = q.speed
			q.setSpeed(now, max(q.speed*shrink, 1))
		}
		q.paused = until
	}
}

// recover raises the speed again when nothing was refused for a while.
func (q *numberQueue) recover(now time.Duration) {
	if q.speed >= q.ceiling {
		return
	}
	speed, changed := q.speed, q.changed
	for now-changed >= recoverEvery && speed < q.ceiling {
		step := recovery
		if q.refused > 0 && speed+recovery*q.ceiling > 0.9*q.refused {
			step = probing
		}
		speed = min(q.ceiling, speed+step*q.ceiling)
		changed += recoverEvery
	}
	if speed != q.speed {
		q.setSpeed(now, speed)
		q.changed = changed
	}
}

// inbound takes the permits of messages received. They were not asked for, so
// the pace may fall behind; more than ten seconds' worth is not believed.
func (q *numberQueue) inbound(now time.Duration, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range min(n, int(10*q.ceiling)) {
		q.pace.take(now)
	}
}

// tryNow takes a permit if one is free and nobody waits.
func (q *numberQueue) tryNow(pair pairOf, now time.Duration) (ok bool) {
	q.mu.Lock()
	if q.speed < q.ceiling {
		q.recover(now)
	}
	if q.waiting == 0 && now >= q.paused && q.pace.wait(now) <= 0 {
		if _, ok = pair.take(now); ok {
			q.pace.take(now)
		}
	}
	q.mu.Unlock() // not deferred: this is the way of nearly every message
	return ok
}

// wait queues until a permit of the number and one of the pair are free at the
// same moment.
func (q *numberQueue) wait(ctx context.Context, pair pairOf, l message.Lane, now, most time.Duration) error {
	end := later(now, most)
	for {
		if d := pair.wait(now); d > 0 {
			if tooLong(ctx, d, end-now) {
				return &LimitError{Scope: ScopePair, Wait: d}
			}
			if err := sleep(ctx, d); err != nil {
				return err
			}
			now = q.clock.now()
		}
		// The number's permit is asked for only when the pair is free: a hot pair
		// must not sit in the queue of the others.
		w := &waiter{pair: pair, lane: min(l, laneCount-1), since: now, granted: make(chan bool, 1)}
		if d := q.enqueue(ctx, w, now, end-now); d > 0 {
			return &LimitError{Scope: ScopeNumber, Wait: d}
		}
		ok, err := q.await(ctx, w, end-now)
		if ok || err != nil {
			return err
		}
		now = q.clock.now() // the pair was used up by another message meanwhile
	}
}

// enqueue lets w wait, or returns the expected wait if that is too long.
func (q *numberQueue) enqueue(ctx context.Context, w *waiter, now, most time.Duration) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recover(now)
	if d := q.expect(w.lane, now); d > 0 && tooLong(ctx, d, most) {
		return d
	}
	q.lanes[w.lane].push(w)
	q.waiting++
	q.dispatch(now)
	return 0
}

// expect estimates the wait of a newcomer: those ahead of it, at the present
// speed.
func (q *numberQueue) expect(l message.Lane, now time.Duration) time.Duration {
	ahead := 0
	for i := range l + 1 {
		ahead += q.lanes[i].n
	}
	return max(q.pace.waitBehind(ahead, now), q.paused-now, 0)
}

// await waits for the turn of w. ok is false if the pair of w has no permit any
// more.
func (q *numberQueue) await(ctx context.Context, w *waiter, most time.Duration) (ok bool, err error) {
	late := time.NewTimer(most)
	defer late.Stop()
	select {
	case ok = <-w.granted:
		return ok, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if !w.queued { // handed out in this very moment
		ok = <-w.granted
		if ctx.Err() == nil {
			return ok, nil
		}
		if ok {
			// The number's permit lapses; the pair's is dear and given back.
			w.pair.giveBack(q.clock.now())
		}
		return false, ctx.Err()
	}
	q.lanes[w.lane].remove(w)
	q.waiting--
	if err == nil {
		err = &LimitError{Scope: ScopeNumber, Wait: q.expect(w.lane, q.clock.now())}
	}
	return false, err
}

// dispatch hands out the permits that are due and sets the timer for the next.
// The caller holds the lock.
func (q *numberQueue) dispatch(now time.Duration) {
	for q.waiting > 0 {
		if d := max(q.pace.wait(now), q.paused-now); d > 0 {
			q.arm(d)
			return
		}
		w := q.next()
		q.lanes[w.lane].remove(w)
		q.waiting--
		// Both permits at the same instant, or none: a pair's permit taken before a
		// long wait for the number would be spent too early.
		if _, ok := w.pair.take(now); !ok {
			w.granted <- false
			continue
		}
		q.pace.take(now)
		w.granted <- true
	}
}

// arm sets the timer. An older setting is replaced: dispatch always knows best.
func (q *numberQueue) arm(d time.Duration) {
	if q.timer == nil {
		q.timer = time.AfterFunc(d, q.tick)
		return
	}
	q.timer.Reset(d)
}

// tick hands out what has fallen due. It runs on the timer's goroutine.
func (q *numberQueue) tick() {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.clock.now()
	q.recover(now)
	q.dispatch(now)
}

// next picks the waiter whose turn it is: the head of the most urgent lane, but
// from time to time the one that has waited longest, so that no lane starves.
func (q *numberQueue) next() *waiter {
	var first, oldest *waiter
	for i := range q.lanes {
		head := q.lanes[i].head
		if head == nil {
			continue
		}
		if first == nil {
			first = head
		}
		if oldest == nil || head.since < oldest.since {
			oldest = head
		}
	}
	if first == oldest {
		return first
	}
	if q.passed++; q.passed > overtakes {
		q.passed = 0
		return oldest
	}
	return first
}

// waiter is one message that waits.
type waiter struct {
	pair       pairOf
	lane       message.Lane
	since      time.Duration
	granted    chan bool // buffered; true: go, false: the pair has no permit
	queued     bool
	prev, next *waiter
}

// lane is a queue with removal from the middle.
type lane struct {
	head, tail *waiter
	n          int
}

func (l *lane) push(w *waiter) {
	w.prev, w.next, w.queued = l.tail, nil, true
	if l.tail == nil {
		l.head = w
	} else {
		l.tail.next = w
	}
	l.tail = w
	l.n++
}

func (l *lane) remove(w *waiter) {
	if w.prev == nil {
		l.head = w.next
	} else {
		w.prev.next = w.next
	}
	if w.next == nil {
		l.tail = w.prev
	} else {
		w.next.prev = w.prev
	}
	w.prev, w.next, w.queued = nil, nil, false
	l.n--
}
