package drivertest_test

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// beforeIDs takes tables back to where they were before the step in which work learned its hash.
func beforeIDs(t *testing.T, cfg sqlstore.Config) {
	t.Helper()
	beforeFiled(t, cfg)
	statements := `CREATE TABLE kanava_name (hash uuid NOT NULL PRIMARY KEY, seq bigint NOT NULL, seen bigint);
INSERT INTO kanava_name SELECT w.hash, w.seq, s.seen FROM kanava_task AS w LEFT JOIN kanava_seen AS s ON s.hash = w.hash;
INSERT INTO kanava_name SELECT s.hash, 77, s.seen FROM kanava_seen AS s WHERE NOT EXISTS (SELECT 1 FROM kanava_task AS w WHERE w.hash = s.hash);
CREATE INDEX kanava_name_seen ON kanava_name (seen) WHERE seen IS NOT NULL;
DROP TABLE kanava_seen;
DROP INDEX kanava_task_id;
ALTER TABLE kanava_task DROP COLUMN hash;
ALTER TABLE kanava_task RENAME TO kanava_work;
DELETE FROM kanava_migration WHERE name LIKE '%_ids.sql';
`
	if cfg.Dialect == sqlstore.SQLite {
		statements = strings.Replace(strings.ReplaceAll(statements, "uuid", "BLOB"), "seen bigint)", "seen bigint) WITHOUT ROWID", 1)
	}
	for _, index := range []string{"pkey", "claim", "group", "lane", "dead", "tried", "buried"} {
		if cfg.Dialect == sqlstore.PostgreSQL {
			statements += "ALTER INDEX kanava_task_" + index + " RENAME TO kanava_work_" + index + ";\n"
		} else if index != "pkey" {
			statements += "DROP INDEX kanava_task_" + index + ";\n"
		}
	}
	for statement := range strings.Lines(statements) {
		_, err := cfg.DB.Exec(statement)
		require.NoError(t, err, statement)
	}
}

// What an earlier release knew about work, in a table of its own, is known after the upgrade.
func TestWorkOfAnEarlierReleaseKeepsItsIDs(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		ctx := t.Context()
		s, err := sqlstore.Open(ctx, cfg)
		require.NoError(t, err)
		furnish(t, s)
		now := time.Now()
		_, err = s.Commit(ctx, &store.Batch{Pass: []store.Passed{{Queue: "q", ID: "passed"}}, Enqueue: []store.Work{{Queue: "hand", ID: "in hand"}}})
		require.NoError(t, err)
		inHand, err := s.Claim(ctx, store.Claim{Queue: "hand", Now: now.Add(time.Second), Lease: time.Hour, Limit: 1})
		require.NoError(t, err)
		require.Len(t, inHand, 1)
		old := contentOf(t, s)
		require.NoError(t, s.Close())
		beforeIDs(t, cfg)
		done := sqlstore.Migrations(cfg.Dialect)
		pending, err := sqlstore.Pending(ctx, cfg)
		require.NoError(t, err)
		require.Equal(t, done[len(done)-len(pending):], pending)
		require.Equal(t, "ids.sql", pending[0].Name[5:])

		s = openedStore(t, cfg)
		require.Empty(t, cmp.Diff(old, contentOf(t, s), cmpopts.EquateEmpty()))
		committed, err := s.Commit(ctx, &store.Batch{Now: now, Done: []store.Lease{inHand[0].Lease()}, Enqueue: []store.Work{
			{Queue: "q", ID: "first", Once: true}, {Queue: "q", ID: "done", Once: true}, {Queue: "q", ID: "passed", Once: true},
			{Queue: "other", ID: "later", Body: []byte(`5`)},
		}, Replay: []store.WorkKey{{Queue: "q", ID: "dead"}}, Drop: []store.WorkKey{{Queue: "q", ID: "again"}}})
		require.NoError(t, err)
		require.Zero(t, committed.Fresh, "all of it is known")
		works, err := s.Work(ctx, store.WorkQuery{Queue: "other", IDs: []string{"later"}, Limit: 9})
		require.NoError(t, err)
		require.Len(t, works, 1)
		require.Equal(t, "5", string(works[0].Body), "it was replaced")
		works, err = s.Work(ctx, store.WorkQuery{Queue: "q", IDs: []string{"again", "dead"}, Limit: 9})
		require.NoError(t, err)
		require.Len(t, works, 1)
		require.Equal(t, "dead", works[0].ID)
		_, err = s.Commit(ctx, &store.Batch{Pass: []store.Passed{{Queue: "q", ID: "dead"}}})
		require.ErrorIs(t, err, store.ErrMustQueue, "it is there, though nothing remembers it")
		committed, err = s.Commit(ctx, &store.Batch{Forget: now.Add(time.Hour)})
		require.NoError(t, err)
		require.Equal(t, 3, committed.Forgotten)
	})
}

// Work that a batch moves into a lane keeps its place, which is before what the batch adds there.
func TestWhatMovesIntoALaneIsBeforeWhatIsClaimedThere(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		ctx, s, now := t.Context(), openedStore(t, cfg), time.Now()
		_, err := s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "old", Lane: "elsewhere"}}})
		require.NoError(t, err)
		committed, err := s.Commit(ctx, &store.Batch{Now: now, Enqueue: []store.Work{
			{Queue: "q", ID: "new", Lane: "l", Hold: time.Hour}, {Queue: "q", ID: "newer", Lane: "l", Hold: time.Hour}, {Queue: "q", ID: "old", Lane: "l"},
			{Queue: "q", ID: "alone", Lane: "another", Hold: time.Hour},
		}})
		require.NoError(t, err)
		require.Equal(t, 3, committed.Fresh)
		require.Len(t, committed.Claimed, 1)
		require.Equal(t, "alone", committed.Claimed[0].ID)
		for _, want := range []string{"old", "new", "newer"} {
			works, err := s.Claim(ctx, store.Claim{Queue: "q", Now: now.Add(time.Second), Lease: time.Minute, Limit: 9})
			require.NoError(t, err)
			require.Len(t, works, 1)
			require.Equal(t, want, works[0].ID)
			_, err = s.Commit(ctx, &store.Batch{Done: []store.Lease{works[0].Lease()}})
			require.NoError(t, err)
		}
	})
}

// Whoever upgrades after a move that is to be taken back finds the old one as writable as it was.
func TestAMoveOfAnEarlierReleaseIsCancelled(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		s, err := sqlstore.Open(t.Context(), cfg)
		require.NoError(t, err)
		furnish(t, s)
		require.NoError(t, s.Close())
		beforeIDs(t, cfg)
		statements := []string{`INSERT INTO kanava_migration (step, name) VALUES (1000000000, 'to ABC')`}
		if cfg.Dialect == sqlstore.PostgreSQL {
			statements = append(statements, `CREATE FUNCTION kanava_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'moved'; END $$`,
				`CREATE TRIGGER kanava_moved BEFORE INSERT OR UPDATE OR DELETE ON kanava_work EXECUTE FUNCTION kanava_moved()`)
		} else {
			statements = append(statements, `CREATE TRIGGER kanava_moved_work_UPDATE BEFORE UPDATE ON kanava_work BEGIN SELECT RAISE(ABORT, 'moved'); END`)
		}
		for _, statement := range statements {
			_, err := cfg.DB.Exec(statement)
			require.NoError(t, err)
		}
		_, err = sqlstore.Open(t.Context(), cfg)
		require.ErrorIs(t, err, sqlstore.ErrMoved)
		require.NoError(t, sqlstore.CancelMove(t.Context(), cfg))
		s = openedStore(t, cfg)
		_, err = s.Commit(t.Context(), &store.Batch{Replay: []store.WorkKey{{Queue: "q", ID: "dead"}}})
		require.NoError(t, err)
	})
}

// Two add work with the same ID at a time, on PostgreSQL: whoever is second waits for the first and finds it there.
func TestWorkThatSomebodyElseAddsMeanwhileIsKnown(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	overSQL, db := openPostgres(t, schema)
	overPgx, pool := openPgx(t, schema, pgxstore.Config{})
	waits := func() {
		t.Helper()
		require.Eventually(t, func() bool {
			waiting := 0
			require.NoError(t, db.QueryRow(`SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
				WHERE l.locktype = 'transactionid' AND NOT l.granted AND a.application_name = $1`, schema.Name).Scan(&waiting))
			return waiting > 0
		}, patience, tick, "the server says that somebody waits")
	}
	for name, c := range map[string]struct {
		second store.Store
		within func(ctx context.Context, f func(context.Context) error) error // a transaction of the host
		want   error
	}{
		"database/sql": {overSQL, nil, nil}, "pgx": {overPgx, nil, nil},
		"in a host's transaction of database/sql": {overSQL, func(ctx context.Context, f func(context.Context) error) error {
			return sqlstore.InTx(ctx, db, func(ctx context.Context, _ *sql.Tx) error { return f(ctx) })
		}, store.ErrConflict},
		"in a host's transaction of pgx": {overPgx, func(ctx context.Context, f func(context.Context) error) error {
			return pgxstore.InTx(ctx, pool, func(ctx context.Context, _ pgx.Tx) error { return f(ctx) })
		}, store.ErrConflict},
	} {
		add := func(ctx context.Context, s store.Store, body string) error {
			_, err := s.Commit(ctx, &store.Batch{Enqueue: []store.Work{{Queue: name, ID: "same", Body: []byte(body)}}})
			return err
		}
		second := make(chan error, 1)
		require.NoError(t, sqlstore.InTx(t.Context(), db, func(ctx context.Context, _ *sql.Tx) error {
			if err := add(ctx, overSQL, "1"); err != nil {
				return err
			}
			go func() {
				if c.within == nil {
					second <- add(t.Context(), c.second, "2")
					return
				}
				second <- c.within(t.Context(), func(ctx context.Context) error {
					if err := add(ctx, c.second, "2"); !errors.Is(err, c.want) {
						return err
					}
					return add(ctx, c.second, "3") // the transaction is as good as before
				})
			}()
			waits()
			return nil
		}), name)
		require.NoError(t, <-second, name)
		works, err := overSQL.Work(t.Context(), store.WorkQuery{Queue: name, Limit: 9})
		require.NoError(t, err)
		require.Len(t, works, 1, name)
		require.Equal(t, map[bool]string{true: "2", false: "3"}[c.within == nil], string(works[0].Body), name)
	}
}
