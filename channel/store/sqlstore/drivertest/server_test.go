package drivertest_test

import (
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// byEachDriver opens a store on a schema by database/sql with pgx, with lib/pq, and by pgx alone.
var byEachDriver = map[string]func(t *testing.T, schema pgtest.Schema) (store.Store, error){
	"pgx by database/sql": func(t *testing.T, schema pgtest.Schema) (store.Store, error) { return openBy(t, schema.Open) },
	"lib/pq":              func(t *testing.T, schema pgtest.Schema) (store.Store, error) { return openBy(t, schema.OpenPQ) },
	"pgx": func(t *testing.T, schema pgtest.Schema) (store.Store, error) {
		pool, err := schema.Pool(t.Context())
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		return pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool, Timeout: patience})
	},
}

func openBy(t *testing.T, connect func() (*sql.DB, error)) (store.Store, error) {
	t.Helper()
	db, err := connect()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Timeout: patience})
}

// A standby that was given by mistake, say: reports may be read from it.
func TestAServerThatTakesNoChangesSaysSo(t *testing.T) {
	t.Parallel()
	for name, open := range byEachDriver {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := pgtest.New(t)
			_, err := open(t, schema.With("default_transaction_read_only=on"))
			require.ErrorIs(t, err, sqlstore.ErrReadOnly)
			require.NotContains(t, err.Error(), "role", "rights are not what is missing")
			s, err := open(t, schema)
			require.NoError(t, err)
			_, err = s.Commit(t.Context(), hostBatch("kept"))
			require.NoError(t, err)

			s, err = open(t, schema.With("default_transaction_read_only=on"))
			require.NoError(t, err)
			found, err := s.Get(t.Context(), "message", "kept")
			require.NoError(t, err)
			require.Len(t, found, 1)
			if name != "lib/pq" { // whose transactions say READ WRITE
				_, err = s.Commit(t.Context(), hostBatch("refused"))
				require.ErrorIs(t, err, sqlstore.ErrReadOnly)
			}
			_, err = s.Claim(t.Context(), store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 1})
			require.ErrorIs(t, err, sqlstore.ErrReadOnly)
		})
	}
}

// A rolling deploy needs twice as many connections for a while.
func TestAServerWithoutRoomForMoreConnectionsIsServedByThoseThatAreThere(t *testing.T) {
	t.Parallel()
	for name, open := range byEachDriver {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			schema := pgtest.New(t)
			db, err := schema.Open()
			require.NoError(t, err)
			t.Cleanup(func() {
				_, err := db.Exec(fmt.Sprintf(`DROP OWNED BY %[1]s; DROP ROLE %[1]s`, schema.Name))
				require.NoError(t, err)
				require.NoError(t, db.Close())
			})
			_, err = db.Exec(fmt.Sprintf(`CREATE ROLE %[1]s LOGIN CONNECTION LIMIT 3; GRANT ALL ON SCHEMA %[1]s TO %[1]s`, schema.Name))
			require.NoError(t, err)
			s, err := open(t, schema.With("user="+schema.Name))
			require.NoError(t, err)
			var all sync.WaitGroup
			for i := range 12 {
				all.Go(func() {
					for n := range 20 {
						id := fmt.Sprint(i, " ", n)
						_, err := s.Commit(t.Context(), hostBatch(id))
						if err == nil {
							_, err = s.Get(t.Context(), "message", id)
						}
						if err == nil {
							_, err = s.Backlog(t.Context(), time.Now())
						}
						if err == nil {
							_, err = s.Claim(t.Context(), store.Claim{Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 1})
						}
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			all.Wait()
		})
	}
}
