package twilio_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/twilio"
	"github.com/kanava-go/kanava/channel/twilio/twiliotest"
	"github.com/kanava-go/kanava/webhook"
)

func TestTheHandlerTellsAllProblemsOfItsConfig(t *testing.T) {
	t.Parallel()
	_, err := twilio.NewHandler(twilio.HandlerConfig{
		PublicURL: "http://desk.example/twilio?x=1", AuthTokens: []string{" "}, Secrets: []webhook.Secret{{Value: "x"}},
		Numbers: []twilio.NumberID{{Phone: "abc"}, {Phone: line}, {Phone: "13125550142"}}, MaxBody: -1,
	})
	require.Error(t, err)
	for _, part := range []string{
		"PublicURL", "AuthTokens[0] is empty", "Secrets[0] covers nothing", "Numbers[0].Phone", "Numbers[2].Phone is there twice",
		"Sink is nil", "MaxBody",
	} {
		require.ErrorContains(t, err, part)
	}
	_, err = twilio.NewHandler(twilio.HandlerConfig{})
	require.ErrorContains(t, err, "AuthTokens is empty")
	_, err = twilio.NewHandler(twilio.HandlerConfig{
		PublicURL: "https://desk.example/twilio", AuthTokens: []string{"one"},
		Secrets: []webhook.Secret{{Value: "one", Scope: webhook.Scope{Numbers: []string{"13125550142"}}}},
	})
	require.ErrorContains(t, err, "Secrets[0] is there twice", "it would speak for all")
}

func TestTheZeroHandlerRefuses(t *testing.T) {
	t.Parallel()
	require.Equal(t, http.StatusUnauthorized, post(t, new(twilio.Handler), "", "", inbound(nil)))
}

// bounded notes the deadline that a handler leaves behind.
type bounded struct {
	*httptest.ResponseRecorder
	until time.Time
}

func (b *bounded) SetReadDeadline(t time.Time) error { b.until = t; return nil }

func TestTheBodyOfARefusedRequestIsBoundedInTime(t *testing.T) {
	t.Parallel()
	h, err := twilio.NewHandler(twilio.HandlerConfig{PublicURL: public, AuthTokens: []string{token}, Sink: new(inbox), MaxBody: 10})
	require.NoError(t, err)
	for name, signature := range map[string]string{"no signature": "", "a body that is too large": "c2lnbmVk"} {
		w := &bounded{ResponseRecorder: httptest.NewRecorder()}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, public, strings.NewReader("a body that is too large"))
		r.Header.Set(twilio.SignatureHeader, signature)
		h.ServeHTTP(w, r)
		require.NotEqual(t, http.StatusOK, w.Code, name)
		require.False(t, w.until.IsZero(), "%s: net/http reads on behind the handler", name)
	}
}

func TestTokensAreRotated(t *testing.T) {
	t.Parallel()
	var b inbox
	cfg := handlerConfig(&b)
	cfg.AuthTokens = []string{"old", "new"}
	h := newHandler(t, cfg)
	for i, secret := range cfg.AuthTokens {
		require.Equal(t, http.StatusOK, post(t, h, secret, "", inbound(nil)))
		require.Equal(t, i, b.deliveries[i].Secret)
	}
	require.Equal(t, http.StatusUnauthorized, post(t, h, "older", "", inbound(nil)))
	require.Len(t, b.deliveries, 2)
}

func TestATokenSpeaksForItsOwnNumbersOnly(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]func(*twilio.HandlerConfig){
		"listed": func(c *twilio.HandlerConfig) {
			c.AuthTokens, c.Secrets = nil, []webhook.Secret{
				{Value: "ours", Scope: webhook.Scope{Numbers: []string{"13125550142"}}},
				{Value: "theirs", Scope: webhook.Scope{Numbers: []string{"13125550199"}}},
			}
		},
		"looked up": func(c *twilio.HandlerConfig) {
			c.AuthTokens = nil
			c.SecretsFor = func(*http.Request) ([]webhook.Secret, error) {
				return []webhook.Secret{{Value: "ours", Scope: webhook.Scope{Numbers: []string{"13125550142"}}}, {Value: "theirs", Scope: webhook.Scope{Numbers: []string{"13125550199"}}}}, nil
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			c := handlerConfig(&b)
			cfg(&c)
			h := newHandler(t, c)
			require.Equal(t, http.StatusOK, post(t, h, "ours", "", inbound(nil)))
			require.Equal(t, http.StatusOK, post(t, h, "theirs", "", inbound(nil)), "it is signed; what it may say is the sink's to check")
			for i, covered := range []bool{true, false} {
				d := b.deliveries[i]
				for e := range d.Events() {
					require.Equal(t, covered, d.Scope.Covers(e.Account, e.Number.ID))
				}
			}
		})
	}
}

func TestOneTokenMayStandThereForEachOfItsNumbers(t *testing.T) {
	t.Parallel()
	list := []webhook.Secret{
		{Value: token, Scope: webhook.Scope{Numbers: []string{"13125550199"}}}, {Value: token, Scope: webhook.Scope{Numbers: []string{"13125550142"}}},
	}
	for name, change := range map[string]func(*twilio.HandlerConfig){
		"listed": func(c *twilio.HandlerConfig) { c.AuthTokens, c.Secrets = nil, list },
		"looked up": func(c *twilio.HandlerConfig) {
			c.AuthTokens, c.SecretsFor = nil, func(*http.Request) ([]webhook.Secret, error) { return list, nil }
		},
	} {
		var b inbox
		c := handlerConfig(&b)
		change(&c)
		require.Equal(t, http.StatusOK, post(t, newHandler(t, c), token, "", inbound(nil)), name)
		require.Equal(t, webhook.Scope{Numbers: []string{"13125550199", "13125550142"}}, b.deliveries[0].Scope, name)
	}
}

func TestSecretsThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		secrets []webhook.Secret
		err     error
		status  int
	}{
		"none":            {nil, nil, http.StatusUnauthorized},
		"an error":        {nil, errors.New("down"), http.StatusServiceUnavailable},
		"without a scope": {[]webhook.Secret{{Value: token}}, nil, http.StatusUnauthorized},
		"an empty one":    {[]webhook.Secret{{Scope: webhook.Scope{All: true}}}, nil, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			cfg := handlerConfig(&b)
			cfg.AuthTokens = nil
			cfg.SecretsFor = func(*http.Request) ([]webhook.Secret, error) { return c.secrets, c.err }
			require.Equal(t, c.status, post(t, newHandler(t, cfg), token, "", inbound(nil)))
			require.Empty(t, b.deliveries)
		})
	}
}

func TestBadRequestsAreRefusedAndLeaveNoTrace(t *testing.T) {
	t.Parallel()
	form := "application/x-www-form-urlencoded"
	for name, c := range map[string]struct {
		method, kind, body, signature string
		status                        int
	}{
		"a GET":                     {http.MethodGet, "", "", "x", http.StatusMethodNotAllowed},
		"no signature":              {http.MethodPost, form, "Body=4111111111111111", "", http.StatusUnauthorized},
		"a wrong signature":         {http.MethodPost, form, "Body=4111111111111111", "eA==", http.StatusUnauthorized},
		"a form that is none":       {http.MethodPost, form, "Body=%zz4111111111111111", "eA==", http.StatusBadRequest},
		"a form under another type": {http.MethodPost, "text/plain", "Body=4111111111111111", twilio.Sign(token, public, nil), http.StatusUnauthorized},
		"no type":                   {http.MethodPost, "", "Body=4111111111111111", twilio.Sign(token, public, nil), http.StatusUnauthorized},
		"a body that is too large":  {http.MethodPost, form, "Body=" + strings.Repeat("x", 2<<20), "eA==", http.StatusRequestEntityTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			var logs strings.Builder
			cfg := handlerConfig(&b)
			cfg.Logger = slog.New(slog.NewTextHandler(&logs, nil))
			r := httptest.NewRequestWithContext(t.Context(), c.method, public, strings.NewReader(c.body))
			r.Header.Set("Content-Type", c.kind)
			r.Header.Set(twilio.SignatureHeader, c.signature)
			w := httptest.NewRecorder()
			newHandler(t, cfg).ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
			require.Empty(t, b.deliveries)
			require.NotContains(t, logs.String(), "4111")
			require.NotContains(t, logs.String(), "eA==")
		})
	}
}

func TestJSONBodies(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body   string
		status int
		events int
		text   bool
	}{
		"parameters as an object": {`{"MessageSid":"` + messageA + `","From":"whatsapp:` + phone + `","To":"whatsapp:` + line + `","Body":"hello","NumMedia":0,"AccountSid":"` + account + `"}`, http.StatusOK, 1, true},
		"a list of them":          {`[{"MessageSid":"` + messageA + `","From":"whatsapp:` + phone + `","To":"whatsapp:` + line + `","Body":"a"},{"MessageSid":"SM2","From":"whatsapp:` + phone + `","To":"whatsapp:` + line + `","Body":"b"}]`, http.StatusOK, 2, true},
		"parts and large numbers": {`{"MessageSid":"` + messageA + `","From":"whatsapp:` + phone + `","To":"whatsapp:` + line + `","Body":"hello","WaId":16505550123,"Serial":12345678901234567890,"ChannelMetadata":{"type":"whatsapp","data":[1]},"Forwarded":true,"Label":null}`, http.StatusOK, 1, true},
		"an event of a stream":    {`[{"specversion":"1.0","type":"com.twilio.messaging.message.delivered","data":{"messageSid":"SM1"}}]`, http.StatusOK, 1, false},
		"an object of anything":   {`{"property": "value", "boolean": true}`, http.StatusOK, 1, false},
		"no JSON":                 {`{"MessageSid":`, http.StatusBadRequest, 1, false},
		"nothing":                 {``, http.StatusBadRequest, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			signed, signature := twilio.SignBody(token, public, []byte(c.body))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, signed, strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(twilio.SignatureHeader, signature)
			w := httptest.NewRecorder()
			newHandler(t, handlerConfig(&b)).ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
			require.Len(t, b.events(), c.events)
			for _, e := range b.events() {
				_, unknown := e.Payload.(*webhook.Unknown)
				require.Equal(t, c.text, !unknown)
			}
		})
	}
}

// TestOneThatIsNotOursHarmsNoNeighbour has a list with two messages, and between them what is
// none.
func TestOneThatIsNotOursHarmsNoNeighbour(t *testing.T) {
	t.Parallel()
	ours := func(text string) string {
		return `{"MessageSid":"` + messageA + `","From":"whatsapp:` + phone + `","To":"whatsapp:` + line + `","Body":"` + text + `","Odd":{"a":[12345678901234567890]}}`
	}
	for name, odd := range map[string]string{
		"another event": `{"specversion":"1.0"}`, "a number": `7`, "nothing": `null`, "a list": `[{"MessageSid":"SM1"}]`, "a text": `"hello"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			body := "[" + ours("a") + "," + odd + "," + ours("b") + "]"
			signed, signature := twilio.SignBody(token, public, []byte(body))
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, signed, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set(twilio.SignatureHeader, signature)
			w := httptest.NewRecorder()
			newHandler(t, handlerConfig(&b)).ServeHTTP(w, r)
			require.Equal(t, http.StatusOK, w.Code)
			var texts []string
			unknown := 0
			for _, e := range b.events() {
				switch p := e.Payload.(type) {
				case *webhook.Message:
					texts = append(texts, p.Content.(*webhook.Text).Body)
				case *webhook.Unknown:
					unknown++
				}
			}
			require.Equal(t, []string{"a", "b"}, texts)
			require.Equal(t, 1, unknown)
			require.Contains(t, string(b.deliveries[0].Body), "12345678901234567890")
		})
	}
}

func TestARuleOfTheAccountMayChooseTheAlgorithm(t *testing.T) {
	t.Parallel()
	sign := func(key string, algorithm func() hash.Hash) string {
		m := hmac.New(algorithm, []byte(key))
		fmt.Fprint(m, public)
		for _, k := range []string{"Body", "From", "MessageSid", "To"} {
			fmt.Fprint(m, k, map[string]string{"Body": "hi", "From": "whatsapp:" + phone, "MessageSid": messageA, "To": "whatsapp:" + line}[k])
		}
		return base64.StdEncoding.EncodeToString(m.Sum(nil))
	}
	for name, c := range map[string]struct {
		settings, key string
		algorithm     func() hash.Hash
		status        int
	}{
		"the shared key":       {"key=SK1,algorithm=HMAC_SHA256", token, sha256.New, http.StatusOK},
		"another key":          {"key=SK1,algorithm=HMAC_SHA256", "other", sha256.New, http.StatusUnauthorized},
		"an unknown algorithm": {"key=SK1,algorithm=NONE", token, sha256.New, http.StatusUnauthorized},
		"small letters":        {" key=SK1 , algorithm = hmac_sha256 ", token, sha256.New, http.StatusOK},

		"no algorithm is the usual one": {"key=SK1", token, sha1.New, http.StatusOK},
		"no algorithm is no other":      {"key=SK1", token, sha256.New, http.StatusUnauthorized},
		"an empty one is the usual one": {"key=SK1,algorithm=", token, sha1.New, http.StatusOK},
		"the usual one under its name":  {"algorithm=HMAC_SHA1,key=SK1", token, sha1.New, http.StatusOK},
		"the usual one where it is not": {"key=SK1,algorithm=HMAC_SHA256", token, sha1.New, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b inbox
			body := "MessageSid=" + messageA + "&From=whatsapp%3A%2B16505550123&To=whatsapp%3A%2B13125550142&Body=hi"
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, public, strings.NewReader(body))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.Header.Set(twilio.SignatureHeader, sign(c.key, c.algorithm))
			r.Header.Set(twilio.SettingsHeader, c.settings)
			w := httptest.NewRecorder()
			newHandler(t, handlerConfig(&b)).ServeHTTP(w, r)
			require.Equal(t, c.status, w.Code)
		})
	}
}

func TestTheSinkDecidesTheAnswer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		sink   webhook.SinkFunc
		status int
	}{
		"recorded":       {func(context.Context, *webhook.Delivery) error { return nil }, http.StatusOK},
		"failed":         {func(context.Context, *webhook.Delivery) error { return errors.New("disk full") }, http.StatusInternalServerError},
		"out of time":    {func(context.Context, *webhook.Delivery) error { return context.DeadlineExceeded }, http.StatusServiceUnavailable},
		"in a panic":     {func(context.Context, *webhook.Delivery) error { panic("hello") }, http.StatusInternalServerError},
		"client is gone": {func(ctx context.Context, _ *webhook.Delivery) error { return ctx.Err() }, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.status, post(t, newHandler(t, handlerConfig(c.sink)), token, "", inbound(nil)))
		})
	}
}

func TestOverridesOfTheConnectionAreNoPartOfTheRequest(t *testing.T) {
	t.Parallel()
	var b inbox
	cfg := handlerConfig(&b)
	cfg.PublicURL += "#rc=5&rp=all"
	h := newHandler(t, cfg)
	require.Equal(t, http.StatusOK, post(t, h, token, "id=m_1", outbound(nil)), "signed without the fragment")
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, public+"?id=m_1", strings.NewReader(outbound(nil).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set(twilio.SignatureHeader, twilio.Sign(token, public+"?id=m_1#rc=5&rp=all", outbound(nil)))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusOK, w.Code, "signed with it")
	r.Header.Set(twilio.SignatureHeader, twilio.Sign(token, public+"?id=m_1#rc=1", outbound(nil)))
	r.Body = io.NopCloser(strings.NewReader(outbound(nil).Encode()))
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusUnauthorized, w.Code, "signed with another")
}

func TestTheHandlerRefusesStrangers(t *testing.T) {
	t.Parallel()
	var b inbox
	sim, dana := newSim()
	sim.Connect(public, newHandler(t, handlerConfig(&b)))
	require.Empty(t, sim.Probe())
	require.Empty(t, b.deliveries)
	dana.Text(line, "hello")
	sim.Settle()
	require.Len(t, b.deliveries, 1)
	require.Empty(t, sim.Audit())
}

func TestWhatIsLostComesAgainIfTheAddressAsksForIt(t *testing.T) {
	t.Parallel()
	var b inbox
	sim, dana := newSim()
	cfg := handlerConfig(&b)
	cfg.PublicURL = public + "#rc=3&rp=all"
	sim.Connect(cfg.PublicURL, newHandler(t, cfg))
	sim.SetFaults(twiliotest.Faults{Lose: true})
	dana.Text(line, "hello")
	sim.Settle()
	require.Len(t, b.events(), 1)
}

// While the store is down, each delivery is refused: the log says so once, then every ten minutes, and when it is over.
func TestASinkThatFailsAllTheTimeIsToldNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := inbox{err: errors.New("no database")}
		var logs strings.Builder
		cfg := handlerConfig(&b)
		cfg.Logger = slog.New(slog.NewTextHandler(&logs, nil))
		h := newHandler(t, cfg)
		write := func() int {
			return post(t, h, token, "", url.Values{"MessageSid": {messageA}, "From": {"whatsapp:" + phone}, "To": {"whatsapp:" + line}, "Body": {"hello"}})
		}
		for range 660 { // eleven minutes
			require.Equal(t, http.StatusInternalServerError, write())
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, strings.Count(logs.String(), "level="), logs.String())
		require.Contains(t, logs.String(), "times=600")
		b.err = nil
		time.Sleep(time.Minute)
		for range 3 {
			require.Equal(t, http.StatusOK, write())
		}
		require.Equal(t, 1, strings.Count(logs.String(), "sink works again"), logs.String())
		require.Contains(t, logs.String(), "times=660")
	})
}
