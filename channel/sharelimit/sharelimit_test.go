package sharelimit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/sharelimit"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// process returns the limiter of one more process on a store.
func process(t *testing.T, s store.Store, cfg sharelimit.Config) cloudapi.Limiter {
	t.Helper()
	cfg.Ledger = sharelimit.InStore(s)
	l, err := sharelimit.New(cfg)
	require.NoError(t, err)
	return l
}

// bubble runs f with time of its own.
func bubble(t *testing.T, f func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, f)
}

// storm has many senders in each process send to many people as fast as they may, until there are n
// messages, and returns when each was sent.
func storm(t *testing.T, n int, number string, processes ...cloudapi.Limiter) (sent []time.Time) {
	t.Helper()
	var mu sync.Mutex
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var senders sync.WaitGroup
	for p, l := range processes {
		for s := range 20 {
			senders.Go(func() {
				for i := 0; ; i++ {
					_, err := l.Acquire(ctx, cloudapi.Permit{Number: number, Recipient: fmt.Sprint(p, "-", s, "-", i), MaxWait: time.Minute})
					if err != nil {
						return
					}
					mu.Lock()
					if len(sent) < n {
						sent = append(sent, time.Now())
					} else {
						cancel()
					}
					mu.Unlock()
				}
			})
		}
	}
	senders.Wait()
	return sent
}

// most is the most that were sent within one second.
func most(sent []time.Time) (most int) {
	slices.SortFunc(sent, time.Time.Compare)
	for from, to := 0, 0; to < len(sent); to++ {
		for sent[to].Sub(sent[from]) >= time.Second {
			from++
		}
		most = max(most, to-from+1)
	}
	return most
}

func requireScope(t *testing.T, scope cloudapi.LimitScope, err error) *cloudapi.LimitError {
	t.Helper()
	var limit *cloudapi.LimitError
	require.ErrorAs(t, err, &limit)
	require.Equal(t, scope, limit.Scope)
	require.Positive(t, limit.Wait)
	return limit
}

func TestConfigSaysEverythingThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := sharelimit.New(sharelimit.Config{Limits: cloudapi.Limits{PairBurst: -1}, AloneShare: 51, Processes: -1, Timeout: -1})
	require.EqualError(t, err, `sharelimit: config: Ledger is nil
sharelimit: config: Limits has negative values
sharelimit: config: AloneShare is 51: 0 to 50 percent
sharelimit: config: Processes is -1: with AloneShare it is needed, and less than Limits.PairBurst
sharelimit: config: Timeout is negative`)
}

func TestThreeProcessesShareTheThroughputOfANumber(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		began := time.Now()
		sent := storm(t, 800, "7", process(t, s, sharelimit.Config{}), process(t, s, sharelimit.Config{}), process(t, s, sharelimit.Config{}))
		require.Len(t, sent, 800)
		require.LessOrEqual(t, most(sent), 80)
		require.Less(t, time.Since(began), 12*time.Second, "and it is used")
	})
}

// A loan is paid back with time, whoever took it.
func TestAPairIsPaidBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		a, b := process(t, s, sharelimit.Config{}), process(t, s, sharelimit.Config{})
		permit := cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Second}
		for range 45 {
			_, err := a.Acquire(t.Context(), permit)
			require.NoError(t, err)
		}
		_, err := b.Acquire(t.Context(), permit)
		requireScope(t, cloudapi.ScopePair, err)
		time.Sleep(6 * time.Second)
		_, err = b.Acquire(t.Context(), permit)
		require.NoError(t, err)
		_, err = a.Acquire(t.Context(), permit)
		requireScope(t, cloudapi.ScopePair, err)
	})
}

func TestWhoGivesUpGivesThePairBack(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := process(t, memstore.New(), sharelimit.Config{Limits: cloudapi.Limits{Throughput: 20, PairBurst: 1, PairInterval: time.Hour}})
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "first"})
		require.NoError(t, err)
		impatient, leave := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, leave) // its moment is 52 ms away
		_, err = l.Acquire(impatient, cloudapi.Permit{Number: "7", Recipient: "a", MaxWait: time.Minute})
		require.ErrorIs(t, err, context.Canceled)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "b", MaxWait: time.Minute}) // which reports it
		require.NoError(t, err)
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "a", MaxWait: time.Minute})
		require.NoError(t, err, "its permit is there again")
	})
}

func TestWhatOneProcessLearnsHoldsForAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		a, b := process(t, s, sharelimit.Config{}), process(t, s, sharelimit.Config{})
		a.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 1000})
		fast := storm(t, 3000, "7", b)
		require.Greater(t, most(fast), 800, "the higher limit")
		require.LessOrEqual(t, most(fast), 1000)

		to := cloudapi.Permit{Number: "7", Recipient: "x"}
		a.Observe(t.Context(), to, cloudapi.Observation{Throttled: message.ClassThrottledPair, RetryAfter: time.Hour})
		_, err := b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Minute})
		requireScope(t, cloudapi.ScopePair, err)
		_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "y", MaxWait: time.Minute})
		require.NoError(t, err, "another pair")

		a.Observe(t.Context(), to, cloudapi.Observation{Throttled: message.ClassThrottledNumber, RetryAfter: time.Minute})
		_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "z", MaxWait: 10 * time.Second})
		requireScope(t, cloudapi.ScopeNumber, err)
		_, err = b.Acquire(t.Context(), cloudapi.Permit{Number: "8", Recipient: "z"})
		require.NoError(t, err, "another number")
		time.Sleep(time.Minute)
		slow := storm(t, 3000, "7", a, b)
		require.LessOrEqual(t, most(slow), 960, "it comes back by and by")
	})
}

func TestWhatComesInCounts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := process(t, memstore.New(), sharelimit.Config{Limits: cloudapi.Limits{Throughput: 10}})
		l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: 30})
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Second})
		require.Greater(t, requireScope(t, cloudapi.ScopeNumber, err).Wait, 2*time.Second, "thirty messages at ten a second")
		l.Observe(t.Context(), cloudapi.Permit{Number: "8"}, cloudapi.Observation{Inbound: 1 << 40})
		_, err = l.Acquire(t.Context(), cloudapi.Permit{Number: "8", Recipient: "x"})
		require.LessOrEqual(t, requireScope(t, cloudapi.ScopeNumber, err).Wait, 10*time.Second, "more is not believed")
	})
}

// station is a store with a clock of its own, and one that can be out of reach.
type station struct {
	*memstore.Store
	off time.Duration
	out atomic.Bool
}

var errOut = errors.New("connection refused")

func (s *station) Now(context.Context) (time.Time, error) { return time.Now().Add(s.off), nil }

func (s *station) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	if s.out.Load() {
		return nil, errOut
	}
	return s.Store.Get(ctx, kind, keys...)
}

// Two machines whose clocks are an hour apart are one fleet by the clock of the store.
func TestTheClockIsThatOfTheStore(t *testing.T) {
	bubble(t, func(t *testing.T) {
		shared := memstore.New()
		ahead, behind := &station{Store: shared, off: -time.Hour}, &station{Store: shared, off: -time.Hour}
		storm(t, 100, "7", process(t, ahead, sharelimit.Config{}))
		time.Sleep(time.Second)
		_, err := process(t, behind, sharelimit.Config{}).Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x"})
		require.NoError(t, err)
		pairs, err := shared.List(t.Context(), store.Query{Kind: "limit_pair", Descending: true, Limit: 1})
		require.NoError(t, err)
		paid := time.UnixMicro(pairs[0].Sort)
		require.WithinDuration(t, time.Now().Add(-time.Hour), paid, 10*time.Second)
	})
}

func TestWithoutAShareNothingGoesWhileTheStoreIsAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &station{Store: memstore.New()}
		l := process(t, s, sharelimit.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		acquire := func() error {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "15555550199", MaxWait: 100 * time.Millisecond})
			return err
		}
		require.NoError(t, acquire())
		s.out.Store(true)
		for range 5 {
			requireScope(t, cloudapi.ScopeNumber, acquire())
			time.Sleep(time.Second)
		}
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Account: "100"})
		requireScope(t, cloudapi.ScopeAccount, err)
		l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 1000, Inbound: 1})
		s.out.Store(false)
		time.Sleep(2 * time.Second)
		require.NoError(t, acquire())
		require.Equal(t, 1, strings.Count(log.String(), "out of reach"), "told once")
		require.Equal(t, 1, strings.Count(log.String(), "are back"))
		require.NotContains(t, log.String(), "15555550199")
	})
}

// Two of three processes are cut off while the third goes on.
func TestTheSumHoldsWhoeverIsCutOff(t *testing.T) {
	bubble(t, func(t *testing.T) {
		shared := memstore.New()
		cfg := sharelimit.Config{AloneShare: 20, Processes: 3}
		var all []cloudapi.Limiter
		for i := range 3 {
			s := &station{Store: shared}
			s.out.Store(i > 0)
			all = append(all, process(t, s, cfg))
		}
		require.LessOrEqual(t, most(storm(t, 400, "7", all...)), 80)
		require.LessOrEqual(t, most(storm(t, 50, "8", all[1:]...)), 80*20/100*2/3+2, "each has its part of the share")
	})
}

func TestRecordsShowNoPersonAndAreForgotten(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		l := process(t, s, sharelimit.Config{})
		_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "106540352242922", Recipient: "15555550199"})
		require.NoError(t, err)
		storm(t, 200, "106540352242922", l)
		all := func() (records []store.Record) {
			for _, kind := range []string{"limit_number", "limit_pair"} {
				found, err := s.List(t.Context(), store.Query{Kind: kind, Limit: 1000})
				require.NoError(t, err)
				records = append(records, found...)
			}
			return records
		}
		require.Greater(t, len(all()), 200)
		for _, r := range all() {
			text := r.Key + r.Parent + string(r.Body)
			require.NotContains(t, text, "15555550199")
			require.NotContains(t, text, "106540352242922")
		}
		time.Sleep(2 * time.Hour)
		for range 10 {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "106540352242922", Recipient: "again", MaxWait: time.Minute})
			require.NoError(t, err)
			time.Sleep(2 * time.Second)
		}
		require.Len(t, all(), 2, "the number and whom it wrote to lately")
	})
}

func ExampleNew() {
	// Each process has a limiter of its own on the store that all of them share.
	limiter, err := sharelimit.New(sharelimit.Config{Ledger: sharelimit.InStore(memstore.New()), Limits: cloudapi.Limits{PairBurst: 2}})
	if err != nil {
		panic(err)
	}
	for range 3 {
		_, err := limiter.Acquire(context.Background(), cloudapi.Permit{Number: "106540352242922", Recipient: "15555550199", MaxWait: time.Second})
		var limit *cloudapi.LimitError
		fmt.Println(errors.As(err, &limit) && limit.Scope == cloudapi.ScopePair)
	}
	// Output:
	// false
	// false
	// true
}
