// Package step is how anything is written: read, decide, and commit what was decided together.
//
// A [Step] reads records as they are stored, collects changes, and commits them in one batch. If
// another process changed one of the records meanwhile, or a running total came to its bound,
// [Steps.Do] runs it again from the beginning. [Get], [List], [Records] and [Works] read without
// deciding anything.
package step

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// MaxConflicts bounds how often a step is repeated when others change the same records. Each
// repetition means that somebody else made progress.
const MaxConflicts = 20

// Steps runs steps on a store. It is safe for concurrent use.
type Steps struct {
	Store store.Store
	// Now is the clock.
	Now func() time.Time
	// Wake is told which kinds of work were enqueued, once that is committed.
	Wake func(kind string)
	// Took is told how long each commit took, by the machine's own clock.
	Took func(time.Duration)
}

// A Step is one read-decide-write step. It belongs to one goroutine.
type Step struct {
	Ctx context.Context
	Now time.Time

	steps *Steps
	read  map[store.RecordKey]*Known // Version 0: known to be missing
	puts  map[store.RecordKey]int    // index into batch.Put
	room  map[store.RecordKey]int64  // see Within
	batch store.Batch
	wake  []string
	after []func()
}

// Do runs f until its changes are committed or it fails. f must have no effect outside the step,
// since it may run several times.
//
// At first it takes the records in guess for what is stored instead of reading them. f must save
// each of them that it uses: if the store has another version the commit is refused, and f runs
// again and reads.
func (s *Steps) Do(ctx context.Context, guess []Known, f func(*Step) error) error {
	for range MaxConflicts {
		err := s.Try(ctx, guess, f)
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExceeded) {
			return err
		}
		guess = nil
	}
	return fmt.Errorf("channel: commit: gave up after %d conflicts: %w", MaxConflicts, store.ErrConflict)
}

// Try runs f once. The error matches store.ErrConflict if somebody else changed a record.
func (s *Steps) Try(ctx context.Context, guess []Known, f func(*Step) error) error {
	st := &Step{Ctx: ctx, Now: s.Now(), steps: s, read: map[store.RecordKey]*Known{}, puts: map[store.RecordKey]int{}}
	for i := range guess {
		st.read[guess[i].ID()] = &guess[i]
	}
	if err := f(st); err != nil {
		return err
	}
	if st.empty() {
		return nil
	}
	st.batch.Bound = st.bounds()
	began := time.Now()
	_, err := s.Store.Commit(ctx, &st.batch)
	s.Took(time.Since(began))
	if err != nil {
		return fmt.Errorf("channel: commit: %w", err)
	}
	st.committed()
	return nil
}

// After has f called once the changes are committed.
func (s *Step) After(f func()) { s.after = append(s.after, f) }

// committed does what may be done only now: at once, or when the host has committed too.
func (s *Step) committed() {
	end := func() {
		for _, kind := range s.wake {
			s.steps.Wake(kind)
		}
		for _, f := range s.after {
			f()
		}
	}
	if d := store.DeferredIn(s.Ctx); d != nil {
		d.Add(end, nil)
		return
	}
	end()
}

func (s *Step) empty() bool {
	b := &s.batch
	return len(b.Put)+len(b.Add)+len(b.Delete)+len(b.Enqueue)+len(b.Start)+
		len(b.Done)+len(b.Later)+len(b.Bury)+len(b.Replay)+len(b.Drop) == 0
}

// Wake has a kind of work looked at after the commit.
func (s *Step) Wake(kind string) {
	if !slices.Contains(s.wake, kind) {
		s.wake = append(s.wake, kind)
	}
}
