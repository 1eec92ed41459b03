package step

import (
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// Add adds r.N to a running total.
func (s *Step) Add(r store.Record) {
	for i := range s.batch.Add {
		if a := &s.batch.Add[i]; a.Kind == r.Kind && a.Key == r.Key {
			a.N += r.N
			return
		}
	}
	s.batch.Add = append(s.batch.Add, r)
}

// Added are the running totals that this step adds to, each with how much.
func (s *Step) Added() []store.Record { return slices.Clone(s.batch.Add) }

// Total returns a running total with what this step adds to it.
func (s *Step) Total(r store.Record) (int64, error) {
	id := r.ID()
	n, ok := s.totals[id]
	if !ok {
		records, err := s.steps.Store.Get(s.Ctx, r.Kind, r.Key)
		if err != nil {
			return 0, fmt.Errorf("channel: read %s: %w", r.Kind, err)
		}
		for i := range records {
			n = records[i].N
		}
		if s.totals == nil {
			s.totals = map[store.RecordKey]int64{}
		}
		s.totals[id] = n
	}
	return n + s.added(id), nil
}

// Within lets the commit fail unless a running total, with what this step has added so far, is at
// most so much by then. The step is then repeated and decides anew.
func (s *Step) Within(r store.Record, most int64) {
	id := r.ID()
	room := most - s.added(id)
	if old, ok := s.room[id]; ok {
		room = min(room, old)
	}
	if s.room == nil {
		s.room = map[store.RecordKey]int64{}
	}
	s.room[id] = room
	r.N = 0
	s.Add(r)
}

// added is what this step adds to a running total.
func (s *Step) added(id store.RecordKey) int64 {
	for i := range s.batch.Add {
		if s.batch.Add[i].ID() == id {
			return s.batch.Add[i].N
		}
	}
	return 0
}

// bounds are what Within asked for, as the store wants it.
func (s *Step) bounds() []store.Bound {
	var all []store.Bound
	for i := range s.batch.Add {
		a := &s.batch.Add[i]
		if room, ok := s.room[a.ID()]; ok {
			all = append(all, store.Bound{Kind: a.Kind, Key: a.Key, Max: room + a.N})
		}
	}
	return all
}
