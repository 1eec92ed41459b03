package hubtest

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// The corpus of card numbers goes through every path that text can take, and then the
// files of the database, its log, ours, the ticket system and the wire are searched. Each
// text takes some of the paths and each path gets many of the texts; with KANAVA_LONG=1
// every text takes every path.

func TestNoCardNumberReachesTheFilesOfSQLite(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(filepath.Join(dir, "hub.db")))
			require.NoError(t, err)
			defer db.Close()
			c := exposed(t, f.desk, db, sqlstore.SQLite)
			c.searchFiles(dir)
		})
	}
}

func TestNoCardNumberReachesTheFilesAndTheLogOfPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			server := pgtest.Start(t, "log_statement=all") // with the values of all parameters
			db, err := pgtest.NewSchema(t, server.DSN()).Open()
			require.NoError(t, err)
			defer db.Close()
			db.SetMaxIdleConns(32)
			c := exposed(t, f.desk, db, sqlstore.PostgreSQL)
			_, err = db.Exec("CHECKPOINT")
			require.NoError(t, err)
			log := server.Log()
			require.Contains(t, string(log), "XXXX", "the log shows what was stored")
			c.search("log of the server", log)
			c.searchFiles(server.Data())
		})
	}
}

// corpus is the corpus of package redact: texts with card numbers, and what must
// become of them.
func corpus(t *testing.T) (texts []string, cards map[string]bool) {
	t.Helper()
	cards = map[string]bool{}
	f, err := os.Open("../../../../../redact/testdata/redaction-corpus.jsonl")
	require.NoError(t, err)
	defer f.Close()
	for in := bufio.NewScanner(f); in.Scan(); {
		var line struct{ Text, Want string }
		require.NoError(t, json.Unmarshal(in.Bytes(), &line))
		if line.Text != line.Want {
			texts = append(texts, line.Text)
			for _, card := range masked([]rune(line.Text), []rune(line.Want)) {
				cards[card] = true
			}
		}
	}
	require.Greater(t, len(texts), 100)
	return texts, cards
}

// masked returns the numbers of a text that want masks, up to and with their last four
// digits, as ASCII digits. Numbers in the digits of other scripts are left out.
func masked(text, want []rune) (cards []string) {
	for i := 0; i < len(text); i++ {
		if text[i] == want[i] {
			continue
		}
		var digits []byte
		kept := 0
		for ; i < len(text) && kept < 4; i++ {
			switch {
			case text[i] != want[i]:
				kept = 0
			case unicode.IsDigit(text[i]):
				kept++
			}
			if text[i] >= '0' && text[i] <= '9' {
				digits = append(digits, byte(text[i]))
			}
		}
		if len(digits) >= 12 {
			cards = append(cards, string(digits))
		}
	}
	return cards
}

// exposure is a hub that has seen the corpus.
type exposure struct {
	t     *testing.T
	texts []string
	cards map[string]bool // the numbers in them, digits only

	mu   sync.Mutex
	told bytes.Buffer // what the ticket system and WhatsApp were told
	sent int
	logs bytes.Buffer
	hub  *channel.Hub
	desk *desk.Desk // nil: the hub is alone
	post http.Handler
}

const (
	secret  = "fictional app secret"
	ours    = "300000000000001" // our phone number ID
	unknown = "300000000000002" // that of a number which belongs to no channel
)

// exposed lets every text of the corpus take every path through a hub on db.
func exposed(t *testing.T, withDesk bool, db *sql.DB, dialect sqlstore.Dialect) *exposure {
	t.Helper()
	c := &exposure{t: t}
	c.texts, c.cards = corpus(t)
	const patience = 3 * time.Minute // with a slow machine
	st, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: dialect, Timeout: patience})
	require.NoError(t, err)
	defer st.Close()
	catalog, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	var def template.Definition
	require.NoError(t, json.Unmarshal([]byte(`{"id":"1","name":"news","language":"en","category":"UTILITY","status":"APPROVED",
		"components":[{"type":"BODY","text":"There is news: {{1}}. Please write.","example":{"body_text":[["none"]]}}]}`), &def))
	require.NoError(t, catalog.Sync(time.Now().Add(-time.Minute), func(yield func(template.Definition, error) bool) { yield(def, nil) }))
	logger := slog.New(slog.NewJSONHandler(c.locked(&c.logs), &slog.HandlerOptions{Level: slog.LevelDebug}))
	cfg := channel.Config{
		Feed: true, Search: true, // what is found by words is stored, too
		Store: st, Ticketing: (*cardDesk)(c), Logger: logger, Poll: 50 * time.Millisecond, Heartbeat: time.Minute,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: ours, Account: "2", Enabled: true, Language: "en",
				ConsentElsewhere: true,
			},
			Sender: (*cardWire)(c), Templates: catalog,
		}},
	}
	if withDesk {
		c.desk, err = deskOf(cfg)
		require.NoError(t, err)
		c.hub = c.desk.Hub()
	} else {
		c.hub, err = channel.New(cfg)
		require.NoError(t, err)
	}
	c.post, err = webhook.NewHandler(webhook.Config{
		AppSecrets: []string{secret}, VerifyToken: "token", Sink: c.hub, Logger: logger, AcceptMalformed: true, Timeout: patience,
	})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	var work sync.WaitGroup
	work.Go(func() { _ = c.hub.Run(ctx) })
	defer func() { stop(); work.Wait() }() // before the store is closed, also if something fails

	for i, text := range c.texts {
		c.receive(ours, 8, i, text)
	}
	rest(t, c.hub, func() {})
	for i, text := range c.texts {
		if takes(i, 0, 3) {
			c.answer(i, text)
		}
	}
	rest(t, c.hub, func() {})
	for i, text := range c.texts {
		c.receive(unknown, 32, i, text)
	}
	stop()
	work.Wait()
	require.Greater(t, c.sent, len(c.texts), "answers went out")
	c.mu.Lock()
	defer c.mu.Unlock()
	require.Contains(t, c.told.String(), "XXXX", "what was told is masked")
	c.search("what others were told", c.told.Bytes())
	c.search("our log", c.logs.Bytes())
	return c
}

// takes decides whether a text takes a path that one in so many takes.
func takes(text, path, oneIn int) bool {
	return os.Getenv("KANAVA_LONG") != "" || (text+path)%oneIn == 0
}

type object = map[string]any

// receive posts what a customer can write to a number with text in it, wherever text
// can be. Of the kinds of messages it takes one in few.
func (c *exposure) receive(number string, few, i int, text string) {
	user, phone := fmt.Sprintf("US.90%06d", i), fmt.Sprintf("1202555%04d", i)
	now := fmt.Sprint(time.Now().Unix())
	file := object{"id": "1", "mime_type": "image/jpeg", "sha256": "c2hh", "caption": text}
	answers, err := json.Marshal(object{"flow_token": "1", "field": text, "deep": []any{object{"field": text}}})
	require.NoError(c.t, err)
	contents := []object{
		{"type": "text", "text": object{"body": text}},
		{"type": "image", "image": file},
		{"type": "video", "video": file},
		{"type": "document", "document": object{"id": "1", "mime_type": "application/pdf", "sha256": "c2hh", "caption": text, "filename": text + ".pdf"}},
		{"type": "location", "location": object{"latitude": 1.5, "longitude": 2.5, "name": text, "address": text}},
		{"type": "contacts", "contacts": []any{object{"name": object{"formatted_name": text, "first_name": text}, "org": object{"company": text},
			"addresses": []any{object{"street": text}}, "emails": []any{object{"email": text}}, "urls": []any{object{"url": text}}}}},
		{"type": "order", "order": object{"catalog_id": "1", "text": text, "product_items": []any{}}},
		{"type": "button", "button": object{"payload": text, "text": text}},
		{"type": "interactive", "interactive": object{"type": "nfm_reply", "nfm_reply": object{"name": "flow", "body": text, "response_json": string(answers)}}},
		{"type": "interactive", "interactive": object{"type": "list_reply", "list_reply": object{"id": "1", "title": text, "description": text}}},
		{"type": "edit", "edit": object{"original_message_id": fmt.Sprintf("wamid.%d.0", i),
			"message": object{"context": object{"id": "M0"}, "type": "text", "text": object{"body": text}}}},
		{"type": "edit", "edit": object{"original_message_id": fmt.Sprintf("wamid.%d.1", i), "message": object{"type": "image", "image": file}}},
		{"type": "edit", "edit": object{"original_message_id": "wamid.never", "message": object{"type": "text", "text": object{"body": text}}}},
		{"type": "text", "text": object{"body": "hello"}, "referral": object{"source_type": "ad", "headline": text, "body": text}},
		{"type": "hologram", "hologram": object{"speech": text, "words": []any{text}}},
		{"type": "unsupported", "errors": []any{object{"code": 131051, "title": text, "error_data": object{"details": text}}}},
	}
	value := func(list string, items ...any) object {
		return object{
			"messaging_product": "whatsapp", "metadata": object{"display_phone_number": "12025550199", "phone_number_id": number},
			"contacts": []any{object{"profile": object{"name": "Sample " + text}, "wa_id": phone, "user_id": user}}, list: items,
		}
	}
	var messages, echoes, past []any
	for k, content := range contents {
		m := object{"from": phone, "from_user_id": user, "id": fmt.Sprintf("wamid.%d.%d", i, k), "timestamp": now}
		e := object{"from": "12025550199", "to": phone, "to_user_id": user, "id": fmt.Sprintf("wamid.echo.%d.%d", i, k), "timestamp": now}
		h := object{"from": phone, "id": fmt.Sprintf("wamid.past.%d.%d", i, k), "timestamp": now, "history_context": object{"status": "READ"}}
		for key, v := range content {
			m[key], e[key], h[key] = v, v, v
		}
		if takes(i, k, few) {
			messages = append(messages, m)
		}
		if takes(i, k+1, few+2) {
			echoes = append(echoes, e)
		}
		if takes(i, k+2, few+2) {
			past = append(past, h)
		}
	}
	c.deliver("messages", value("messages", messages...))
	c.deliver("smb_message_echoes", value("message_echoes", echoes...))
	c.deliver("message_echoes", value("message_echoes", object{"from": "12025550199", "to": phone, "to_user_id": user,
		"id": fmt.Sprintf("wamid.bot.%d", i), "timestamp": now, "type": "text", "text": object{"body": text}}))
	c.deliver("history", value("history", object{"metadata": object{"phase": 0, "chunk_order": 1, "progress": 100},
		"threads": []any{object{"id": phone, "context": object{"wa_id": phone, "user_id": user}, "messages": past}}}))
	c.deliver("hologram_updates", value("holograms", object{"speech": text}))
	c.raw([]byte(`{"object":"whatsapp_business_account","entry":["` + text)) // cut off
}

// deliver posts one change.
func (c *exposure) deliver(field string, value object) {
	body, err := json.Marshal(object{"object": "whatsapp_business_account", "entry": []any{
		object{"id": "2", "changes": []any{object{"field": field, "value": value}}},
	}})
	require.NoError(c.t, err)
	c.raw(body)
}

func (c *exposure) raw(body []byte) {
	r := httptest.NewRequestWithContext(c.t.Context(), http.MethodPost, "/", bytes.NewReader(body))
	r.Header.Set("X-Hub-Signature-256", webhook.Sign(secret, body))
	w := httptest.NewRecorder()
	c.post.ServeHTTP(w, r)
	require.Equal(c.t, http.StatusOK, w.Code)
}

// answer sends what an agent can send with text in it, and notes what an agent can note.
func (c *exposure) answer(i int, text string) {
	t, ctx := c.t, c.t.Context()
	found, err := c.hub.Notify(ctx, agent, channel.Notification{
		Channel: "support", To: message.Recipient{BSUID: fmt.Sprintf("US.90%06d", i)}, Name: text,
		Template: &channel.Template{Name: "news", Values: template.Values{Body: []template.Value{template.Text(template.OneLine(text))}}},
	})
	require.NoError(t, err)
	conv := found.Conversation
	for k, content := range []message.Content{
		&message.Text{Body: text},
		&message.Image{ID: "1", Caption: text},
		&message.Video{ID: "1", Caption: text},
		&message.Document{ID: "1", Caption: text, Filename: text + ".pdf"},
		&message.Location{Latitude: 1.5, Longitude: 2.5, Name: text, Address: text},
		&message.Buttons{Body: text, Buttons: []message.Button{{ID: "1", Title: "Yes"}}},
		&message.List{Body: text, Button: "Choose", Sections: []message.Section{{Rows: []message.Row{{ID: "1", Title: "One"}}}}},
		&message.Unknown{Type: "hologram", Raw: []byte(`{"speech":` + quoted(t, text) + `}`)},
	} {
		if takes(i/3, k, 4) {
			_, err = c.hub.Reply(ctx, agent, channel.Reply{Conversation: conv, Content: content})
			require.NoError(t, err)
		}
	}
	_, err = c.hub.RunMacro(ctx, agent, channel.Macro{Conversation: conv, Text: "Hello. " + text})
	require.NoError(t, err)
	if c.desk != nil {
		_, err = c.desk.AddNote(ctx, colleague, conv, text)
		require.NoError(t, err)
		require.NoError(t, c.desk.SetTopic(ctx, colleague, conv, text))
		require.NoError(t, c.desk.SetTags(ctx, colleague, conv, []string{text[:min(len(text), 100)]}))
		require.NoError(t, c.desk.Resolve(ctx, colleague, conv, text))
	}
	_, err = c.hub.Reply(ctx, agent, channel.Reply{Conversation: conv, Content: &message.Text{Body: text + strings.Repeat(" long", 5000)}})
	require.Error(t, err)
	c.search("an error", []byte(err.Error()))
}

func quoted(t *testing.T, text string) string {
	raw, err := json.Marshal(text)
	require.NoError(t, err)
	return string(raw)
}

// search looks for the card numbers in data, whatever stands between their digits.
func (c *exposure) search(where string, data []byte) {
	c.t.Helper()
	digits, places := digitsOf(data)
	for card := range c.cards {
		if at := bytes.Index(digits, []byte(card)); at >= 0 {
			place := places[at]
			c.t.Errorf("%s: holds %s in %q", where, card, data[max(0, place-100):min(len(data), place+60)])
		}
	}
}

// searchFiles searches every file in a folder.
func (c *exposure) searchFiles(dir string) {
	c.t.Helper()
	files := 0
	require.NoError(c.t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return ignoreGone(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return ignoreGone(err)
		}
		files++
		c.search(filepath.Base(path), data)
		return nil
	}))
	require.NotZero(c.t, files)
}

// ignoreGone forgives files that a server removes while we look.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// digitsOf keeps the digits of data. What stands between two digits goes if it is
// short enough to be a separator in a card number, and is one new line otherwise;
// escapes of JSON count as one character. places says where in data each digit was.
func digitsOf(data []byte) (digits []byte, places []int) {
	const separator = 8
	gap := 0
	for i := 0; i < len(data); i++ {
		if data[i] == '\\' {
			for i+1 < len(data) && data[i+1] == '\\' {
				i++
			}
			if i+5 < len(data) && data[i+1] == 'u' {
				i += 5
			}
			gap++
			continue
		}
		if data[i] < '0' || data[i] > '9' {
			if gap++; data[i] < '\t' {
				gap = separator + 1 // never in a text: the digits around it are none of a number
			}
			continue
		}
		if gap > separator {
			digits, places = append(digits, '\n'), append(places, i)
		}
		gap = 0
		digits, places = append(digits, data[i]), append(places, i)
	}
	return digits, places
}

// locked is a writer to b under the exposure's lock.
func (c *exposure) locked(b *bytes.Buffer) lockedWriter { return lockedWriter{&c.mu, b} }

type lockedWriter struct {
	mu *sync.Mutex
	b  *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.Write(p)
}

// remember notes what somebody was told.
func (c *exposure) remember(v any) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return json.NewEncoder(&c.told).Encode(v)
}

// cardDesk is the ticket system.
type cardDesk exposure

func (d *cardDesk) Receive(_ context.Context, in *conversation.Received) (string, error) {
	return "ticket", (*exposure)(d).remember(in)
}

func (d *cardDesk) Changed(_ context.Context, change *conversation.Change) error {
	return (*exposure)(d).remember(change)
}

// cardWire is WhatsApp.
type cardWire exposure

func (w *cardWire) Send(_ context.Context, out message.Outbound) (message.Receipt, error) {
	if err := (*exposure)(w).remember(out); err != nil {
		return message.Receipt{}, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
	return message.Receipt{ID: fmt.Sprint("wamid.sent.", w.sent)}, nil
}

func (w *cardWire) MarkRead(context.Context, string, bool) error { return nil }
