package drivertest_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// A host's transaction may have the last connection of the pool: what a hub does for it needs no other.
func TestAnAnswerInTheHostsTransactionNeedsNoOtherConnection(t *testing.T) {
	t.Parallel()
	schema := pgtest.New(t)
	line := &counting{}
	first, _ := openPostgres(t, schema)
	working := hubOn(t, first, line, nil)
	runHub(t, working)
	conv := conversationsOf(t, working, 1)[0].ID

	for name, in := range map[string]func(t *testing.T) (store.Store, func(ctx context.Context, f func(context.Context) error) error){
		"database/sql": func(t *testing.T) (store.Store, func(context.Context, func(context.Context) error) error) {
			db, err := schema.Open()
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, db.Close()) })
			db.SetMaxOpenConns(1)
			s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, Timeout: patience})
			require.NoError(t, err)
			return s, func(ctx context.Context, f func(context.Context) error) error {
				return sqlstore.InTx(ctx, db, func(ctx context.Context, _ *sql.Tx) error { return f(ctx) })
			}
		},
		"pgx": func(t *testing.T) (store.Store, func(context.Context, func(context.Context) error) error) {
			pool := poolWith(t, schema, func(cfg *pgxpool.Config) { cfg.MaxConns = 1 })
			s, err := pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool, Timeout: patience})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			return s, func(ctx context.Context, f func(context.Context) error) error {
				return pgxstore.InTx(ctx, pool, func(ctx context.Context, _ pgx.Tx) error { return f(ctx) })
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, inTx := in(t)
			hub := hubOn(t, st, line, nil) // it does not run
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			require.NoError(t, inTx(ctx, func(ctx context.Context) error { return answer(ctx, hub, conv) }))
		})
	}
}
