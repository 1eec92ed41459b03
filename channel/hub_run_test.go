package channel_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// ailing is a store whose commits a test can hold up or let fail.
type ailing struct {
	store.Store
	mu     sync.Mutex
	commit func(ctx context.Context, b *store.Batch) error // nil: well
}

// commits makes the store fail from now on as f says.
func (s *ailing) commits(f func(ctx context.Context, b *store.Batch) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commit = f
}

func (s *ailing) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	s.mu.Lock()
	commit := s.commit
	s.mu.Unlock()
	if commit != nil {
		if err := commit(ctx, b); err != nil {
			return store.Committed{}, err
		}
	}
	return s.Store.Commit(ctx, b)
}

// runFor runs a new hub whose context ends after d, at once if d is 0. It returns how long
// Run took and what it returned.
func runFor(t *testing.T, st store.Store, d time.Duration) (time.Duration, error) {
	t.Helper()
	hub, err := channel.New(channel.Config{Store: st, Ticketing: &channeltest.Ticketing{}, Drain: 10 * time.Second})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	start := time.Now()
	err = hub.Run(ctx)
	return time.Since(start), err
}

func TestRunThatIsToldToStopWhileItStartsEndsAsUsual(t *testing.T) {
	t.Parallel()
	disk := errors.New("disk full")
	slow := func(d time.Duration, then error) func(context.Context, *store.Batch) error {
		return func(ctx context.Context, _ *store.Batch) error {
			select {
			case <-time.After(d):
				return then
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	for name, tt := range map[string]struct {
		commit func(context.Context, *store.Batch) error
		after  time.Duration // when Run is told to stop
		took   time.Duration
		err    error
	}{
		"before it began":                        {nil, 0, 0, nil},
		"while the store is slow":                {slow(3*time.Second, nil), time.Second, 3 * time.Second, nil},
		"before it began, and the store is slow": {slow(3*time.Second, nil), 0, 3 * time.Second, nil},
		"while the store hangs":                  {slow(time.Hour, nil), time.Second, 11 * time.Second, nil},
		"while the store fails":                  {slow(3*time.Second, disk), time.Second, 3 * time.Second, disk},
		"not at all, and the store fails":        {slow(0, disk), time.Hour, 0, disk},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				took, err := runFor(t, &ailing{Store: memstore.New(), commit: tt.commit}, tt.after)
				require.ErrorIs(t, err, tt.err)
				require.Equal(t, tt.took, took)
			})
		})
	}
}

func TestAHubRunsOnceAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: &channeltest.Ticketing{}})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- hub.Run(ctx) }()
		synctest.Wait()
		require.ErrorIs(t, hub.Run(ctx), channel.ErrRunning)
		cancel()
		require.NoError(t, <-done)
		require.NoError(t, hub.Run(ctx), "another one after it has ended")
	})
}

func TestARunAfterAnotherHasNotGivenAnythingUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		hub, err := channel.New(channel.Config{
			Store: memstore.New(), Ticketing: &channeltest.Ticketing{}, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		})
		require.NoError(t, err)
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			require.NoError(t, hub.Run(ctx))
			cancel()
		}
		require.NotContains(t, log.String(), "WARN")
		report, err := hub.Health(t.Context())
		require.NoError(t, err)
		require.Len(t, report.Processes, 3, "as many as there were runs")
		for _, p := range report.Processes {
			require.Zero(t, p.Lapses)
		}
	})
}

// unreadable is a store that answers every question with the same error.
type unreadable struct{ err error }

func (s unreadable) Commit(context.Context, *store.Batch) (store.Committed, error) {
	return store.Committed{}, s.err
}
func (s unreadable) Claim(context.Context, store.Claim) ([]store.Work, error) { return nil, s.err }
func (s unreadable) Get(context.Context, string, ...string) ([]store.Record, error) {
	return nil, s.err
}
func (s unreadable) List(context.Context, store.Query) ([]store.Record, error) { return nil, s.err }
func (s unreadable) Work(context.Context, store.WorkQuery) ([]store.Work, error) {
	return nil, s.err
}
func (s unreadable) Backlog(context.Context, time.Time) ([]store.Backlog, error) { return nil, s.err }
