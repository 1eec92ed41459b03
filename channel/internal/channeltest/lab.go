package channeltest

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
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// The number and the account of the channel of a lab.
const (
	LabNumber  = "106540352242922"
	LabDisplay = "13125550142"
	LabAccount = "102290129340398"
)

// Lab is a hub that is fed with webhook bodies of the test's own making, where the
// simulator would be too well behaved.
type Lab struct {
	T     *testing.T
	Hub   *channel.Hub
	Store store.Store
	Host  *Ticketing
	Line  *Wire
	Logs  *bytes.Buffer
	Stop  func()
}

// LabOptions are what a test wants of its own; what is left out is as usual.
type LabOptions struct {
	Store    store.Store
	Settings func(*settings.Settings)
	Config   func(*channel.Config)
	// New makes the hub; nil means channel.New.
	New func(channel.Config) (*channel.Hub, error)
}

// Experiment runs f with a lab in a bubble.
func Experiment(t *testing.T, o LabOptions, f func(t *testing.T, l *Lab)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		l := NewLab(t, o)
		l.Run()
		f(t, l)
		l.Stop()
	})
}

// NewLab makes a lab that does not run yet.
func NewLab(t *testing.T, o LabOptions) *Lab {
	t.Helper()
	l := &Lab{T: t, Store: o.Store, Host: &Ticketing{}, Line: &Wire{}, Logs: &bytes.Buffer{}, Stop: func() {}}
	if l.Store == nil {
		l.Store = memstore.New()
	}
	settings := settings.Settings{
		ID: "support", Name: "Support", Number: LabNumber, Account: LabAccount, Enabled: true,
	}
	if o.Settings != nil {
		o.Settings(&settings)
	}
	config := channel.Config{
		Store: l.Store, Ticketing: l.Host, Poll: 5 * time.Second,
		Logger:   slog.New(slog.NewTextHandler(l.Logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Channels: []channel.Channel{{Settings: settings, Sender: l.Line}},
	}
	if o.Config != nil {
		o.Config(&config)
	}
	l.Hub = newHub(t, o.New, config)
	return l
}

// Run runs the hub until Stop is called.
func (l *Lab) Run() {
	ctx, cancel := context.WithCancel(l.T.Context())
	done := make(chan error, 1)
	go func() { done <- l.Hub.Run(ctx) }()
	l.Stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			l.T.Error(err)
		}
	})
	l.T.Cleanup(l.Stop)
	synctest.Wait()
}

// Pass lets time go by. What a test has read of the wire and the ticketing without their locks, it has
// read before: for the race detector that takes more than a clock.
func (l *Lab) Pass(d time.Duration) {
	_, _ = l.Line.Texts(), l.Host.Texts()
	<-time.After(d)
	synctest.Wait()
}

// Post delivers items in one POST.
func (l *Lab) Post(items ...Item) {
	l.T.Helper()
	require.NoError(l.T, l.Accept(Body(items...)))
}

// Accept hands in a body and returns what the hub says.
func (l *Lab) Accept(body []byte) error {
	d, err := webhook.Parse(body)
	if err != nil {
		return err
	}
	d.Scope = webhook.Scope{All: true}
	return l.Hub.Accept(l.T.Context(), d)
}

// Say delivers a text and lets it arrive.
func (l *Lab) Say(f Face, id, text string) {
	l.T.Helper()
	l.Post(f.Message(time.Now(), id, "text", map[string]any{"body": text}))
	l.Pass(5 * time.Second)
}

// Conversations are all of the channel.
func (l *Lab) Conversations() []*conversation.Conversation {
	l.T.Helper()
	list, err := l.Hub.Conversations(l.T.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(l.T, err)
	return list
}

// Conversation returns the only one.
func (l *Lab) Conversation() *conversation.Conversation {
	l.T.Helper()
	list := l.Conversations()
	require.Len(l.T, list, 1)
	return list[0]
}

// Messages are those of a conversation.
func (l *Lab) Messages(conversationID string) []*conversation.Message {
	l.T.Helper()
	list, err := l.Hub.Messages(l.T.Context(), channel.MessageQuery{Conversation: conversationID, Limit: 1000})
	require.NoError(l.T, err)
	return list
}

// Reply answers in a conversation.
func (l *Lab) Reply(conversationID, text string) (*conversation.Message, error) {
	return l.Hub.Reply(l.T.Context(), Alice, channel.Reply{
		Conversation: conversationID, Content: &message.Text{Body: text}, Key: text,
	})
}

// Letters lists the dead letters of a queue.
func (l *Lab) Letters(queue string) []deadletter.Letter {
	l.T.Helper()
	list, err := l.Hub.DeadLetters(l.T.Context(), deadletter.Query{Work: queue, Limit: 1000})
	require.NoError(l.T, err)
	return list
}

// Wire is a Sender of which nothing is known but what the test says. By default it takes
// everything, and the wamid is "wamid.out " and the text.
type Wire struct {
	Mu   sync.Mutex
	Sent []message.Outbound
	send func(ctx context.Context, out message.Outbound, n int) error // n counts calls from 1
	// wamids are those of texts that are to have others.
	Wamids map[string]string
}

// Send implements [message.Sender].
func (w *Wire) Send(ctx context.Context, out message.Outbound) (message.Receipt, error) {
	w.Mu.Lock()
	w.Sent = append(w.Sent, out)
	n, send := len(w.Sent), w.send
	w.Mu.Unlock()
	if send != nil {
		if err := send(ctx, out, n); err != nil {
			return message.Receipt{}, err
		}
	}
	w.Mu.Lock()
	defer w.Mu.Unlock()
	return message.Receipt{ID: cmp.Or(w.Wamids[TextOf(out)], OutWAMID(TextOf(out)))}, nil
}

// Sends makes the wire do from now on what f says; nil: take everything.
func (w *Wire) Sends(f func(ctx context.Context, out message.Outbound, n int) error) {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	w.send = f
}

// MarkRead implements [message.Sender].
func (w *Wire) MarkRead(context.Context, string, bool) error { return nil }

// OutWAMID is the wamid that a wire gives to a text.
func OutWAMID(text string) string { return "wamid.out " + text }

// TextOf is the text of a message, or its kind if it has none.
func TextOf(out message.Outbound) string {
	if t, ok := out.Content.(*message.Text); ok {
		return t.Body
	}
	return string(out.Content.Kind())
}

// Texts are what was written, in the order in which it came.
func (w *Wire) Texts() []string {
	w.Mu.Lock()
	defer w.Mu.Unlock()
	var all []string
	for _, out := range w.Sent {
		all = append(all, TextOf(out))
	}
	return all
}

// Item is one item of a webhook, alone in its change.
type Item struct {
	Kind   string
	Field  string
	Value  map[string]any
	Number string // phone_number_id; "" is that of the lab
	// account is when something was said about the account as a whole; zero: it is about the number.
	Account time.Time
}

// Body makes one POST of items.
func Body(items ...Item) []byte {
	var changes, entries []any
	for _, it := range items {
		if !it.Account.IsZero() {
			entries = append(entries, map[string]any{
				"id": LabAccount, "time": it.Account.Unix(), "changes": []any{map[string]any{"field": it.Field, "value": it.Value}},
			})
			continue
		}
		value := map[string]any{
			"messaging_product": "whatsapp",
			"metadata": map[string]any{
				"display_phone_number": LabDisplay, "phone_number_id": cmp.Or(it.Number, LabNumber),
			},
		}
		for k, v := range it.Value {
			value[k] = v
		}
		changes = append(changes, map[string]any{"field": it.Field, "value": value})
	}
	if len(changes) > 0 {
		entries = append(entries, map[string]any{"id": LabAccount, "changes": changes})
	}
	raw, err := json.Marshal(map[string]any{"object": "whatsapp_business_account", "entry": entries})
	if err != nil {
		panic(err)
	}
	return raw
}

// Face is what one item shows of a person.
type Face struct{ Phone, Bsuid, Parent, Username, Name string }

// Set adds what is not empty.
func Set(m map[string]any, pairs ...string) map[string]any {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

// Contacts is what an item shows of the person beside it.
func (f Face) Contacts() []any {
	profile := Set(map[string]any{}, "name", f.Name, "username", f.Username)
	return []any{Set(map[string]any{"profile": profile}, "wa_id", f.Phone, "user_id", f.Bsuid, "parent_user_id", f.Parent)}
}

// Stamp is a time as WhatsApp writes it.
func Stamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// Message is an inbound message; extra are further pairs of member and value.
func (f Face) Message(at time.Time, id, kind string, content any, extra ...any) Item {
	m := Set(map[string]any{"id": id, "timestamp": Stamp(at), "type": kind, kind: content},
		"from", f.Phone, "from_user_id", f.Bsuid, "from_parent_user_id", f.Parent)
	for i := 0; i < len(extra); i += 2 {
		m[extra[i].(string)] = extra[i+1]
	}
	return Item{Kind: kind, Field: "messages", Value: map[string]any{"contacts": f.Contacts(), "messages": []any{m}}}
}

// Text is a text.
func (f Face) Text(at time.Time, id, text string, extra ...any) Item {
	return f.Message(at, id, "text", map[string]any{"body": text}, extra...)
}

// Edit changes an earlier message.
func (f Face) Edit(at time.Time, id, original, text string) Item {
	return f.Message(at, id, "edit", map[string]any{"original_message_id": original, "message": map[string]any{
		"context": map[string]any{"id": "M0"}, "type": "text", "text": map[string]any{"body": text},
	}})
}

// Revoke deletes an earlier message.
func (f Face) Revoke(at time.Time, id, original string) Item {
	return f.Message(at, id, "revoke", map[string]any{"original_message_id": original})
}

// Reaction with an empty emoji takes one away.
func (f Face) Reaction(at time.Time, id, wamid, emoji string) Item {
	return f.Message(at, id, "reaction", Set(map[string]any{"message_id": wamid}, "emoji", emoji))
}

// Moved is the notice that the person is now g.
func (f Face) Moved(at time.Time, id string, g Face) Item {
	kind := "user_changed_number"
	if g.Phone == "" {
		kind = "user_changed_user_id"
	}
	m := Set(map[string]any{"id": id, "timestamp": Stamp(at), "type": "system", "system": Set(map[string]any{
		"body": "User changed", "type": kind,
	}, "wa_id", g.Phone, "user_id", g.Bsuid, "previous_user_id", f.Bsuid,
		"parent_user_id", g.Parent, "previous_parent_user_id", f.Parent)}, "from", f.Phone)
	return Item{Kind: "moved", Field: "messages", Value: map[string]any{"messages": []any{m}}}
}

// Preference is a wish about marketing.
func (f Face) Preference(at time.Time, value string) Item {
	return Item{Kind: "preference", Field: "user_preferences", Value: map[string]any{
		"contacts": f.Contacts(),
		"user_preferences": []any{Set(map[string]any{
			"timestamp": at.Unix(), "category": "marketing_messages", "value": value, "detail": "of the phone",
		}, "wa_id", f.Phone, "user_id", f.Bsuid)},
	}}
}

// Call is an event of a missed call.
func (f Face) Call(at time.Time, id, event string) Item {
	return Item{Kind: "call " + event, Field: "calls", Value: map[string]any{
		"contacts": f.Contacts(),
		"calls": []any{Set(map[string]any{
			"id": id, "to": LabDisplay, "event": event, "timestamp": Stamp(at), "direction": "USER_INITIATED",
		}, "from", f.Phone, "from_user_id", f.Bsuid)},
	}}
}

// Echo is what somebody wrote to the person in the Business app.
func (f Face) Echo(at time.Time, id, kind string, content any) Item {
	return Item{Kind: "echo " + kind, Field: "smb_message_echoes", Value: map[string]any{
		"contacts": f.Contacts(),
		"message_echoes": []any{Set(map[string]any{
			"from": LabDisplay, "id": id, "timestamp": Stamp(at), "type": kind, kind: content,
		}, "to", f.Phone, "to_user_id", f.Bsuid)},
	}}
}

// Past is a message of the chat history.
func (f Face) Past(at time.Time, id, text string, outbound bool) Item {
	m := map[string]any{
		"id": id, "timestamp": Stamp(at), "type": "text", "text": map[string]any{"body": text},
		"history_context": map[string]any{"status": "READ"},
	}
	kind := "history in"
	if outbound {
		kind = "history out"
		Set(m, "to", f.Phone, "to_user_id", f.Bsuid, "from", LabDisplay)
	} else {
		Set(m, "from", f.Phone, "from_user_id", f.Bsuid)
	}
	return Item{Kind: kind, Field: "history", Value: map[string]any{"history": []any{map[string]any{
		"metadata": map[string]any{"phase": 0, "chunk_order": 1, "progress": 55},
		"threads": []any{map[string]any{
			"context": Set(map[string]any{}, "wa_id", f.Phone, "user_id", f.Bsuid), "messages": []any{m},
		}},
	}}}}
}

// Status is news about a message of ours; opaque is our own ID, "" if WhatsApp leaves it out.
func (f Face) Status(at time.Time, wamid, opaque, status string, extra ...any) Item {
	m := Set(map[string]any{"id": wamid, "timestamp": Stamp(at), "status": status},
		"recipient_id", f.Phone, "recipient_user_id", f.Bsuid, "biz_opaque_callback_data", opaque)
	for i := 0; i < len(extra); i += 2 {
		m[extra[i].(string)] = extra[i+1]
	}
	return Item{Kind: "status " + status, Field: "messages", Value: map[string]any{"statuses": []any{m}}}
}
