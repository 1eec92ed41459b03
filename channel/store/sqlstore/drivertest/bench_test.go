package drivertest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/stdlib"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// committers is how many deliveries arrive at the same time in the benchmarks.
const committers = 64

// event is what one webhook item becomes in the inbox: about 700 bytes. The end of a wamid
// is random, so that no index of them grows at its end.
func event(i int64) (id, lane string, body []byte) {
	id = fmt.Sprintf("m|wamid.HBgLMTU1NTU1NTAxMDAVAgASGBQzQTdCRTA0%016X", uint64(i)*0x9E3779B97F4A7C15)
	return id, fmt.Sprint("100000000000001|1555555", i%997), eventBody
}

var eventBody = []byte(`{"body":{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"value":` +
	`{"messaging_product":"whatsapp","metadata":{"display_phone_number":"15555550100","phone_number_id":"100000000000001"},` +
	`"contacts":[{"profile":{"name":"Fictional Person"},"wa_id":"15555550123"}],"messages":[{"from":"15555550123","id":` +
	`"wamid.HBgLMTU1NTU1NTAxMDAVAgASGBQzQTdCRTA0RkQ2RjA5RjEyMzQ1","timestamp":"1763769600","text":{"body":"` +
	strings.Repeat("Hello, my order has not arrived. ", 6) + `"},"type":"text"}]},"field":"messages"}]}]}}`)

// engine is a database in a benchmark.
type engine struct {
	name  string
	open  func(tb testing.TB) (*sqlstore.Store, *sql.DB)
	plain []string // the tables of the baselines
	// one event, and many events as one JSON array of [id, body]
	seenOne, inOne, seenMany, inMany string
	writers                          int // of the batched baseline, like the store's leaders
}

var engines = andPgx([]engine{
	{
		name: "sqlite",
		open: func(tb testing.TB) (*sqlstore.Store, *sql.DB) {
			return openSQLite(tb, filepath.Join(tb.TempDir(), "bench.db"))
		},
		plain: []string{
			`CREATE TABLE plain_seen (id TEXT PRIMARY KEY, seen INTEGER) WITHOUT ROWID`,
			`CREATE TABLE plain_in (seq INTEGER PRIMARY KEY, body TEXT)`,
		},
		seenOne:  `INSERT INTO plain_seen VALUES (?1, ?2) ON CONFLICT DO NOTHING`,
		inOne:    `INSERT INTO plain_in (body) VALUES (?1)`,
		seenMany: `INSERT INTO plain_seen SELECT value ->> 0, ?2 FROM jsonb_each(?1) WHERE true ON CONFLICT DO NOTHING`,
		inMany:   `INSERT INTO plain_in (body) SELECT value ->> 1 FROM jsonb_each(?1)`,
		writers:  1,
	},
	{
		name: "postgres",
		open: func(tb testing.TB) (*sqlstore.Store, *sql.DB) { return openPostgres(tb, pgtest.New(tb)) },
		plain: []string{
			`CREATE TABLE plain_seen (id text PRIMARY KEY, seen bigint)`,
			`CREATE TABLE plain_in (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, body text)`,
		},
		seenOne:  `INSERT INTO plain_seen VALUES ($1, $2) ON CONFLICT DO NOTHING`,
		inOne:    `INSERT INTO plain_in (body) VALUES ($1)`,
		seenMany: `INSERT INTO plain_seen SELECT e ->> 0, $2 FROM json_array_elements($1::json) e ORDER BY 1 ON CONFLICT DO NOTHING`,
		inMany:   `INSERT INTO plain_in (body) SELECT e ->> 1 FROM json_array_elements($1::json) e`,
		writers:  3,
	},
})

// andPgx adds PostgreSQL by pgx to the last of them, which is PostgreSQL.
func andPgx(all []engine) []engine {
	e := all[len(all)-1]
	e.name = "pgx"
	e.open = func(tb testing.TB) (*sqlstore.Store, *sql.DB) {
		s, pool := openPgx(tb, pgtest.New(tb), pgxstore.Config{})
		db := stdlib.OpenDBFromPool(pool)
		tb.Cleanup(func() { require.NoError(tb, db.Close()) })
		return s.Store, db
	}
	return append(all, e)
}

// spread has b.N events handled by n goroutines, so many in each call of f, and reports
// events per second.
func spread(b *testing.B, n, perCall int, f func(i int64)) float64 {
	calls := int64((b.N + perCall - 1) / perCall)
	var next atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	for range n {
		wg.Go(func() {
			for i := next.Add(1); i <= calls; i = next.Add(1) {
				f(i)
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "events/s")
	return rate
}

func plainTables(b *testing.B, e *engine) *sql.DB {
	_, db := e.open(b)
	for _, statement := range e.plain {
		_, err := db.ExecContext(b.Context(), statement)
		require.NoError(b, err)
	}
	return db
}

// BenchmarkIntake is the durable intake of single events by 64 concurrent callers,
// beside what one would write without a store: a transaction for each event; and beside
// what the engine can do at best: as many events at a time, in batches that somebody
// else has gathered, into two plain tables.
func BenchmarkIntake(b *testing.B) {
	for _, e := range engines {
		var single, batched float64
		b.Run(e.name+"/baseline=transaction-per-event", func(b *testing.B) {
			db := plainTables(b, &e)
			single = spread(b, committers, 1, func(i int64) {
				id, _, body := event(i)
				for {
					err := inTx(b.Context(), db, func(tx *sql.Tx) error {
						if _, err := tx.Exec(e.seenOne, id, i); err != nil {
							return err
						}
						_, err := tx.Exec(e.inOne, string(body))
						return err
					})
					if err == nil {
						return
					}
					if !strings.Contains(err.Error(), "locked") {
						b.Error(err)
						return
					}
				}
			})
		})
		b.Run(e.name+"/baseline=batched-insert", func(b *testing.B) {
			db := plainTables(b, &e)
			each := committers / e.writers
			batched = spread(b, e.writers, each, func(i int64) {
				rows := make([][2]string, each)
				for k := range rows {
					id, _, body := event(i*int64(each) + int64(k))
					rows[k] = [2]string{id, string(body)}
				}
				param, _ := json.Marshal(rows)
				err := inTx(b.Context(), db, func(tx *sql.Tx) error {
					if _, err := tx.Exec(e.seenMany, string(param), i); err != nil {
						return err
					}
					_, err := tx.Exec(e.inMany, string(param))
					return err
				})
				if err != nil {
					b.Error(err)
				}
			})
		})
		b.Run(e.name+"/store", func(b *testing.B) {
			s, _ := e.open(b)
			rate := intake(b, s, "")
			b.ReportMetric(rate/single, "x-per-event")
			b.ReportMetric(rate/batched*100, "%-of-batched")
		})
	}
}

func inTx(ctx context.Context, db *sql.DB, f func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		tx.Rollback()
		return err
	}
	return tx.Commit()
}

// BenchmarkCycle is the whole life of work: enqueued in lanes, claimed by two
// claimants, and settled one by one by 64 workers.
func BenchmarkCycle(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			s, _ := e.open(b)
			ctx := b.Context()
			for from := 0; from < b.N; from += 1000 {
				var batch store.Batch
				for i := from; i < min(b.N, from+1000); i++ {
					batch.Enqueue = append(batch.Enqueue, store.Work{
						Queue: "out", ID: fmt.Sprint(i), Lane: fmt.Sprint(i % 5000), Group: fmt.Sprint("ch", i%4), Body: eventBody,
					})
				}
				_, err := s.Commit(ctx, &batch)
				require.NoError(b, err)
			}
			work := make(chan store.Work)
			var left atomic.Int64
			left.Store(int64(b.N))
			var claimants, workers sync.WaitGroup
			b.ResetTimer()
			for range 2 {
				claimants.Go(func() {
					for left.Load() > 0 {
						ws, err := s.Claim(ctx, store.Claim{
							Queue: "out", Now: time.Now(), Lease: time.Minute, Limit: 64, Groups: []string{"ch0", "ch1", "ch2", "ch3"}, PerGroup: 32,
						})
						if err != nil {
							b.Error(err)
							return
						}
						for _, w := range ws {
							work <- w
						}
					}
				})
			}
			for range committers {
				workers.Go(func() {
					for w := range work {
						if _, err := s.Commit(ctx, &store.Batch{Done: []store.Lease{w.Lease()}}); err != nil {
							b.Error(err)
						}
						left.Add(-1)
					}
				})
			}
			claimants.Wait()
			close(work)
			workers.Wait()
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "cycles/s")
		})
	}
}
