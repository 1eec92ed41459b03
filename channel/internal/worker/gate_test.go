package worker

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

func TestTheGateTakesMoreAheadTheQuickerTheHostIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		took time.Duration
		want int
	}{
		{"nothing is ahead before the first call has ended", 0, 4},
		{"a call of a millisecond", time.Millisecond, 4 * Depth},
		{"a call of a quarter of a second", 250 * time.Millisecond, 16},
		{"a call of a second", time.Second, 4},
		{"a call of a minute", time.Minute, 4},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := NewGate(4, false)
				if c.took > 0 {
					g.enter(1)
					require.NoError(t, g.Pass(t.Context(), &Job{}, func() error { time.Sleep(c.took); return nil }))
				}
				require.Equal(t, c.want, g.most())
				require.Equal(t, c.want, g.room())
				g.enter(3)
				require.Equal(t, c.want-3, g.room())
				g.enter(c.want)
				require.Zero(t, g.room(), "never less than nothing")
			})
		})
	}
}

func TestTheGateLetsNoMoreCallsThroughThanAllowed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var freed, now, most atomic.Int64
		g := NewGate(3, false)
		g.freed = func(*Job) { freed.Add(1) }
		g.enter(20)
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				w := &Job{}
				require.NoError(t, g.Pass(t.Context(), w, func() error {
					n := now.Add(1)
					for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
					}
					time.Sleep(time.Second)
					now.Add(-1)
					return nil
				}))
				g.leave(w) // as the runner does once more
			})
		}
		wg.Wait()
		require.EqualValues(t, 3, most.Load())
		require.EqualValues(t, 20, freed.Load(), "each leaves once")
		require.Zero(t, g.claimed.Load())
	})
}

func TestTheGateGivesUpWhenTheTimeIsOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(1, false)
		g.enter(2)
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = g.Pass(t.Context(), &Job{}, func() error { time.Sleep(time.Hour); return errors.New("slow") })
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		err := g.Pass(ctx, &Job{}, func() error { t.Error("called"); return nil })
		require.ErrorIs(t, err, ErrBusy)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		wg.Wait()
	})
}

func TestASharedGateKeepsATurnForOtherGroups(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(16, true)
		var wg sync.WaitGroup
		var begun atomic.Int64
		call := func(group string, took time.Duration) {
			wg.Go(func() {
				require.NoError(t, g.Pass(t.Context(), &Job{Work: store.Work{Group: group}}, func() error {
					begun.Add(1)
					time.Sleep(took)
					return nil
				}))
			})
		}
		for range 100 {
			call("slow", 20*time.Second)
		}
		synctest.Wait()
		require.EqualValues(t, 11, begun.Load(), "two thirds")
		call("quick", 0)
		call("slow too", time.Minute)
		synctest.Wait()
		require.EqualValues(t, 13, begun.Load())
		wg.Wait()
		require.Zero(t, g.calls)
		require.Empty(t, g.running)
	})
}

func TestASharedGateOfQuickCallsLetsOneGroupHaveAllButAFew(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		calls      int
		usual      time.Duration // of the calls before
		one, other int           // calls of one group that run at once, and of another that comes later
	}{
		{"of 64 calls that are quick, four are spared, and one of these for a third group", 64, 50 * time.Millisecond, 60, 3},
		{"of 16, one", 16, 200 * time.Millisecond, 15, 1},
		{"of four, one", 4, time.Millisecond, 3, 1},
		{"a single one is nobody's", 1, time.Millisecond, 1, 0},
		{"calls that are slow leave a third", 64, time.Second, 43, 14},
		{"nobody knows yet how slow they are", 64, 0, 43, 14},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				g := NewGate(c.calls, true)
				g.running["a"] = flow{usual: c.usual}
				var wg sync.WaitGroup
				var began [2]atomic.Int64
				for n := range 2 {
					for range 100 {
						wg.Go(func() {
							require.NoError(t, g.Pass(t.Context(), &Job{Work: store.Work{Group: string(rune('a' + n))}}, func() error {
								began[n].Add(1)
								time.Sleep(time.Minute)
								return nil
							}))
						})
					}
					synctest.Wait()
				}
				one, other := began[0].Load(), began[1].Load()
				wg.Wait()
				require.EqualValues(t, c.one, one)
				require.EqualValues(t, c.other, other)
				require.Zero(t, g.calls)
			})
		})
	}
}
