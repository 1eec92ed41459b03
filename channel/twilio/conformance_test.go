package twilio_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

var alice = conversation.Author{Kind: conversation.Agent, ID: "alice"}

// office is a host's ticket system and its storage of files.
type office struct {
	mu       sync.Mutex
	received map[string]*conversation.Received // by ID: what comes twice is one
	order    []string
	files    map[string][]byte
}

func (o *office) Receive(_ context.Context, in *conversation.Received) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.received[in.ID] == nil {
		o.order = append(o.order, in.ID)
	}
	o.received[in.ID] = in
	return "T-1", nil
}

func (o *office) Changed(context.Context, *conversation.Change) error { return nil }

func (o *office) Save(_ context.Context, f channel.File, body io.Reader) (string, error) {
	data, err := io.ReadAll(body)
	if err != nil {
		return "", err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.files[f.ID] = data
	return f.ID, nil
}

func (o *office) texts() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var all []string
	for _, id := range o.order {
		all = append(all, o.received[id].Message.Text)
	}
	return all
}

// bench is a hub on one channel, over one transport, inside a bubble.
type bench struct {
	t        *testing.T
	line     transport
	hub      *channel.Hub
	store    store.Store
	office   *office
	logs     *bytes.Buffer
	settings settings.Settings
	stop     func()
}

func newBench(t *testing.T, line transport, change func(*settings.Settings)) *bench {
	t.Helper()
	b := &bench{
		t: t, line: line, store: memstore.New(), logs: &bytes.Buffer{},
		office: &office{received: map[string]*conversation.Received{}, files: map[string][]byte{}},
		settings: settings.Settings{
			ID: "support", Name: "Support", Number: channelNumber, Account: channelAccount, Enabled: true, Language: "en",
		},
	}
	if change != nil {
		change(&b.settings)
	}
	b.start()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go line.run(ctx)
	return b
}

// start makes a hub on the store, as a process does.
func (b *bench) start() {
	b.t.Helper()
	ch := channel.Channel{Settings: b.settings}
	b.line.plug(b.t, &ch, webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error { return b.hub.Accept(ctx, d) }))
	var err error
	b.hub, err = channel.New(channel.Config{
		Store: b.store, Ticketing: b.office, Attachments: b.office, Poll: time.Minute, Channels: []channel.Channel{ch},
		Logger: slog.New(slog.NewTextHandler(b.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	require.NoError(b.t, err)
	b.stop = func() {}
}

func (b *bench) run() {
	ctx, cancel := context.WithCancel(b.t.Context())
	done := make(chan error, 1)
	go func() { done <- b.hub.Run(ctx) }()
	b.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Error(err)
		}
	})
	b.t.Cleanup(b.stop)
}

// pass lets time go by.
func (b *bench) pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (b *bench) settle() { b.pass(15 * time.Second) }

func (b *bench) says(text string) {
	b.line.says(text)
	b.settle()
}

func (b *bench) conversation() string {
	b.t.Helper()
	list, err := b.hub.Conversations(b.t.Context(), channel.ConversationQuery{Channel: "support"})
	require.NoError(b.t, err)
	require.Len(b.t, list, 1)
	return list[0].ID
}

func (b *bench) answer(content message.Content) (*conversation.Message, error) {
	b.t.Helper()
	return b.hub.Reply(b.t.Context(), alice, channel.Reply{Conversation: b.conversation(), Content: content})
}

func (b *bench) answers(text string) *conversation.Message {
	b.t.Helper()
	m, err := b.answer(&message.Text{Body: text})
	require.NoError(b.t, err)
	b.settle()
	return m
}

// message reads a message anew.
func (b *bench) message(id string) *conversation.Message {
	b.t.Helper()
	all, err := b.hub.Messages(b.t.Context(), channel.MessageQuery{Conversation: b.conversation(), Limit: 100})
	require.NoError(b.t, err)
	for _, m := range all {
		if m.ID == id {
			return m
		}
	}
	b.t.Fatal("no such message")
	return nil
}

// stored is everything that the store and the log hold.
func (b *bench) stored() string {
	b.t.Helper()
	var all strings.Builder
	all.WriteString(b.logs.String())
	for _, kind := range []string{"customer", "alias", "conversation", "message", "wamid", "log", "amendment"} {
		records, err := b.store.List(b.t.Context(), store.Query{Kind: kind, Limit: 1000})
		require.NoError(b.t, err)
		for _, r := range records {
			all.WriteString(r.Key + string(r.Body))
		}
	}
	for _, queue := range []string{"in", "host", "out", "first", "check", "media"} {
		for _, dead := range []bool{false, true} {
			work, err := b.store.Work(b.t.Context(), store.WorkQuery{Queue: queue, Dead: dead, Limit: 1000})
			require.NoError(b.t, err)
			for _, w := range work {
				all.Write(w.Body)
			}
		}
	}
	return all.String()
}

// scenario is one promise of the hub.
type scenario struct {
	settings    func(*settings.Settings)
	unreachable bool // no message reaches the customer
	idle        bool // the hub does not run at first
	run         func(t *testing.T, b *bench)
}

var scenarios = map[string]scenario{
	"a conversation there and back": {run: func(t *testing.T, b *bench) {
		b.says("hello")
		require.Equal(t, []string{"hello"}, b.office.texts())
		m := b.answers("Good morning!")
		require.Equal(t, []string{"Good morning!"}, b.line.sees())
		require.Equal(t, conversation.Delivered, stateOf(b.message(m.ID)))
		b.line.reads()
		b.settle()
		require.Equal(t, conversation.Read, stateOf(b.message(m.ID)))
	}},
	"the window closes, and a template goes through": {run: func(t *testing.T, b *bench) {
		b.says("hello")
		b.pass(24*time.Hour + time.Minute)
		_, err := b.answer(&message.Text{Body: "too late"})
		require.ErrorIs(t, err, window.ErrClosed)
		m, err := b.hub.Reply(t.Context(), alice, channel.Reply{Conversation: b.conversation(), Template: &channel.Template{
			Name: "we_answered", Values: template.Values{Body: []template.Value{template.Text("Robin")}},
		}})
		require.NoError(t, err)
		b.settle()
		require.Equal(t, []string{"Hello Robin, we have an answer."}, b.line.sees())
		require.Equal(t, conversation.Delivered, stateOf(b.message(m.ID)))
		b.says("thanks")
		b.answers("You are welcome")
		require.Len(t, b.line.sees(), 2)
	}},
	"webhooks that come twice and out of order": {run: func(t *testing.T, b *bench) {
		b.line.disturb()
		b.says("hello")
		m := b.answers("Good morning!")
		b.line.reads()
		b.settle()
		b.settle()
		require.Equal(t, []string{"hello"}, b.office.texts())
		require.Equal(t, []string{"Good morning!"}, b.line.sees())
		d := b.message(m.ID).Delivery
		require.Equal(t, conversation.Read, d.State())
		require.False(t, d.DeliveredAt.IsZero())
	}},
	"an answer of the platform that is lost": {run: func(t *testing.T, b *bench) {
		b.says("hello")
		b.line.loseAnswer()
		m := b.answers("once")
		require.Equal(t, conversation.Delivered, stateOf(b.message(m.ID)), "its status settles it")
		b.pass(time.Hour)
		require.Equal(t, []string{"once"}, b.line.sees())
	}},
	"a process that ends with everything still to do": {idle: true, run: func(t *testing.T, b *bench) {
		b.says("hello")
		require.Empty(t, b.office.texts())
		b.start() // another process, on the same store
		b.run()
		b.settle()
		require.Equal(t, []string{"hello"}, b.office.texts())
		b.stop()
		_, err := b.answer(&message.Text{Body: "Good morning!"})
		require.NoError(t, err)
		b.settle()
		require.Empty(t, b.line.sees())
		b.start()
		b.run()
		b.settle()
		require.Equal(t, []string{"Good morning!"}, b.line.sees())
	}},
	"card numbers in both directions": {run: func(t *testing.T, b *bench) {
		b.says("my card is 4111 1111 1111 1111")
		m := b.answers("Is 4111 1111 1111 1111 right?")
		require.NotEmpty(t, b.line.sees())
		for _, text := range append(append(b.office.texts(), b.line.sees()...), b.message(m.ID).Text, b.stored()) {
			require.NotContains(t, text, "4111 1111")
			require.NotContains(t, text, "4111111111111111")
		}
	}},
	"a budget that counts every message": {
		settings: func(s *settings.Settings) { s.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: 2} },
		run: func(t *testing.T, b *bench) {
			b.says("hello")
			b.answers("one")
			b.answers("two")
			_, err := b.answer(&message.Text{Body: "three"})
			require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
			s := b.settings
			s.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: 3} // a top-up
			require.NoError(t, b.hub.UpdateSettings(t.Context(), s))
			b.answers("three")
			require.Equal(t, []string{"one", "two", "three"}, b.line.sees())
		},
	},
	"files that are taken": {run: func(t *testing.T, b *bench) {
		var picture bytes.Buffer
		require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
		b.line.sends("image/png", picture.Bytes())
		b.settle()
		require.Len(t, b.office.files, 1)
		for _, data := range b.office.files {
			require.Equal(t, picture.Bytes(), data)
		}
	}},
	"files that are not": {
		settings: func(s *settings.Settings) {
			s.Files = settings.FilePolicy{Allow: []string{"application/pdf"}, Send: []string{"image/png", "image/jpeg", "audio/mpeg", "video/mp4", "application/pdf"}}
		},
		run: func(t *testing.T, b *bench) {
			b.line.sends("image/png", []byte("MZ\x90\x00 a program"))
			b.settle()
			require.Empty(t, b.office.files)
			var picture bytes.Buffer
			require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 2, 2))))
			id, err := b.hub.Upload(t.Context(), "support", message.Upload{Name: "a.png", MIME: "image/png", Body: &picture})
			require.NoError(t, err)
			_, err = b.answer(&message.Image{ID: id, Caption: "look"})
			require.NoError(t, err)
			b.settle()
			require.Equal(t, []string{"look"}, b.line.sees())
			_, err = b.hub.Upload(t.Context(), "support", message.Upload{Name: "a.txt", MIME: "text/plain", Body: strings.NewReader("words")})
			require.ErrorIs(t, err, channel.ErrFileRefused)
		},
	},
	"buttons that are tapped": {run: func(t *testing.T, b *bench) {
		b.says("hello")
		_, err := b.answer(&message.Buttons{Body: "Did that help?", Buttons: []message.Button{{ID: "yes", Title: "Yes"}, {ID: "no", Title: "No"}}})
		require.NoError(t, err)
		b.settle()
		b.line.taps(t, "Yes")
		b.settle()
		require.Equal(t, []string{"hello", "Yes"}, b.office.texts())
		require.Equal(t, "yes", b.office.received[b.office.order[1]].Message.Choice)
	}},
	"somebody whom nothing reaches": {unreachable: true, run: func(t *testing.T, b *bench) {
		b.says("hello")
		m := b.message(b.answers("hi").ID)
		require.Equal(t, conversation.Failed, stateOf(m))
		require.Equal(t, string(message.ClassRecipient), m.Delivery.Failure.Class)
		require.Equal(t, 131026, m.Delivery.Failure.Code)
		require.NotEmpty(t, m.Delivery.Failure.Hint)
	}},
}

func stateOf(m *conversation.Message) conversation.DeliveryState { return m.Delivery.State() }

// TestThePromisesOfTheHubHoldOverEveryTransport runs each scenario unchanged over the Cloud API
// and over Twilio.
func TestThePromisesOfTheHubHoldOverEveryTransport(t *testing.T) {
	t.Parallel()
	for over, open := range transports {
		for name, s := range scenarios {
			t.Run(over+", "+name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					b := newBench(t, open(t, s.unreachable), s.settings)
					if !s.idle {
						b.run()
					}
					s.run(t, b)
					b.stop()
					require.Zero(t, b.line.broken(), "rules of the platform that were broken")
				})
			})
		}
	}
}

// TestAConversationGoesOnWhenItsChannelMoves changes what carries a channel, both ways, with the
// one call that this takes.
func TestAConversationGoesOnWhenItsChannelMoves(t *testing.T) {
	t.Parallel()
	for _, first := range []string{"Cloud API", "Twilio"} {
		t.Run("from the "+first, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				meta := newCloud(t, false)
				lines := [2]transport{meta, newTwilio(false, meta.user.BSUID(meta.number))}
				if first == "Twilio" {
					lines[0], lines[1] = lines[1], lines[0]
				}
				b := newBench(t, lines[0], nil)
				b.run()
				b.says("hello")
				conversationID := b.conversation()
				before := b.answers("from the first")

				ch := channel.Channel{Settings: b.settings}
				lines[1].plug(t, &ch, b.hub)
				require.NoError(t, b.hub.ReplaceChannel(t.Context(), ch))
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				go lines[1].run(ctx)
				b.line = lines[1]

				b.says("still there?")
				require.Equal(t, conversationID, b.conversation(), "it is the same conversation")
				require.Equal(t, []string{"hello", "still there?"}, b.office.texts())
				// What is quoted lies on the other side: WhatsApp leaves such a quotation out.
				old, err := b.hub.Messages(t.Context(), channel.MessageQuery{Conversation: conversationID, Limit: 10})
				require.NoError(t, err)
				after, err := b.hub.Reply(t.Context(), alice, channel.Reply{
					Conversation: conversationID, Quote: old[0].ID, Content: &message.Text{Body: "from the second"},
				})
				require.NoError(t, err)
				b.settle()
				require.NoError(t, b.hub.MarkRead(t.Context(), conversationID, true))
				require.Equal(t, []string{"from the first"}, lines[0].sees())
				require.Equal(t, []string{"from the second"}, lines[1].sees())
				require.Equal(t, conversation.Delivered, stateOf(b.message(after.ID)))

				lines[0].reads() // statuses of what went out before still come the old way
				b.settle()
				require.Equal(t, conversation.Read, stateOf(b.message(before.ID)))

				// The template is the same by name and values, whoever carries it.
				b.pass(25 * time.Hour)
				_, err = b.hub.Reply(t.Context(), alice, channel.Reply{Conversation: conversationID, Template: &channel.Template{
					Name: "we_answered", Values: template.Values{Body: []template.Value{template.Text("Robin")}},
				}})
				require.NoError(t, err)
				b.settle()
				require.Len(t, lines[1].sees(), 2)
				b.stop()
				require.Zero(t, lines[0].broken()+lines[1].broken())
			})
		})
	}
}

// TestATokenOfOneTenantReachesNothingOfAnother has a tenant post messages and statuses of
// another's number, signed with the tenant's own token.
func TestATokenOfOneTenantReachesNothingOfAnother(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newTwilio(false, "")
		b := newBench(t, v, nil)
		b.run()
		b.says("hello")
		m := b.answers("hi")
		h := newHandler(t, handlerWithTenants(b.hub))
		forged := inbound(map[string]string{"From": "whatsapp:+" + customerPhone, "Body": "pay to another account", "MessageSid": "SM00000000000000000000000000000bad"})
		require.Equal(t, 200, post(t, h, "theirs", "", forged))
		status := outbound(map[string]string{"MessageSid": b.message(m.ID).WAMID, "MessageStatus": "failed", "ErrorCode": "21610", "To": "whatsapp:+" + customerPhone})
		require.Equal(t, 200, post(t, h, "theirs", "id="+m.ID, status))
		b.settle()
		require.Equal(t, []string{"hello"}, b.office.texts())
		require.Equal(t, conversation.Delivered, stateOf(b.message(m.ID)))
		require.Equal(t, 200, post(t, h, "ours", "", forged), "the same from whom it belongs to")
		b.settle()
		require.Equal(t, []string{"hello", "pay to another account"}, b.office.texts())
		b.stop()
	})
}

func handlerWithTenants(sink webhook.Sink) twilio.HandlerConfig {
	return twilio.HandlerConfig{
		PublicURL: public, Sink: sink,
		Secrets: []webhook.Secret{
			{Value: "ours", Scope: webhook.Scope{Numbers: []string{channelNumber}}},
			{Value: "theirs", Scope: webhook.Scope{Numbers: []string{"13125550199"}}},
		},
		Numbers: []twilio.NumberID{{Phone: line, ID: channelNumber, Account: channelAccount}},
	}
}

// TestAWindowThatClosedEarlierThanTheHubKnewIsSaidSo: Twilio does not say when a message was
// written, so that one which came late opens a window that has begun to close. What is refused
// then is told by a later status.
func TestAWindowThatClosedEarlierThanTheHubKnewIsSaidSo(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		v := newTwilio(false, "")
		b := newBench(t, v, nil)
		b.run()
		b.says("hello")
		b.pass(23 * time.Hour)
		v.user.CloseWindow(line) // as if it had been written an hour before it came
		m := b.message(b.answers("hi").ID)
		require.Equal(t, conversation.Failed, stateOf(m))
		require.Equal(t, string(message.ClassWindowClosed), m.Delivery.Failure.Class)
		require.Contains(t, m.Delivery.Failure.Hint, "template")
		require.Empty(t, v.sees())
		b.stop()
	})
}
