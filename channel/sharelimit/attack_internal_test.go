package sharelimit

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// Ten messages of a process have their moments when it freezes. Others go on; when it wakes, its own
// are not on top of theirs.
func TestWhoWasFrozenAsksAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		limiterOf := func() *limiter {
			l, err := New(Config{Ledger: InStore(s), Limits: cloudapi.Limits{Throughput: 20, PairBurst: 2, PairInterval: time.Hour}})
			require.NoError(t, err)
			return l.(*limiter)
		}
		var mu sync.Mutex
		var sent []time.Time
		send := func(l *limiter, to string) {
			if _, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: to, MaxWait: time.Hour}); err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			sent = append(sent, time.Now())
		}
		frozen, other := limiterOf(), limiterOf()
		thaw := time.Now().Add(10 * time.Second)
		frozen.sleep = func(ctx context.Context, d time.Duration) error { return sleep(ctx, max(d, time.Until(thaw))) }
		var senders sync.WaitGroup
		for i := range 10 {
			senders.Go(func() { send(frozen, string(rune('a'+i))) })
		}
		for sender := range 10 {
			senders.Go(func() {
				for i := range 40 {
					send(other, fmt.Sprint(sender, " ", i))
				}
			})
		}
		senders.Wait()
		most := 0
		for i := range sent {
			n := 0
			for _, at := range sent {
				if d := at.Sub(sent[i]); d >= 0 && d < time.Second {
					n++
				}
			}
			most = max(most, n)
		}
		require.LessOrEqual(t, most, 20)
		_, err := frozen.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: "a", MaxWait: time.Minute})
		require.NoError(t, err, "what lapsed was given back: the pair has one of its two permits left")
	})
}

// The clock of the ledger is set back: a restored virtual machine, a failover to a server that is
// behind.
func TestAClockThatIsSetBackNeitherStopsANumberNorSetsItFree(t *testing.T) {
	t.Parallel()
	rules := Rules{Throughput: 80, Part: 0.95, PairInterval: 6 * time.Second, PairBurst: 45, AccountPerHour: 200}
	const now = 1.8e15
	back := float64(now) - micros(2*time.Hour)
	lot := func() *Lot {
		l := &Lot{Number: "7", Horizon: time.Second}
		for range 200 {
			l.Waiting = append(l.Waiting, Waiting{Most: time.Second})
		}
		return l
	}
	grants := func(n *Number, at float64) (granted int) {
		for _, a := range rules.Take(n, map[string]float64{}, lot(), at) {
			require.GreaterOrEqual(t, a.Wait, time.Duration(0))
			if a.Scope == "" {
				granted++
			}
		}
		return granted
	}
	for name, n := range map[string]*Number{
		"a number that is busy":           {},
		"a number that received a lot":    {Next: now + 10*second},
		"a number that was refused":       {Slow: 50, Since: now},
		"a number that was refused often": {Slow: 1, Since: now, Next: now + second},
	} {
		grants(n, now)
		require.LessOrEqual(t, grants(n, back), 80, name)
		later := 0
		for i := range 20 {
			got := grants(n, back+float64(i+1)*second)
			require.LessOrEqual(t, got, 80, name)
			later += got
		}
		require.Positive(t, later, "%s: it goes on within seconds, not in two hours", name)
	}
	account := &Account{}
	for range 10 {
		require.Zero(t, rules.Account(account, true, now))
	}
	require.Positive(t, rules.Account(account, true, back), "the quota is not there twice")
	require.Less(t, rules.Account(account, true, back), 10*time.Minute, "and not gone for two hours")
}

// A ledger that has lost what it knew hears from those who ask what the number may do.
func TestALedgerThatLostItsDataLearnsFromThoseWhoAsk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l, err := New(Config{Ledger: InStore(memstore.New()), Limits: cloudapi.Limits{Throughput: 1000}})
		require.NoError(t, err)
		l.Observe(t.Context(), cloudapi.Permit{Number: "7"}, cloudapi.Observation{Throughput: 5})
		l.(*limiter).cfg.Ledger = InStore(memstore.New()) // a failover to an empty one
		began := time.Now()
		for i := range 20 {
			_, err := l.Acquire(t.Context(), cloudapi.Permit{Number: "7", Recipient: string(rune('a' + i)), MaxWait: time.Minute})
			require.NoError(t, err)
		}
		require.GreaterOrEqual(t, time.Since(began), 3*time.Second, "twenty at five a second")
	})
}

func TestQuotasAreThoseOfAnApp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := memstore.New()
		of := func(app string) cloudapi.Limiter {
			l, err := New(Config{Ledger: InStore(s), App: app})
			require.NoError(t, err)
			return l
		}
		for _, account := range []string{"100", cloudapi.AppAccount} {
			of("one").Observe(t.Context(), cloudapi.Permit{Account: account}, cloudapi.Observation{Usage: 99, RetryAfter: time.Hour})
			_, err := of("one").Acquire(t.Context(), cloudapi.Permit{Account: "100"})
			require.Error(t, err)
			_, err = of("two").Acquire(t.Context(), cloudapi.Permit{Account: "100"})
			require.NoError(t, err, "another tenant's app is not held up")
		}
	})
}
