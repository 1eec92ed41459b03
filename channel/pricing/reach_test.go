package pricing_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

func TestMessagingLimitOfARollingDay(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-11-22T12:00:00Z")
	r := pricing.NewReach(pricing.Tier250)
	for i := range 250 {
		require.NoError(t, r.Reserve(fmt.Sprint("user", i), start.Add(time.Duration(i)*time.Second)))
	}
	full := start.Add(time.Hour)
	require.Equal(t, 250, r.Count(full))
	err := r.Reserve("one more", full)
	require.ErrorIs(t, err, pricing.ErrLimitReached)
	limit, ok := errors.AsType[*pricing.LimitError](err)
	require.True(t, ok)
	require.Equal(t, pricing.LimitError{Tier: 250, Reached: 250, Next: start.Add(24 * time.Hour)}, *limit)
	require.EqualError(t, err, "pricing: messaging limit reached: 250 of 250 users, next slot at 2026-11-23T12:00:00Z")

	// Somebody who counts already may be written to again, and then counts longer.
	require.NoError(t, r.Reserve("user0", full))
	next, ok := r.NextFree(full)
	require.True(t, ok)
	require.Equal(t, start.Add(24*time.Hour+time.Second), next, "user1 is now the oldest")

	// Exactly 24 hours after user1 the slot is free, not a second earlier.
	require.Error(t, r.Reserve("one more", next.Add(-time.Second)))
	require.NoError(t, r.Reserve("one more", next))
	require.Equal(t, 250, r.Count(next))
	require.Error(t, r.Reserve("two more", next))

	free, ok := r.NextFree(start.Add(72 * time.Hour))
	require.True(t, ok)
	require.Equal(t, start.Add(72*time.Hour), free, "with a free slot it is now")
}

func TestChangesOfTheLimit(t *testing.T) {
	t.Parallel()
	start := at(t, "2026-11-22T12:00:00Z")
	r := pricing.NewReach(pricing.Tier2K)
	for i := range 1000 {
		r.Note(fmt.Sprint("user", i), start.Add(time.Duration(i)*time.Second))
	}
	now := start.Add(time.Hour)
	r.SetTier(250)
	require.Equal(t, pricing.Tier250, r.Tier())
	require.Equal(t, 1000, r.Count(now))
	next, ok := r.NextFree(now)
	require.True(t, ok)
	require.Equal(t, start.Add(24*time.Hour+750*time.Second), next, "751 users must drop out first")
	require.Error(t, r.Reserve("new", next.Add(-time.Second)))
	require.NoError(t, r.Reserve("new", next))

	r.SetTier(pricing.TierUnlimited)
	require.Zero(t, r.Count(now), "nothing is kept without a limit")
	require.NoError(t, r.Reserve("anybody", now))
	r.Note("anybody", now)
	require.Zero(t, r.Count(now))
	next, ok = r.NextFree(now)
	require.True(t, ok)
	require.Equal(t, now, next)
}

func TestTheZeroLimitReachesNobody(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	r := pricing.NewReach(0)
	require.EqualError(t, r.Reserve("user", now), "pricing: messaging limit reached: 0 of 0 users")
	_, ok := r.NextFree(now)
	require.False(t, ok)
}

func TestBadInputOfTheLimit(t *testing.T) {
	t.Parallel()
	r := pricing.NewReach(pricing.Tier250)
	require.ErrorIs(t, r.Reserve("", at(t, "2026-11-22T12:00:00Z")), pricing.ErrNoID)
	r.Note("", at(t, "2026-11-22T12:00:00Z"))
	for _, bad := range []time.Time{{}, time.Unix(5, 0), time.Unix(-5, 0), time.Unix(1793527200000, 0),
		time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(math.MaxInt64, 0), time.Unix(math.MinInt64, 0)} {
		require.ErrorIs(t, r.Reserve("user", bad), pricing.ErrTime)
		r.Note("user", bad)
		require.Zero(t, r.Count(bad))
	}
}

func TestTheLimitObeysTheLaws(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(4, 11))
	now := at(t, "2026-11-22T12:00:00Z")
	for range 300 {
		type fact struct {
			user string
			at   time.Time
		}
		facts := make([]fact, 60)
		want := map[string]time.Time{} // the plain definition
		for i := range facts {
			f := fact{fmt.Sprint("user", rnd.IntN(20)), now.Add(-time.Duration(rnd.IntN(48*3600)) * time.Second)}
			facts[i] = f
			if now.Sub(f.at) < 24*time.Hour && f.at.After(want[f.user]) {
				want[f.user] = f.at
			}
		}
		again := append(facts[:len(facts):len(facts)], facts...)
		rnd.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		a, b := pricing.NewReach(10), pricing.NewReach(10)
		for i, f := range again {
			if i%2 == 0 {
				a.Note(f.user, f.at)
			} else {
				b.Note(f.user, f.at)
			}
		}
		for user, at := range a.All(now) {
			b.Note(user, at)
		}
		for user, at := range b.All(now) {
			a.Note(user, at)
		}
		for _, r := range []*pricing.Reach{a, b} {
			require.Equal(t, want, maps.Collect(r.All(now)))
			require.Equal(t, len(want), r.Count(now))
			// The next free moment is the first at which a slot is free.
			next, ok := r.NextFree(now)
			require.True(t, ok)
			left := func(when time.Time) (n int) {
				for _, t := range want {
					if when.Sub(t) < 24*time.Hour {
						n++
					}
				}
				return n
			}
			require.Less(t, left(next), 10)
			if !next.Equal(now) {
				require.GreaterOrEqual(t, left(next.Add(-time.Second)), 10)
			}
		}
		for range a.All(now) {
			break // stopping early is allowed
		}
	}
}

func TestMemoryOfTheLimitIsBounded(t *testing.T) {
	t.Parallel()
	r := pricing.NewReach(pricing.Tier250)
	start := at(t, "2026-11-22T12:00:00Z")
	r.Note("an early user, behind whom outdated times would gather", start)
	for i := range 50_000 {
		require.NoError(t, r.Reserve("a busy user", start.Add(time.Duration(i)*time.Second)))
	}
	require.Equal(t, 2, r.Count(start.Add(14*time.Hour)))
	require.LessOrEqual(t, r.HeapLen(), 2*2+64)
	require.Zero(t, r.Count(start.Add(72*time.Hour)))
	require.Zero(t, r.HeapLen())
}

func TestConcurrentReservationsStayWithinTheLimit(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	r := pricing.NewReach(pricing.Tier250)
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				if r.Reserve(fmt.Sprint(g, "-", i), now) == nil {
					admitted.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, int64(250), admitted.Load())
	require.Equal(t, 250, r.Count(now))
}

func TestParseTier(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]pricing.Tier{
		"TIER_250": pricing.Tier250, "TIER_2K": pricing.Tier2K, "TIER_10K": pricing.Tier10K, "TIER_100K": pricing.Tier100K,
		"TIER_UNLIMITED": pricing.TierUnlimited, "-1": pricing.TierUnlimited, "2000": pricing.Tier2K, "TIER_50": 50, "TIER_1K": 1000,
	} {
		got, err := pricing.ParseTier(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	for _, bad := range []string{"", "TIER_", "TIER_NOT_SET", "K", "TIER_K", "0", "-2", "+5", "TIER_-5", "2.5K", "1e3", "99999999999K"} {
		_, err := pricing.ParseTier(bad)
		require.ErrorIs(t, err, pricing.ErrTier, bad)
	}
	require.Equal(t, "2000", pricing.Tier2K.String())
	require.Equal(t, "unlimited", pricing.TierUnlimited.String())
}
