package drivertest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/stretchr/testify/require"
)

// onEmpty runs a test on an empty database of each engine.
func onEmpty(t *testing.T, run func(t *testing.T, cfg sqlstore.Config)) {
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "kanava.db")))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		run(t, sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		db, err := pgtest.New(t).Open()
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		run(t, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	})
}

// tables counts what there is of ours.
func tables(t *testing.T, cfg sqlstore.Config) (n int) {
	query := `SELECT count(*) FROM sqlite_master WHERE name LIKE 'kanava%'`
	if cfg.Dialect == sqlstore.PostgreSQL {
		query = `SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relname LIKE 'kanava%'`
	}
	require.NoError(t, cfg.DB.QueryRow(query).Scan(&n))
	return n
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		all := sqlstore.Migrations(cfg.Dialect)
		require.NotEmpty(t, all)
		pending, err := sqlstore.Pending(t.Context(), cfg)
		require.NoError(t, err)
		require.Equal(t, all, pending)
		require.Zero(t, tables(t, cfg))
		applied, err := sqlstore.Migrate(t.Context(), cfg)
		require.NoError(t, err)
		require.Equal(t, all, applied)
		pending, err = sqlstore.Pending(t.Context(), cfg)
		require.NoError(t, err)
		require.Empty(t, pending)
		applied, err = sqlstore.Migrate(t.Context(), cfg)
		require.NoError(t, err)
		require.Empty(t, applied)
	})
}

func TestNoMigrateSaysWhatToRun(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		cfg.NoMigrate = true
		_, err := sqlstore.Open(t.Context(), cfg)
		require.ErrorIs(t, err, sqlstore.ErrOutdated)
		require.ErrorContains(t, err, "at step 0")
		require.ErrorContains(t, err, "sqlstore.Script(sqlstore."+cfg.Dialect.String()+", 0)")
		require.Zero(t, tables(t, cfg))

		all := sqlstore.Migrations(cfg.Dialect)
		rest := sqlstore.Script(cfg.Dialect, 1)
		whole := sqlstore.Script(cfg.Dialect, 0)
		first := strings.Replace(whole, rest[strings.Index(rest, "\n-- Step 2"):], "\nCOMMIT;\n", 1)
		for _, script := range []string{first, rest} {
			_, err = sqlstore.Open(t.Context(), cfg)
			require.ErrorIs(t, err, sqlstore.ErrOutdated)
			_, err = cfg.DB.Exec(script)
			require.NoError(t, err)
		}
		s, err := sqlstore.Open(t.Context(), cfg)
		require.NoError(t, err, "the SQL of Script makes tables that are up to date")
		require.NoError(t, s.Close())
		require.Empty(t, sqlstore.Script(cfg.Dialect, len(all)), "there is nothing more to do")
	})
}

func TestOneOfManyMigrates(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		var wg sync.WaitGroup
		applied := make([][]sqlstore.Migration, 6)
		errs := make([]error, len(applied))
		for i := range applied {
			wg.Go(func() { applied[i], errs[i] = sqlstore.Migrate(t.Context(), cfg) })
		}
		wg.Wait()
		var steps []sqlstore.Migration
		for i := range applied {
			require.NoError(t, errs[i])
			steps = append(steps, applied[i]...)
		}
		require.Equal(t, sqlstore.Migrations(cfg.Dialect), steps)
	})
}

// openAs opens a schema as a role that has only what the package's documentation grants.
func openAs(t *testing.T, schema pgtest.Schema, role string) *sql.DB {
	owner, err := schema.Open()
	require.NoError(t, err)
	defer owner.Close()
	for _, statement := range []string{
		"CREATE ROLE " + role,
		"GRANT USAGE ON SCHEMA " + schema.Name + " TO " + role,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema.Name + " TO " + role,
		"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA " + schema.Name + " TO " + role,
	} {
		_, err := owner.Exec(statement)
		require.NoError(t, err, statement)
	}
	t.Cleanup(func() {
		owner, err := schema.Open()
		require.NoError(t, err)
		defer owner.Close()
		for _, statement := range []string{"DROP OWNED BY " + role, "DROP ROLE " + role} {
			_, err = owner.Exec(statement)
			require.NoError(t, err)
		}
	})
	cfg, err := pgx.ParseConfig(schema.DSN)
	require.NoError(t, err)
	cfg.RuntimeParams["search_path"], cfg.RuntimeParams["role"] = schema.Name, role
	db := stdlib.OpenDB(*cfg)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	_, err = db.Exec("CREATE TABLE kanava_not_allowed (x integer)")
	require.ErrorContains(t, err, "permission denied", "the role may make tables: the test proves nothing")
	return db
}

func TestARoleThatMayOnlyChangeRowsIsEnough(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		schema := pgtest.New(t)
		owner, err := schema.Open()
		require.NoError(t, err)
		_, err = sqlstore.Migrate(t.Context(), sqlstore.Config{DB: owner, Dialect: sqlstore.PostgreSQL})
		require.NoError(t, err)
		require.NoError(t, owner.Close())
		db := openAs(t, schema, schema.Name+"_rows")
		noMigrate := true
		open := func() store.Store {
			noMigrate = !noMigrate // in either case, since the tables are up to date
			s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, NoMigrate: noMigrate, Timeout: patience})
			require.NoError(t, err)
			return s
		}
		return open(), open
	})
}

func TestARoleThatMayNotMigrateHearsWhatToRun(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	db := openAs(t, schema, schema.Name+"_none")
	_, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Timeout: patience})
	require.ErrorContains(t, err, "permission denied")
	require.ErrorContains(t, err, "run sqlstore.Migrate")
}

// The next release migrates while this one runs: processes of this release go on, and also if they
// are restarted, as long as the step only adds something.
func TestAMigrationOfTheNextReleaseWhileThisOneRuns(t *testing.T) {
	t.Parallel()
	onEmpty(t, func(t *testing.T, cfg sqlstore.Config) {
		running, err := sqlstore.Open(t.Context(), cfg)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, running.Close()) })
		write := func(s store.Store, key string) {
			t.Helper()
			_, err := s.Commit(t.Context(), &store.Batch{
				Put:     []store.Record{{Kind: "note", Key: key, Parent: "p", Body: []byte("{}")}},
				Enqueue: []store.Work{{Queue: "q", ID: key, Body: []byte("{}")}},
			})
			require.NoError(t, err)
			got, err := s.Get(t.Context(), "note", "before", key)
			require.NoError(t, err)
			require.NotEmpty(t, got)
		}
		write(running, "before")
		known := len(sqlstore.Migrations(cfg.Dialect))
		next := func(step int, name, change string) {
			t.Helper()
			_, err := cfg.DB.ExecContext(t.Context(), change)
			require.NoError(t, err)
			_, err = cfg.DB.ExecContext(t.Context(), fmt.Sprintf("INSERT INTO kanava_migration (step, name) VALUES (%d, '%s')", step, name))
			require.NoError(t, err)
		}
		next(known+1, "0091_future_adds.sql", "ALTER TABLE kanava_record ADD COLUMN future TEXT")
		next(known+2, "0092_more_adds.sql", "CREATE TABLE kanava_future (x TEXT)")
		write(running, "beside it")
		again, err := sqlstore.Open(t.Context(), cfg)
		require.NoError(t, err, "a process of this release is restarted")
		t.Cleanup(func() { require.NoError(t, again.Close()) })
		write(again, "restarted")
		applied, err := sqlstore.Migrate(t.Context(), cfg)
		require.NoError(t, err)
		require.Empty(t, applied, "it takes nothing back")

		for _, name := range []string{"0093_change.sql", "0093_xadds.sql", "0093_adds.sql.sql"} {
			next(known+3, name, "SELECT 1")
			_, err = sqlstore.Open(t.Context(), cfg)
			require.ErrorContains(t, err, fmt.Sprintf("the tables were made by a later release: they are at step %d, this one knows %d", known+3, known), name)
			_, err = cfg.DB.ExecContext(t.Context(), fmt.Sprintf("DELETE FROM kanava_migration WHERE step = %d", known+3))
			require.NoError(t, err)
		}
		write(running, "and still there")
	})
}
