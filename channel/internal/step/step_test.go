package step_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

type doc struct {
	N int `json:"n"`
}

func newSteps(woken *[]string) *step.Steps {
	return &step.Steps{
		Store: memstore.New(), Now: func(context.Context) time.Time { return time.Now() },
		Wake: func(kind string) { *woken = append(*woken, kind) }, Took: func(time.Duration) {},
	}
}

func save(t *testing.T, s *step.Steps, key string, n int) {
	t.Helper()
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		if _, err := u.Load("doc", key, nil); err != nil {
			return err
		}
		return u.Save("doc", key, "all", int64(n), doc{n})
	}))
}

func TestAStepRunsAgainWhenSomebodyElseWasFaster(t *testing.T) {
	t.Parallel()
	var woken []string
	s := newSteps(&woken)
	save(t, s, "a", 1)
	runs := 0
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		var d doc
		if _, err := u.Load("doc", "a", &d); err != nil {
			return err
		}
		if runs++; runs == 1 {
			save(t, s, "a", 10)
		}
		u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
		d.N++
		return u.Save("doc", "a", "", 0, d)
	}))
	require.Equal(t, 2, runs)
	require.Equal(t, []string{"q"}, woken, "only what was committed wakes anybody")
	d, err := step.Get[doc](t.Context(), s.Store, "doc", "a")
	require.NoError(t, err)
	require.Equal(t, 11, d.N)
}

func TestAStepRunsAgainIfWhatItExpectedAndDoesNotWriteHasChanged(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]bool{"what it read": true, "what was not there": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSteps(new([]string))
			if before {
				save(t, s, "a", 1)
			}
			var seen []int
			require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
				var d doc
				if _, err := u.Load("doc", "a", &d); err != nil {
					return err
				}
				u.Expect("doc", "a")
				if seen = append(seen, d.N); len(seen) == 1 {
					save(t, s, "a", 10)
				}
				u.Enqueue(store.Work{Queue: "q", ID: "w", Body: []byte("{}")})
				return nil
			}))
			require.Len(t, seen, 2)
			require.Equal(t, 10, seen[1])
		})
	}
}

func TestAWrongGuessIsReadAgain(t *testing.T) {
	t.Parallel()
	s := newSteps(new([]string))
	save(t, s, "a", 1)
	guess := []step.Known{{Record: store.Record{Kind: "doc", Key: "a", Version: 7}, Doc: &doc{70}}}
	var seen []int
	require.NoError(t, s.Do(t.Context(), guess, func(u *step.Step) error {
		var d doc
		ok, err := u.Load("doc", "a", &d)
		require.True(t, ok)
		seen = append(seen, d.N)
		if err != nil {
			return err
		}
		return u.Save("doc", "a", "", 0, d)
	}))
	require.Equal(t, []int{70, 1}, seen)
}

func TestAStepSeesItsOwnChanges(t *testing.T) {
	t.Parallel()
	s := newSteps(new([]string))
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		ok, err := u.Load("doc", "a", nil)
		require.False(t, ok)
		if err != nil {
			return err
		}
		require.NoError(t, u.Save("doc", "a", "", 0, doc{5}))
		var d doc
		ok, err = u.Load("doc", "a", &d)
		require.True(t, ok)
		require.Equal(t, 5, d.N)
		total := store.Record{Kind: "sum", Key: "a", N: 3}
		u.Add(total)
		u.Add(total)
		n, err2 := u.Total(total)
		require.NoError(t, err2)
		require.EqualValues(t, 6, n)
		return err
	}))
}

func TestAStepSeesTheWorkThatItAddsAndEnds(t *testing.T) {
	t.Parallel()
	s := newSteps(new([]string))
	later := time.Now().Add(time.Hour)
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		for _, id := range []string{"stays", "moves", "goes", "ends", "dies"} {
			u.Enqueue(store.Work{Queue: "q", ID: id, Due: later, Body: []byte("1")})
		}
		u.Enqueue(store.Work{Queue: "another", ID: "moves", Body: []byte("1")})
		return nil
	}))
	require.ErrorIs(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		u.Enqueue(store.Work{Queue: "q", ID: "moves", Body: []byte("2")})
		u.Enqueue(store.Work{Queue: "q", ID: "new", Body: []byte("2")})
		u.Enqueue(store.Work{Queue: "q", ID: "nobody asked", Body: []byte("2")})
		u.Enqueue(store.Work{Queue: "q", ID: "stays", Once: true, Body: []byte("2")})
		u.Drop(store.WorkKey{Queue: "q", ID: "goes"}, store.WorkKey{Queue: "another", ID: "stays"})
		u.Finish(store.Lease{Queue: "q", ID: "ends"})
		u.Bury(store.Lease{Queue: "q", ID: "dies"}, "test")
		found, err := u.Work("q", "stays", "moves", "goes", "ends", "dies", "new", "unknown")
		require.NoError(t, err)
		seen := map[string]string{}
		for _, w := range found {
			seen[w.ID] = string(w.Body)
			require.Equal(t, w.ID == "stays", !w.Due.IsZero(), w.ID)
		}
		require.Equal(t, map[string]string{"stays": "1", "moves": "2", "new": "2"}, seen)
		return context.Canceled // nothing of it is committed
	}), context.Canceled)
	found, err := s.Store.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 10})
	require.NoError(t, err)
	require.Len(t, found, 5)
}

func TestOfStepsThatCountTogetherAsManySucceedAsFit(t *testing.T) {
	t.Parallel()
	s := newSteps(new([]string))
	full := fmt.Errorf("full")
	took := func() error {
		return s.Do(t.Context(), nil, func(u *step.Step) error {
			r := store.Record{Kind: "sum", Key: "a", N: 1}
			n, err := u.Total(r)
			if err != nil {
				return err
			}
			if n >= 3 {
				return full
			}
			u.Within(r, 2)
			u.Add(r)
			return nil
		})
	}
	results := make(chan error, 10)
	for range 10 {
		go func() { results <- took() }()
	}
	fit := 0
	for range 10 {
		if err := <-results; err == nil {
			fit++
		} else {
			require.ErrorIs(t, err, full)
		}
	}
	require.Equal(t, 3, fit)
}

func TestPagesBringEverythingOnceAlthoughTheLoopDeletesIt(t *testing.T) {
	t.Parallel()
	for _, descending := range []bool{false, true} {
		for _, n := range []int{0, 1, 4, 5, 10, 11} {
			t.Run(fmt.Sprintf("%d records, descending %v", n, descending), func(t *testing.T) {
				t.Parallel()
				s := newSteps(new([]string))
				b := &store.Batch{}
				for i := range n {
					b.Put = append(b.Put, store.Record{Kind: "doc", Key: fmt.Sprint(i), Sort: int64(i / 3), Body: []byte("{}")})
					b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Body: []byte("{}")})
				}
				_, err := s.Store.Commit(t.Context(), b)
				require.NoError(t, err)
				seen := map[string]bool{}
				for page, err := range step.Records(t.Context(), s.Store, store.Query{Kind: "doc", Limit: 5, Descending: descending}) {
					require.NoError(t, err)
					gone := &store.Batch{}
					for i := range page {
						seen[page[i].Key] = true
						gone.Delete = append(gone.Delete, page[i].ID())
					}
					_, err = s.Store.Commit(t.Context(), gone)
					require.NoError(t, err)
				}
				require.Len(t, seen, n)
				clear(seen)
				for page, err := range step.Works(t.Context(), s.Store, store.WorkQuery{Queue: "q", Limit: 5}) {
					require.NoError(t, err)
					gone := &store.Batch{}
					for i := range page {
						seen[page[i].ID] = true
						gone.Drop = append(gone.Drop, store.WorkKey{Queue: "q", ID: page[i].ID})
					}
					_, err = s.Store.Commit(t.Context(), gone)
					require.NoError(t, err)
				}
				require.Len(t, seen, n)
			})
		}
	}
}

func TestPagesEndWithTheErrorOfTheStore(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newSteps(new([]string))
	pages := 0
	for _, err := range step.Records(ctx, s.Store, store.Query{Kind: "doc", Limit: 5}) {
		pages++
		require.ErrorIs(t, err, context.Canceled)
	}
	require.Equal(t, 1, pages)
}

func TestWhatFallsDueLaterIsExpectedThenAndWakesNobodyNow(t *testing.T) {
	t.Parallel()
	var woken []string
	expected := map[string]time.Time{}
	s := newSteps(&woken)
	s.Expect = func(kind string, due time.Time) { expected[kind] = due }
	due := time.Now().Add(time.Hour)
	enqueue := func(u *step.Step) error {
		u.Enqueue(store.Work{Queue: "now", ID: "a", Body: []byte("{}")})
		u.Enqueue(store.Work{Queue: "overdue", ID: "b", Due: u.Now.Add(-time.Hour), Body: []byte("{}")})
		u.Enqueue(store.Work{Queue: "later", ID: "c", Due: due, Body: []byte("{}")})
		return nil
	}
	refused := errors.New("refused")
	require.ErrorIs(t, s.Do(t.Context(), nil, func(u *step.Step) error { return cmp.Or(enqueue(u), refused) }), refused)
	require.Empty(t, woken)
	require.Empty(t, expected, "nothing was committed")

	require.NoError(t, s.Do(t.Context(), nil, enqueue))
	require.Equal(t, []string{"now", "overdue"}, woken)
	require.Equal(t, map[string]time.Time{"later": due}, expected)

	ctx, deferred := store.Defer(t.Context())
	clear(expected)
	require.NoError(t, s.Do(ctx, nil, enqueue))
	require.Empty(t, expected, "the host has not committed")
	deferred.End(true)
	require.Contains(t, expected, "later")
}

// waiting is a store with work that waits: "due" at once, "later" for its time, "claimed" in the hand of somebody,
// "dead" buried.
func waiting(t *testing.T, s *step.Steps, later time.Time) (claimed store.Lease) {
	t.Helper()
	work := func(id string, due time.Time) store.Work {
		return store.Work{Queue: "q", ID: id, Lane: "lane " + id, Group: "group", Due: due, Body: []byte(`"old"`)}
	}
	for _, id := range []string{"dead", "claimed", "due", "later"} {
		due := time.Time{}
		if id == "later" {
			due = later
		}
		_, err := s.Store.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{work(id, due)}})
		require.NoError(t, err)
		if id != "dead" && id != "claimed" {
			continue
		}
		works, err := s.Store.Claim(t.Context(), store.Claim{Queue: "q", Now: time.Now(), Lease: time.Hour, Limit: 1})
		require.NoError(t, err)
		require.Equal(t, id, works[0].ID)
		if claimed = works[0].Lease(); id == "dead" {
			_, err = s.Store.Commit(t.Context(), &store.Batch{Bury: []store.Buried{{Lease: claimed, Reason: "test"}}})
			require.NoError(t, err)
		}
	}
	return claimed
}

func TestWorkThatIsRewrittenKeepsItsPlaceAndIsInNobodysHand(t *testing.T) {
	t.Parallel()
	var woken []string
	s := newSteps(&woken)
	later := time.Now().Add(time.Hour).Truncate(time.Second).UTC()
	claimed := waiting(t, s, later)
	places := func(dead bool) map[string]string {
		found, err := s.Store.Work(t.Context(), store.WorkQuery{Queue: "q", Dead: dead, Limit: 10})
		require.NoError(t, err)
		seen := map[string]string{}
		for _, w := range found {
			seen[w.ID] = fmt.Sprint(w.Seq, w.Lane, w.Group, w.Due.Equal(later), string(w.Body))
		}
		return seen
	}
	living, dead := places(false), places(true)
	require.Len(t, living, 3)
	edits := map[string]int{}
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		for _, id := range []string{"due", "later", "claimed", "dead", "unknown"} {
			if err := u.Rewrite("q", id, func(body []byte) ([]byte, error) {
				edits[id]++
				require.JSONEq(t, `"old"`, string(body))
				return []byte(`"new"`), nil
			}); err != nil {
				return err
			}
		}
		return nil
	}))
	require.Equal(t, map[string]int{"due": 1, "later": 1, "claimed": 1}, edits)
	for id, place := range living {
		living[id] = strings.Replace(place, "old", "new", 1)
	}
	require.Equal(t, living, places(false))
	require.Equal(t, dead, places(true), "what is dead stays so")
	require.Equal(t, []string{"q"}, woken)
	_, err := s.Store.Commit(t.Context(), &store.Batch{Start: []store.Lease{claimed}})
	require.ErrorIs(t, err, store.ErrLeaseLost, "nobody begins what they have read before")
}

func TestNothingIsWrittenOfWorkThatIsNotRewritten(t *testing.T) {
	t.Parallel()
	var woken []string
	s := newSteps(&woken)
	claimed := waiting(t, s, time.Now().Add(time.Hour))
	same := func(body []byte) ([]byte, error) { return body, nil }
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error { return u.Rewrite("q", "claimed", same) }))
	require.Empty(t, woken)
	broken := errors.New("broken")
	require.ErrorIs(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		return u.Rewrite("q", "claimed", func([]byte) ([]byte, error) { return nil, broken })
	}), broken)
	_, err := s.Store.Commit(t.Context(), &store.Batch{Start: []store.Lease{claimed}})
	require.NoError(t, err, "who has it keeps it")
}

func TestAStepRewritesTheWorkThatItAddsItself(t *testing.T) {
	t.Parallel()
	s := newSteps(new([]string))
	waiting(t, s, time.Now().Add(time.Hour))
	rewrite := func(u *step.Step, id, old, new string) error {
		return u.Rewrite("q", id, func(body []byte) ([]byte, error) {
			require.JSONEq(t, old, string(body))
			return []byte(new), nil
		})
	}
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		u.Enqueue(store.Work{Queue: "q", ID: "own", Body: []byte(`1`)})
		u.Drop(store.WorkKey{Queue: "q", ID: "later"})
		return errors.Join(rewrite(u, "own", `1`, `2`), rewrite(u, "own", `2`, `3`), rewrite(u, "due", `"old"`, `4`), rewrite(u, "due", `4`, `5`),
			u.Rewrite("q", "later", func([]byte) ([]byte, error) { return nil, errors.New("it is gone") }))
	}))
	found, err := s.Store.Work(t.Context(), store.WorkQuery{Queue: "q", IDs: []string{"own", "due", "later"}, Limit: 10})
	require.NoError(t, err)
	require.Len(t, found, 2)
	require.Equal(t, `5`, string(found[0].Body))
	require.Equal(t, `3`, string(found[1].Body))
}

// A spot is a place where work begins with its commit.
type spot struct {
	began chan any
	waits chan bool
}

func (p *spot) Hold() step.Hold                              { return step.Hold{Lease: time.Hour, Owner: "me"} }
func (p *spot) Begin(_ store.Work, item any, _ []step.Known) { p.began <- item }
func (p *spot) Release(waits bool)                           { p.waits <- waits }

func TestWorkThatIsRewrittenBeforeItBeginsIsDecodedAnew(t *testing.T) {
	t.Parallel()
	place := &spot{make(chan any, 1), make(chan bool, 1)}
	s := newSteps(new([]string))
	s.Reserve = func(*store.Work, step.Place) step.Place { return place }
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		u.EnqueueItem(store.Work{Queue: "q", ID: "own", Body: []byte(`1`)}, 1, nil)
		return u.Rewrite("q", "own", func([]byte) ([]byte, error) { return []byte(`2`), nil })
	}))
	require.Empty(t, place.waits)
	require.Nil(t, <-place.began, "the item that was decoded is of the old body")
}

// What is claimed with the commit would follow work of its lane whose claim is lost.
func TestNothingIsClaimedWithACommitThatRewritesOtherWork(t *testing.T) {
	t.Parallel()
	place := &spot{make(chan any, 1), make(chan bool, 2)}
	s := newSteps(new([]string))
	waiting(t, s, time.Now().Add(time.Hour))
	s.Reserve = func(*store.Work, step.Place) step.Place { return place }
	require.NoError(t, s.Do(t.Context(), nil, func(u *step.Step) error {
		u.EnqueueItem(store.Work{Queue: "q", ID: "before", Body: []byte(`1`)}, 1, nil)
		if err := u.Rewrite("q", "due", func([]byte) ([]byte, error) { return []byte(`2`), nil }); err != nil {
			return err
		}
		u.EnqueueItem(store.Work{Queue: "q", ID: "after", Body: []byte(`1`)}, 1, nil)
		return nil
	}))
	require.Empty(t, place.began)
	require.Len(t, place.waits, 1, "the place is given up")
	works, err := s.Store.Claim(t.Context(), store.Claim{Queue: "q", Now: time.Now().Add(time.Minute), Lease: time.Hour, Limit: 10})
	require.NoError(t, err)
	require.Len(t, works, 3, "it waits like all other work, beside what was there")
}
