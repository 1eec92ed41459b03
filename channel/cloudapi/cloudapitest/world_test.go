package cloudapitest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

var start = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// inbox is a webhook receiver that keeps bodies.
type inbox struct {
	mu     sync.Mutex
	bodies [][]byte
	verify string
	secret string
	status func(n int) int // nil = 200
	badSig int
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet {
		if r.URL.Query().Get("hub.verify_token") != in.verify {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, r.URL.Query().Get("hub.challenge"))
		return
	}
	body, _ := io.ReadAll(r.Body)
	in.mu.Lock()
	defer in.mu.Unlock()
	if r.Header.Get("X-Hub-Signature-256") != cloudapitest.Sign(in.secret, body) {
		in.badSig++
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	in.bodies = append(in.bodies, body)
	if in.status != nil {
		w.WriteHeader(in.status(len(in.bodies)))
	}
}

// take returns and forgets the bodies so far.
func (in *inbox) take() [][]byte {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := in.bodies
	in.bodies = nil
	return out
}

// statuses returns "status" of every status received, in order.
func (in *inbox) statuses(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, v := range values(t, in.take()) {
		list, _ := v["statuses"].([]any)
		for _, s := range list {
			out = append(out, s.(map[string]any)["status"].(string))
		}
	}
	return out
}

// values returns every change's value of the bodies.
func values(t *testing.T, bodies [][]byte) []map[string]any {
	t.Helper()
	var out []map[string]any
	for _, b := range bodies {
		var env struct {
			Entry []struct {
				Changes []struct{ Value map[string]any }
			}
		}
		require.NoError(t, json.Unmarshal(b, &env))
		for _, e := range env.Entry {
			for _, c := range e.Changes {
				out = append(out, c.Value)
			}
		}
	}
	return out
}

// site is a world with one of everything.
type site struct {
	*cloudapitest.World
	t       *testing.T
	app     *cloudapitest.App
	account *cloudapitest.Account
	number  *cloudapitest.Number
	user    *cloudapitest.User
	token   string
	version string
	in      *inbox
}

func newSite(t *testing.T, change ...func(*cloudapitest.Config)) *site {
	t.Helper()
	cfg := cloudapitest.Config{Seed: 1, Now: cloudapitest.Frozen(start)}
	for _, f := range change {
		f(&cfg)
	}
	w, err := cloudapitest.New(cfg)
	require.NoError(t, err)
	s := &site{World: w, t: t, version: "v26.0"}
	s.app = w.AddApp(cloudapitest.AppConfig{})
	s.account = w.AddAccount(cloudapitest.AccountConfig{})
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{})
	s.user = w.AddUser(cloudapitest.UserConfig{Name: "Dana Whitfield", Phone: "+1 312 555 0143"})
	s.token = s.app.Token(s.account)
	s.in = &inbox{verify: s.app.VerifyToken, secret: s.app.Secret}
	require.NoError(t, w.Subscribe(s.app, s.account, s.in))
	return s
}

// graph calls the Graph API and returns status and decoded body.
func (s *site) graph(method, path, body string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequest(method, "https://graph.facebook.com/"+s.version+"/"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	return s.do(req)
}

func (s *site) do(req *http.Request) (int, map[string]any) {
	s.t.Helper()
	resp, err := s.Client().Do(req)
	require.NoError(s.t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(s.t, err)
	require.NoError(s.t, resp.Body.Close())
	var out map[string]any
	require.NoError(s.t, json.NewDecoder(bytes.NewReader(raw)).Decode(&out), "answer: %s", raw)
	return resp.StatusCode, out
}

// send posts a message to the site's user; rest is what follows the recipient.
func (s *site) send(rest string) (int, map[string]any) {
	s.t.Helper()
	return s.graph("POST", s.number.ID+"/messages",
		`{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`",`+rest+`}`)
}

// code is the error code of an answer, 0 if it is none.
func code(body map[string]any) int {
	e, ok := body["error"].(map[string]any)
	if !ok {
		return 0
	}
	return int(e["code"].(float64))
}

func TestAConversation(t *testing.T) {
	t.Parallel()
	s := newSite(t)

	s.user.Text(s.number, "Where is my café order?")
	s.Settle()
	got := s.in.take()
	require.Len(t, got, 1)
	require.Contains(t, string(got[0]), `caf\u00e9`)
	require.Contains(t, string(got[0]), `"from":"13125550143"`)

	status, body := s.send(`"type":"text","text":{"body":"On its way."}`)
	require.Equal(t, 200, status, "%v", body)
	s.Settle()
	require.Equal(t, []string{"sent", "delivered"}, s.in.statuses(t))
	s.user.Read(s.number)
	s.Settle()
	require.Equal(t, []string{"read"}, s.in.statuses(t))

	seen := s.user.Sees(s.number)
	require.Len(t, seen, 2)
	require.Equal(t, "On its way.", seen[1].Text)
	require.Equal(t, "read", seen[1].Ticks)
	require.False(t, seen[1].Mine)
	require.Empty(t, s.Audit())
}

func TestTheWindowClosesAfter24Hours(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	status, body := s.send(`"type":"text","text":{"body":"hello"}`)
	require.Equal(t, 400, status)
	require.Equal(t, 131047, code(body))

	s.user.Text(s.number, "hi")
	s.Advance(24*time.Hour - time.Second)
	_, body = s.send(`"type":"text","text":{"body":"one second left"}`)
	require.Zero(t, code(body), "%v", body)
	s.Advance(time.Second)
	_, body = s.send(`"type":"text","text":{"body":"too late"}`)
	require.Equal(t, 131047, code(body))
}

func TestWhatTheBusinessCannotReadOpensNoWindow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Poll(s.number)
	s.Settle()
	_, body := s.send(`"type":"text","text":{"body":"hello"}`)
	require.Equal(t, 131047, code(body))
}

func TestTheMessagingLimitIsCountedInMoving24Hours(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plainTemplate(t, s)
	s.account.Portfolio.SetLimit(3)
	reach := func() int {
		s.user = s.AddUser(cloudapitest.UserConfig{})
		_, body := s.send(`"type":"template","template":{"name":"plain","language":{"code":"en_US"}}`)
		return code(body)
	}
	require.Zero(t, reach())
	s.Advance(12 * time.Hour)
	require.Zero(t, reach())
	require.Zero(t, reach())
	require.Equal(t, 131048, reach())
	s.Advance(12 * time.Hour)
	require.Zero(t, reach(), "the first is a day ago")
	require.Equal(t, 131048, reach(), "the others are not")
}
