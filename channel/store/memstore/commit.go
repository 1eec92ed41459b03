package memstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Commit implements [store.Store].
func (s *Store) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	if err := ctx.Err(); err != nil {
		return store.Committed{}, fmt.Errorf("memstore: commit: %w", err)
	}
	if err := b.Validate(); err != nil {
		return store.Committed{}, fmt.Errorf("memstore: commit: %w", err)
	}
	words := wordsOf(b.Index) // before others have to wait
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := errors.Join(s.checkVersions(b), s.checkBounds(b), s.checkLeases(b), s.checkPassed(b.Pass)); err != nil {
		return store.Committed{}, fmt.Errorf("memstore: commit: %w", err)
	}
	s.applyRecords(b)
	var done store.Committed
	done.Fresh, done.Claimed = s.enqueue(b)
	for i := range b.Pass {
		s.queue(b.Pass[i].Queue).remember(b.Pass[i].ID, s.clock())
	}
	s.settle(b)
	s.revive(b.Replay)
	for _, k := range b.Drop {
		if it := s.item(k.Queue, k.ID); it != nil {
			s.queues[k.Queue].unlink(it)
		}
	}
	for i := range b.Release {
		done.Released += s.release(&b.Release[i])
	}
	for i := range b.Index {
		s.seq++
		s.index.set(&b.Index[i], words[i], s.seq)
	}
	s.told.add(b.Tell)
	if !b.Forget.IsZero() {
		for _, q := range s.queues {
			done.Forgotten += q.forget(b.Forget.UnixMicro())
		}
	}
	return done, nil
}

func (s *Store) record(kind, key string) *store.Record {
	if rs := s.records[kind]; rs != nil {
		return rs.byKey[key]
	}
	return nil
}

func (s *Store) item(queue, id string) *item {
	if q := s.queues[queue]; q != nil {
		return q.byID[id]
	}
	return nil
}

// checkVersions finds out whether every Expect and every Put knows the current version.
func (s *Store) checkVersions(b *store.Batch) error {
	for i := range b.Expect {
		if e := &b.Expect[i]; e.Version != s.version(e.Kind, e.Key) {
			return store.ErrConflict
		}
	}
	for i := range b.Put {
		if p := &b.Put[i]; p.Version != s.version(p.Kind, p.Key) {
			return store.ErrConflict
		}
	}
	return nil
}

func (s *Store) version(kind, key string) int64 {
	if r := s.record(kind, key); r != nil {
		return r.Version
	}
	return 0
}

// checkPassed finds out whether work can be let through.
func (s *Store) checkPassed(passed []store.Passed) error {
	for i := range passed {
		p := &passed[i]
		q := s.queues[p.Queue]
		if q == nil {
			continue
		}
		if _, known := q.seen[p.ID]; known || q.byID[p.ID] != nil || p.Lane != "" && q.lanes[p.Lane] != nil {
			return store.ErrMustQueue
		}
	}
	return nil
}

// checkBounds finds out whether the running totals stay within their bounds.
func (s *Store) checkBounds(b *store.Batch) error {
	for _, l := range b.Bound {
		var n int64
		if r := s.record(l.Kind, l.Key); r != nil {
			n = r.N
		}
		for i := range b.Add {
			if a := &b.Add[i]; a.Kind == l.Kind && a.Key == l.Key {
				n += a.N
			}
		}
		if n > l.Max {
			return store.ErrExceeded
		}
	}
	return nil
}

// checkLeases finds out whether every lease will still be valid when its part of the
// batch is applied: Enqueue and the parts between may have ended it by then.
func (s *Store) checkLeases(b *store.Batch) error {
	var over map[store.WorkKey]bool
	end := func(queue, id string) {
		if over == nil {
			over = map[store.WorkKey]bool{}
		}
		over[store.WorkKey{Queue: queue, ID: id}] = true
	}
	for i := range b.Enqueue {
		if w := &b.Enqueue[i]; !w.Once && s.item(w.Queue, w.ID) != nil {
			end(w.Queue, w.ID)
		}
	}
	valid := func(l store.Lease) bool {
		it := s.item(l.Queue, l.ID)
		return it != nil && it.Token != "" && it.Token == l.Token && !over[store.WorkKey{Queue: l.Queue, ID: l.ID}]
	}
	for _, l := range b.Start {
		if !valid(l) {
			return store.ErrLeaseLost
		}
	}
	for _, l := range b.Done {
		if !valid(l) {
			return store.ErrLeaseLost
		}
		if len(b.Later)+len(b.Bury) > 0 {
			end(l.Queue, l.ID)
		}
	}
	for i := range b.Later {
		if !valid(b.Later[i].Lease) {
			return store.ErrLeaseLost
		}
		end(b.Later[i].Queue, b.Later[i].ID)
	}
	for i := range b.Bury {
		if !valid(b.Bury[i].Lease) {
			return store.ErrLeaseLost
		}
	}
	return nil
}

func (s *Store) applyRecords(b *store.Batch) {
	for i := range b.Put {
		r := b.Put[i]
		r.Body = slices.Clone(r.Body)
		r.N = 0
		r.Version++
		old := s.record(r.Kind, r.Key)
		if old != nil {
			r.N = old.N
		}
		s.kind(r.Kind).set(old, r)
	}
	for i := range b.Add {
		if r := s.record(b.Add[i].Kind, b.Add[i].Key); r != nil {
			r.N += b.Add[i].N
			r.Version++
			continue
		}
		r := b.Add[i]
		r.Body = nil
		r.Version = 1
		s.kind(r.Kind).set(nil, r)
	}
	for _, k := range b.Delete {
		if r := s.record(k.Kind, k.Key); r != nil {
			s.records[k.Kind].remove(r)
		}
		delete(s.index[k.Kind], k.Key)
	}
}

func (s *Store) kind(kind string) *records {
	rs := s.records[kind]
	if rs == nil {
		rs = newRecords()
		s.records[kind] = rs
	}
	return rs
}

func (s *Store) queue(name string) *queue {
	q := s.queues[name]
	if q == nil {
		q = newQueue()
		s.queues[name] = q
	}
	return q
}

// enqueue adds or replaces work, counts what is new and claims what may be claimed at once.
func (s *Store) enqueue(b *store.Batch) (fresh int, claimed []store.Lease) {
	now := s.clock()
	held := make([]*item, len(b.Enqueue)) // to be claimed once all is in its place
	for i := range b.Enqueue {
		w := &b.Enqueue[i]
		q := s.queue(w.Queue)
		old := q.byID[w.ID]
		if w.Once {
			_, known := q.seen[w.ID]
			q.remember(w.ID, now)
			if known || old != nil {
				continue
			}
		}
		it := &item{
			Work: store.Work{
				Queue: w.Queue, ID: w.ID, Lane: w.Lane, Group: w.Group, Due: micro(w.Due),
				Body: slices.Clone(w.Body), Once: w.Once, Enqueued: time.UnixMicro(now).UTC(),
			},
			ready: now,
		}
		if !it.Due.IsZero() {
			it.ready = it.due()
		}
		if old != nil {
			it.Seq, it.Enqueued = old.Seq, old.Enqueued
			q.unlink(old)
		} else {
			s.seq++
			it.Seq = s.seq
			fresh++
		}
		q.link(it)
		if w.Hold > 0 && old == nil && it.due() <= b.Now.UnixMicro() {
			held[i] = it
		}
	}
	for i, it := range held {
		w := &b.Enqueue[i]
		if q := s.queue(w.Queue); it != nil && (it.head || q.follows(it, w.Behind, claimed)) {
			q.lease(it, s.token(), b.Owner, b.Now.Add(w.Hold))
			claimed = append(claimed, it.Lease())
		}
	}
	return fresh, claimed
}

// settle applies what claimants report.
func (s *Store) settle(b *store.Batch) {
	for _, l := range b.Start {
		s.item(l.Queue, l.ID).Started = true
	}
	for _, l := range b.Done {
		s.queues[l.Queue].unlink(s.item(l.Queue, l.ID))
	}
	for i := range b.Later {
		p := &b.Later[i]
		it := s.item(p.Queue, p.ID)
		s.queues[p.Queue].change(it, func() {
			it.Due, it.Reason, it.Token, it.Started = micro(p.Due), p.Reason, "", false
			it.Tries++
			it.until, it.ready = 0, s.clock()
			if !it.Due.IsZero() {
				it.ready = it.due()
			}
			if p.Body != nil {
				it.Body = slices.Clone(p.Body)
			}
		})
	}
	for i := range b.Bury {
		l := &b.Bury[i]
		it := s.item(l.Queue, l.ID)
		s.queues[l.Queue].change(it, func() {
			it.Dead, it.Reason, it.Token, it.until = true, l.Reason, "", 0
		})
	}
}

// release ends the leases of a claimant.
func (s *Store) release(c *store.Claimant) int {
	q := s.queues[c.Queue]
	if q == nil {
		return 0
	}
	var theirs []*item
	for _, it := range q.living.from(place{}) {
		if it.Token != "" && it.owner == c.Owner {
			theirs = append(theirs, it)
		}
	}
	for _, it := range theirs {
		q.change(it, func() { it.Token, it.until, it.ready = "", 0, s.clock() })
	}
	return len(theirs)
}

// revive puts dead letters at the end of their lanes.
func (s *Store) revive(keys []store.WorkKey) {
	for _, k := range keys {
		it := s.item(k.Queue, k.ID)
		if it == nil || !it.Dead {
			continue
		}
		s.queues[k.Queue].change(it, func() {
			s.seq++
			it.Seq = s.seq
			it.Dead, it.Started, it.Due = false, false, time.Time{}
			it.Tries++
			it.ready = s.clock()
		})
	}
}

// micro is t as the store keeps it.
func micro(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}
