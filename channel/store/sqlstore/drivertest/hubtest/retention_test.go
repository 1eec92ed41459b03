package hubtest

import (
	"context"
	"database/sql"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
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
	wire, office := &postman{}, &office{}
	agents, st := newDesk(b, db, dialect, wire, office)
	hub := agents.Hub()
	defer st.Close()
	const old, fresh = 2000, 50
	together(old, func(i int) { writeAt(b, hub, i, i, time.Now().Add(-100*24*time.Hour)) })
	run(b, hub, func() bool { return office.received.Load() == old })
	convs := office.conversations()
	together(old, func(i int) { require.NoError(b, agents.Resolve(b.Context(), colleague, convs[i], "old")) })
	keep := hub.Channels()[0].Settings
	keep.Retention.Messages = 60 * duration.Day
	require.NoError(b, hub.UpdateSettings(b.Context(), keep))
	convs = nil
	together(fresh, func(i int) { write(b, hub, old+i, old+i) })

	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	begun := time.Now()
	work.Go(func() { _ = hub.Run(ctx) })
	for office.received.Load() < old+fresh {
		time.Sleep(time.Millisecond)
	}
	for _, c := range office.conversations() {
		if conv, _, err := hub.Conversation(ctx, c); err == nil && time.Since(conv.Opened) < time.Hour {
			convs = append(convs, c)
		}
	}
	r := &responder{b, hub, wire, convs}
	meanwhile := r.answer(func() bool { return !none(b, hub, rules.QueueResolved) })
	b.ReportMetric(old/time.Since(begun).Seconds(), "conversations/s")
	alone := r.answer(lasting(2 * time.Second))
	stop()
	work.Wait()
	report(b, meanwhile, alone)
}

// BenchmarkAnswersBesideIntake is how long an answer takes from Reply to the Sender while as
// many webhooks come as the hub takes; "alone" is how long it takes otherwise.
func BenchmarkAnswersBesideIntake(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			db, err := e.open(b)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, db.Close()) })
			db.SetMaxIdleConns(atOnce + 8)
			wire, office := &postman{}, &office{}
			hub, st := newHub(b, db, e.dialect, wire, office)
			defer st.Close()
			const people = 50
			r := &responder{b, hub, wire, customers(b, hub, office, people)}
			ctx, stop := context.WithCancel(b.Context())
			var work, burst sync.WaitGroup
			work.Go(func() { _ = hub.Run(ctx) })
			alone := r.answer(lasting(2 * time.Second))
			var accepted atomic.Int64
			on := lasting(4 * time.Second)
			for range atOnce {
				burst.Go(func() {
					for on() {
						n := int(accepted.Add(1))
						write(b, hub, people+n%1000, people+n)
					}
				})
			}
			meanwhile := r.answer(on)
			burst.Wait()
			b.ReportMetric(float64(accepted.Load())/4, "accepted/s")
			stop()
			work.Wait()
			report(b, meanwhile, alone)
		})
	}
}

// lasting is true for a while.
func lasting(d time.Duration) func() bool {
	end := time.Now().Add(d)
	return func() bool { return time.Now().Before(end) }
}

// report gives the medians.
func report(b *testing.B, meanwhile, alone []time.Duration) {
	for name, took := range map[string][]time.Duration{"ms-answer": meanwhile, "ms-answer-alone": alone} {
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name)
	}
}

// responder answers in one conversation after the other.
type responder struct {
	b     *testing.B
	hub   *channel.Hub
	wire  *postman
	convs []string
}

// answer says, in order of length, how long answers took that were given while while said so.
func (r *responder) answer(while func() bool) (took []time.Duration) {
	for n := 0; n == 0 || while(); n++ {
		begun := time.Now()
		_, err := r.hub.Reply(r.b.Context(), agent, channel.Reply{
			Conversation: r.convs[n%len(r.convs)], Content: &message.Text{Body: "Hello, your order is on its way."},
		})
		require.NoError(r.b, err)
		for r.wire.sent.Load() == r.wire.answered.Load() {
			time.Sleep(200 * time.Microsecond)
		}
		r.wire.answered.Add(1)
		took = append(took, time.Since(begun))
		time.Sleep(5 * time.Millisecond)
	}
	slices.Sort(took)
	return took
}

// postman notes how many messages were sent.
type postman struct {
	instant
	answered atomic.Int64
}

// none says that no conversation is in the queue.
func none(b *testing.B, hub *channel.Hub, queue rules.Queue) bool {
	page, err := hub.Conversations(b.Context(), channel.ConversationQuery{
		Channel: "support", Queues: []string{string(queue)}, Limit: 1,
	})
	require.NoError(b, err)
	return len(page) == 0
}
