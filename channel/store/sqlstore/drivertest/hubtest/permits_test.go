package hubtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/sharelimit"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// sharers are the limiters of three processes on one PostgreSQL.
func sharers(t *testing.T, limits cloudapi.Limits) (all []cloudapi.Limiter) {
	t.Helper()
	schema := pgtest.New(t)
	for range 3 {
		db, err := schema.Open()
		require.NoError(t, err)
		t.Cleanup(func() { _ = db.Close() })
		st, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
		require.NoError(t, err)
		t.Cleanup(func() { _ = st.Close() })
		l, err := sharelimit.New(sharelimit.Config{Ledger: sharelimit.InStore(st), Limits: limits, Timeout: time.Minute})
		require.NoError(t, err)
		all = append(all, l)
	}
	return all
}

// permit asks for a permit until there is one, or the context ends.
func permit(ctx context.Context, l cloudapi.Limiter, number, to string) error {
	for {
		_, err := l.Acquire(ctx, cloudapi.Permit{Number: number, Recipient: to, MaxWait: time.Minute})
		var limit *cloudapi.LimitError
		if !errors.As(err, &limit) || limit.Scope != cloudapi.ScopeNumber {
			return err
		}
	}
}

func TestThreeProcessesShareTheThroughputOfANumberThroughPostgreSQL(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	const wanted = 400
	began := time.Now()
	var sent atomic.Int64
	var last atomic.Pointer[time.Time]
	var senders sync.WaitGroup
	for p, l := range sharers(t, cloudapi.Limits{}) {
		for s := range 10 {
			senders.Go(func() {
				for i := 0; permit(ctx, l, "7", fmt.Sprint(p, "-", s, "-", i)) == nil; i++ {
					now := time.Now()
					if sent.Add(1) >= wanted {
						last.CompareAndSwap(nil, &now)
						cancel()
						return
					}
				}
			})
		}
	}
	senders.Wait()
	took := last.Load().Sub(began)
	// A machine that is slow to note them only makes it longer.
	require.LessOrEqual(t, float64(wanted), 80*(1+took.Seconds()))
	t.Logf("%d messages in %v", wanted, took.Round(10*time.Millisecond))
}

func TestAPairIsExactThroughPostgreSQL(t *testing.T) {
	t.Parallel()
	var granted, refused atomic.Int64
	var senders sync.WaitGroup
	for _, l := range sharers(t, cloudapi.Limits{Throughput: 100_000, PairInterval: 10 * time.Hour}) {
		for range 30 {
			senders.Go(func() {
				err := permit(t.Context(), l, "7", "15555550100")
				var limit *cloudapi.LimitError
				switch {
				case err == nil:
					granted.Add(1)
				case errors.As(err, &limit) && limit.Scope == cloudapi.ScopePair:
					refused.Add(1)
				default:
					t.Errorf("unexpected: %v", err)
				}
			})
		}
	}
	senders.Wait()
	require.EqualValues(t, 45, granted.Load())
	require.EqualValues(t, 45, refused.Load())
}
