package step

import (
	"slices"

	"github.com/kanava-go/kanava/channel/store"
)

// Enqueue adds work, and has its kind looked at after the commit.
func (s *Step) Enqueue(w store.Work) {
	s.batch.Enqueue = append(s.batch.Enqueue, w)
	s.Wake(w.Queue)
}

// Enqueues says whether this step adds work of a kind and ID.
func (s *Step) Enqueues(kind, id string) bool {
	return slices.ContainsFunc(s.batch.Enqueue, func(w store.Work) bool { return w.Queue == kind && w.ID == id })
}

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
