package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestEveryOperationDoesWhatItsExampleShows calls each operation of the table with the
// body of its example: what is described works.
func TestEveryOperationDoesWhatItsExampleShows(t *testing.T) {
	t.Parallel()
	// What must have happened before an example can work.
	before := map[string]func(r *rig){
		"users/{n}/tap": func(r *rig) {
			status, v := r.sendRaw(`"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[{"type":"reply","reply":{"id":"a","title":"Label"}}]}}`)
			require.Equal(r.t, 200, status, "%v", v)
		},
		"users/{n}/choose": func(r *rig) {
			r.sendRaw(`"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"Pick","sections":[{"rows":[{"id":"a","title":"Label"}]}]}}`)
		},
		"users/{n}/flow": func(r *rig) {
			r.s.account.Templates()
			r.sendRaw(flowMessage(r))
		},
		"users/{n}/share-number": func(r *rig) {
			r.sendRaw(`"type":"interactive","interactive":{"type":"request_contact_info","body":{"text":"?"},"action":{"name":"request_contact_info"}}`)
		},
		"flows/{id}/status":   func(r *rig) { r.control("POST", "flows", `{"name":"hello"}`) },
		"flows/{id}/check":    func(r *rig) { r.offerFlow() },
		"users/{n}/open-flow": func(r *rig) { r.offerFlow() },
		"users/{n}/submit-flow": func(r *rig) {
			r.offerFlow()
			r.control("POST", "users/0/open-flow", `{}`)
		},
		"users/{n}/back-flow": func(r *rig) {
			r.offerFlow()
			r.control("POST", "users/0/open-flow", `{}`)
		},
		"users/{n}/report-flow": func(r *rig) {
			r.offerFlow()
			r.control("POST", "users/0/open-flow", `{}`)
		},
		"users/{n}/pay":        func(r *rig) { r.sendRaw(orderMessage) },
		"users/{n}/agent-text": func(r *rig) { r.control("POST", "users/0/agent", `{"on":true}`) },
	}
	for _, path := range []string{"users/{n}/allow-calls", "users/{n}/deny-calls"} {
		before[path] = func(r *rig) {
			r.sendRaw(`"type":"interactive","interactive":{"type":"call_permission_request","action":{"name":"call_permission_request"}}`)
		}
	}
	for _, op := range operations() {
		t.Run(op.method+" "+op.path, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, op.doc)
			require.NotContains(t, op.doc, ".\n")
			r := newRig(t)
			if op.path == "reset" {
				return // of a program, which has a test of its own
			}
			r.control("POST", "users/0/text", `{"text":"Hello?"}`)
			r.control("POST", "settle", `{}`)
			if f := before[op.path]; f != nil {
				f(r)
				r.control("POST", "settle", `{}`)
			}
			mine := r.s.people.all()[0].Sees(r.s.number)[0].ID
			path := strings.NewReplacer("{n}", "0", "{id}", "hello").Replace(op.path)
			switch op.path {
			case "traffic/{n}":
				path = "traffic/1"
			case "flows/{id}/check":
				path = "flows/rating/check"
			}
			body := strings.NewReplacer("wamid.…", mine, "what the button says", "Label", "what the row says", "Label", "http://localhost:8080/webhook", r.hook).Replace(op.example)
			status, v := r.call(op.method, "/control/"+path, body)
			if op.path == "users/{n}/echo" {
				require.Equal(t, http.StatusConflict, status)
				require.Contains(t, v["error"], "-coexistence")
				return
			}
			require.Equal(t, 200, status, "%v", v)
			// A key that is not described is refused, and what there is instead is said.
			if op.method == "POST" && op.path != "templates" {
				status, v = r.call(op.method, "/control/"+path, `{"nonsense":1}`)
				require.Equal(t, 400, status)
				require.Contains(t, v["error"], `"nonsense"`)
			}
		})
	}
}

// flowMessage is a send of the number's form; forms must exist before they are sent.
func flowMessage(r *rig) string {
	id := "1"
	if status, v := r.graphCall("POST", accountID+"/flows", `{"name":"rating","categories":["SURVEY"]}`); status == 200 {
		id, _ = v["id"].(string)
	}
	return `"type":"interactive","interactive":{"type":"flow","body":{"text":"?"},"action":{"name":"flow","parameters":{"flow_message_version":"3","flow_id":"` + id + `","mode":"draft","flow_cta":"Rate","flow_token":"t"}}}`
}

// graphCall makes a call of the Graph API.
func (r *rig) graphCall(method, path, body string) (int, map[string]any) {
	r.t.Helper()
	return r.call(method, "/v26.0/"+path, body, "Authorization", "Bearer "+r.s.token)
}

func TestTheOpenAPIDocumentIsTheTable(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	doc := r.control("GET", "openapi.json", "")
	require.Equal(t, "3.1.0", doc["openapi"])
	paths := doc["paths"].(map[string]any)
	seen, ids := 0, map[string]bool{}
	for _, op := range operations() {
		entry := paths["/control/"+op.path].(map[string]any)[strings.ToLower(op.method)].(map[string]any)
		require.Equal(t, op.doc, entry["summary"])
		id := entry["operationId"].(string)
		require.False(t, ids[id], "twice: %s", id)
		ids[id] = true
		if body, ok := entry["requestBody"].(map[string]any); ok {
			schema := body["content"].(map[string]any)["application/json"].(map[string]any)["schema"].(map[string]any)
			properties, _ := schema["properties"].(map[string]any)
			for name, p := range properties {
				require.NotEmpty(t, p.(map[string]any)["description"], "%s of %s", name, op.path)
				require.NotEmpty(t, p.(map[string]any)["type"], "%s of %s", name, op.path)
			}
			var example map[string]any
			require.NoError(t, json.Unmarshal([]byte(op.example), &example), op.path)
			for name := range example {
				if len(properties) > 0 {
					require.Contains(t, properties, name, op.path)
				}
			}
		}
		seen++
	}
	total := 0
	for _, p := range paths {
		total += len(p.(map[string]any))
	}
	require.Equal(t, seen, total)
}

func TestAnUnknownPathIsAnsweredWithTheList(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"/control/nonsense", "/control/users/0/dance", "/control/users", "/control/"} {
		method := "POST"
		if path == "/control/users" {
			method = "DELETE"
		}
		status, v := r.call(method, path, `{}`)
		require.Equal(t, 404, status, path)
		require.Contains(t, v["operations"], "POST /control/users/{n}/text")
	}
	resp, err := http.Get(r.s.site + "/control/")
	require.NoError(t, err)
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	for _, op := range operations() {
		require.Contains(t, string(text), "/control/"+op.path)
	}
}

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, tc := range []struct{ path, body, say string }{
		{"webhook", `{"url":"localhost:8080/webhook"}`, "start with http://"},
		{"webhook", `{"url":""}`, "start with http://"},
		{"webhook", `{"url":"http://"}`, "http://localhost:8080/webhook"},
		{"webhook", `{"url":"http://127.0.0.1:1/webhook"}`, "start your program"},
		{"webhook", `{"url":"` + r.s.site + `/nonsense"}`, "verify token"},
		{"clock", `{"advance":"yesterday"}`, `"24h"`},
		{"clock", `{"advance":"-1h"}`, "never back"},
		{"clock", `{"advance":7}`, `"advance" must be a text, and is a number`},
		{"clock", `[]`, "a JSON object, and is a list"},
		{"clock", `"24h"`, "a JSON object, and is a text"},
		{"clock", `{"advance":"1h"}{"advance":"1h"}`, "behind the JSON object"},
		{"faults", `{"duplicate":"0.5"}`, "must be a number, and is a text"},
		{"intercept", `{"code":1.5}`, "must be a whole number, and is a number"},
		{"users", `{"hide_phone":"yes"}`, "must be true or false"},
		{"users", `{"phone":"12"}`, "is no phone number"},
		{"users", `{"phone":"+1 312 555-0101"}`, "has the number"},
		{"users/0/order", `{"items":[{"product":"tea","quantity":0}]}`, "a quantity from 1"},
		{"users/0/order", `{"items":[{"quantity":1}]}`, "a product"},
		{"number/status", `{"status":"LOST"}`, "RATE_LIMITED"},
		{"account/restrict", `{"code":-1}`, "or 0"},
		{"account/alert", `{}`, "OBA_APPROVED"},
		{"account/review", `{"decision":"MAYBE"}`, "DEFERRED"},
		{"faults", `{"lose":3}`, "from 0 to 1"},
		{"users/7/text", `{"text":"x"}`, "numbered from 0 to 2"},
		{"users/0/text", `{}`, "nothing was written"},
		{"users/0/image", `{"file":"/no/such/file"}`, "full path"},
		{"users/0/tap", `{"label":"nothing"}`, "no button"},
		{"templates/nonsense/approve", `{}`, "by its id or name"},
		{"account/event", `{"event":"PARTY"}`, "ACCOUNT_VIOLATION"},
		{"account/timezone", `{"location":"Moon"}`, "Europe/Helsinki"},
		{"reset", `{}`, "cannot"},
	} {
		status, v := r.call("POST", "/control/"+tc.path, tc.body)
		require.GreaterOrEqual(t, status, 400, tc.path)
		require.Contains(t, v["error"], tc.say, tc.path)
	}
}

func TestTheProbeHasAVerdict(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	v := r.control("POST", "probe", `{}`)
	require.Len(t, v["attacks"], 6)
	require.Contains(t, v["verdict"], "of 6: a stranger")
	_, err := os.ReadFile("control.go")
	require.NoError(t, err)
}

func TestTrafficIsReadByCursor(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for range 250 {
		r.control("POST", "users/0/text", `{"text":"Hello?"}`)
		r.control("POST", "settle", `{}`)
	}
	var webhooks []any
	for after := 0; ; {
		v := r.control("GET", "traffic?kind=webhook&bodies=true&limit=60&after="+itoa(after), "")
		webhooks = append(webhooks, v["traffic"].([]any)...)
		next := int(v["next"].(float64))
		if next == after {
			break
		}
		after = next
	}
	require.Len(t, webhooks, 251, "the handshake too")
	require.Contains(t, webhooks[250].(map[string]any)["request"], "Hello?")
	status, v := r.call("GET", "/control/traffic?after=x", "")
	require.Equal(t, 400, status, "%v", v)
	status, _ = r.call("GET", "/control/traffic/100000", "")
	require.Equal(t, 404, status)
}

func TestPeopleAreSearched(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for q, want := range map[string]string{"oyel": "Marcus Oyelaran", "+13125550101": "Dana Whitfield", "sofia.ex": "Sofia Example"} {
		found := r.control("GET", "users?q="+strings.ReplaceAll(q, "+", "%2B"), "")["people"].([]any)
		require.Len(t, found, 1, q)
		require.Equal(t, want, found[0].(map[string]any)["name"])
	}
}

func TestANumberThatWasGivenUpPassesToSomebodyElse(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	const body = `{"name":"Robin","phone":"+1 312 555-0102"}`
	status, v := r.call("POST", "/control/users", body)
	require.Equal(t, 409, status)
	require.Contains(t, v["error"], "Marcus Oyelaran has the number")
	r.control("POST", "users/1/give-up-number", `{}`)
	require.InDelta(t, 3, r.control("POST", "users", body)["n"], 0)
	r.control("POST", "users/3/text", `{"text":"I am new here"}`)
	r.control("POST", "settle", `{}`)
	require.Contains(t, strings.Join(r.bodies, ""), `"name":"Robin"`)
}

func TestAFileFromDiskIsSent(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	file := filepath.Join(t.TempDir(), "receipt.png")
	require.NoError(t, os.WriteFile(file, []byte("a picture"), 0o600))
	r.control("POST", "users/0/image", `{"file":"`+file+`","text":"look"}`)
	m := r.control("GET", "users/0/chat", "")["messages"].([]any)[0].(map[string]any)["media"].(map[string]any)
	require.Equal(t, "image/png", m["mime"])
	_, meta := r.graphCall("GET", m["id"].(string), "")
	require.True(t, strings.HasPrefix(meta["url"].(string), r.s.site+"/"), "%v", meta)
	req, err := http.NewRequest(http.MethodGet, meta["url"].(string), nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+r.s.token)
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	data, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "a picture", string(data))
}

func TestFindingsPointAtTheTrafficAndCanBeCleared(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	r.send("nobody wrote first")
	f := r.control("GET", "audit", "")["findings"].([]any)[0].(map[string]any)
	require.Equal(t, false, f["advice"])
	n := int(f["cases"].([]any)[0].(map[string]any)["n"].(float64))
	require.Contains(t, r.control("GET", "traffic/"+itoa(n), "")["request"], "nobody wrote first")
	r.control("POST", "audit/clear", `{}`)
	require.Empty(t, r.control("GET", "audit", "")["findings"])
}

func TestTheIdsAreTheSameWhateverTheFlags(t *testing.T) {
	t.Parallel()
	a, err := newServer(settings{site: "http://localhost:1", seed: 1})
	require.NoError(t, err)
	b, err := newServer(settings{site: "http://localhost:2", seed: 99, secret: "other", coexistence: true, now: time.Now})
	require.NoError(t, err)
	require.Equal(t, a.token, b.token)
	require.Equal(t, a.number.ID, b.number.ID)
	require.Equal(t, a.account.ID, b.account.ID)
	require.Equal(t, a.app.ID, b.app.ID)
	for i, u := range a.people.all() {
		require.Equal(t, u.Phone(), b.people.all()[i].Phone())
	}
}

func TestGraphIsAnsweredUnderAnyPath(t *testing.T) {
	t.Parallel()
	r := newRig(t)
	for _, path := range []string{"//v26.0/" + numberID, "/v20.0/", "/nonsense", "/v26.0/../control"} {
		req, err := http.NewRequest(http.MethodGet, r.s.site+"/", nil)
		require.NoError(t, err)
		req.URL.Path = path
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		raw, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.True(t, json.Valid(raw), "%s: %s", path, raw)
		require.Equal(t, "application/json; charset=UTF-8", resp.Header.Get("Content-Type"))
	}
}
