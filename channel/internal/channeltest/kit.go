package channeltest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"github.com/stretchr/testify/require"
)

// Fails is a status that a message of ours failed.
func (f Face) Fails(wamid, opaque string, code int) Item {
	return f.Status(time.Now(), wamid, opaque, "failed", "errors", []any{map[string]any{"code": code, "title": "x"}})
}

// Uncertain answers in a conversation and loses the answer to the send.
func (l *Lab) Uncertain(conv string) string {
	l.T.Helper()
	l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
	m, err := l.Hub.Reply(l.T.Context(), Alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "perhaps"}})
	require.NoError(l.T, err)
	l.Pass(5 * time.Second)
	l.Line.Sends(nil)
	return m.ID
}

// Nowhere is a Media without files.
type Nowhere struct{}

// Upload implements [message.Media].
func (Nowhere) Upload(context.Context, message.Upload) (string, error) { return "88", nil }

// Download implements [message.Media].
func (Nowhere) Download(context.Context, string) (message.Download, error) {
	return message.Download{}, errors.New("no file")
}

// Catalog holds two approved templates: "reminder" (utility) and "sale" (marketing).
func Catalog(t *testing.T) *template.Catalog {
	t.Helper()
	c, err := template.NewCatalog(template.CatalogConfig{})
	require.NoError(t, err)
	for _, raw := range []string{
		`{"name":"reminder","language":"en","category":"UTILITY","status":"APPROVED","components":[
			{"type":"BODY","text":"Your bicycle is ready."}]}`,
		`{"name":"sale","language":"en","category":"MARKETING","status":"APPROVED","components":[
			{"type":"BODY","text":"Our spring sale has begun."}]}`,
	} {
		c.Put(Dawn.Add(-time.Hour), Definition(t, raw))
	}
	return c
}

// Definition is the template that a text defines.
func Definition(t *testing.T, raw string) template.Definition {
	t.Helper()
	var d template.Definition
	require.NoError(t, json.Unmarshal([]byte(raw), &d))
	return d
}

// Now2026 is the time in a lab that lives in November 2026.
func Now2026() time.Time { return time.Now().Add(Since2000) }

// Spends is what a channel costs in a lab of November 2026: $0.0034 for a template or an
// answer to the United States.
func Spends(t *testing.T, b *pricing.Budget) func(*channel.Config) {
	card, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\nNorth America,0.0250,0.0034,0.0034\n"),
		pricing.CardConfig{Currency: "USD", From: "2026-10-01"})
	require.NoError(t, err)
	return func(c *channel.Config) {
		c.Now = Now2026
		c.Channels[0].Templates = Catalog(t)
		c.Channels[0].Rates = []*pricing.RateCard{card}
		c.Channels[0].Budget = b
		c.Channels[0].ConsentElsewhere = true
	}
}

// WithTemplates gives the lab's channel the templates of catalog.
func WithTemplates(t *testing.T) func(*channel.Config) {
	return func(c *channel.Config) { c.Channels[0].Templates = Catalog(t) }
}

// Notify sends a template to a person.
func (l *Lab) Notify(f Face, name string) (*conversation.Message, error) {
	return l.Hub.Notify(l.T.Context(), Alice, channel.Notification{
		Channel: "support", To: message.Recipient{Phone: f.Phone, BSUID: f.Bsuid}, Name: f.Name,
		Template: &channel.Template{Name: name, Language: "en"},
	})
}

// Kim is a customer whom only the lab knows.
var Kim = Face{Phone: "13125550187", Bsuid: "US.1", Name: "Kim Sample"}

// Records are what is stored of a kind.
func (l *Lab) Records(kind string) []store.Record {
	l.T.Helper()
	list, err := l.Store.List(l.T.Context(), store.Query{Kind: kind, Limit: 100000})
	require.NoError(l.T, err)
	return list
}

// Dawn is when every bubble begins. The items of a story happened in the hours before.
var Dawn = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// TakesTime makes a wire take three seconds.
func TakesTime(ctx context.Context, _ message.Outbound, _ int) error {
	select {
	case <-time.After(3 * time.Second):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Stranger is the nth of many customers who never wrote.
func Stranger(n int) Face { return Face{Phone: fmt.Sprintf("1312556%04d", n)} }

// On is the item on another number.
func (it Item) On(number string) Item { it.Number = number; return it }

// OtherNumber is the number of a second channel.
const OtherNumber = "206540352242923"

// Recipient is the address of a person.
func Recipient(f Face) message.Recipient { return message.Recipient{Phone: f.Phone, BSUID: f.Bsuid} }

// From hands in a body as if signed with a secret of a scope; account stands in it.
func (l *Lab) From(scope webhook.Scope, account string, items ...Item) {
	l.T.Helper()
	d, err := webhook.Parse(bytes.ReplaceAll(Body(items...), []byte(LabAccount), []byte(account)))
	require.NoError(l.T, err)
	d.Scope = scope
	require.NoError(l.T, l.Hub.Accept(l.T.Context(), d))
	l.Pass(30 * time.Second)
}

// FailsFirst refuses the first n sends with one of Meta's codes.
func FailsFirst(code, n int) func(context.Context, message.Outbound, int) error {
	return func(_ context.Context, _ message.Outbound, call int) error {
		if call <= n {
			return Failure{code}
		}
		return nil
	}
}

// Picture is a picture.
func (f Face) Picture(at time.Time, wamid string) Item {
	return f.Message(at, wamid, "image", map[string]any{"id": "77", "mime_type": "image/png"})
}

// Cards is a message with address cards.
func (f Face) Cards(at time.Time, id string, cards ...any) Item {
	return f.Message(at, id, "contacts", cards)
}

// Says is a text that is its own wamid.
func (f Face) Says(n int, word string) Item { return f.Text(Minute(n), "wamid."+word, word) }

// Minute is a time before the bubble began.
func Minute(n int) time.Time { return Dawn.Add(-10*time.Hour + time.Duration(n)*time.Minute) }

// ByConversation are the texts that the host was given, in order, by conversation.
func (d *Ticketing) ByConversation() map[string][]string {
	d.Mu.Lock()
	defer d.Mu.Unlock()
	all := map[string][]string{}
	for _, in := range d.Received {
		all[in.Conversation.ID] = append(all[in.Conversation.ID], in.Message.Text)
	}
	return all
}

// Failure is an error of a Sender with one of Meta's codes.
type Failure struct{ Code int }

// Error implements error.
func (f Failure) Error() string { return "sender: failed" }

// Failure implements message.Failer.
func (f Failure) Failure() message.Failure { return message.Classify(f.Code, 0, 0, true) }

// Answered is the error of a Sender that was answered with a code of Meta's, by HTTP.
type Answered struct{ Code, Status int }

// Error implements error.
func (a Answered) Error() string { return "sender: canary of the answer" }

// Failure implements message.Failer.
func (a Answered) Failure() message.Failure { return message.Classify(a.Code, 0, a.Status, false) }

// Since2000 moves the clock of a lab to the time of the current prices.
var Since2000 = time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC).Sub(Dawn)
