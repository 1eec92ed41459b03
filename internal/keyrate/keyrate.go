// Package keyrate keeps very many small rate limits, one per key, in little
// memory: 16 bytes of state each, idle keys forgotten.
//
// Each key follows the generic cell rate algorithm: one event per interval, and a
// burst that is borrowed from the future. After n events at once the key is at
// rest for n intervals before it is whole again.
package keyrate

import (
	"sync"
	"time"
)

// Limits are rate limits by key. Make one with [New]. Safe for concurrent use.
//
// A key is a 64-bit hash made by the caller. Two keys with the same hash share a
// limit, which makes it stricter, never laxer.
type Limits struct {
	interval int64 // nanoseconds between events
	horizon  int64 // furthest a key may borrow: interval × (burst-1) - slack
	span     int64 // life of a generation
	shards   [shardCount]shard
}

const shardCount = 64

// shard holds two generations of keys. A key that is used moves to the young
// one; when the young one has lived for span, the old one is dropped whole.
// Nothing in it was touched for span, which is longer than any debt lasts, so
// every key dropped was whole again: forgetting it changes no decision.
type shard struct {
	mu    sync.Mutex
	young table
	old   table
	born  int64
	_     [48]byte // keeps shards on cache lines of their own
}

// New makes limits of one event per interval with bursts of up to burst events.
// interval must be positive and burst at least 1; both are raised to that.
//
// slack is how much later events may reach whoever enforces the limit than they
// were taken here: the last event of a burst waits for so long, or every event if
// the burst is 1.
func New(interval time.Duration, burst int, slack time.Duration) *Limits {
	interval, burst, slack = max(interval, 1), max(burst, 1), max(slack, 0)
	if burst == 1 {
		interval, slack = interval+slack, 0
	}
	l := &Limits{interval: int64(interval)}
	l.horizon = max(l.interval*int64(burst-1)-int64(slack), 0)
	l.span = l.horizon + l.interval
	return l
}

// Take takes one event of the key at now. If none is free it takes nothing and
// returns how long to wait.
func (l *Limits) Take(key uint64, now time.Duration) (wait time.Duration, ok bool) {
	return l.visit(key, now, true)
}

// Wait returns how long the key has to wait before its next event; 0 if it may
// go now. It takes nothing.
func (l *Limits) Wait(key uint64, now time.Duration) time.Duration {
	wait, _ := l.visit(key, now, false)
	return wait
}

func (l *Limits) visit(key uint64, now time.Duration, take bool) (wait time.Duration, ok bool) {
	t := int64(now)
	s := l.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age(t, l.span)
	e, at := s.get(key, t)
	arrival := max(at, t)
	if early := arrival - t - l.horizon; early > 0 {
		return time.Duration(early), false
	}
	if take {
		s.put(e, key, arrival+l.interval)
	}
	return 0, true
}

func (l *Limits) shard(key uint64) *shard { return &l.shards[key%shardCount] }

// Return gives back one event taken by [Limits.Take] and not used.
func (l *Limits) Return(key uint64, now time.Duration) {
	t := int64(now)
	s := l.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, arrival := s.get(key, t); arrival > t {
		s.put(e, key, arrival-l.interval)
	}
}

// Block makes the key wait for at least d from now. More than the longest debt
// that the limits know (interval × burst) is cut to that.
func (l *Limits) Block(key uint64, now time.Duration, d time.Duration) {
	t := int64(now)
	s := l.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age(t, l.span)
	until := t + l.horizon + min(max(int64(d), 0), l.span)
	e, arrival := s.get(key, t)
	s.put(e, key, max(arrival, until))
}

// Len is the number of entries remembered, those of idle keys included until they
// age out. A key that has just moved to the young generation counts twice.
func (l *Limits) Len() int {
	n := 0
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		n += s.young.n + s.old.n
		s.mu.Unlock()
	}
	return n
}

// age drops the old generation when the young one has lived long enough. A block
// reaches one span beyond the debt, hence twice the span.
func (s *shard) age(t, span int64) {
	if t-s.born < 2*span {
		return
	}
	s.old, s.young = s.young, table{}
	if t-s.born >= 4*span {
		s.old = table{} // nobody came by for a whole generation
	}
	s.born = t
}

// get gives the arrival time of a key, or t if it is not known, and its entry in
// the young generation, nil if it has none.
func (s *shard) get(key uint64, t int64) (e *entry, arrival int64) {
	if e = s.young.find(key); e != nil {
		return e, e.arrival
	}
	if e := s.old.find(key); e != nil {
		return nil, e.arrival
	}
	return nil, t
}

// put sets the arrival time of a key, whose entry get has found or not.
func (s *shard) put(e *entry, key uint64, arrival int64) {
	if e == nil {
		e = s.young.insert(key)
	}
	e.arrival = arrival
}
