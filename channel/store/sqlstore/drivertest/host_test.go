package drivertest_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// onBoth runs a test on each engine, on PostgreSQL with each of its drivers.
func onBoth(t *testing.T, f func(t *testing.T, s *sqlstore.Store, db *sql.DB)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s, db := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
		f(t, s, db)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		s, db := openPostgres(t, pgtest.New(t))
		f(t, s, db)
	})
	t.Run("PostgreSQL with lib/pq", func(t *testing.T) {
		t.Parallel()
		s, db := openPQ(t, pgtest.New(t))
		f(t, s, db)
	})
}

// hostBatch is what the hub writes for an answer: its message and its row in the outbox.
func hostBatch(id string) *store.Batch {
	return &store.Batch{
		Put:     []store.Record{{Kind: "message", Key: id, Body: []byte(`{}`)}},
		Add:     []store.Record{{Kind: "count", Key: "replies", N: 1}},
		Enqueue: []store.Work{{Queue: "out", ID: id, Lane: "conversation", Body: []byte(`{}`)}},
	}
}

func TestTheHostsTransactionCarriesTheOutbox(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		ctx := t.Context()
		_, err := db.Exec(`CREATE TABLE ticket (id TEXT PRIMARY KEY)`)
		require.NoError(t, err)
		write := func(id string) *sql.Tx {
			tx, err := db.BeginTx(ctx, nil)
			require.NoError(t, err)
			_, err = tx.Exec(`INSERT INTO ticket VALUES ('` + id + `')`)
			require.NoError(t, err)
			done, err := s.Commit(sqlstore.WithTx(ctx, tx), hostBatch(id))
			require.NoError(t, err)
			require.Equal(t, 1, done.Fresh)
			return tx
		}
		tickets := func() (n int) {
			require.NoError(t, db.QueryRow(`SELECT count(*) FROM ticket`).Scan(&n))
			return n
		}
		found := func(id string) int {
			rs, err := s.Get(ctx, "message", id)
			require.NoError(t, err)
			ws, err := s.Work(ctx, store.WorkQuery{Queue: "out", IDs: []string{id}, Limit: 9})
			require.NoError(t, err)
			require.Equal(t, len(rs), len(ws))
			return len(rs)
		}

		tx := write("undone")
		require.NoError(t, tx.Rollback())
		require.Equal(t, 0, found("undone")+tickets())

		tx = write("kept")
		inside := sqlstore.WithTx(ctx, tx)
		rs, err := s.Get(inside, "message", "kept")
		require.NoError(t, err)
		require.Len(t, rs, 1, "the transaction does not see its own record")
		rs, err = s.List(inside, store.Query{Kind: "message", Limit: 9})
		require.NoError(t, err)
		require.Len(t, rs, 1)
		backlog, err := s.Backlog(inside, time.Now())
		require.NoError(t, err)
		require.Len(t, backlog, 1)
		require.NoError(t, tx.Commit())
		require.Equal(t, 1, found("kept"))
		require.Equal(t, 1, tickets())
	})
}

func TestAFailedBatchLeavesTheHostsTransactionUsable(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		ctx := t.Context()
		_, err := s.Commit(ctx, hostBatch("first"))
		require.NoError(t, err)
		claimed, err := s.Claim(ctx, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 1})
		require.NoError(t, err)
		_, err = s.Commit(ctx, &store.Batch{Done: []store.Lease{claimed[0].Lease()}})
		require.NoError(t, err)

		tx, err := db.BeginTx(ctx, nil)
		require.NoError(t, err)
		inside := sqlstore.WithTx(ctx, tx)
		conflict := hostBatch("second")
		conflict.Put = append(conflict.Put, store.Record{Kind: "message", Key: "first"})
		_, err = s.Commit(inside, conflict)
		require.ErrorIs(t, err, store.ErrConflict)
		lost := hostBatch("third")
		lost.Done = []store.Lease{claimed[0].Lease()}
		_, err = s.Commit(inside, lost)
		require.ErrorIs(t, err, store.ErrLeaseLost)
		_, err = s.Commit(inside, hostBatch("fourth"))
		require.NoError(t, err)
		ws, err := s.Claim(inside, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 9})
		require.NoError(t, err)
		require.Len(t, ws, 1)
		require.NoError(t, tx.Commit())

		rs, err := s.List(ctx, store.Query{Kind: "message", Limit: 9})
		require.NoError(t, err)
		require.Len(t, rs, 2)
		count, err := s.Get(ctx, "count", "replies")
		require.NoError(t, err)
		require.EqualValues(t, 2, count[0].N)
	})
}

// Two transactions that put work into one lane must not commit it in the other order
// than that of their Seqs: the second waits for the first.
func TestALaneIsLockedUntilTheHostCommits(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	s, db := openPostgres(t, schema)
	ctx := t.Context()
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = s.Commit(sqlstore.WithTx(ctx, tx), hostBatch("first"))
	require.NoError(t, err)

	var second sync.WaitGroup
	second.Go(func() {
		_, err := s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "out", ID: "second", Lane: "conversation"}}})
		require.NoError(t, err)
	})
	waiting := 0
	for waiting == 0 { // until the server says that somebody waits for the lock
		require.NoError(t, ctx.Err())
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
			WHERE l.locktype = 'advisory' AND NOT l.granted AND a.application_name = $1`, schema.Name).Scan(&waiting))
	}
	// Others are not held up, although a transaction of this process waits.
	_, err = s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "out", ID: "elsewhere", Lane: "another"}}})
	require.NoError(t, err)
	ws, err := s.Claim(ctx, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 9})
	require.NoError(t, err)
	require.Len(t, ws, 1)
	require.Equal(t, "elsewhere", ws[0].ID)
	require.NoError(t, tx.Commit())
	second.Wait()

	ws, err = s.Work(ctx, store.WorkQuery{Queue: "out", Lane: "conversation", Limit: 9})
	require.NoError(t, err)
	require.Len(t, ws, 2)
	require.Equal(t, "first", ws[0].ID)
	ws, err = s.Claim(ctx, store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 9})
	require.NoError(t, err)
	require.Len(t, ws, 1, "a lane handed out two pieces of work")
	require.Equal(t, "first", ws[0].ID)
}

func TestWhatChangesNoLaneDoesNotWaitForALane(t *testing.T) {
	t.Parallel()
	s, db := openPostgres(t, pgtest.New(t))
	ctx := t.Context()
	_, err := s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "held", Lane: "l"}, {Queue: "q", ID: "free"}}})
	require.NoError(t, err)
	works, err := s.Claim(ctx, store.Claim{Queue: "q", Now: time.Now(), Lease: time.Hour, Limit: 2})
	require.NoError(t, err)
	require.Len(t, works, 2)
	tx, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	_, err = s.Commit(sqlstore.WithTx(ctx, tx), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "hosts", Lane: "l"}}})
	require.NoError(t, err)

	var waiting sync.WaitGroup
	waiting.Go(func() { // its lane is the one of the host's transaction
		_, err := s.Commit(ctx, &store.Batch{Done: []store.Lease{works[0].Lease()}})
		require.NoError(t, err)
	})
	for range 20 { // all the same, these go through
		_, err = s.Commit(ctx, &store.Batch{
			Put:   []store.Record{{Kind: "k", Key: rand.Text()}},
			Start: []store.Lease{works[1].Lease()},
		})
		require.NoError(t, err)
	}
	require.NoError(t, tx.Commit())
	waiting.Wait()
}

func TestAStricterTransactionOfTheHostIsRefused(t *testing.T) {
	t.Parallel()
	s, db := openPostgres(t, pgtest.New(t))
	tx, err := db.BeginTx(t.Context(), &sql.TxOptions{Isolation: sql.LevelRepeatableRead})
	require.NoError(t, err)
	defer tx.Rollback()
	_, err = s.Commit(sqlstore.WithTx(t.Context(), tx), hostBatch("x"))
	require.ErrorContains(t, err, "READ COMMITTED")
}

// The host may have given its sessions another default than READ COMMITTED.
func TestTheStoresOwnTransactionsAreReadCommitted(t *testing.T) {
	t.Parallel()
	s, db := openPostgres(t, pgtest.New(t))
	db.SetMaxOpenConns(1)
	_, err := db.Exec(`SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE`)
	require.NoError(t, err)
	_, err = s.Commit(context.WithoutCancel(t.Context()), hostBatch("x"))
	require.NoError(t, err)
}
