package cloudapitest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

// TestEveryAnswerHasTheDocumentedShape calls the operations and compares keys and
// JSON types of the answers with samples written from Meta's documentation.
func TestEveryAnswerHasTheDocumentedShape(t *testing.T) {
	t.Parallel()
	const number, account, user = "{number}", "{account}", "{user}"
	success := `{"success":true}`
	for _, tc := range []struct {
		name   string
		before func(t *testing.T, s *site) // prepares
		method string
		path   string
		body   string
		want   string // a sample of the answer
	}{
		{"send by phone number", open, "POST", number + "/messages", `{"messaging_product":"whatsapp","to":"+` + user + `","type":"text","text":{"body":"x"}}`,
			`{"messaging_product":"","contacts":[{"input":"","wa_id":""}],"messages":[{"id":""}]}`},
		{"send by BSUID", open, "POST", number + "/messages", `{"messaging_product":"whatsapp","recipient":"{bsuid}","type":"text","text":{"body":"x"}}`,
			`{"messaging_product":"","contacts":[{"input":"","user_id":""}],"messages":[{"id":""}]}`},
		{"send a template", plainTemplate, "POST", number + "/messages", `{"messaging_product":"whatsapp","to":"+` + user + `","type":"template","template":{"name":"plain","language":{"code":"en_US"}}}`,
			`{"messaging_product":"","contacts":[{"input":"","wa_id":""}],"messages":[{"id":"","message_status":""}]}`},
		{"mark as read", open, "POST", number + "/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"{last}","typing_indicator":{"type":"text"}}`, success},
		{"get a number", nil, "GET", number, "", `{"verified_name":"","code_verification_status":"","display_phone_number":"","quality_rating":"","platform_type":"","throughput":{"level":""},"last_onboarded_time":"","webhook_configuration":{"application":""},"id":""}`},
		{"get fields of a number", nil, "GET", number + "?fields=status,name_status,is_pin_enabled,quality_score,health_status,whatsapp_business_manager_messaging_limit", "",
			`{"status":"","name_status":"","is_pin_enabled":true,"quality_score":{"score":""},"health_status":{"can_send_message":"","entities":[{"entity_type":"","id":"","can_send_message":""}]},"whatsapp_business_manager_messaging_limit":"","id":""}`},
		{"list numbers", nil, "GET", account + "/phone_numbers?fields=status", "", `{"data":[{"status":"","id":""}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"list numbers by page", func(_ *testing.T, s *site) { s.account.AddNumber(cloudapitest.NumberConfig{}) }, "GET", account + "/phone_numbers?fields=status&limit=1", "",
			`{"data":[{"status":"","id":""}],"paging":{"cursors":{"before":"","after":""},"next":""}}`},
		{"add a number", nil, "POST", account + "/phone_numbers", `{"cc":"1","phone_number":"2025550190","verified_name":"Second"}`, `{"id":""}`},
		{"deregister", nil, "POST", number + "/deregister", "", success},
		{"register", nil, "POST", number + "/register", `{"messaging_product":"whatsapp","pin":"123456"}`, success},
		{"set the PIN", nil, "POST", number, `{"pin":"123456"}`, success},
		{"rename", nil, "POST", number, `{"messaging_product":"whatsapp","new_display_name":"New name"}`, success},
		{"read settings", nil, "GET", number + "/settings", "", `{"storage_configuration":{"status":""}}`},
		{"change settings", nil, "POST", number + "/settings", `{"user_identity_change":{"enable_identity_key_check":true}}`, success},
		{"change the profile", nil, "POST", number + "/whatsapp_business_profile", `{"messaging_product":"whatsapp","about":"Hi","vertical":"RETAIL","websites":["https://example.com/"]}`, success},
		{"read the profile", func(_ *testing.T, s *site) {
			s.graph("POST", s.number.ID+"/whatsapp_business_profile", `{"messaging_product":"whatsapp","about":"Hi","websites":["https://example.com/"]}`)
		}, "GET", number + "/whatsapp_business_profile?fields=about,email,websites", "", `{"data":[{"about":"","websites":[""],"messaging_product":""}]}`},
		{"block", open, "POST", number + "/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+` + user + `"}]}`,
			`{"messaging_product":"","block_users":{"added_users":[{"input":"","wa_id":""}]}}`},
		{"unblock", open, "DELETE", number + "/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+` + user + `"}]}`,
			`{"messaging_product":"","block_users":{"removed_users":[{"input":"","wa_id":""}]}}`},
		{"list blocked users", func(t *testing.T, s *site) {
			open(t, s)
			s.graph("POST", s.number.ID+"/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+`+s.user.Phone()+`"}]}`)
		}, "GET", number + "/block_users", "", `{"data":[{"messaging_product":"","wa_id":""}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"make a QR code", nil, "POST", number + "/message_qrdls", `{"prefilled_message":"Hi","generate_qr_image":"SVG"}`, `{"code":"","prefilled_message":"","deep_link_url":"","qr_image_url":""}`},
		{"list QR codes", func(_ *testing.T, s *site) {
			s.graph("POST", s.number.ID+"/message_qrdls", `{"prefilled_message":"Hi"}`)
		}, "GET", number + "/message_qrdls", "",
			`{"data":[{"code":"","prefilled_message":"","deep_link_url":""}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"set welcome message and commands", nil, "POST", number + "/conversational_automation", `{"enable_welcome_message":true,"prompts":["Track order"],"commands":[{"command_name":"track","command_description":"where is it"}]}`, success},
		{"set a username", nil, "POST", number + "/username", `{"username":"lucky.shrub"}`, `{"success":true,"status":""}`},
		{"suggest usernames", nil, "GET", number + "/username_suggestions", "", `{"data":[{"username_suggestions":[""]}]}`},
		{"read commerce settings", nil, "GET", number + "/whatsapp_commerce_settings", "", `{"data":[{"is_cart_enabled":true,"is_catalog_visible":false,"id":""}]}`},
		{"change commerce settings", nil, "POST", number + "/whatsapp_commerce_settings?is_cart_enabled=false&is_catalog_visible=true", "", success},
		{"read call permission", nil, "GET", number + "/call_permissions?user_wa_id=" + user, "", `{"messaging_product":"","permission":{"status":""},"actions":[{"action_name":"","can_perform_action":true}]}`},
		{"read the account", nil, "GET", account, "", `{"id":"","name":"","currency":"","timezone_id":"","message_template_namespace":""}`},
		{"read analytics", func(t *testing.T, s *site) { open(t, s); s.send(`"type":"text","text":{"body":"x"}`); s.Settle() },
			"GET", account + "?fields=analytics.start(1).end(2).granularity(DAY)", "", `{"analytics":{"phone_numbers":[""],"granularity":"","data_points":[{"start":1,"end":1,"sent":1,"delivered":1}]},"id":""}`},
		{"read pricing analytics", func(t *testing.T, s *site) { open(t, s); s.send(`"type":"text","text":{"body":"x"}`); s.Settle() },
			"GET", account + "?fields=pricing_analytics.start(1).end(2).granularity(DAILY)", "",
			`{"pricing_analytics":{"data":[{"data_points":[{"start":1,"end":1,"pricing_category":"","pricing_type":"","volume":1}]}]},"id":""}`},
		{"create a template", nil, "POST", account + "/message_templates", `{"name":"t","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`, `{"id":"","status":"","category":""}`},
		{"create from the library", nil, "POST", account + "/message_templates", `{"name":"t","language":"en_US","category":"UTILITY","library_template_name":"delivery_update_1"}`, `{"id":"","status":"","category":""}`},
		{"create in bulk", nil, "POST", account + "/upsert_message_templates", `{"name":"otp","languages":["en_US","fi"],"category":"AUTHENTICATION","components":[{"type":"BODY","add_security_recommendation":true},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`,
			`{"data":[{"id":"","status":"","language":""}]}`},
		{"list templates", plainTemplate, "GET", account + "/message_templates?summary=message_template_count", "",
			`{"data":[{"name":"","parameter_format":"","components":[{"type":"","text":""}],"language":"","status":"","category":"","id":""}],"paging":{"cursors":{"before":"","after":""}},"summary":{"message_template_count":1,"message_template_limit":1}}`},
		{"delete a template", plainTemplate, "DELETE", account + "/message_templates?name=plain", "", success},
		{"browse the library", nil, "GET", "message_template_library?search=delivery", "", `{"data":[{"name":"","language":"","category":"","id":""}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"preview authentication", nil, "GET", account + "/message_template_previews?category=AUTHENTICATION&language=en_US,fi&button_types=OTP", "", `{"data":[{"body":"","language":"","buttons":[{"text":""}]}]}`},
		{"list subscriptions", nil, "GET", account + "/subscribed_apps", "", `{"data":[{"whatsapp_business_api_data":{"id":"","link":"","name":""}}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"subscribe", nil, "POST", account + "/subscribed_apps", `{}`, success},
		{"unsubscribe", nil, "DELETE", account + "/subscribed_apps", "", success},
		{"list the accounts of a business", nil, "GET", "{portfolio}/owned_whatsapp_business_accounts", "", `{"data":[{"id":"","name":"","currency":"","timezone_id":"","message_template_namespace":""}],"paging":{"cursors":{"before":"","after":""}}}`},
		{"check a token", nil, "GET", "debug_token?input_token={token}", "",
			`{"data":{"app_id":"","type":"","application":"","data_access_expires_at":0,"expires_at":0,"is_valid":true,"scopes":[""],"granular_scopes":[{"scope":"","target_ids":[""]}],"user_id":""}}`},
		{"exchange a sign-up code", nil, "GET", "oauth/access_token?client_id={app}&client_secret={secret}&code={signup}", "", `{"access_token":"","token_type":""}`},
		{"start an upload", nil, "POST", "{app}/uploads?file_name=a.png&file_length=4&file_type=image/png", "", `{"id":""}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			if tc.before != nil {
				tc.before(t, s)
			}
			last := ""
			if seen := s.user.Sees(s.number); len(seen) > 0 {
				last = seen[len(seen)-1].ID
			}
			fill := strings.NewReplacer(number, s.number.ID, account, s.account.ID, user, s.user.Phone(), "{bsuid}", s.user.BSUID(s.number),
				"{last}", last, "{portfolio}", s.account.Portfolio.ID, "{token}", s.token, "{app}", s.app.ID, "{secret}", s.app.Secret,
				"{signup}", s.app.SignUp(s.account))
			status, got := s.graph(tc.method, fill.Replace(tc.path), fill.Replace(tc.body))
			require.Equal(t, http.StatusOK, status, "%v", got)
			var want any
			require.NoError(t, json.Unmarshal([]byte(tc.want), &want))
			require.Equal(t, shape(want), shape(any(got)), "%v", got)
			require.Empty(t, s.Audit())
		})
	}
}

func open(_ *testing.T, s *site) {
	s.user.Text(s.number, "hi")
	s.Settle()
}

func plainTemplate(t *testing.T, s *site) {
	_, err := s.account.AddTemplate(`{"name":"plain","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
	require.NoError(t, err)
}

// TestEveryRefusalHasMetasCode provokes each documented error.
func TestEveryRefusalHasMetasCode(t *testing.T) {
	t.Parallel()
	const text = `"type":"text","text":{"body":"x"}`
	send := func(s *site, rest string) int { _, b := s.send(rest); return code(b) }
	post := func(s *site, path, body string) int { _, b := s.graph("POST", path, body); return code(b) }
	get := func(s *site, path string) int { _, b := s.graph("GET", path, ""); return code(b) }
	marketing := func(t *testing.T, s *site) string {
		t.Helper()
		_, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
		require.NoError(t, err)
		return `"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`
	}
	for _, tc := range []struct {
		name string
		code int
		do   func(t *testing.T, s *site) int
	}{
		{"the window is closed", 131047, func(_ *testing.T, s *site) int { return send(s, text) }},
		{"messaging_product is missing", 100, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/messages", `{"to":"+13125550143",`+text+`}`)
		}},
		{"the body is not JSON", 100, func(_ *testing.T, s *site) int { return post(s, s.number.ID+"/messages", `{"a":`) }},
		{"a key occurs twice", 100, func(_ *testing.T, s *site) int { return send(s, text+`,"type":"text"`) }},
		{"a key is unknown", 100, func(_ *testing.T, s *site) int { return send(s, text+`,"ttl":5`) }},
		{"a string is a number", 100, func(_ *testing.T, s *site) int { return send(s, `"type":"text","text":{"body":5}`) }},
		{"the text is empty", 131008, func(_ *testing.T, s *site) int { return send(s, `"type":"text","text":{"body":""}`) }},
		{"the text is too long", 100, func(_ *testing.T, s *site) int {
			return send(s, `"type":"text","text":{"body":"`+strings.Repeat("x", 4097)+`"}`)
		}},
		{"the type is unknown", 131051, func(_ *testing.T, s *site) int { return send(s, `"type":"hologram","hologram":{}`) }},
		{"an image by id and link", 131009, func(_ *testing.T, s *site) int {
			return send(s, `"type":"image","image":{"id":"1","link":"https://example.com"}`)
		}},
		{"an audio with a caption", 100, func(_ *testing.T, s *site) int {
			return send(s, `"type":"audio","audio":{"link":"https://example.com/a","caption":"x"}`)
		}},
		{"four buttons", 131009, func(_ *testing.T, s *site) int {
			b := `{"type":"reply","reply":{"id":"%","title":"%"}}`
			var all []string
			for _, n := range []string{"1", "2", "3", "4"} {
				all = append(all, strings.ReplaceAll(b, "%", n))
			}
			return send(s, `"type":"interactive","interactive":{"type":"button","body":{"text":"?"},"action":{"buttons":[`+strings.Join(all, ",")+`]}}`)
		}},
		{"eleven rows", 131009, func(_ *testing.T, s *site) int {
			rows := func(ids string) string {
				var all []string
				for _, id := range ids {
					all = append(all, `{"id":"`+string(id)+`","title":"t"}`)
				}
				return strings.Join(all, ",")
			}
			return send(s, `"type":"interactive","interactive":{"type":"list","body":{"text":"?"},"action":{"button":"b","sections":[{"title":"a","rows":[`+rows("123456")+`]},{"title":"b","rows":[`+rows("78901")+`]}]}}`)
		}},
		{"the sender is the recipient", 131021, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"+`+s.number.Phone+`",`+text+`}`)
		}},
		{"the token has expired", 190, func(_ *testing.T, s *site) int {
			s.token = s.app.TokenFor(time.Hour, nil, s.account)
			s.Advance(time.Hour)
			return send(s, text)
		}},
		{"the token was revoked", 190, func(_ *testing.T, s *site) int { s.Revoke(s.token); return send(s, text) }},
		{"there is no token on a POST", 104, func(_ *testing.T, s *site) int { s.token = ""; return send(s, text) }},
		{"there is no token on a GET", 200, func(_ *testing.T, s *site) int { s.token = ""; return get(s, s.number.ID) }},
		{"the scope is missing", 10, func(_ *testing.T, s *site) int {
			s.token = s.app.TokenFor(0, []string{"whatsapp_business_management"}, s.account)
			return send(s, text)
		}},
		{"the account is somebody else's", 100, func(_ *testing.T, s *site) int { s.token = s.app.Token(); return send(s, text) }},
		{"the object does not exist", 100, func(_ *testing.T, s *site) int { return get(s, "123") }},
		{"the edge does not exist", 100, func(_ *testing.T, s *site) int { return get(s, s.number.ID+"/nonsense") }},
		{"the field does not exist", 100, func(_ *testing.T, s *site) int { return get(s, s.number.ID+"?fields=nonsense") }},
		{"the version is of the future", 2500, func(_ *testing.T, s *site) int { s.version = "v99.0"; return get(s, s.number.ID) }},
		{"the number is not registered", 133010, func(_ *testing.T, s *site) int {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Unregistered: true})
			return send(s, text)
		}},
		{"the account is restricted", 368, func(_ *testing.T, s *site) int { s.account.Restrict(368); return send(s, text) }},
		{"the account has not paid", 131042, func(_ *testing.T, s *site) int { s.account.Restrict(131042); return send(s, text) }},
		{"the number is in maintenance", 131057, func(_ *testing.T, s *site) int { s.number.SetThroughput(1000); return send(s, text) }},
		{"the number is restricted", 131031, func(_ *testing.T, s *site) int { s.number.SetStatus("RESTRICTED"); return send(s, text) }},
		{"a test number knows five recipients", 131030, func(_ *testing.T, s *site) int {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Sandbox: true})
			var last int
			for range 6 {
				s.user = s.AddUser(cloudapitest.UserConfig{})
				s.user.Text(s.number, "hi")
				last = send(s, text)
			}
			return last
		}},
		{"the throughput is used up", 130429, func(_ *testing.T, s *site) int {
			s.number = s.account.AddNumber(cloudapitest.NumberConfig{Throughput: 3})
			for range 2 { // inbound counts too
				s.user.Text(s.number, "hi")
			}
			send(s, text)
			return send(s, text)
		}},
		{"the tier is used up", 131048, func(t *testing.T, s *site) int {
			body := marketing(t, s)
			s.account.Portfolio.SetLimit(2)
			for range 2 {
				s.user = s.AddUser(cloudapitest.UserConfig{})
				require.Zero(t, send(s, body))
				require.Zero(t, send(s, body), "the same user again costs nothing")
			}
			s.user = s.AddUser(cloudapitest.UserConfig{})
			return send(s, body)
		}},
		{"the template is paused", 132015, func(t *testing.T, s *site) int {
			tmpl, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
			require.NoError(t, err)
			tmpl.Pause()
			return send(s, `"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`)
		}},
		{"the template was paused three times", 132016, func(t *testing.T, s *site) int {
			tmpl, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
			require.NoError(t, err)
			for range 3 {
				tmpl.Pause()
				s.Advance(7 * time.Hour)
			}
			return send(s, `"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`)
		}},
		{"the template waits for review", 132001, func(_ *testing.T, s *site) int {
			post(s, s.account.ID+"/message_templates", `{"name":"t","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
			return send(s, `"type":"template","template":{"name":"t","language":{"code":"en_US"}}`)
		}},
		{"a text on the marketing endpoint", 131055, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/marketing_messages", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`",`+text+`}`)
		}},
		{"marketing on messages, where it is switched off", 131063, func(t *testing.T, s *site) int {
			s.account.SetMarketingElsewhere(true)
			return send(s, marketing(t, s))
		}},
		{"marketing on messages, after it has left", 131063, func(t *testing.T, s *site) int {
			s.Advance(time.Date(2027, 10, 13, 0, 0, 0, 0, time.UTC).Sub(start))
			return send(s, marketing(t, s))
		}},
		{"a fresh template on the marketing endpoint", 134101, func(t *testing.T, s *site) int {
			return post(s, s.number.ID+"/marketing_messages", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`",`+marketing(t, s)+`}`)
		}},
		{"the code was asked for twice", 136024, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/request_code?code_method=SMS&language=en_US", "")
		}},
		{"the code is wrong", 136025, func(_ *testing.T, s *site) int {
			n := s.account.AddNumber(cloudapitest.NumberConfig{Unverified: true})
			post(s, n.ID+"/request_code?code_method=SMS&language=en_US", "")
			return post(s, n.ID+"/verify_code", `{"code":"000000"}`)
		}},
		{"the number was not verified", 133006, func(_ *testing.T, s *site) int {
			n := s.account.AddNumber(cloudapitest.NumberConfig{Unverified: true})
			return post(s, n.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
		}},
		{"the PIN is wrong", 133005, func(_ *testing.T, s *site) int {
			n := s.account.AddNumber(cloudapitest.NumberConfig{PIN: "111111"})
			return post(s, n.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
		}},
		{"the PIN was wrong five times", 133008, func(_ *testing.T, s *site) int {
			n := s.account.AddNumber(cloudapitest.NumberConfig{PIN: "111111"})
			for range 5 {
				post(s, n.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
			}
			return post(s, n.ID+"/register", `{"messaging_product":"whatsapp","pin":"111111"}`)
		}},
		{"registered eleven times", 133016, func(_ *testing.T, s *site) int {
			var last int
			for range 11 {
				last = post(s, s.number.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
			}
			return last
		}},
		{"the name and language exist", 100, func(t *testing.T, s *site) int {
			marketing(t, s)
			return post(s, s.account.ID+"/message_templates", `{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
		}},
		{"a variable at the end", 2388299, func(_ *testing.T, s *site) int {
			return post(s, s.account.ID+"/message_templates", `{"name":"t","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello {{1}}"}]}`)
		}},
		{"a template in review is edited", 2388039, func(_ *testing.T, s *site) int {
			_, b := s.graph("POST", s.account.ID+"/message_templates", `{"name":"t","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`)
			return post(s, b["id"].(string), `{"components":[{"type":"BODY","text":"Hello again."}]}`)
		}},
		{"the cursor is stale", 131059, func(t *testing.T, s *site) int {
			marketing(t, s)
			plainTemplate(t, s)
			_, b := s.graph("GET", s.account.ID+"/message_templates?limit=1", "")
			after := b["paging"].(map[string]any)["cursors"].(map[string]any)["after"].(string)
			require.Zero(t, get(s, s.account.ID+"/message_templates?limit=1&after="+after))
			s.Advance(2 * time.Hour)
			return get(s, s.account.ID+"/message_templates?limit=1&after="+after)
		}},
		{"too many management calls", 80008, func(_ *testing.T, s *site) int {
			acct := s.AddAccount(cloudapitest.AccountConfig{})
			s.token = s.app.Token(acct)
			last := 0
			for range 201 {
				last = get(s, acct.ID)
			}
			return last
		}},
		{"the user did not write", 139100, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+`+s.user.Phone()+`"}]}`)
		}},
		{"the business blocked the user", 130403, func(t *testing.T, s *site) int {
			open(t, s)
			post(s, s.number.ID+"/block_users", `{"messaging_product":"whatsapp","block_users":[{"user":"+`+s.user.Phone()+`"}]}`)
			return send(s, text)
		}},
		{"calling is off", 138000, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect","session":{"sdp_type":"offer","sdp":"x"}}`)
		}},
		{"no permission to call", 138006, func(_ *testing.T, s *site) int {
			post(s, s.number.ID+"/settings", `{"calling":{"status":"ENABLED"}}`)
			return post(s, s.number.ID+"/calls", `{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","action":"connect","session":{"sdp_type":"offer","sdp":"x"}}`)
		}},
		{"groups need an official account", 131215, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/groups", `{"messaging_product":"whatsapp","subject":"x"}`)
		}},
		{"the group does not exist", 131041, func(_ *testing.T, s *site) int {
			return post(s, s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient_type":"group","to":"nogroup",`+text+`}`)
		}},
		{"the username is against the rules", 100, func(_ *testing.T, s *site) int { return post(s, s.number.ID+"/username", `{"username":"www.shop"}`) }},
		{"insights are off", 200007, func(_ *testing.T, s *site) int { return get(s, s.account.ID+"/template_analytics?template_ids=1") }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.code, tc.do(t, newSite(t)))
		})
	}
}

// TestLateErrorsComeAsFailedStatuses covers the errors that follow a send which
// was accepted.
func TestLateErrorsComeAsFailedStatuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		code string
		do   func(s *site)
	}{
		{"the user has blocked the business", "131026", func(s *site) { s.user.Block(s.number) }},
		{"nobody has the number", "131026", func(s *site) { require.True(s.t, s.user.ChangeNumber("13125550199")) }},
		{"the marketing cap is reached", "131049", func(s *site) { s.user.SetMarketingCap(s.number, 131049) }},
		{"the user is in an experiment", "130472", func(s *site) { s.user.SetMarketingCap(s.number, 130472) }},
		{"the user opted out", "131050", func(s *site) { s.user.OptOut(s.number) }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			_, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
			require.NoError(t, err)
			to := s.user.Phone()
			tc.do(s)
			s.Settle()
			s.in.take()
			status, b := s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"+`+to+`","type":"template","template":{"name":"offer","language":{"code":"en_US"}}}`)
			require.Equal(t, 200, status, "%v", b)
			s.Settle()
			got := s.in.take()
			require.Len(t, got, 1)
			require.Contains(t, string(got[0]), `"status":"failed"`)
			require.Contains(t, string(got[0]), `"code":`+tc.code)
			require.Empty(t, s.user.Sees(s.number))
		})
	}
}
