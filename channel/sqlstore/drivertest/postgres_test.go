package drivertest_test

import (
	"database/sql"
	"os"
	"testing"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/sqlstore"
	"github.com/kanava-go/kanava/channel/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/storetest"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

// openPostgres opens a store on a schema, closed with the test.
func openPostgres(tb testing.TB, schema pgtest.Schema) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	db, err := schema.Open()
	require.NoError(tb, err)
	db.SetMaxIdleConns(committers + 8) // a new connection costs more than many commits
	s, err := sqlstore.Open(tb.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, s.Close())
		require.NoError(tb, db.Close())
	})
	return s, db
}

func TestPostgreSQLKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (channel.Store, func() channel.Store) {
		schema := pgtest.New(t)
		open := func() channel.Store {
			s, _ := openPostgres(t, schema)
			return s
		}
		return open(), open
	})
}
