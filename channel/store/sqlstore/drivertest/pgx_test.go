package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"
)

// openPgx opens a store by pgx on a schema, closed with the test.
func openPgx(tb testing.TB, schema pgtest.Schema, cfg pgxstore.Config) (*pgxstore.Store, *pgxpool.Pool) {
	tb.Helper()
	pool, err := schema.Pool(tb.Context())
	require.NoError(tb, err)
	cfg.Pool, cfg.Timeout = pool, patience
	s, err := pgxstore.Open(tb.Context(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, s.Close())
		pool.Close()
	})
	return s, pool
}

func TestPgxKeepsTheContract(t *testing.T) {
	t.Parallel()
	for whose, callers := range map[string]bool{"leases by the server's clock": false, "leases by the caller's clock": true} {
		t.Run(whose, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
				schema := pgtest.New(t)
				open := func() store.Store {
					s, _ := openPgx(t, schema, pgxstore.Config{CallersClock: callers})
					return s
				}
				return open(), open
			})
		})
	}
}

// One process by database/sql and one by pgx are two processes on one database.
func TestADatabaseIsOpenedByDatabaseSQLAndByPgxAtOnce(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		schema := pgtest.New(t)
		s, _ := openPgx(t, schema, pgxstore.Config{})
		return s, func() store.Store {
			other, _ := openPostgres(t, schema)
			return other
		}
	})
}

func TestThePgxTransactionOfTheHostCarriesTheOutbox(t *testing.T) {
	t.Parallel()
	s, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
	ctx := t.Context()
	_, err := pool.Exec(ctx, `CREATE TABLE ticket (id TEXT PRIMARY KEY)`)
	require.NoError(t, err)
	write := func(id string, then error) error {
		return pgxstore.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO ticket VALUES ($1)`, id)
			require.NoError(t, err)
			done, err := s.Commit(ctx, hostBatch(id))
			require.NoError(t, err)
			require.Equal(t, 1, done.Fresh)
			rs, err := s.Get(ctx, "message", id)
			require.NoError(t, err)
			require.Len(t, rs, 1, "the transaction does not see its own record")
			rs, err = s.Get(t.Context(), "message", id)
			require.NoError(t, err)
			require.Empty(t, rs, "others see what was not committed")
			return then
		})
	}
	found := func(id string) (n int) {
		rs, err := s.Get(ctx, "message", id)
		require.NoError(t, err)
		ws, err := s.Work(ctx, store.WorkQuery{Queue: "out", IDs: []string{id}, Limit: 9})
		require.NoError(t, err)
		require.Equal(t, len(rs), len(ws))
		require.NoError(t, pool.QueryRow(ctx, `SELECT count(*) FROM ticket WHERE id = $1`, id).Scan(&n))
		require.Equal(t, n, len(rs))
		return n
	}
	refused := errors.New("refused")
	require.ErrorIs(t, write("undone", refused), refused)
	require.Equal(t, 0, found("undone"))
	require.NoError(t, write("kept", nil))
	require.Equal(t, 1, found("kept"))
	require.Panics(t, func() {
		_ = pgxstore.InTx(ctx, pool, func(ctx context.Context, _ pgx.Tx) error {
			_, err := s.Commit(ctx, hostBatch("panicked"))
			require.NoError(t, err)
			panic("host")
		})
	})
	require.Equal(t, 0, found("panicked"))
	require.ErrorContains(t, pgxstore.InTx(pgxstore.WithTx(ctx, nil), pool, nil), "has a transaction already")
}

func TestAFailedBatchLeavesThePgxTransactionUsable(t *testing.T) {
	t.Parallel()
	s, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
	ctx := t.Context()
	_, err := s.Commit(ctx, hostBatch("first"))
	require.NoError(t, err)
	claimed, err := s.Claim(ctx, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 1})
	require.NoError(t, err)
	_, err = s.Commit(ctx, &store.Batch{Done: []store.Lease{claimed[0].Lease()}})
	require.NoError(t, err)

	require.NoError(t, pgxstore.InTx(ctx, pool, func(ctx context.Context, _ pgx.Tx) error {
		conflict := hostBatch("second")
		conflict.Put = append(conflict.Put, store.Record{Kind: "message", Key: "first"})
		_, err = s.Commit(ctx, conflict)
		require.ErrorIs(t, err, store.ErrConflict)
		lost := hostBatch("third")
		lost.Done = []store.Lease{claimed[0].Lease()}
		_, err = s.Commit(ctx, lost)
		require.ErrorIs(t, err, store.ErrLeaseLost)
		_, err = s.Commit(ctx, hostBatch("fourth"))
		require.NoError(t, err)
		ws, err := s.Claim(ctx, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 9})
		require.NoError(t, err)
		require.Len(t, ws, 1)
		return nil
	}))
	rs, err := s.List(ctx, store.Query{Kind: "message", Limit: 9})
	require.NoError(t, err)
	require.Len(t, rs, 2)
	count, err := s.Get(ctx, "count", "replies")
	require.NoError(t, err)
	require.EqualValues(t, 2, count[0].N)
}

func TestTheEndOfAPgxTransactionIsTold(t *testing.T) {
	t.Parallel()
	_, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
	for _, committed := range []bool{true, false} {
		var after, however int
		err := pgxstore.InTx(t.Context(), pool, func(ctx context.Context, _ pgx.Tx) error {
			store.DeferredIn(ctx).Add(func() { after++ }, func() { however++ })
			if !committed {
				return errors.New("no")
			}
			return nil
		})
		require.Equal(t, committed, err == nil)
		require.Equal(t, committed, after == 1)
		require.Equal(t, 1, however)
	}
}

// A pool speaks to the server in the way that its host chose.
func TestPgxKeepsTheContractInEveryModeOfPrepared(t *testing.T) {
	t.Parallel()
	for name, mode := range map[string]pgx.QueryExecMode{
		"described each time": pgx.QueryExecModeDescribeExec, "described once": pgx.QueryExecModeCacheDescribe, "not described": pgx.QueryExecModeExec,
		"not even parameters": pgx.QueryExecModeSimpleProtocol,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool, err := pgtest.New(t).Pool(t.Context())
			require.NoError(t, err)
			defer pool.Close()
			cfg := pool.Config()
			cfg.ConnConfig.DefaultQueryExecMode = mode
			other, err := pgxpool.NewWithConfig(t.Context(), cfg)
			require.NoError(t, err)
			defer other.Close()
			s, err := pgxstore.Open(t.Context(), pgxstore.Config{Pool: other, Timeout: patience})
			require.NoError(t, err)
			defer s.Close()
			for _, id := range []string{"a", "b"} {
				everyStatement(t, s, id)
			}
		})
	}
}

// Two transactions that put work into one lane must not commit it in the other order than that of
// their Seqs: the second waits for the first, and others do not wait.
func TestALaneIsLockedUntilTheHostOfPgxCommits(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	s, pool := openPgx(t, schema, pgxstore.Config{})
	_, db := openPostgres(t, schema)
	ctx := t.Context()
	tx, err := pool.Begin(ctx)
	require.NoError(t, err)
	_, err = s.Commit(pgxstore.WithTx(ctx, tx), hostBatch("first"))
	require.NoError(t, err)
	second := make(chan error, 1)
	go func() {
		_, err := s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "out", ID: "second", Lane: "conversation"}}})
		second <- err
	}()
	require.Eventually(t, func() bool {
		waiting := 0
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			WHERE l.locktype = 'advisory' AND NOT l.granted AND a.application_name = $1`, schema.Name).Scan(&waiting))
		return waiting > 0
	}, patience, tick, "the server says that somebody waits for the lock")
	_, err = s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "out", ID: "elsewhere", Lane: "another"}}})
	require.NoError(t, err)
	require.NoError(t, tx.Commit(ctx))
	require.NoError(t, <-second)
	ws, err := s.Work(ctx, store.WorkQuery{Queue: "out", Lane: "conversation", Limit: 9})
	require.NoError(t, err)
	require.Len(t, ws, 2)
	require.Equal(t, "first", ws[0].ID)
}

func TestATransactionOfPgxMustBeReadCommitted(t *testing.T) {
	t.Parallel()
	s, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
	tx, err := pool.BeginTx(t.Context(), pgx.TxOptions{IsoLevel: pgx.Serializable})
	require.NoError(t, err)
	defer func() { require.NoError(t, tx.Rollback(t.Context())) }()
	_, err = s.Commit(pgxstore.WithTx(t.Context(), tx), hostBatch("any"))
	require.ErrorContains(t, err, "must be READ COMMITTED")
}

// A search has its values in its text. Kept prepared, searches would push out what is needed all day.
func TestSearchesByPgxAreNotKeptPrepared(t *testing.T) {
	t.Parallel()
	s, pool := openPgx(t, pgtest.New(t), pgxstore.Config{})
	for i := range 3 {
		_, err := s.Search(t.Context(), store.SearchQuery{Kind: "message", Text: fmt.Sprint("word", i), Limit: 1})
		require.NoError(t, err)
	}
	for _, conn := range pool.AcquireAllIdle(t.Context()) {
		var kept int
		require.NoError(t, conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%tsquery%decode%'
			OR statement LIKE '%decode(%tsquery%'`, pgx.QueryExecModeExec).Scan(&kept))
		require.Zero(t, kept)
		conn.Release()
	}
}
