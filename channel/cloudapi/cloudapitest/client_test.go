package cloudapitest_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"iter"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/cloudapi/flowdata"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// ours is our own client on a site, over the in-process transport.
func ours(t *testing.T, s *site) *cloudapi.Client {
	t.Helper()
	c, err := cloudapi.New(cloudapi.Config{
		Token: s.token, AppSecret: s.app.Secret, HTTPClient: s.Client(), Retries: -1, MaxWait: time.Second, Version: s.version,
	})
	require.NoError(t, err)
	return c
}

func all[T any](t *testing.T, seq iter.Seq2[T, error]) []T {
	t.Helper()
	var out []T
	for v, err := range seq {
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}

// TestOurClientAndTheSimulatorReadMetaAlike sends every kind of content our client
// can build. The two share no JSON structures, so agreement means that both
// understood the documentation in the same way.
func TestOurClientAndTheSimulatorReadMetaAlike(t *testing.T) {
	t.Parallel()
	link := "https://example.com/a"
	picture := func() *message.Image { return &message.Image{Link: link, Caption: "c"} }
	replies := []message.Button{{ID: "y", Title: "Yes"}, {ID: "n", Title: "No"}}
	for _, content := range []message.Content{
		&message.Text{Body: "Hello", PreviewURL: true},
		picture(),
		&message.Video{Link: link, Caption: "c"},
		&message.Audio{Link: link, Voice: true},
		&message.Document{Link: link, Caption: "c", Filename: "a.pdf"},
		&message.Sticker{Link: link},
		&message.Location{Latitude: 60.17, Longitude: 24.94, Name: "Kanava", Address: "Helsinki"},
		&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "Pat Example", First: "Pat"}, Phones: []message.ContactPhone{{Phone: "+12025550199", Type: "CELL"}}}}},
		&message.Buttons{Header: message.Header{Text: "h"}, Body: "?", Footer: "f", Buttons: replies},
		&message.Buttons{Header: message.Header{Image: &message.Image{Link: link}}, Body: "?", Buttons: replies},
		&message.List{Header: "h", Body: "?", Footer: "f", Button: "Pick", Sections: []message.Section{{Title: "a", Rows: []message.Row{{ID: "1", Title: "One", Description: "first"}}}, {Title: "b", Rows: []message.Row{{ID: "2", Title: "Two"}}}}},
		&message.CTAURL{Body: "?", Label: "Open", URL: link},
		&message.Flow{Body: "?", FlowID: "1", Label: "Rate us", Token: "t", Action: message.FlowNavigate, Screen: "A", Data: json.RawMessage(`{"a":1}`)},
		&message.OrderDetails{
			Body: "b", Footer: "f", ReferenceID: "r1", Goods: message.PhysicalGoods, Currency: "INR", Total: 2100, Header: message.Header{Image: &message.Image{Link: link}},
			Order:    &message.Order{Items: []message.OrderItem{{RetailerID: "a", Name: "Cake", Quantity: 2, Price: 1200, SalePrice: 1000}}, Subtotal: 2000, Tax: 200, Shipping: 100, Discount: 200, DiscountProgram: "Autumn", Expires: start.Add(time.Hour), ExpiresText: "Too late"},
			Payments: []message.Payment{{Gateway: &message.PaymentGateway{Type: "razorpay", Configuration: "main"}}},
		},
		&message.OrderDetails{
			Body: "b", ReferenceID: "r1", Goods: message.DigitalGoods, Currency: "BRL", Total: 2100, PaymentType: "br",
			Payments: []message.Payment{{Pix: &message.Pix{Code: "c", Merchant: "m", Key: "k", KeyType: "EVP"}}, {Boleto: "034"}, {Link: link}},
		},
		&message.LocationRequest{Body: "where?"},
		&message.ContactRequest{Body: "who?"},
		&message.AddressRequest{Body: "where to?", Country: "IN", Values: map[string]string{"name": "Pat"}},
		&message.Product{Body: "b", CatalogID: "1", RetailerID: "SKU"},
		&message.ProductList{Header: "h", Body: "b", CatalogID: "1", Sections: []message.ProductSection{{Title: "t", RetailerIDs: []string{"SKU"}}}},
		&message.Catalog{Body: "b", ThumbnailRetailerID: "SKU"},
		&message.CallPermission{Body: "May we call?"},
		&message.VoiceCall{Body: "b", Label: "Call us", TTL: time.Hour, Payload: "p"},
		&message.Carousel{Body: "b", Cards: []message.Card{{Image: &message.Image{Link: link}, Body: "1", Label: "Open", URL: link}, {Image: &message.Image{Link: link}, Body: "2", Label: "Open", URL: link}}},
		&message.Carousel{Body: "b", Cards: []message.Card{{Video: &message.Video{Link: link}, Replies: replies}, {Video: &message.Video{Link: link}, Replies: replies}}},
		&message.ProductCarousel{Body: "b", CatalogID: "1", RetailerIDs: []string{"a", "b"}},
	} {
		t.Run(string(content.Kind()), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.account.AddCatalog(cloudapitest.CatalogConfig{ID: "1"})
			s.account.AddFlow(cloudapitest.FlowConfig{ID: "1"})
			id := s.user.Text(s.number, "hi")
			n := ours(t, s).Number(s.number.ID)
			out := message.Outbound{To: message.Recipient{Phone: s.user.Phone()}, Content: content, ReplyTo: id, OpaqueID: "m1"}
			receipt, err := n.Send(context.Background(), out)
			require.NoError(t, err)
			s.Settle()
			seen := s.user.Sees(s.number)
			require.Len(t, seen, 2)
			require.Equal(t, receipt.ID, seen[1].ID)
			require.Equal(t, id, seen[1].ReplyTo)
			require.Empty(t, s.Audit())
		})
	}
}

func TestOurClientAgreesOnOperations(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	to := func(s *site) message.Recipient { return message.Recipient{Phone: s.user.Phone()} }
	for _, tc := range []struct {
		name string
		do   func(t *testing.T, s *site, c *cloudapi.Client, n *cloudapi.Number, a *cloudapi.Account)
	}{
		{"send to a BSUID, read, react", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			id := s.user.Text(s.number, "hi")
			require.NoError(t, n.MarkRead(ctx, id, true))
			require.True(t, s.user.Typing(s.number))
			r, err := n.Send(ctx, message.Outbound{To: message.Recipient{BSUID: s.user.BSUID(s.number)}, Content: &message.Text{Body: "hi"}})
			require.NoError(t, err)
			require.Equal(t, s.user.BSUID(s.number), r.BSUID)
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: &message.Reaction{MessageID: id, Emoji: "👍"}})
			require.NoError(t, err)
			s.Settle()
			require.Equal(t, []string{"👍"}, s.user.Sees(s.number)[0].Reactions)
		}},
		{"the window closes", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			_, err := n.Send(ctx, message.Outbound{To: to(s), Content: &message.Text{Body: "late"}})
			require.ErrorIs(t, err, window.ErrClosed)
		}},
		{"a lost answer is an unknown outcome", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			s.user.Text(s.number, "hi")
			s.Intercept(cloudapitest.Ambiguous(1))
			_, err := n.Send(ctx, message.Outbound{To: to(s), Content: &message.Text{Body: "x"}})
			require.ErrorIs(t, err, message.ErrOutcomeUnknown)
		}},
		{"media up and down", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			id, err := n.Upload(ctx, message.Upload{Name: "a.png", MIME: "image/png", Body: strings.NewReader("picture")})
			require.NoError(t, err)
			d, err := n.Download(ctx, id)
			require.NoError(t, err)
			data, err := io.ReadAll(d.Body)
			require.NoError(t, err)
			require.Equal(t, "picture", string(data))
			require.NoError(t, n.DeleteMedia(ctx, id))
			_, err = n.Media(ctx, id)
			require.Error(t, err)
		}},
		{"templates", func(t *testing.T, s *site, c *cloudapi.Client, n *cloudapi.Number, a *cloudapi.Account) {
			var def template.Definition
			require.NoError(t, json.Unmarshal([]byte(orderTemplate), &def))
			made, err := a.CreateTemplate(ctx, def)
			require.NoError(t, err)
			s.Advance(time.Hour)
			got, err := a.Template(ctx, made.ID)
			require.NoError(t, err)
			require.Equal(t, template.Status("APPROVED"), got.Status)
			msg, preview, err := got.Bind(template.Values{
				Header:  template.HeaderValue{Media: &template.Media{Link: "https://example.com/a.jpg"}},
				Body:    []template.Value{{Text: "Ada"}, {Text: "17"}},
				Buttons: []template.ButtonValue{{Index: 1, Suffix: "xyz"}},
			})
			require.NoError(t, err)
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: &message.Template{Message: msg}})
			require.NoError(t, err)
			s.Settle()
			seen := s.user.Sees(s.number)
			require.Len(t, seen, 1)
			require.Equal(t, preview.Body, seen[0].Text, "the preview is what the phone shows")
			require.Len(t, all(t, a.Templates(ctx, cloudapi.TemplateQuery{Name: "order_update"})), 1)
			count, err := a.TemplateCount(ctx)
			require.NoError(t, err)
			require.Equal(t, 1, count.Used)
			_, err = a.TemplateNamespace(ctx)
			require.NoError(t, err)
			require.NotEmpty(t, all(t, c.TemplateLibrary(ctx, cloudapi.LibraryQuery{})))
			require.NoError(t, a.DeleteTemplates(ctx, made.ID))
			require.Empty(t, all(t, a.Templates(ctx, cloudapi.TemplateQuery{})))
		}},
		{"pages", func(t *testing.T, s *site, _ *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			for i := range 7 {
				_, err := s.account.AddTemplate(`{"name":"t` + itoa(i) + `","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
				require.NoError(t, err)
			}
			require.Len(t, all(t, a.Templates(ctx, cloudapi.TemplateQuery{PageSize: 3})), 7)
		}},
		{"numbers from code to registration", func(t *testing.T, s *site, c *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			id, err := a.AddNumber(ctx, cloudapi.NewNumber{CountryCode: "1", Number: "2025550190", DisplayName: "Second"})
			require.NoError(t, err)
			n := c.Number(id)
			require.NoError(t, n.RequestCode(ctx, cloudapi.CodeSMS, "en_US"))
			for x := range s.account.Numbers() {
				if x.ID == id {
					require.NoError(t, n.VerifyCode(ctx, x.Code()))
				}
			}
			require.NoError(t, n.Register(ctx, "123456", ""))
			require.NoError(t, n.SetPIN(ctx, "654321"))
			require.NoError(t, n.SetDisplayName(ctx, "Third"))
			info, err := n.Info(ctx, cloudapi.NumberFields()...)
			require.NoError(t, err)
			require.Equal(t, "CONNECTED", info.Status)
			require.Len(t, all(t, a.Numbers(ctx, cloudapi.NumberQuery{})), 2)
			_, err = n.Health(ctx)
			require.NoError(t, err)
			_, err = n.MessagingLimit(ctx)
			require.NoError(t, err)
			ready, err := n.MarketingReady(ctx, s.account.ID)
			require.NoError(t, err)
			require.True(t, ready)
			require.NoError(t, n.Deregister(ctx))
		}},
		{"settings of a number", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			about := "We help"
			require.NoError(t, n.UpdateProfile(ctx, cloudapi.ProfileChange{About: &about, Vertical: "RETAIL"}))
			p, err := n.Profile(ctx)
			require.NoError(t, err)
			require.Equal(t, about, p.About)
			require.NoError(t, n.SetAutomation(ctx, cloudapi.Automation{WelcomeMessage: true, IceBreakers: []string{"Track"}, Commands: []cloudapi.Command{{Name: "track", Description: "where"}}}))
			auto, err := n.Automation(ctx)
			require.NoError(t, err)
			require.True(t, auto.WelcomeMessage)
			require.NoError(t, n.SetCommerce(ctx, cloudapi.Commerce{CatalogVisible: true}))
			com, err := n.Commerce(ctx)
			require.NoError(t, err)
			require.Equal(t, cloudapi.Commerce{CatalogVisible: true}, com)
			yes := true
			require.NoError(t, n.UpdateSettings(ctx, cloudapi.Settings{Identity: &yes, Calling: &cloudapi.CallSettings{Status: "ENABLED"}}))
			set, err := n.Settings(ctx)
			require.NoError(t, err)
			require.Equal(t, "ENABLED", set.Calling.Status)
			status, err := n.SetUsername(ctx, "lucky.shrub", false)
			require.NoError(t, err)
			require.Equal(t, "approved", status)
			name, err := n.Username(ctx)
			require.NoError(t, err)
			require.Equal(t, "lucky.shrub", name.Name)
			_, err = n.UsernameSuggestions(ctx)
			require.NoError(t, err)
			require.NoError(t, n.DeleteUsername(ctx))
			q, err := n.CreateQRCode(ctx, "Hi", cloudapi.QRImage("SVG"))
			require.NoError(t, err)
			_, err = n.UpdateQRCode(ctx, q.Code, "Hello")
			require.NoError(t, err)
			q, err = n.QRCode(ctx, q.Code, "")
			require.NoError(t, err)
			require.Equal(t, "Hello", q.Text)
			require.Len(t, all(t, n.QRCodes(ctx, "")), 1)
			require.NoError(t, n.DeleteQRCode(ctx, q.Code))
		}},
		{"what a hub asks by itself", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			require.Len(t, all(t, n.ListTemplates(ctx, s.account.ID)), len(slices.Collect(s.account.Templates())))
			quality, name, err := n.NumberState(ctx)
			require.NoError(t, err)
			require.NotEmpty(t, quality)
			require.NotEmpty(t, name)
			_, err = n.TokenExpires(ctx)
			require.NoError(t, err)
		}},
		{"blocking", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			s.user.Text(s.number, "hi")
			stranger := s.AddUser(cloudapitest.UserConfig{})
			r, err := n.Block(ctx, to(s), message.Recipient{Phone: stranger.Phone()})
			require.Len(t, r.Done, 1)
			require.Len(t, r.Failed, 1)
			_ = err // partial success may be an error too
			require.Len(t, all(t, n.Blocked(ctx)), 1)
			_, err = n.Unblock(ctx, to(s))
			require.NoError(t, err)
			require.NoError(t, n.BlockUser(ctx, to(s), true))
			require.Len(t, all(t, n.Blocked(ctx)), 1)
			require.NoError(t, n.BlockUser(ctx, to(s), false))
			require.Empty(t, all(t, n.Blocked(ctx)))
			var failed message.Failer
			require.ErrorAs(t, n.BlockUser(ctx, message.Recipient{Phone: stranger.Phone()}, true), &failed)
		}},
		{"calls", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			require.NoError(t, n.UpdateSettings(ctx, cloudapi.Settings{Calling: &cloudapi.CallSettings{Status: "ENABLED"}}))
			call := s.user.Call(s.number)
			require.NoError(t, n.PreAcceptCall(ctx, call.ID, cloudapi.Session{Type: "answer", SDP: "v=0"}))
			require.NoError(t, n.AcceptCall(ctx, call.ID, cloudapi.Session{Type: "answer", SDP: "v=0"}, "t"))
			require.Equal(t, cloudapitest.CallAccepted, call.State())
			require.NoError(t, n.EndCall(ctx, call.ID))
			require.NoError(t, n.RejectCall(ctx, s.user.Call(s.number).ID))
			_, err := n.Send(ctx, message.Outbound{To: to(s), Content: &message.CallPermission{}})
			require.NoError(t, err)
			s.Settle()
			_, err = s.user.AllowCalls(s.number, false)
			require.NoError(t, err)
			p, err := n.CallPermission(ctx, to(s))
			require.NoError(t, err)
			require.Equal(t, "temporary", p.Status)
			id, err := n.StartCall(ctx, to(s), cloudapi.Session{Type: "offer", SDP: "v=0"}, "t")
			require.NoError(t, err)
			ringing := s.user.Ringing(s.number)
			require.Equal(t, id, ringing.ID)
			ringing.Answer()
			require.Equal(t, cloudapitest.CallAccepted, ringing.State())
		}},
		{"subscriptions and figures", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, a *cloudapi.Account) {
			hook := &inbox{verify: "v", secret: s.app.Secret}
			s.Mount("https://tenant.callback.test/", hook)
			require.NoError(t, a.Subscribe(ctx, cloudapi.Webhook{URL: "https://tenant.callback.test/", VerifyToken: "v"}))
			require.NoError(t, n.SetWebhook(ctx, cloudapi.Webhook{URL: "https://tenant.callback.test/", VerifyToken: "v"}))
			require.Len(t, all(t, a.Subscriptions(ctx)), 1)
			require.NoError(t, n.SetWebhook(ctx, cloudapi.Webhook{}))
			s.user.Text(s.number, "hi")
			_, err := n.Send(ctx, message.Outbound{To: to(s), Content: &message.Text{Body: "x"}})
			require.NoError(t, err)
			s.Settle()
			points, err := a.Messaging(ctx, cloudapi.MessagingQuery{Start: start.Add(-24 * time.Hour), End: start.Add(24 * time.Hour)})
			require.NoError(t, err)
			require.Len(t, points, 1)
			prices, err := a.Pricing(ctx, cloudapi.PricingQuery{Start: start.Add(-24 * time.Hour), End: start.Add(24 * time.Hour)})
			require.NoError(t, err)
			require.Len(t, prices, 1)
			_, err = a.Info(ctx)
			require.NoError(t, err)
			_, err = a.Health(ctx)
			require.NoError(t, err)
			require.NoError(t, a.Unsubscribe(ctx))
		}},
		{"sign-up and uploads", func(t *testing.T, s *site, _ *cloudapi.Client, _ *cloudapi.Number, _ *cloudapi.Account) {
			c, err := cloudapi.New(cloudapi.Config{Token: s.token, AppSecret: s.app.Secret, HTTPClient: s.Client()})
			require.NoError(t, err)
			app := c.App(s.app.ID)
			grant, err := app.ExchangeCode(ctx, s.app.SignUp(s.account))
			require.NoError(t, err)
			info, err := app.DebugToken(ctx, grant.Token)
			require.NoError(t, err)
			require.True(t, info.Valid)
			h, err := app.UploadFile(ctx, message.Upload{Name: "a.png", MIME: "image/png", Size: 7, Body: strings.NewReader("picture")})
			require.NoError(t, err)
			require.NotEmpty(t, h)
			file := message.Upload{Name: "a.png", MIME: "image/png", Size: 7, Body: strings.NewReader("picture")}
			session, err := app.StartUpload(ctx, file)
			require.NoError(t, err)
			h, err = app.ContinueUpload(ctx, session, file)
			require.NoError(t, err)
			require.NotEmpty(t, h)
			s.Mount("https://desk.callback.test/", &inbox{verify: "v", secret: s.app.Secret})
			require.NoError(t, app.SetWebhook(ctx, cloudapi.Webhook{URL: "https://desk.callback.test/", VerifyToken: "v"}, "messages"))
			hook, err := app.Webhook(ctx)
			require.NoError(t, err)
			require.Equal(t, cloudapi.AppWebhook{URL: "https://desk.callback.test/", Active: true, Fields: []string{"messages"}}, hook)
			require.Equal(t, "https://desk.callback.test/", s.app.Callback())
			business := c.Business(s.account.Portfolio.ID)
			require.Len(t, all(t, business.OwnedAccounts(ctx)), 1)
		}},
		{"the later life of templates", func(t *testing.T, s *site, _ *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			plainTemplate(t, s)
			tmpl := all(t, a.Templates(ctx, cloudapi.TemplateQuery{}))[0]
			tmpl.Components = []template.Component{&template.Body{Text: "Good morning."}}
			require.NoError(t, a.EditTemplate(ctx, tmpl))
			s.Advance(time.Hour)
			for x := range s.account.Templates() {
				x.Pause()
			}
			ok, _, err := a.UnpauseTemplate(ctx, tmpl.ID)
			require.NoError(t, err)
			require.True(t, ok)
			_, err = a.TemplateHealth(ctx, tmpl.ID)
			require.NoError(t, err)
			require.NoError(t, a.DeleteTemplate(ctx, "plain", tmpl.ID))
			previews, err := a.AuthPreviews(ctx, cloudapi.AuthPreviewQuery{Languages: []string{"en_US", "fi"}, Recommendation: true, ExpirationMinutes: 5})
			require.NoError(t, err)
			require.Len(t, previews, 2)
			require.NotEmpty(t, previews[0].Footer)
			require.NoError(t, a.EnableInsights(ctx))
			require.Empty(t, all(t, a.TemplateFigures(ctx, cloudapi.TemplateFiguresQuery{Start: start, End: start.Add(24 * time.Hour), TemplateIDs: []string{tmpl.ID}})))
		}},
		{"templates of another account", func(t *testing.T, s *site, _ *cloudapi.Client, _ *cloudapi.Number, _ *cloudapi.Account) {
			plainTemplate(t, s)
			other := s.AddAccount(cloudapitest.AccountConfig{})
			c, err := cloudapi.New(cloudapi.Config{Token: s.app.Token(s.account, other), HTTPClient: s.Client()})
			require.NoError(t, err)
			a := c.Account(other.ID)
			moved, err := a.MigrateTemplates(ctx, cloudapi.Migration{From: s.account.ID})
			require.NoError(t, err)
			require.Len(t, moved.Done, 1)
			again, err := a.MigrateTemplates(ctx, cloudapi.Migration{From: s.account.ID, TemplateIDs: moved.Done})
			require.NoError(t, err)
			require.Contains(t, again.Failed, moved.Done[0], "it is there already")
			require.Len(t, all(t, a.Templates(ctx, cloudapi.TemplateQuery{})), 1)
		}},
		{"marketing messages", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, a *cloudapi.Account) {
			_, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
			require.NoError(t, err)
			s.Advance(time.Hour)
			offer, _, err := all(t, a.Templates(ctx, cloudapi.TemplateQuery{}))[0].Bind(template.Values{})
			require.NoError(t, err)
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: &message.Template{Message: offer}, Marketing: &message.Marketing{Strict: true}})
			require.NoError(t, err)
		}},
		{"a number of the Business app", func(t *testing.T, s *site, c *cloudapi.Client, _ *cloudapi.Number, _ *cloudapi.Account) {
			n := c.Number(s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true}).ID)
			id, err := n.SyncApp(ctx, cloudapi.SyncHistory)
			require.NoError(t, err)
			require.NotEmpty(t, id)
			n.CountInbound(ctx, 1)
			require.NoError(t, n.Probe(ctx))
		}},
		{"the business behind it", func(t *testing.T, s *site, c *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			business := c.Business(s.account.Portfolio.ID)
			require.Empty(t, all(t, business.ClientAccounts(ctx)))
			limit, err := business.MessagingLimit(ctx)
			require.NoError(t, err)
			require.Equal(t, "TIER_250", limit)
			again, err := a.MessagingLimit(ctx)
			require.NoError(t, err)
			require.Equal(t, limit, again)
		}},
		{"the life of a flow", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, a *cloudapi.Account) {
			made, err := a.CreateFlow(ctx, cloudapi.NewFlow{Name: "Survey", Categories: []cloudapi.FlowCategory{cloudapi.FlowSurvey}, JSON: json.RawMessage(`{"version":"7.1","screens":[]}`)})
			require.NoError(t, err)
			require.NotEmpty(t, made.Problems)
			flow := a.Flow(made.ID)
			require.Error(t, flow.Publish(ctx), "it has faults")
			const good = `{"version":"7.1","screens":[{"id":"ASK","terminal":true,"layout":{"type":"SingleColumnLayout","children":[]}}]}`
			problems, err := flow.SetJSON(ctx, []byte(good))
			require.NoError(t, err)
			require.Empty(t, problems)
			require.NoError(t, flow.Update(ctx, cloudapi.FlowChange{Name: "How was it?", Endpoint: "https://flows.callback.test/", AppID: s.app.ID}))
			info, err := flow.Info(ctx)
			require.NoError(t, err)
			require.Equal(t, cloudapi.FlowInfo{
				ID: made.ID, Name: "How was it?", Status: cloudapi.FlowDraft, Categories: []cloudapi.FlowCategory{cloudapi.FlowSurvey},
				JSONVersion: "7.1", Endpoint: "https://flows.callback.test/", AppID: s.app.ID, Updated: start, Health: info.Health,
			}, info)
			assets := all(t, flow.Assets(ctx))
			require.Len(t, assets, 1)
			resp, err := s.Client().Get(assets[0].URL)
			require.NoError(t, err)
			got, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.NoError(t, resp.Body.Close())
			require.Equal(t, good, string(got))

			first, err := flow.Preview(ctx, false)
			require.NoError(t, err)
			require.Equal(t, start.Add(30*24*time.Hour), first.Expires)
			same, err := flow.Preview(ctx, false)
			require.NoError(t, err)
			require.Equal(t, first, same)
			fresh, err := flow.Preview(ctx, true)
			require.NoError(t, err)
			require.NotEqual(t, first.URL, fresh.URL)

			s.user.Text(s.number, "hi")
			form := &message.Flow{Body: "?", FlowID: made.ID, Label: "Answer", Token: "t"}
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: form})
			require.Error(t, err, "it is a draft")
			form.Mode = message.FlowDraft
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: form})
			require.NoError(t, err)
			require.NoError(t, flow.Publish(ctx))
			form.Mode = ""
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: form})
			require.NoError(t, err)
			_, err = flow.SetJSON(ctx, []byte(good))
			require.Error(t, err, "it is published")
			require.Error(t, flow.Delete(ctx))
			points, err := flow.Metric(ctx, cloudapi.FlowMetricQuery{Metric: cloudapi.FlowRequests})
			require.NoError(t, err)
			require.Empty(t, points)
			require.NoError(t, flow.Deprecate(ctx))
			form.Body = "Once more?"
			_, err = n.Send(ctx, message.Outbound{To: to(s), Content: form})
			require.Error(t, err, "it is deprecated")

			draft, err := a.CreateFlow(ctx, cloudapi.NewFlow{Name: "Copy", Categories: []cloudapi.FlowCategory{cloudapi.FlowOther}, CloneFrom: made.ID})
			require.NoError(t, err)
			require.Len(t, all(t, a.Flows(ctx)), 2)
			require.NoError(t, a.Flow(draft.ID).Delete(ctx))
			require.Len(t, all(t, a.Flows(ctx)), 1)
			moved, err := a.MigrateFlows(ctx, s.account.ID, "How was it?", "Nothing")
			require.NoError(t, err)
			require.Len(t, moved.Failed, 2, "one is there already, one does not exist")
		}},
		{"archive, compare, several languages", func(t *testing.T, s *site, _ *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			one, err := s.account.AddTemplate(`{"name":"one","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"One."}]}`)
			require.NoError(t, err)
			two, err := s.account.AddTemplate(`{"name":"two","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Two."}]}`)
			require.NoError(t, err)
			two.Pause()
			done, err := a.ArchiveTemplates(ctx, one.ID, two.ID)
			require.NoError(t, err)
			require.Equal(t, cloudapi.Archived{Done: []string{one.ID, two.ID}}, done)
			require.Equal(t, "ARCHIVED", one.Status())
			done, err = a.ArchiveTemplates(ctx, one.ID)
			require.NoError(t, err)
			require.Contains(t, done.Failed, one.ID, "it is archived already")
			done, err = a.UnarchiveTemplates(ctx, one.ID, two.ID)
			require.NoError(t, err)
			require.Len(t, done.Done, 2)
			require.Equal(t, cloudapitest.StatusApproved, one.Status())
			require.Equal(t, cloudapitest.StatusPaused, two.Status(), "it comes back as it was")

			_, err = a.CompareTemplates(ctx, one.ID, two.ID, cloudapi.Lookback7, start)
			require.Error(t, err, "they were not sent often enough")
			one.CountSends(1200)
			two.CountSends(3000)
			c, err := a.CompareTemplates(ctx, one.ID, two.ID, cloudapi.Lookback30, start)
			require.NoError(t, err)
			require.Equal(t, map[string]int{one.ID: 1200, two.ID: 3000}, c.Sent)
			require.Len(t, c.FewerBlocks, 2)
			require.Len(t, c.BlockReasons, 2)

			code := template.Definition{Name: "code", Category: template.Authentication, Components: []template.Component{
				&template.Body{AddSecurityRecommendation: new(true)},
				&template.Buttons{Buttons: []template.Button{&template.OTPButton{Delivery: template.OTPCopyCode}}},
			}}
			made, err := a.UpsertTemplates(ctx, code, "en_US", "fi")
			require.NoError(t, err)
			require.Len(t, made, 2)
			code.Components = append(code.Components, &template.Footer{ExpirationMinutes: 5})
			again, err := a.UpsertTemplates(ctx, code, "fi", "sv")
			require.NoError(t, err)
			require.Equal(t, made[1].ID, again[1].ID, "Finnish was changed, Swedish made")
			require.Len(t, all(t, a.Templates(ctx, cloudapi.TemplateQuery{Name: "code"})), 3)
		}},
		{"a message for one of several accounts", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			s.user.Text(s.number, "hi")
			out := message.Outbound{To: to(s), Content: &message.Text{Body: "x"}, MessagingAccount: s.account.ID}
			_, err := n.Send(ctx, out)
			require.NoError(t, err)
			out.MessagingAccount = "1"
			_, err = n.Send(ctx, out)
			require.Error(t, err, "the number has no such account")
			_, body := s.send(`"type":"text","text":{"body":"y"},"paid_messaging_account_id":"1","messaging_account_id":"` + s.account.ID + `"`)
			require.Zero(t, code(body), "the newer name wins")
		}},
		{"the key of the forms", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			none, err := n.PublicKey(ctx)
			require.NoError(t, err)
			require.Zero(t, none)
			key, err := rsa.GenerateKey(rand.Reader, 2048)
			require.NoError(t, err)
			public, err := flowdata.PublicKey(key)
			require.NoError(t, err)
			require.NoError(t, n.SetPublicKey(ctx, public))
			got, err := n.PublicKey(ctx)
			require.NoError(t, err)
			require.Equal(t, cloudapi.PublicKey{PEM: public, Status: "VALID"}, got)
		}},
		{"an order from the question to the goods", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			s.user.Text(s.number, "hi")
			send := func(c message.Content) error {
				_, err := n.Send(ctx, message.Outbound{To: to(s), Content: c})
				s.Settle()
				return err
			}
			ask := &message.OrderDetails{
				Body: "b", ReferenceID: "r1", Goods: message.DigitalGoods, Currency: "INR", Total: 2000,
				Order:    &message.Order{Items: []message.OrderItem{{RetailerID: "a", Name: "Cake", Quantity: 2, Price: 1000}}, Subtotal: 2000},
				Payments: []message.Payment{{Gateway: &message.PaymentGateway{Type: "razorpay", Configuration: "main"}}},
			}
			state := func(ref string, to message.OrderState) error {
				return send(&message.OrderStatus{Body: "b " + ref + string(to), ReferenceID: ref, State: to, Payment: &message.PaymentState{Status: message.PaymentCaptured, At: start}})
			}
			require.Error(t, state("r1", message.OrderShipped), "there is no such order")
			require.NoError(t, send(ask))
			ask.Body = "once more"
			require.Error(t, send(ask), "the reference was used")
			s.in.take()
			require.NoError(t, s.user.Pay(s.number, false))
			require.NoError(t, s.user.Pay(s.number, true))
			require.Error(t, s.user.Pay(s.number, true), "it is paid")
			s.Settle()
			var paid []string
			for _, body := range s.in.take() {
				d, err := webhook.Parse(body)
				require.NoError(t, err)
				for e := range d.Events() {
					p, ok := e.Payload.(*webhook.PaymentStatus)
					require.True(t, ok)
					require.Equal(t, webhook.Amount{Value: 2000, Offset: 100}, p.Amount)
					require.Equal(t, "r1", p.ReferenceID)
					paid = append(paid, p.Status)
				}
			}
			require.Equal(t, []string{"pending", "captured"}, paid)
			require.NoError(t, state("r1", message.OrderShipped))
			require.Error(t, state("r1", message.OrderProcessing), "it is shipped")
			require.NoError(t, state("r1", message.OrderCompleted))
			require.Error(t, state("r1", message.OrderCanceled), "it is completed")
		}},
		{"a partner pays", func(t *testing.T, s *site, c *cloudapi.Client, _ *cloudapi.Number, a *cloudapi.Account) {
			line := s.account.Portfolio.AddCreditLine("Lucky Shrub Ltd")
			business := c.Business(s.account.Portfolio.ID)
			require.Equal(t, []cloudapi.CreditLine{{ID: line, LegalName: "Lucky Shrub Ltd"}}, all(t, business.CreditLines(ctx)))
			s.account.SetPayment(false)
			require.NoError(t, a.AssignUser(ctx, "77", cloudapi.TaskManage, cloudapi.TaskDevelop))
			require.Equal(t, []cloudapi.AssignedUser{{ID: "77", Name: "System user", Tasks: []cloudapi.Task{"MANAGE", "DEVELOP"}}}, all(t, a.AssignedUsers(ctx, s.account.Portfolio.ID)))
			sharing, err := a.ShareCredit(ctx, line, "USD")
			require.NoError(t, err)
			ok, err := a.CreditShared(ctx, sharing)
			require.NoError(t, err)
			require.True(t, ok)
			require.NoError(t, a.RevokeCredit(ctx, sharing))
			info, err := a.Info(ctx)
			require.NoError(t, err)
			require.Empty(t, info.FundingID)
			require.NoError(t, a.UnassignUser(ctx, "77"))
			require.Empty(t, all(t, a.AssignedUsers(ctx, s.account.Portfolio.ID)))
		}},
		{"groups", func(t *testing.T, s *site, c *cloudapi.Client, _ *cloudapi.Number, _ *cloudapi.Account) {
			theirs := s.account.AddNumber(cloudapitest.NumberConfig{OBA: true})
			n := c.Number(theirs.ID)
			id, err := n.CreateGroup(ctx, cloudapi.NewGroup{Subject: "Garden club", Description: "Plants", Approval: true})
			require.NoError(t, err)
			require.NotEmpty(t, id)
			listed := all(t, n.Groups(ctx))
			require.Len(t, listed, 1)
			require.Equal(t, "Garden club", listed[0].Subject)
			require.Equal(t, start, listed[0].Created)
			group := n.Group(listed[0].ID)
			link, err := group.InviteLink(ctx)
			require.NoError(t, err)
			fresh, err := group.ResetInviteLink(ctx)
			require.NoError(t, err)
			require.NotEqual(t, link, fresh)
			other := s.AddUser(cloudapitest.UserConfig{})
			require.False(t, s.user.Join(theirs.Groups()[0]), "it has to be approved")
			require.False(t, other.Join(theirs.Groups()[0]))
			wishes := all(t, group.JoinRequests(ctx))
			require.Len(t, wishes, 2)
			require.NotEmpty(t, wishes[0].Person.BSUID)
			require.Equal(t, start, wishes[0].Created)
			decided, err := group.Approve(ctx, wishes[0].ID, "nothing")
			require.NoError(t, err)
			require.Equal(t, []string{wishes[0].ID}, decided.Done)
			require.Contains(t, decided.Failed, "nothing")
			decided, err = group.Reject(ctx, wishes[1].ID)
			require.NoError(t, err)
			require.Len(t, decided.Done, 1)
			info, err := group.Info(ctx)
			require.NoError(t, err)
			require.Equal(t, 1, info.Count)
			require.True(t, info.Approval)
			require.Equal(t, s.user.BSUID(theirs), info.Participants[0].BSUID)
			_, err = group.Update(ctx, cloudapi.GroupChange{Description: new("")})
			require.NoError(t, err)
			var picture bytes.Buffer
			require.NoError(t, jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 192, 192)), nil))
			_, err = group.SetPicture(ctx, picture.Bytes())
			require.NoError(t, err)

			in := message.Recipient{Group: group.ID()}
			s.user.Text(theirs.Groups()[0], "hi all")
			sent, err := n.Send(ctx, message.Outbound{To: in, Content: &message.Text{Body: "Welcome"}})
			require.NoError(t, err)
			_, err = n.Send(ctx, message.Outbound{To: in, Content: &message.Pin{MessageID: sent.ID, Days: 7}})
			require.NoError(t, err)
			_, err = group.Remove(ctx, message.Recipient{BSUID: s.user.BSUID(theirs)})
			require.NoError(t, err)
			info, err = group.Info(ctx)
			require.NoError(t, err)
			require.Zero(t, info.Count)
			_, err = group.Delete(ctx)
			require.NoError(t, err)
			require.Empty(t, all(t, n.Groups(ctx)))
		}},
		{"errors carry Meta's code", func(t *testing.T, s *site, _ *cloudapi.Client, n *cloudapi.Number, _ *cloudapi.Account) {
			s.Revoke(s.token)
			_, err := n.Info(ctx, "status")
			e, ok := errors.AsType[*cloudapi.Error](err)
			require.True(t, ok)
			require.Equal(t, 190, e.Code)
		}},
	} {
		for _, version := range []string{cloudapi.DefaultVersion, "v27.0"} {
			t.Run(tc.name+", "+version, func(t *testing.T) {
				t.Parallel()
				s := newSite(t)
				s.version = version
				c := ours(t, s)
				tc.do(t, s, c, c.Number(s.number.ID), c.Account(s.account.ID))
				for _, f := range s.Audit() {
					require.Equal(t, cloudapitest.RuleClosedWindow, f.Rule, "%+v", f)
				}
			})
		}
	}
}

// TestEveryOperationOfOurClientIsServed reads this file: each method of the client that
// takes a context must be called in it, so that a new operation is not forgotten here.
func TestEveryOperationOfOurClientIsServed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("client_test.go")
	require.NoError(t, err)
	for receiver, of := range map[string]reflect.Type{
		"c": reflect.TypeFor[*cloudapi.Client](), "n": reflect.TypeFor[*cloudapi.Number](), "a": reflect.TypeFor[*cloudapi.Account](),
		"app": reflect.TypeFor[*cloudapi.App](), "business": reflect.TypeFor[*cloudapi.Business](),
		"flow": reflect.TypeFor[*cloudapi.Flow](), "group": reflect.TypeFor[*cloudapi.Group](),
	} {
		operations := 0
		for i := range of.NumMethod() {
			m := of.Method(i)
			if m.Type.NumIn() > 1 && m.Type.In(1) == reflect.TypeFor[context.Context]() {
				operations++
				called := regexp.MustCompile(`\b` + receiver + `\.` + m.Name + `\(ctx`)
				require.True(t, called.Match(source), "%s of %s", m.Name, of)
			}
		}
		require.Positive(t, operations)
	}
}
