package cloudapitest_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/internal/fixtures"
)

// FuzzGraph throws arbitrary bodies at every operation. The handler must not
// panic, and must answer JSON that is either a success or an error of Meta's shape.
func FuzzGraph(f *testing.F) {
	ops := cloudapitest.Operations()
	slices.Sort(ops)
	bodies := []string{
		`{"messaging_product":"whatsapp","to":"+13125550143","type":"text","text":{"body":"x"}}`,
		`{"messaging_product":"whatsapp","to":"+13125550143","type":"template","template":{"name":"order_update","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"type":"button","sub_type":"url","index":"1","parameters":[{"type":"text","text":"x"}]}]}}`,
		`{"messaging_product":"whatsapp","to":"+13125550143",` + buttons + `}`,
		`{"messaging_product":"whatsapp","to":"+13125550143","type":"interactive","interactive":{"type":"carousel","body":{"text":"b"},"action":{"cards":[{"card_index":0,"type":"cta_url","header":{"type":"image","image":{"link":"https://example.com/a"}},"action":{"name":"cta_url","parameters":{"display_text":"x","url":"https://example.com"}}}]}}}`,
		`{"messaging_product":"whatsapp","status":"read","message_id":"x"}`,
		`{"name":"t","language":"en_US","category":"MARKETING","components":[{"type":"HEADER","format":"TEXT","text":"{{1}}"},{"type":"BODY","text":"a {{1}} b"},{"type":"CAROUSEL","cards":[{"components":[{"type":"BODY","text":"x"}]},{}]}]}`,
		`{"messaging_product":"whatsapp","block_users":[{"user":"+13125550143"},{"user_id":"US.1"}]}`,
		`{"calling":{"status":"ENABLED"},"user_identity_change":{}}`,
		`{"webhook_configuration":{"override_callback_uri":"https://x.test/","verify_token":"t"}}`,
		`[1,2,{"a":null}]`, `{"a":`, "", "\x00\xff", `{"messaging_product":"whatsapp","sync_type":"history"}`,
	}
	for i := range ops {
		f.Add(i, bodies[i%len(bodies)], "fields=id&limit=2", "application/json")
	}
	for i, b := range bodies {
		f.Add(i, b, "", "application/json")
	}
	f.Add(0, "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--", "", "multipart/form-data; boundary=b")
	f.Fuzz(func(t *testing.T, op int, body, query, contentType string) {
		w, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
		if err != nil {
			t.Fatal(err)
		}
		app, account := w.AddApp(cloudapitest.AppConfig{}), w.AddAccount(cloudapitest.AccountConfig{})
		n := account.AddNumber(cloudapitest.NumberConfig{OBA: true, Coexistence: op < 0})
		u := w.AddUser(cloudapitest.UserConfig{Phone: "13125550143"})
		u.Text(n, "hi")
		u.Image(n, cloudapitest.Attachment{})
		group := "group"
		if op >= 0 {
			group = newGroup(t, w, app.Token(account), n).ID
		}
		tmpl, err := account.AddTemplate(orderTemplate)
		if err != nil {
			t.Fatal(err)
		}
		method, target, _ := strings.Cut(ops[max(op, -op, 0)%len(ops)], " ")
		ids := strings.NewReplacer("{number}", n.ID, "{account}", account.ID, "{app}", app.ID, "{template}", tmpl.ID,
			"{portfolio}", account.Portfolio.ID, "{group}", group, "{credit}", account.Portfolio.AddCreditLine(""), "{sharing}", "0", "{flow}", account.AddFlow(cloudapitest.FlowConfig{Draft: true}).ID, "{media}", u.Sees(n)[1].Media.ID, "{upload}", "upload:none")
		kind, edge, hasEdge := strings.Cut(target, "/")
		path := "/v26.0/" + ids.Replace(kind)
		if hasEdge {
			path += "/" + edge
		}
		req := httptest.NewRequest(method, "http://graph.test"+path, strings.NewReader(body))
		req.URL.RawQuery = query
		req.Header.Set("Content-Type", contentType)
		req.Header.Set("Authorization", "Bearer "+app.Token(account))
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, req)
		checkAnswer(t, rec)
		w.Advance(time.Minute) // what was accepted must be able to live on
		u.Sees(n)
	})
}

// FuzzRequest throws arbitrary requests at the handler: method, path, query, header and
// body. Nothing may make it panic, and every answer is one of Graph's.
func FuzzRequest(f *testing.F) {
	const text = `{"messaging_product":"whatsapp","to":"+13125550143","type":"text","text":{"body":"x"}}`
	for _, path := range []string{
		"/", "//", "/v20.0/", "/v26.0", "/v26.0/", "//v26.0//NUMBER/messages", "/v99.0/me", "/v27.0/", "/v.0/x", "/v0.0/", "/v26.0/me", "/app",
		"/v26.0/NUMBER/messages", "/v26.0/NUMBER/messages/more", "/v26.0/NUMBER/message_qrdls/x", "/v26.0/ACCOUNT", "/v26.0/APP",
		"/whatsapp_business/attachments/", "/whatsapp_business", "/whatsapp_business/qr/", "/v26.0/upload:x", "/v26.0/oauth/access_token", "/v26.0/debug_token",
		"/v26.0/{flow}", "/v26.0/{group}/invite_link", "/v26.0/{number}/messages", "/whatsapp_business/flow",
	} {
		for _, method := range []string{"GET", "POST", "DELETE", "OPTIONS", "PUT", ""} {
			f.Add(method, path, "fields=id,subscribed_apps{x},message_templates.limit(1){name}&limit=-1", "application/json", "Bearer TOKEN", text)
		}
	}
	f.Add("POST", "/v26.0/", "", "application/json", "Bearer TOKEN", `{"batch":[{"method":"POST","relative_url":"/","body":"batch=[]"},{"method":"GET","relative_url":"me"},7,{"relative_url":"%zz"}]}`)
	f.Add("POST", "/v26.0/NUMBER/messages", "messaging_product=whatsapp", "application/x-www-form-urlencoded", "OAuth x", `to=%2B13125550143&text={"body":"x"}&a[b][]=1&a[0]=2&[x]=&text[body]=y&access_token=TOKEN`)
	f.Add("POST", "/v26.0/NUMBER/media", "type=image/png", "multipart/form-data; boundary=b", "Bearer TOKEN", "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--")
	f.Fuzz(func(t *testing.T, method, path, query, contentType, authorization, body string) {
		w, err := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
		if err != nil {
			t.Fatal(err)
		}
		app, account := w.AddApp(cloudapitest.AppConfig{}), w.AddAccount(cloudapitest.AccountConfig{})
		n := account.AddNumber(cloudapitest.NumberConfig{})
		w.AddUser(cloudapitest.UserConfig{Phone: "13125550143"}).Text(n, "hi")
		ids := strings.NewReplacer("NUMBER", n.ID, "ACCOUNT", account.ID, "APP", app.ID, "TOKEN", app.Token(account))
		req := &http.Request{
			Method: method, URL: &url.URL{Path: ids.Replace(path), RawQuery: ids.Replace(query)}, Host: "graph.test",
			Header: http.Header{"Content-Type": {contentType}, "Authorization": {ids.Replace(authorization)}},
			Body:   io.NopCloser(strings.NewReader(ids.Replace(body))),
		}
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, req)
		if method != http.MethodOptions && rec.Header().Get("Content-Type") == "application/json; charset=UTF-8" && !strings.HasPrefix(rec.Body.String(), "[") {
			checkAnswer(t, rec)
		}
		w.Advance(time.Minute)
	})
}

// newGroup makes a group through the API.
func newGroup(t *testing.T, w *cloudapitest.World, token string, n *cloudapitest.Number) *cloudapitest.Group {
	t.Helper()
	req := httptest.NewRequest(http.MethodPost, "/v26.0/"+n.ID+"/groups", strings.NewReader(`{"messaging_product":"whatsapp","subject":"Order 88213"}`))
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, req)
	if rec.Code != http.StatusOK || len(n.Groups()) == 0 {
		t.Fatalf("no group: %s", rec.Body)
	}
	return n.Groups()[len(n.Groups())-1]
}

func checkAnswer(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	var answer struct {
		Error *struct {
			Message, Type, FbtraceID string
			Code                     int
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &answer); err != nil {
		t.Fatalf("answer %d is not JSON: %v\n%s", rec.Code, err, rec.Body)
	}
	switch {
	case rec.Code == http.StatusOK && answer.Error != nil, rec.Code != http.StatusOK && answer.Error == nil:
		t.Fatalf("status %d with\n%s", rec.Code, rec.Body)
	case answer.Error != nil && (answer.Error.Code == 0 || answer.Error.Type != "OAuthException" && answer.Error.Type != "GraphMethodException" || answer.Error.Message == ""):
		t.Fatalf("not an error of Meta's shape:\n%s", rec.Body)
	}
}

// FuzzJSON compares the request reader with encoding/json: same verdict, apart from
// repeated keys and deep nesting, and same meaning.
func FuzzJSON(f *testing.F) {
	for _, x := range fixtures.All() {
		f.Add(x.Body)
	}
	for _, s := range []string{`{"a":1,}`, `[1,]`, `01`, `-`, `1e5`, `1.`, `"\ud83d\ude00\ud83d"`, `"\u12"`, `{"a":1,"a":2}`, `tru`, ` null `, strings.Repeat("4", 400), "\"\x01\"", `"` + "\xff" + `"`, strings.Repeat("[", 60)} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		again, err := cloudapitest.ParseForTest(in)
		if errors.Is(err, cloudapitest.ErrTwice) || errors.Is(err, cloudapitest.ErrDepth) {
			return
		}
		if strings.ToValidUTF8(string(in), "") != string(in) {
			return // encoding/json repairs invalid UTF-8, the reader refuses it
		}
		if (err == nil) != json.Valid(in) {
			t.Fatalf("encoding/json disagrees: %v", err)
		}
		var want, got any
		if err != nil || json.Unmarshal(in, &want) != nil { // a number that no float64 holds
			return
		}
		if err := json.Unmarshal(again, &got); err != nil {
			t.Fatalf("written again it is no JSON: %v\n%s", err, again)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("meaning changed:\n%v\n%v", got, want)
		}
	})
}
