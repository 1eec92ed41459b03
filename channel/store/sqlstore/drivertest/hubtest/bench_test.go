package hubtest

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// senders is how many messages are being sent at a time, on a hub that is set up for floods.
const senders = 256

// atOnce is how many callers and workers there are at a time.
const atOnce = 64

// engines are the databases of the benchmarks, with what the baseline asks them.
var engines = []struct {
	name    string
	dialect sqlstore.Dialect
	open    func(b *testing.B) (*sql.DB, error)
	mark    string
}{
	{"sqlite", sqlstore.SQLite, func(b *testing.B) (*sql.DB, error) {
		return sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "hub.db")))
	}, `UPDATE plain_out SET state = ?1 WHERE id = ?2`},
	{"postgres", sqlstore.PostgreSQL, func(b *testing.B) (*sql.DB, error) {
		return pgtest.New(b).Open()
	}, `UPDATE plain_out SET state = $1 WHERE id = $2`},
}

// BenchmarkDispatch is what a hub sends in a second if WhatsApp takes no time: each
// message is claimed, marked as begun, sent, and written down as accepted together with
// what the ticket system must hear of it. "desk=busy" is a ticket system that takes half a
// second for each call, so that it hears of the messages later; with "desk=instant" it hears
// of them at once, and "told/s" is how many went all the way. "each" is how many messages
// wait in each conversation. The baseline does no more than a careful program must: a
// transaction before each send, and one after it.
//
// The heap of the benchmark is so small that the garbage collector runs fifty times a
// second; GOGC=400 shows what a program with a larger one gets.
func BenchmarkDispatch(b *testing.B) {
	for _, e := range engines {
		open := func(b *testing.B) *sql.DB {
			db, err := e.open(b)
			require.NoError(b, err)
			b.Cleanup(func() { require.NoError(b, db.Close()) })
			db.SetMaxIdleConns(atOnce + 8)
			return db
		}
		var plain float64
		b.Run(e.name+"/baseline=two-transactions-per-message", func(b *testing.B) {
			db := open(b)
			plain = plainDispatch(b, db, e.mark)
		})
		for _, each := range []int{1, 10} {
			b.Run(fmt.Sprintf("%s/hub/each=%d/desk=busy", e.name, each), func(b *testing.B) {
				b.ReportMetric(dispatch(b, open(b), e.dialect, each, time.Second/2)/plain, "x-baseline")
			})
			b.Run(fmt.Sprintf("%s/hub/each=%d/desk=instant", e.name, each), func(b *testing.B) {
				b.ReportMetric(dispatch(b, open(b), e.dialect, each, 0)/plain, "x-baseline")
			})
		}
		b.Run(e.name+"/hub/inbound", func(b *testing.B) { inbound(b, open(b), e.dialect) })
	}
}

// plainDispatch marks messages as begun and as sent, each in its own transaction.
func plainDispatch(b *testing.B, db *sql.DB, mark string) float64 {
	_, err := db.Exec(`CREATE TABLE plain_out (id BIGINT PRIMARY KEY, state TEXT)`)
	require.NoError(b, err)
	tx, err := db.Begin()
	require.NoError(b, err)
	for i := range b.N {
		_, err := tx.Exec(fmt.Sprintf(`INSERT INTO plain_out VALUES (%d, 'queued')`, i))
		require.NoError(b, err)
	}
	require.NoError(b, tx.Commit())
	b.ResetTimer()
	together(b.N, func(i int) {
		for _, state := range []string{"begun", "sent"} {
			if _, err := db.Exec(mark, state, i); err != nil {
				b.Error(err)
			}
		}
	})
	b.StopTimer()
	return perSecond(b)
}

// together calls f with 0 to n-1 from as many goroutines as work at a time.
func together(n int, f func(i int)) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range atOnce {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	wg.Wait()
}

func perSecond(b *testing.B) float64 {
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "messages/s")
	return rate
}

// dispatch lets a hub send b.N messages, so many in each conversation, while the ticket
// system takes its time.
func dispatch(b *testing.B, db *sql.DB, dialect sqlstore.Dialect, each int, takes time.Duration) float64 {
	wire, office := &instant{}, &office{}
	hub, st := newHub(b, db, dialect, wire, office)
	defer st.Close()
	convs := customers(b, hub, office, (b.N+each-1)/each)
	together(b.N, func(i int) {
		_, err := hub.Reply(b.Context(), agent, channel.Reply{
			Conversation: convs[i%len(convs)], Content: &message.Text{Body: "Hello, your order is on its way."},
		})
		if err != nil {
			b.Error(err)
		}
	})
	// What the replies themselves changed is told first.
	enable(b, hub, false)
	run(b, hub, func() bool { return idle(b, st) })
	enable(b, hub, true)
	office.takes.Store(int64(takes))
	before := office.changed.Load()
	b.ResetTimer()
	var rate float64
	run(b, hub, func() bool {
		if wire.sent.Load() < int64(b.N) {
			return false
		}
		if rate == 0 {
			rate = float64(b.N) / b.Elapsed().Seconds()
		}
		return takes > 0 || office.changed.Load()-before == int64(b.N)
	})
	b.StopTimer()
	b.ReportMetric(rate, "sent/s")
	if takes == 0 {
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "told/s")
	}
	return rate
}

// inbound lets a hub take b.N messages of many customers all the way to the ticket system:
// accepted one delivery at a time, and then worked on.
func inbound(b *testing.B, db *sql.DB, dialect sqlstore.Dialect) {
	office := &office{}
	hub, st := newHub(b, db, dialect, &instant{}, office)
	defer st.Close()
	customers := min(b.N, 1000)
	together(b.N, func(i int) { write(b, hub, i%customers, i) })
	b.ResetTimer()
	run(b, hub, func() bool { return office.received.Load() == int64(b.N) })
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "received/s")
}

func newHub(b *testing.B, db *sql.DB, dialect sqlstore.Dialect, wire message.Sender, tickets channel.Ticketing) (*channel.Hub, *sqlstore.Store) {
	d, st := newDesk(b, db, dialect, wire, tickets)
	return d.Hub(), st
}

func newDesk(b *testing.B, db *sql.DB, dialect sqlstore.Dialect, wire message.Sender, tickets channel.Ticketing) (*desk.Desk, *sqlstore.Store) {
	st, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: dialect})
	require.NoError(b, err)
	d, err := deskOf(channel.Config{
		Store: st, Ticketing: tickets, Poll: 100 * time.Millisecond, Heartbeat: time.Minute, SendWorkers: senders,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: ours, Enabled: true,
			},
			Sender: wire,
		}},
	})
	require.NoError(b, err)
	return d, st
}

// customers makes that many conversations, by what their customers write.
func customers(b *testing.B, hub *channel.Hub, office *office, n int) []string {
	together(n, func(i int) { write(b, hub, i, i) })
	run(b, hub, func() bool { return office.received.Load() == int64(n) })
	return office.conversations()
}

// write gives the hub a message of a customer, writeAt one of some time.
func write(b *testing.B, hub *channel.Hub, customer, number int) {
	writeAt(b, hub, customer, number, time.Now())
}

func writeAt(b *testing.B, hub *channel.Hub, customer, number int, at time.Time) {
	d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550199","phone_number_id":"%s"},
		"contacts":[{"profile":{"name":"Fictional Person"},"wa_id":"120255%05d","user_id":"US.90%06d"}],
		"messages":[{"from":"120255%05d","from_user_id":"US.90%06d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"Where is it?"}}]}}]}]}`,
		ours, customer, customer, customer, customer, number, at.Unix()))
	if err == nil {
		d.Scope = webhook.Scope{All: true}
		err = hub.Accept(b.Context(), d)
	}
	if err != nil {
		b.Error(err)
	}
}

func enable(b *testing.B, hub *channel.Hub, on bool) {
	s := hub.Channels()[0].Settings
	s.Enabled = on
	require.NoError(b, hub.UpdateSettings(b.Context(), s))
}

// idle says that nothing is left to be told to the ticket system.
func idle(b *testing.B, st store.Store) bool {
	queues, err := st.Backlog(b.Context(), time.Now())
	require.NoError(b, err)
	for _, q := range queues {
		if q.Queue == "host" && q.Due > 0 {
			return false
		}
	}
	return true
}

// run lets the hub work until done says that it is enough.
func run(b *testing.B, hub *channel.Hub, done func() bool) {
	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = hub.Run(ctx) })
	for !done() {
		time.Sleep(time.Millisecond)
	}
	stop()
	work.Wait()
}

// instant is WhatsApp without any delay.
type instant struct{ sent atomic.Int64 }

func (w *instant) Send(context.Context, message.Outbound) (message.Receipt, error) {
	return message.Receipt{ID: fmt.Sprint("wamid.sent.", w.sent.Add(1))}, nil
}

func (w *instant) MarkRead(context.Context, string, bool) error { return nil }

// office is a ticket system that says nothing.
type office struct {
	takes             atomic.Int64 // how long it takes for a change, a time.Duration
	received, changed atomic.Int64
	mu                sync.Mutex
	ids               map[string]bool // of conversations
}

func (d *office) Receive(_ context.Context, r *conversation.Received) (string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ids == nil {
		d.ids = map[string]bool{}
	}
	d.ids[r.Conversation.ID] = true
	d.received.Add(1)
	return "ticket", nil
}

func (d *office) Changed(context.Context, *conversation.Change) error {
	time.Sleep(time.Duration(d.takes.Load()))
	d.changed.Add(1)
	return nil
}

func (d *office) conversations() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Collect(maps.Keys(d.ids))
}
