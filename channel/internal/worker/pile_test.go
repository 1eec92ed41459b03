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

// calls is a runner whose work is over when it was called, and steps of the same process.
type calls struct {
	t      *testing.T
	st     store.Store
	steps  *step.Steps
	runner *Runner
	stop   func() // and wait

	mu      sync.Mutex
	called  []string
	cleared [][]string // IDs, by commit
	fails   error      // of Clear
	// failsAfter is what Clear says once although it has done its work.
	failsAfter error
	refused    int // by a pile that is full
}

var errPileFull = errors.New("the pile is full")

func (c *calls) clear(ctx context.Context, leases []store.Lease) error {
	c.mu.Lock()
	err, after := c.fails, c.failsAfter
	c.failsAfter = nil
	c.mu.Unlock()
	if err == nil {
		_, err = c.st.Commit(ctx, &store.Batch{Done: leases})
	}
	if err == nil && after != nil {
		return after
	}
	if err == nil {
		var ids []string
		for _, l := range leases {
			ids = append(ids, l.ID)
		}
		slices.Sort(ids)
		c.mu.Lock()
		c.cleared = append(c.cleared, ids)
		c.mu.Unlock()
	}
	return err
}

func (c *calls) failWith(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fails = err
}

func (c *calls) enqueue(works ...store.Work) {
	c.t.Helper()
	for _, w := range works {
		w.Queue, w.Body = "q", []byte("{}")
		require.NoError(c.t, c.steps.Do(c.t.Context(), nil, func(s *step.Step) error { s.Enqueue(w); return nil }))
	}
}

// left are the IDs of what is in the store.
func (c *calls) left() (ids []string) {
	c.t.Helper()
	works, err := c.st.Work(c.t.Context(), store.WorkQuery{Queue: "q", Limit: 1000})
	require.NoError(c.t, err)
	for _, w := range works {
		ids = append(ids, w.ID)
	}
	return ids
}

// seen is what was called so far.
func (c *calls) seen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.called)
}

func call(t *testing.T, f func(c *calls)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		c := &calls{t: t, st: memstore.New()}
		c.steps = &step.Steps{Store: c.st, Now: func(context.Context) time.Time { return time.Now() }, Took: func(time.Duration) {}}
		c.runner = New(Config{
			Kind: "q", Workers: 400, Lease: time.Minute, Poll: time.Second,
			Store: c.st, Now: time.Now, Log: slog.New(slog.DiscardHandler), Claimed: func(context.Context, error) {}, Clear: c.clear,
			Handle: func(_ context.Context, w *Job) error {
				c.mu.Lock()
				c.called = append(c.called, w.ID)
				c.mu.Unlock()
				if c.runner.Over(w) {
					return nil
				}
				return errPileFull
			},
			GiveBack: func(_ context.Context, w *Job, cause error, _ bool) {
				if !errors.Is(cause, errPileFull) {
					t.Error(w.ID, cause)
				}
				c.mu.Lock()
				defer c.mu.Unlock()
				c.refused++
			},
		})
		c.steps.Wake, c.steps.Reserve = func(string) { c.runner.Notify() }, c.runner.Reserve
		ctx, stop := context.WithCancel(t.Context())
		work, end := Drain(ctx, 10*time.Second)
		defer end()
		var running sync.WaitGroup
		running.Go(func() { c.runner.Run(ctx, work) })
		c.stop = func() { stop(); running.Wait() }
		time.Sleep(100 * time.Millisecond) // it has looked once
		f(c)
		c.stop()
		require.Empty(t, c.runner.tails)
		require.Empty(t, c.runner.pile.jobs)
		require.Zero(t, c.runner.inHand)
	})
}

func TestWorkThatIsOverLeavesItsQueueWithOthers(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.enqueue(store.Work{ID: "a"}, store.Work{ID: "b", Lane: "lane"}, store.Work{ID: "c"})
		synctest.Wait()
		require.Len(t, c.seen(), 3)
		require.Len(t, c.left(), 3, "not yet")
		time.Sleep(pileTime)
		synctest.Wait()
		require.Empty(t, c.left())
		require.Equal(t, [][]string{{"a", "b", "c"}}, c.cleared)
	})
}

func TestALaneGoesOnBeforeWhatIsOverHasLeftIt(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		for i := range 5 {
			c.enqueue(store.Work{ID: fmt.Sprint(i), Lane: "lane"})
			synctest.Wait()
			require.Len(t, c.seen(), i+1, "nothing waits for the store")
		}
		require.Len(t, c.left(), 5)
		time.Sleep(pileTime)
		synctest.Wait()
		require.Empty(t, c.left())
		c.enqueue(store.Work{ID: "5", Lane: "lane"})
		synctest.Wait()
		require.Equal(t, []string{"0", "1", "2", "3", "4", "5"}, c.seen())
	})
}

func TestNobodyElseGetsWorkOfALaneBeforeWhatIsOverHasLeftIt(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.enqueue(store.Work{ID: "a", Lane: "lane"})
		synctest.Wait()
		require.Equal(t, []string{"a"}, c.seen())
		_, err := c.st.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "b", Lane: "lane", Body: []byte("{}")}}})
		require.NoError(t, err)
		others := store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: 9}
		claimed, err := c.st.Claim(t.Context(), others)
		require.NoError(t, err)
		require.Empty(t, claimed)
		time.Sleep(pileTime)
		synctest.Wait()
		claimed, err = c.st.Claim(t.Context(), others)
		require.NoError(t, err)
		require.Len(t, claimed, 1)
		_, err = c.st.Commit(t.Context(), &store.Batch{Done: []store.Lease{claimed[0].Lease()}})
		require.NoError(t, err)
	})
}

func TestWorkThatWaitsInALaneOfTheStoreIsNotKeptWaiting(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		begun := time.Now()
		b := &store.Batch{}
		for i := range 100 {
			b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Lane: "lane", Body: []byte("{}")})
		}
		_, err := c.st.Commit(t.Context(), b)
		require.NoError(t, err)
		c.runner.Notify()
		synctest.Wait()
		require.Len(t, c.seen(), 100)
		require.Equal(t, begun, time.Now(), "no time has passed")
	})
}

func TestALotThatIsOverDoesNotWait(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		for i := range pileMost {
			c.enqueue(store.Work{ID: fmt.Sprint(i)})
		}
		synctest.Wait()
		require.Empty(t, c.left())
	})
}

func TestWhenARunnerHasStoppedNothingThatIsOverIsInTheStore(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.enqueue(store.Work{ID: "a"}, store.Work{ID: "b"})
		synctest.Wait()
		begun := time.Now()
		c.stop()
		require.Empty(t, c.left())
		require.Equal(t, begun, time.Now())
	})
}

func TestALeaseThatIsLostKeepsNoOtherWorkInTheStore(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		for i := range 20 {
			c.enqueue(store.Work{ID: fmt.Sprint(i)})
		}
		synctest.Wait()
		_, err := c.st.Commit(t.Context(), &store.Batch{Drop: []store.WorkKey{{Queue: "q", ID: "3"}, {Queue: "q", ID: "17"}}})
		require.NoError(t, err)
		time.Sleep(pileTime)
		synctest.Wait()
		require.Empty(t, c.left())
		n := 0
		for _, ids := range c.cleared {
			n += len(ids)
		}
		require.Equal(t, 18, n)
	})
}

func TestWorkWithTheIDOfWhatIsOverIsDoneToo(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.enqueue(store.Work{ID: "a", Lane: "one"})
		synctest.Wait()
		c.enqueue(store.Work{ID: "a", Lane: "two"})
		time.Sleep(time.Second)
		require.Equal(t, []string{"a", "a"}, c.seen())
		require.Empty(t, c.left())
		c.enqueue(store.Work{ID: "b", Lane: "one"}, store.Work{ID: "c", Lane: "two"})
		synctest.Wait()
		require.Len(t, c.seen(), 4, "their lanes are free")
	})
}

func TestWhatIsOverAndGoneAlthoughTheStoreSaidNoKeepsNothing(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.mu.Lock()
		c.failsAfter = errors.New("connection reset by peer")
		c.mu.Unlock()
		for i := range 20 {
			c.enqueue(store.Work{ID: fmt.Sprint(i), Lane: "lane"})
		}
		time.Sleep(10 * time.Second)
		require.Empty(t, c.left())
		c.enqueue(store.Work{ID: "20", Lane: "lane"})
		synctest.Wait()
		require.Len(t, c.seen(), 21, "its lane is free, and nothing came twice")
	})
}

func TestWhatIsOverIsTakenOutWhenTheStoreIsThereAgain(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.failWith(errors.New("no space left on device"))
		c.enqueue(store.Work{ID: "a", Lane: "lane"}, store.Work{ID: "b"})
		time.Sleep(10 * time.Second)
		require.Len(t, c.left(), 2)
		c.enqueue(store.Work{ID: "c", Lane: "lane"})
		synctest.Wait()
		require.Len(t, c.seen(), 3, "each of them once")
		c.failWith(nil)
		time.Sleep(2 * time.Second)
		require.Empty(t, c.left())
		require.Len(t, c.seen(), 3)
	})
}

func TestAStoreThatDoesNotTakeWhatIsOverIsNotWaitedForWithoutEnd(t *testing.T) {
	t.Parallel()
	call(t, func(c *calls) {
		c.failWith(errors.New("no space left on device"))
		for i := range pileBound + 100 {
			c.enqueue(store.Work{ID: fmt.Sprint(i)})
			synctest.Wait()
		}
		require.Len(t, c.seen(), pileBound+100)
		c.mu.Lock()
		refused := c.refused
		c.mu.Unlock()
		require.Equal(t, 100, refused, "who called settles it, or hears that it cannot be")
		c.failWith(nil)
		time.Sleep(2 * time.Second)
		require.Len(t, c.left(), 100)
	})
}
