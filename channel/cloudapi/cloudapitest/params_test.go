package cloudapitest_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// raw makes a call with a body of any type.
func (s *site) raw(method, path, contentType, body string) (int, map[string]any) {
	s.t.Helper()
	req, err := http.NewRequest(method, "https://graph.facebook.com/"+s.version+"/"+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Content-Type", contentType)
	if s.token != "" {
		req.Header.Set("Authorization", "Bearer "+s.token)
	}
	return s.do(req)
}

const (
	formType = "application/x-www-form-urlencoded"
	partType = "multipart/form-data; boundary=b"
)

// form encodes pairs of names and values.
func form(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v.Encode()
}

// parts encodes pairs as a multipart form; a name with "file" gets the value as a PNG.
func parts(pairs ...string) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		b.WriteString("--b\r\nContent-Disposition: form-data; name=\"" + pairs[i] + "\"")
		if pairs[i] == "file" {
			b.WriteString("; filename=\"a.png\"\r\nContent-Type: image/png")
		}
		b.WriteString("\r\n\r\n" + pairs[i+1] + "\r\n")
	}
	return b.String() + "--b--\r\n"
}

// TestASendIsUnderstoodInEveryEncoding sends one text in every way that Graph takes.
func TestASendIsUnderstoodInEveryEncoding(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, query, contentType, body string }{
		{"JSON", "", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello","preview_url":true}}`},
		{"JSON without a content type", "", "", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello"}}`},
		{"JSON inside of JSON", "", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":"{\"body\":\"Hello\"}"}`},
		{"booleans as words", "", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello","preview_url":"false"}}`},
		{"booleans as numbers", "", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello","preview_url":1}}`},
		{"nulls", "", "application/json", `{"messaging_product":"whatsapp","recipient_type":null,"to":"TO","type":"text","context":null,"image":null,"text":{"body":"Hello","preview_url":null}}`},
		{"a form with JSON in it", "", formType, form("messaging_product", "whatsapp", "to", "TO", "type", "text", "text", `{"body":"Hello","preview_url":"true"}`)},
		{"a form with brackets", "", formType, form("messaging_product", "whatsapp", "to", "TO", "type", "text", "text[body]", "Hello", "text[preview_url]", "1")},
		{"a form whose type is written large", "", "Application/X-WWW-Form-Urlencoded; charset=UTF-8", form("messaging_product", "whatsapp", "to", "TO", "text", `{"body":"Hello"}`)},
		{"a multipart form whose type is written large", "", "Multipart/Form-Data; boundary=b", parts("messaging_product", "whatsapp", "to", "TO", "text", `{"body":"Hello"}`)},
		{"a multipart form", "", partType, parts("messaging_product", "whatsapp", "to", "TO", "type", "text", "text", `{"body":"Hello"}`)},
		{"the query alone", form("messaging_product", "whatsapp", "to", "TO", "type", "text", "text", `{"body":"Hello"}`), "", ""},
		{"query and JSON", form("messaging_product", "whatsapp", "to", "TO"), "application/json", `{"type":"text","text":{"body":"Hello"}}`},
		{"query and form", form("messaging_product", "whatsapp", "recipient_type", "individual"), formType, form("to", "TO", "type", "text", "text", `{"body":"Hello"}`)},
		{"query and multipart form", form("messaging_product", "whatsapp"), partType, parts("to", "TO", "text", `{"body":"Hello"}`)},
		{"a query that nobody asked for", "utm_source=x", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello"}}`},
		{"a query that the body contradicts", form("type", "image"), "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello"}}`},
		{"the token in the body", "", "application/json", `{"messaging_product":"whatsapp","to":"TO","type":"text","text":{"body":"Hello"},"access_token":"TOKEN"}`},
		{"the token in a form", "", formType, form("messaging_product", "whatsapp", "to", "TO", "text", `{"body":"Hello"}`, "access_token", "TOKEN")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.user.Text(s.number, "hi")
			for _, part := range []*string{&tc.query, &tc.body} {
				*part = strings.NewReplacer("TOKEN", s.token, "TO", "+"+s.user.Phone()).Replace(*part)
				if part == &tc.query || strings.HasPrefix(strings.ToLower(tc.contentType), formType) {
					*part = strings.ReplaceAll(*part, "+", "%2B")
				}
			}
			if strings.Contains(tc.body, "access_token") {
				s.token = ""
			}
			path := s.number.ID + "/messages"
			if tc.query != "" {
				path += "?" + tc.query
			}
			status, b := s.raw("POST", path, tc.contentType, tc.body)
			require.Equal(t, http.StatusOK, status, "%v", b)
			s.Settle()
			seen := s.user.Sees(s.number)
			require.Len(t, seen, 2)
			require.Equal(t, "Hello", seen[1].Text)
			require.Empty(t, s.Audit())
		})
	}
}

func TestListsAndNestedObjectsComeInEveryEncoding(t *testing.T) {
	t.Parallel()
	action := `{"buttons":"[{\"type\":\"reply\",\"reply\":\"{\\\"id\\\":\\\"a\\\",\\\"title\\\":\\\"A\\\"}\"}]"}`
	for name, body := range map[string]string{
		"brackets": form("messaging_product", "whatsapp", "to", "TO", "type", "interactive", "interactive[type]", "button", "interactive[body][text]", "?",
			"interactive[action][buttons][0][type]", "reply", "interactive[action][buttons][0][reply][id]", "a", "interactive[action][buttons][0][reply][title]", "A"),
		"JSON in JSON in a form": form("messaging_product", "whatsapp", "to", "TO", "type", "interactive", "interactive",
			`{"type":"button","body":"{\"text\":\"?\"}","action":`+action+`}`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.user.Text(s.number, "hi")
			_, b := s.raw("POST", s.number.ID+"/messages", formType, strings.ReplaceAll(body, "TO", "%2B"+s.user.Phone()))
			require.Zero(t, code(b), "%v", b)
			s.Settle()
			require.Equal(t, "A", s.user.Sees(s.number)[1].Buttons[0].Label)
		})
	}
	s := newSite(t)
	status, b := s.raw("POST", s.number.ID+"/whatsapp_business_profile", formType, form("messaging_product", "whatsapp", "websites[]", "https://a.example", "websites[]", "https://b.example"))
	require.Equal(t, 200, status, "%v", b)
	_, b = s.graph("GET", s.number.ID+"/whatsapp_business_profile?fields=%5B%22websites%22%5D", "")
	require.Equal(t, []any{"https://a.example", "https://b.example"}, b["data"].([]any)[0].(map[string]any)["websites"])
	status, b = s.raw("POST", s.number.ID+"/conversational_automation", formType,
		form("enable_welcome_message", "true", "prompts", `["Help"]`, "commands", `[{"command_name":"help","command_description":"Help"}]`))
	require.Equal(t, 200, status, "%v", b)
	_, b = s.graph("GET", s.number.ID+"/conversational_automation", "")
	require.Equal(t, map[string]any{"enable_welcome_message": true, "prompts": []any{"Help"}, "id": s.number.ID,
		"commands": []any{map[string]any{"command_name": "help", "command_description": "Help"}}}, b["data"].([]any)[0])
	status, b = s.raw("POST", s.number.ID+"?pin=123456", "", "")
	require.Equal(t, 200, status, "%v", b)
	status, b = s.raw("POST", s.number.ID, "application/json", `{"pin":123456}`)
	require.Equal(t, 200, status, "numbers at the top are text: %v", b)
	_, b = s.send(`"type":"text","text":{"body":5}`)
	require.Equal(t, "(#100) Param text['body'] must be a string.", b["error"].(map[string]any)["message"], "inside of objects they are not")
}

func TestMediaIsUploadedWithTheProductInTheQuery(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	status, b := s.raw("POST", s.number.ID+"/media?messaging_product=whatsapp", partType, parts("file", "PNG"))
	require.Equal(t, 200, status, "%v", b)
	status, _ = s.raw("POST", s.number.ID+"/media?messaging_product=whatsapp&type=image/png", partType, parts("file", "PNG"))
	require.Equal(t, 200, status)
	_, b = s.raw("POST", s.number.ID+"/media", partType, parts("messaging_product", "whatsapp"))
	require.Equal(t, 100, code(b), "there is no file")
}

func TestTheTokenAsAParameterWinsOverTheHeader(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.token
	s.token = "EAAnonsense"
	status, _ := s.graph("GET", s.number.ID+"?access_token="+other, "")
	require.Equal(t, 200, status)
	s.token = other
	_, b := s.graph("GET", s.number.ID+"?access_token=nonsense", "")
	require.Equal(t, 190, code(b))
	status, _ = s.raw("POST", s.account.ID+"/subscribed_apps", "application/json", `{"access_token":"`+other+`"}`)
	require.Equal(t, 200, status)
	require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleTokenInURL}, rules(s.Audit()), "a token in a body is in no access log")
}

func TestListsAreReadInEveryEncoding(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, text := range []string{
		`{"name":"one","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`,
		`{"name":"two","language":"fi","category":"MARKETING","components":[{"type":"BODY","text":"Hei."}]}`,
		`{"name":"three","language":"de","category":"UTILITY","components":[{"type":"BODY","text":"Hallo."}]}`,
	} {
		_, err := s.account.AddTemplate(text)
		require.NoError(t, err)
	}
	for query, want := range map[string][]string{
		`language=["fi","de"]`: {"two", "three"}, "language=fi,de": {"two", "three"}, "language[]=fi&language[]=de": {"two", "three"}, "language[0]=fi": {"two"},
		`category=["UTILITY"]&language=["en_US","fi"]`: {"one"}, "status=APPROVED": {"one", "two", "three"}, `status=["PAUSED"]`: nil, "category=utility": {"one", "three"},
		`name=["one"]`: {"one"}, "quality_score[]=RED": nil,
	} {
		query := strings.NewReplacer("[", "%5B", "]", "%5D", `"`, "%22").Replace(query)
		status, b := s.graph("GET", s.account.ID+"/message_templates?"+query, "")
		require.Equal(t, http.StatusOK, status, query)
		var names []string
		for _, x := range b["data"].([]any) {
			names = append(names, x.(map[string]any)["name"].(string))
		}
		require.Equal(t, want, names, query)
	}
	for _, query := range []string{"fields=name,currency", "fields[]=name&fields[]=currency", "fields[0]=name&fields[1]=currency", `fields=["name","currency"]`, "fields=name&fields[]=currency"} {
		status, b := s.graph("GET", s.account.ID+"?"+strings.NewReplacer("[", "%5B", "]", "%5D", `"`, "%22").Replace(query), "")
		require.Equal(t, http.StatusOK, status, query)
		require.Equal(t, map[string]any{"id": s.account.ID, "name": s.account.Name, "currency": "USD"}, b, query)
	}
}
