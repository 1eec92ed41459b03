package drivertest_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// BenchmarkGrowth shows whether work costs more the more there is: records that are stored and names
// that are remembered, and work that waits. One operation is a piece of work from its beginning to its
// end, sixteen at a time: enqueued in a lane of its own with a record, claimed, begun, and done
// together with a change of the record. x-small is how many times as long as on the small database.
func BenchmarkGrowth(b *testing.B) {
	if testing.Short() {
		b.Skip("filling the databases takes minutes")
	}
	for _, e := range engines {
		var small float64
		for i, size := range []struct{ stored, backlog int }{{10_000, 100}, {10_000, 100_000}, {1_000_000, 100}} {
			b.Run(fmt.Sprintf("%s/stored=%d/backlog=%d", e.name, size.stored, size.backlog), func(b *testing.B) {
				s, db := e.open(b)
				stored(b, db, e.name == "sqlite", size.stored)
				waiting(b, s, size.backlog)
				per := lives(b, s)
				if i == 0 {
					small = per
				}
				b.ReportMetric(per/small, "x-small")
			})
		}
	}
}

// stored fills a database with records and remembered names.
func stored(b *testing.B, db *sql.DB, sqlite bool, n int) {
	numbers, hash := `generate_series(1, $1) AS n (i)`, `CAST(md5(CAST(n.i AS text)) AS uuid)`
	random := `md5('r' || n.i)`
	if sqlite {
		numbers = `(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT i FROM n) AS n`
		hash, random = `randomblob(16)`, `lower(hex(randomblob(16)))`
	}
	for _, fill := range []string{
		`INSERT INTO kanava_record (kind, key, parent, sort, version, n, body) SELECT 'message', ` + random + `, ` + random + `, n.i, 1, 0, '{"text":"as long as a message usually is, about so many bytes of JSON in all"}' FROM ` + numbers,
		`INSERT INTO kanava_seen (hash, seen) SELECT ` + hash + `, 1 FROM ` + numbers,
	} {
		_, err := db.ExecContext(b.Context(), fill, n)
		require.NoError(b, err)
	}
	if !sqlite {
		_, err := db.ExecContext(b.Context(), `ANALYZE`)
		require.NoError(b, err)
	}
}

// waiting adds work of the same queue that is not due.
func waiting(b *testing.B, s store.Store, n int) {
	for from := 0; from < n; from += 1000 {
		var batch store.Batch
		for i := from; i < min(n, from+1000); i++ {
			id := fmt.Sprint("waits", i)
			batch.Enqueue = append(batch.Enqueue, store.Work{Queue: "q", ID: id, Lane: id, Group: "g", Due: time.Now().Add(time.Hour)})
		}
		_, err := s.Commit(b.Context(), &batch)
		require.NoError(b, err)
	}
}

// lives takes b.N pieces of work through their lives, and returns how long one takes, in nanoseconds.
func lives(b *testing.B, s store.Store) float64 {
	const atOnce = 16
	ctx := b.Context()
	b.ResetTimer()
	for from := 0; from < b.N; from += atOnce {
		var begin store.Batch
		for i := from; i < min(b.N, from+atOnce); i++ {
			id := fmt.Sprint("lives", i*7919%1_000_003)
			begin.Put = append(begin.Put, store.Record{Kind: "message", Key: id, Parent: id, Body: eventBody})
			begin.Enqueue = append(begin.Enqueue, store.Work{Queue: "q", ID: id, Lane: id, Group: "g", Body: eventBody})
		}
		_, err := s.Commit(ctx, &begin)
		require.NoError(b, err)
		works, err := s.Claim(ctx, store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: atOnce})
		require.NoError(b, err)
		require.Len(b, works, len(begin.Enqueue))
		var end store.Batch
		for _, w := range works {
			end.Put = append(end.Put, store.Record{Kind: "message", Key: w.ID, Parent: w.ID, Version: 1, Body: eventBody})
			end.Start = append(end.Start, w.Lease())
			end.Done = append(end.Done, w.Lease())
		}
		_, err = s.Commit(ctx, &end)
		require.NoError(b, err)
	}
	b.StopTimer()
	return float64(b.Elapsed().Nanoseconds()) / float64(b.N)
}
