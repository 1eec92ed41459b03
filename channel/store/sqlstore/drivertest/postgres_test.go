package drivertest_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// openPostgres opens a store on a schema, closed with the test.
func openPostgres(tb testing.TB, schema pgtest.Schema) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	return openPostgresAs(tb, schema, sqlstore.Config{})
}

// openPostgresAs does so with more to the configuration.
func openPostgresAs(tb testing.TB, schema pgtest.Schema, cfg sqlstore.Config) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	db, err := schema.Open()
	require.NoError(tb, err)
	return openPostgresOn(tb, db, cfg)
}

// openPQ opens a store on a schema with the driver lib/pq, closed with the test.
func openPQ(tb testing.TB, schema pgtest.Schema) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	db, err := schema.OpenPQ()
	require.NoError(tb, err)
	return openPostgresOn(tb, db, sqlstore.Config{})
}

func openPostgresOn(tb testing.TB, db *sql.DB, cfg sqlstore.Config) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	cfg.DB, cfg.Dialect, cfg.Timeout = db, sqlstore.PostgreSQL, patience
	db.SetMaxIdleConns(committers + 8) // a new connection costs more than many commits
	s, err := sqlstore.Open(tb.Context(), cfg)
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, s.Close())
		require.NoError(tb, db.Close())
	})
	return s, db
}

func TestPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	for whose, callers := range map[string]bool{"leases by the server's clock": false, "leases by the caller's clock": true} {
		t.Run(whose, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
				schema := pgtest.New(t)
				open := func() store.Store {
					s, _ := openPostgresAs(t, schema, sqlstore.Config{CallersClock: callers})
					return s
				}
				return open(), open
			})
		})
	}
}

func TestPostgreSQLKeepsTheContractWithAnotherDriver(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		schema := pgtest.New(t)
		open := func() store.Store {
			s, _ := openPQ(t, schema)
			return s
		}
		return open(), open
	})
}
