package drivertest_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// BenchmarkSearch searches 100,000 entries of ten channels for names, for a word that 1 in 100 has, and for
// one that all have, and for a single letter.
func BenchmarkSearch(b *testing.B) {
	for _, engine := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
		b.Run(engine.String(), func(b *testing.B) {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "x.db")))
			if engine == sqlstore.PostgreSQL {
				db, err = pgtest.New(b).Open()
			}
			require.NoError(b, err)
			b.Cleanup(func() { db.Close() })
			s, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: engine, Timeout: patience})
			require.NoError(b, err)
			for from := 0; from < 100_000; from += 1000 {
				batch := &store.Batch{}
				for i := from; i < from+1000; i++ {
					batch.Index = append(batch.Index, store.Entry{
						Kind: "message", Key: fmt.Sprint("m", i), Group: fmt.Sprint("channel", i%10),
						Text: fmt.Sprintf("Hello, this is person%d about order%d, delivered to street number %d", i, i%100, i%777),
					})
				}
				_, err := s.Commit(b.Context(), batch)
				require.NoError(b, err)
			}
			if engine == sqlstore.PostgreSQL {
				_, err := db.Exec(`ANALYZE kanava_entry`) // as autovacuum does within a minute
				require.NoError(b, err)
			}
			for name, text := range map[string]string{"a name": "person4711", "one in a hundred": "order7", "all": "hello", "a letter": "p"} {
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						began := time.Now()
						hits, err := s.Search(b.Context(), store.SearchQuery{Kind: "message", Groups: []string{"channel1", "channel7"}, Text: text, Limit: 50})
						took = append(took, time.Since(began))
						require.NoError(b, err)
						require.NotEmpty(b, hits)
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
				})
			}
		})
	}
}
