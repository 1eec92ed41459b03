package drivertest_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/sqlstore"
	"github.com/kanava-go/kanava/channel/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// Drivers keep the plan of a statement for the life of a connection. One that was made
// while the tables were empty must not read them whole when they are full.
func TestPlansMadeOnEmptyTablesStayGood(t *testing.T) {
	t.Parallel()
	s, db := openPostgres(t, pgtest.New(t))
	db.SetMaxOpenConns(1)
	for _, table := range []string{"kanava_record", "kanava_work", "kanava_name"} {
		_, err := db.Exec("ALTER TABLE " + table + " SET (autovacuum_enabled = off)") // it would make new plans
		require.NoError(t, err)
	}
	for i := range 8 { // the server settles for a plan at the sixth time
		everyStatement(t, s, fmt.Sprint("early", i))
	}
	const total = 8_000
	for from := 0; from < total; from += 2000 {
		var b channel.Batch
		for i := from; i < from+2000; i++ {
			id := fmt.Sprint(i)
			b.Put = append(b.Put, channel.Record{Kind: "k", Key: id, Parent: "p"})
			b.Enqueue = append(b.Enqueue, channel.Work{Queue: "q", ID: id, Lane: id, Group: "g", Due: time.Now().Add(time.Hour)})
		}
		_, err := s.Commit(t.Context(), &b)
		require.NoError(t, err)
	}
	before := rowsReadInOrder(t, db)
	everyStatement(t, s, "late")
	require.Less(t, rowsReadInOrder(t, db)-before, int64(total/2), "a table was read from its beginning to its end")
}

// everyStatement makes the store use what it uses all day long.
func everyStatement(t *testing.T, s *sqlstore.Store, id string) {
	t.Helper()
	ctx := t.Context()
	commit := func(b channel.Batch) {
		t.Helper()
		_, err := s.Commit(ctx, &b)
		require.NoError(t, err)
	}
	claim := func(groups ...string) channel.Lease {
		t.Helper()
		ws, err := s.Claim(ctx, channel.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: 1, Groups: groups})
		require.NoError(t, err)
		require.Len(t, ws, 1)
		return ws[0].Lease()
	}
	work := channel.Work{Queue: "q", ID: id, Lane: id, Group: "g"}
	commit(channel.Batch{Put: []channel.Record{{Kind: "k", Key: id, Parent: "p"}}, Enqueue: []channel.Work{work}})
	_, err := s.Get(ctx, "k", id)
	require.NoError(t, err)
	_, err = s.List(ctx, channel.Query{Kind: "k", Parent: "p", Limit: 1, Descending: true})
	require.NoError(t, err)
	commit(channel.Batch{Put: []channel.Record{{Kind: "k", Key: id, Parent: "p", Version: 1}}, Add: []channel.Record{{Kind: "n", Key: "n", N: 1}}})
	commit(channel.Batch{Enqueue: []channel.Work{work}}) // replaces it
	l := claim()
	commit(channel.Batch{Start: []channel.Lease{l}})
	commit(channel.Batch{Later: []channel.Postponed{{Lease: l}}})
	commit(channel.Batch{Bury: []channel.Buried{{Lease: claim("g")}}})
	commit(channel.Batch{Replay: []channel.WorkKey{{Queue: "q", ID: id}}})
	_, err = s.Work(ctx, channel.WorkQuery{Queue: "q", IDs: []string{id}, Limit: 1})
	require.NoError(t, err)
	_, err = s.Work(ctx, channel.WorkQuery{Queue: "q", Lane: id, Limit: 1})
	require.NoError(t, err)
	commit(channel.Batch{Done: []channel.Lease{claim()}})
	work.Once = true
	commit(channel.Batch{Enqueue: []channel.Work{work}})
	commit(channel.Batch{Enqueue: []channel.Work{work}}) // is ignored
	commit(channel.Batch{Drop: []channel.WorkKey{{Queue: "q", ID: id}}, Delete: []channel.RecordKey{{Kind: "k", Key: id}}})
	commit(channel.Batch{Forget: time.Now().Add(-time.Hour)})
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
		WHERE schemaname = current_schema() AND relname IN ('kanava_record', 'kanava_work', 'kanava_name')`).Scan(&n))
	return n
}
