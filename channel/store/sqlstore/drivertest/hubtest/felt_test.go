package hubtest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// stores are what the benchmarks of this file run on.
var stores = []struct {
	name string
	open func(b *testing.B) store.Store
}{
	{"memory", func(*testing.B) store.Store { return memstore.New() }},
	{"sqlite", func(b *testing.B) store.Store {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "hub.db")))
		require.NoError(b, err)
		return opened(b, db, sqlstore.SQLite)
	}},
	{"postgres", func(b *testing.B) store.Store {
		db, err := pgtest.New(b).Open()
		require.NoError(b, err)
		return opened(b, db, sqlstore.PostgreSQL)
	}},
}

func opened(b *testing.B, db *sql.DB, d sqlstore.Dialect) store.Store {
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	st, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: d})
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, st.Close()) })
	return st
}

// delays are how long something took each time.
type delays struct {
	mu  sync.Mutex
	all []time.Duration
}

func (d *delays) add(took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.all = append(d.all, took)
}

// report reports the median and what 99 of 100 stay below, in milliseconds.
func (d *delays) report(b *testing.B, of string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.all) == 0 {
		b.Error("nothing was measured:", of)
		return
	}
	slices.Sort(d.all)
	at := func(share int) float64 { return float64(d.all[(len(d.all)-1)*share/100].Microseconds()) / 1e3 }
	b.ReportMetric(at(50), of+"-p50-ms")
	b.ReportMetric(at(99), of+"-p99-ms")
}

// helpline is the ticketing and the wire of a benchmark, and a walk's posts.
type helpline struct {
	walk
	takes    time.Duration // a call of Receive
	receives func(in *conversation.Received)
	sends    func(out message.Outbound)

	received, taken atomic.Int64
}

func (l *helpline) Receive(_ context.Context, in *conversation.Received) (string, error) {
	time.Sleep(l.takes)
	if l.receives != nil {
		l.receives(in)
	}
	l.received.Add(1)
	return "ticket", nil
}

func (l *helpline) Changed(context.Context, *conversation.Change) error { return nil }

func (l *helpline) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	if l.sends != nil {
		l.sends(out)
	}
	return message.Receipt{ID: fmt.Sprint("wamid.out.", l.taken.Add(1))}, nil
}

// newHelpline runs a hub until the benchmark ends.
func newHelpline(b *testing.B, st store.Store, cfg channel.Config) *helpline {
	l := &helpline{}
	cfg.Store, cfg.Ticketing, cfg.Poll, cfg.Heartbeat = st, l, 100*time.Millisecond, time.Minute
	cfg.Channels = []channel.Channel{{
		Settings: settings.Settings{ID: "support", Name: "Support", Number: ours, Enabled: true}, Sender: l,
	}}
	hub, err := channel.New(cfg)
	require.NoError(b, err)
	l.hub = hub
	l.handler, err = webhook.NewHandler(webhook.Config{AppSecrets: []string{appSecret}, VerifyToken: "a word", Sink: hub})
	require.NoError(b, err)
	ctx, stop := context.WithCancel(context.WithoutCancel(b.Context()))
	var work sync.WaitGroup
	work.Go(func() { _ = hub.Run(ctx) })
	b.Cleanup(func() { stop(); work.Wait() })
	return l
}

// BenchmarkAtRest is how long the first message of a customer takes from the POST to the ticketing, and an
// answer from Reply to WhatsApp, on a hub that has nothing else to do: "arrival" and "answer".
func BenchmarkAtRest(b *testing.B) {
	for _, s := range stores {
		b.Run(s.name, func(b *testing.B) {
			l := newHelpline(b, s.open(b), channel.Config{})
			came, went := make(chan string, 1), make(chan time.Time, 1)
			l.receives = func(in *conversation.Received) { came <- in.Conversation.ID }
			l.sends = func(message.Outbound) { went <- time.Now() }
			var arrivals, answers delays
			for i := range b.N {
				begun := time.Now()
				l.write(b, int64(i), int64(i))
				conv := <-came
				arrivals.add(time.Since(begun))
				begun = time.Now()
				_, err := l.hub.Reply(b.Context(), agent, channel.Reply{Conversation: conv, Content: &message.Text{Body: "It arrives tomorrow."}})
				require.NoError(b, err)
				answers.add((<-went).Sub(begun))
			}
			arrivals.report(b, "arrival")
			answers.report(b, "answer")
		})
	}
}

// BenchmarkSlowTicketing is a ticketing that takes 50 milliseconds for each message, 64 at a time:
// "x-allowed" is how near the hub comes to what that allows, 1,280 a second.
func BenchmarkSlowTicketing(b *testing.B) {
	const calls, takes = 64, 50 * time.Millisecond
	for _, s := range stores {
		b.Run(s.name, func(b *testing.B) {
			l := newHelpline(b, s.open(b), channel.Config{HostWorkers: calls})
			l.takes = takes
			b.ResetTimer()
			together(b.N, func(i int) { l.write(b, int64(i%1000), int64(i)) })
			for l.received.Load() < int64(b.N) {
				time.Sleep(time.Millisecond)
			}
			b.StopTimer()
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "received/s")
			b.ReportMetric(rate*takes.Seconds()/calls, "x-allowed")
		})
	}
}

// BenchmarkFlood is how long a customer's message and the answer to it take while the statuses of a
// broadcast pour in from 16 connections, one in a POST, 8 or 50.
func BenchmarkFlood(b *testing.B) {
	for _, s := range stores {
		for _, each := range []int{1, 8, 50} {
			b.Run(fmt.Sprintf("%s/statuses=%d", s.name, each), func(b *testing.B) { flood(b, s.open(b), each) })
		}
	}
}

// flooded is how many messages the broadcast went to.
const flooded = 1000

func flood(b *testing.B, st store.Store, each int) {
	l := newHelpline(b, st, channel.Config{})
	came, went := make(chan string, flooded), make(chan message.Outbound, flooded)
	l.receives = func(in *conversation.Received) { came <- in.Conversation.ID }
	l.sends = func(out message.Outbound) { went <- out }
	reply := func(conv string) {
		_, err := l.hub.Reply(b.Context(), agent, channel.Reply{Conversation: conv, Content: &message.Text{Body: "It arrives tomorrow."}})
		require.NoError(b, err)
	}
	var broadcast []message.Outbound
	for i := range flooded {
		l.write(b, int64(i), int64(i))
	}
	for range flooded {
		reply(<-came)
	}
	for range flooded {
		broadcast = append(broadcast, <-went)
	}
	ctx, stop := context.WithCancel(b.Context())
	var pouring sync.WaitGroup
	for from := range 16 {
		pouring.Go(func() {
			for n := from; ctx.Err() == nil; n += 16 {
				post(b, l.handler, statuses(broadcast, n*each, each))
			}
		})
	}
	var arrivals, answers delays
	b.ResetTimer()
	for i := range b.N {
		begun := time.Now()
		l.write(b, int64(flooded+i), int64(flooded+i))
		conv := <-came
		arrivals.add(time.Since(begun))
		begun = time.Now()
		reply(conv)
		<-went
		answers.add(time.Since(begun))
	}
	b.StopTimer()
	stop()
	pouring.Wait()
	arrivals.report(b, "arrival")
	answers.report(b, "answer")
}

// statuses is a POST with some statuses of a broadcast: each message is sent, delivered and read, and so on.
func statuses(of []message.Outbound, from, n int) []byte {
	body := fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550199","phone_number_id":"%s"},"statuses":[`, ours)
	for i := from; i < from+n; i++ {
		out, round := of[i%len(of)], i/len(of)
		state := []string{"sent", "delivered", "read"}[round%3]
		if i > from {
			body = append(body, ',')
		}
		body = fmt.Appendf(body, `{"id":"wamid.%s","status":"%s","timestamp":"%d","recipient_id":"%s","biz_opaque_callback_data":"%s"}`,
			out.OpaqueID, state, time.Now().Unix()+int64(round/3), out.To.Phone[1:], out.OpaqueID)
	}
	return append(body, `]}}]}]}`...)
}
