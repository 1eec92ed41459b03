package onboard_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/webhook"
)

const (
	callback    = "https://desk.example/webhook"
	verifyToken = "a word of our own"
	phone       = "+4915550100"
	pin         = "246810"
)

var start = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

const plainTemplate = `{"name":"welcome","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Your channel is ready."}]}`

// site is a simulated WhatsApp with an app, an account and a webhook handler of ours.
type site struct {
	t       *testing.T
	world   *cloudapitest.World
	app     *cloudapitest.App
	account *cloudapitest.Account
	token   string
	heard   map[string]bool // opaque ids of statuses that arrived
	events  func(*webhook.Delivery)

	cfg     onboard.Config
	answers func(onboard.Prompt) (string, error)
	prompts []onboard.Prompt
	kept    []cloudapi.Grant
	told    []onboard.Progress
}

func newSite(t *testing.T) *site {
	t.Helper()
	w, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
	require.NoError(t, err)
	s := &site{t: t, world: w, heard: map[string]bool{}}
	s.app = w.AddApp(cloudapitest.AppConfig{VerifyToken: verifyToken})
	s.account = w.AddAccount(cloudapitest.AccountConfig{})
	s.token = s.app.Token(s.account)
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{s.app.Secret}, VerifyToken: verifyToken, Sink: s})
	require.NoError(t, err)
	w.Mount(callback, handler)
	s.cfg = onboard.Config{
		Graph:       cloudapi.Config{Token: s.token, AppSecret: s.app.Secret, HTTPClient: w.Client()},
		VerifyToken: verifyToken,
		HTTPClient:  w.Client(),
		Ask: func(_ context.Context, p onboard.Prompt) (string, error) {
			s.prompts = append(s.prompts, p)
			if s.answers == nil {
				return "", onboard.ErrLater
			}
			return s.answers(p)
		},
		KeepToken: func(_ context.Context, g cloudapi.Grant) error { s.kept = append(s.kept, g); return nil },
		Progress:  func(p onboard.Progress) { s.told = append(s.told, p) },
		Now:       w.Now,
	}
	return s
}

// Accept implements webhook.Sink: it notes whose status came.
func (s *site) Accept(_ context.Context, d *webhook.Delivery) error {
	for e := range d.Events() {
		if st, ok := e.Payload.(*webhook.Status); ok {
			s.heard[st.OpaqueID] = true
		}
	}
	if s.events != nil {
		s.events(d)
	}
	return nil
}

// plan is that of a new number by our own token.
func (s *site) plan() onboard.Plan {
	return onboard.Plan{
		Road: onboard.RoadToken, AppID: s.app.ID, AccountID: s.account.ID, Phone: phone, DisplayName: "Helsinki Bikes",
		Webhook: onboard.WebhookPlan{URL: callback},
	}
}

func (s *site) guide() *onboard.Guide {
	g, err := onboard.New(s.cfg)
	require.NoError(s.t, err)
	return g
}

// begin makes a state.
func (s *site) begin(p onboard.Plan) *onboard.State {
	st, err := s.guide().Begin(p)
	require.NoError(s.t, err)
	return st
}

// run carries a state on in a process of its own: the state goes through its stored form.
func (s *site) run(st *onboard.State) *onboard.State {
	s.t.Helper()
	stored, err := json.Marshal(st)
	require.NoError(s.t, err)
	again := new(onboard.State)
	require.NoError(s.t, json.Unmarshal(stored, again))
	require.NoError(s.t, s.guide().Run(s.t.Context(), again))
	return again
}

// reads the code that came to the number by SMS.
func (s *site) code() string {
	for n := range s.account.Numbers() {
		if code := n.Code(); code != "" {
			return code
		}
	}
	return ""
}

// willing answers everything rightly.
func (s *site) willing(p onboard.Prompt) (string, error) {
	switch p.Kind {
	case onboard.PromptCode:
		return s.code(), nil
	case onboard.PromptPIN:
		return pin, nil
	case onboard.PromptRecipient:
		return "+" + s.world.AddUser(cloudapitest.UserConfig{}).Phone(), nil
	default:
		return "", onboard.ErrLater
	}
}

// lines writes a checklist down.
func lines(st *onboard.State) string {
	var b strings.Builder
	for _, l := range st.Steps() {
		b.WriteString(string(l.ID) + " " + string(l.Status) + " " + string(l.Reason) + "\n")
	}
	return b.String()
}

func status(code int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
}

// andThen answers everything rightly, except one kind of prompt, once.
func andThen(s *site, kind onboard.PromptKind, answer string) func(onboard.Prompt) (string, error) {
	used := false
	return func(p onboard.Prompt) (string, error) {
		if p.Kind != kind {
			return s.willing(p)
		}
		if used {
			return "", onboard.ErrLater
		}
		used = true
		return answer, nil
	}
}

// post calls the Graph API as somebody else would.
func (s *site) post(path, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, "https://graph.facebook.com/v26.0/"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	res, err := s.world.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(s.t, http.StatusOK, res.StatusCode)
}

// drop deletes something of the app's, with its own token.
func (s *site) drop(path string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodDelete, "https://graph.facebook.com/v26.0/"+path, http.NoBody)
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.app.ID+"|"+s.app.Secret)
	res, err := s.world.Client().Do(req)
	require.NoError(s.t, err)
	defer func() { _ = res.Body.Close() }()
	require.Equal(s.t, http.StatusOK, res.StatusCode)
}

// override sends webhooks to an old system.
func (s *site) override(path, body string) {
	s.world.Mount("https://old.example/in", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
	}))
	s.post(path, body)
}

// appWebhook enters our callback in the app, with some fields.
func (s *site) appWebhook(fields ...string) {
	s.t.Helper()
	client, err := cloudapi.New(cloudapi.Config{Token: s.token, AppSecret: s.app.Secret, HTTPClient: s.world.Client()})
	require.NoError(s.t, err)
	require.NoError(s.t, client.App(s.app.ID).SetWebhook(s.t.Context(), cloudapi.Webhook{URL: callback, VerifyToken: verifyToken}, fields...))
}

// elsewhere gives the planned phone number to another business.
func (s *site) elsewhere(cfg cloudapitest.NumberConfig) *cloudapitest.Number {
	other := s.world.AddAccount(cloudapitest.AccountConfig{Portfolio: s.world.AddPortfolio(cloudapitest.PortfolioConfig{Name: "Old provider"})})
	cfg.Phone = phone
	return other.AddNumber(cfg)
}

func itoa(n int) string { return strconv.Itoa(n) }

// wrongCode gives a wrong code so often, and then no answer.
func (s *site) wrongCode(times int) func(onboard.Prompt) (string, error) {
	return func(p onboard.Prompt) (string, error) {
		if p.Kind != onboard.PromptCode || times == 0 {
			return "", onboard.ErrLater
		}
		times--
		if s.code() == "000000" {
			return "111-111", nil
		}
		return "000-000", nil
	}
}

// client is a client of our own.
func (s *site) client() *cloudapi.Client {
	c, err := cloudapi.New(cloudapi.Config{Token: s.token, AppSecret: s.app.Secret, HTTPClient: s.world.Client()})
	require.NoError(s.t, err)
	return c
}

// refuseSaying answers calls whose path ends like this with an error of Meta's, until remove.
func (s *site) refuseSaying(method, end string, code, subcode int, details string) (remove func()) {
	return s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method != method || !strings.HasSuffix(r.Path, end) {
			return cloudapitest.Pass()
		}
		body, err := json.Marshal(map[string]any{"error": map[string]any{
			"message": "x", "type": "OAuthException", "code": code, "error_subcode": subcode, "fbtrace_id": "Atrace", "error_data": map[string]any{"details": details},
		}})
		require.NoError(s.t, err)
		return cloudapitest.Answer(http.StatusBadRequest, "application/json", string(body)).Stay()
	})
}

// spy looks at calls whose path ends like this.
func (s *site) spy(end string, look func(field func(...string) string)) (remove func()) {
	return s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, end) {
			look(r.Field)
		}
		return cloudapitest.Pass()
	})
}
