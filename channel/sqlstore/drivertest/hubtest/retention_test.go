package hubtest

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/sqlstore"
)

// BenchmarkRetention is how many conversations of long ago go in a second, with all that is
// theirs, and how long an answer takes meanwhile from Reply to the Sender; "alone" is how long
// it takes otherwise.
func BenchmarkRetention(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			db, err := e.open(b)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, db.Close()) })
			db.SetMaxIdleConns(atOnce + 8)
			retention(b, db, e.dialect)
		})
	}
}

func retention(b *testing.B, db *sql.DB, dialect sqlstore.Dialect) {
	wire, desk := &postman{}, &desk{}
	hub, store := newHub(b, db, dialect, wire, desk)
	defer store.Close()
	const old, fresh = 2000, 50
	together(old, func(i int) { writeAt(b, hub, i, i, time.Now().Add(-100*24*time.Hour)) })
	run(b, hub, func() bool { return desk.received.Load() == old })
	convs := desk.conversations()
	together(old, func(i int) { require.NoError(b, hub.Resolve(b.Context(), agent, convs[i], "old")) })
	keep := hub.Channels(root)[0]
	keep.Retention.Messages = 60 * rules.Day
	require.NoError(b, hub.Change(b.Context(), root, keep))
	convs = nil
	together(fresh, func(i int) { write(b, hub, old+i, old+i) })

	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	begun := time.Now()
	work.Go(func() { _ = hub.Run(ctx) })
	for desk.received.Load() < old+fresh {
		time.Sleep(time.Millisecond)
	}
	for _, c := range desk.conversations() {
		if conv, _, err := hub.Conversation(ctx, agent, c); err == nil && time.Since(conv.State.OpenedAt) < time.Hour {
			convs = append(convs, c)
		}
	}
	answer := func(while func() bool) (took []time.Duration) {
		for n := 0; while(); n++ {
			id := fmt.Sprint("answer ", n)
			sent := time.Now()
			_, err := hub.Reply(ctx, channel.Reply{Conversation: convs[n%len(convs)], Actor: agent, Content: &message.Text{Body: id}, Key: fmt.Sprint(sent)})
			require.NoError(b, err)
			for wire.sent.Load() == wire.answered.Load() {
				time.Sleep(200 * time.Microsecond)
			}
			wire.answered.Add(1)
			took = append(took, time.Since(sent))
			time.Sleep(5 * time.Millisecond)
		}
		slices.Sort(took)
		return took
	}
	meanwhile := answer(func() bool { return !none(b, hub, rules.QueueResolved) })
	b.ReportMetric(old/time.Since(begun).Seconds(), "conversations/s")
	end := time.Now().Add(2 * time.Second)
	alone := answer(func() bool { return time.Now().Before(end) })
	stop()
	work.Wait()
	for _, m := range []struct {
		took []time.Duration
		name string
	}{{meanwhile, "ms-answer"}, {alone, "ms-answer-alone"}} {
		b.ReportMetric(float64(m.took[len(m.took)/2].Microseconds())/1000, m.name)
	}
}

// postman notes how many messages were sent.
type postman struct {
	instant
	answered atomic.Int64
}

// none says that no conversation is in the queue.
func none(b *testing.B, hub *channel.Hub, queue rules.Queue) bool {
	page, err := hub.Conversations(b.Context(), channel.ConversationQuery{
		Actor: agent, Channel: "support", Queues: []rules.Queue{queue}, Limit: 1,
	})
	require.NoError(b, err)
	return len(page) == 0
}
