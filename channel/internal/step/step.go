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
	"math/rand/v2"
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
	// Commit commits in the Store's place, for one that knows the documents by their types: saved[i] is that
	// of b.Put[i]. nil: the Store commits.
	Commit func(ctx context.Context, b *store.Batch, saved []Saved) (store.Committed, error)
	// Now is the clock. It may have to ask the store.
	Now func(ctx context.Context) time.Time
	// Wake is told which kinds of work were enqueued, once that is committed.
	Wake func(kind string)
	// Expect is told of work that was enqueued for later, once that is committed, with its kind and when it
	// falls due. nil: Wake is told instead.
	Expect func(kind string, due time.Time)
	// Took is told how long each commit took, by the machine's own clock.
	Took func(time.Duration)
	// Reserve finds a place where work can be begun as soon as it is committed, nil if there is none;
	// it may be nil. After, if not nil, is the place of the work before it in its lane, which the same
	// step enqueues.
	Reserve func(w *store.Work, after Place) Place
	// Memory is what was read and written last.
	Memory Memory
}

// A Step is one read-decide-write step. It belongs to one goroutine.
type Step struct {
	Ctx context.Context
	Now time.Time

	steps  *Steps
	recall bool // guesses are allowed
	alone  bool // nobody else has any part of it: see end
	read   map[store.RecordKey]*read
	puts   map[store.RecordKey]int // index into batch.Put and saved
	saved  []Saved
	totals map[store.RecordKey]int64 // see Total
	room   map[store.RecordKey]int64 // see Within
	batch  store.Batch
	held   []held
	waits  bool // nothing that is enqueued is claimed with the commit
	wake   []string
	later  []later
	after  []func()
	writes chan struct{} // see Memory.begin
}

// Do runs f until its changes are committed or it fails. f must have no effect outside the step,
// since it may run several times.
//
// At first it takes the records in guess, and those that this process has read and written last,
// for what is stored instead of reading them. What f decides by them stands only if it is
// committed and all of them were right: otherwise f runs again and reads.
func (s *Steps) Do(ctx context.Context, guess []Known, f func(*Step) error) error {
	if store.DeferredIn(ctx) == nil {
		if err, stands := s.guess(ctx, guess, f); stands {
			return err
		}
	}
	for n := range MaxConflicts {
		if n > 3 { // so that who is faster does not always come first
			time.Sleep(rand.N(time.Duration(n) * time.Millisecond))
		}
		if err := s.Try(ctx, nil, f); !refused(err) {
			return err
		}
	}
	return fmt.Errorf("channel: commit: gave up after %d conflicts: %w", MaxConflicts, store.ErrConflict)
}

// guess runs f with guesses and reports whether its outcome stands.
func (s *Steps) guess(ctx context.Context, guess []Known, f func(*Step) error) (err error, stands bool) {
	st := s.begin(ctx, guess)
	defer st.end()
	st.recall = true
	err = st.do(f)
	if err == nil && !st.empty() {
		if err = st.commit(); !refused(err) {
			return err, true
		}
	}
	if !st.guessed() && !refused(err) {
		return err, true
	}
	st.disbelieve()
	return nil, false
}

// refused says that somebody else was faster.
func refused(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrExceeded)
}

// Try runs f once, with no other guess than the given one. The error matches store.ErrConflict if
// somebody else changed a record, or if the guess was wrong.
func (s *Steps) Try(ctx context.Context, guess []Known, f func(*Step) error) error {
	st := s.begin(ctx, guess)
	defer st.end()
	if err := st.do(f); err != nil || st.empty() {
		return err
	}
	return st.commit()
}

func (s *Steps) begin(ctx context.Context, guess []Known) *Step {
	st := spare.Get().(*Step)
	st.Ctx, st.Now, st.steps = ctx, s.Now(ctx), s
	for i := range guess {
		st.read[guess[i].ID()] = &read{remembered: &remembered{Known: guess[i]}, guessed: true}
	}
	return st
}

func (s *Step) do(f func(*Step) error) error {
	err := f(s)
	s.alone = true // and not while it panics
	return err
}

// guessed says whether anything that was not read has been used.
func (s *Step) guessed() bool {
	for _, r := range s.read {
		if r.guessed && r.used {
			return true
		}
	}
	return false
}

// disbelieve forgets what was guessed.
func (s *Step) disbelieve() {
	for id, r := range s.read {
		if r.guessed && r.used {
			s.steps.Memory.forget(id)
		}
	}
}

// commit writes everything down.
func (s *Step) commit() error {
	s.batch.Bound = s.bounds()
	for i := range s.held {
		if about := s.held[i].about; about != nil {
			s.held[i].records = about()
		}
	}
	for id, r := range s.read {
		if _, put := s.puts[id]; !put && (r.expected || r.guessed && r.used) {
			s.batch.Expect = append(s.batch.Expect, store.Expected{RecordKey: id, Version: r.Version})
		}
	}
	if len(s.held) > 0 {
		s.batch.Now = s.steps.Now(s.Ctx)
	}
	inside := store.DeferredIn(s.Ctx) != nil
	if !inside {
		s.writes = s.steps.Memory.begin(s.batch.Put)
	}
	defer s.written()
	s.alone = false // a store whose call was cancelled may still read the batch
	began := time.Now()
	done, err := s.steps.commit(s.Ctx, &s.batch, s.saved)
	s.steps.Took(time.Since(began))
	if err != nil {
		return fmt.Errorf("channel: commit: %w", err)
	}
	if !inside {
		s.remember()
	}
	s.written() // before anybody hears of it who may want to read it
	s.committed(done.Claimed)
	s.alone = !inside // the host has yet to commit
	return nil
}

func (s *Steps) commit(ctx context.Context, b *store.Batch, saved []Saved) (store.Committed, error) {
	if s.Commit != nil {
		return s.Commit(ctx, b, saved)
	}
	return s.Store.Commit(ctx, b)
}

// written notes that the records of the step are not being written any more.
func (s *Step) written() {
	if s.writes != nil {
		s.steps.Memory.end(s.batch.Put, s.writes)
		s.writes = nil
	}
}

// remember holds what was read, and what is stored now.
func (s *Step) remember() {
	m := &s.steps.Memory
	for _, r := range s.read {
		if _, put := s.puts[r.ID()]; !put && !r.guessed {
			m.rememberAs(r.remembered)
		}
	}
	now := time.Now()
	for i := range s.batch.Put {
		r := s.batch.Put[i]
		r.Version++
		m.remember(&r, now, s.saved[i])
	}
	for i := range s.batch.Add {
		m.forget(s.batch.Add[i].ID())
	}
	for _, id := range s.batch.Delete {
		m.forget(id)
	}
}

// After has f called once the changes are committed.
func (s *Step) After(f func()) { s.after = append(s.after, f) }

// committed does what may be done only now: at once, or when the host has committed too.
func (s *Step) committed(claimed []store.Lease) {
	end := func() {
		for _, kind := range s.wake {
			s.steps.Wake(kind)
		}
		for _, l := range s.later {
			s.steps.Expect(l.kind, l.due)
		}
		for _, f := range s.after {
			f()
		}
	}
	if d := store.DeferredIn(s.Ctx); d != nil {
		d.Add(end, nil)
		return
	}
	s.beginHeld(claimed)
	end()
}

func (s *Step) empty() bool {
	b := &s.batch
	return len(b.Put)+len(b.Add)+len(b.Delete)+len(b.Enqueue)+len(b.Start)+
		len(b.Pass)+len(b.Done)+len(b.Later)+len(b.Bury)+len(b.Replay)+len(b.Drop) == 0
}

// later is when work of a kind falls due.
type later struct {
	kind string
	due  time.Time
}

// Wake has a kind of work looked at after the commit.
func (s *Step) Wake(kind string) {
	if !slices.Contains(s.wake, kind) {
		s.wake = append(s.wake, kind)
	}
}
