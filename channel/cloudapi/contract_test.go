package cloudapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// town is a simulated WhatsApp with one business and one user, and our client.
// The simulator shares no code with the client: it judges what arrives.
type town struct {
	*cloudapitest.World
	t       *testing.T
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	user    *cloudapitest.User
	client  *cloudapi.Client
	sent    int
}

// simulate runs f in a bubble with a fresh town, and then reads the audit: every
// rule of the platform that the client broke.
// Rules named in deliberate are broken by the test on purpose.
func simulate(t *testing.T, f func(t *testing.T, w *town), deliberate ...cloudapitest.Rule) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		world, err := cloudapitest.New(cloudapitest.Config{Seed: 7})
		require.NoError(t, err)
		w := &town{World: world, t: t}
		w.app = w.AddApp(cloudapitest.AppConfig{RequireProof: t.Name() != "TestContractMedia"})
		w.account = w.AddAccount(cloudapitest.AccountConfig{DirectSend: true})
		w.account.AddCatalog(cloudapitest.CatalogConfig{ID: "1"})
		w.account.AddFlow(cloudapitest.FlowConfig{ID: "1"})
		w.number = w.account.AddNumber(cloudapitest.NumberConfig{OBA: true})
		w.user = w.AddUser(cloudapitest.UserConfig{Name: "Dana Whitfield", Phone: "+1 312 555 0143"})
		w.client = w.connect(w.app.Token(w.account), nil)
		f(t, w)
		for _, finding := range w.Audit() {
			if slices.Contains(deliberate, finding.Rule) {
				continue
			}
			t.Errorf("%s: %s (%d times)", finding.Rule, finding.Detail, finding.Times)
		}
	})
}

func (w *town) connect(token string, change func(*cloudapi.Config)) *cloudapi.Client {
	cfg := cloudapi.Config{Token: token, AppSecret: w.app.Secret, HTTPClient: w.Client()}
	if change != nil {
		change(&cfg)
	}
	c, err := cloudapi.New(cfg)
	require.NoError(w.t, err)
	return c
}

func (w *town) ours() *cloudapi.Number { return w.client.Number(w.number.ID) }

func (w *town) to() message.Recipient { return message.Recipient{Phone: w.user.Phone()} }

func (w *town) send(c message.Content) (message.Receipt, error) {
	w.sent++
	return w.ours().Send(w.t.Context(), message.Outbound{To: w.to(), Content: c, OpaqueID: fmt.Sprint("test-", w.sent)})
}

const pixel = "\x89PNG\r\n\x1a\n0000"

func (w *town) upload(kind string) string {
	id, err := w.ours().Upload(w.t.Context(), message.Upload{Name: "f", MIME: kind, Size: int64(len(pixel)), Body: strings.NewReader(pixel)})
	require.NoError(w.t, err)
	return id
}

func TestContractEveryContentArrives(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		wamid := w.user.Text(w.number, "hello")
		w.Settle()
		require.NoError(t, w.ours().MarkRead(t.Context(), wamid, true))
		require.True(t, w.user.Typing(w.number))

		_, err := w.account.AddTemplate(`{"name":"reminder","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Hi {{1}}, see you on {{2}}.","example":{"body_text":[["a","b"]]}}]}`)
		require.NoError(t, err)
		var m template.Message
		require.NoError(t, json.Unmarshal([]byte(`{"name":"reminder","language":{"code":"en"},"components":[{"type":"body","parameters":[{"type":"text","text":"Dana"},{"type":"text","text":"Monday"}]}]}`), &m))

		image, other := w.upload("image/png"), w.upload("image/jpeg")
		contents := []message.Content{
			&message.Text{Body: "Hello", PreviewURL: true},
			&message.Image{ID: image, Caption: "A picture"},
			&message.Video{ID: w.upload("video/mp4")},
			&message.Audio{ID: w.upload("audio/ogg"), Voice: true},
			&message.Document{ID: w.upload("application/pdf"), Filename: "a.pdf", Caption: "Read"},
			&message.Sticker{ID: w.upload("image/webp")},
			&message.Image{Link: "https://example.com/a.png"},
			&message.Location{Latitude: 60.17, Longitude: 24.94, Name: "Market", Address: "Square 1"},
			&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "Nora Example", First: "Nora"}, Phones: []message.ContactPhone{{Phone: "+13125550199", Type: "WORK"}}}}},
			&message.Reaction{MessageID: wamid, Emoji: "👍"},
			&message.Reaction{MessageID: wamid},
			&message.Buttons{Header: message.Header{Image: &message.Image{ID: image}}, Body: "Which?", Footer: "f", Buttons: []message.Button{{ID: "1", Title: "One"}, {ID: "2", Title: "Two"}}},
			&message.List{Header: "h", Body: "b", Button: "Open", Sections: []message.Section{{Title: "s", Rows: []message.Row{{ID: "1", Title: "One", Description: "d"}}}}},
			&message.CTAURL{Header: message.Header{Text: "h"}, Body: "b", Label: "Go", URL: "https://example.com"},
			&message.Flow{Body: "b", FlowID: "1", Label: "Fill", Token: "t", Action: message.FlowNavigate, Screen: "S", Data: json.RawMessage(`{"a":1}`)},
			&message.LocationRequest{Body: "Where?"},
			&message.ContactRequest{Body: "Your number?"},
			&message.Product{CatalogID: "1", RetailerID: "a"},
			&message.ProductList{Header: "h", Body: "b", CatalogID: "1", Sections: []message.ProductSection{{Title: "s", RetailerIDs: []string{"a"}}}},
			&message.Catalog{Body: "b", ThumbnailRetailerID: "a"},
			&message.CallPermission{Body: "May we?"},
			&message.VoiceCall{Body: "b", Label: "Call", TTL: time.Hour, Payload: "p"},
			&message.Carousel{Body: "b", Cards: []message.Card{
				{Image: &message.Image{ID: image}, Body: "1", Label: "Buy", URL: "https://example.com/1"},
				{Image: &message.Image{ID: other}, Body: "2", Label: "Buy", URL: "https://example.com/2"},
			}},
			&message.Carousel{Body: "b", Cards: []message.Card{
				{Image: &message.Image{ID: image}, Replies: []message.Button{{ID: "1", Title: "This"}}},
				{Image: &message.Image{ID: other}, Replies: []message.Button{{ID: "2", Title: "That"}}},
			}},
			&message.ProductCarousel{Body: "b", CatalogID: "1", RetailerIDs: []string{"a", "b"}},
			&message.Template{Message: m},
		}
		before := len(w.user.Sees(w.number))
		visible := 0
		for _, c := range contents {
			receipt, err := w.send(c)
			require.NoError(t, err, "%T", c)
			require.NotEmpty(t, receipt.ID)
			require.Equal(t, w.user.Phone(), receipt.WAID)
			if _, isReaction := c.(*message.Reaction); !isReaction {
				visible++
			}
		}
		w.Settle()
		require.Len(t, w.user.Sees(w.number), before+visible)

		// Direct Send, a reply, and a user id instead of a number.
		_, err = w.ours().Send(t.Context(), message.Outbound{To: w.to(), Content: &message.Text{Body: "Shipped"}, Category: message.Utility, TTL: time.Hour, TemplateName: "shipped"})
		require.NoError(t, err)
		receipt, err := w.ours().Send(t.Context(), message.Outbound{
			To: message.Recipient{BSUID: w.user.BSUID(w.number)}, Content: &message.Text{Body: "By id"}, ReplyTo: wamid,
		})
		require.NoError(t, err)
		require.Equal(t, w.user.BSUID(w.number), receipt.BSUID)
	})
}

func TestContractErrorsMeanTheSameHereAndThere(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		_, err := w.send(&message.Text{Body: "Hello"})
		require.ErrorIs(t, err, window.ErrClosed)
		w.user.Text(w.number, "hi")
		w.Settle()
		_, err = w.send(&message.Text{Body: "Hello"})
		require.NoError(t, err)
	}, cloudapitest.RuleClosedWindow)
	simulate(t, func(t *testing.T, w *town) {
		w.user.Text(w.number, "hi")
		w.Settle()
		tmpl, err := w.account.AddTemplate(`{"name":"news","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"News for you."}]}`)
		require.NoError(t, err)
		tmpl.Pause()
		var m template.Message
		require.NoError(t, json.Unmarshal([]byte(`{"name":"news","language":{"code":"en"}}`), &m))
		_, err = w.send(&message.Template{Message: m})
		require.ErrorIs(t, err, template.ErrNotSendable)

		_, err = w.ours().Block(t.Context(), w.to())
		require.NoError(t, err)
		_, err = w.send(&message.Text{Body: "Hello"})
		f, _ := message.FailureOf(err)
		require.Equal(t, message.ClassRecipient, f.Class)
	})
	simulate(t, func(t *testing.T, w *town) {
		token := w.app.TokenFor(0, []string{"whatsapp_business_messaging"}, w.account)
		_, err := w.connect(token, nil).Account(w.account.ID).Info(t.Context())
		f, _ := message.FailureOf(err)
		require.Equal(t, message.ClassPermission, f.Class)
		w.Revoke(token)
		_, err = w.connect(token, nil).Account(w.account.ID).Info(t.Context())
		f, _ = message.FailureOf(err)
		require.Equal(t, message.ClassAuth, f.Class)
	})
}

func TestContractTokensRotateInFlight(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		first, second := w.app.Token(w.account), w.app.Token(w.account)
		current := first
		client := w.connect("", func(cfg *cloudapi.Config) {
			cfg.TokenSource = cloudapi.TokenFunc(func(context.Context) (string, error) { return current, nil })
		})
		w.user.Text(w.number, "hi")
		w.Settle()
		out := message.Outbound{To: w.to(), Content: &message.Text{Body: "Hello"}}
		_, err := client.Number(w.number.ID).Send(t.Context(), out)
		require.NoError(t, err)
		w.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict {
			w.Revoke(first)
			current = second
			return cloudapitest.Pass()
		})
		_, err = client.Number(w.number.ID).Send(t.Context(), out)
		require.NoError(t, err)
	})
}

// The hardest case: the platform takes the message and the answer is lost.
func TestContractALostAnswerIsNotRepeated(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		w.user.Text(w.number, "hi")
		w.Settle()
		for _, verdict := range []cloudapitest.Verdict{cloudapitest.Lose(), cloudapitest.Drop(), cloudapitest.Answer(502, "text/html", "<html>"), cloudapitest.Answer(200, "text/html", "<html>")} {
			w.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return verdict })
			_, err := w.send(&message.Text{Body: "Hello"})
			require.ErrorIs(t, err, message.ErrOutcomeUnknown)
		}
		w.Settle()
		require.Len(t, w.user.Sees(w.number), 2, "the user's own text and the one that was taken")
	})
}

func TestContractMedia(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		data := bytes.Repeat([]byte("kanava"), 50_000)
		id, err := w.ours().Upload(t.Context(), message.Upload{Name: "a.pdf", MIME: "application/pdf", Body: bytes.NewReader(data)})
		require.NoError(t, err)
		d, err := w.ours().Download(t.Context(), id)
		require.NoError(t, err)
		got, err := io.ReadAll(d.Body)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, got))
		require.Equal(t, "application/pdf", d.MIME)
		require.NoError(t, d.Body.Close())
		require.NoError(t, w.ours().DeleteMedia(t.Context(), id))
		_, err = w.ours().Download(t.Context(), id)
		require.Error(t, err)

		handle, err := w.client.App(w.app.ID).UploadFile(t.Context(), message.Upload{Name: "p.png", MIME: "image/png", Size: int64(len(pixel)), Body: strings.NewReader(pixel)})
		require.NoError(t, err)
		require.NoError(t, w.ours().UpdateProfile(t.Context(), cloudapi.ProfileChange{PictureHandle: handle, About: new("We sell succulents")}))
		p, err := w.ours().Profile(t.Context())
		require.NoError(t, err)
		require.Equal(t, "We sell succulents", p.About)
		require.NotEmpty(t, p.PictureURL)
	})
}

func TestContractTemplates(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		ctx, a := t.Context(), w.client.Account(w.account.ID)
		d := template.Definition{Name: "order_update", Language: "en", Category: template.Utility, Components: []template.Component{
			&template.Body{Text: "Your order {{1}} is on its way.", Example: template.BodyExample{Positional: []string{"1234"}}},
		}}
		created, err := a.CreateTemplate(ctx, d)
		require.NoError(t, err)
		require.Equal(t, template.StatusPending, created.Status)
		w.Advance(2 * time.Minute)
		got, err := a.Template(ctx, created.ID)
		require.NoError(t, err)
		require.Equal(t, template.StatusApproved, got.Status)

		_, err = a.CreateTemplate(ctx, d)
		e, isError := errors.AsType[*cloudapi.Error](err)
		require.True(t, isError)
		require.Equal(t, 2388024, e.Subcode)
		require.Equal(t, message.ClassTemplate, e.Failure().Class)

		got.Components = []template.Component{&template.Body{Text: "Your order is on its way."}}
		require.NoError(t, a.EditTemplate(ctx, got))
		for i := range 60 {
			_, err := w.account.AddTemplate(fmt.Sprintf(`{"name":"t%d","language":"en","category":"UTILITY","components":[{"type":"BODY","text":"Text %d."}]}`, i, i))
			require.NoError(t, err)
		}
		seen := make(map[string]bool)
		for d, err := range a.Templates(ctx, cloudapi.TemplateQuery{PageSize: 7}) {
			require.NoError(t, err)
			require.False(t, seen[d.Name])
			seen[d.Name] = true
		}
		require.Len(t, seen, 61)

		// A cursor that dies in the middle.
		clear(seen)
		n := 0
		for d, err := range a.Templates(ctx, cloudapi.TemplateQuery{PageSize: 7}) {
			require.NoError(t, err)
			require.False(t, seen[d.Name])
			seen[d.Name] = true
			if n++; n == 20 {
				time.Sleep(2 * time.Hour)
			}
		}
		require.Len(t, seen, 61)

		health, err := a.TemplateHealth(ctx, created.ID)
		require.NoError(t, err)
		require.NotEmpty(t, health.CanSend)
		one, err := collect(a.Templates(ctx, cloudapi.TemplateQuery{Name: "t7"}))
		require.NoError(t, err)
		require.Len(t, one, 1)
		require.NoError(t, a.DeleteTemplate(ctx, "t7", ""))
		require.NoError(t, a.DeleteTemplate(ctx, "order_update", created.ID))
		one, err = collect(a.Templates(ctx, cloudapi.TemplateQuery{Name: "t8"}))
		require.NoError(t, err)
		require.NoError(t, a.DeleteTemplates(ctx, one.([]template.Definition)[0].ID))
		count, err := a.TemplateCount(ctx)
		require.NoError(t, err)
		require.Equal(t, 58, count.Used)
		_, err = a.TemplateNamespace(ctx)
		require.NoError(t, err)
		previews, err := a.AuthPreviews(ctx, cloudapi.AuthPreviewQuery{Languages: []string{"en", "fi"}, ExpirationMinutes: 5})
		require.NoError(t, err)
		require.NotEmpty(t, previews)

		library, err := collect(w.client.TemplateLibrary(ctx, cloudapi.LibraryQuery{}))
		require.NoError(t, err)
		require.NotEmpty(t, library)

		other := w.AddAccount(cloudapitest.AccountConfig{})
		both := w.connect(w.app.Token(w.account, other), nil)
		_, err = both.Account(other.ID).MigrateTemplates(ctx, cloudapi.Migration{From: w.account.ID})
		require.NoError(t, err)
	})
}

func TestContractConnectingANumber(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		ctx := t.Context()
		app := w.client.App(w.app.ID)
		grant, err := app.ExchangeCode(ctx, w.app.SignUp(w.account))
		require.NoError(t, err)
		client := w.connect(grant.Token, nil)
		info, err := app.DebugToken(ctx, grant.Token)
		require.NoError(t, err)
		require.True(t, info.Valid)
		require.Contains(t, info.Targets["whatsapp_business_management"], w.account.ID)

		own, err := client.App(w.app.ID).DebugToken(ctx, "")
		require.NoError(t, err)
		require.Equal(t, info, own, "a client can examine the token it has")

		a := client.Account(w.account.ID)
		require.NoError(t, a.Subscribe(ctx, cloudapi.Webhook{}))
		subs, err := collect(a.Subscriptions(ctx))
		require.NoError(t, err)
		require.Len(t, subs, 1)

		id, err := a.AddNumber(ctx, cloudapi.NewNumber{CountryCode: "1", Number: "3125550188", DisplayName: "Lucky Shrub"})
		require.NoError(t, err)
		n := client.Number(id)
		require.NoError(t, n.RequestCode(ctx, cloudapi.CodeSMS, "en_US"))
		code := ""
		for sim := range w.account.Numbers() {
			if sim.ID == id {
				code = sim.Code()
			}
		}
		require.NoError(t, n.VerifyCode(ctx, code))
		require.NoError(t, n.Register(ctx, "123456", ""))
		number, err := n.Info(ctx)
		require.NoError(t, err)
		require.Equal(t, "CONNECTED", number.Status)
		require.Equal(t, 80, number.Throughput())
		require.NoError(t, n.SetPIN(ctx, "654321"))
		require.NoError(t, n.SetDisplayName(ctx, "Lucky Shrubs"))

		numbers, err := collect(a.Numbers(ctx, cloudapi.NumberQuery{OldestFirst: true}))
		require.NoError(t, err)
		require.Len(t, numbers, 2)
		_, err = a.Info(ctx)
		require.NoError(t, err)
		limit, err := n.MessagingLimit(ctx)
		require.NoError(t, err)
		require.Equal(t, "TIER_250", limit)
		health, err := n.Health(ctx)
		require.NoError(t, err)
		require.Equal(t, "AVAILABLE", health.CanSend)
		require.NoError(t, n.Deregister(ctx))
		require.NoError(t, a.Unsubscribe(ctx))
	})
}

func TestContractCalls(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		ctx, n := t.Context(), w.ours()
		offer, reply := cloudapi.Session{Type: "offer", SDP: "v=0"}, cloudapi.Session{Type: "answer", SDP: "v=0"}
		_, err := n.StartCall(ctx, w.to(), offer, "ours")
		f, _ := message.FailureOf(err)
		require.Equal(t, 138000, f.Code, "calling is off")
		require.NoError(t, n.UpdateSettings(ctx, cloudapi.Settings{Calling: &cloudapi.CallSettings{Status: "ENABLED"}}))

		in := w.user.Call(w.number)
		require.NoError(t, n.PreAcceptCall(ctx, in.ID, reply))
		require.NoError(t, n.AcceptCall(ctx, in.ID, reply, "ours"))
		require.Equal(t, cloudapitest.CallAccepted, in.State())
		require.NoError(t, n.EndCall(ctx, in.ID))
		in = w.user.Call(w.number)
		require.NoError(t, n.RejectCall(ctx, in.ID))
		require.Equal(t, cloudapitest.CallRejected, in.State())

		_, err = n.StartCall(ctx, w.to(), offer, "ours")
		f, _ = message.FailureOf(err)
		require.Equal(t, 138006, f.Code, "nobody has given permission")
		_, err = w.send(&message.CallPermission{Body: "May we call you?"})
		require.NoError(t, err)
		w.Settle()
		_, err = w.user.AllowCalls(w.number, false)
		require.NoError(t, err)
		permission, err := n.CallPermission(ctx, w.to())
		require.NoError(t, err)
		require.Equal(t, "temporary", permission.Status)
		require.True(t, permission.Expires.After(time.Now()))
		id, err := n.StartCall(ctx, w.to(), offer, "ours")
		require.NoError(t, err)
		require.Equal(t, w.user.Ringing(w.number).ID, id)
		w.user.Ringing(w.number).Answer()
		require.NoError(t, n.EndCall(ctx, id))
	})
}

func TestContractTheOtherEdges(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		ctx, n := t.Context(), w.ours()
		qr, err := n.CreateQRCode(ctx, "Hello", cloudapi.QRPNG)
		require.NoError(t, err)
		_, err = n.UpdateQRCode(ctx, qr.Code, "Hello again")
		require.NoError(t, err)
		one, err := n.QRCode(ctx, qr.Code, cloudapi.QRNone)
		require.NoError(t, err)
		require.Equal(t, "Hello again", one.Text)
		codes, err := collect(n.QRCodes(ctx, cloudapi.QRSVG))
		require.NoError(t, err)
		require.Len(t, codes, 1)
		require.NoError(t, n.DeleteQRCode(ctx, qr.Code))
		one, err = n.QRCode(ctx, qr.Code, cloudapi.QRNone)
		require.NoError(t, err)
		require.Zero(t, one)

		automation := cloudapi.Automation{IceBreakers: []string{"Opening hours?"}, Commands: []cloudapi.Command{{Name: "help", Description: "Get help"}}}
		require.NoError(t, n.SetAutomation(ctx, automation))
		back, err := n.Automation(ctx)
		require.NoError(t, err)
		require.Empty(t, cmp.Diff(automation, back))

		require.NoError(t, n.SetCommerce(ctx, cloudapi.Commerce{CatalogVisible: true}))
		commerce, err := n.Commerce(ctx)
		require.NoError(t, err)
		require.Equal(t, cloudapi.Commerce{CatalogVisible: true}, commerce)

		_, err = n.SetUsername(ctx, "lucky.shrub", false)
		require.NoError(t, err)
		name, err := n.Username(ctx)
		require.NoError(t, err)
		require.Equal(t, "lucky.shrub", name.Name)
		_, err = n.UsernameSuggestions(ctx)
		require.NoError(t, err)
		require.NoError(t, n.DeleteUsername(ctx))

		require.NoError(t, n.UpdateSettings(ctx, cloudapi.Settings{
			Identity: new(true),
			Calling: &cloudapi.CallSettings{Status: "ENABLED", Hours: &cloudapi.CallHours{
				Status: "ENABLED", TimeZone: "Europe/Helsinki", Weekly: []cloudapi.OpeningTime{{Day: "MONDAY", Open: "0900", Close: "1730"}},
			}},
		}))
		settings, err := n.Settings(ctx)
		require.NoError(t, err)
		require.Equal(t, "ENABLED", settings.Calling.Status)

		w.user.Text(w.number, "hi")
		w.Settle()
		result, err := n.Block(ctx, w.to())
		require.NoError(t, err)
		require.Len(t, result.Done, 1)
		blocked, err := collect(n.Blocked(ctx))
		require.NoError(t, err)
		require.Len(t, blocked, 1)
		_, err = n.Unblock(ctx, w.to())
		require.NoError(t, err)

		business, account := w.client.Business(w.account.Portfolio.ID), w.client.Account(w.account.ID)
		accounts, err := collect(business.OwnedAccounts(ctx))
		require.NoError(t, err)
		require.Len(t, accounts, 1)
		accounts, err = collect(business.ClientAccounts(ctx))
		require.NoError(t, err)
		require.Empty(t, accounts)
		limit, err := business.MessagingLimit(ctx)
		require.NoError(t, err)
		require.Equal(t, "TIER_250", limit)
		require.NoError(t, account.EnableInsights(ctx))
		_, err = collect(account.TemplateFigures(ctx, cloudapi.TemplateFiguresQuery{Start: time.Now().Add(-24 * time.Hour), End: time.Now(), TemplateIDs: []string{"1"}}))
		require.NoError(t, err)
		_, err = account.Messaging(ctx, cloudapi.MessagingQuery{Start: time.Now().Add(-24 * time.Hour), End: time.Now()})
		require.NoError(t, err)
		_, err = account.Pricing(ctx, cloudapi.PricingQuery{Start: time.Now().Add(-24 * time.Hour), End: time.Now()})
		require.NoError(t, err)
		w.Mount("https://example.com/hook", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("hub.verify_token") == "v" {
				_, _ = io.WriteString(rw, r.URL.Query().Get("hub.challenge"))
			}
		}))
		hook := cloudapi.Webhook{URL: "https://example.com/hook", VerifyToken: "v"}
		require.NoError(t, w.client.App(w.app.ID).SetWebhook(ctx, hook, "messages"))
		require.NoError(t, account.Subscribe(ctx, hook))
		require.NoError(t, n.SetWebhook(ctx, hook))
		require.NoError(t, n.SetWebhook(ctx, cloudapi.Webhook{}))
	})
}

// A quarter of an hour of everything at once, judged by the simulator: limits,
// repeats, double sends.
func TestContractABusyQuarterBreaksNoRule(t *testing.T) {
	t.Parallel()
	simulate(t, func(t *testing.T, w *town) {
		length := 15 * time.Minute
		if testing.Short() || raceEnabled {
			length = time.Minute
		}
		w.client = w.connect(w.app.Token(w.account), func(cfg *cloudapi.Config) { cfg.MaxWait = time.Hour })
		var users []*cloudapitest.User
		for i := range 200 {
			u := w.AddUser(cloudapitest.UserConfig{Name: "U", Phone: fmt.Sprintf("+1 312 555 %04d", 1000+i)})
			u.Text(w.number, "hi")
			users = append(users, u)
			w.Settle()
		}
		w.ours().CountInbound(t.Context(), len(users))
		ctx, cancel := context.WithTimeout(t.Context(), length)
		defer cancel()
		var wg sync.WaitGroup
		var mu sync.Mutex
		sent, refused := 0, 0
		// Now and then the platform has a fit of its own.
		w.Intercept(cloudapitest.Ambiguous(50))
		for worker := range 100 {
			wg.Go(func() {
				r := rand.New(rand.NewPCG(uint64(worker), 3))
				for i := 0; ctx.Err() == nil; i++ {
					u := users[r.IntN(len(users))]
					if worker == 0 {
						u = users[0]
					}
					_, err := w.ours().Send(ctx, message.Outbound{
						To: message.Recipient{Phone: u.Phone()}, Content: &message.Text{Body: "Hello"}, Lane: message.Lane(r.IntN(3)),
						OpaqueID: fmt.Sprint(worker, "/", i),
					})
					mu.Lock()
					if err == nil {
						sent++
					} else {
						refused++
					}
					mu.Unlock()
					if err != nil {
						time.Sleep(time.Second) // a wait beyond the end is refused at once
					}
				}
			})
		}
		wg.Wait()
		t.Logf("%d sent, %d not, in %s", sent, refused, length)
	})
}
