package drivertest_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/stretchr/testify/require"
)

// row reads the only row of a view as texts.
func row(t *testing.T, db *sql.DB, query string, args ...any) map[string]string {
	t.Helper()
	rows, err := db.Query(query, args...)
	require.NoError(t, err)
	defer rows.Close()
	names, err := rows.Columns()
	require.NoError(t, err)
	require.True(t, rows.Next(), "no row")
	values := make([]sql.NullString, len(names))
	into := make([]any, len(names))
	for i := range values {
		into[i] = &values[i]
	}
	require.NoError(t, rows.Scan(into...))
	got := map[string]string{}
	for i, name := range names {
		if values[i].Valid {
			got[name] = values[i].String
		}
	}
	require.False(t, rows.Next(), "more than one row")
	require.NoError(t, rows.Err())
	return got
}

// The views are a promise to whoever reports from them: a change of the documents must keep them.
func TestViewsShowWhatTheHubKeeps(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		line := &counting{}
		hub := hubOn(t, s, line, nil)
		runHub(t, hub)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		m, err := hub.Notify(ctx, dana, channel.Notification{
			Channel: "support", To: message.Recipient{Phone: "13125550187"}, Name: "Robin Sample", Ticket: "T-7",
			Template: &channel.Template{Name: "news", Language: "en"}, Metadata: json.RawMessage(`{"row":7}`),
		})
		require.NoError(t, err)
		require.NoError(t, hub.Idle(ctx))

		conv := row(t, db, `SELECT * FROM kanava_conversations`)
		require.Equal(t, m.Conversation, conv["id"])
		require.Equal(t, "support", conv["channel"])
		require.Equal(t, "T-7", conv["ticket"])
		require.Equal(t, "1", conv["outbound"])
		require.NotEmpty(t, conv["last_activity"])
		require.NotContains(t, conv, "merged_into")

		customer := row(t, db, `SELECT * FROM kanava_customers`)
		require.Equal(t, conv["customer"], customer["id"])
		require.Equal(t, "Robin Sample", customer["name"])
		require.Equal(t, "13125550187", customer["phone"])
		require.Equal(t, "people", conv["held_by"])
		require.NotContains(t, conv, "team")
		require.NoError(t, hub.SetProfile(ctx, customer["id"], conversation.Profile{Name: "Dr. Robin Sample", FirstName: "Robin", Email: "robin@example.com", Company: "Sample Ltd"}))
		require.NoError(t, hub.HandBack(ctx, dana, m.Conversation, ""))
		customer = row(t, db, `SELECT * FROM kanava_customers`)
		require.Equal(t, "Dr. Robin Sample", customer["name"], "the host's name wins, as in the hub")
		require.Equal(t, "Robin Sample", customer["whatsapp_name"])
		require.Equal(t, []string{"Robin", "robin@example.com", "Sample Ltd"}, []string{customer["first_name"], customer["email"], customer["company"]})
		require.Equal(t, "bot", row(t, db, `SELECT * FROM kanava_conversations`)["held_by"])

		sent := row(t, db, `SELECT * FROM kanava_messages WHERE direction = 'out'`)
		require.Equal(t, m.ID, sent["id"])
		require.Equal(t, "There is news.", sent["text"])
		require.Equal(t, "dana", sent["author"])
		require.Equal(t, "agent", sent["author_kind"])
		require.Equal(t, "news/en", sent["template"])
		require.JSONEq(t, `{"row":7}`, sent["metadata"])
		at, err := time.Parse(time.RFC3339Nano, sent["at"])
		require.NoError(t, err)
		require.WithinDuration(t, began, at, 2*patience)

		delivery := row(t, db, `SELECT * FROM kanava_deliveries`)
		require.Equal(t, m.ID, delivery["message"])
		require.NotEmpty(t, delivery["accepted_at"])
		require.NotContains(t, delivery, "failed_at")

		counters := row(t, db, `SELECT channel, min(day) AS day, max(day) AS last, sum(n) AS n FROM kanava_counters GROUP BY channel`)
		require.Equal(t, "support", counters["channel"])
		days := []string{began.UTC().Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)} // it may be midnight
		require.Contains(t, days, counters["day"][:len(time.DateOnly)])
		require.Contains(t, days, counters["last"][:len(time.DateOnly)])

		// What no database takes for a text harms no report.
		odd := `{"id":"m_odd","conversation":"c","channel":"support","direction":"in","at":"2026-11-29T12:00:00Z","kind":"text","text":"a\u0000b\ud800c\\u0000d"}`
		_, err = s.Commit(ctx, &store.Batch{Put: []store.Record{{Kind: "message", Key: "m_odd", Body: []byte(odd)}, {Kind: "message", Key: "m_stub", Body: []byte(`{"id":"m_stub"}`)}}})
		require.NoError(t, err)
		if got := row(t, db, `SELECT id, text FROM kanava_messages WHERE direction = 'in'`); got["text"] != "" {
			require.Contains(t, got["text"], "a")
		}
	})
}
