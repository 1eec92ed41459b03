package hubtest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/sqlstore"
	"github.com/kanava-go/kanava/channel/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// atOnce is how many callers and workers there are at a time.
const atOnce = 64

// BenchmarkDispatch is what a hub sends in a second if WhatsApp takes no time: each
// message is claimed, marked as begun, sent, and written down as accepted together with
// what the ticket system must hear of it. The baseline does no more than a careful
// program must: a transaction before each send, and one after it.
func BenchmarkDispatch(b *testing.B) {
	for _, e := range []struct {
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
	} {
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
		b.Run(e.name+"/hub", func(b *testing.B) {
			b.ReportMetric(dispatch(b, open(b), e.dialect)/plain, "x-baseline")
		})
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

// dispatch lets a hub send b.N messages of many conversations.
func dispatch(b *testing.B, db *sql.DB, dialect sqlstore.Dialect) float64 {
	ctx := b.Context()
	store, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: dialect})
	require.NoError(b, err)
	defer store.Close()
	wire := &instant{}
	hub, err := channel.New(channel.Config{
		Store: store, Ticketing: silentDesk{}, Poll: 100 * time.Millisecond,
		Channels: []channel.Channel{{
			Settings: channel.Settings{
				ID: "support", Name: "Support", Number: ours, Enabled: true,
				Rules: rules.Default(), Access: access.Policy{AllUsers: access.Supervisor},
			},
			Sender: wire,
		}},
	})
	require.NoError(b, err)
	convs := customers(b, hub, min(b.N, 1000))
	together(b.N, func(i int) {
		_, err := hub.Reply(ctx, channel.Reply{
			Conversation: convs[i%len(convs)], Actor: agent, Content: &message.Text{Body: "Hello, your order is on its way."},
		})
		if err != nil {
			b.Error(err)
		}
	})
	b.ResetTimer()
	run(b, hub, func() bool { return wire.sent.Load() == int64(b.N) })
	b.StopTimer()
	return perSecond(b)
}

// customers makes that many conversations, by what their customers write.
func customers(b *testing.B, hub *channel.Hub, n int) (conversations []string) {
	together(n, func(i int) {
		d, err := webhook.Parse(fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"2","changes":[{"field":"messages","value":{
			"messaging_product":"whatsapp","metadata":{"display_phone_number":"12025550199","phone_number_id":"%s"},
			"contacts":[{"profile":{"name":"Fictional Person"},"wa_id":"1202555%04d","user_id":"US.90%06d"}],
			"messages":[{"from":"1202555%04d","from_user_id":"US.90%06d","id":"wamid.%d","timestamp":"%d","type":"text","text":{"body":"Where is it?"}}]}}]}]}`,
			ours, i, i, i, i, i, time.Now().Unix()))
		if err == nil {
			err = hub.Accept(b.Context(), d)
		}
		if err != nil {
			b.Error(err)
		}
	})
	run(b, hub, func() bool {
		convs, err := hub.Conversations(b.Context(), channel.ConversationQuery{Actor: agent, Channel: "support", Limit: 1000})
		require.NoError(b, err)
		conversations = conversations[:0]
		for _, c := range convs {
			conversations = append(conversations, c.ID)
		}
		return len(convs) == n
	})
	return conversations
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

type silentDesk struct{}

func (silentDesk) Receive(context.Context, *channel.Received) (string, error) { return "ticket", nil }

func (silentDesk) Changed(context.Context, *channel.Change) error { return nil }
