package drivertest_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// moves runs a test for so many ways between engines and drivers, on two empty databases.
func moves(t *testing.T, most int, run func(t *testing.T, from, to sqlstore.Config)) {
	sqlite := func(t *testing.T) (sqlstore.Config, error) {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "kanava.db"))+"&_pragma=busy_timeout(50)")
		return sqlstore.Config{DB: db, Dialect: sqlstore.SQLite}, err
	}
	pgx := func(t *testing.T) (sqlstore.Config, error) {
		db, err := pgtest.New(t).Open()
		return sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL}, err
	}
	pq := func(t *testing.T) (sqlstore.Config, error) {
		db, err := pgtest.New(t).OpenPQ()
		return sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL}, err
	}
	for _, way := range []struct {
		name     string
		from, to func(*testing.T) (sqlstore.Config, error)
	}{
		{"from SQLite to PostgreSQL", sqlite, pgx}, {"from PostgreSQL to SQLite", pgx, sqlite}, {"from SQLite to PostgreSQL by lib/pq", sqlite, pq},
		{"from SQLite to SQLite", sqlite, sqlite}, {"from PostgreSQL by lib/pq to PostgreSQL", pq, pgx},
	}[:most] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			from, err := way.from(t)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, from.DB.Close()) })
			to, err := way.to(t)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, to.DB.Close()) })
			run(t, from, to)
		})
	}
}

func openedStore(t *testing.T, cfg sqlstore.Config) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// furnish puts something of everything into a store, in several pages.
func furnish(t *testing.T, s *sqlstore.Store) {
	t.Helper()
	now := time.Now()
	commit := func(b store.Batch) {
		t.Helper()
		b.Now = now
		_, err := s.Commit(t.Context(), &b)
		require.NoError(t, err)
	}
	var many store.Batch
	for i := range 600 {
		key := fmt.Sprintf("m%04d", i)
		many.Put = append(many.Put, store.Record{Kind: "message", Key: key, Parent: fmt.Sprint("c", i%7), Sort: int64(i), Body: fmt.Appendf(nil, `{"n":%d}`, i)})
		many.Index = append(many.Index, store.Entry{Kind: "message", Key: key, Group: fmt.Sprint("g", i%2), Text: fmt.Sprint("Grüße aus dem ", i, ". Stock 東京タワー")})
	}
	commit(many)
	commit(store.Batch{
		Put: []store.Record{{Kind: "odd", Key: "ÿ|☃|'\"\\", Parent: "P", Sort: -5, Body: []byte(`{"a":"\u0000 \ud800 é"}`)}, {Kind: "odd", Key: "nothing"}, {Kind: "odd", Key: "moved entry"}},
		Add: []store.Record{{Kind: "total", Key: "t", N: 41, Parent: "p", Sort: 9}},
		Index: []store.Entry{
			{Kind: "odd", Key: "moved entry", Group: "g1", Text: "gone soon"}, {Kind: "message", Key: "m0003", Group: "g1", Text: "newest of all"},
		},
		Enqueue: []store.Work{
			{Queue: "q", ID: "first", Lane: "l", Group: "g0", Body: []byte(`1`), Once: true}, {Queue: "q", ID: "second", Lane: "l", Group: "g0", Body: []byte(`2`)},
			{Queue: "q", ID: "dead", Body: []byte(`3`)}, {Queue: "q", ID: "again", Group: "g1"}, {Queue: "q", ID: "done", Once: true},
			{Queue: "other", ID: "later", Due: now.Add(time.Hour), Body: []byte(`{"é":1}`)}, {Queue: "other", ID: "leased", Body: []byte(`4`)},
		},
		Tell: []store.Change{{Kind: "odd", Key: "nothing", Group: "g1"}},
	})
	commit(store.Batch{Add: []store.Record{{Kind: "total", Key: "t", N: 1}}, Index: []store.Entry{{Kind: "odd", Key: "moved entry", Group: "g1", Text: "another text"}}})
	claim := func(queue string, limit int) map[string]store.Lease {
		t.Helper()
		works, err := s.Claim(t.Context(), store.Claim{Queue: queue, Now: now.Add(time.Second), Lease: time.Hour, Limit: limit, Owner: "me"})
		require.NoError(t, err)
		leases := map[string]store.Lease{}
		for i := range works {
			leases[works[i].ID] = works[i].Lease()
		}
		return leases
	}
	leases := claim("q", 9)
	require.Len(t, leases, 4)
	commit(store.Batch{
		Start: []store.Lease{leases["first"]}, Done: []store.Lease{leases["done"]},
		Bury:  []store.Buried{{Lease: leases["dead"], Reason: "nobody wants it"}},
		Later: []store.Postponed{{Lease: leases["again"], Due: now.Add(-time.Minute), Reason: "not now"}},
	})
	require.Len(t, claim("other", 9), 1)
}

// content is all that a store tells of what is in it.
type content struct {
	Records []store.Record
	Work    []store.Work
	Backlog []store.Backlog
	Hits    map[string][]store.Hit
}

func contentOf(t *testing.T, s *sqlstore.Store) (all content) {
	t.Helper()
	ctx := t.Context()
	for _, kind := range []string{"message", "odd", "total"} {
		records, err := s.List(ctx, store.Query{Kind: kind, Limit: 5000})
		require.NoError(t, err)
		all.Records = append(all.Records, records...)
	}
	for _, queue := range []string{"q", "other"} {
		for _, dead := range []bool{false, true} {
			works, err := s.Work(ctx, store.WorkQuery{Queue: queue, Dead: dead, Limit: 100})
			require.NoError(t, err)
			all.Work = append(all.Work, works...)
			works, err = s.Work(ctx, store.WorkQuery{Queue: queue, IDs: []string{"first", "dead", "leased"}, Dead: dead, Limit: 100})
			require.NoError(t, err)
			all.Work = append(all.Work, works...)
		}
	}
	var err error
	all.Backlog, err = s.Backlog(ctx, time.Now().Add(time.Minute))
	require.NoError(t, err)
	all.Hits = map[string][]store.Hit{}
	for _, q := range []store.SearchQuery{
		{Kind: "message", Text: "grüsse 599"}, {Kind: "message", Text: "京タ", Groups: []string{"g1"}}, {Kind: "message", Text: "newest"}, {Kind: "odd", Text: "gone"}, {Kind: "odd", Text: "anot"},
	} {
		q.Limit = 30
		all.Hits[q.Kind+q.Text], err = s.Search(ctx, q)
		require.NoError(t, err)
	}
	require.NotEmpty(t, all.Hits["message京タ"])
	return all
}

func TestAStoreThatMovedIsTheSameStore(t *testing.T) {
	t.Parallel()
	moves(t, 5, func(t *testing.T, from, to sqlstore.Config) {
		ctx := t.Context()
		source := openedStore(t, from)
		furnish(t, source)
		old, before := contentOf(t, source), cursorOf(t, source)
		mark, err := source.Mark(ctx)
		require.NoError(t, err)
		heard := 0
		moved, err := sqlstore.Move(ctx, from, to, func(sqlstore.Moved) { heard++ })
		require.NoError(t, err)
		require.Equal(t, sqlstore.Moved{Records: 604, Work: 6, Names: 2, Entries: 601}, moved)
		require.Greater(t, heard, 5, "it is told of pages")

		to.Mark = mark
		target := openedStore(t, to)
		require.Empty(t, cmp.Diff(old, contentOf(t, target), cmpopts.EquateEmpty()))
		_, err = sqlstore.Open(ctx, from)
		require.ErrorIs(t, err, sqlstore.ErrMoved, "the source is not used by mistake")
		_, err = sqlstore.Migrate(ctx, from)
		require.ErrorIs(t, err, sqlstore.ErrMoved)

		_, _, err = target.Follow(ctx, before, 10)
		require.ErrorIs(t, err, store.ErrForgotten, "followers start afresh")
		now := time.Now()
		works, err := target.Claim(ctx, store.Claim{Queue: "q", Now: now, Lease: time.Hour, Limit: 9})
		require.NoError(t, err)
		require.Len(t, works, 2, "nobody holds a lease any more; what waits in a lane waits")
		require.Equal(t, "first", works[0].ID)
		require.True(t, works[0].Started, "its effect may have happened")
		committed, err := target.Commit(ctx, &store.Batch{Now: now, Tell: []store.Change{{Kind: "new", Key: "k"}}, Done: []store.Lease{works[0].Lease()}, Enqueue: []store.Work{
			{Queue: "q", ID: "first", Once: true}, {Queue: "q", ID: "done", Once: true}, {Queue: "q", ID: "third", Lane: "l"},
		}, Index: []store.Entry{{Kind: "message", Key: "m0001", Text: "newest of all"}}})
		require.NoError(t, err)
		require.Equal(t, 1, committed.Fresh, "what was seen before is known")
		works, err = target.Claim(ctx, store.Claim{Queue: "q", Now: now, Lease: time.Hour, Limit: 9})
		require.NoError(t, err)
		require.Len(t, works, 1)
		require.Equal(t, "second", works[0].ID, "the lane goes on in its order")
		hits, err := target.Search(ctx, store.SearchQuery{Kind: "message", Text: "newest", Limit: 9})
		require.NoError(t, err)
		require.Equal(t, []string{"m0001", "m0003"}, []string{hits[0].Key, hits[1].Key})
		_, _, err = target.Follow(ctx, "", 10)
		require.NoError(t, err)

		_, err = sqlstore.Move(ctx, from, to, nil)
		require.ErrorContains(t, err, "it holds a store, and the source was moved before")
		require.NoError(t, sqlstore.CancelMove(ctx, from))
		require.Empty(t, cmp.Diff(old, contentOf(t, openedStore(t, from)), cmpopts.EquateEmpty()), "the source stays as it was")
		_, err = sqlstore.Move(ctx, from, to, nil)
		require.ErrorContains(t, err, "it holds a store already")
	})
}

func cursorOf(t *testing.T, s *sqlstore.Store) string {
	t.Helper()
	cursor, err := s.Latest(t.Context())
	require.NoError(t, err)
	return cursor
}

func TestAMoveThatWasInterruptedGoesOn(t *testing.T) {
	t.Parallel()
	moves(t, 2, func(t *testing.T, from, to sqlstore.Config) {
		source := openedStore(t, from)
		furnish(t, source)
		old := contentOf(t, source)
		for after := 1; ; after++ {
			ctx, cancel := context.WithCancel(t.Context())
			pages := 0
			moved, err := sqlstore.Move(ctx, from, to, func(sqlstore.Moved) {
				if pages++; pages == after {
					cancel()
				}
			})
			cancel()
			if err == nil {
				require.Greater(t, after, 2)
				require.EqualValues(t, 604, moved.Records)
				break
			}
			require.ErrorIs(t, err, context.Canceled)
			for _, cfg := range []sqlstore.Config{from, to} {
				_, err = sqlstore.Open(t.Context(), cfg)
				require.ErrorIs(t, err, sqlstore.ErrMoved)
			}
			require.ErrorContains(t, sqlstore.CancelMove(t.Context(), to), "holds a part only")
			_, err = sqlstore.Move(t.Context(), to, from, nil)
			require.ErrorIs(t, err, sqlstore.ErrMoved, "half a store is not moved back over the whole one")
		}
		require.Empty(t, cmp.Diff(old, contentOf(t, openedStore(t, to)), cmpopts.EquateEmpty()))
	})
}

func TestWhatIsNotMoved(t *testing.T) {
	t.Parallel()
	moves(t, 2, func(t *testing.T, from, to sqlstore.Config) {
		ctx := t.Context()
		_, err := sqlstore.Move(ctx, from, to, nil)
		require.ErrorIs(t, err, sqlstore.ErrOutdated, "there are no tables")
		source := openedStore(t, from)
		furnish(t, source)

		tx, err := from.DB.BeginTx(ctx, nil)
		require.NoError(t, err)
		_, err = tx.ExecContext(ctx, `UPDATE kanava_record SET n = n WHERE kind = 'odd'`)
		require.NoError(t, err)
		if from.Dialect == sqlstore.SQLite { // PostgreSQL waits for five seconds
			_, err = sqlstore.Move(ctx, from, to, nil)
			require.ErrorContains(t, err, "somebody is writing to it, stop every process first")
		}
		require.NoError(t, tx.Rollback())
		require.NotEmpty(t, contentOf(t, openedStore(t, from)), "it can be opened as before")

		ctx, cancel := context.WithCancel(t.Context())
		_, err = sqlstore.Move(ctx, from, to, func(sqlstore.Moved) { cancel() })
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, sqlstore.CancelMove(t.Context(), from))
		_, err = openedStore(t, from).Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "odd", Key: "a"}}})
		require.NoError(t, err)
		_, err = sqlstore.Move(t.Context(), from, to, nil)
		require.ErrorIs(t, err, sqlstore.ErrMoved)
		require.ErrorContains(t, err, "not this one, or has been used since")
	})
}

func TestADatabaseIsNotMovedIntoItself(t *testing.T) {
	t.Parallel()
	file := sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "kanava.db"))
	schema := pgtest.New(t)
	for dialect, open := range map[sqlstore.Dialect]func() (*sql.DB, error){
		sqlstore.SQLite: func() (*sql.DB, error) { return sql.Open("sqlite", file) }, sqlstore.PostgreSQL: schema.Open,
	} {
		var pools []sqlstore.Config
		for range 2 {
			db, err := open()
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			pools = append(pools, sqlstore.Config{DB: db, Dialect: dialect})
		}
		openedStore(t, pools[0])
		for range 2 { // the second time tells that the first one left no mark
			_, err := sqlstore.Move(t.Context(), pools[0], pools[1], nil)
			require.ErrorContains(t, err, "one database")
		}
		pools[0].DB.SetMaxOpenConns(1)
		_, err := sqlstore.Move(t.Context(), pools[0], pools[0], nil)
		require.ErrorContains(t, err, "one database")
		openedStore(t, pools[1])
	}
}

// A process that nobody stopped has the source open already.
func TestAProcessThatWasForgottenWritesNothingMoreToASourceThatMoved(t *testing.T) {
	t.Parallel()
	moves(t, 2, func(t *testing.T, from, to sqlstore.Config) {
		source := openedStore(t, from)
		furnish(t, source)
		old := contentOf(t, source)
		now := time.Now()
		_, err := sqlstore.Move(t.Context(), from, to, nil)
		require.NoError(t, err)
		for what, b := range map[string]store.Batch{
			"takes in": {Enqueue: []store.Work{{Queue: "q", ID: "new"}}}, "counts": {Add: []store.Record{{Kind: "total", Key: "t", N: 1}}},
			"changes": {Put: []store.Record{{Kind: "odd", Key: "nothing", Version: 1}}}, "deletes": {Delete: []store.RecordKey{{Kind: "odd", Key: "nothing"}}},
		} {
			_, err = source.Commit(t.Context(), &b)
			require.ErrorIs(t, err, sqlstore.ErrMoved, what)
		}
		works, err := source.Claim(t.Context(), store.Claim{Queue: "q", Now: now.Add(2 * time.Hour), Lease: time.Hour, Limit: 9})
		if from.Dialect == sqlstore.SQLite { // the leases of PostgreSQL go by its own clock, and none is free
			require.ErrorIs(t, err, sqlstore.ErrMoved)
		}
		require.Empty(t, works, "what the target sends is sent by the source as well")
		tx, err := from.DB.BeginTx(t.Context(), nil)
		require.NoError(t, err)
		_, err = source.Commit(sqlstore.WithTx(t.Context(), tx), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "new"}}})
		require.ErrorIs(t, err, sqlstore.ErrMoved, "in the host's transaction")
		require.NoError(t, tx.Rollback())
		require.Empty(t, cmp.Diff(old.Records, contentOf(t, source).Records, cmpopts.EquateEmpty()))

		require.NoError(t, sqlstore.CancelMove(t.Context(), from))
		_, err = source.Commit(t.Context(), &store.Batch{Add: []store.Record{{Kind: "total", Key: "t", N: 1}}, Enqueue: []store.Work{{Queue: "q", ID: "new"}}})
		require.NoError(t, err, "CancelMove lets it be used again")
	})
}

// A target that belongs to somebody else, or holds a store of an earlier release, is refused as it is.
func TestATargetThatIsRefusedIsLeftAsItWas(t *testing.T) {
	t.Parallel()
	open := func(name string) sqlstore.Config {
		db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), name)) // not yet in WAL mode
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		return sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, InsecureReadableFiles: true}
	}
	looks := func(cfg sqlstore.Config) (all string) {
		var mode string
		require.NoError(t, cfg.DB.QueryRow(`PRAGMA journal_mode`).Scan(&mode))
		require.NoError(t, cfg.DB.QueryRow(`SELECT COALESCE(group_concat(sql), '') FROM sqlite_master`).Scan(&all))
		return mode + all
	}
	earlier := open("earlier.db")
	for _, statement := range append(strings.Split(sqlstore.Migrations(sqlstore.SQLite)[0].SQL, ";\n"),
		`CREATE TABLE kanava_migration (step INTEGER PRIMARY KEY, name TEXT NOT NULL)`, `INSERT INTO kanava_migration VALUES (1, '0001_start.sql')`,
		`INSERT INTO kanava_name VALUES (x'00', 1, 1)`) {
		_, err := earlier.DB.Exec(statement)
		require.NoError(t, err)
	}
	before := looks(earlier)
	source := open("source.db")
	openedStore(t, source)
	_, err := sqlstore.Move(t.Context(), source, earlier, nil)
	require.ErrorContains(t, err, "it holds a store already")
	require.Equal(t, before, looks(earlier))

	empty := open("empty.db")
	_, err = sqlstore.Move(t.Context(), open("no source.db"), empty, nil)
	require.ErrorIs(t, err, sqlstore.ErrOutdated)
	require.Equal(t, "delete", looks(empty), "nothing is made for a source that is none")
}

func TestASourceThatSomebodyWroteToWhileItMovedIsNotTakenForTheSame(t *testing.T) {
	t.Parallel()
	moves(t, 2, func(t *testing.T, from, to sqlstore.Config) {
		source := openedStore(t, from) // a process that was not stopped, and is opened already
		furnish(t, source)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := sqlstore.Move(ctx, from, to, func(sqlstore.Moved) { cancel() })
		require.ErrorIs(t, err, context.Canceled)
		unbar := "DROP TRIGGER kanava_moved_record_UPDATE" // somebody wants it badly
		if from.Dialect == sqlstore.PostgreSQL {
			unbar = "DROP TRIGGER kanava_moved ON kanava_record"
		}
		for _, statement := range []string{unbar, "UPDATE kanava_record SET n = n + 1 WHERE key = 'm0001'"} {
			_, err = from.DB.Exec(statement)
			require.NoError(t, err)
		}
		_, err = sqlstore.Move(t.Context(), from, to, nil)
		require.ErrorContains(t, err, "the source was used while it moved")
		_, err = sqlstore.Open(t.Context(), to)
		require.ErrorIs(t, err, sqlstore.ErrMoved)
	})
}
