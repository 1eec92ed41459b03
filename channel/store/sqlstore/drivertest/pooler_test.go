package drivertest_test

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"
)

// waysToAServer are the drivers as they have to be told that a pooler passes on each transaction by itself.
var waysToAServer = map[string]func(t *testing.T, schema pgtest.Schema) store.Store{
	"pgx by database/sql": func(t *testing.T, schema pgtest.Schema) store.Store {
		s, _ := openPostgres(t, schema.With("default_query_exec_mode=exec"))
		return s
	},
	"lib/pq": func(t *testing.T, schema pgtest.Schema) store.Store {
		s, _ := openPQ(t, schema.With("binary_parameters=yes"))
		return s
	},
	"pgx": func(t *testing.T, schema pgtest.Schema) store.Store {
		s, _ := openPgx(t, schema.With("default_query_exec_mode=exec"), pgxstore.Config{})
		return s
	},
}

func TestPostgreSQLBehindAPoolerKeepsTheContract(t *testing.T) {
	t.Parallel()
	for name, open := range waysToAServer {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
				schema := pgtest.New(t).Pooled(t, "transaction")
				return open(t, schema), func() store.Store { return open(t, schema) }
			})
		})
	}
	t.Run("in session mode, told nothing", func(t *testing.T) {
		t.Parallel()
		storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
			schema := pgtest.New(t).Pooled(t, "session")
			s, _ := openPgx(t, schema, pgxstore.Config{})
			return s, func() store.Store {
				other, _ := openPostgres(t, schema)
				return other
			}
		})
	})
}

// A statement that one connection has prepared is not there for the next, or is another: lib/pq would run it all the
// same if the number of parameters is right.
func TestADriverThatPreparesIsRefusedBehindAPooler(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t).Pooled(t, "transaction")
	refused := func(err error) {
		t.Helper()
		require.ErrorIs(t, err, sqlstore.ErrPooler)
		require.ErrorContains(t, err, "default_query_exec_mode=exec")
	}
	onDB := func(open func() (*sql.DB, error)) {
		db, err := open()
		require.NoError(t, err)
		defer db.Close()
		cfg := sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL}
		_, err = sqlstore.Open(t.Context(), cfg)
		refused(err)
		_, err = sqlstore.Migrate(t.Context(), cfg)
		refused(err)
		_, err = sqlstore.Pending(t.Context(), cfg)
		refused(err)
	}
	onDB(schema.Open)
	onDB(schema.OpenPQ)
	onDB(schema.With("default_query_exec_mode=describe_exec").Open)
	pool, err := schema.Pool(t.Context())
	require.NoError(t, err)
	defer pool.Close()
	_, err = pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool})
	refused(err)
}

// Where Open has seen nothing of the pooler, calls say it.
func TestACallThatAPoolerBreaksSaysSo(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t).Pooled(t, "transaction")
	db, err := schema.Open()
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(1) // there are no two connections to compare
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	require.NoError(t, err)
	_, err = s.Backlog(t.Context(), time.Now())
	require.NoError(t, err)
	db.SetMaxOpenConns(9)
	held, err := db.Conn(t.Context())
	require.NoError(t, err)
	defer held.Close()
	_, err = s.Backlog(t.Context(), time.Now())
	require.ErrorIs(t, err, sqlstore.ErrPooler)
	var state interface{ SQLState() string }
	require.ErrorAs(t, err, &state, "the log names the code")
}
