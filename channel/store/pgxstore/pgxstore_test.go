package pgxstore_test

import (
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store/pgxstore"
)

// What needs a server is tested in channel/store/sqlstore/drivertest.

func TestWithoutAPoolNothingIsOpened(t *testing.T) {
	t.Parallel()
	_, err := pgxstore.Open(t.Context(), pgxstore.Config{})
	require.EqualError(t, err, "pgxstore: open: field Pool is missing")
	_, err = pgxstore.Migrate(t.Context(), nil)
	require.EqualError(t, err, "pgxstore: migrate: field Pool is missing")
	_, err = pgxstore.Pending(t.Context(), nil)
	require.EqualError(t, err, "pgxstore: look for migrations: field Pool is missing")
}

func TestAWrongConfigIsSaidAllAtOnce(t *testing.T) {
	t.Parallel()
	pool, err := pgxpool.New(t.Context(), "postgres://nobody@127.0.0.1:1/none")
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	_, err = pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool, Leaders: -1, MaxRows: -1})
	require.ErrorContains(t, err, "field Leaders is negative")
	require.ErrorContains(t, err, "field MaxRows is negative")
}
