package keyrate_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/keyrate"
)

const t0 = time.Hour

func TestABurstIsALoanThatIsPaidBack(t *testing.T) {
	t.Parallel()
	l := keyrate.New(6*time.Second, 45, 0)
	for range 45 {
		_, ok := l.Take(1, t0)
		require.True(t, ok)
	}
	wait, ok := l.Take(1, t0)
	require.False(t, ok)
	require.Equal(t, 6*time.Second, wait)
	require.Equal(t, wait, l.Wait(1, t0))

	// After n events at once, n intervals of rest make the key whole again.
	_, ok = l.Take(1, t0+6*time.Second-1)
	require.False(t, ok)
	_, ok = l.Take(1, t0+6*time.Second)
	require.True(t, ok)
	whole := t0 + 46*6*time.Second
	for range 45 {
		_, ok := l.Take(1, whole)
		require.True(t, ok)
	}
	_, ok = l.Take(1, whole)
	require.False(t, ok)
}

func TestKeysDoNotKnowEachOther(t *testing.T) {
	t.Parallel()
	l := keyrate.New(time.Second, 1, 0)
	for key := range uint64(1000) {
		_, ok := l.Take(key, t0)
		require.True(t, ok)
		_, ok = l.Take(key, t0)
		require.False(t, ok)
	}
}

func TestReturnGivesBackExactlyOneEvent(t *testing.T) {
	t.Parallel()
	l := keyrate.New(time.Second, 2, 0)
	l.Return(1, t0) // nothing taken: nothing given
	for range 2 {
		_, ok := l.Take(1, t0)
		require.True(t, ok)
	}
	l.Return(1, t0)
	_, ok := l.Take(1, t0)
	require.True(t, ok)
	_, ok = l.Take(1, t0)
	require.False(t, ok)
}

func TestBlockHoldsAKeyAndOnlyIt(t *testing.T) {
	t.Parallel()
	l := keyrate.New(time.Second, 5, 0)
	l.Block(1, t0, 3*time.Second)
	require.Equal(t, 3*time.Second, l.Wait(1, t0))
	require.Zero(t, l.Wait(2, t0))
	l.Block(1, t0, time.Second) // never shortens
	require.Equal(t, 3*time.Second, l.Wait(1, t0))
	l.Block(3, t0, time.Hour) // cut to the longest debt
	require.Equal(t, 5*time.Second, l.Wait(3, t0))
	l.Block(4, t0, -time.Second)
	require.Zero(t, l.Wait(4, t0))
}

func TestSlackDelaysTheEndOfABurst(t *testing.T) {
	t.Parallel()
	l := keyrate.New(6*time.Second, 3, 300*time.Millisecond)
	for range 2 {
		_, ok := l.Take(1, t0)
		require.True(t, ok)
	}
	wait, ok := l.Take(1, t0)
	require.False(t, ok)
	require.Equal(t, 300*time.Millisecond, wait)
	single := keyrate.New(6*time.Second, 1, 300*time.Millisecond)
	_, ok = single.Take(1, t0)
	require.True(t, ok)
	require.Equal(t, 6300*time.Millisecond, single.Wait(1, t0))
}

func TestBadLimitsAreRaisedToTheSmallestGood(t *testing.T) {
	t.Parallel()
	l := keyrate.New(0, -1, -time.Second)
	_, ok := l.Take(1, t0)
	require.True(t, ok)
}

// model is the algorithm without eviction and without shards.
type model struct {
	interval, horizon time.Duration
	arrivals          map[uint64]time.Duration
}

func (m *model) take(key uint64, now time.Duration) (time.Duration, bool) {
	arrival := max(m.arrivals[key], now)
	if early := arrival - now - m.horizon; early > 0 {
		return early, false
	}
	m.arrivals[key] = arrival + m.interval
	return 0, true
}

func (m *model) block(key uint64, now, d time.Duration) {
	until := now + m.horizon + min(d, m.horizon+m.interval)
	m.arrivals[key] = max(m.arrivals[key], until)
}

func TestForgettingIdleKeysChangesNoDecision(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		interval, burst := time.Duration(1+r.IntN(10))*time.Second, 1+r.IntN(8)
		l := keyrate.New(interval, burst, 0)
		m := &model{interval, interval * time.Duration(burst-1), make(map[uint64]time.Duration)}
		now := t0
		for range 5000 {
			key := r.Uint64N(50)
			if r.IntN(10) == 0 {
				d := time.Duration(r.IntN(int(interval) * burst * 2))
				l.Block(key, now, d)
				m.block(key, now, d)
			}
			wait, ok := l.Take(key, now)
			wantWait, wantOK := m.take(key, now)
			require.Equal(t, wantOK, ok)
			require.Equal(t, wantWait, wait)
			now += time.Duration(r.ExpFloat64() * float64(interval) / 10)
			if r.IntN(200) == 0 {
				now += interval * time.Duration(r.IntN(5*burst))
			}
		}
	}
}

func TestIdleKeysAreForgotten(t *testing.T) {
	t.Parallel()
	l := keyrate.New(60*time.Millisecond, 45, 0) // the longest debt lasts 2.7 seconds
	now := t0
	for i := range uint64(2000) {
		l.Take(i, now) // every key once, then never again
		now += time.Millisecond
	}
	require.Equal(t, 2000, l.Len(), "all of them may still be in debt")
	for i := range uint64(100_000) {
		l.Take(i, now)
		now += time.Millisecond
	}
	require.LessOrEqual(t, l.Len(), 4*2700+64, "however many there were")
}

func TestConcurrentUseGivesOutNoMoreThanThereIs(t *testing.T) {
	t.Parallel()
	l := keyrate.New(time.Hour, 100, 0)
	var wg sync.WaitGroup
	counts := make([]int, 8)
	for g := range counts {
		wg.Go(func() {
			for range 1000 {
				if _, ok := l.Take(7, t0); ok {
					counts[g]++
				}
				l.Wait(8, t0)
				l.Len()
			}
		})
	}
	wg.Wait()
	total := 0
	for _, n := range counts {
		total += n
	}
	require.Equal(t, 100, total)
}

func TestADecisionDoesNotAllocate(t *testing.T) {
	l := keyrate.New(time.Second, 5, 0)
	for key := range uint64(1000) {
		l.Take(key, t0)
	}
	key := uint64(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		l.Take(key%1000, t0)
		key++
	}))
}

// TestAMillionKeysFitIntoTheirMemory states the memory per pair.
func TestAMillionKeysFitIntoTheirMemory(t *testing.T) {
	if testing.Short() || raceEnabled {
		t.Skip("measures memory, which the race detector multiplies")
	}
	const keys = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	l := keyrate.New(6*time.Second, 45, 0)
	for key := range uint64(keys) {
		l.Take(key*0x9e3779b97f4a7c15, t0)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	perKey := float64(after.HeapAlloc-before.HeapAlloc) / keys
	t.Logf("%.0f bytes per key", perKey)
	require.Less(t, perKey, 128.0)
	require.Equal(t, keys, l.Len())

	// The most that there can be: every key in both generations.
	later := t0 + 3*45*6*time.Second
	for key := range uint64(keys) {
		l.Take(key*0x9e3779b97f4a7c15, later)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	perKey = float64(after.HeapAlloc-before.HeapAlloc) / keys
	t.Logf("%.0f bytes per key while they move", perKey)
	require.Less(t, perKey, 128.0)
	require.Equal(t, 2*keys, l.Len())
}
