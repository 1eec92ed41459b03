package credentials_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/credentials"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/webhook"
)

const (
	callback = "https://desk.example/webhook"
	word     = "a-word-of-our-own"
)

// live is a simulated number in good order, with what reaches it.
func live(t *testing.T) (w *cloudapitest.World, c credentials.CloudAPI, n *cloudapitest.Number, reach func(*onboard.Config)) {
	t.Helper()
	w, err := cloudapitest.New(cloudapitest.Config{})
	require.NoError(t, err)
	app, account := w.AddApp(cloudapitest.AppConfig{VerifyToken: word}), w.AddAccount(cloudapitest.AccountConfig{})
	n = account.AddNumber(cloudapitest.NumberConfig{PIN: "246810"})
	c = credentials.CloudAPI{
		Token: app.Token(account), AppSecret: app.Secret, VerifyToken: word, NumberID: n.ID, AccountID: account.ID, AppID: app.ID, CallbackURL: callback,
	}
	return w, c, n, func(cfg *onboard.Config) {
		cfg.Graph.HTTPClient, cfg.HTTPClient, cfg.Now = w.Client(), w.Client(), w.Now
	}
}

func grade(findings []credentials.Finding, id string) credentials.Grade {
	for _, f := range findings {
		if f.ID == id {
			return f.Grade
		}
	}
	return "missing"
}

func TestAFormFollowsFromTheSchema(t *testing.T) {
	t.Parallel()
	for _, c := range []interface{ Schema() json.RawMessage }{credentials.CloudAPI{}, credentials.Twilio{}} {
		var form struct {
			Type       string
			Properties map[string]struct {
				Type, Title, Description, Format string
				WriteOnly                        bool
			}
			Required []string
		}
		require.NoError(t, json.Unmarshal(c.Schema(), &form))
		require.Equal(t, "object", form.Type)
		secrets := 0
		for i := range reflect.TypeOf(c).NumField() {
			f := reflect.TypeOf(c).Field(i)
			p, ok := form.Properties[f.Tag.Get("json")]
			require.True(t, ok, f.Name)
			require.NotEmpty(t, p.Title, f.Name)
			require.True(t, strings.HasSuffix(p.Description, "."), f.Name)
			secret := strings.Contains(f.Name, "Token") || strings.Contains(f.Name, "Secret")
			require.Equal(t, secret, p.WriteOnly, f.Name)
			require.Equal(t, secret, p.Format == "password", f.Name)
			if secret {
				secrets++
			}
		}
		require.Len(t, form.Properties, reflect.TypeOf(c).NumField())
		require.NotZero(t, secrets)
		require.NotEmpty(t, form.Required)
		require.Less(t, strings.Index(string(c.Schema()), form.Required[0]), strings.Index(string(c.Schema()), form.Required[1]), "in the order of the form")
	}
}

func TestSecretsAreShownNowhere(t *testing.T) {
	t.Parallel()
	const canary = "canary0secret0canary"
	cloud := credentials.CloudAPI{Token: canary, AppSecret: canary, VerifyToken: canary, NumberID: "106540352242922"}
	carrier := credentials.Twilio{AccountSID: twiliotest.DefaultAccountSID, AuthToken: canary, APISecret: canary, Phone: "+13125550142"}
	for _, v := range []any{cloud, &cloud, []any{cloud}, map[string]any{"c": carrier}, carrier, &carrier} {
		text, err := json.Marshal(v)
		require.NoError(t, err)
		var logged strings.Builder
		slog.New(slog.NewTextHandler(&logged, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(&logged, nil)).Info("x", "v", v)
		require.NotContains(t, fmt.Sprintf("%v %+v %#v %s", v, v, v, v)+string(text)+logged.String(), canary)
	}
	var back credentials.CloudAPI
	require.NoError(t, json.Unmarshal([]byte(`{"token":"`+canary+`","number_id":"1"}`), &back))
	require.Equal(t, canary, back.Token, "what a form sends is read")
	text, err := json.Marshal(cloud)
	require.NoError(t, err)
	require.JSONEq(t, `{"number_id":"106540352242922"}`, string(text))
}

func TestWhatIsWrongInItselfIsSaidForEachField(t *testing.T) {
	t.Parallel()
	asked := func(*onboard.Config) { t.Error("nobody is asked") }
	findings := credentials.CloudAPI{AppSecret: "short", NumberID: "+1 312 555 0142", CallbackURL: "desk"}.Test(t.Context(), asked)
	got := map[string]string{}
	for _, f := range findings {
		require.Equal(t, credentials.Failed, f.Grade)
		require.NotEmpty(t, f.Do)
		got[f.ID] = f.Text
	}
	require.Equal(t, map[string]string{
		"token": "It is missing.", "verify_token": "It is missing.", "app_secret": "It does not look like one.",
		"number_id": "It does not look like one.", "callback_url": "It does not look like one.",
	}, got)
	require.False(t, credentials.Usable(findings))
	require.Len(t, credentials.Twilio{}.Test(t.Context(), nil), 4)
	require.False(t, credentials.Usable(nil))
}

func TestTheCloudAPIIsTriedOut(t *testing.T) {
	t.Parallel()
	_, c, _, reach := live(t)
	findings := c.Test(t.Context(), reach)
	require.Equal(t, credentials.OK, grade(findings, "token"))
	require.Equal(t, credentials.OK, grade(findings, "number"))
	require.Equal(t, credentials.Failed, grade(findings, "subscription"), "nobody has subscribed the app yet")

	other := c
	other.Token += "x"
	findings = other.Test(t.Context(), reach)
	require.Equal(t, credentials.Failed, grade(findings, "token"))
	require.False(t, credentials.Usable(findings))
	text, err := json.Marshal(findings)
	require.NoError(t, err)
	for _, secret := range []string{other.Token, c.Token, c.AppSecret, word} {
		require.NotContains(t, string(text), secret)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	require.Equal(t, credentials.Failed, grade(c.Test(ended, reach), "test"))
}

func TestTwilioIsTriedOut(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*credentials.Twilio, *twiliotest.Sim)
		want   map[string]credentials.Grade
	}{
		"all is well":     {nil, map[string]credentials.Grade{"account": "ok", "credit": "ok", "sender": "ok"}},
		"another token":   {func(c *credentials.Twilio, _ *twiliotest.Sim) { c.AuthToken = "another" }, map[string]credentials.Grade{"account": "failed", "credit": "unknown", "sender": "unknown"}},
		"another account": {func(c *credentials.Twilio, _ *twiliotest.Sim) { c.AccountSID = "AC" + strings.Repeat("f", 32) }, map[string]credentials.Grade{"account": "failed", "credit": "unknown", "sender": "unknown"}},
		"a key": {func(c *credentials.Twilio, s *twiliotest.Sim) {
			c.APIKey, c.APISecret = "SK"+strings.Repeat("0", 32), "hidden"
			s.AddKey(c.APIKey, c.APISecret)
		}, map[string]credentials.Grade{"account": "ok", "credit": "ok", "sender": "ok"}},
		"a key, and another token": {func(c *credentials.Twilio, s *twiliotest.Sim) {
			c.APIKey, c.APISecret, c.AuthToken = "SK"+strings.Repeat("0", 32), "hidden", "another"
			s.AddKey(c.APIKey, c.APISecret)
		}, map[string]credentials.Grade{"account": "failed", "credit": "ok", "sender": "unknown"}},
		"a key without its secret": {func(c *credentials.Twilio, _ *twiliotest.Sim) { c.APIKey = "SK" + strings.Repeat("0", 32) }, map[string]credentials.Grade{"credentials": "failed"}},
		"no money":                 {func(_ *credentials.Twilio, s *twiliotest.Sim) { s.SetBalance("-0.50") }, map[string]credentials.Grade{"account": "ok", "credit": "failed", "sender": "ok"}},
		"another's number":         {func(c *credentials.Twilio, _ *twiliotest.Sim) { c.Phone = "+13125550199" }, map[string]credentials.Grade{"account": "ok", "credit": "ok", "sender": "failed"}},
		"a sender that is offline": {func(c *credentials.Twilio, s *twiliotest.Sim) { s.SetSenderStatus(c.Phone, "OFFLINE") }, map[string]credentials.Grade{"account": "ok", "credit": "ok", "sender": "failed"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim := twiliotest.New(twiliotest.Config{})
			c := credentials.Twilio{AccountSID: twiliotest.DefaultAccountSID, AuthToken: twiliotest.DefaultAuthToken, Phone: "+13125550142", StatusURL: "https://desk.example/twilio"}
			sim.AddSender(c.Phone)
			if tt.change != nil {
				tt.change(&c, sim)
			}
			findings := c.Test(t.Context(), func(cfg *twilio.Config) { cfg.HTTPClient = sim.Client() })
			got := map[string]credentials.Grade{}
			for _, f := range findings {
				got[f.ID] = f.Grade
				require.Equal(t, f.Grade == credentials.OK, f.Text == "", f.ID)
			}
			require.Equal(t, tt.want, got)
			text, err := json.Marshal(findings)
			require.NoError(t, err)
			require.NotContains(t, string(text), c.AuthToken)
			require.NotContains(t, string(text), strings.TrimPrefix(c.Phone, "+"))
		})
	}
}

// Whatever the library stores holds no secret: not the hub's store, with settings, templates, dead letters and
// messages in it, and not the state of a number on its way.
func TestNothingThatIsStoredHoldsASecret(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, c, n, _ := live(t)
		client, err := cloudapi.New(cloudapi.Config{Token: c.Token, AppSecret: c.AppSecret, HTTPClient: w.Client()})
		require.NoError(t, err)
		st, host := memstore.New(), &channeltest.Ticketing{}
		hub, err := channel.New(channel.Config{Store: st, Ticketing: host, Now: w.Now, Feed: true})
		require.NoError(t, err)
		own := settings.Settings{ID: "support", Name: "Support", Number: n.ID, Account: c.AccountID, Enabled: true}
		require.NoError(t, hub.AddChannel(t.Context(), channel.Channel{Settings: own, Sender: client.Number(n.ID), Media: client.Number(n.ID)}))
		own.Name = "Support of the harbour"
		require.NoError(t, hub.UpdateSettings(t.Context(), own))
		handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{c.AppSecret}, VerifyToken: word, Sink: hub})
		require.NoError(t, err)
		w.Mount(callback, handler)

		guide, err := onboard.New(onboard.Config{Graph: cloudapi.Config{Token: c.Token, AppSecret: c.AppSecret, HTTPClient: w.Client()}, VerifyToken: word, HTTPClient: w.Client(), Now: w.Now})
		require.NoError(t, err)
		state, err := guide.Begin(onboard.Plan{Road: onboard.RoadToken, AppID: c.AppID, AccountID: c.AccountID, NumberID: n.ID, Webhook: onboard.WebhookPlan{URL: callback, Level: onboard.LevelApp}})
		require.NoError(t, err)
		require.NoError(t, guide.Run(t.Context(), state))
		kept, err := json.Marshal(state)
		require.NoError(t, err)

		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go hub.Run(ctx)
		go w.Run(ctx)
		robin := w.AddUser(cloudapitest.UserConfig{})
		robin.Text(n, "Hello")
		time.Sleep(time.Minute)
		require.Len(t, host.Texts(), 1)
		w.Revoke(c.Token) // what is refused now is stored, too
		_, err = hub.Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "dana"}, channel.Reply{Conversation: host.Received[0].Conversation.ID, Content: &message.Text{Body: "Hi"}})
		require.NoError(t, err)
		time.Sleep(time.Minute)

		all := []string{string(kept)}
		channeltest.Everything(t, st, func(text string) { all = append(all, text) })
		require.Greater(t, len(all), 8)
		for _, text := range all {
			for _, secret := range []string{c.Token, c.AppSecret, word} {
				require.NotContains(t, text, secret)
			}
		}
	})
}

func TestABalanceIsShownAsItIs(t *testing.T) {
	t.Parallel()
	for balance, want := range map[string]string{"-0.50": "-0.50 USD", "-12.05": "-12.05 USD", "0.00": "0.00 USD", "7.09": "7.09 USD"} {
		sim := twiliotest.New(twiliotest.Config{})
		c := credentials.Twilio{AccountSID: twiliotest.DefaultAccountSID, AuthToken: twiliotest.DefaultAuthToken, Phone: "+13125550142", StatusURL: "https://desk.example/twilio"}
		sim.AddSender(c.Phone)
		sim.SetBalance(balance)
		findings := c.Test(t.Context(), func(cfg *twilio.Config) { cfg.HTTPClient = sim.Client() })
		i := slices.IndexFunc(findings, func(f credentials.Finding) bool { return f.ID == "credit" })
		require.Equal(t, want, findings[i].Value)
	}
}
