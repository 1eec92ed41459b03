package redislimit_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/redislimit"
)

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := redislimit.New(redislimit.Config{Limits: cloudapi.Limits{PairBurst: -1}, AloneShare: 51, Processes: -1, Timeout: -1})
	require.EqualError(t, err, `redislimit: config: Client is nil
redislimit: config: Limits has negative values
redislimit: config: AloneShare is 51: 0 to 50 percent
redislimit: config: Processes is -1: with AloneShare it is needed, and less than Limits.PairBurst
redislimit: config: Timeout is negative`)
}

// gate collects when permits were granted.
type gate struct {
	mu    sync.Mutex
	begun time.Time // before the first was asked for
	at    []time.Time
}

func (g *gate) pass() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at = append(g.at, time.Now())
}

// keeps says that no more permits were granted in the time that the storm took than a limit allows,
// with a second's worth to begin with. A machine that is slow to note them only makes it longer.
func (g *gate) keeps(t *testing.T, perSecond float64) {
	t.Helper()
	g.mu.Lock()
	defer g.mu.Unlock()
	last := slices.MaxFunc(g.at, time.Time.Compare)
	require.LessOrEqual(t, float64(len(g.at)), perSecond*(1+last.Sub(g.begun).Seconds()))
}

// most is the most permits within one second, as they were noted.
func (g *gate) most() (most int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	slices.SortFunc(g.at, time.Time.Compare)
	for from, to := 0, 0; to < len(g.at); to++ {
		for g.at[to].Sub(g.at[from]) >= time.Second {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

// storm has everybody send to many people as fast as they may, until the gate has n.
func storm(t *testing.T, n int, number string, processes []cloudapi.Limiter) *gate {
	t.Helper()
	g := &gate{begun: time.Now()}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var senders sync.WaitGroup
	var sent atomic.Int64
	for p, l := range processes {
		for s := range 20 {
			senders.Go(func() {
				for i := 0; ; i++ {
					_, err := l.Acquire(ctx, cloudapi.Permit{Number: number, Recipient: fmt.Sprint(p, "-", s, "-", i), MaxWait: time.Minute})
					if err != nil {
						return // the end
					}
					g.pass()
					if sent.Add(1) >= int64(n) {
						cancel()
						return
					}
				}
			})
		}
	}
	senders.Wait()
	return g
}

func TestThreeProcessesShareTheThroughputOfANumber(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	var processes []cloudapi.Limiter
	for range 3 {
		processes = append(processes, process(t, addr, redislimit.Config{}))
	}
	g := storm(t, 240, "7", processes)
	g.keeps(t, 80)
	t.Logf("%d messages, at most %d within a second", len(g.at), g.most())
}

func TestAPairIsExactOverProcesses(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	// A number so fast that only the pair counts.
	limits := cloudapi.Limits{Throughput: 100_000, PairInterval: time.Hour}
	var granted, refused atomic.Int64
	var senders sync.WaitGroup
	for range 4 {
		l := process(t, addr, redislimit.Config{Limits: limits})
		for range 30 {
			senders.Go(func() {
				_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "15555550100", MaxWait: 10 * time.Second})
				var limit *cloudapi.LimitError
				switch {
				case err == nil:
					granted.Add(1)
				case errors.As(err, &limit) && limit.Scope == cloudapi.ScopePair && limit.Wait > 50*time.Minute:
					refused.Add(1)
				default:
					t.Errorf("unexpected: %v", err)
				}
			})
		}
	}
	senders.Wait()
	require.EqualValues(t, 45, granted.Load())
	require.EqualValues(t, 75, refused.Load())
}

func TestNothingIsTakenUnlessAllIsGranted(t *testing.T) {
	t.Parallel()
	l := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 1, PairBurst: 1, PairInterval: time.Hour}})
	permit := func(number, recipient string) error {
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: number, Recipient: recipient})
		return err
	}
	require.NoError(t, permit("7", "a"))
	requireScope(t, cloudapi.ScopeNumber, permit("7", "b"))
	require.NoError(t, permit("8", "c"))
	// The refused b has its permit still, on a number that is free.
	other := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 1000, PairBurst: 1, PairInterval: time.Hour}})
	for range 20 { // the pair of a is refused, and the number is as free as before
		_, err := other.Acquire(t.Context(), cloudapi.Permit{Number: "9", Recipient: "a", MaxWait: time.Second})
		if err != nil {
			requireScope(t, cloudapi.ScopePair, err)
		}
	}
	_, err := other.Acquire(t.Context(), cloudapi.Permit{Number: "9", Recipient: "b", MaxWait: 10 * time.Millisecond})
	require.NoError(t, err)
}

func requireScope(t *testing.T, scope cloudapi.LimitScope, err error) {
	t.Helper()
	var limit *cloudapi.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, scope, limit.Scope)
	require.Positive(t, limit.Wait)
}

func TestWhoGivesUpGivesThePairBack(t *testing.T) {
	t.Parallel()
	l := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 20, PairBurst: 1, PairInterval: time.Hour}})
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "first"})
	require.NoError(t, err)
	// The next one has its moment 50 ms later, and does not wait for it.
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var group sync.WaitGroup
	impatient, leave := context.WithCancel(ctx)
	group.Go(func() {
		_, err := l.Acquire(impatient, cloudapi.Permit{Number: "7", Recipient: "a", MaxWait: time.Minute})
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
	time.AfterFunc(20*time.Millisecond, leave)
	group.Wait()
	_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "b", MaxWait: time.Minute}) // which reports it
	require.NoError(t, err)
	_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "a", MaxWait: time.Minute})
	require.NoError(t, err, "its permit is there again")
}

func TestAnswersOvertakeBroadcasts(t *testing.T) {
	t.Parallel()
	l := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 20}})
	var mu sync.Mutex
	var order []message.Lane
	var senders sync.WaitGroup
	send := func(lane message.Lane, to string) {
		senders.Go(func() {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: to, Lane: lane, MaxWait: time.Minute})
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			order = append(order, lane)
		})
	}
	for i := range 20 {
		send(message.LaneBulk, fmt.Sprint("bulk", i))
	}
	require.Eventually(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(order) >= 3 }, time.Minute, time.Millisecond)
	send(message.LaneReply, "reply")
	senders.Wait()
	require.Less(t, slices.Index(order, message.LaneReply), 15, "an answer waits for the whole broadcast: %v", order)
}

func TestWhatOneProcessLearnsHoldsForAll(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	a, b := process(t, addr, redislimit.Config{}), process(t, addr, redislimit.Config{})
	now := cloudapi.Permit{Number: "7", Recipient: "x"}

	a.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 1000})
	g := storm(t, 400, "7", []cloudapi.Limiter{b})
	require.Greater(t, g.most(), 100, "the higher limit")
	g.keeps(t, 1000)

	a.Observe(t.Context(), now, cloudapi.Observation{Throttled: message.ClassThrottledPair, RetryAfter: time.Hour})
	_, err := b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Minute})
	requireScope(t, cloudapi.ScopePair, err)
	_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "y", MaxWait: time.Minute})
	require.NoError(t, err, "another pair")

	a.Observe(t.Context(), now, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: time.Hour})
	_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "z", MaxWait: time.Minute})
	requireScope(t, cloudapi.ScopeNumber, err)
	_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "8", Recipient: "z"})
	require.NoError(t, err, "another number")
}

func TestWhatComesInCounts(t *testing.T) {
	t.Parallel()
	l := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 10}})
	l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: 30})
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Second})
	var limit *cloudapi.LimitError
	require.ErrorAs(t, err, &limit)
	require.Greater(t, limit.Wait, 2*time.Second, "thirty messages at ten a second")
	l.Observe(t.Context(), cloudapi.Permit{Number: "8"}, cloudapi.Observation{Inbound: 1 << 40})
	_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "8", Recipient: "x"})
	require.ErrorAs(t, err, &limit)
	require.LessOrEqual(t, limit.Wait, 10*time.Second, "more is not believed")
}

// Who takes webhooks in may be another process than those that send.
func TestWhatComesInAnywhereCounts(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	limits := cloudapi.Limits{Throughput: 10}
	receiver, sender := process(t, addr, redislimit.Config{Limits: limits}), process(t, addr, redislimit.Config{Limits: limits})
	receiver.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: 1 << 40})
	require.Eventually(t, func() bool {
		_, err := sender.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x"})
		var limit *cloudapi.LimitError
		return errors.As(err, &limit) && limit.Wait > 5*time.Second
	}, time.Minute, time.Millisecond)
}

func TestManagementCallsShareTheirQuota(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	limits := cloudapi.Limits{AccountPerHour: 200} // ten at once
	a, b := process(t, addr, redislimit.Config{Limits: limits}), process(t, addr, redislimit.Config{Limits: limits})
	call := func(l cloudapi.Limiter, account string) error {
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: account, MaxWait: time.Second})
		return err
	}
	granted := 0
	for range 15 {
		for _, l := range []cloudapi.Limiter{a, b} {
			if call(l, "100") == nil {
				granted++
			}
		}
	}
	require.Equal(t, 10, granted)
	requireScope(t, cloudapi.ScopeAccount, call(a, "100"))
	require.NoError(t, call(a, "200"), "another account")
	a.Observe(t.Context(), cloudapi.Permit{Account: "200"}, cloudapi.Observation{Usage: 96})
	requireScope(t, cloudapi.ScopeAccount, call(b, "200"))
	a.Observe(t.Context(), cloudapi.Permit{Account: cloudapi.AppAccount}, cloudapi.Observation{Throttled: message.ClassThrottledAccount, RetryAfter: time.Hour})
	requireScope(t, cloudapi.ScopeAccount, call(b, "300"))
}

func TestNoKeyShowsAPerson(t *testing.T) {
	t.Parallel()
	addr := shared(t)
	l := process(t, addr, redislimit.Config{})
	_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "106540352242922", Recipient: "15555550199"})
	require.NoError(t, err)
	client := connect(t, addr)
	keys, err := client.Do(t.Context(), client.B().Keys().Pattern("kanava:test:"+t.Name()+"*").Build()).AsStrSlice()
	require.NoError(t, err)
	require.Len(t, keys, 2)
	for _, key := range keys {
		require.NotContains(t, key, "15555550199")
		require.NotContains(t, key, "106540352242922")
		ttl, err := client.Do(t.Context(), client.B().Ttl().Key(key).Build()).AsInt64()
		require.NoError(t, err)
		require.Positive(t, ttl, "what is not used is forgotten")
	}
}

func TestAnEndedContextIsItsOwnError(t *testing.T) {
	t.Parallel()
	l := process(t, shared(t), redislimit.Config{Limits: cloudapi.Limits{Throughput: 1}})
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := l.Acquire(ended, cloudapi.Permit{Number: "7"})
	require.ErrorIs(t, err, context.Canceled)
	_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "7"})
	require.NoError(t, err)
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = l.Acquire(short, cloudapi.Permit{Number: "7", MaxWait: time.Minute})
	requireScope(t, cloudapi.ScopeNumber, err)
	waited, err := l.Acquire(t.Context(), cloudapi.Permit{})
	require.NoError(t, err, "nothing is limited")
	require.Less(t, waited, time.Minute)
}
