package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// claims counts the work that came by a claim.
type claims struct {
	store.Store
	mu sync.Mutex
	n  int
}

func (c *claims) Claim(ctx context.Context, q store.Claim) ([]store.Work, error) {
	works, err := c.Store.Claim(ctx, q)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n += len(works)
	return works, err
}

// bench is a runner, and steps of the same process.
type bench struct {
	t     *testing.T
	st    *claims
	steps *step.Steps
	stop  func() // and wait
	mu    sync.Mutex
	seen  []string
}

func (b *bench) saw(what string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.seen = append(b.seen, what)
}

func (b *bench) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.seen)
}

// fetched is how much work came by claims.
func (b *bench) fetched() int {
	b.st.mu.Lock()
	defer b.st.mu.Unlock()
	return b.st.n
}

// work runs f beside a runner whose work is settled as handle says.
func work(t *testing.T, workers int, handle func(b *bench, w *Job) (Outcome, error), f func(b *bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{t: t, st: &claims{Store: memstore.New()}}
		b.steps = &step.Steps{Store: b.st, Now: func(context.Context) time.Time { return time.Now() }, Took: func(time.Duration) {}}
		settle := func(ctx context.Context, w *Job, o Outcome) error {
			return b.steps.Do(context.WithoutCancel(ctx), nil, func(s *step.Step) error { return w.Settle(s, o) })
		}
		r := New(Config{
			Kind: "q", Workers: workers, Lease: time.Minute, Poll: time.Second,
			Store: b.st, Now: time.Now, Log: slog.New(slog.DiscardHandler), Claimed: func(context.Context, error) {},
			Handle: func(ctx context.Context, w *Job) error {
				o, err := handle(b, w)
				if err != nil {
					return err
				}
				return settle(ctx, w, o)
			},
			GiveBack: func(ctx context.Context, w *Job, cause error, stopping bool) {
				b.saw(fmt.Sprint(w.ID, " given back"))
				require.True(t, stopping || errors.Is(cause, ErrBusy), "it is not at fault")
				require.NoError(t, settle(ctx, w, Later(time.Now(), "again")))
			},
		})
		b.steps.Wake = func(string) { r.Notify() }
		b.steps.Reserve = r.Reserve
		ctx, stop := context.WithCancel(t.Context())
		over := make(chan struct{})
		hand, end := Drain(ctx, 10*time.Second)
		defer end()
		go func() { defer close(over); r.Run(ctx, hand) }()
		b.stop = func() { stop(); <-over }
		time.Sleep(100 * time.Millisecond) // it has looked once
		f(b)
		b.stop()
		left, err := b.st.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 10})
		require.NoError(t, err)
		require.Empty(t, left)
		require.Zero(t, r.inHand)
		require.Empty(t, r.tails)
	})
}

func (b *bench) enqueue(lane string, ids ...string) {
	b.t.Helper()
	for _, id := range ids {
		require.NoError(b.t, b.steps.Do(b.t.Context(), nil, func(s *step.Step) error {
			s.Enqueue(store.Work{Queue: "q", ID: id, Lane: lane, Body: []byte("{}")})
			return nil
		}))
	}
}

// together enqueues work in one step.
func (b *bench) together(works ...store.Work) {
	b.t.Helper()
	require.NoError(b.t, b.steps.Do(b.t.Context(), nil, func(s *step.Step) error {
		for _, w := range works {
			w.Queue, w.Body = "q", []byte("{}")
			s.Enqueue(w)
		}
		return nil
	}))
}

// slowly notes when work begins and ends.
func slowly(b *bench, w *Job) (Outcome, error) {
	b.saw(w.ID)
	time.Sleep(100 * time.Millisecond)
	b.saw(w.ID + " done")
	return Done(), nil
}

func TestWorkThatAWorkerCanBeginAtOnceIsNotFetchedFromTheStore(t *testing.T) {
	t.Parallel()
	work(t, 4, slowly, func(b *bench) {
		b.enqueue("", "a", "b", "c")
		time.Sleep(time.Second)
		require.Zero(t, b.fetched())
		require.ElementsMatch(t, []string{"a", "b", "c", "a done", "b done", "c done"}, b.all())
	})
}

func TestWorkOfALaneFollowsOneAnother(t *testing.T) {
	t.Parallel()
	work(t, 4, slowly, func(b *bench) {
		b.enqueue("lane", "a", "b", "c")
		time.Sleep(time.Second)
		require.Equal(t, []string{"a", "a done", "b", "b done", "c", "c done"}, b.all())
		require.Zero(t, b.fetched())
		b.enqueue("lane", "d")
		time.Sleep(time.Second)
		require.Equal(t, []string{"d", "d done"}, b.all()[6:])
	})
}

func TestWorkOfALaneThatOneStepEnqueuesFollowsOneAnother(t *testing.T) {
	t.Parallel()
	work(t, 9, slowly, func(b *bench) {
		b.together(
			store.Work{ID: "a", Lane: "lane"}, store.Work{ID: "x", Lane: "other"}, store.Work{ID: "b", Lane: "lane"}, store.Work{ID: "c", Lane: "lane"},
		)
		b.together(store.Work{ID: "d", Lane: "lane"}, store.Work{ID: "e", Lane: "lane"}) // behind what is in hand
		time.Sleep(time.Second)
		require.Zero(t, b.fetched())
		ofLane := slices.DeleteFunc(b.all(), func(what string) bool { return what[0] == 'x' })
		require.Equal(t, []string{"a", "a done", "b", "b done", "c", "c done", "d", "d done", "e", "e done"}, ofLane)
	})
}

func TestBehindWorkOfTheSameStepThatComesAgainALaneWaits(t *testing.T) {
	t.Parallel()
	again := false
	work(t, 4, func(b *bench, w *Job) (Outcome, error) {
		o, err := slowly(b, w)
		if w.ID == "a" && !again {
			again = true
			return Later(time.Now().Add(5*time.Second), "not yet"), nil
		}
		return o, err
	}, func(b *bench) {
		b.together(store.Work{ID: "a", Lane: "lane"}, store.Work{ID: "b", Lane: "lane"}, store.Work{ID: "c", Lane: "lane"})
		time.Sleep(10 * time.Second)
		require.Equal(t, []string{
			"a", "a done", "b given back", "c given back", "a", "a done", "b", "b done", "c", "c done",
		}, b.all())
	})
}

func TestWorkBehindThatOfTheSameStepWhichIsNotInHandStaysInTheStore(t *testing.T) {
	t.Parallel()
	work(t, 4, slowly, func(b *bench) {
		b.together(
			store.Work{ID: "a", Lane: "lane", Due: time.Now().Add(5 * time.Second)}, store.Work{ID: "b", Lane: "lane"},
			store.Work{ID: "c", Lane: "lane"}, store.Work{ID: "x", Lane: "other"},
		)
		time.Sleep(time.Second)
		require.Equal(t, []string{"x", "x done"}, b.all())
		time.Sleep(10 * time.Second)
		require.Equal(t, []string{"x", "x done", "a", "a done", "b", "b done", "c", "c done"}, b.all())
		require.Equal(t, 3, b.fetched())
	})
}

// A worker still has work of the ID, which was dropped meanwhile: it goes on under the new claim, and what the
// step enqueues behind it waits for it in the store.
func TestWorkBehindThatOfTheSameStepWhichIsInOtherHandsIsGivenBack(t *testing.T) {
	t.Parallel()
	work(t, 9, slowly, func(b *bench) {
		b.enqueue("lane", "a")
		time.Sleep(50 * time.Millisecond)
		require.NoError(t, b.steps.Do(t.Context(), nil, func(s *step.Step) error {
			s.Drop(store.WorkKey{Queue: "q", ID: "a"})
			return nil
		}))
		b.together(store.Work{ID: "a", Lane: "lane"}, store.Work{ID: "b", Lane: "lane"}, store.Work{ID: "c", Lane: "lane"})
		time.Sleep(5 * time.Second)
		require.Equal(t, []string{"a", "b given back", "c given back", "a done", "b", "b done", "c", "c done"}, b.all())
	})
}

func TestBehindWorkThatComesAgainALaneWaits(t *testing.T) {
	t.Parallel()
	again := false
	work(t, 4, func(b *bench, w *Job) (Outcome, error) {
		o, err := slowly(b, w)
		if w.ID == "a" && !again {
			again = true
			return Later(time.Now().Add(5*time.Second), "not yet"), nil
		}
		return o, err
	}, func(b *bench) {
		b.enqueue("lane", "a", "b", "c")
		time.Sleep(10 * time.Second)
		require.Equal(t, []string{
			"a", "a done", "b given back", "c given back", "a", "a done", "b", "b done", "c", "c done",
		}, b.all())
	})
}

func TestWorkForWhichNobodyIsFreeStaysInTheStore(t *testing.T) {
	t.Parallel()
	work(t, 2, slowly, func(b *bench) {
		b.enqueue("", "a", "b", "c", "d")
		time.Sleep(time.Second)
		require.Len(t, b.all(), 8)
		require.Equal(t, 2, b.fetched())
	})
}

func TestAStepThatFailsTakesNoPlace(t *testing.T) {
	t.Parallel()
	work(t, 1, slowly, func(b *bench) {
		bad := errors.New("bad")
		for range 3 {
			require.ErrorIs(t, b.steps.Do(t.Context(), nil, func(s *step.Step) error {
				s.Enqueue(store.Work{Queue: "q", ID: "never"})
				return bad
			}), bad)
		}
		b.enqueue("", "a")
		time.Sleep(time.Second)
		require.Equal(t, []string{"a", "a done"}, b.all())
		require.Zero(t, b.fetched())
	})
}

func TestOnlyWhatIsDonePasses(t *testing.T) {
	t.Parallel()
	work(t, 1, slowly, func(b *bench) {
		for _, tt := range []struct {
			o    Outcome
			want error
		}{{Later(time.Now(), "later"), store.ErrMustQueue}, {Buried("bad"), store.ErrMustQueue}, {Done(), nil}, {Done(), store.ErrMustQueue}} {
			w := Passing(store.Work{Queue: "q", ID: "p"})
			require.ErrorIs(t, b.steps.Do(t.Context(), nil, func(s *step.Step) error { return w.Settle(s, tt.o) }), tt.want)
		}
	})
}
