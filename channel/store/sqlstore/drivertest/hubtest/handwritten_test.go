package hubtest

import (
	"crypto/hmac"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// handwritten takes b.N conversations of one turn through a few tables, as a team writes it that
// keeps what the hub keeps, a transaction for each step: the event seen, customer and
// conversation, the message; the ticket; the answer; that it is being sent; that it was accepted;
// three statuses. Text and statuses come as signed webhooks. It returns conversations per second.
//
// It counts, masks, limits and repeats nothing, and tells nobody of what changes.
func handwritten(b *testing.B, db *sql.DB) float64 {
	b.Helper()
	for _, q := range []string{
		`CREATE TABLE seen (id TEXT PRIMARY KEY)`,
		`CREATE TABLE conversations (id TEXT PRIMARY KEY, name TEXT, phone TEXT, ticket TEXT, last_inbound BIGINT, state TEXT)`,
		`CREATE TABLE messages (id TEXT PRIMARY KEY, conversation TEXT, body TEXT, direction TEXT, at BIGINT, state TEXT, wamid TEXT)`,
		`CREATE INDEX messages_conversation ON messages (conversation, at)`,
		`CREATE INDEX messages_wamid ON messages (wamid)`,
	} {
		_, err := db.ExecContext(b.Context(), q)
		require.NoError(b, err)
	}
	p := &plainChannel{b: b, db: db}
	b.ResetTimer()
	together(b.N, func(i int) {
		post(b, p, textBody(int64(i), int64(i)))
		conversation, wamid := fmt.Sprintf("v_1202%07d", i), fmt.Sprint("wamid.out.", i)
		p.reply(conversation, fmt.Sprint("m_", i), "It left our house this morning and arrives tomorrow.", wamid)
		for _, status := range []string{"sent", "delivered", "read"} {
			post(b, p, statusBody(wamid, status, fmt.Sprintf("1202%07d", i), ""))
		}
	})
	b.StopTimer()
	rate := float64(b.N) / b.Elapsed().Seconds()
	b.ReportMetric(rate, "turns/s")
	return rate
}

// plainChannel is a WhatsApp channel written by hand: the handler of its webhooks and its answers.
type plainChannel struct {
	b  *testing.B
	db *sql.DB
}

// plainWebhook is what it reads of a webhook.
type plainWebhook struct {
	Entry []struct {
		Changes []struct {
			Value struct {
				Contacts []struct {
					Profile struct {
						Name string `json:"name"`
					} `json:"profile"`
				} `json:"contacts"`
				Messages []struct {
					ID        string `json:"id"`
					From      string `json:"from"`
					Timestamp string `json:"timestamp"`
					Text      struct {
						Body string `json:"body"`
					} `json:"text"`
				} `json:"messages"`
				Statuses []struct {
					ID     string `json:"id"`
					Status string `json:"status"`
				} `json:"statuses"`
			} `json:"value"`
		} `json:"changes"`
	} `json:"entry"`
}

// ServeHTTP takes a webhook in: the text of a customer or a status.
func (p *plainChannel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write(body)
	if err != nil || !hmac.Equal([]byte("sha256="+hex.EncodeToString(mac.Sum(nil))), []byte(r.Header.Get("X-Hub-Signature-256"))) {
		http.Error(w, "forbidden", http.StatusForbidden)
		return
	}
	var in plainWebhook
	if err := json.Unmarshal(body, &in); err != nil {
		http.Error(w, "bad request", http.StatusBadRequest)
		return
	}
	for _, entry := range in.Entry {
		for _, change := range entry.Changes {
			v := &change.Value
			for _, m := range v.Messages {
				at, _ := strconv.ParseInt(m.Timestamp, 10, 64)
				p.received(m.ID, m.From, v.Contacts[0].Profile.Name, m.Text.Body, at)
			}
			for _, s := range v.Statuses {
				p.status(s.ID, s.Status)
			}
		}
	}
}

// received keeps a customer's message, and then the ticket that it was given.
func (p *plainChannel) received(id, from, name, text string, at int64) {
	conversation := "v_" + from
	p.in(func(do statement) error {
		if err := do(`INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING`, id); err != nil {
			return err
		}
		if err := do(`INSERT INTO conversations VALUES ($1, $2, $3, '', $4, 'new')
			ON CONFLICT (id) DO UPDATE SET last_inbound = excluded.last_inbound`, conversation, name, from, at); err != nil {
			return err
		}
		return do(`INSERT INTO messages VALUES ($1, $2, $3, 'in', $4, 'received', $1)`, id, conversation, text, at)
	})
	p.in(func(do statement) error {
		return do(`UPDATE conversations SET ticket = 'ticket' WHERE id = $1`, conversation)
	})
}

// reply sends an answer if the window is open, and keeps how it goes.
func (p *plainChannel) reply(conversation, id, text, wamid string) {
	now := time.Now().Unix()
	p.tx(func(tx *sql.Tx, do statement) error {
		var last int64
		if err := tx.QueryRowContext(p.b.Context(), `SELECT last_inbound FROM conversations WHERE id = $1`, conversation).Scan(&last); err != nil {
			return err
		}
		if now-last >= 24*60*60 {
			return fmt.Errorf("the window is closed")
		}
		if err := do(`INSERT INTO messages VALUES ($1, $2, $3, 'out', $4, 'queued', '')`, id, conversation, text, now); err != nil {
			return err
		}
		return do(`UPDATE conversations SET state = 'answered' WHERE id = $1`, conversation)
	})
	p.in(func(do statement) error { return do(`UPDATE messages SET state = 'sending' WHERE id = $1`, id) })
	p.in(func(do statement) error {
		return do(`UPDATE messages SET state = 'accepted', wamid = $2 WHERE id = $1`, id, wamid)
	})
}

// status keeps what became of an answer.
func (p *plainChannel) status(wamid, status string) {
	p.in(func(do statement) error {
		if err := do(`INSERT INTO seen VALUES ($1) ON CONFLICT DO NOTHING`, wamid+status); err != nil {
			return err
		}
		return do(`UPDATE messages SET state = $2 WHERE wamid = $1`, wamid, status)
	})
}

// statement executes one in a transaction.
type statement func(query string, args ...any) error

// in runs f in a transaction of its own.
func (p *plainChannel) in(f func(statement) error) {
	p.tx(func(_ *sql.Tx, do statement) error { return f(do) })
}

func (p *plainChannel) tx(f func(*sql.Tx, statement) error) {
	ctx := p.b.Context()
	tx, err := p.db.BeginTx(ctx, nil)
	if err == nil {
		err = f(tx, func(q string, args ...any) error {
			_, err := tx.ExecContext(ctx, q, args...)
			return err
		})
		if err == nil {
			err = tx.Commit()
		} else {
			_ = tx.Rollback()
		}
	}
	if err != nil {
		p.b.Error(err)
	}
}
