package worker

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// looks is a runner that polls every minute, with how often it looked and when it had what in hand.
type looks struct {
	*Runner
	store store.Store
	began time.Time
	n     atomic.Int64

	mu  sync.Mutex
	had map[string]time.Duration
}

// all is what the runner has had, and when.
func (l *looks) all() map[string]time.Duration {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.had)
}

// watch runs f beside a runner that has just found nothing.
func watch(t *testing.T, now func() time.Time, f func(l *looks)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := &looks{store: memstore.New(), began: time.Now(), had: map[string]time.Duration{}}
		if now == nil {
			now = time.Now
		}
		l.Runner = New(Config{
			Kind: "q", Workers: 1, Store: l.store, Now: now, Log: slog.New(slog.DiscardHandler), Lease: time.Minute, Poll: time.Minute,
			Claimed: func(context.Context, error) { l.n.Add(1) },
			Handle: func(ctx context.Context, w *Job) error {
				l.mu.Lock()
				l.had[w.ID] = time.Since(l.began)
				l.mu.Unlock()
				_, err := l.store.Commit(ctx, &store.Batch{Done: []store.Lease{w.Lease()}})
				return err
			},
		})
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); l.Run(ctx, t.Context()) }()
		synctest.Wait()
		f(l)
		stop()
		<-done
	})
}

// enqueue adds work that is due after a while; told says that this process knows.
func (l *looks) enqueue(t *testing.T, id string, in time.Duration, told bool) {
	t.Helper()
	due := time.Now().Add(in)
	_, err := l.store.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: id, Due: due, Body: []byte("{}")}}})
	require.NoError(t, err)
	if told {
		l.Expect(due)
	}
	synctest.Wait()
}

func TestWorkThatFallsDueLaterIsLookedForThenAndNotBefore(t *testing.T) {
	t.Parallel()
	watch(t, nil, func(l *looks) {
		l.n.Store(0)
		l.enqueue(t, "soon", 10*time.Second, true)
		l.enqueue(t, "sooner", 5*time.Second, true)
		l.enqueue(t, "far", 150*time.Second, true)
		require.Zero(t, l.n.Load(), "nothing is due")
		time.Sleep(30 * time.Second)
		require.Equal(t, map[string]time.Duration{"sooner": 5 * time.Second, "soon": 10 * time.Second}, l.all())
		looked := l.n.Load()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		require.Equal(t, looked, l.n.Load(), "the work is done")
		time.Sleep(2 * time.Minute)
		require.Equal(t, 150*time.Second, l.all()["far"], "polls in between do not make it late")
	})
}

func TestWorkOfOtherProcessesIsFoundByPollingAsBefore(t *testing.T) {
	t.Parallel()
	watch(t, nil, func(l *looks) {
		l.enqueue(t, "own", 90*time.Second, true)
		l.enqueue(t, "of another", 30*time.Second, false)
		time.Sleep(time.Minute)
		require.Equal(t, map[string]time.Duration{"of another": time.Minute}, l.all())
	})
}

func TestMoreMomentsThanARunnerRemembersAreFoundByPolling(t *testing.T) {
	t.Parallel()
	watch(t, nil, func(l *looks) {
		for i := range 3 * mostDues {
			l.enqueue(t, fmt.Sprint(i), time.Duration(i+1)*time.Second, true)
		}
		l.dues.mu.Lock()
		require.LessOrEqual(t, len(l.dues.at), mostDues)
		l.dues.mu.Unlock()
		time.Sleep(3*mostDues*time.Second + time.Minute)
		had := l.all()
		require.Len(t, had, 3*mostDues)
		for i := range mostDues {
			require.Equal(t, time.Duration(i+1)*time.Second, had[fmt.Sprint(i)], i)
		}
		for i := range 3 * mostDues {
			due := time.Duration(i+1) * time.Second
			require.LessOrEqual(t, had[fmt.Sprint(i)], due+time.Minute, i)
		}
	})
}

func TestAClockThatStandsStillKeepsNobodyBusy(t *testing.T) {
	t.Parallel()
	still := sync.OnceValue(time.Now)
	watch(t, still, func(l *looks) {
		l.n.Store(0)
		for i := range 10 {
			l.enqueue(t, fmt.Sprint(i), time.Duration(i+1)*time.Microsecond, true)
		}
		time.Sleep(10 * time.Minute)
		require.Empty(t, l.all())
		require.LessOrEqual(t, l.n.Load(), int64(10+11), "each moment is worth one look, and each minute")
	})
}
