package drivertest_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// supervised is a desk on a store, in whose only channel everybody may do everything.
func supervised(tb testing.TB, s store.Store) *desk.Desk {
	tb.Helper()
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: s, Ticketing: quietDesk{}, Feed: true, Search: true,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: hostNumber, Enabled: true,
				Desk: desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}}.JSON(),
			},
			Sender: &counting{},
		}},
	}})
	require.NoError(tb, err)
	return d
}

// BenchmarkInbox lists, counts and searches in the 100,000 conversations of a desk.
func BenchmarkInbox(b *testing.B) {
	for _, engine := range []sqlstore.Dialect{sqlstore.SQLite, sqlstore.PostgreSQL} {
		b.Run(engine.String(), func(b *testing.B) {
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(b.TempDir(), "x.db")))
			if engine == sqlstore.PostgreSQL {
				db, err = pgtest.New(b).Open()
			}
			require.NoError(b, err)
			b.Cleanup(func() { db.Close() })
			s, err := sqlstore.Open(b.Context(), sqlstore.Config{DB: db, Dialect: engine, Timeout: patience})
			require.NoError(b, err)
			fillInbox(b, s, 100_000)
			_, err = db.Exec(`ANALYZE`) // as autovacuum and a hub's upkeep do
			require.NoError(b, err)
			d := supervised(b, s)
			alice := access.Actor{Kind: access.Agent, ID: "alice"}
			measure := func(name string, f func() error) {
				require.NoError(b, f()) // the first time reads them all
				b.Run(name, func(b *testing.B) {
					var took []time.Duration
					for b.Loop() {
						began := time.Now()
						require.NoError(b, f())
						took = append(took, time.Since(began))
					}
					slices.Sort(took)
					b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
					b.ReportMetric(float64(took[0].Microseconds())/1000, "min-ms")
				})
			}
			for _, q := range []struct {
				name string
				desk.InboxQuery
			}{
				{"newest", desk.InboxQuery{}},
				{"an agent's, the longest wait first", desk.InboxQuery{Assignees: []string{"agent7"}, Order: desk.LongestWait}},
				{"search for a name", desk.InboxQuery{Text: "person04711"}},
				{"search for a beginning", desk.InboxQuery{Text: "person04"}},
			} {
				measure(q.name, func() error {
					_, err := d.Inbox(b.Context(), alice, q.InboxQuery)
					return err
				})
			}
			measure("counts", func() error {
				_, err := d.CountInbox(b.Context(), alice, desk.InboxQuery{})
				return err
			})
		})
	}
}

// fillInbox stores conversations as a hub does.
func fillInbox(b *testing.B, s store.Store, many int) {
	b.Helper()
	now := time.Now()
	for from := 0; from < many; from += 1000 {
		batch := &store.Batch{}
		put := func(kind, key, parent string, at time.Time, doc any) {
			body, err := json.Marshal(doc)
			require.NoError(b, err)
			batch.Put = append(batch.Put, store.Record{Kind: kind, Key: key, Parent: parent, Sort: at.UnixMicro(), Body: body})
		}
		for i := from; i < from+1000; i++ {
			id := fmt.Sprintf("%06d", i)
			at := now.Add(-time.Duration(i) * time.Second)
			c := conversation.Conversation{ID: "c_" + id, Channel: "support", Customer: "u_" + id, Topic: fmt.Sprint(i % 7), LastActivity: at}
			c.State.Queue, c.State.Assignee = rules.QueueNew, fmt.Sprint("agent", i%50)
			person := conversation.Customer{ID: "u_" + id, Channel: "support", Identity: conversation.Identity{Name: "Person" + id}}
			put("conversation", c.ID, "support/new", at, c)
			put("customer", person.ID, "support", at, person)
			batch.Index = append(batch.Index, store.Entry{Kind: "customer", Key: person.ID, Group: "support", Text: person.Name})
		}
		_, err := s.Commit(b.Context(), batch)
		require.NoError(b, err)
	}
}
