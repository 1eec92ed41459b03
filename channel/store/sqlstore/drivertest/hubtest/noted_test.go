package hubtest

import (
	"bytes"
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// BenchmarkSearchAndFeed is how much more the whole way takes with search and feed: each walk has
// a partner without them, in turn the first and the second, on a new database, so that what else the
// machine does meets both. One operation is a pair of walks of 1,000 turns, ten for each customer; the
// figures are the medians of the pairs. Use -benchtime=21x or more, on a machine that does nothing else.
//
// Counted is the processor's time of this process, and of the database's server; and the bytes that are
// allocated. The garbage collector rests meanwhile: how often it runs depends on what else is in memory.
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
		for _, f := range forms {
			b.Run(engine.name+"/"+f.name, func(b *testing.B) {
				var own, all, allocated []float64
				for i := range b.N {
					walked := map[bool]cost{}
					for _, on := range []bool{i%2 == 0, i%2 != 0} {
						st, end := engine.open(b, filepath.Join(b.TempDir(), fmt.Sprint(i, on)))
						walked[on] = costOf(func() time.Duration {
							return walkAll(b, f.desk, channel.Config{Store: st, Feed: on, Search: on}, 1000, 10).cpu
						})
						end()
					}
					with, without := walked[true], walked[false]
					own = append(own, 100*(with.own/without.own-1))
					all = append(all, 100*((with.own+with.server)/(without.own+without.server)-1))
					allocated = append(allocated, 100*(with.bytes/without.bytes-1))
				}
				b.ReportMetric(0, "ns/op")
				b.ReportMetric(median(own), "%-more-cpu")
				b.ReportMetric(median(all), "%-more-cpu-with-server")
				b.ReportMetric(median(allocated), "%-more-bytes")
			})
		}
	}
}

// cost is what a walk cost this process and the servers it started, in seconds, and how much it allocated.
type cost struct{ own, server, bytes float64 }

func costOf(walk func() time.Duration) cost {
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	served := serverTime()
	own := walk()
	served = serverTime() - served
	runtime.ReadMemStats(&after)
	return cost{own.Seconds(), served.Seconds(), float64(after.TotalAlloc - before.TotalAlloc)}
}

// serverTime is the processor's time that the processes below this one have used so far; 0 where there is no /proc.
func serverTime() (sum time.Duration) {
	const tick = 10 * time.Millisecond
	parent, used := map[int]int{}, map[int]time.Duration{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // the first is the state
		if err != nil || len(fields) < 15 {
			continue // it has ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent[pid], _ = strconv.Atoi(fields[1])
		for _, field := range fields[11:15] { // user and system, its own and of those that it has waited for
			n, _ := strconv.Atoi(field)
			used[pid] += time.Duration(n) * tick
		}
	}
	for pid := range parent {
		for above := parent[pid]; above > 1; above = parent[above] {
			if above == os.Getpid() {
				sum += used[pid]
			}
		}
	}
	return sum
}

func median[T cmp.Ordered](of []T) T {
	slices.Sort(of)
	return of[len(of)/2]
}
