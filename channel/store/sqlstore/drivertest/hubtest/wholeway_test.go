package hubtest

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
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

// BenchmarkWholeWay is one conversation all the way, as a customer and an agent live
// through it: a signed webhook with a text, the ticket system called, an answer, sent at
// once, three signed webhooks with its statuses (sent, delivered, read), and every change
// told to a ticket system that takes no time. "turns=10" is ten of these one after the other
// in the conversation of one customer; the figures are per turn. 128 customers write at a time.
//
// The baseline is what a careful team writes by hand (see handwritten): the same webhooks and
// the same eight steps, each in a transaction of its own. "x-handwritten" is how many times as
// much the hub does.
//
// The heap of the benchmark is so small that the garbage collector runs many times a second;
// GOGC=400 shows what a program with a larger one gets.
func BenchmarkWholeWay(b *testing.B) {
	engines := []struct {
		name    string
		open    func(b *testing.B) *sql.DB
		dialect sqlstore.Dialect
	}{
		{"sqlite", func(b *testing.B) *sql.DB {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "hub.db")))
			require.NoError(b, err)
			return db
		}, sqlstore.SQLite},
		{"postgres", func(b *testing.B) *sql.DB {
			db, err := pgtest.New(b).Open()
			require.NoError(b, err)
			return db
		}, sqlstore.PostgreSQL},
	}
	b.Run("memory", func(b *testing.B) {
		for _, turns := range []int{1, 10} {
			for _, f := range forms {
				b.Run(fmt.Sprintf("%s/turns=%d", f.name, turns), func(b *testing.B) { wholeWay(b, f.desk, memstore.New(), turns) })
			}
		}
	})
	// overPgx are the databases that a store by pgx opens as well.
	overPgx := map[string]func(b *testing.B) store.Store{"postgres": func(b *testing.B) store.Store {
		st, end, err := openPgx(b.Context(), pgtest.New(b))
		require.NoError(b, err)
		b.Cleanup(end)
		return st
	}}
	for _, e := range engines {
		var plain float64
		b.Run(e.name+"/handwritten", func(b *testing.B) {
			db := e.open(b)
			b.Cleanup(func() { require.NoError(b, db.Close()) })
			if e.dialect == sqlstore.SQLite {
				db.SetMaxOpenConns(1) // SQLite has one writer
			}
			db.SetMaxIdleConns(8)
			plain = handwritten(b, db)
		})
		for _, turns := range []int{1, 10} {
			for _, pool := range []int{0, 8} {
				for _, f := range forms {
					b.Run(fmt.Sprintf("%s/%s/turns=%d/pool=%d", e.name, f.name, turns, pool), func(b *testing.B) {
						db := e.open(b)
						b.Cleanup(func() { require.NoError(b, db.Close()) })
						if pool > 0 {
							db.SetMaxIdleConns(pool)
						}
						st, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: e.dialect})
						require.NoError(b, err)
						defer st.Close()
						rate := wholeWay(b, f.desk, st, turns)
						if plain > 0 {
							b.ReportMetric(rate/plain, "x-handwritten")
						}
					})
				}
			}
			if open := overPgx[e.name]; open != nil {
				for _, f := range forms {
					b.Run(fmt.Sprintf("%s/%s/turns=%d/pgx", e.name, f.name, turns), func(b *testing.B) {
						rate := wholeWay(b, f.desk, open(b), turns)
						if plain > 0 {
							b.ReportMetric(rate/plain, "x-handwritten")
						}
					})
				}
			}
		}
	}
}

// atATime is how many customers are in a conversation at a time.
const atATime = 128

const appSecret = "the secret of the benchmark"

// wholeWay takes b.N turns all the way through a hub and returns turns per second.
func wholeWay(b *testing.B, withDesk bool, st store.Store, turns int) float64 {
	b.StopTimer()
	counted := &countingStore{Store: st}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	took := walkAll(b, withDesk, channel.Config{Store: counted}, b.N, turns)
	runtime.ReadMemStats(&after)

	n := float64(b.N)
	rate := n / took.wall.Seconds()
	b.ReportMetric(float64(took.wall.Nanoseconds())/n, "ns/op")
	b.ReportMetric(rate, "turns/s")
	b.ReportMetric(float64(counted.commits.Load())/n, "commits/turn")
	b.ReportMetric(float64(counted.refused.Load())/n, "refused/turn")
	b.ReportMetric(float64(counted.gets.Load())/n, "gets/turn")
	b.ReportMetric(float64(counted.claims.Load())/n, "claims/turn")
	b.ReportMetric(float64(took.cpu.Microseconds())/n, "cpu-µs/turn")
	b.ReportMetric(float64(after.TotalAlloc-before.TotalAlloc)/1e3/n, "kB/turn")
	return rate
}

// taken is what a walk took.
type taken struct{ wall, cpu time.Duration }

// walkAll takes so many turns all the way through a hub of cfg, which names the store.
func walkAll(b *testing.B, withDesk bool, cfg channel.Config, total, turns int) taken {
	w := &walk{turns: turns, total: int64(total), done: make(chan struct{}), answers: make(chan answer, atATime), states: make(chan string, 3*atATime)}
	cfg.Ticketing, cfg.Poll, cfg.Heartbeat = w, 100*time.Millisecond, time.Minute
	cfg.Channels = []channel.Channel{{
		Settings: settings.Settings{
			ID: "support", Name: "Support", Number: ours, Enabled: true,
		},
		Sender: w,
	}}
	hub, err := hubOf(withDesk, cfg)
	require.NoError(b, err)
	w.hub = hub
	w.handler, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{appSecret}, VerifyToken: "a word", Sink: hub,
	})
	require.NoError(b, err)

	ctx, stop := context.WithCancel(b.Context())
	var work sync.WaitGroup
	for range 16 { // the agents, and WhatsApp's servers
		work.Go(func() { w.answer(ctx, b) })
		work.Go(func() { w.report(ctx, b) })
	}
	work.Go(func() { _ = hub.Run(ctx) })

	begun, cpu := time.Now(), cpuTime()
	for range min(atATime, total) {
		w.next(b)
	}
	<-w.done
	took := taken{time.Since(begun), cpuTime() - cpu}
	stop()
	work.Wait()
	return took
}

// walk is everybody around the hub: customers, WhatsApp, the ticket system and its agents.
type walk struct {
	hub     *channel.Hub
	handler http.Handler
	turns   int   // of a customer, one after the other
	total   int64 // of all
	begun   atomic.Int64
	ended   atomic.Int64
	sent    atomic.Int64
	done    chan struct{}
	answers chan answer
	states  chan string // wamids whose statuses are to be reported
	read    sync.Map    // messages that were told to be read
}

type answer struct{ conversation, text string }

// next has the next customer write, if any is left.
func (w *walk) next(b *testing.B) {
	if n := w.begun.Add(1); n <= w.total {
		// Turns of one customer are atATime apart, so that one has ended when the next begins.
		n--
		block := int64(atATime * w.turns)
		w.write(b, n/block*atATime+n%atATime, n)
	}
}

// write posts a text of a customer.
func (w *walk) write(b *testing.B, customer, number int64) {
	post(b, w.handler, textBody(customer, number))
}

// textBody is the webhook of a customer's message.
func textBody(customer, number int64) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550199","phone_number_id":"%s"},
		"contacts":[{"profile":{"name":"Fictional Person"},"wa_id":"1202%07d","user_id":"US.9%09d"}],
		"messages":[{"from":"1202%07d","from_user_id":"US.9%09d","id":"wamid.in.%d","timestamp":"%d","type":"text","text":{"body":"Hello! Where is the order that I placed on Monday? Thank you"}}]}}]}]}`,
		ours, customer, customer, customer, customer, number, time.Now().Unix())
}

// statusBody is the webhook of a status.
func statusBody(id, status, phone, opaque string) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
		"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550199","phone_number_id":"%s"},
		"statuses":[{"id":"%s","status":"%s","timestamp":"%d","recipient_id":"%s","biz_opaque_callback_data":"%s"}]}}]}]}`,
		ours, id, status, time.Now().Unix(), phone, opaque)
}

// post gives a signed webhook to a handler, again until it is taken, as WhatsApp does.
func post(b *testing.B, handler http.Handler, body []byte) {
	b.Helper()
	sign := webhook.Sign(appSecret, body)
	for {
		r := httptest.NewRequest(http.MethodPost, "/webhook", bytes.NewReader(body))
		r.Header.Set(webhook.SignatureHeader, sign)
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if rec.Code == http.StatusOK || b.Context().Err() != nil {
			return
		}
	}
}

// Receive is the ticket system: an agent answers what it is given.
func (w *walk) Receive(_ context.Context, in *conversation.Received) (string, error) {
	w.answers <- answer{in.Conversation.ID, in.Message.ID}
	return "ticket", nil
}

// Changed hears of every change; the turn has ended when the answer is known to be read.
func (w *walk) Changed(_ context.Context, c *conversation.Change) error {
	if c.Kind != conversation.DeliveryChanged || c.Delivery != conversation.Read {
		return nil
	}
	if _, twice := w.read.LoadOrStore(c.Message.ID, true); twice {
		return nil
	}
	w.answers <- answer{} // the next one may write
	if w.ended.Add(1) == w.total {
		close(w.done)
	}
	return nil
}

// answer is an agent.
func (w *walk) answer(ctx context.Context, b *testing.B) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-w.answers:
			if a.conversation == "" {
				w.next(b)
				continue
			}
			_, err := w.hub.Reply(ctx, agent, channel.Reply{
				Conversation: a.conversation, Content: &message.Text{Body: "It left our house this morning and arrives tomorrow."},
			})
			if err != nil && ctx.Err() == nil {
				b.Error(err)
			}
		}
	}
}

// Send takes a message at once.
func (w *walk) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	id := fmt.Sprint("wamid.out.", w.sent.Add(1))
	w.states <- id + " " + out.OpaqueID + " " + strings.TrimPrefix(out.To.Phone, "+")
	return message.Receipt{ID: id}, nil
}

func (w *walk) MarkRead(context.Context, string, bool) error { return nil }

// report posts the statuses of what was sent.
func (w *walk) report(ctx context.Context, b *testing.B) {
	for {
		select {
		case <-ctx.Done():
			return
		case s := <-w.states:
			id, rest, _ := strings.Cut(s, " ")
			opaque, phone, _ := strings.Cut(rest, " ")
			for _, status := range []string{"sent", "delivered", "read"} {
				post(b, w.handler, statusBody(id, status, phone, opaque))
			}
		}
	}
}

// countingStore counts what the hub asks of its store.
type countingStore struct {
	store.Store
	commits, refused, gets, claims atomic.Int64
}

func (s *countingStore) Commit(ctx context.Context, b *store.Batch) (store.Committed, error) {
	s.commits.Add(1)
	done, err := s.Store.Commit(ctx, b)
	if err != nil {
		s.refused.Add(1)
	}
	return done, err
}

func (s *countingStore) Get(ctx context.Context, kind string, keys ...string) ([]store.Record, error) {
	s.gets.Add(1)
	return s.Store.Get(ctx, kind, keys...)
}

func (s *countingStore) Claim(ctx context.Context, c store.Claim) ([]store.Work, error) {
	s.claims.Add(1)
	return s.Store.Claim(ctx, c)
}

// cpuTime is what this process has used so far.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
