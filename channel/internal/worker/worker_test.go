package worker

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// run works on n pieces of work in lanes of their own until all is quiet, and then for as long as
// the drain time lasts.
func run(t *testing.T, n int, c Config) (left []store.Work) {
	t.Helper()
	s := memstore.New()
	b := &store.Batch{}
	for i := range n {
		b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Lane: fmt.Sprint(i), Body: []byte("{}")})
	}
	_, err := s.Commit(t.Context(), b)
	require.NoError(t, err)
	c.Kind, c.Store, c.Now, c.Log = "q", s, time.Now, slog.New(slog.DiscardHandler)
	c.Lease, c.Poll, c.Claimed = time.Minute, time.Second, func(context.Context, error) {}
	handle := c.Handle
	c.Handle = func(ctx context.Context, w *Job) error {
		if err := handle(ctx, w); err != nil {
			return err
		}
		_, err := s.Commit(context.WithoutCancel(ctx), &store.Batch{Done: []store.Lease{w.Lease()}})
		return err
	}
	r := New(c)
	ctx, stop := context.WithCancel(t.Context())
	work, end := Drain(ctx, 10*time.Second)
	defer end()
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx, work) }()
	time.Sleep(5 * time.Second)
	stop()
	<-done
	left, err = s.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 100})
	require.NoError(t, err)
	return left
}

func TestARunnerNeverHasMoreInHandThanItHasWorkers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		left := run(t, 20, Config{Workers: 3, Handle: func(context.Context, *Job) error {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(100 * time.Millisecond)
			now.Add(-1)
			return nil
		}})
		require.Empty(t, left)
		require.EqualValues(t, 3, most.Load())
	})
}

func TestWhatFailsIsGivenBackWithItsCause(t *testing.T) {
	t.Parallel()
	bad := errors.New("bad")
	for name, tt := range map[string]struct {
		handle   func(context.Context, *Job) error
		cause    error
		stopping bool
	}{
		"an error":                 {func(context.Context, *Job) error { return bad }, bad, false},
		"a panic":                  {func(context.Context, *Job) error { panic("card 4111") }, ErrPanic, false},
		"work that ends too late":  {func(ctx context.Context, _ *Job) error { <-ctx.Done(); return ctx.Err() }, context.Canceled, true},
		"a lease that was lost":    {func(context.Context, *Job) error { return store.ErrLeaseLost }, nil, false},
		"a panic behind the lease": {func(ctx context.Context, _ *Job) error { <-ctx.Done(); panic(nil) }, ErrPanic, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var cause error
				var stopping bool
				left := run(t, 1, Config{Workers: 1, Handle: tt.handle, GiveBack: func(ctx context.Context, w *Job, err error, stop bool) {
					require.NoError(t, ctx.Err(), "there is time to settle it")
					cause, stopping = err, stop
				}})
				require.Len(t, left, 1)
				require.ErrorIs(t, cause, tt.cause)
				require.Equal(t, tt.stopping, stopping)
			})
		})
	}
}

func TestPausesGrowAndEndAtAQuarterOfAnHour(t *testing.T) {
	t.Parallel()
	for tries, most := range map[int]time.Duration{
		0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 9: 512 * time.Second, 10: 15 * time.Minute, 1000: 15 * time.Minute,
	} {
		for range 20 {
			d := Pause(tries)
			require.LessOrEqual(t, d, most)
			require.Greater(t, d, most*3/4-1)
		}
	}
}

func TestAClaimThatAWorkerStillHasGoesToThatWorker(t *testing.T) {
	t.Parallel()
	var hand grips
	first := &Job{Work: store.Work{ID: "1", Token: "old"}}
	require.True(t, hand.take(first))
	require.False(t, hand.take(&Job{Work: store.Work{ID: "1", Token: "new"}}))
	require.Equal(t, "new", first.Lease().Token)
	hand.put(first)
	require.True(t, hand.take(&Job{Work: store.Work{ID: "1", Token: "newer"}}))
}

func TestWorkThatAnotherProcessCanDoAsWellEndsAtOnce(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		atOnce bool
		took   time.Duration
	}{
		"work that is given time to finish": {false, 15 * time.Second},
		"work that is not":                  {true, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start, stopping := time.Now(), false
				left := run(t, 1, Config{
					Workers: 1, AtOnce: tt.atOnce,
					Handle:   func(ctx context.Context, _ *Job) error { <-ctx.Done(); return ctx.Err() },
					GiveBack: func(_ context.Context, _ *Job, _ error, stop bool) { stopping = stop },
				})
				require.Len(t, left, 1)
				require.True(t, stopping, "it says nothing against the work")
				require.Equal(t, tt.took, time.Since(start))
			})
		})
	}
}
