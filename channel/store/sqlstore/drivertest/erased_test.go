package drivertest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/pgxstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// writes has a customer write to a hub.
func writes(t *testing.T, hub *channel.Hub, phone, wamid string) {
	raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
		"id": hostAccount, "changes": []any{map[string]any{"field": "messages", "value": map[string]any{
			"messaging_product": "whatsapp",
			"metadata":          map[string]any{"display_phone_number": "13125550142", "phone_number_id": hostNumber},
			"contacts":          []any{map[string]any{"wa_id": phone, "profile": map[string]any{"name": "Somebody"}}},
			"messages": []any{map[string]any{
				"from": phone, "id": wamid, "timestamp": strconv.FormatInt(time.Now().Unix(), 10),
				"type": "text", "text": map[string]any{"body": "hello"},
			}},
		}}},
	}}})
	if err == nil {
		var d *webhook.Delivery
		if d, err = webhook.Parse(raw); err == nil {
			d.Scope = webhook.Scope{All: true}
			err = hub.Accept(t.Context(), d)
		}
	}
	if err != nil {
		t.Error(err)
	}
}

// People write, and are answered, while they are erased by another process: whatever is left leads to somebody.
func TestWhateverIsLeftOfAnErasureLeadsToSomebody(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) func() store.Store{
		"SQLite": func(t *testing.T) func() store.Store {
			path := filepath.Join(t.TempDir(), "kanava.db")
			return func() store.Store { s, _ := openSQLite(t, path); return s }
		},
		"PostgreSQL": func(t *testing.T) func() store.Store {
			schema := pgtest.New(t)
			return func() store.Store { s, _ := openPostgres(t, schema); return s }
		},
		"pgx": func(t *testing.T) func() store.Store {
			schema := pgtest.New(t)
			return func() store.Store { s, _ := openPgx(t, schema, pgxstore.Config{}); return s }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			join := open(t)
			st := join()
			works, erases := hubOn(t, st, &counting{}, nil), hubOn(t, join(), &counting{}, nil)
			runHub(t, works)
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			const people = 3
			phone := func(n int) string { return fmt.Sprintf("1312556%04d", n) }
			var writers, others sync.WaitGroup
			for n := range people {
				writers.Go(func() {
					for i := range 60 {
						writes(t, works, phone(n), fmt.Sprintf("wamid.%d.%d", n, i))
					}
				})
			}
			others.Go(func() {
				for n := 0; ctx.Err() == nil; n = (n + 1) % people {
					_, err := erases.EraseCustomer(ctx, "support", message.Recipient{Phone: phone(n)})
					if err != nil && !errors.Is(err, channel.ErrNotFound) && !errors.Is(err, store.ErrConflict) && ctx.Err() == nil {
						t.Error(err)
					}
				}
			})
			others.Go(func() {
				for ctx.Err() == nil {
					convs, err := works.Conversations(ctx, channel.ConversationQuery{Channel: "support", Limit: 10})
					if err != nil {
						continue
					}
					for _, c := range convs {
						if err := answer(ctx, works, c.ID); err != nil && !errors.Is(err, channel.ErrNotFound) && ctx.Err() == nil {
							t.Log(err)
						}
					}
				}
			})
			writers.Wait()
			stop()
			others.Wait()
			require.Eventually(t, func() bool {
				idle, err := st.Backlog(t.Context(), time.Now())
				for _, b := range idle {
					if b.Queue == "in" && b.Due > 0 {
						return false
					}
				}
				return err == nil
			}, patience, tick)

			there := map[string]bool{}
			all := func(kind string) []store.Record {
				list, err := st.List(t.Context(), store.Query{Kind: kind, Limit: 10000})
				require.NoError(t, err)
				return list
			}
			for _, kind := range []string{"customer", "conversation"} {
				for _, r := range all(kind) {
					there[r.Key] = true
				}
			}
			for _, r := range all("conversation") {
				var c conversation.Conversation
				require.NoError(t, json.Unmarshal(r.Body, &c))
				require.True(t, there[c.Customer], "a conversation with nobody")
			}
			for _, kind := range []string{"alias", "customer_conversation", "log"} {
				for _, r := range all(kind) {
					require.True(t, there[r.Parent], "a record of kind %s leads to nobody", kind)
				}
			}
			for _, r := range all("message") {
				var m conversation.Message
				require.NoError(t, json.Unmarshal(r.Body, &m))
				require.True(t, m.Direction == "" || there[m.Conversation], "a message in no conversation")
			}
		})
	}
}
