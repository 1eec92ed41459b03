package webhook_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// Strings that must never leave a delivery by way of logs or errors.
const (
	canarySecret = "canary-app-secret-6a1f"
	canaryToken  = "canary-verify-token-77be"
	canaryText   = "CANARY text of a person"
	canaryPhone  = "15555550199"
	canaryWamid  = "wamid.CANARYhMTU1NTU1NTAxOTk="
)

func requireNoCanary(t *testing.T, where, s string) {
	t.Helper()
	for _, c := range []string{canarySecret, canaryToken, "CANARY", "canary", canaryPhone} {
		require.NotContains(t, s, c, where)
	}
}

// sing replaces every string in v that could be personal by a canary.
func sing(v any, key string) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			v[k] = sing(x, k)
		}
	case []any:
		for i, x := range v {
			v[i] = sing(x, key)
		}
	case string:
		switch {
		case strings.HasPrefix(v, "wamid.") || strings.HasPrefix(v, "wacid."):
			return canaryWamid
		case strings.Trim(v, "0123456789+") == "" && len(v) >= 10 && !strings.Contains(key, "time") && key != "phone_number_id" &&
			!strings.HasSuffix(key, "_id") && key != "id" && key != "flow_id":
			return canaryPhone
		case key == "wa_id" || key == "recipient_id" || key == "from" || key == "to":
			return canaryPhone
		case strings.ToUpper(v) == v || strings.ToLower(v) == v && !strings.ContainsAny(v, " .0123456789"):
			return v // a word of the protocol
		case key == "id" || key == "entity_id" || key == "phone_number_id" || key == "field" || key == "object" || key == "event_name" || strings.Contains(key, "time"):
			return v
		default:
			return canaryText
		}
	}
	return v
}

func TestNoLogRecordOfAnEventShowsContent(t *testing.T) {
	t.Parallel()
	sung := 0
	for _, f := range fixtures.All() {
		var v any
		dec := json.NewDecoder(bytes.NewReader(f.Body))
		dec.UseNumber()
		require.NoError(t, dec.Decode(&v))
		body, err := json.Marshal(sing(v, ""))
		require.NoError(t, err)
		sung += bytes.Count(body, []byte("CANARY")) + bytes.Count(body, []byte(canaryPhone))
		d, err := webhook.Parse(body)
		require.NoError(t, err)
		requireNoCanary(t, f.Name, slogString(d))
		for e := range d.Events() {
			requireNoCanary(t, f.Name, slogString(e))
			requireNoCanary(t, f.Name, slogString(e.Payload))
			requireNoCanary(t, f.Name, slogString(e.Number))
			requireNoCanary(t, f.Name, e.Key())
			require.NotContains(t, slogString(e), "!ERROR", f.Name)
			require.NotContains(t, slogString(e), "LogValue panicked", f.Name)
			if m, ok := e.Payload.(*webhook.Message); ok {
				requireNoCanary(t, f.Name, slogString(m.From))
				requireNoCanary(t, f.Name, slogString(m.Content))
			}
		}
	}
	require.Greater(t, sung, 500, "the canaries were there to be found")
}

// TestWordsThatAreNoneAreNotLogged puts canaries where the protocol has words.
func TestWordsThatAreNoneAreNotLogged(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		in(canaryPhone, `{}`),
		messages(`{"id":"a","type":"` + canaryPhone + `"}`),
		messages(`{"id":"a","type":"interactive","interactive":{"type":"` + canaryText + `"}}`),
		messages(`{"id":"a","type":"unsupported","unsupported":{"type":"` + canaryText + `"}}`),
		in("messages", `{"statuses":[{"id":"a","status":"`+canaryText+`"}]}`),
		in("messages", `{"`+canaryText+`":[1]}`),
		in("account_update", `{"event":"`+canaryText+`"}`),
		in("calls", `{"calls":[{"id":"c","event":"`+canaryPhone+`","direction":"`+canaryText+`"}]}`),
	} {
		d, err := webhook.Parse([]byte(body))
		require.NoError(t, err)
		require.Equal(t, 1, d.Len())
		for e := range d.Events() {
			requireNoCanary(t, body, slogString(e))
		}
	}
}

func TestNoErrorShowsContent(t *testing.T) {
	t.Parallel()
	quoted := func(s string) string { return `"` + s + `"` }
	for _, odd := range []string{quoted(canaryText), quoted(canaryPhone), `{"` + canaryText + `":"` + canaryPhone + `"}`, `["` + canaryText + `"]`, canaryPhone + canaryPhone} {
		for _, body := range []string{
			messages(odd), messages(`{"id":"a","timestamp":` + odd + `}`), messages(`{"id":"a","context":` + odd + `}`),
			messages(`{"id":"a","type":"text","text":` + odd + `}`), messages(`{"id":"a","type":"location","location":{"latitude":` + odd + `}}`),
			in("messages", odd), in("messages", `{"statuses":[{"id":"a","status":"read","errors":[{"code":`+odd+`}],"pricing":{"billable":`+odd+`}}]}`),
			in("flows", `{"event":"X","requests_count":`+odd+`}`), in("account_update", `{"event":"X","restriction_info":`+odd+`}`),
			in("history", `{"history":`+odd+`}`),
			in("messages", `{"statuses":[{"id":"a","type":"payment","status":"captured","payment":{"notes":{"`+canaryText+`":`+odd+`}}}]}`),
		} {
			d, err := webhook.Parse([]byte(body))
			require.NoError(t, err)
			for e := range d.Events() {
				if e.Err != nil {
					requireNoCanary(t, body, e.Err.Error())
				}
				for _, x := range []any{e.Payload, contentOf(e.Payload)} {
					if u, ok := x.(*webhook.Unknown); ok && u.Err != nil {
						requireNoCanary(t, body, fmt.Sprintf("%v %+v", u.Err, u.Err))
					}
				}
			}
		}
	}
	_, err := webhook.Parse([]byte(`{"a":"` + canaryText + `" ` + canaryPhone))
	require.Error(t, err)
	requireNoCanary(t, "malformed", fmt.Sprintf("%+v", err))
	_, err = webhook.Verify(nil, "sha256="+canaryText, canarySecret)
	requireNoCanary(t, "signature", fmt.Sprintf("%+v", err))
}

func TestNoConfigOrHandlerShowsASecret(t *testing.T) {
	t.Parallel()
	cfg := webhook.Config{AppSecrets: []string{canarySecret}, VerifyToken: canaryToken, Sink: &recorder{}}
	h, err := webhook.NewHandler(cfg)
	require.NoError(t, err)
	v, err := webhook.NewVerifier(canarySecret)
	require.NoError(t, err)
	js, err := json.Marshal(cfg)
	require.NoError(t, err)
	requireNoCanary(t, "JSON", string(js))
	require.Contains(t, string(js), "redacted")
	for _, x := range []any{cfg, &cfg, h, v, *v, struct{ C webhook.Config }{cfg}, map[string]any{"c": cfg}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			requireNoCanary(t, verb, fmt.Sprintf(verb, x))
		}
		requireNoCanary(t, "slog", slogString(x))
	}
	_, err = webhook.NewHandler(webhook.Config{AppSecrets: []string{canarySecret, ""}, VerifyToken: canaryToken})
	requireNoCanary(t, "config error", err.Error())
}

func TestHandlerLogsNoContent(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	sink := &recorder{}
	h, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{canarySecret}, VerifyToken: canaryToken, Sink: sink, MaxBody: 2000,
		Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, AddSource: true})),
	})
	require.NoError(t, err)
	body := []byte(messages(strings.Replace(good, "hi", canaryText, 1)))
	for _, send := range []struct {
		body   []byte
		secret string
		err    error
		status int
	}{
		{body, canarySecret, nil, 200}, {body, canarySecret, errors.New("disk full"), 500}, {body, "wrong", nil, 401}, {body, "", nil, 401},
		{append(body, canaryText...), canarySecret, nil, 400}, {append(body, make([]byte, 2000)...), canarySecret, nil, 413},
	} {
		sink.err = send.err
		require.Equal(t, send.status, post(h, send.body, send.secret).Code)
	}
	panicking, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{canarySecret}, VerifyToken: canaryToken, Logger: slog.New(slog.NewTextHandler(&log, nil)),
		Sink: webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error { panic(fmt.Errorf("oh %s", d.Body)) }),
	})
	require.NoError(t, err)
	require.Equal(t, 500, post(panicking, body, canarySecret).Code)
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/?hub.mode=subscribe&hub.verify_token="+canaryToken+"x&hub.challenge=canary", nil))
	require.Equal(t, 403, w.Code)
	require.GreaterOrEqual(t, strings.Count(log.String(), "\n"), 7)
	requireNoCanary(t, "log", log.String())
}
