package drivertest_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// Drivers keep the plan of a statement for the life of a connection. One that was made
// while the tables were empty must not read them whole when they are full.
func TestPlansMadeOnEmptyTablesStayGood(t *testing.T) {
	t.Parallel()
	t.Run("database/sql", func(t *testing.T) {
		t.Parallel()
		s, db := openPostgres(t, pgtest.New(t))
		db.SetMaxOpenConns(1)
		plansStayGood(t, s, db)
	})
	t.Run("pgx", func(t *testing.T) {
		t.Parallel()
		schema := pgtest.New(t)
		wide, err := schema.Pool(t.Context())
		require.NoError(t, err)
		defer wide.Close()
		cfg := wide.Config()
		cfg.MaxConns = 1
		pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
		require.NoError(t, err)
		defer pool.Close()
		s, err := pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool, Timeout: patience})
		require.NoError(t, err)
		defer s.Close()
		db := stdlib.OpenDBFromPool(pool) // statistics are told once their connection is idle
		defer db.Close()
		plansStayGood(t, s, db)
	})
}

func plansStayGood(t *testing.T, s store.Store, db *sql.DB) {
	for _, table := range []string{"kanava_record", "kanava_task", "kanava_seen"} {
		_, err := db.Exec("ALTER TABLE " + table + " SET (autovacuum_enabled = off)") // it would make new plans
		require.NoError(t, err)
	}
	for i := range 8 { // the server settles for a plan at the sixth time
		everyStatement(t, s, fmt.Sprint("early", i))
	}
	const total = 8_000
	for from := 0; from < total; from += 2000 {
		var b store.Batch
		for i := from; i < from+2000; i++ {
			id := fmt.Sprint(i)
			b.Put = append(b.Put, store.Record{Kind: "k", Key: id, Parent: "p"})
			b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: id, Lane: id, Group: "g", Due: time.Now().Add(time.Hour), Once: true})
		}
		_, err := s.Commit(t.Context(), &b)
		require.NoError(t, err)
	}
	before := rowsReadInOrder(t, db)
	everyStatement(t, s, "late")
	require.Less(t, rowsReadInOrder(t, db)-before, int64(total/2), "a table was read from its beginning to its end")
}

// everyStatement makes the store use what it uses all day long.
func everyStatement(t *testing.T, s store.Store, id string) {
	t.Helper()
	ctx := t.Context()
	commit := func(b store.Batch) {
		t.Helper()
		_, err := s.Commit(ctx, &b)
		require.NoError(t, err)
	}
	claim := func(groups ...string) store.Lease {
		t.Helper()
		ws, err := s.Claim(ctx, store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: 1, Groups: groups})
		require.NoError(t, err)
		require.Len(t, ws, 1)
		return ws[0].Lease()
	}
	work := store.Work{Queue: "q", ID: id, Lane: id, Group: "g"}
	commit(store.Batch{Put: []store.Record{{Kind: "k", Key: id, Parent: "p"}}, Enqueue: []store.Work{work}})
	_, err := s.Get(ctx, "k", id)
	require.NoError(t, err)
	_, err = s.List(ctx, store.Query{Kind: "k", Parent: "p", Limit: 1, Descending: true})
	require.NoError(t, err)
	commit(store.Batch{Put: []store.Record{{Kind: "k", Key: id, Parent: "p", Version: 1}}, Add: []store.Record{{Kind: "n", Key: "n", N: 1}}})
	commit(store.Batch{Enqueue: []store.Work{work}}) // replaces it
	l := claim()
	commit(store.Batch{Start: []store.Lease{l}})
	commit(store.Batch{Later: []store.Postponed{{Lease: l}}})
	commit(store.Batch{Bury: []store.Buried{{Lease: claim("g")}}})
	commit(store.Batch{Replay: []store.WorkKey{{Queue: "q", ID: id}}})
	_, err = s.Work(ctx, store.WorkQuery{Queue: "q", IDs: []string{id}, Limit: 1})
	require.NoError(t, err)
	_, err = s.Work(ctx, store.WorkQuery{Queue: "q", Lane: id, Limit: 1})
	require.NoError(t, err)
	commit(store.Batch{Done: []store.Lease{claim()}})
	work.Once = true
	commit(store.Batch{Enqueue: []store.Work{work}})
	commit(store.Batch{Enqueue: []store.Work{work}}) // is ignored
	commit(store.Batch{Pass: []store.Passed{{Queue: "q", ID: id + " passed", Lane: id + " passed"}}})
	commit(store.Batch{Drop: []store.WorkKey{{Queue: "q", ID: id}}, Delete: []store.RecordKey{{Kind: "k", Key: id}}})
	commit(store.Batch{Forget: time.Now().Add(-time.Hour)})
}

// rowsReadInOrder counts the rows that were read without the help of an index.
func rowsReadInOrder(t *testing.T, db *sql.DB) (n int64) {
	t.Helper()
	if _, err := db.Exec("SELECT pg_stat_force_next_flush()"); err != nil { // new in PostgreSQL 15
		_, err = db.Exec("SELECT pg_sleep(1.1)")
		require.NoError(t, err)
	}
	_, err := db.Exec("SELECT 1")
	require.NoError(t, err)
	require.NoError(t, db.QueryRow(`SELECT sum(seq_tup_read) FROM pg_stat_user_tables
		WHERE schemaname = current_schema() AND relname IN ('kanava_record', 'kanava_task', 'kanava_seen')`).Scan(&n))
	return n
}
