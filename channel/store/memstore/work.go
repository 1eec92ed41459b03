package memstore

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// item is a piece of work with what the store must know about it.
type item struct {
	store.Work
	// owner is who has the lease.
	owner string
	// until is the end of the lease in microseconds since 1970; 0: not leased.
	until int64
	// ready orders the claims: since when the work could have been claimed.
	ready int64
	// head says that the item is alive and first in its lane, or in none.
	head bool
}

// due is Work.Due in microseconds; 0: at once.
func (it *item) due() int64 {
	if it.Due.IsZero() {
		return 0
	}
	return it.Due.UnixMicro()
}

// queue is the work of one queue.
type queue struct {
	byID   map[string]*item
	living sorted[*item]             // by Seq
	dead   sorted[*item]             // by Seq
	lanes  map[string]*sorted[*item] // living, by Seq
	heads  sorted[*item]             // living and first in their lane, by readiness
	groups map[string]*sorted[*item] // heads of each group
	// seen are the IDs of Once work; order holds them by the time they were first seen.
	seen  map[string]int64
	order sorted[string]
}

func newQueue() *queue {
	return &queue{
		byID: map[string]*item{}, lanes: map[string]*sorted[*item]{},
		groups: map[string]*sorted[*item]{}, seen: map[string]int64{},
	}
}

func bySeq(it *item) place { return place{rank: it.Seq} }

func byReadiness(it *item) place { return place{rank: it.ready, seq: it.Seq} }

// sub returns the list under name, making it if need be.
func sub(lists map[string]*sorted[*item], name string) *sorted[*item] {
	list := lists[name]
	if list == nil {
		list = &sorted[*item]{}
		lists[name] = list
	}
	return list
}

func drop(lists map[string]*sorted[*item], name string, p place) {
	if list := lists[name]; list != nil {
		if list.remove(p); list.empty() {
			delete(lists, name)
		}
	}
}

// link enters it into the lists that its state demands.
func (q *queue) link(it *item) {
	q.byID[it.ID] = it
	if it.Dead {
		q.dead.insert(bySeq(it), it)
		return
	}
	q.living.insert(bySeq(it), it)
	if it.Lane == "" {
		q.behead(it, true)
		return
	}
	lane := sub(q.lanes, it.Lane)
	for _, first := range lane.from(place{}) {
		if first.Seq > it.Seq {
			q.behead(first, false)
		}
		break
	}
	lane.insert(bySeq(it), it)
	q.promote(it.Lane)
}

// unlink takes it out of every list.
func (q *queue) unlink(it *item) {
	delete(q.byID, it.ID)
	if it.Dead {
		q.dead.remove(bySeq(it))
		return
	}
	q.living.remove(bySeq(it))
	q.behead(it, false)
	if it.Lane != "" {
		drop(q.lanes, it.Lane, bySeq(it))
		q.promote(it.Lane)
	}
}

// promote makes the first work of a lane claimable.
func (q *queue) promote(lane string) {
	if list := q.lanes[lane]; list != nil {
		for _, first := range list.from(place{}) {
			q.behead(first, true)
			return
		}
	}
}

// behead makes it claimable, or not.
func (q *queue) behead(it *item, head bool) {
	switch {
	case head == it.head:
	case head:
		q.heads.insert(byReadiness(it), it)
		sub(q.groups, it.Group).insert(byReadiness(it), it)
	default:
		q.heads.remove(byReadiness(it))
		drop(q.groups, it.Group, byReadiness(it))
	}
	it.head = head
}

// change applies f to it and files it anew.
func (q *queue) change(it *item, f func()) {
	q.unlink(it)
	f()
	q.link(it)
}

// remember notes that a Once ID was seen.
func (q *queue) remember(id string, now int64) {
	if _, known := q.seen[id]; !known {
		q.seen[id] = now
		q.order.insert(place{rank: now, key: id}, id)
	}
}

// forgetAtOnce bounds what one Forget removes from one queue.
const forgetAtOnce = 1000

func (q *queue) forget(before int64) (n int) {
	var ids []string
	for p, id := range q.order.from(place{rank: math.MinInt64}) {
		if p.rank >= before || len(ids) == forgetAtOnce {
			break
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		q.order.remove(place{rank: q.seen[id], key: id})
		delete(q.seen, id)
	}
	return len(ids)
}

// Claim implements [store.Store].
func (s *Store) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: claim: %w", err)
	}
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("memstore: claim: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[c.Queue]
	if q == nil {
		return nil, nil
	}
	now := c.Now.UnixMicro()
	latest := max(now, s.clock()) // work due at once is filed under the store's clock
	var picked []*item
	if c.Groups == nil {
		picked = eligible(&q.heads, now, latest, c.Limit)
	} else {
		most := c.Limit
		if c.PerGroup > 0 {
			most = min(most, c.PerGroup)
		}
		for _, g := range unique(c.Groups) {
			if list := q.groups[g]; list != nil {
				picked = append(picked, eligible(list, now, latest, most)...)
			}
		}
		slices.SortFunc(picked, func(a, b *item) int { return byReadiness(a).compare(byReadiness(b)) })
		picked = picked[:min(len(picked), c.Limit)]
	}
	if len(picked) == 0 {
		return nil, nil
	}
	slices.SortFunc(picked, func(a, b *item) int { return cmp.Compare(a.Seq, b.Seq) })
	out := make([]store.Work, len(picked))
	for i, it := range picked {
		q.lease(it, s.token(), c.Owner, c.Now.Add(c.Lease))
		out[i] = copyWork(it)
	}
	return out, nil
}

// lease makes it somebody's until then.
func (q *queue) lease(it *item, token, owner string, until time.Time) {
	head := it.head
	q.behead(it, false)
	it.Token, it.owner = token, owner
	it.until = until.UnixMicro()
	it.ready = it.until
	q.behead(it, head)
}

// follows says whether the work before it in its lane is claimed under the token, or by the same batch.
func (q *queue) follows(it *item, token string, batch []store.Lease) bool {
	for _, before := range q.lanes[it.Lane].before(bySeq(it)) {
		return before.Token != "" && (before.Token == token || slices.Contains(batch, before.Lease()))
	}
	return false
}

// eligible returns up to limit items of a list of heads that may be claimed now, those
// first that have waited longest.
func eligible(heads *sorted[*item], now, latest int64, limit int) (picked []*item) {
	for p, it := range heads.from(place{rank: math.MinInt64}) {
		if p.rank > latest || len(picked) == limit {
			break
		}
		if it.due() <= now && it.until <= now {
			picked = append(picked, it)
		}
	}
	return picked
}

func unique(names []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(names)))
}

func copyWork(it *item) store.Work {
	w := it.Work
	w.Body = slices.Clone(w.Body)
	return w
}

// Work implements [store.Store].
func (s *Store) Work(ctx context.Context, wq store.WorkQuery) ([]store.Work, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: read work: %w", err)
	}
	if err := wq.Validate(); err != nil {
		return nil, fmt.Errorf("memstore: read work: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	q := s.queues[wq.Queue]
	if q == nil {
		return nil, nil
	}
	var out []store.Work
	add := func(it *item) (more bool) {
		if it.Dead == wq.Dead && it.Seq > wq.After && (wq.Lane == "" || it.Lane == wq.Lane) {
			w := copyWork(it)
			w.Token = ""
			out = append(out, w)
		}
		return len(out) < wq.Limit
	}
	if wq.IDs != nil {
		var found []*item
		for _, id := range unique(wq.IDs) {
			if it := q.byID[id]; it != nil {
				found = append(found, it)
			}
		}
		slices.SortFunc(found, func(a, b *item) int { return cmp.Compare(a.Seq, b.Seq) })
		for _, it := range found {
			if !add(it) {
				break
			}
		}
		return out, nil
	}
	list := &q.living
	switch {
	case wq.Dead:
		list = &q.dead
	case wq.Lane != "":
		if list = q.lanes[wq.Lane]; list == nil {
			return nil, nil
		}
	}
	for _, it := range list.from(place{rank: wq.After + 1}) {
		if !add(it) {
			break
		}
	}
	return out, nil
}

// Backlog implements [store.Store]. It looks at every living item.
func (s *Store) Backlog(ctx context.Context, now time.Time) ([]store.Backlog, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: count backlog: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []store.Backlog
	for _, name := range slices.Sorted(maps.Keys(s.queues)) {
		q := s.queues[name]
		b := store.Backlog{Queue: name}
		for range q.dead.from(place{}) {
			b.Dead++
		}
		for _, it := range q.living.from(place{}) {
			if it.due() > now.UnixMicro() {
				b.Waiting++
				continue
			}
			b.Due++
			due := it.Due
			if due.IsZero() {
				due = it.Enqueued
			}
			if b.OldestDue.IsZero() || due.Before(b.OldestDue) {
				b.OldestDue = due
			}
		}
		if b.Due+b.Waiting+b.Dead > 0 {
			out = append(out, b)
		}
	}
	return out, nil
}
