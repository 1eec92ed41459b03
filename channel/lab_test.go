package channel_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"log/slog"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

const (
	labNumber  = "106540352242922"
	labDisplay = "13125550142"
	labAccount = "102290129340398"
)

// lab is a hub that is fed with webhook bodies of the test's own making, where the
// simulator would be too well behaved.
type lab struct {
	t      *testing.T
	hub    *channel.Hub
	agents *desk.Desk
	store  store.Store
	host   *ticketing
	line   *wire
	logs   *bytes.Buffer
	stop   func()
}

type labOptions struct {
	store    store.Store
	settings func(*channel.Settings)
	config   func(*channel.Config)
	own      func(*desk.Settings) // of the desk on the channel
	desk     func(*desk.Config)
}

// experiment runs f with a lab in a bubble.
func experiment(t *testing.T, o labOptions, f func(t *testing.T, l *lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := newLab(t, o)
		l.run()
		f(t, l)
		l.stop()
	})
}

func newLab(t *testing.T, o labOptions) *lab {
	t.Helper()
	l := &lab{t: t, store: o.store, host: &ticketing{}, line: &wire{}, logs: &bytes.Buffer{}, stop: func() {}}
	if l.store == nil {
		l.store = memstore.New()
	}
	settings := channel.Settings{
		ID: "support", Name: "Support", Number: labNumber, Account: labAccount, Enabled: true,
		Desk: ownSettings(o.own),
	}
	if o.settings != nil {
		o.settings(&settings)
	}
	config := channel.Config{
		Store: l.store, Ticketing: l.host, Poll: 5 * time.Second,
		Logger:   slog.New(slog.NewTextHandler(l.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Channels: []channel.Channel{{Settings: settings, Sender: l.line}},
	}
	if o.config != nil {
		o.config(&config)
	}
	l.agents = newDesk(t, config, o.desk)
	l.hub = l.agents.Hub()
	return l
}

func (l *lab) run() {
	ctx, cancel := context.WithCancel(l.t.Context())
	done := make(chan error, 1)
	go func() { done <- l.hub.Run(ctx) }()
	l.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			l.t.Error(err)
		}
	})
	l.t.Cleanup(l.stop)
	synctest.Wait()
}

// pass lets time go by.
func (l *lab) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// post delivers items in one POST.
func (l *lab) post(items ...item) {
	l.t.Helper()
	require.NoError(l.t, l.accept(body(items...)))
}

func (l *lab) accept(body []byte) error {
	d, err := webhook.Parse(body)
	if err != nil {
		return err
	}
	d.Scope = webhook.Scope{All: true}
	return l.hub.Accept(l.t.Context(), d)
}

// say delivers a text and lets it arrive.
func (l *lab) say(f face, id, text string) {
	l.t.Helper()
	l.post(f.message(time.Now(), id, "text", map[string]any{"body": text}))
	l.pass(5 * time.Second)
}

func (l *lab) conversations() []*conversation.Conversation {
	l.t.Helper()
	list, err := l.agents.Conversations(l.t.Context(), alice, desk.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(l.t, err)
	return list
}

// conversation returns the only one.
func (l *lab) conversation() *conversation.Conversation {
	l.t.Helper()
	list := l.conversations()
	require.Len(l.t, list, 1)
	return list[0]
}

func (l *lab) messages(conversationID string) []*conversation.Message {
	l.t.Helper()
	list, err := l.agents.Messages(l.t.Context(), alice, channel.MessageQuery{Conversation: conversationID, Limit: 1000})
	require.NoError(l.t, err)
	return list
}

func (l *lab) reply(conversationID, text string) (*conversation.Message, error) {
	return l.agents.Reply(l.t.Context(), alice, channel.Reply{
		Conversation: conversationID, Content: &message.Text{Body: text}, Key: text,
	})
}

// letters lists the dead letters of a queue.
func (l *lab) letters(queue string) []channel.DeadLetter {
	l.t.Helper()
	list, err := l.agents.DeadLetters(l.t.Context(), admin, channel.DeadLetterQuery{Queue: queue, Limit: 1000})
	require.NoError(l.t, err)
	return list
}

// wire is a Sender of which nothing is known but what the test says. By default it takes
// everything, and the wamid is "wamid.out " and the text.
type wire struct {
	mu   sync.Mutex
	sent []message.Outbound
	send func(ctx context.Context, out message.Outbound, n int) error // n counts calls from 1
	// wamids are those of texts that are to have others.
	wamids map[string]string
}

func (w *wire) Send(ctx context.Context, out message.Outbound) (message.Receipt, error) {
	w.mu.Lock()
	w.sent = append(w.sent, out)
	n, send := len(w.sent), w.send
	w.mu.Unlock()
	if send != nil {
		if err := send(ctx, out, n); err != nil {
			return message.Receipt{}, err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return message.Receipt{ID: cmp.Or(w.wamids[textOf(out)], outWAMID(textOf(out)))}, nil
}

// sends makes the wire do from now on what f says; nil: take everything.
func (w *wire) sends(f func(ctx context.Context, out message.Outbound, n int) error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.send = f
}

func (w *wire) MarkRead(context.Context, string, bool) error { return nil }

func outWAMID(text string) string { return "wamid.out " + text }

func textOf(out message.Outbound) string {
	if t, ok := out.Content.(*message.Text); ok {
		return t.Body
	}
	return string(out.Content.Kind())
}

func (w *wire) texts() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []string
	for _, out := range w.sent {
		all = append(all, textOf(out))
	}
	return all
}

// item is one item of a webhook, alone in its change.
type item struct {
	kind   string
	field  string
	value  map[string]any
	number string // phone_number_id; "" is that of the lab
	// account is when something was said about the account as a whole; zero: it is about the number.
	account time.Time
}

// body makes one POST of items.
func body(items ...item) []byte {
	var changes, entries []any
	for _, it := range items {
		if !it.account.IsZero() {
			entries = append(entries, map[string]any{
				"id": labAccount, "time": it.account.Unix(), "changes": []any{map[string]any{"field": it.field, "value": it.value}},
			})
			continue
		}
		value := map[string]any{
			"messaging_product": "whatsapp",
			"metadata": map[string]any{
				"display_phone_number": labDisplay, "phone_number_id": cmp.Or(it.number, labNumber),
			},
		}
		for k, v := range it.value {
			value[k] = v
		}
		changes = append(changes, map[string]any{"field": it.field, "value": value})
	}
	if len(changes) > 0 {
		entries = append(entries, map[string]any{"id": labAccount, "changes": changes})
	}
	raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": entries})
	if err != nil {
		panic(err)
	}
	return raw
}

// face is what one item shows of a person.
type face struct{ phone, bsuid, parent, username, name string }

// set adds what is not empty.
func set(m map[string]any, pairs ...string) map[string]any {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

func (f face) contacts() []any {
	profile := set(map[string]any{}, "name", f.name, "username", f.username)
	return []any{set(map[string]any{"profile": profile}, "wa_id", f.phone, "user_id", f.bsuid, "parent_user_id", f.parent)}
}

func stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// message is an inbound message; extra are further pairs of member and value.
func (f face) message(at time.Time, id, kind string, content any, extra ...any) item {
	m := set(map[string]any{"id": id, "timestamp": stamp(at), "type": kind, kind: content},
		"from", f.phone, "from_user_id", f.bsuid, "from_parent_user_id", f.parent)
	for i := 0; i < len(extra); i += 2 {
		m[extra[i].(string)] = extra[i+1]
	}
	return item{kind: kind, field: "messages", value: map[string]any{"contacts": f.contacts(), "messages": []any{m}}}
}

func (f face) text(at time.Time, id, text string, extra ...any) item {
	return f.message(at, id, "text", map[string]any{"body": text}, extra...)
}

func (f face) edit(at time.Time, id, original, text string) item {
	return f.message(at, id, "edit", map[string]any{"original_message_id": original, "message": map[string]any{
		"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": text},
	}})
}

func (f face) revoke(at time.Time, id, original string) item {
	return f.message(at, id, "revoke", map[string]any{"original_message_id": original})
}

// reaction with an empty emoji takes one away.
func (f face) reaction(at time.Time, id, wamid, emoji string) item {
	return f.message(at, id, "reaction", set(map[string]any{"message_id": wamid}, "emoji", emoji))
}

// moved is the notice that the person is now g.
func (f face) moved(at time.Time, id string, g face) item {
	kind := "user_changed_number"
	if g.phone == "" {
		kind = "user_changed_user_id"
	}
	m := set(map[string]any{"id": id, "timestamp": stamp(at), "type": "system", "system": set(map[string]any{
		"body": "User changed", "type": kind,
	}, "wa_id", g.phone, "user_id", g.bsuid, "previous_user_id", f.bsuid,
		"parent_user_id", g.parent, "previous_parent_user_id", f.parent)}, "from", f.phone)
	return item{kind: "moved", field: "messages", value: map[string]any{"messages": []any{m}}}
}

func (f face) preference(at time.Time, value string) item {
	return item{kind: "preference", field: "user_preferences", value: map[string]any{
		"contacts": f.contacts(),
		"user_preferences": []any{set(map[string]any{
			"timestamp": at.Unix(), "category": "marketing_messages", "value": value, "detail": "of the phone",
		}, "wa_id", f.phone, "user_id", f.bsuid)},
	}}
}

// calls is an event of a missed call.
func (f face) call(at time.Time, id, event string) item {
	return item{kind: "call " + event, field: "calls", value: map[string]any{
		"contacts": f.contacts(),
		"calls": []any{set(map[string]any{
			"id": id, "to": labDisplay, "event": event, "timestamp": stamp(at), "direction": "USER_INITIATED",
		}, "from", f.phone, "from_user_id", f.bsuid)},
	}}
}

// echo is what somebody wrote to the person in the Business app.
func (f face) echo(at time.Time, id, kind string, content any) item {
	return item{kind: "echo " + kind, field: "smb_message_echoes", value: map[string]any{
		"contacts": f.contacts(),
		"message_echoes": []any{set(map[string]any{
			"from": labDisplay, "id": id, "timestamp": stamp(at), "type": kind, kind: content,
		}, "to", f.phone, "to_user_id", f.bsuid)},
	}}
}

// past is a message of the chat history.
func (f face) past(at time.Time, id, text string, outbound bool) item {
	m := map[string]any{
		"id": id, "timestamp": stamp(at), "type": "text", "text": map[string]any{"body": text},
		"history_context": map[string]any{"status": "READ"},
	}
	kind := "history in"
	if outbound {
		kind = "history out"
		set(m, "to", f.phone, "to_user_id", f.bsuid, "from", labDisplay)
	} else {
		set(m, "from", f.phone, "from_user_id", f.bsuid)
	}
	return item{kind: kind, field: "history", value: map[string]any{"history": []any{map[string]any{
		"metadata": map[string]any{"phase": 0, "chunk_order": 1, "progress": 55},
		"threads": []any{map[string]any{
			"context": set(map[string]any{}, "wa_id", f.phone, "user_id", f.bsuid), "messages": []any{m},
		}},
	}}}}
}

// status is news about a message of ours; opaque is our own ID, "" if WhatsApp leaves it out.
func (f face) status(at time.Time, wamid, opaque, status string, extra ...any) item {
	m := set(map[string]any{"id": wamid, "timestamp": stamp(at), "status": status},
		"recipient_id", f.phone, "recipient_user_id", f.bsuid, "biz_opaque_callback_data", opaque)
	for i := 0; i < len(extra); i += 2 {
		m[extra[i].(string)] = extra[i+1]
	}
	return item{kind: "status " + status, field: "messages", value: map[string]any{"statuses": []any{m}}}
}
