package drivertest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"github.com/stretchr/testify/require"
)

// quietDesk takes everything and remembers nothing.
type quietDesk struct{}

func (quietDesk) Receive(context.Context, *conversation.Received) (string, error) { return "", nil }
func (quietDesk) Changed(context.Context, *conversation.Change) error             { return nil }

// counting is a Sender that takes everything and counts.
type counting struct{ sent atomic.Int64 }

func (c *counting) Send(context.Context, message.Outbound) (message.Receipt, error) {
	return message.Receipt{ID: "wamid." + strconv.FormatInt(c.sent.Add(1), 10)}, nil
}
func (c *counting) MarkRead(context.Context, string, bool) error { return nil }

const hostNumber, hostAccount = "106540352242922", "102290129340398"

var dana = conversation.Author{Kind: conversation.Agent, ID: "dana"}

// hubOn returns a hub that polls so seldom that only what it is told of happens.
func hubOn(t *testing.T, st store.Store, line message.Sender, decide func(*settings.Settings)) *channel.Hub {
	t.Helper()
	var def template.Definition
	require.NoError(t, json.Unmarshal([]byte(`{"name":"news","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"There is news."}]}`), &def))
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	catalog.Put(time.Now(), def)
	s := settings.Settings{
		ID: "support", Name: "Support", Number: hostNumber, Account: hostAccount, Enabled: true, ConsentElsewhere: true,
	}
	if decide != nil {
		decide(&s)
	}
	s.Desk = desk.Settings{}.JSON() // it counts
	d, err := desk.New(desk.Config{Hub: channel.Config{
		Store: st, Ticketing: quietDesk{}, Poll: time.Hour,
		Channels: []channel.Channel{{Settings: s, Sender: line, Templates: catalog}},
	}})
	require.NoError(t, err)
	return d.Hub()
}

// refusals counts what was refused.
func refusals(t *testing.T, hub *channel.Hub) (n int64) {
	t.Helper()
	for c, err := range hub.Counters(t.Context(), "support", time.Now().Add(-48*time.Hour), time.Now().Add(48*time.Hour)) {
		require.NoError(t, err)
		if c.Name == "refused" {
			n += c.N
		}
	}
	return n
}

// runHub runs a hub until the test ends.
func runHub(t *testing.T, hub *channel.Hub) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
}

// conversationsOf lets n customers write and returns their conversations.
func conversationsOf(t *testing.T, hub *channel.Hub, n int) []*conversation.Conversation {
	t.Helper()
	for i := range n {
		phone := fmt.Sprintf("1312556%04d", i)
		raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": []any{map[string]any{
			"id": hostAccount, "changes": []any{map[string]any{"field": "messages", "value": map[string]any{
				"messaging_product": "whatsapp",
				"metadata":          map[string]any{"display_phone_number": "13125550142", "phone_number_id": hostNumber},
				"contacts":          []any{map[string]any{"wa_id": phone, "profile": map[string]any{"name": "Somebody"}}},
				"messages": []any{map[string]any{
					"from": phone, "id": "wamid.in." + phone, "timestamp": strconv.FormatInt(time.Now().Unix(), 10),
					"type": "text", "text": map[string]any{"body": "hello"},
				}},
			}}},
		}}})
		require.NoError(t, err)
		d, err := webhook.Parse(raw)
		require.NoError(t, err)
		d.Scope = webhook.Scope{All: true}
		require.NoError(t, hub.Accept(t.Context(), d))
	}
	var list []*conversation.Conversation
	require.Eventually(t, func() bool {
		var err error
		list, err = hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
		return err == nil && len(list) == n
	}, patience, 10*time.Millisecond)
	return list
}

func answer(ctx context.Context, hub *channel.Hub, conv string) error {
	_, err := hub.Reply(ctx, dana, channel.Reply{Conversation: conv, Content: &message.Text{Body: "hi"}})
	return err
}

func TestWhatIsWrittenInTheHostsTransactionIsSentWhenItCommits(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		line := &counting{}
		hub := hubOn(t, s, line, nil)
		runHub(t, hub)
		conv := conversationsOf(t, hub, 1)[0].ID
		for n, commit := range []bool{true, false, true} {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			ctx := sqlstore.WithTx(t.Context(), tx)
			require.NoError(t, answer(ctx, hub, conv))
			if commit {
				require.NoError(t, tx.Commit())
			} else {
				require.NoError(t, tx.Rollback())
			}
			sqlstore.Ended(ctx, commit)
			sqlstore.Ended(ctx, commit) // twice is once
			want := int64(n/2 + 1)
			require.Eventually(t, func() bool { return line.sent.Load() == want }, patience, 5*time.Millisecond,
				"the queues are polled once an hour")
		}
		sqlstore.Ended(t.Context(), true) // no transaction, no harm
	})
}

func TestAFunctionInATransactionHappensWithTheAnswerOrNotAtAll(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		_, err := db.Exec(`CREATE TABLE ticket (id TEXT PRIMARY KEY)`)
		require.NoError(t, err)
		line := &counting{}
		hub := hubOn(t, s, line, nil)
		runHub(t, hub)
		conv := conversationsOf(t, hub, 1)[0].ID
		solve := func(ticket string, then func(ctx context.Context, tx *sql.Tx) error) error {
			return sqlstore.InTx(t.Context(), db, func(ctx context.Context, tx *sql.Tx) error {
				if _, err := tx.ExecContext(ctx, `INSERT INTO ticket VALUES ('`+ticket+`')`); err != nil {
					return err
				}
				return errors.Join(answer(ctx, hub, conv), then(ctx, tx))
			})
		}
		nothing := func(context.Context, *sql.Tx) error { return nil }
		changedMind := errors.New("changed my mind")
		require.ErrorIs(t, solve("T-1", func(context.Context, *sql.Tx) error { return changedMind }), changedMind)
		require.PanicsWithValue(t, "oh", func() { _ = solve("T-2", func(context.Context, *sql.Tx) error { panic("oh") }) })
		require.ErrorContains(t, solve("T-3", func(ctx context.Context, _ *sql.Tx) error {
			return sqlstore.InTx(ctx, db, nothing)
		}), "has a transaction already")
		require.ErrorContains(t, solve("T-4", func(_ context.Context, tx *sql.Tx) error { return tx.Rollback() }), "sqlstore: commit: ")
		require.NoError(t, solve("T-5", nothing))
		require.Error(t, solve("T-5", nothing))

		require.Eventually(t, func() bool { return line.sent.Load() == 1 }, patience, 5*time.Millisecond, "the queues are polled once an hour")
		require.NoError(t, hub.Idle(t.Context()))
		require.EqualValues(t, 1, line.sent.Load())
		var tickets int
		require.NoError(t, db.QueryRow(`SELECT count(*) FROM ticket`).Scan(&tickets))
		require.Equal(t, 1, tickets)
	})
}

func TestARolledBackNotificationReachedNobodyAndARefusalStays(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		hub := hubOn(t, s, &counting{}, func(set *settings.Settings) {
			set.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: 1}
		})
		require.NoError(t, hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "1"}))
		notify := func(ctx context.Context, n int) error {
			_, err := hub.Notify(ctx, dana, channel.Notification{
				Channel: "support", To: message.Recipient{Phone: fmt.Sprintf("1312556%04d", n)},
				Template: &channel.Template{Name: "news", Language: "en"},
			})
			return err
		}
		for n := range 3 {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			ctx := sqlstore.WithTx(t.Context(), tx)
			require.NoError(t, notify(ctx, n), "neither the limit nor the budget is used up")
			require.ErrorIs(t, notify(ctx, 9), pricing.ErrBudgetExhausted, "the transaction sees what it has used")
			require.NoError(t, tx.Rollback())
			sqlstore.Ended(ctx, false)
		}
		require.EqualValues(t, 3, refusals(t, hub))
		require.NoError(t, notify(t.Context(), 7))
		require.ErrorIs(t, notify(t.Context(), 8), pricing.ErrBudgetExhausted)
	})
}

func TestABudgetHoldsWhoeverAnswersAtTheSameTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, _ *sql.DB) {
		const limit = 3
		budget := func(set *settings.Settings) { set.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: limit} }
		hubs := []*channel.Hub{hubOn(t, s, &counting{}, budget), hubOn(t, s, &counting{}, budget)}
		runHub(t, hubs[0])
		var took atomic.Int64
		var wg sync.WaitGroup
		for i, conv := range conversationsOf(t, hubs[0], 30) {
			wg.Go(func() {
				switch err := answer(t.Context(), hubs[i%2], conv.ID); {
				case err == nil:
					took.Add(1)
				case !errors.Is(err, pricing.ErrBudgetExhausted):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, limit, took.Load())
	})
}
