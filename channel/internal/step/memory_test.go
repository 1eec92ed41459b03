package step_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// reading counts what is read of a store.
type reading struct {
	store.Store
	gets int
}

func (r *reading) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	r.gets++
	return r.Store.Get(ctx, kind, keys...)
}

// twoProcesses are on one store; what the first reads is counted.
func twoProcesses() (first, second *step.Steps, r *reading) {
	first, second = newSteps(new([]string)), newSteps(new([]string))
	r = &reading{Store: second.Store}
	first.Store = r
	return first, second, r
}

// seen returns what a step that writes something reads, and how often it ran.
func seen(t *testing.T, s *step.Steps) (n, runs int) {
	t.Helper()
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		var d doc
		runs++
		_, err := u.Load("doc", "a", &d)
		n = d.N
		u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
		return err
	}))
	return n, runs
}

func TestWhatThisProcessHasReadOrWrittenIsNotReadAgain(t *testing.T) {
	t.Parallel()
	s, _, r := twoProcesses()
	n, _ := seen(t, s)
	require.Zero(t, n)
	require.Equal(t, 1, r.gets)
	save(t, s, "a", 5) // of which it is known that there is none
	n, runs := seen(t, s)
	require.Equal(t, []int{5, 1, 1}, []int{n, runs, r.gets})
}

func TestWhatAnotherProcessHasWrittenMeanwhileIsRead(t *testing.T) {
	t.Parallel()
	s, other, r := twoProcesses()
	save(t, s, "a", 1)
	save(t, other, "a", 2)
	gets := r.gets
	n, runs := seen(t, s)
	require.Equal(t, []int{2, 2, 1}, []int{n, runs, r.gets - gets}, "although the step does not write it")
	require.NoError(t, other.Do(t.Context(), nil, func(u *step.Step) error {
		u.Delete(store.RecordKey{Kind: "doc", Key: "a"})
		return nil
	}))
	n, _ = seen(t, s)
	require.Zero(t, n)
}

func TestWhatWasOnlyRememberedDecidesNothingThatIsNotCommitted(t *testing.T) {
	t.Parallel()
	no := errors.New("no")
	for name, end := range map[string]error{"a refusal": no, "a step that writes nothing": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, other, _ := twoProcesses()
			save(t, s, "a", 1)
			save(t, other, "a", 2)
			var d doc
			require.ErrorIs(t, s.Do(t.Context(), nil, func(u *step.Step) error {
				_, err := u.Load("doc", "a", &d)
				return errors.Join(err, end)
			}), end)
			require.Equal(t, 2, d.N)
		})
	}
}

func TestARunningTotalIsReadEachTime(t *testing.T) {
	t.Parallel()
	s, other, _ := twoProcesses()
	add := func(s *step.Steps) (before int64) {
		require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) (err error) {
			r := store.Record{Kind: "sum", Key: "a", N: 1}
			if _, err = u.Load("sum", "a", nil); err == nil {
				before, err = u.Total(r)
			}
			u.Add(r)
			return err
		}))
		return before
	}
	require.EqualValues(t, 0, add(s))
	require.EqualValues(t, 1, add(other))
	require.EqualValues(t, 2, add(s))
}

func TestWhatIsRememberedBelongsToNobody(t *testing.T) {
	t.Parallel()
	type list struct {
		Names []string       `json:"names"`
		More  *doc           `json:"more"`
		Table map[string]int `json:"table"`
	}
	s, _, _ := twoProcesses()
	first := &list{Names: append(make([]string, 0, 8), "a"), More: &doc{1}}
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		if _, err := u.Load("doc", "l", nil); err != nil {
			return err
		}
		err := u.Save("doc", "l", "", 0, first)
		first.Names[0], first.More.N = "changed afterwards", 9
		return err
	}))
	for range 3 {
		require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
			var l list
			ok, err := u.Load("doc", "l", &l)
			require.True(t, ok)
			require.Equal(t, list{Names: []string{"a"}, More: &doc{1}}, l)
			l.Names[0], l.More.N, l.Names = "mine", 7, append(l.Names, "b")
			u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
			return err
		}))
	}
}

func TestAMemoryOfTwoSecondsIsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, r := twoProcesses()
		save(t, s, "a", 1)
		time.Sleep(3 * time.Second)
		gets := r.gets
		_, runs := seen(t, s)
		require.Equal(t, []int{1, 1}, []int{runs, r.gets - gets})
	})
}

func TestInATransactionOfTheHostNothingIsRemembered(t *testing.T) {
	t.Parallel()
	s, _, r := twoProcesses()
	save(t, s, "a", 1)
	ctx, d := store.Defer(t.Context())
	gets := r.gets
	require.NoError(t, s.Do(ctx, nil, func(u *step.Step) error {
		if _, err := u.Load("doc", "a", nil); err != nil {
			return err
		}
		return u.Save("doc", "a", "", 0, doc{2})
	}))
	require.Equal(t, gets+1, r.gets)
	d.End(true)
	n, runs := seen(t, s)
	require.Equal(t, []int{2, 2}, []int{n, runs})
}

// slow is a store whose commits take a moment.
type slow struct{ store.Store }

func (s slow) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	time.Sleep(200 * time.Millisecond)
	return s.Store.Commit(ctx, b)
}

func TestWhatIsBeingWrittenIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, _, _ := twoProcesses()
		save(t, s, "a", 1)
		s.Store = slow{s.Store}
		done := make(chan struct{})
		go func() { defer close(done); save(t, s, "a", 2) }()
		time.Sleep(100 * time.Millisecond)
		n, runs := seen(t, s)
		require.Equal(t, []int{2, 1}, []int{n, runs})
		<-done
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.NoError(t, s.Do(ctx, nil, func(u *step.Step) error { // nobody waits for himself
			if _, err := u.Load("doc", "a", nil); err != nil {
				return err
			}
			u.After(func() { seen(t, s) })
			return u.Save("doc", "a", "", 0, doc{3})
		}))
		require.NoError(t, ctx.Err())
	})
}

func TestWhatIsSupposedToBeMissingIsLookedAtOnceItIsNot(t *testing.T) {
	t.Parallel()
	for stored, want := range map[bool][]int{false: {0, 1, 0}, true: {7, 2, 1}} {
		s, other, r := twoProcesses()
		if stored {
			save(t, other, "a", 7)
		}
		var n, runs int
		require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
			var d doc
			runs++
			u.Suppose("doc", "a")
			_, err := u.Load("doc", "a", &d)
			n = d.N
			u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
			return err
		}))
		require.Equal(t, want, []int{n, runs, r.gets})
	}
}

func TestSeveralRecordsAreReadAtOnceUnlessTheyAreKnown(t *testing.T) {
	t.Parallel()
	s, other, r := twoProcesses()
	for i, key := range []string{"a", "b"} {
		save(t, other, key, i+1)
	}
	for range 2 {
		require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
			var a, b doc
			require.NoError(t, u.Ahead("doc", "a", "b", "none"))
			for key, d := range map[string]*doc{"a": &a, "b": &b, "none": new(doc)} {
				if _, err := u.Load("doc", key, d); err != nil {
					return err
				}
			}
			require.Equal(t, []int{1, 2}, []int{a.N, b.N})
			u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
			return nil
		}))
	}
	require.Equal(t, 1, r.gets)
}
