package webhook_test

import (
	"bytes"
	"context"
	"errors"
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

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// recorder is a sink that remembers what it was given.
type recorder struct {
	deliveries []*webhook.Delivery
	err        error
}

func (r *recorder) Accept(_ context.Context, d *webhook.Delivery) error {
	r.deliveries = append(r.deliveries, d)
	return r.err
}

// handler returns a Handler for sink, and what it logs. edit may change the
// configuration.
func handler(t *testing.T, sink webhook.Sink, edit func(*webhook.Config)) (*webhook.Handler, *bytes.Buffer) {
	t.Helper()
	log := new(bytes.Buffer)
	cfg := webhook.Config{
		AppSecrets: []string{testSecret}, VerifyToken: "token", Sink: sink,
		Logger: slog.New(slog.NewJSONHandler(log, nil)),
	}
	if edit != nil {
		edit(&cfg)
	}
	h, err := webhook.NewHandler(cfg)
	require.NoError(t, err)
	return h, log
}

// post sends body, signed with secret unless that is empty, and returns the answer.
func post(h http.Handler, body []byte, secret string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	if secret != "" {
		r.Header.Set(webhook.SignatureHeader, webhook.Sign(secret, body))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestHandshake(t *testing.T) {
	t.Parallel()
	h, log := handler(t, &recorder{}, nil)
	for _, tt := range []struct {
		name, query string
		status      int
		body        string
	}{
		{"right", "hub.mode=subscribe&hub.verify_token=token&hub.challenge=1158201444", 200, "1158201444"},
		{"in another order", "hub.challenge=abc&hub.verify_token=token&hub.mode=subscribe", 200, "abc"},
		{"a challenge that is a page", "hub.mode=subscribe&hub.verify_token=token&hub.challenge=%3Cscript%3E", 200, "<script>"},
		{"wrong token", "hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1", 403, ""},
		{"a prefix of the token", "hub.mode=subscribe&hub.verify_token=tok&hub.challenge=1", 403, ""},
		{"empty token", "hub.mode=subscribe&hub.verify_token=&hub.challenge=1", 403, ""},
		{"no token", "hub.mode=subscribe&hub.challenge=1", 403, ""},
		{"another mode", "hub.mode=unsubscribe&hub.verify_token=token&hub.challenge=1", 403, ""},
		{"nothing", "", 403, ""},
		{"not a query", "%zz;", 403, ""},
	} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/any/path?"+tt.query, nil))
		require.Equal(t, tt.status, w.Code, tt.name)
		require.Equal(t, tt.body, w.Body.String(), tt.name)
		if tt.status == 200 {
			require.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"), tt.name)
			require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"), tt.name)
		}
	}
	require.NotContains(t, log.String(), "wrong", "the token that was tried is not logged")
}

func TestOtherMethodsAreRefused(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	h, _ := handler(t, sink, nil)
	for _, method := range []string{"HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "X"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/", nil))
		require.Equal(t, http.StatusMethodNotAllowed, w.Code, method)
		require.Equal(t, "GET, POST", w.Header().Get("Allow"), method)
	}
	require.Empty(t, sink.deliveries)
}

func TestDeliveryReachesTheSinkAndIsAnswered200(t *testing.T) {
	t.Parallel()
	for _, f := range fixtures.All() {
		sink := &recorder{}
		h, log := handler(t, sink, nil)
		w := post(h, f.Body, testSecret)
		require.Equal(t, http.StatusOK, w.Code, f.Name)
		require.Empty(t, w.Body.String(), f.Name)
		require.Empty(t, log.String(), f.Name)
		if f.Name == "envelope_other_object" || f.Name == "envelope_empty_entry" {
			require.Empty(t, sink.deliveries, "nothing in it")
			continue
		}
		require.Len(t, sink.deliveries, 1, f.Name)
		require.Equal(t, f.Body, sink.deliveries[0].Body)
		require.Zero(t, sink.deliveries[0].Secret)
	}
}

func TestRequestsAreRefused(t *testing.T) {
	t.Parallel()
	body := fixtures.Get("messages_text")
	large := []byte(messages(strings.Replace(good, "hi", strings.Repeat("x", 1<<20), 1)))
	for _, tt := range []struct {
		name   string
		edit   func(*http.Request)
		body   []byte
		status int
	}{
		{"no signature", func(r *http.Request) { r.Header.Del(webhook.SignatureHeader) }, body, 401},
		{"a malformed signature", func(r *http.Request) { r.Header.Set(webhook.SignatureHeader, "sha256=x") }, body, 401},
		{"the signature of another body", func(r *http.Request) { r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, []byte("{}"))) }, body, 401},
		{"the signature of another secret", func(r *http.Request) { r.Header.Set(webhook.SignatureHeader, webhook.Sign("other", body)) }, body, 401},
		{"only the old signature header", func(r *http.Request) {
			r.Header.Set("X-Hub-Signature", "sha1=00")
			r.Header.Del(webhook.SignatureHeader)
		}, body, 401},
		{"too large, and it says so", nil, large, 413},
		{"too large, and it does not say so", func(r *http.Request) { r.ContentLength = -1 }, large, 413},
		{"too large, and it lies", func(r *http.Request) { r.ContentLength = 10 }, large, 413},
		{"not JSON", nil, []byte(`{"object":"whatsapp_business_account"`), 400},
		{"empty", nil, []byte{}, 400},
		{"cut off", func(r *http.Request) { r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), brokenReader{})) }, body, 400},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := &recorder{}
			h, log := handler(t, sink, func(c *webhook.Config) { c.MaxBody = 1 << 20 })
			r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(tt.body))
			r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, tt.body))
			if tt.edit != nil {
				tt.edit(r)
			}
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			require.Equal(t, tt.status, w.Code)
			require.Empty(t, w.Body.String())
			require.Contains(t, log.String(), `"level":"WARN"`)
			require.NotContains(t, log.String(), "whatsapp_business_account", "nothing of the body is logged")
			if tt.name != "not JSON" {
				require.Empty(t, sink.deliveries)
			}
		})
	}
}

func TestRequestWithoutABody(t *testing.T) {
	t.Parallel()
	h, _ := handler(t, &recorder{}, nil)
	r := httptest.NewRequest(http.MethodPost, "/", nil)
	r.Body = nil // as adapters from other servers may leave it
	r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, nil))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusBadRequest, w.Code)
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) {
	return 0, errors.New("read tcp 192.0.2.1:443: connection reset")
}

func TestFiftyMegabytesAreNotRead(t *testing.T) {
	t.Parallel()
	h, _ := handler(t, &recorder{}, nil)
	r := httptest.NewRequest(http.MethodPost, "/", io.LimitReader(zeros{}, 50<<20))
	r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, nil))
	counted := &counter{r: r.Body}
	r.Body = counted
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
	require.Less(t, counted.n, 5<<20)
}

func TestBodiesOfAnyAnnouncedLengthAreReadWhole(t *testing.T) {
	t.Parallel()
	body := []byte(messages(strings.Replace(good, "hi", strings.Repeat("x", 700_000), 1)))
	for _, announced := range []int64{int64(len(body)), -1, 0, 10, int64(len(body)) - 1, 2_000_000} {
		sink := &recorder{}
		h, _ := handler(t, sink, nil)
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.ContentLength = announced
		r.Header.Set(webhook.SignatureHeader, webhook.Sign(testSecret, body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code, announced)
		require.True(t, bytes.Equal(body, sink.deliveries[0].Body), announced)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

type counter struct {
	r io.ReadCloser
	n int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += n
	return n, err
}
func (c *counter) Close() error { return c.r.Close() }

// TestMalformedBodiesAreKeptAndRefused pins a decision: Meta is told to send
// again, and the sink has the bytes should it give up.
func TestMalformedBodiesAreKeptAndRefused(t *testing.T) {
	t.Parallel()
	body := []byte(`{"text":"4111111111111111"`)
	for _, tt := range []struct {
		name   string
		accept bool
		sink   error
		status int
	}{
		{"by default", false, nil, 400},
		{"by default, and the sink fails", false, errors.New("disk full"), 500},
		{"accepted", true, nil, 200},
		{"accepted, but the sink fails", true, errors.New("disk full"), 500},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sink := &recorder{err: tt.sink}
			h, log := handler(t, sink, func(c *webhook.Config) { c.AcceptMalformed = tt.accept })
			require.Equal(t, tt.status, post(h, body, testSecret).Code)
			require.Len(t, sink.deliveries, 1)
			d := sink.deliveries[0]
			require.Equal(t, []string{"Unknown!"}, describe(d))
			require.Equal(t, body, d.Body)
			require.Contains(t, log.String(), "not JSON")
			require.NotContains(t, log.String(), "4111")
		})
	}
}

func TestFailingSinks(t *testing.T) {
	t.Parallel()
	body := fixtures.Get("messages_text")
	for _, tt := range []struct {
		name   string
		sink   webhook.SinkFunc
		status int
		logged string
	}{
		{"an error", func(context.Context, *webhook.Delivery) error { return errors.New("disk full") }, 500, "disk full"},
		{"out of time", func(context.Context, *webhook.Delivery) error { return context.DeadlineExceeded }, 503, "deadline"},
		{"a panic", func(_ context.Context, d *webhook.Delivery) error { panic(string(d.Body)) }, 500, "panicked with string"},
		{"a panic with nil", func(context.Context, *webhook.Delivery) error { panic(nil) }, 500, "panicked"},
		{"a panic that asks to abort", func(context.Context, *webhook.Delivery) error { panic(http.ErrAbortHandler) }, 500, "panicked"},
		{"a panic of the runtime", func(_ context.Context, d *webhook.Delivery) error { _ = d.Body[len(d.Body)]; return nil }, 500, "panicked with runtime"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h, log := handler(t, tt.sink, nil)
			w := post(h, body, testSecret)
			require.Equal(t, tt.status, w.Code)
			require.Empty(t, w.Body.String())
			require.Contains(t, log.String(), `"level":"ERROR"`)
			require.Contains(t, log.String(), tt.logged)
			require.NotContains(t, log.String(), "Can you check", "nothing of the body is logged")
		})
	}
}

func TestSecretThatFittedIsTold(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	h, _ := handler(t, sink, func(c *webhook.Config) { c.AppSecrets = []string{"new", "old"} })
	body := fixtures.Get("messages_text")
	require.Equal(t, 200, post(h, body, "old").Code)
	require.Equal(t, 200, post(h, body, "new").Code)
	require.Equal(t, 401, post(h, body, testSecret).Code)
	require.Len(t, sink.deliveries, 2)
	require.Equal(t, 1, sink.deliveries[0].Secret)
	require.Equal(t, 0, sink.deliveries[1].Secret)
}

func TestSecretsOfTenants(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	h, log := handler(t, sink, func(c *webhook.Config) {
		c.AppSecrets = nil
		c.SecretsFor = func(r *http.Request) ([]webhook.Secret, error) {
			ofA := webhook.Scope{Accounts: []string{"1"}, Numbers: []string{"11"}}
			switch r.URL.Path {
			case "/a":
				return []webhook.Secret{{Value: "old-a", Scope: ofA}, {Value: "secret-a", Scope: ofA}}, nil
			case "/unbound":
				return []webhook.Secret{{Value: "secret-a"}}, nil
			case "/twice":
				return []webhook.Secret{{Value: "secret-a", Scope: ofA}, {Value: "secret-a", Scope: webhook.Scope{All: true}}}, nil
			case "/down":
				return nil, errors.New("tenant database is down")
			case "/empty":
				return []webhook.Secret{{Scope: ofA}}, nil
			case "/blank":
				return []webhook.Secret{{Value: " \n", Scope: ofA}}, nil
			default:
				return nil, nil
			}
		}
	})
	body := fixtures.Get("messages_text")
	for _, tt := range []struct {
		path, secret string
		status       int
	}{
		{"/a", "secret-a", 200}, {"/a", "secret-b", 401}, {"/a", "", 401}, {"/b", "secret-a", 401}, {"/b", "", 401},
		{"/empty", "", 401}, {"/blank", " \n", 401}, {"/unbound", "secret-a", 401}, {"/twice", "secret-a", 401}, {"/down", "secret-a", 503},
	} {
		r := httptest.NewRequest(http.MethodPost, tt.path, bytes.NewReader(body))
		r.Header.Set(webhook.SignatureHeader, webhook.Sign(tt.secret, body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, tt.status, w.Code, tt.path)
	}
	require.Len(t, sink.deliveries, 1)
	require.Equal(t, 1, sink.deliveries[0].Secret)
	require.Equal(t, webhook.Scope{Accounts: []string{"1"}, Numbers: []string{"11"}}, sink.deliveries[0].Scope)
	require.Contains(t, log.String(), "tenant database is down")
}

func TestSkippingTheSignature(t *testing.T) {
	t.Parallel()
	sink := &recorder{}
	h, _ := handler(t, sink, func(c *webhook.Config) { c.AppSecrets, c.InsecureSkipSignature = nil, true })
	require.Equal(t, 200, post(h, fixtures.Get("messages_text"), "").Code)
	require.Equal(t, -1, sink.deliveries[0].Secret)
}

func TestZeroHandlerRefusesEverything(t *testing.T) {
	t.Parallel()
	h := new(webhook.Handler)
	require.Equal(t, 401, post(h, []byte("{}"), "").Code)
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	r.Header.Set(webhook.SignatureHeader, webhook.Sign("", []byte("{}")))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, 401, w.Code, "signed with the empty key")
	w = httptest.NewRecorder()
	q := url.Values{"hub.mode": {"subscribe"}, "hub.verify_token": {""}, "hub.challenge": {"1"}}
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?"+q.Encode(), nil))
	require.Equal(t, 403, w.Code)
}

func TestConfigProblemsAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := webhook.NewHandler(webhook.Config{MaxBody: -1, BodyTimeout: -1, Timeout: -1})
	for _, part := range []string{"AppSecrets is empty", "VerifyToken is empty", "Sink is nil", "MaxBody", "BodyTimeout", "Timeout"} {
		require.ErrorContains(t, err, part)
	}
	base := webhook.Config{AppSecrets: []string{"s"}, VerifyToken: "t", Sink: &recorder{}}
	_, err = webhook.NewHandler(base)
	require.NoError(t, err)
	for name, edit := range map[string]func(*webhook.Config){
		"an empty secret": func(c *webhook.Config) { c.AppSecrets = []string{"s", ""} },
		"secrets of two origins": func(c *webhook.Config) {
			c.SecretsFor = func(*http.Request) ([]webhook.Secret, error) { return nil, nil }
		},
		"an empty token":             func(c *webhook.Config) { c.VerifyToken = "" },
		"no sink":                    func(c *webhook.Config) { c.Sink = nil },
		"no secrets":                 func(c *webhook.Config) { c.AppSecrets = nil },
		"an empty secret, unchecked": func(c *webhook.Config) { c.AppSecrets, c.InsecureSkipSignature = []string{""}, true },
	} {
		cfg := base
		edit(&cfg)
		_, err := webhook.NewHandler(cfg)
		require.Error(t, err, name)
	}
}

// While the store is down, each delivery is refused: the log says so once, then every ten minutes, and when it is over.
func TestASinkThatFailsAllTheTimeIsToldNowAndThen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sink := &recorder{err: errors.New("no database")}
		h, log := handler(t, sink, nil)
		body := fixtures.Get("messages_text")
		lines := func(want string) int { return strings.Count(log.String(), want) }
		for range 660 { // eleven minutes
			require.Equal(t, http.StatusInternalServerError, post(h, body, testSecret).Code)
			time.Sleep(time.Second)
		}
		require.Equal(t, 2, lines("sink failed"), log)
		require.Equal(t, 1, lines(`"times":600`), log)
		sink.err = nil
		time.Sleep(time.Minute)
		for range 3 {
			require.Equal(t, http.StatusOK, post(h, body, testSecret).Code)
		}
		require.Equal(t, 1, lines("sink works again"), log)
		require.Equal(t, 1, lines(`"times":660`), log)
	})
}
