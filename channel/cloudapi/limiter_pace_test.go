package cloudapi

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// within counts the times that are less than a round before now.
func within(times []time.Duration, now time.Duration) int {
	i, _ := slices.BinarySearch(times, now-round+1)
	return len(times) - i
}

// Whatever comes when, and however the limit changes: a message that waits as long as
// it is told is never one too many.
func TestNoRoundHasMoreMessagesThanTheLimit(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 5))
	for range 50 {
		var p pace
		limit, now := 0, time.Duration(0)
		var times []time.Duration
		set := func(to int) {
			p.setLimit(to)
			p.setSpeed(now, float64(to))
			limit = to
		}
		set(1 + r.IntN(300))
		for range 10_000 {
			switch r.IntN(1000) {
			case 0:
				set(1 + r.IntN(300))
			case 1:
				p.setSpeed(now, 1+r.Float64()*float64(limit-1))
			}
			if r.IntN(50) == 0 { // received: nobody asked
				p.take(now)
				times = append(times, now)
			}
			require.Equal(t, p.wait(now), p.waitBehind(0, now))
			now += time.Duration(r.ExpFloat64() * float64(round) / float64(limit) / 2)
			if r.IntN(500) == 0 {
				now += 3 * round
			}
			d := p.wait(now)
			if d > 0 && r.IntN(2) == 0 {
				now += d
				require.Zero(t, p.wait(now))
				d = 0
			}
			if d <= 0 {
				require.Less(t, within(times, now), limit)
				p.take(now)
				times = append(times, now)
			}
		}
	}
}

// Limits too large for the log are kept by the pace alone.
func TestNoRoundHasMoreMessagesThanALargeLimit(t *testing.T) {
	t.Parallel()
	const limit = 2 * maxLog
	var p pace
	p.setLimit(limit)
	p.setSpeed(0, limit)
	require.Nil(t, p.log)
	r := rand.New(rand.NewPCG(1, 6))
	now := time.Duration(0)
	var times []time.Duration
	for range 5 * limit {
		now += max(p.wait(now), 0)
		if r.IntN(10_000) == 0 {
			now += time.Duration(r.IntN(50)) * time.Millisecond
		}
		require.LessOrEqual(t, p.wait(now), time.Duration(0))
		require.Less(t, within(times, now), limit)
		p.take(now)
		times = append(times, now)
	}
	require.Greater(t, float64(len(times))/now.Seconds(), 0.9*limit)
}

// Timers are late by a millisecond or so. A message sent too late lets the next ones
// go a little sooner, so that not each message but each round loses that.
func TestLateTimersCostNearlyNoThroughput(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 7))
	for _, limit := range []int{20, 80, 1000} {
		var p pace
		p.setLimit(limit)
		p.setSpeed(0, float64(limit))
		now, n := time.Duration(0), 0
		for now < time.Minute {
			if d := p.wait(now); d > 0 {
				now += d + time.Duration(r.IntN(int(2*time.Millisecond)))
			}
			p.take(now)
			n++
		}
		require.Greater(t, float64(n), 60/1.025*0.995*float64(limit), limit)
	}
}

// The wait foretold for those who queue is never too long, so that nobody is turned
// away in vain, and too short by a round at most.
func TestTheWaitInAQueueIsForetold(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 8))
	for range 200 {
		var p pace
		limit := 1 + r.IntN(100)
		p.setLimit(limit)
		p.setSpeed(0, 1+r.Float64()*float64(limit-1))
		now := round
		for range r.IntN(200) {
			now += max(p.wait(now), 0) + time.Duration(r.ExpFloat64()*float64(10*time.Millisecond))
			p.take(now)
		}
		queue := 1 + r.IntN(500)
		foretold := now + max(p.waitBehind(queue-1, now), 0)
		for i := range queue {
			now += max(p.wait(now), 0)
			if i < queue-1 {
				p.take(now)
			}
		}
		require.LessOrEqual(t, foretold, now)
		require.LessOrEqual(t, now-foretold, round)
	}
}
