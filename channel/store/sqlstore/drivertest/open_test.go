package drivertest_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/stretchr/testify/require"
)

func TestManyMayOpenAnEmptyDatabaseAtOnce(t *testing.T) {
	t.Parallel()
	open := func(t *testing.T, dialect sqlstore.Dialect, connect func() (*sql.DB, error)) {
		var wg sync.WaitGroup
		errs := make([]error, 8)
		for i := range errs {
			db, err := connect()
			require.NoError(t, err)
			t.Cleanup(func() { db.Close() })
			wg.Go(func() {
				s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: dialect, Timeout: patience})
				if err == nil {
					_, err = s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "k", Key: fmt.Sprint(i)}}})
				}
				errs[i] = err
			})
		}
		wg.Wait()
		for _, err := range errs {
			require.NoError(t, err)
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "kanava.db")
		open(t, sqlstore.SQLite, func() (*sql.DB, error) { return sql.Open("sqlite", sqlstore.SQLiteDSN(path)) })
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		open(t, sqlstore.PostgreSQL, pgtest.New(t).Open)
	})
}

func TestTablesOfALaterReleaseAreRefused(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, _ *sqlstore.Store, db *sql.DB) {
		_, err := db.Exec(`INSERT INTO kanava_migration (step, name) VALUES (999, 'future')`)
		require.NoError(t, err)
		for _, dialect := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
			_, err = sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: dialect, Timeout: patience})
			require.Error(t, err)
		}
	})
}

func TestAnUnusableSQLiteIsRefused(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]string{
		"in memory":                ":memory:",
		"in a folder that is gone": sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "gone", "x.db")),
		"not a database":           sqlstore.SQLiteDSN(fileWith(t, strings.Repeat("This is not a database. ", 100))),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := sql.Open("sqlite", dsn)
			require.NoError(t, err)
			defer db.Close()
			_, err = sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
			require.ErrorContains(t, err, "sqlstore: open: ")
		})
	}
}

// What a customer writes in letters that the database does not have would be refused each time it comes.
func TestADatabaseThatDoesNotHoldEveryCharacterIsRefused(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	db, err := schema.Open()
	require.NoError(t, err)
	defer db.Close()
	for _, encoding := range []string{"LATIN1", "SQL_ASCII"} {
		name := schema.Name + "_" + strings.ToLower(encoding)
		_, err = db.Exec(`CREATE DATABASE ` + name + ` ENCODING '` + encoding + `' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0`)
		require.NoError(t, err)
		t.Cleanup(func() {
			db, err := schema.Open()
			require.NoError(t, err)
			defer db.Close()
			_, err = db.Exec(`DROP DATABASE ` + name + ` WITH (FORCE)`)
			require.NoError(t, err)
		})
		cfg, err := pgx.ParseConfig(schema.DSN)
		require.NoError(t, err)
		cfg.Database = name
		other := stdlib.OpenDB(*cfg)
		_, err = sqlstore.Open(t.Context(), sqlstore.Config{DB: other, Dialect: sqlstore.PostgreSQL})
		require.ErrorContains(t, err, "sqlstore: open: the database keeps text in "+encoding)
		_, err = sqlstore.Migrate(t.Context(), sqlstore.Config{DB: other, Dialect: sqlstore.PostgreSQL})
		require.ErrorContains(t, err, "ENCODING 'UTF8'")
		require.NoError(t, other.Close())
	}
}

func fileWith(t *testing.T, text string) string {
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// A host that opens the file in its own way must not get a store that forgets.
func TestACarelessConnectionIsMadeToWaitForTheDisk(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db")+"?_pragma=synchronous(OFF)")
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
	require.NoError(t, err)
	pragma := func(name string) (value string) {
		require.NoError(t, db.QueryRow("PRAGMA "+name).Scan(&value))
		return value
	}
	_, err = db.Exec("PRAGMA synchronous = OFF")
	require.NoError(t, err)
	_, err = s.Commit(t.Context(), hostBatch("x"))
	require.NoError(t, err)
	require.Equal(t, "2", pragma("synchronous"))
	require.Equal(t, "wal", pragma("journal_mode"))
}

// Pages that change all the time must not go to the file each time SQLite's own 4 MB are full, and the
// journal must not grow for ever.
func TestTheJournalOfSQLiteMayHave16MB(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s, _ := openSQLite(t, path)
	body := []byte(`"` + strings.Repeat("x", 400_000) + `"`)
	written := 0
	write := func(megabytes int) (size int64) {
		for ; written*len(body) < megabytes<<20; written++ {
			_, err := s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "k", Key: strconv.Itoa(written), Body: body}}})
			require.NoError(t, err)
		}
		file, err := os.Stat(path)
		require.NoError(t, err)
		return file.Size()
	}
	require.Less(t, write(10), int64(4<<20), "what was written is in the journal")
	require.Greater(t, write(25), int64(12<<20), "and goes to its place in the end")
}

// Hosts of SQLite like to limit the pool to one connection.
func TestOneConnectionIsEnough(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(t.TempDir(), "x.db")))
		require.NoError(t, err)
		db.SetMaxOpenConns(1)
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
		require.NoError(t, err)
		t.Cleanup(func() { db.Close() })
		return s, func() store.Store { return s }
	})
}

func TestPathsMayHaveAnyCharacters(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a b", "a?b", "a#b", "a%20b", "ä&=+"} {
		path := filepath.Join(t.TempDir(), name)
		openSQLite(t, path)
		_, err := os.Stat(path)
		require.NoError(t, err, "the database went elsewhere")
	}
}

func TestAReadOnlyFileIsReported(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s, _ := openSQLite(t, path)
	_, err := s.Commit(t.Context(), hostBatch("kept"))
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	require.NoError(t, err)
	defer db.Close()
	s, err = sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
	require.NoError(t, err, "whoever only reads may")
	rs, err := s.Get(t.Context(), "message", "kept")
	require.NoError(t, err)
	require.Len(t, rs, 1)
	_, err = s.Commit(t.Context(), hostBatch("refused"))
	require.ErrorContains(t, err, "readonly")
	require.ErrorIs(t, err, sqlstore.ErrReadOnly)
	_, err = s.Claim(t.Context(), store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 1})
	require.ErrorContains(t, err, "readonly")
}

func TestAFullDiskLosesNothingAndTakesNobodyWithIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	s, db := openSQLite(t, path)
	db.SetMaxOpenConns(1) // pragmas are per connection
	var pages int
	require.NoError(t, db.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err := db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+200))
	require.NoError(t, err)
	big := []byte(`"` + strings.Repeat("x", 20_000) + `"`)
	acked, refused := map[string]bool{}, 0
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 12 {
				id := fmt.Sprintf("%d-%d", i, n)
				b := hostBatch(id)
				b.Put[0].Body = big
				_, err := s.Commit(t.Context(), b)
				mu.Lock()
				if err == nil {
					acked[id] = true
				} else {
					refused++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.NotZero(t, refused)
	require.NotEmpty(t, acked)
	_, err = db.Exec("PRAGMA max_page_count = 1000000")
	require.NoError(t, err)
	_, err = s.Commit(t.Context(), hostBatch("after"))
	require.NoError(t, err, "the store does not recover when there is room again")
	acked["after"] = true
	rs, err := s.List(t.Context(), store.Query{Kind: "message", Limit: 1000})
	require.NoError(t, err)
	require.Len(t, rs, len(acked))
	for _, r := range rs {
		require.True(t, acked[r.Key])
	}
	count, err := s.Get(t.Context(), "count", "replies")
	require.NoError(t, err)
	require.EqualValues(t, len(acked), count[0].N)
}

// What people wrote, and who they are, must not show in any error.
func TestErrorsHideWhatIsStored(t *testing.T) {
	t.Parallel()
	const phone, text, name = "15555550123", "my secret text", "Fictional Person"
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		ctx := t.Context()
		b := store.Batch{
			Put:     []store.Record{{Kind: "customer", Key: phone, Parent: name, Body: []byte(`{"text":"` + text + `"}`)}},
			Enqueue: []store.Work{{Queue: "in", ID: "wamid." + phone, Lane: phone, Body: []byte(`"` + text + `"`)}},
		}
		_, err := s.Commit(ctx, &b)
		require.NoError(t, err)
		var errs []error
		check := func(err error) {
			require.Error(t, err)
			errs = append(errs, err)
		}
		_, err = s.Commit(ctx, &b)
		check(err)
		_, err = s.Commit(ctx, &store.Batch{Done: []store.Lease{{Queue: "in", ID: "wamid." + phone, Token: phone}}})
		check(err)
		bad := b
		bad.Put = []store.Record{{Kind: "customer", Key: phone + "\xff", Parent: name}}
		_, err = s.Commit(ctx, &bad)
		check(err)
		gone, cancel := context.WithCancel(ctx)
		cancel()
		_, err = s.Get(gone, "customer", phone)
		check(err)
		_, err = db.Exec(`ALTER TABLE kanava_record RENAME TO kanava_gone`)
		require.NoError(t, err)
		_, err = s.Commit(ctx, &b)
		check(err)
		_, err = s.Get(ctx, "customer", phone)
		check(err)
		for _, err := range errs {
			for _, secret := range []string{phone, text, name} {
				require.NotContains(t, fmt.Sprintf("%v %+v %#v", err, err, err), secret)
			}
		}
	})
}
