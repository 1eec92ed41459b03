package step

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// A Place is where work can be begun as soon as it is committed: it is claimed with the commit then.
type Place interface {
	// Hold is how the work is claimed.
	Hold() Hold
	// Begin has the work done, whose item was decoded; ahead is what is known of the records that it
	// is about. It is called in the order in which the work was enqueued. Release gives the place up; waits
	// says that the work could not be claimed.
	Begin(w store.Work, item any, ahead []Known)
	Release(waits bool)
}

// Hold is a claim as [store.Work] and [store.Batch] have it: for how long, for whom, and the token of
// the work that it follows in its lane.
type Hold struct {
	Lease         time.Duration
	Owner, Behind string
}

// held is enqueued work for which there is a place.
type held struct {
	Place
	index   int // in batch.Enqueue
	item    any
	about   func() []store.RecordKey
	records []store.RecordKey // that about named
}

// Enqueue adds work, and has its kind looked at after the commit, or when the work falls due.
func (s *Step) Enqueue(w store.Work) { s.EnqueueItem(w, nil, nil) }

// EnqueueItem is Enqueue for work that a worker of this process may begin at once, with the decoded
// item. about, which may be nil, is asked before the commit for the records that are worth knowing
// then, and may load them.
func (s *Step) EnqueueItem(w store.Work, item any, about func() []store.RecordKey) {
	index := len(s.batch.Enqueue)
	s.batch.Enqueue = append(s.batch.Enqueue, w)
	if place := s.reserve(&s.batch.Enqueue[index]); place != nil {
		s.held = append(s.held, held{Place: place, index: index, item: item, about: about})
		return
	}
	if s.steps.Expect != nil && w.Due.After(s.Now) {
		s.later = append(s.later, later{w.Queue, w.Due})
		return
	}
	s.Wake(w.Queue)
}

// reserve finds a place for work that is enqueued, and asks for the claim. Behind work of the same step that
// has none it has to wait.
func (s *Step) reserve(w *store.Work) Place {
	if s.waits || s.steps.Reserve == nil || !w.Due.IsZero() || w.Once || store.DeferredIn(s.Ctx) != nil {
		return nil
	}
	after, free := s.ahead(w)
	if !free {
		return nil
	}
	place := s.steps.Reserve(w, after)
	if place != nil {
		hold := place.Hold()
		w.Hold, w.Behind, s.batch.Owner = hold.Lease, hold.Behind, hold.Owner
	}
	return place
}

// ahead is the place of the last work in its lane that the step enqueued before w, nil if there is no such
// work. Free says that it does not stand in the way.
func (s *Step) ahead(w *store.Work) (place Place, free bool) {
	if w.Lane == "" {
		return nil, true
	}
	for i := len(s.batch.Enqueue) - 2; i >= 0; i-- {
		before := &s.batch.Enqueue[i]
		if before.Queue != w.Queue || before.Lane != w.Lane {
			continue
		}
		for _, h := range s.held {
			if h.index == i {
				return h.Place, true
			}
		}
		return nil, false
	}
	return nil, true
}

// release gives all places up.
func (s *Step) release() {
	for _, h := range s.held {
		h.Release(false)
	}
	clear(s.held)
	s.held = s.held[:0]
}

// beginHeld begins the work that was claimed as it was enqueued.
func (s *Step) beginHeld(claimed []store.Lease) {
	for i := range s.held {
		h := &s.held[i]
		w := s.batch.Enqueue[h.index]
		for _, l := range claimed {
			if l.Queue == w.Queue && l.ID == w.ID {
				w.Token = l.Token
			}
		}
		if w.Token == "" {
			h.Release(true)
			continue
		}
		w.Hold, w.Behind, w.Enqueued = 0, "", s.Now.UTC()
		ahead := make([]Known, 0, len(h.records))
		for _, id := range h.records {
			if k, ok := s.known(id); ok {
				ahead = append(ahead, k)
			}
		}
		h.Begin(w, h.item, ahead)
	}
	clear(s.held)
	s.held = s.held[:0]
}

// known is a record as it is after the commit; false if it is not known, or not decoded.
func (s *Step) known(id store.RecordKey) (Known, bool) {
	if i, ok := s.puts[id]; ok {
		if s.saved[i].Doc == nil {
			return Known{}, false
		}
		r := s.batch.Put[i]
		r.Version++
		return Known{Record: r, Doc: s.saved[i].Doc}, true
	}
	r := s.read[id]
	if r == nil || r.Version == 0 {
		return Known{}, false
	}
	doc := r.document()
	return Known{Record: r.Record, Doc: doc}, doc != nil
}

// Enqueues says whether this step adds work of a kind and ID.
func (s *Step) Enqueues(kind, id string) bool {
	return slices.ContainsFunc(s.batch.Enqueue, func(w store.Work) bool { return w.Queue == kind && w.ID == id })
}

// Work reads living work of a kind by its IDs, as the step leaves it: what it enqueues is there, and
// what it finishes, drops or buries is not. What it reads of the store is not part of what the commit
// depends on.
func (s *Step) Work(kind string, ids ...string) ([]store.Work, error) {
	found, err := s.steps.Store.Work(s.Ctx, store.WorkQuery{Queue: kind, IDs: ids, Limit: len(ids)})
	if err != nil {
		return nil, fmt.Errorf("channel: read work: %w", err)
	}
	found = slices.DeleteFunc(found, func(w store.Work) bool { return s.ends(kind, w.ID) })
	for _, own := range s.batch.Enqueue {
		if own.Queue != kind || !slices.Contains(ids, own.ID) {
			continue
		}
		i := slices.IndexFunc(found, func(w store.Work) bool { return w.ID == own.ID })
		switch {
		case i < 0:
			found = append(found, own)
		case !own.Once: // it keeps its place
			own.Seq, own.Enqueued = found[i].Seq, found[i].Enqueued
			found[i] = own
		}
	}
	return found, nil
}

// Rewrite changes the body of living work, wherever it waits: it keeps its place, and whoever has claimed it
// loses it. edit returns the same body for no change. The caller sees to it that the work was not begun.
func (s *Step) Rewrite(kind, id string, edit func(body []byte) ([]byte, error)) error {
	works, err := s.Work(kind, id)
	if err != nil || len(works) == 0 {
		return err
	}
	w := works[0]
	body, err := edit(w.Body)
	if err != nil || bytes.Equal(body, w.Body) {
		return err
	}
	for i := range s.batch.Enqueue {
		if own := &s.batch.Enqueue[i]; own.Queue == kind && own.ID == id {
			own.Body = body
			for k := range s.held {
				if s.held[k].index == i {
					s.held[k].item = nil // it is decoded anew
				}
			}
			return nil
		}
	}
	s.wait() // for what was claimed with the old body
	s.batch.Enqueue = append(s.batch.Enqueue, store.Work{Queue: kind, ID: id, Lane: w.Lane, Group: w.Group, Due: w.Due, Body: body})
	s.Wake(kind)
	return nil
}

// wait has what the step enqueues claimed like any other work, and not with the commit.
func (s *Step) wait() {
	for _, h := range s.held {
		w := &s.batch.Enqueue[h.index]
		w.Hold, w.Behind = 0, ""
		s.Wake(w.Queue)
	}
	s.release()
	s.waits = true
}

// ends says whether the step takes work out of its queue.
func (s *Step) ends(kind, id string) bool {
	is := func(l store.Lease) bool { return l.Queue == kind && l.ID == id }
	return slices.Contains(s.batch.Drop, store.WorkKey{Queue: kind, ID: id}) || slices.ContainsFunc(s.batch.Done, is) ||
		slices.ContainsFunc(s.batch.Bury, func(b store.Buried) bool { return is(b.Lease) })
}

// Pass remembers the ID of work that the step itself does.
func (s *Step) Pass(p store.Passed) { s.batch.Pass = append(s.batch.Pass, p) }

// Start marks claimed work as begun.
func (s *Step) Start(l store.Lease) { s.batch.Start = append(s.batch.Start, l) }

// Finish removes finished work.
func (s *Step) Finish(l store.Lease) { s.batch.Done = append(s.batch.Done, l) }

// Postpone gives claimed work back.
func (s *Step) Postpone(p store.Postponed) { s.batch.Later = append(s.batch.Later, p) }

// Bury makes claimed work a dead letter.
func (s *Step) Bury(l store.Lease, reason string) {
	s.batch.Bury = append(s.batch.Bury, store.Buried{Lease: l, Reason: reason})
}

// Replay revives dead letters.
func (s *Step) Replay(keys ...store.WorkKey) { s.batch.Replay = append(s.batch.Replay, keys...) }

// Drop removes work, whoever has it.
func (s *Step) Drop(keys ...store.WorkKey) { s.batch.Drop = append(s.batch.Drop, keys...) }
