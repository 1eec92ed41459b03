package drivertest_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/channel/store/storetest"
)

// A breaker lets a process say so much to its database, and then something happens once.
type breaker struct {
	mu      sync.Mutex
	left    int // until it happens; 0: it does not
	happens func(c *fragile)
}

// fragile is a connection with a breaker.
type fragile struct {
	net.Conn
	*breaker
	deaf atomic.Bool // no answer is heard any more
}

// arm has something happen as the process says something for the nth time from now on.
func (b *breaker) arm(n int, happens func(c *fragile)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left, b.happens = n, happens
}

// disarm reports whether it has happened.
func (b *breaker) disarm() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	happened := b.left == 0
	b.left = 0
	return happened
}

func (c *fragile) Write(p []byte) (int, error) {
	c.mu.Lock()
	now := c.left == 1
	if c.left > 0 {
		c.left--
	}
	happens := c.happens
	c.mu.Unlock()
	if now {
		happens(c)
	}
	return c.Conn.Write(p)
}

func (c *fragile) Read(p []byte) (int, error) {
	if c.deaf.Load() {
		return 0, net.ErrClosed
	}
	return c.Conn.Read(p)
}

// pool opens a schema through the breaker.
func (b *breaker) pool(t *testing.T, schema pgtest.Schema, change func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	return poolWith(t, schema, func(cfg *pgxpool.Config) {
		dial := cfg.ConnConfig.DialFunc
		cfg.ConnConfig.DialFunc = func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dial(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return &fragile{Conn: conn, breaker: b}, nil
		}
		if change != nil {
			change(cfg)
		}
	})
}

// poolWith opens a schema with a pool that is changed. The test closes it.
func poolWith(t *testing.T, schema pgtest.Schema, change func(*pgxpool.Config)) *pgxpool.Pool {
	t.Helper()
	plain, err := schema.Pool(t.Context())
	require.NoError(t, err)
	defer plain.Close()
	cfg := plain.Config()
	change(cfg)
	pool, err := pgxpool.NewWithConfig(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pool.Close)
	return pool
}

// At each message to the server the connection breaks, or the server ends it, or nobody waits any more: what was
// acknowledged is there, nothing is there by half, and what the store says of it can be relied on.
func TestPgxLosesAndDoublesNothingWhereverTheConnectionBreaks(t *testing.T) {
	t.Parallel()
	for how, happens := range map[string]func(t *testing.T, schema pgtest.Schema, cancel func(), c *fragile){
		"nothing arrives": func(_ *testing.T, _ pgtest.Schema, _ func(), c *fragile) { _ = c.Conn.Close() },
		"no answer comes": func(_ *testing.T, _ pgtest.Schema, _ func(), c *fragile) {
			c.deaf.Store(true)
			_ = c.Conn.SetReadDeadline(time.Unix(1, 0)) // what is being said arrives
		},
		"the server ends it": func(t *testing.T, schema pgtest.Schema, _ func(), _ *fragile) {
			if err := schema.Cut(); err != nil {
				t.Error(err)
			}
		},
		"nobody waits any more": func(_ *testing.T, _ pgtest.Schema, cancel func(), _ *fragile) { cancel() },
	} {
		for whose, once := range map[string]func(ctx context.Context, w *workload, pool *pgxpool.Pool, id string){
			"its own": func(ctx context.Context, w *workload, _ *pgxpool.Pool, id string) {
				if w.produce(ctx, id, 0) {
					w.consume(ctx, rand.New(rand.NewPCG(1, 2)))
				}
			},
			"the host's": func(ctx context.Context, w *workload, pool *pgxpool.Pool, id string) {
				_ = pgxstore.InTx(ctx, pool, func(ctx context.Context, tx pgx.Tx) error {
					if _, err := tx.Exec(ctx, `INSERT INTO ticket VALUES ($1)`, id); err != nil {
						return err
					}
					if !w.produce(ctx, id, 0) {
						return errors.New("refused")
					}
					return nil
				})
			},
		} {
			t.Run(how+" in a transaction that is "+whose, func(t *testing.T) {
				t.Parallel()
				schema := pgtest.New(t)
				b := &breaker{}
				pool := b.pool(t, schema, func(cfg *pgxpool.Config) { cfg.MaxConns = 3 })
				s, err := pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool})
				require.NoError(t, err)
				defer func() { require.NoError(t, s.Close()) }()
				_, err = pool.Exec(t.Context(), `CREATE TABLE ticket (id TEXT PRIMARY KEY)`)
				require.NoError(t, err)
				acked := map[string]string{}
				w := &workload{store: s, name: "w", failed: func(error) bool { return false }, acked: func(what, id string) {
					if whose == "its own" {
						acked[id] = what
					}
				}}
				once(t.Context(), w, pool, "first") // has the statements prepared
				for n := 1; ; n++ {
					require.Less(t, n, 100)
					ctx, cancel := context.WithCancel(t.Context())
					b.arm(n, func(c *fragile) { happens(t, schema, cancel, c) })
					once(ctx, w, pool, fmt.Sprint("w-", n))
					happened := b.disarm()
					cancel()
					require.NoError(t, schema.Cut()) // what a lost connection asked for has happened or never will
					if !happened {
						break
					}
				}
				audit(t, s, acked)
				var tickets int
				require.NoError(t, pool.QueryRow(t.Context(), `SELECT count(*) FROM ticket`).Scan(&tickets))
				if whose != "its own" {
					items, err := s.List(t.Context(), store.Query{Kind: "item", Limit: 1000})
					require.NoError(t, err)
					require.Len(t, items, tickets, "the host's row and the store's are not one step")
				}
				drainPostgres(t, schema)
			})
		}
	}
}

// The store uses fewer connections than it likes if there are no more, down to one, and a database may have
// its own ideas of transactions, times and texts.
func TestPgxKeepsTheContractOnOneConnectionWithOddSettings(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
		schema := pgtest.New(t)
		open := func() store.Store {
			pool := poolWith(t, schema, func(cfg *pgxpool.Config) {
				cfg.MaxConns = 1
				for name, value := range map[string]string{
					"TimeZone": "Asia/Kathmandu", "DateStyle": "SQL, DMY", "IntervalStyle": "sql_standard", "extra_float_digits": "0",
					"default_transaction_isolation": "serializable", "default_transaction_deferrable": "on",
					"default_text_search_config": "pg_catalog.german", "bytea_output": "escape", "enable_indexscan": "off",
					"transform_null_equals": "on",
				} {
					cfg.ConnConfig.RuntimeParams[name] = value
				}
			})
			s, err := pgxstore.Open(t.Context(), pgxstore.Config{Pool: pool})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, s.Close()) })
			return s
		}
		return open(), open
	})
}

// What is large or odd goes through in one step, or is refused with a clear error.
func TestPgxTakesLargeAndOddBatches(t *testing.T) {
	t.Parallel()
	s, _ := openPgx(t, pgtest.New(t), pgxstore.Config{})
	var b store.Batch
	for i := range 10_000 {
		id := fmt.Sprint("m", i)
		b.Put = append(b.Put, store.Record{Kind: "message", Key: id, Body: []byte(`{"text":"hello"}`)})
		b.Enqueue = append(b.Enqueue, store.Work{Queue: "out", ID: id, Lane: fmt.Sprint("l", i%100), Body: []byte(`{}`)})
		b.Index = append(b.Index, store.Entry{Kind: "message", Key: id, Text: fmt.Sprint("hello n", i)})
		b.Tell = append(b.Tell, store.Change{Kind: "message", Key: id})
	}
	done, err := s.Commit(t.Context(), &b)
	require.NoError(t, err)
	require.Equal(t, 10_000, done.Fresh)
	long := `{"text":"` + strings.Repeat("ä", 10<<20) + `"}`
	_, err = s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "file", Key: "long", Body: []byte(long)}}})
	require.NoError(t, err)
	rs, err := s.Get(t.Context(), "file", "long")
	require.NoError(t, err)
	require.Len(t, rs, 1)
	require.Equal(t, len(long), len(rs[0].Body))
	odd := "{\"text\":\"\xff\x00\"}"
	_, err = s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "file", Key: "odd", Body: []byte(odd)}},
		Enqueue: []store.Work{{Queue: "out", ID: "odd", Body: []byte(odd)}}, Index: []store.Entry{{Kind: "file", Key: "odd", Text: "odd \xff\x00 text"}},
		Tell: []store.Change{{Kind: "file", Key: "odd"}}})
	require.NoError(t, err)
	for _, bad := range []string{"\xff", "\x00", "\xed\xa0\x80"} {
		for what, b := range map[string]store.Batch{
			"put": {Put: []store.Record{{Kind: "file", Key: bad}}}, "index": {Index: []store.Entry{{Kind: "file", Key: "a", Group: bad, Text: "x"}}},
			"tell": {Tell: []store.Change{{Kind: "file", Key: bad}}}, "enqueue": {Enqueue: []store.Work{{Queue: "out", ID: bad}}},
			"delete": {Delete: []store.RecordKey{{Kind: "file", Key: bad}}}, "expect": {Expect: []store.Expected{{RecordKey: store.RecordKey{Kind: bad, Key: "a"}}}},
			"release": {Release: []store.Claimant{{Queue: "out", Owner: bad, Now: time.Now()}}},
		} {
			_, err := s.Commit(t.Context(), &b)
			require.ErrorContains(t, err, "not valid UTF-8", what)
		}
		hits, err := s.Search(t.Context(), store.SearchQuery{Kind: "file", Groups: []string{bad}, Text: "odd" + bad, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, hits)
		works, err := s.Work(t.Context(), store.WorkQuery{Queue: "out", IDs: []string{bad}, Limit: 1})
		require.NoError(t, err)
		require.Empty(t, works)
	}
}
