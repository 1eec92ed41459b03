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

func TestAPairIsExactOverProcesses(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		limits := cloudapi.Limits{Throughput: 100_000, PairInterval: time.Hour} // only the pair counts
		var granted, refused atomic.Int64
		var senders sync.WaitGroup
		for range 4 {
			l := process(t, s, sharelimit.Config{Limits: limits})
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

func TestNothingIsTakenUnlessAllIsGranted(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		l := process(t, s, sharelimit.Config{Limits: cloudapi.Limits{Throughput: 1, PairBurst: 1, PairInterval: time.Hour}})
		permit := func(number, recipient string) error {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: number, Recipient: recipient})
			return err
		}
		require.NoError(t, permit("7", "a"))
		requireScope(t, cloudapi.ScopeNumber, permit("7", "b"))
		time.Sleep(2 * time.Second)
		requireScope(t, cloudapi.ScopePair, permit("7", "a"))
		require.NoError(t, permit("7", "b"), "it has its permit still, and the number's was not spent")
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

func TestAnswersOvertakeBroadcasts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		l := process(t, memstore.New(), sharelimit.Config{Limits: cloudapi.Limits{Throughput: 20}})
		var mu sync.Mutex
		var order []message.Lane
		var senders sync.WaitGroup
		send := func(lane message.Lane, to string) {
			senders.Go(func() {
				if _, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: to, Lane: lane, MaxWait: time.Minute}); err != nil {
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
		time.Sleep(200 * time.Millisecond)
		send(message.LaneReply, "reply")
		senders.Wait()
		require.Less(t, slices.Index(order, message.LaneReply), 10, "an answer waits for the whole broadcast: %v", order)
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

// Who takes webhooks in may be another process than those that send.
func TestWhatComesInAnywhereCounts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		limits := cloudapi.Limits{Throughput: 10}
		receiver, sender := process(t, s, sharelimit.Config{Limits: limits}), process(t, s, sharelimit.Config{Limits: limits})
		for range 30 {
			receiver.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Inbound: 1})
		}
		time.Sleep(50 * time.Millisecond)
		_, err := sender.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "x", MaxWait: time.Second})
		require.Greater(t, requireScope(t, cloudapi.ScopeNumber, err).Wait, 2*time.Second)
	})
}

func TestManagementCallsShareTheirQuota(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := memstore.New()
		limits := cloudapi.Limits{AccountPerHour: 200} // ten at once
		a, b := process(t, s, sharelimit.Config{Limits: limits}), process(t, s, sharelimit.Config{Limits: limits})
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
