package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// rig is a simulator over a real connection, with a clock that only the control API
// moves, and a webhook receiver beside it.
type rig struct {
	t      *testing.T
	s      *server
	hook   string // URL of the receiver
	mu     sync.Mutex
	bodies []string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	r := &rig{t: t}
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method == http.MethodGet {
			_, _ = io.WriteString(w, req.URL.Query().Get("hub.challenge"))
			return
		}
		body, _ := io.ReadAll(req.Body)
		r.mu.Lock()
		defer r.mu.Unlock()
		if req.Header.Get("X-Hub-Signature-256") == cloudapitest.Sign("test-secret", body) {
			r.bodies = append(r.bodies, string(body))
		}
	}))
	t.Cleanup(hook.Close)
	web := httptest.NewUnstartedServer(nil)
	s, err := newServer(settings{
		site: "http://" + web.Listener.Addr().String(), seed: 1, secret: "test-secret",
		now: cloudapitest.Frozen(time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)),
	})
	require.NoError(t, err)
	r.s, r.hook = s, hook.URL
	web.Config.Handler = s.handler()
	web.Start()
	t.Cleanup(web.Close)
	r.control("POST", "webhook", `{"url":"`+hook.URL+`"}`)
	return r
}

func (r *rig) call(method, path, body string, header ...string) (int, map[string]any) {
	r.t.Helper()
	req, err := http.NewRequest(method, r.s.site+path, strings.NewReader(body))
	require.NoError(r.t, err)
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		if req.Header.Set(header[i], header[i+1]); header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	resp, err := http.DefaultClient.Do(req)
	require.NoError(r.t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(r.t, err)
	require.NoError(r.t, resp.Body.Close())
	var v map[string]any
	_ = json.Unmarshal(raw, &v) // the guard answers in plain text
	return resp.StatusCode, v
}

func (r *rig) control(method, path, body string) map[string]any {
	r.t.Helper()
	status, v := r.call(method, "/control/"+path, body)
	require.Equal(r.t, http.StatusOK, status, "%v", v)
	return v
}

// send makes the program send a text to the first customer.
func (r *rig) send(text string) (int, map[string]any) {
	r.t.Helper()
	return r.sendRaw(`"type":"text","text":{"body":"` + text + `"}`)
}

// sendRaw is send for any content.
func (r *rig) sendRaw(content string) (int, map[string]any) {
	r.t.Helper()
	return r.call("POST", "/v26.0/"+r.s.number.ID+"/messages",
		`{"messaging_product":"whatsapp","to":"+`+r.s.people.all()[0].Phone()+`",`+content+`}`, "Authorization", "Bearer "+r.s.token)
}

func TestAProgramInAnyLanguageCanTalkToIt(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	r.control("POST", "clock", `{"advance":"5s"}`)
	require.Len(t, r.bodies, 1)
	require.Contains(t, r.bodies[0], `"body":"Hello?"`)

	status, v := r.send("How can we help?")
	require.Equal(t, http.StatusOK, status, "%v", v)
	r.control("POST", "clock", `{"advance":"5s"}`)
	r.control("POST", "users/0/read", `{}`)
	messages := r.control("GET", "users/0/chat", "")["messages"].([]any)
	require.Len(t, messages, 2)
	require.Equal(t, "read", messages[1].(map[string]any)["ticks"])

	r.control("POST", "clock", `{"advance":"24h"}`)
	status, v = r.send("Are you still there?")
	require.Equal(t, http.StatusBadRequest, status)
	require.InDelta(t, 131047, v["error"].(map[string]any)["code"], 0)
	require.Len(t, r.control("GET", "audit", "")["findings"], 1)
}

// gesturesOf collects the words between mark and a quote.
func gesturesOf(t *testing.T, file, mark string) []string {
	t.Helper()
	text, err := web.ReadFile("web/" + file)
	require.NoError(t, err)
	var out []string
	for _, part := range strings.Split(string(text), mark)[1:] {
		name, _, _ := strings.Cut(part, `"`)
		out = append(out, name)
	}
	require.NotEmpty(t, out)
	return out
}

func TestEveryGestureOfThePageExists(t *testing.T) {
	t.Parallel()
	paths := map[string]bool{}
	for _, op := range operations() {
		paths[op.method+" "+op.path] = true
	}
	for mark, file := range map[string]string{`data-gesture="`: "page.html", `data-on="`: "page.html", `data-off="`: "page.html", `act("`: "app.js"} {
		for _, name := range gesturesOf(t, file, mark) {
			require.True(t, paths["POST users/{n}/"+name], name)
		}
	}
}

func TestTheNextCallsCanBeMadeToFail(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	r.control("POST", "settle", `{}`)
	r.control("POST", "intercept", `{"code":131016,"times":2}`)
	for _, want := range []int{500, 500, 200} {
		status, v := r.send("How can we help?")
		require.Equal(t, want, status, "%v", v)
	}
	r.control("POST", "intercept", `{"lost":"answer"}`)
	req, err := http.NewRequest(http.MethodPost, r.s.site+"/v26.0/"+r.s.number.ID+"/messages",
		strings.NewReader(`{"messaging_product":"whatsapp","to":"+`+r.s.people.all()[0].Phone()+`","type":"text","text":{"body":"Are you there?"}}`))
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+r.s.token)
	_, err = http.DefaultClient.Do(req)
	require.Error(t, err)
	r.control("POST", "settle", `{}`)
	require.Len(t, r.control("GET", "users/0/chat", "")["messages"], 3, "accepted nevertheless")
	for _, body := range []string{`{}`, `{"code":1,"lost":"answer"}`, `{"lost":"temper"}`, `{"code":1,"times":0}`, `{"colour":1}`} {
		status, _ := r.call("POST", "/control/intercept", body)
		require.Equal(t, http.StatusBadRequest, status, body)
	}

	traffic := r.control("GET", "state", "")["traffic"].([]any)
	var last map[string]any
	for _, x := range traffic {
		if x.(map[string]any)["note"] != nil {
			last = x.(map[string]any)
			break
		}
	}
	require.Equal(t, "the connection was broken on purpose", last["note"])
	require.Nil(t, last["request"], "bodies are fetched one by one")
	full := r.control("GET", "traffic/"+strconv.Itoa(int(last["n"].(float64))), "")
	require.Contains(t, full["request"], "Are you there?")
	require.NotContains(t, fmt.Sprint(traffic), r.s.token)
}

func TestTheProbeFindsAReceiverThatChecksNothing(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	findings := r.control("POST", "probe", `{}`)["findings"].([]any)
	require.NotEmpty(t, findings, "the rig answers everybody")
	require.Equal(t, "handshake-without-token-check", findings[0].(map[string]any)["rule"])
}

func TestThePageShowsWhereACustomerStands(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	first := func() map[string]any { return r.control("GET", "state", "")["people"].([]any)[0].(map[string]any) }
	require.Nil(t, first()["window_ends"])
	r.control("POST", "users/0/text", `{"text":"Hello?"}`)
	require.Equal(t, "2026-11-21T09:00:00Z", first()["window_ends"])
	for _, gesture := range []string{"offline", "block", "optout"} {
		r.control("POST", "users/0/"+gesture, `{}`)
	}
	p := first()
	require.Equal(t, []any{true, true, true}, []any{p["offline"], p["blocked"], p["opted_out"]})
	resp, err := http.Get(r.s.site + "/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "text/html; charset=utf-8", resp.Header.Get("Content-Type"))
	require.NotContains(t, resp.Header.Get("Content-Security-Policy"), "unsafe")
}

func TestTheControlAPIRefusesOtherPages(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	status, _ := r.call("POST", "/control/clock", `{"advance":"1h"}`, "Content-Type", "text/plain")
	require.Equal(t, http.StatusUnsupportedMediaType, status, "a form of another page")
	status, _ = r.call("GET", "/control/state", "", "Host", "evil.example")
	require.Equal(t, http.StatusForbidden, status, "a name that points here")
	status, _ = r.call("POST", "/control/users/0/dance", `{}`)
	require.Equal(t, http.StatusNotFound, status)
	status, _ = r.call("POST", "/control/users/9/text", `{"text":"x"}`)
	require.Equal(t, http.StatusNotFound, status)
	status, _ = r.call("POST", "/control/users/0/tap", `{"label":"nothing"}`)
	require.Equal(t, http.StatusConflict, status)
}

func TestItListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	err := run(context.Background(), []string{"-addr", "0.0.0.0:0"}, io.Discard, io.Discard)
	require.ErrorContains(t, err, "loopback")
}

func TestItStopsCleanly(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out bytes.Buffer
	err := run(ctx, []string{"-addr", "127.0.0.1:0"}, &out, io.Discard)
	if err == nil {
		require.Contains(t, out.String(), "access token")
	} else {
		require.ErrorIs(t, err, context.Canceled) // the listener noticed first
	}
}
