package channel

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// slowClock is a store that says what time it is a second after it was asked, and can be out.
type slowClock struct {
	store.Store
	asked atomic.Int64
	out   atomic.Bool
	slept atomic.Int64
}

func (s *slowClock) Now(ctx context.Context) (time.Time, error) {
	s.asked.Add(1)
	now := time.Now().Add(time.Duration(s.slept.Load()))
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return time.Time{}, ctx.Err()
	}
	if s.out.Load() {
		return time.Time{}, errors.New("the store is out")
	}
	return now.Add(time.Second / 2), nil
}

// clocked is a core on such a store, whose own clock is set by ahead.
func clocked(s store.Store) (h *core, ahead *atomic.Int64) {
	h, ahead = &core{store: s, log: slog.New(slog.DiscardHandler)}, &atomic.Int64{}
	h.clock.own = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	h.now = h.clock.now
	return h, ahead
}

func TestManyWhoWantToKnowTheTimeAfterAJumpAskTheStoreOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &slowClock{}
		h, ahead := clocked(st)
		h.measure(t.Context())
		ahead.Store(int64(-7 * time.Minute))
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				require.WithinDuration(t, time.Now(), h.present(t.Context()), 2*time.Second)
			})
		}
		all.Wait()
		require.EqualValues(t, 2, st.asked.Load())
		require.WithinDuration(t, time.Now(), h.present(t.Context()), 0)
		require.EqualValues(t, 2, st.asked.Load(), "it is known now")

		ahead.Store(0)
		ctx, tx := store.Defer(t.Context())
		defer tx.End(false)
		var one, other sync.WaitGroup
		one.Go(func() { h.present(t.Context()) })
		synctest.Wait()
		other.Go(func() { h.present(ctx) })
		synctest.Wait()
		require.EqualValues(t, 4, st.asked.Load(), "who is in a transaction waits for nobody who may wait for its connection")
		one.Wait()
		other.Wait()
	})
}

func TestAClockIsRightAfterAJumpWhileTheStoreIsOut(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"forth": 7 * time.Minute, "back": -7 * time.Minute, "by seconds": 3 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				st := &slowClock{}
				h, ahead := clocked(st)
				require.Equal(t, time.Now(), h.now(), "nobody has asked the store")
				ahead.Store(int64(5 * time.Minute))
				h.measure(t.Context())
				st.out.Store(true)
				ahead.Add(int64(by))
				for range 3 {
					require.WithinDuration(t, time.Now(), h.now(), 0)
					present := h.present(t.Context())
					require.WithinDuration(t, time.Now(), present, 0)
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				go h.present(t.Context())
				synctest.Wait()
				require.WithinDuration(t, time.Now(), h.present(ctx), 0, "nobody waits for longer than he wants")
				st.out.Store(false)
				<-time.After(5 * time.Second)
				present := h.present(t.Context())
				require.WithinDuration(t, time.Now(), present, 0)
				require.False(t, h.clock.jumped())
			})
		})
	}
}

func TestAClockThatIsMeantToBeDifferentMayJump(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &slowClock{}
		h, ahead := clocked(st)
		h.measure(t.Context())
		for _, by := range []time.Duration{2 * time.Hour, 25 * time.Hour, 30 * time.Minute, 24 * time.Hour} {
			ahead.Add(int64(by))
			own := h.clock.own()
			require.WithinDuration(t, own, h.now(), 0)
			require.WithinDuration(t, own, h.present(t.Context()), time.Second)
		}
		require.EqualValues(t, 2, st.asked.Load(), "who has such a clock is asked no more often than before")
	})
}

func TestTheTimeOfAMachineThatSleptIsKnownOnceTheStoreIsAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &slowClock{}
		h, ahead := clocked(st)
		h.measure(t.Context())
		ahead.Store(int64(20 * time.Minute)) // its monotonic clock stood still
		st.slept.Store(int64(20 * time.Minute))
		present := h.present(t.Context())
		require.WithinDuration(t, time.Now().Add(20*time.Minute), present, 0)
		require.Zero(t, h.clock.ahead.Load(), "its clock was right")
	})
}

func TestWhoeverWaitsForAnAnswerAsksThemselvesIfTheOneWhoAskedGoesAway(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := &slowClock{}
		h, ahead := clocked(st)
		h.measure(t.Context())
		ahead.Store(int64(-7 * time.Minute))
		impatient, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() { h.makeSure(impatient) })
		synctest.Wait()
		for range 10 {
			all.Go(func() {
				h.makeSure(t.Context())
				require.False(t, h.clock.jumped())
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		require.EqualValues(t, 3, st.asked.Load(), "one of them asks for all")
	})
}
