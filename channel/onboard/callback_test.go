package onboard_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/webhook"
)

const secret = "0123456789abcdef0123456789abcdef"

// receivers are callback addresses, good and bad, with what the examination says.
var receivers = []struct {
	name    string
	handler func(good http.Handler) http.Handler
	verdict onboard.Reason
	status  int
}{
	{"the handler of package webhook", func(good http.Handler) http.Handler { return good }, onboard.ReasonDone, 200},
	{"a server that is down", func(http.Handler) http.Handler { return nil }, onboard.ReasonCallbackUnreachable, 0},
	{"a path that does not exist", func(http.Handler) http.Handler { return status(404) }, onboard.ReasonCallbackRefuses, 404},
	{"a broken server", func(http.Handler) http.Handler { return status(502) }, onboard.ReasonCallbackRefuses, 502},
	{"a redirect to another host", func(http.Handler) http.Handler {
		return http.RedirectHandler("https://www.desk.example/webhook", http.StatusMovedPermanently)
	}, onboard.ReasonCallbackRedirects, 301},
	{"another verify token", func(http.Handler) http.Handler { return status(403) }, onboard.ReasonVerifyToken, 403},
	{"a page around the challenge", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "<html>"+r.FormValue("hub.challenge")+"</html>")
		})
	}, onboard.ReasonChallenge, 200},
	{"a line end after the challenge", func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			good.ServeHTTP(w, r)
			if r.Method == http.MethodGet {
				_, _ = io.WriteString(w, "\n")
			}
		})
	}, onboard.ReasonDone, 200},
	{"an endless answer", func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 1<<20)) })
	}, onboard.ReasonChallenge, 200},
	{"a page of a parked domain", func(http.Handler) http.Handler { return status(200) }, onboard.ReasonChallenge, 200},
	{"a handshake that any token passes", func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodGet {
				_, _ = io.WriteString(w, r.FormValue("hub.challenge"))
				return
			}
			good.ServeHTTP(w, r)
		})
	}, onboard.ReasonCallbackBelievesToken, 200},
	{"a receiver with another app's secret", func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			good.ServeHTTP(w, r)
		})
	}, onboard.ReasonCallbackSecret, 401},
	{"a receiver that checks no signature", func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				return
			}
			good.ServeHTTP(w, r)
		})
	}, onboard.ReasonCallbackBelieves, 200},
	{"a receiver that answers 202", func(good http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				w.WriteHeader(http.StatusAccepted)
				return
			}
			good.ServeHTTP(w, r)
		})
	}, onboard.ReasonCallbackRefuses, 202},
}

func TestACallbackAddressIsExaminedAsMetaAndAsAStrangerWould(t *testing.T) {
	t.Parallel()
	for _, r := range receivers {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			good, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{secret}, VerifyToken: verifyToken, Sink: s})
			require.NoError(t, err)
			s.world.Mount(callback, r.handler(good))
			got := onboard.Probe(t.Context(), s.world.Client(), callback, verifyToken, secret)
			require.Equal(t, r.verdict, got.Verdict)
			require.Equal(t, r.status, got.Status)
			require.Equal(t, "desk.example", got.Host)
			require.Equal(t, r.verdict == onboard.ReasonDone, got.OK())
		})
	}
	require.Equal(t, onboard.ReasonCallbackAddress, onboard.Probe(t.Context(), nil, "desk.example", verifyToken, secret).Verdict)
}

func TestAProbeLeavesOutWhatItHasNoWordFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	methods := ""
	s.world.Mount(callback, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods += r.Method + " "
		if r.Header.Get("X-Hub-Signature-256") != webhook.Sign(secret, []byte(`{"object":"whatsapp_business_account","entry":[]}`)) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	require.True(t, onboard.Probe(t.Context(), s.world.Client(), callback, "", "").OK())
	require.Empty(t, methods)
	require.True(t, onboard.Probe(t.Context(), s.world.Client(), callback, "", secret).OK())
	require.Equal(t, "POST POST ", methods, "signed rightly, and wrongly")
}

// At each level the planned address is set, proves itself, and then gets the messages.
func TestTheCallbackIsSetAndVerifiedAtEveryLevel(t *testing.T) {
	t.Parallel()
	for _, level := range []onboard.Level{"", onboard.LevelApp, onboard.LevelAccount, onboard.LevelNumber} {
		t.Run("at level "+string(level), func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.welcome()
			s.answers = s.willing
			s.cfg.Heard = func(_ context.Context, id string) (bool, error) { return s.heard[id], nil }
			if level != "" && level != onboard.LevelApp {
				s.cfg.Graph.AppSecret = s.app.Secret
			}
			p := s.plan()
			p.Webhook.Level = level
			st := s.run(s.begin(p))
			require.Equal(t, onboard.Done, st.Step(onboard.StepCallback).Status, lines(st))
			require.Equal(t, onboard.ReasonMessageUnderWay, st.Step(onboard.StepMessage).Reason)
			require.False(t, st.Live())

			s.world.Settle() // the status of the first message arrives
			st = s.run(st)
			require.Equal(t, onboard.Done, st.Step(onboard.StepMessage).Status, lines(st))
			require.True(t, st.Live())
			info, err := s.client().Number(st.NumberID()).Info(t.Context())
			require.NoError(t, err)
			want := map[onboard.Level]cloudapi.WebhookAddresses{
				"": {App: callback}, onboard.LevelApp: {App: callback}, onboard.LevelAccount: {Account: callback}, onboard.LevelNumber: {Number: callback},
			}
			require.Equal(t, want[level], info.Webhooks)
			if info.Webhooks.App == "" {
				require.Equal(t, onboard.ReasonNoAppCallback, st.Step(onboard.StepCallback).Remarks[0].Reason)
			}
		})
	}
}

func TestABadAddressIsNotHandedToMeta(t *testing.T) {
	t.Parallel()
	for _, level := range []onboard.Level{onboard.LevelApp, onboard.LevelAccount, onboard.LevelNumber} {
		s := newSite(t)
		s.answers = s.willing
		s.world.Mount(callback, status(http.StatusNotFound))
		p := s.plan()
		p.Webhook.Level = level
		step := s.run(s.begin(p)).Step(onboard.StepCallback)
		require.Equal(t, "The callback address of the "+string(level)+", at desk.example, answers 404 where 200 is needed.", step.Text)
	}
}

func TestAnOverrideIsRemovedOnlyIfThePlanSaysSo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path, body string
	}{
		{"of the account", "/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`},
		{"of the number", "", `{"webhook_configuration":{"override_callback_uri":"https://old.example/in","verify_token":"v"}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.welcome()
			s.answers = s.willing
			p := s.plan()
			n := s.number(&p, cloudapitest.NumberConfig{})
			id := n.ID
			if c.path != "" {
				id = s.account.ID
			}
			s.override(id+c.path, c.body)
			st := s.run(s.begin(p))
			require.Equal(t, onboard.ReasonOverridden, st.Step(onboard.StepCallback).Reason)
			require.False(t, st.Live())

			p.Webhook.TakeOver = true
			require.NoError(t, s.guide().Replan(st, p))
			st = s.run(st)
			require.Equal(t, onboard.Done, st.Step(onboard.StepCallback).Status, lines(st))
			require.True(t, st.Live(), lines(st))
		})
	}
}

func TestAnAddressWrittenOtherwiseIsTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	s.appWebhook(onboard.DefaultFields()...)
	set := s.calls("/subscriptions")
	p := s.plan()
	p.Webhook.URL = "https://Desk.example:443/webhook"
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{s.app.Secret}, VerifyToken: verifyToken, Sink: s})
	require.NoError(t, err)
	s.world.Mount(p.Webhook.URL, handler)
	st := s.run(s.begin(p))
	require.Equal(t, onboard.Done, st.Step(onboard.StepCallback).Status, lines(st))
	require.Zero(t, *set)
}

// A callback above the planned one that leads to the same address is in order, and an
// address below it is of no consequence.
func TestALowerLevelMayLeadElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	p := s.plan()
	n := s.number(&p, cloudapitest.NumberConfig{})
	s.override(s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`)
	p.Webhook.Level = onboard.LevelNumber
	st := s.run(s.begin(p))
	require.Equal(t, onboard.Done, st.Step(onboard.StepCallback).Status, lines(st))
	info, err := s.client().Number(n.ID).Info(t.Context())
	require.NoError(t, err)
	require.Equal(t, cloudapi.WebhookAddresses{Number: callback, Account: "https://old.example/in"}, info.Webhooks)
}

func TestNeitherVerifyTokenNorSignatureGoesToAnAddressThatIsNotOurs(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	p := s.plan()
	n := s.number(&p, cloudapitest.NumberConfig{})
	s.override(n.ID, `{"webhook_configuration":{"override_callback_uri":"https://old.example/in","verify_token":"v"}}`)
	calls := 0
	s.world.Mount("https://old.example/in", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { calls++ }))
	s.run(s.begin(p))
	require.Zero(t, calls)
}

func TestFieldsThatOthersSubscribedToStay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	s.appWebhook("messages", "flows")
	s.run(s.begin(s.plan()))
	hook, err := s.client().App(s.app.ID).Webhook(t.Context())
	require.NoError(t, err)
	require.ElementsMatch(t, append(onboard.DefaultFields(), "flows"), hook.Fields)
}

func TestASubscriptionThatIsThereIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	s.override(s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`)
	p := s.plan()
	p.AppID, p.Webhook = "", onboard.WebhookPlan{} // nor where it is not known whose it is
	s.cfg.Graph.AppSecret = ""
	s.refuse("GET", "/debug_token", 100, 0)
	st := s.run(s.begin(p))
	require.Equal(t, onboard.ReasonAppUnknown, st.Step(onboard.StepSubscribe).Remarks[0].Reason)
	info, err := s.client().Number(st.NumberID()).Info(t.Context())
	require.NoError(t, err)
	require.Equal(t, "https://old.example/in", info.Webhooks.Account)
}
