package hubtest

import (
	"cmp"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// BenchmarkSearchAndFeed is how much longer the whole way takes with search and feed: each walk has
// a partner without them, in turn the first and the second, on a new database, so that what else the
// machine does meets both. One operation is a pair of walks of 1,000 turns; the figures are the
// medians of the pairs. Use -benchtime=9x or more.
func BenchmarkSearchAndFeed(b *testing.B) {
	onSQL := func(b *testing.B, db *sql.DB, err error, d sqlstore.Dialect) (store.Store, func()) {
		require.NoError(b, err)
		st, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: d})
		require.NoError(b, err)
		return st, func() {
			require.NoError(b, st.Close())
			require.NoError(b, db.Close())
		}
	}
	for _, engine := range []struct {
		name string
		open func(b *testing.B, file string) (store.Store, func())
	}{
		{"memory", func(*testing.B, string) (store.Store, func()) { return memstore.New(), func() {} }},
		{"sqlite", func(b *testing.B, file string) (store.Store, func()) {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(file))
			return onSQL(b, db, err, sqlstore.SQLite)
		}},
		{"postgres", func(b *testing.B, _ string) (store.Store, func()) {
			db, err := pgtest.New(b).Open()
			return onSQL(b, db, err, sqlstore.PostgreSQL)
		}},
		{"pgx", func(b *testing.B, _ string) (store.Store, func()) {
			st, end, err := openPgx(b.Context(), pgtest.New(b))
			require.NoError(b, err)
			return st, end
		}},
	} {
		b.Run(engine.name, func(b *testing.B) {
			var wall, cpu []float64
			for i := range b.N {
				walked := map[bool]taken{}
				for _, on := range []bool{i%2 == 0, i%2 != 0} {
					st, end := engine.open(b, filepath.Join(b.TempDir(), fmt.Sprint(i, on)))
					walked[on] = walkAll(b, false, channel.Config{Store: st, Feed: on, Search: on}, 1000, 1)
					end()
				}
				wall = append(wall, 100*(float64(walked[true].wall)/float64(walked[false].wall)-1))
				cpu = append(cpu, 100*(float64(walked[true].cpu)/float64(walked[false].cpu)-1))
			}
			b.ReportMetric(median(wall), "%-longer")
			b.ReportMetric(median(cpu), "%-more-cpu")
		})
	}
}

func median[T cmp.Ordered](of []T) T {
	slices.Sort(of)
	return of[len(of)/2]
}
