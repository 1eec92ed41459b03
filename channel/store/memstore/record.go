package memstore

import (
	"context"
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// records are those of one kind.
type records struct {
	byKey  map[string]*store.Record
	all    sorted[*store.Record]
	parent map[string]*sorted[*store.Record]
}

func newRecords() *records {
	return &records{byKey: map[string]*store.Record{}, parent: map[string]*sorted[*store.Record]{}}
}

func position(r *store.Record) place { return place{rank: r.Sort, key: r.Key} }

// set stores a record, with a body that belongs to the store from now on, in the place of old, if not nil.
func (rs *records) set(old *store.Record, with store.Record) {
	if old != nil && old.Parent == with.Parent && old.Sort == with.Sort {
		*old = with // it stands where it stood
		return
	}
	if old != nil {
		rs.remove(old)
	}
	r := new(store.Record)
	*r = with
	rs.byKey[r.Key] = r
	rs.all.insert(position(r), r)
	list := rs.parent[r.Parent]
	if list == nil {
		list = &sorted[*store.Record]{}
		rs.parent[r.Parent] = list
	}
	list.insert(position(r), r)
}

func (rs *records) remove(r *store.Record) {
	delete(rs.byKey, r.Key)
	rs.all.remove(position(r))
	list := rs.parent[r.Parent]
	if list.remove(position(r)); list.empty() {
		delete(rs.parent, r.Parent)
	}
}

func copyRecord(r *store.Record) store.Record {
	c := *r
	c.Body = slices.Clone(r.Body)
	return c
}

// Get implements [store.Store].
func (s *Store) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: get: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rs := s.records[kind]
	if rs == nil {
		return nil, nil
	}
	var out []store.Record
	for _, key := range keys {
		if r := rs.byKey[key]; r != nil {
			out = append(out, copyRecord(r))
		}
	}
	return out, nil
}

// List implements [store.Store].
func (s *Store) List(ctx context.Context, q store.Query) ([]store.Record, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("memstore: list: %w", err)
	}
	if err := q.Validate(); err != nil {
		return nil, fmt.Errorf("memstore: list: %w", err)
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	rs := s.records[q.Kind]
	if rs == nil {
		return nil, nil
	}
	list := &rs.all
	if q.Parent != "" {
		if list = rs.parent[q.Parent]; list == nil {
			return nil, nil
		}
	}
	var out []store.Record
	for p, r := range between(list, q) {
		if q.Descending && q.After != nil && p.compare(place{rank: q.After.Sort, key: q.After.Key}) <= 0 ||
			!q.Descending && q.Before != nil && p.compare(place{rank: q.Before.Sort, key: q.Before.Key}) >= 0 {
			break
		}
		if out = append(out, copyRecord(r)); len(out) == q.Limit {
			break
		}
	}
	return out, nil
}

// between walks list from the end that q starts at; the other bound is the caller's.
func between(list *sorted[*store.Record], q store.Query) iter.Seq2[place, *store.Record] {
	if q.Descending {
		if q.Before == nil {
			return list.before(place{rank: math.MaxInt64, seq: math.MaxInt64})
		}
		return list.before(place{rank: q.Before.Sort, key: q.Before.Key})
	}
	if q.After == nil {
		return list.from(place{rank: math.MinInt64, seq: math.MinInt64})
	}
	// The smallest key behind a key is the key with a zero byte behind it.
	return list.from(place{rank: q.After.Sort, key: q.After.Key + "\x00"})
}
