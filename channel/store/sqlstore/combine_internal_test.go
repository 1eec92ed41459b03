package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// recorder is a database that only writes down which groups were carried out.
type recorder struct {
	mu     sync.Mutex
	groups [][]string
	active int
	most   int
	took   time.Duration
	fail   map[string]error
	panics bool
}

func (r *recorder) run(ctx context.Context, group []*waiter) {
	var names []string
	for _, w := range group {
		names = append(names, w.request.putNew[0].key)
	}
	r.mu.Lock()
	r.groups = append(r.groups, names)
	r.active++
	r.most = max(r.most, r.active)
	r.mu.Unlock()
	if r.panics {
		panic("driver")
	}
	select {
	case <-time.After(r.took):
	case <-ctx.Done():
	}
	r.mu.Lock()
	r.active--
	r.mu.Unlock()
	for i, w := range group {
		err := r.fail[names[i]]
		if err == nil {
			err = ctx.Err()
		}
		w.answer(result{}, err)
	}
}

func (r *recorder) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.groups = nil
}

// seen are the groups so far.
func (r *recorder) seen() [][]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.groups)
}

func (r *recorder) combiner(leaders int) *combiner {
	return &combiner{run: r.run, most: leaders, rows: 100, timeout: time.Hour, crowd: 64, patience: 3 * time.Millisecond}
}

// putting is a request that writes one record.
func putting(key string) *waiter {
	return &waiter{request: &request{putNew: []row{{kind: "k", key: key}}}}
}

func TestCallersWhoComeMeanwhileShareAGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		call := func(key string) {
			wg.Go(func() {
				_, err := c.do(t.Context(), putting(key))
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		start := time.Now()
		for _, key := range []string{"a", "b", "c", "d"} {
			call(key)
		}
		wg.Wait()
		require.Equal(t, [][]string{{"a"}, {"b", "c", "d"}}, r.seen())
		require.Equal(t, 2*time.Second, time.Since(start))
		require.Zero(t, c.leaders)
	})
}

func TestRequestsForTheSameRecordDoNotShareAGroup(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		for _, key := range []string{"first", "a", "b", "a", "c", "a"} {
			wg.Go(func() {
				_, err := c.do(t.Context(), putting(key))
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, [][]string{{"first"}, {"a", "b", "c"}, {"a"}, {"a"}}, r.seen())
	})
}

func TestAGroupHasABound(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		c.rows = 3
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				_, err := c.do(t.Context(), putting(fmt.Sprint(i)))
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, [][]string{{"0"}, {"1", "2", "3"}, {"4", "5", "6"}, {"7"}}, r.seen())
	})
}

func TestALargeRequestIsAGroupOfItsOwn(t *testing.T) {
	t.Parallel()
	big := putting("big")
	for i := range 200 {
		big.request.putOld = append(big.request.putOld, row{kind: "k", key: fmt.Sprint("old", i)})
	}
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		for _, w := range []*waiter{putting("first"), putting("small"), big, putting("last")} {
			wg.Go(func() {
				_, err := c.do(t.Context(), w)
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, [][]string{{"first"}, {"small", "last"}, {"big"}}, r.seen())
	})
}

func TestAFollowerMayLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		call := func(ctx context.Context, key string, want error) {
			wg.Go(func() {
				_, err := c.do(ctx, putting(key))
				require.ErrorIs(t, err, want)
			})
			synctest.Wait()
		}
		leaving, leave := context.WithCancel(t.Context())
		call(t.Context(), "a", nil)
		call(leaving, "gone", context.Canceled)
		call(t.Context(), "b", nil)
		leave()
		synctest.Wait()
		wg.Wait()
		require.Equal(t, [][]string{{"a"}, {"b"}}, r.seen(), "who left while waiting is not carried out")

		// One who leaves while the group is under way returns at once, the others stay.
		r.forget()
		leaving, leave = context.WithCancel(t.Context())
		call(t.Context(), "a", nil)
		call(t.Context(), "b", nil)
		call(leaving, "gone", context.Canceled)
		<-time.After(1500 * time.Millisecond) // the second group is under way
		leave()
		synctest.Wait()
		require.Len(t, r.seen(), 2)
		wg.Wait()
		require.Equal(t, [][]string{{"a"}, {"b", "gone"}}, r.seen())
		require.Zero(t, c.leaders)
	})
}

func TestALeaderWhoLeavesFailsNobody(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		wg.Go(func() {
			_, err := c.do(t.Context(), putting("first"))
			require.NoError(t, err)
		})
		synctest.Wait()
		leading, leave := context.WithCancel(t.Context())
		var leaderErr error
		wg.Go(func() { _, leaderErr = c.do(leading, putting("leader")) })
		synctest.Wait()
		wg.Go(func() {
			_, err := c.do(t.Context(), putting("follower"))
			require.NoError(t, err)
		})
		synctest.Wait()
		<-time.After(1500 * time.Millisecond)
		leave()
		wg.Wait()
		require.NoError(t, leaderErr, "what was committed is reported as committed")
		require.Equal(t, [][]string{{"first"}, {"leader", "follower"}}, r.seen())
	})
}

func TestAGroupThatNobodyWaitsForIsCancelled(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: 1000 * time.Hour} // a database that hangs
		c := r.combiner(1)
		var wg sync.WaitGroup
		start := time.Now()
		for i := range 5 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Second)
			defer cancel()
			wg.Go(func() {
				_, err := c.do(ctx, putting(fmt.Sprint(i)))
				require.Error(t, err)
			})
			synctest.Wait()
		}
		wg.Wait()
		require.Equal(t, 5*time.Second, time.Since(start))
		require.Zero(t, c.leaders)
		require.Empty(t, c.waiting)
	})
}

func TestAHangingDatabaseHoldsALeaderNoLongerThanTheTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: 1000 * time.Hour}
		c := r.combiner(1)
		c.timeout = time.Minute
		start := time.Now()
		_, err := c.do(t.Context(), putting("a"))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(start))
	})
}

func TestFurtherLeadersSetOutForACrowdOrWhenPatienceEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(2)
		var wg sync.WaitGroup
		call := func(key string) {
			wg.Go(func() {
				_, err := c.do(t.Context(), putting(key))
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		call("a")
		call("patient")
		require.Len(t, r.seen(), 1)
		<-time.After(c.patience)
		synctest.Wait()
		require.Equal(t, [][]string{{"a"}, {"patient"}}, r.seen())
		for i := range c.crowd {
			call(fmt.Sprint("crowd", i))
		}
		require.Len(t, r.seen(), 2, "there are no more than two leaders")
		wg.Wait()
		require.Equal(t, 2, r.most)
		require.Len(t, r.seen(), 3)

		r.forget()
		call("a")
		for i := range c.crowd {
			call(fmt.Sprint("crowd", i))
		}
		require.Len(t, r.seen(), 2, "a crowd needs no patience")
		wg.Wait()
		require.Zero(t, c.leaders)
	})
}

func TestADriverThatPanicsLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		var wg sync.WaitGroup
		wg.Go(func() { _, _ = c.do(t.Context(), putting("first")) })
		synctest.Wait()
		r.panics = true
		var panicked, failed atomic.Int64
		for i := range 3 {
			wg.Go(func() {
				defer func() {
					if recover() != nil {
						panicked.Add(1)
					}
				}()
				if _, err := c.do(t.Context(), putting(fmt.Sprint(i))); errors.Is(err, errPanicked) {
					failed.Add(1)
				}
			})
			synctest.Wait()
		}
		wg.Wait()
		require.EqualValues(t, 1, panicked.Load())
		require.EqualValues(t, 2, failed.Load())
		r.panics = false
		_, err := c.do(t.Context(), putting("again"))
		require.NoError(t, err)
		require.Zero(t, c.leaders)
	})
}

// Whatever callers do, everybody gets an answer and in the end nobody leads.
func TestNobodyIsForgotten(t *testing.T) {
	t.Parallel()
	for seed := range uint64(30) {
		synctest.Test(t, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(seed, 4))
			bad := errors.New("bad")
			r := &recorder{took: time.Duration(rnd.IntN(10)) * time.Millisecond, fail: map[string]error{"3": bad, "17": bad}}
			c := r.combiner(1 + rnd.IntN(3))
			c.rows = 1 + rnd.IntN(20)
			var wg sync.WaitGroup
			for i := range 200 {
				wait := time.Duration(rnd.IntN(100)) * time.Millisecond
				ctx, cancel := t.Context(), func() {}
				if rnd.IntN(3) == 0 {
					ctx, cancel = context.WithTimeout(ctx, wait+time.Duration(rnd.IntN(15))*time.Millisecond)
				}
				key := fmt.Sprint(rnd.IntN(40))
				wg.Go(func() {
					defer cancel()
					<-time.After(wait)
					_, err := c.do(ctx, putting(key))
					switch {
					case errors.Is(err, bad):
						require.NotNil(t, r.fail[key])
					case err != nil:
						require.Error(t, ctx.Err(), "caller %d failed although nothing happened to it: %v", i, err)
					default:
						require.Nil(t, r.fail[key])
					}
				})
			}
			wg.Wait()
			require.Zero(t, c.leaders)
			require.Empty(t, c.waiting)
			require.LessOrEqual(t, r.most, c.most)
			for _, g := range r.seen() {
				slices.Sort(g)
				require.Len(t, slices.Compact(slices.Clone(g)), len(g), "two requests for one record in one group")
			}
		})
	}
}

// A burst of new work does not keep those waiting who settle what they have in hand.
func TestWhoSettlesWorkIsNotBehindABurstOfNewWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{took: time.Second}
		c := r.combiner(1)
		c.rows = 4
		settling := func(key string) *waiter {
			w := putting(key)
			w.request.done = []held{{hash: nameHash("q", key)}}
			return w
		}
		var wg sync.WaitGroup
		call := func(w *waiter) {
			wg.Go(func() {
				_, err := c.do(t.Context(), w)
				require.NoError(t, err)
			})
			synctest.Wait()
		}
		for i := range 8 {
			call(putting(fmt.Sprint("new ", i)))
		}
		for i := range 3 { // each has two rows
			call(settling(fmt.Sprint("done ", i)))
		}
		wg.Wait()
		require.Equal(t, [][]string{
			{"new 0"}, {"done 0", "new 1", "new 2"}, {"done 1", "new 3", "new 4"}, {"done 2", "new 5", "new 6"}, {"new 7"},
		}, r.seen())
	})
}
