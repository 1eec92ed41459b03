package drivertest_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/stretchr/testify/require"
)

// conversationBody is about what the hub keeps about a conversation.
var conversationBody = []byte(`{"id":"c_aaaaaaaaaaaaaaaaaaaaaaaa","channel":"support","customer":"u_aaaaaaaaaaaaaaaaaaaaaaaa",` +
	`"state":{"queue":"pending","assignee":"agent-17","since":"2026-03-01T12:00:00Z"},"window":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",` +
	`"created":"2026-03-01T11:59:58Z","last_activity":"2026-03-01T12:00:00Z","tags":["billing","vip"],"unread":2}`)

// BenchmarkAMillionConversations shows whether a full database is slower than an empty
// one, before and after a million conversations with a timer each are there. intake is
// what a webhook waits for; apply is what the hub does with it later: a new message and
// an update of a random conversation, which touches pages all over the file.
func BenchmarkAMillionConversations(b *testing.B) {
	if testing.Short() {
		b.Skip("filling the database takes minutes")
	}
	path := filepath.Join(b.TempDir(), "million.db")
	s, db := openSQLite(b, path)
	size := func() int64 {
		_, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)")
		require.NoError(b, err)
		info, err := os.Stat(path)
		require.NoError(b, err)
		return info.Size()
	}
	const total = 1_000_000
	fill(b, s, 0, 1000)
	var intakeBefore, applyBefore float64
	b.Run("conversations=1000/intake", func(b *testing.B) { intakeBefore = intake(b, s, "before") })
	b.Run("conversations=1000/apply", func(b *testing.B) { applyBefore = converse(b, s, 1000, "before") })
	base := size()
	fill(b, s, 1000, total)
	grown := size() - base
	b.Run("conversations=1000000/intake", func(b *testing.B) {
		b.ReportMetric(intake(b, s, "after")/intakeBefore*100, "%-of-empty")
	})
	b.Run("conversations=1000000/apply", func(b *testing.B) {
		b.ReportMetric(converse(b, s, total, "after")/applyBefore*100, "%-of-empty")
		b.ReportMetric(float64(grown)/(total-1000), "bytes/conversation")
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "heap-MB")
	})
}

func conversationID(i int) string { return fmt.Sprintf("c_%024d", i*7919%1_000_003) }

// fill makes conversations from up to but not including to.
func fill(b *testing.B, s store.Store, from, to int) {
	for ; from < to; from += 1000 {
		var batch store.Batch
		for i := from; i < min(to, from+1000); i++ {
			id := conversationID(i)
			batch.Put = append(batch.Put, store.Record{
				Kind: "conversation", Key: id, Parent: fmt.Sprint("support/", i%3), Sort: int64(i), Body: conversationBody,
			})
			batch.Enqueue = append(batch.Enqueue, store.Work{Queue: "timer", ID: id, Group: "support", Due: time.Now().Add(24 * time.Hour)})
		}
		_, err := s.Commit(b.Context(), &batch)
		require.NoError(b, err)
	}
}

// intake is the durable intake of single events by many callers.
func intake(b *testing.B, s store.Store, name string) float64 {
	return spread(b, committers, 1, func(i int64) {
		id, lane, body := event(i)
		_, err := s.Commit(b.Context(), &store.Batch{Enqueue: []store.Work{
			{Queue: "in", ID: fmt.Sprint(name, b.N, id), Lane: lane, Group: "ch", Body: body, Once: true},
		}})
		if err != nil {
			b.Error(err)
		}
	})
}

// converse takes in messages of random conversations, from many callers at once.
func converse(b *testing.B, s store.Store, total int, name string) float64 {
	return spread(b, committers, 1, func(i int64) {
		r := rand.New(rand.NewPCG(uint64(i), 8))
		id := conversationID(r.IntN(total))
		message, lane, body := event(i)
		message = fmt.Sprint(name, b.N, message)
		for {
			rs, err := s.Get(b.Context(), "conversation", id)
			if err != nil || len(rs) != 1 {
				b.Error("a conversation is missing", err)
				return
			}
			_, err = s.Commit(b.Context(), &store.Batch{
				Put: []store.Record{
					{Kind: "conversation", Key: id, Parent: "support/0", Sort: i, Version: rs[0].Version, Body: conversationBody},
					{Kind: "message", Key: message, Parent: id, Sort: i, Body: body},
				},
				Enqueue: []store.Work{{Queue: "host", ID: message, Lane: lane, Group: "support", Body: body, Once: true}},
			})
			if err == nil {
				return
			}
			if !errors.Is(err, store.ErrConflict) {
				b.Error(err)
				return
			}
		}
	})
}
