package drivertest_test

import (
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/storetest"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"
)

// openSQLite opens a store on the file at path, closed with the test.
func openSQLite(tb testing.TB, path string) (*sqlstore.Store, *sql.DB) {
	tb.Helper()
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
	require.NoError(tb, err)
	s, err := sqlstore.Open(tb.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
	require.NoError(tb, err)
	tb.Cleanup(func() {
		require.NoError(tb, s.Close())
		require.NoError(tb, db.Close())
	})
	return s, db
}

func TestSQLiteKeepsTheContract(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		path := filepath.Join(t.TempDir(), "kanava.db")
		open := func() store.Store {
			s, _ := openSQLite(t, path)
			return s
		}
		return open(), open
	})
}
