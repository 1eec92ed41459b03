package drivertest_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// pools opens an untouched pool on each engine.
func pools(t *testing.T) map[sqlstore.Dialect]func(t *testing.T) *sql.DB {
	t.Helper()
	return map[sqlstore.Dialect]func(t *testing.T) *sql.DB{
		sqlstore.SQLite: func(t *testing.T) *sql.DB {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "hub.db")))
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			return db
		},
		sqlstore.PostgreSQL: func(t *testing.T) *sql.DB {
			db, err := pgtest.New(t).Open()
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			return db
		},
	}
}

func TestAPoolAsItComesClosesNoConnectionThatIsUsedAgain(t *testing.T) {
	t.Parallel()
	for dialect, open := range pools(t) {
		t.Run(dialect.String(), func(t *testing.T) {
			t.Parallel()
			db := open(t)
			s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: dialect, Timeout: patience})
			require.NoError(t, err)
			defer s.Close()
			var callers sync.WaitGroup
			for i := range 64 {
				callers.Go(func() {
					for j := range 10 {
						id := fmt.Sprint(i, "-", j)
						_, err := s.Commit(t.Context(), &store.Batch{
							Put:     []store.Record{{Kind: "k", Key: id}},
							Enqueue: []store.Work{{Queue: "q", ID: id, Lane: id, Group: "g"}},
						})
						if err == nil {
							_, err = s.Get(t.Context(), "k", id)
						}
						if err == nil {
							_, err = s.List(t.Context(), store.Query{Kind: "k", Limit: 3})
						}
						if err == nil {
							_, err = s.Claim(t.Context(), store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: 1})
						}
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			callers.Wait()
			require.Zero(t, db.Stats().MaxIdleClosed, "connections were closed because the pool keeps too few")
		})
	}
}

func TestAPoolThatMayOpenTooFewConnectionsIsWarnedOf(t *testing.T) {
	t.Parallel()
	for dialect, open := range pools(t) {
		t.Run(dialect.String(), func(t *testing.T) {
			t.Parallel()
			db := open(t)
			db.SetMaxOpenConns(2)
			var log bytes.Buffer
			s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: dialect, Logger: slog.New(slog.NewTextHandler(&log, nil))})
			require.NoError(t, err)
			defer s.Close()
			require.Regexp(t, `level=WARN .*max_open_conns=2 wanted=\d+\n$`, log.String())
			require.NoError(t, err)
			_, err = s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "k", Key: "it works all the same"}}})
			require.NoError(t, err)
		})
	}
}

func TestAPoolThatTheHostSetsIsLeftAsItIs(t *testing.T) {
	t.Parallel()
	db := pools(t)[sqlstore.SQLite](t)
	db.SetMaxIdleConns(3)
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, IdleConns: -1})
	require.NoError(t, err)
	defer s.Close()
	var held []*sql.Conn
	for range 5 {
		c, err := db.Conn(t.Context())
		require.NoError(t, err)
		held = append(held, c)
	}
	for _, c := range held {
		require.NoError(t, c.Close())
	}
	require.Equal(t, 3, db.Stats().Idle)
}

// BenchmarkClaimBesideABacklog is a claim of one of fifty channels while another one has a
// backlog of 20,000. Baseline: the same without that backlog; x-alone is how many times as long.
func BenchmarkClaimBesideABacklog(b *testing.B) {
	for _, e := range engines {
		var alone float64
		for _, backlog := range []int{0, 20_000} {
			b.Run(fmt.Sprintf("%s/backlog=%d", e.name, backlog), func(b *testing.B) {
				s, _ := e.open(b)
				groups := []string{"busy"}
				for i := range 50 {
					groups = append(groups, fmt.Sprint("quiet", i))
				}
				for from := 0; from < backlog; from += 1000 {
					var batch store.Batch
					for i := from; i < from+1000; i++ {
						batch.Enqueue = append(batch.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Lane: fmt.Sprint(i), Group: "busy"})
					}
					_, err := s.Commit(b.Context(), &batch)
					require.NoError(b, err)
				}
				for b.Loop() {
					_, err := s.Claim(b.Context(), store.Claim{Queue: "q", Now: time.Now(), Lease: time.Millisecond, Limit: 4, Groups: groups, PerGroup: 4})
					require.NoError(b, err)
				}
				per := float64(b.Elapsed().Nanoseconds()) / float64(b.N)
				if backlog == 0 {
					alone = per
				} else if alone > 0 {
					b.ReportMetric(per/alone, "x-alone")
				}
			})
		}
	}
}
