package cloudapi

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/kanava-go/kanava/channel/message"
)

// How a number's limit is used and defended.
const (
	// share is the part of the limit that is used. The rest absorbs the jitter of
	// the network: messages can arrive closer together than they were sent.
	share = 0.96
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
	mu      sync.Mutex
	bucket  *rate.Limiter
	ceiling float64   // limit of the number, messages per second
	speed   float64   // at most ceiling; less after a refusal
	refused float64   // speed at the last refusal, 0 for none
	changed time.Time // when speed last changed
	paused  time.Time // nothing goes before

	lanes   [laneCount]lane
	waiting int
	passed  int // messages in a row that overtook an older one
	timer   *time.Timer
}

func newNumberQueue(now time.Time, perSecond int) *numberQueue {
	q := &numberQueue{bucket: rate.NewLimiter(0, 1)}
	q.setThroughput(now, perSecond)
	return q
}

// burstFor is the bucket that goes with a limit: in any second at most
// share×limit+burst messages leave, which has to stay within the limit.
func burstFor(perSecond float64) int {
	if perSecond < 50 {
		return 1
	}
	return 1 + int(perSecond/100+0.5)
}

// setThroughput takes over a limit that was learned. What was found out the hard
// way is forgotten.
func (q *numberQueue) setThroughput(now time.Time, perSecond int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c := float64(max(perSecond, 1)); c != q.ceiling {
		q.ceiling, q.refused = c, 0
		q.setSpeed(now, c)
		q.dispatch(now)
	}
}

func (q *numberQueue) setSpeed(now time.Time, speed float64) {
	q.speed, q.changed = speed, now
	q.bucket.SetLimitAt(now, rate.Limit(share*speed))
	q.bucket.SetBurstAt(now, burstFor(speed))
}

// throttled reacts to a refusal: a pause, then a slower pace. Refusals of
// messages that were on their way at the same time count once.
func (q *numberQueue) throttled(now time.Time, pause time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until := now.Add(max(pause, time.Second)); until.After(q.paused) {
		if now.After(q.paused) {
			q.refused = q.speed
			q.setSpeed(now, max(q.speed*shrink, 1))
		}
		q.paused = until
	}
}

// recover raises the speed again when nothing was refused for a while.
func (q *numberQueue) recover(now time.Time) {
	if q.speed >= q.ceiling {
		return
	}
	speed, changed := q.speed, q.changed
	for now.Sub(changed) >= recoverEvery && speed < q.ceiling {
		step := recovery
		if q.refused > 0 && speed+recovery*q.ceiling > 0.9*q.refused {
			step = probing
		}
		speed = min(q.ceiling, speed+step*q.ceiling)
		changed = changed.Add(recoverEvery)
	}
	if speed != q.speed {
		q.setSpeed(now, speed)
		q.changed = changed
	}
}

// inbound takes the permits of messages received. They were not asked for, so
// the bucket may go below zero; more than ten seconds' worth is not believed.
func (q *numberQueue) inbound(now time.Time, n int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for range min(n, int(10*q.ceiling)) {
		q.bucket.ReserveN(now, 1)
	}
}

// tryNow takes a permit if one is free and nobody waits.
func (q *numberQueue) tryNow(pair pairOf, now time.Time) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recover(now)
	if q.waiting > 0 || now.Before(q.paused) {
		return false
	}
	if _, ok := pair.take(now); !ok {
		return false
	}
	if !q.bucket.AllowN(now, 1) {
		pair.giveBack(now)
		return false
	}
	return true
}

// wait queues until a permit of the number and one of the pair are free at the
// same moment.
func (q *numberQueue) wait(ctx context.Context, pair pairOf, l message.Lane, now time.Time, most time.Duration) error {
	end := now.Add(most)
	for {
		if pair.on {
			d := pair.limits.Wait(pair.key, now)
			if d > 0 && tooLong(ctx, now, d, end.Sub(now)) {
				return &LimitError{Scope: ScopePair, Wait: d}
			}
			if err := sleep(ctx, d); err != nil {
				return err
			}
			now = time.Now()
		}
		// The number's permit is asked for only when the pair is free: a hot pair
		// must not sit in the queue of the others.
		w := &waiter{pair: pair, lane: min(l, laneCount-1), since: now, granted: make(chan bool, 1)}
		if d := q.enqueue(ctx, w, now, end.Sub(now)); d > 0 {
			return &LimitError{Scope: ScopeNumber, Wait: d}
		}
		ok, err := q.await(ctx, w, end.Sub(now))
		if ok || err != nil {
			return err
		}
		now = time.Now() // the pair was used up by another message meanwhile
	}
}

// enqueue lets w wait, or returns the expected wait if that is too long.
func (q *numberQueue) enqueue(ctx context.Context, w *waiter, now time.Time, most time.Duration) time.Duration {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.recover(now)
	if d := q.expect(w.lane, now); d > 0 && tooLong(ctx, now, d, most) {
		return d
	}
	q.lanes[w.lane].push(w)
	q.waiting++
	q.dispatch(now)
	return 0
}

// expect estimates the wait of a newcomer: those ahead of it, at the present
// speed.
func (q *numberQueue) expect(l message.Lane, now time.Time) time.Duration {
	ahead := 1 - q.bucket.TokensAt(now)
	for i := range l + 1 {
		ahead += float64(q.lanes[i].n)
	}
	d := time.Duration(ahead / (share * q.speed) * float64(time.Second))
	return max(d, q.paused.Sub(now), 0)
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
			w.pair.giveBack(time.Now())
		}
		return false, ctx.Err()
	}
	q.lanes[w.lane].remove(w)
	q.waiting--
	if err == nil {
		err = &LimitError{Scope: ScopeNumber, Wait: q.expect(w.lane, time.Now())}
	}
	return false, err
}

// dispatch hands out the permits that are due and sets the timer for the next.
// The caller holds the lock.
func (q *numberQueue) dispatch(now time.Time) {
	for q.waiting > 0 {
		if d := q.paused.Sub(now); d > 0 {
			q.arm(d)
			return
		}
		if tokens := q.bucket.TokensAt(now); tokens < 1 {
			d := time.Duration((1-tokens)/float64(q.bucket.Limit())*float64(time.Second)) + time.Microsecond
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
		q.bucket.AllowN(now, 1)
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
	now := time.Now()
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
		if oldest == nil || head.since.Before(oldest.since) {
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
	since      time.Time
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
