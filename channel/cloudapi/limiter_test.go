package cloudapi_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// platform counts what arrives, as strictly as Meta's words can be read: at most
// limit messages per second in every window that ends with one sent, those
// received included; and per pair a loan of 45 that is paid back with one per six
// seconds.
type platform struct {
	mu       sync.Mutex
	limit    int
	times    []time.Time // of the last limit messages, a ring
	next     int
	debts    map[string]time.Time
	sent     int
	overrun  int // messages above the throughput
	pairOver int
}

func newPlatform(limit int) *platform {
	return &platform{limit: limit, times: make([]time.Time, limit), debts: make(map[string]time.Time)}
}

// record puts one message on the books and reports whether there were fewer than
// limit in the second before it.
func (p *platform) record(now time.Time) bool {
	oldest := p.times[p.next]
	p.times[p.next] = now
	p.next = (p.next + 1) % p.limit
	return oldest.IsZero() || now.Sub(oldest) >= time.Second
}

func (p *platform) send(pair string) (ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	p.sent++
	if ok = p.record(now); !ok {
		p.overrun++
	}
	if pair != "" {
		debt := p.debts[pair]
		if debt.Before(now) {
			debt = now
		}
		if debt.Sub(now) > 44*6*time.Second {
			p.pairOver++
		}
		p.debts[pair] = debt.Add(6 * time.Second)
	}
	return ok
}

func (p *platform) receive() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.record(time.Now())
}

const forever = 1000 * time.Hour

// TestTheThroughputIsUsedAndNeverExceeded is the proof: hours of mixed load in
// virtual time, in every lane, with hot and cold recipients.
//
// How much can be used is limited by what the limiter cannot know. Messages that take
// up to 24 ms arrive in one second if they left in 1.024; and of the messages received
// it learns too late for those already on their way, so that as many as can be
// received in 24 ms have to stay free, which is what the reserve is for. No limiter can
// use more than (limit - reserve) / 1.024 without ever exceeding the limit: 97.6 % with
// nothing received, 95.2 % of 80 if two can be received at once, 92.8 % if four can.
func TestTheThroughputIsUsedAndNeverExceeded(t *testing.T) {
	t.Parallel()
	const late = 25 // milliseconds; what the network takes is less
	for _, c := range []struct {
		name    string
		limit   int
		hours   float64
		jitter  int
		inbound int // received within the jitter at most, twos and fours; 0 for none at all
		reserve int
		least   float64 // share of the limit that is used, messages received included
	}{
		{"coexistence over a slow network", 20, 2, late, 0, 0, 0.97},
		{"coexistence with messages received", 20, 2, 0, 4, 0, 0.97},
		{"standard over a slow network", 80, 1, late, 0, 0, 0.97},
		{"standard with messages received", 80, 1, 0, 4, 0, 0.97},
		{"standard with both and a reserve", 80, 1, late, 2, 2, 0.95},
		{"standard with more received and more reserve", 80, 1, late, 4, 4, 0.925},
		{"high over a slow network", 1000, 0.05, late, 0, 0, 0.97},
		{"high with both and a reserve", 1000, 0.05, late, 4, 5, 0.965},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				length := time.Duration(c.hours * float64(time.Hour))
				if testing.Short() || raceEnabled {
					length /= 20
				}
				p := newPlatform(c.limit)
				l := cloudapi.NewLimiter(cloudapi.Limits{Throughput: c.limit, Reserve: c.reserve})
				ctx, cancel := context.WithTimeout(t.Context(), length)
				defer cancel()
				var wg sync.WaitGroup
				for worker := range c.limit/2 + 10 { // more than can be sent at once: the limit is always reached
					wg.Go(func() {
						r := rand.New(rand.NewPCG(uint64(worker), 1))
						for i := 0; ; i++ {
							to := fmt.Sprint(worker, "/", i%50)
							if worker < 3 { // a pair that pushes against its own limit
								to = "hot"
							}
							permit := cloudapi.Permit{Number: "1", Recipient: to, Lane: message.Lane(r.IntN(3)), MaxWait: forever}
							if _, err := l.Acquire(ctx, permit); err != nil {
								return
							}
							if c.jitter > 0 {
								time.Sleep(time.Duration(r.IntN(c.jitter)) * time.Millisecond)
							}
							p.send(to)
						}
					})
				}
				inbound := 0
				r := rand.New(rand.NewPCG(9, 9))
				for i := 0; c.inbound > 0 && ctx.Err() == nil; i++ {
					n := r.IntN(3)
					for range n {
						p.receive()
					}
					inbound += n
					l.Observe(ctx, cloudapi.Permit{Number: "1"}, cloudapi.Observation{Inbound: n})
					// To the nanosecond: at the very instant of a send nobody knows which
					// of the two was first.
					pause := time.Duration(r.Int64N(int64(2 * time.Second)))
					if c.inbound == 2 || i%2 == 0 {
						pause = max(pause, late*time.Millisecond)
					}
					time.Sleep(pause)
				}
				wg.Wait()
				require.Zero(t, p.pairOver, "pair limit")
				require.Zero(t, p.overrun, "of %d sent", p.sent)
				whole := length.Seconds() * float64(c.limit)
				require.GreaterOrEqual(t, float64(p.sent+inbound), c.least*whole)
				t.Logf("%.2f %% of %d messages per second over %s, none above", 100*float64(p.sent+inbound)/whole, c.limit, length)
			})
		})
	}
}

func TestAHotPairSlowsNobodyElse(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(80)
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		hot := 0
		for range 500 {
			wg.Go(func() {
				for {
					if _, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: "hot", MaxWait: forever}); err != nil {
						return
					}
					p.send("hot")
					hot++ // goroutines of a bubble share memory through p's lock
				}
			})
		}
		var worst time.Duration
		for i := 0; ctx.Err() == nil; i++ {
			waited, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: fmt.Sprint(i % 1000), Lane: message.LaneBulk, MaxWait: time.Minute})
			if err != nil {
				break
			}
			worst = max(worst, waited)
			p.send(fmt.Sprint(i % 1000))
			time.Sleep(50 * time.Millisecond)
		}
		cancel()
		wg.Wait()
		require.Zero(t, p.pairOver)
		require.Zero(t, p.overrun)
		// 45 at once, then one per six seconds, in spite of 500 who want more.
		require.InDelta(t, 45+100, hot, 1)
		// At the beginning the hot pair's own burst is in the way, for 45 messages.
		require.Less(t, worst, time.Second)
	})
}

func TestAReplyOvertakesABroadcast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 5000 {
			wg.Go(func() {
				_, _ = l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: fmt.Sprint(i), Lane: message.LaneBulk, MaxWait: forever})
			})
		}
		synctest.Wait()
		for i := range 20 {
			waited, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: fmt.Sprint("r", i), MaxWait: forever})
			require.NoError(t, err)
			require.Less(t, waited, 50*time.Millisecond, "5,000 were waiting for a minute")
		}
		waited, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: "n", Lane: message.LaneNotify, MaxWait: forever})
		require.NoError(t, err)
		require.Less(t, waited, 50*time.Millisecond)
		cancel()
		wg.Wait()
	})
}

func TestABroadcastIsNotStarvedByReplies(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var wg sync.WaitGroup
		var mu sync.Mutex
		count := make(map[message.Lane]int)
		for i := range 300 {
			lane := message.LaneReply
			if i >= 200 {
				lane = message.LaneBulk
			}
			wg.Go(func() {
				for n := 0; ; n++ {
					if _, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: fmt.Sprint(i, "/", n), Lane: lane, MaxWait: forever}); err != nil {
						return
					}
					mu.Lock()
					count[lane]++
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		require.Greater(t, count[message.LaneBulk], 60*80/10)
		require.Greater(t, count[message.LaneReply], 3*count[message.LaneBulk])
	})
}

func TestNumbersDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		for i := range 1000 {
			wg.Go(func() {
				_, _ = l.Acquire(ctx, cloudapi.Permit{Number: "busy", Recipient: fmt.Sprint(i), MaxWait: forever})
			})
		}
		synctest.Wait()
		for i := range 100 {
			waited, err := l.Acquire(ctx, cloudapi.Permit{Number: fmt.Sprint("quiet", i), Recipient: "1"})
			require.NoError(t, err)
			require.Zero(t, waited)
		}
		cancel()
		wg.Wait()
	})
}

func TestWaitsAreRefusedAtOnceIfTheyCannotSucceed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		start := time.Now()
		permit := cloudapi.Permit{Number: "1", Recipient: "u", MaxWait: 5 * time.Second}
		for i := range 45 {
			permit.MaxWait = time.Hour
			_, err := l.Acquire(t.Context(), permit)
			require.NoError(t, err, i)
		}
		spent := time.Since(start)
		permit.MaxWait = 5 * time.Second
		_, err := l.Acquire(t.Context(), permit)
		limit, isLimit := errors.AsType[*cloudapi.LimitError](err)
		require.True(t, isLimit)
		require.Equal(t, cloudapi.ScopePair, limit.Scope)
		require.InDelta(t, 6-spent.Seconds(), limit.Wait.Seconds(), 6)
		f := limit.Failure()
		require.Equal(t, message.ClassThrottledPair, f.Class)
		require.Equal(t, message.Retry{Advice: message.RetryAfter, After: limit.Wait}, f.Retry)
		require.False(t, f.Uncertain)
		require.Equal(t, spent, time.Since(start), "nobody waited in vain")

		// The deadline of the context counts, too.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		permit.MaxWait = time.Hour
		_, err = l.Acquire(ctx, permit)
		require.ErrorAs(t, err, &limit)
		require.NotErrorIs(t, err, context.DeadlineExceeded)

		// A queue that is too long says how long it is.
		var wg sync.WaitGroup
		ctx, cancel2 := context.WithCancel(t.Context())
		for i := range 780 { // ten seconds' worth
			wg.Go(func() {
				_, _ = l.Acquire(ctx, cloudapi.Permit{Number: "2", Recipient: fmt.Sprint(i), MaxWait: time.Hour})
			})
		}
		synctest.Wait()
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "2", Recipient: "late", MaxWait: 5 * time.Second})
		require.ErrorAs(t, err, &limit)
		require.Equal(t, cloudapi.ScopeNumber, limit.Scope)
		require.InDelta(t, 10, limit.Wait.Seconds(), 0.2)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "2", Recipient: "late"})
		require.ErrorAs(t, err, &limit, "MaxWait 0 waits for nothing")
		cancel2()
		wg.Wait()
	})
}

func TestAWaitThatTurnsOutTooLongEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{Throughput: 1})
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		_, err := l.Acquire(ctx, cloudapi.Permit{Number: "1"})
		require.NoError(t, err)
		wg.Go(func() { // expects one second, but replies come in all the time
			start := time.Now()
			_, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Lane: message.LaneBulk, MaxWait: 3 * time.Second})
			limit, isLimit := errors.AsType[*cloudapi.LimitError](err)
			require.True(t, isLimit, "%v", err)
			require.Positive(t, limit.Wait)
			require.Equal(t, 3*time.Second, time.Since(start))
			cancel()
		})
		synctest.Wait()
		for range 30 {
			wg.Go(func() { _, _ = l.Acquire(ctx, cloudapi.Permit{Number: "1", MaxWait: time.Hour}) })
		}
		wg.Wait()
	})
}

func TestACancelledWaitGivesItsPlaceBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		var wg sync.WaitGroup
		for i := range 3000 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(r.IntN(20_000))*time.Millisecond)
			wg.Go(func() {
				defer cancel()
				to := fmt.Sprint(i % 40) // pairs run dry as well
				_, err := l.Acquire(ctx, cloudapi.Permit{Number: "1", Recipient: to, Lane: message.Lane(i % 4), MaxWait: forever})
				var limit *cloudapi.LimitError
				if err != nil && !errors.As(err, &limit) {
					require.ErrorIs(t, err, context.DeadlineExceeded)
				}
			})
			time.Sleep(time.Duration(r.IntN(3)) * time.Millisecond)
		}
		wg.Wait()
		// Everything works as on the first day.
		time.Sleep(time.Hour)
		start := time.Now()
		for i := range 780 {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "1", Recipient: fmt.Sprint(i % 40), MaxWait: forever})
			require.NoError(t, err)
		}
		require.InDelta(t, 10, time.Since(start).Seconds(), 0.1)
	})
}

func TestARefusalShrinksTheRateAndItRecovers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		permit := cloudapi.Permit{Number: "1", MaxWait: forever}
		rate := func(d time.Duration) float64 {
			start, n := time.Now(), 0
			for time.Since(start) < d {
				_, err := l.Acquire(t.Context(), permit)
				require.NoError(t, err)
				n++
			}
			return float64(n) / time.Since(start).Seconds()
		}
		const speed = 80 / 1.025
		require.InDelta(t, speed, rate(5*time.Second), 1)
		l.Observe(t.Context(), permit, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: 2 * time.Second})
		// Refusals of messages that were under way at the same time count once.
		l.Observe(t.Context(), permit, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: 2 * time.Second})
		start := time.Now()
		_, err := l.Acquire(t.Context(), permit)
		require.NoError(t, err)
		require.InDelta(t, 2, time.Since(start).Seconds(), 0.1, "the pause")
		require.InDelta(t, 0.7*speed, rate(5*time.Second), 1.5)
		time.Sleep(time.Hour)
		require.InDelta(t, speed, rate(5*time.Second), 1)
	})
}

// A number that is slower than believed: the limiter finds out by itself, and
// runs into the wall rarely.
func TestAnUnknownLimitIsLearnedFromRefusals(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlatform(20)
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		permit := cloudapi.Permit{Number: "1", MaxWait: forever}
		start, accepted := time.Now(), 0
		for time.Since(start) < time.Hour {
			_, err := l.Acquire(t.Context(), permit)
			require.NoError(t, err)
			if p.send("") {
				accepted++
			} else {
				l.Observe(t.Context(), permit, cloudapi.Observation{Throttled: message.ClassThrottledNumber})
			}
		}
		t.Logf("%d accepted, %d refused in an hour", accepted, p.overrun)
		require.Less(t, p.overrun, 100)
		require.Greater(t, accepted, 3600*20*3/4)

		// Once told, it is never tripped again.
		l.Observe(t.Context(), permit, cloudapi.Observation{Throughput: 20})
		p = newPlatform(20)
		for range 10_000 {
			_, err := l.Acquire(t.Context(), permit)
			require.NoError(t, err)
			p.send("")
		}
		require.Zero(t, p.overrun)
	})
}

func TestARefusedPairWaitsAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		hot := cloudapi.Permit{Number: "1", Recipient: "hot", MaxWait: forever}
		l.Observe(t.Context(), hot, cloudapi.Observation{Throttled: message.ClassThrottledPair, RetryAfter: 16 * time.Second})
		waited, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "1", Recipient: "other"})
		require.NoError(t, err)
		require.Zero(t, waited)
		waited, err = l.Acquire(t.Context(), hot)
		require.NoError(t, err)
		require.Equal(t, 16*time.Second, waited)
	})
}

func TestManagementCallsKeepTheHourlyQuota(t *testing.T) {
	t.Parallel()
	for _, quota := range []int{200, 5000} {
		synctest.Test(t, func(t *testing.T) {
			l := cloudapi.NewLimiter(cloudapi.Limits{AccountPerHour: quota})
			start := time.Now()
			var times []time.Time
			for time.Since(start) < 5*time.Hour {
				_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: "1", MaxWait: forever})
				require.NoError(t, err)
				times = append(times, time.Now())
			}
			for i, at := range times {
				end, _ := slices.BinarySearchFunc(times, at.Add(time.Hour), time.Time.Compare)
				require.LessOrEqual(t, end-i, quota, "in the hour after %s", at.Sub(start))
			}
			require.GreaterOrEqual(t, len(times), quota*5*85/100)
		})
	}
}

func TestUsageHeadersSlowAndStopManagementCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		observe := func(l cloudapi.Limiter, account string, o cloudapi.Observation) {
			l.Observe(t.Context(), cloudapi.Permit{Account: account}, o)
		}
		took := func(l cloudapi.Limiter, account string, calls int) time.Duration {
			start := time.Now()
			for range calls {
				_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: account, MaxWait: forever})
				require.NoError(t, err)
			}
			return time.Since(start)
		}
		// 250 calls at once, then 1.25 per second.
		l := cloudapi.NewLimiter(cloudapi.Limits{})
		require.InDelta(t, 80, took(l, "1", 350).Seconds(), 1)
		observe(l, "1", cloudapi.Observation{Usage: 85}) // half way between slow and stop
		require.InDelta(t, 160, took(l, "1", 100).Seconds(), 3)
		observe(l, "1", cloudapi.Observation{Usage: 10})
		require.InDelta(t, 80, took(l, "1", 100).Seconds(), 3)
		observe(l, "1", cloudapi.Observation{Usage: 96})
		require.InDelta(t, 300, took(l, "1", 1).Seconds(), 1)
		observe(l, "1", cloudapi.Observation{Usage: 100, RetryAfter: 19 * time.Minute})
		require.InDelta(t, 19*60, took(l, "1", 1).Seconds(), 1)
		observe(l, "1", cloudapi.Observation{Throttled: message.ClassThrottledAccount, RetryAfter: time.Minute})
		require.InDelta(t, 60, took(l, "1", 1).Seconds(), 1)
		require.Zero(t, took(l, "2", 1), "other accounts go on")
		require.Zero(t, took(l, cloudapi.AppAccount, 1))

		// The app's own limit stops them all, but no message.
		observe(l, cloudapi.AppAccount, cloudapi.Observation{Usage: 99, RetryAfter: 3 * time.Minute})
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "1", Recipient: "u"})
		require.NoError(t, err)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Account: "2", MaxWait: time.Minute})
		limit, isLimit := errors.AsType[*cloudapi.LimitError](err)
		require.True(t, isLimit)
		require.Equal(t, message.ClassThrottledAccount, limit.Failure().Class)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Account: cloudapi.AppAccount, MaxWait: time.Minute})
		require.ErrorAs(t, err, &limit)
		require.Equal(t, 180*time.Second, took(l, "2", 1))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = l.Acquire(ctx, cloudapi.Permit{Account: "3", MaxWait: time.Hour})
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestAManagementCallThatMustWaitTooLongTakesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := cloudapi.NewLimiter(cloudapi.Limits{AccountPerHour: 20}) // one at a time
		l.Observe(t.Context(), cloudapi.Permit{Account: cloudapi.AppAccount}, cloudapi.Observation{Usage: 100, RetryAfter: time.Minute})
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: "1"})
		require.Equal(t, &cloudapi.LimitError{Scope: cloudapi.ScopeAccount, Wait: time.Minute}, err)
		time.Sleep(time.Minute)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Account: "1"})
		require.NoError(t, err)
	})
}

func TestCallsAboutTemplatesCountAgainstTheirAccount(t *testing.T) {
	t.Parallel()
	spy := &spy{}
	c, _ := newClient(t, func(cfg *cloudapi.Config) { cfg.Limiter = spy }, ok(`{}`), ok(done), ok(done), ok(`{}`), ok(`{}`))
	a := c.Account("9")
	_, err := a.Template(t.Context(), "77")
	require.NoError(t, err)
	require.NoError(t, a.EditTemplate(t.Context(), template.Definition{ID: "77"}))
	_, _, err = a.UnpauseTemplate(t.Context(), "77")
	require.NoError(t, err)
	_, err = a.TemplateHealth(t.Context(), "77")
	require.NoError(t, err)
	_, err = a.Health(t.Context())
	require.NoError(t, err)
	require.Len(t, spy.acquired, 5)
	for _, p := range spy.acquired {
		require.Equal(t, cloudapi.Permit{Account: "9", MaxWait: cloudapi.DefaultMaxWait}, p)
	}
}

func TestAPermitThatNamesNothingIsFree(t *testing.T) {
	t.Parallel()
	l := cloudapi.NewLimiter(cloudapi.Limits{})
	waited, err := l.Acquire(t.Context(), cloudapi.Permit{})
	require.NoError(t, err)
	require.Zero(t, waited)
	l.Observe(t.Context(), cloudapi.Permit{}, cloudapi.Observation{Usage: 100, Inbound: 3, Throughput: 5})
}

func TestAFreePermitDoesNotAllocate(t *testing.T) {
	l := cloudapi.NewLimiter(cloudapi.Limits{Throughput: 1_000_000_000})
	permit := cloudapi.Permit{Number: "1", Recipient: "16505550123"}
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(30, func() { _, _ = l.Acquire(ctx, permit) }))
}

// The client passes on what answers teach.
func TestTheClientTeachesTheLimiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		spy := &spy{Limiter: cloudapi.NewLimiter(cloudapi.Limits{})}
		use := func(cfg *cloudapi.Config) { cfg.Limiter = spy; cfg.Retries = -1 }
		c, _ := newClient(t, use,
			graph(400, 131056), graph(400, 130429),
			answer{status: 200, body: `{"id":"1","throughput":{"level":"STANDARD"},"is_on_biz_app":true,"platform_type":"CLOUD_API"}`, header: map[string][]string{
				"X-Business-Use-Case-Usage": {`{"555":[{"call_count":10,"total_cputime":80,"total_time":"25"},{"call_count":81}]}`},
				"X-App-Usage":               {`{"call_count":28,"total_time":25,"total_cputime":25}`},
			}},
			answer{status: 400, body: `{"error":{"code":80007}}`})
		ctx := t.Context()
		_, _ = c.Number("1").Send(ctx, hello)
		_, _ = c.Number("1").Send(ctx, hello)
		_, err := c.Number("1").Info(ctx)
		require.NoError(t, err)
		_, _ = c.Account("9").Info(ctx)
		c.Number("1").CountInbound(ctx, 3)
		for i := range spy.observed {
			spy.observed[i].o.RetryAfter = spy.observed[i].o.RetryAfter.Truncate(time.Minute) // without the chance
		}
		number := cloudapi.Permit{Number: "1", Recipient: "16505550123"}
		require.Equal(t, []observed{
			{number, cloudapi.Observation{Throttled: message.ClassThrottledPair}},
			{number, cloudapi.Observation{Throttled: message.ClassThrottledNumber}},
			{cloudapi.Permit{Account: cloudapi.AppAccount}, cloudapi.Observation{Usage: 28}},
			{cloudapi.Permit{Account: "555"}, cloudapi.Observation{Usage: 81}},
			{cloudapi.Permit{Account: "1"}, cloudapi.Observation{Usage: 81}},
			{cloudapi.Permit{Number: "1"}, cloudapi.Observation{Throughput: 20}},
			{cloudapi.Permit{Account: "9"}, cloudapi.Observation{Throttled: message.ClassThrottledAccount, RetryAfter: time.Minute}},
			{cloudapi.Permit{Number: "1"}, cloudapi.Observation{Inbound: 3}},
		}, spy.observed)
		require.Equal(t, cloudapi.DefaultMaxWait, spy.acquired[0].MaxWait)
	})
}

type observed struct {
	p cloudapi.Permit
	o cloudapi.Observation
}

type spy struct {
	cloudapi.Limiter
	acquired []cloudapi.Permit
	observed []observed
}

func (s *spy) Acquire(ctx context.Context, p cloudapi.Permit) (time.Duration, error) {
	s.acquired = append(s.acquired, p)
	return 0, nil
}

func (s *spy) Observe(_ context.Context, p cloudapi.Permit, o cloudapi.Observation) {
	s.observed = append(s.observed, observed{p, o})
}

func TestASendThatWouldWaitTooLongSaysSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, s := newClient(t, func(cfg *cloudapi.Config) { cfg.Limits.PairBurst = 2; cfg.MaxWait = -1 }, ok(acceptedJSON), ok(acceptedJSON))
		for range 2 {
			time.Sleep(time.Second)
			_, err := c.Number("1").Send(t.Context(), hello)
			require.NoError(t, err)
		}
		_, err := c.Number("1").Send(t.Context(), hello)
		f, isFailer := message.FailureOf(err)
		require.True(t, isFailer)
		require.Equal(t, message.ClassThrottledPair, f.Class)
		require.Equal(t, message.Retry{Advice: message.RetryAfter, After: 5300 * time.Millisecond}, f.Retry)
		require.ErrorContains(t, err, "cloudapi: send message: rate limit of the pair: wait 5.3s")
		require.Len(t, s.got, 2)
	})
}
