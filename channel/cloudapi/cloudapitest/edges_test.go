package cloudapitest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestDirectSendNeedsNoTemplateAndNoWindow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	direct := `"type":"text","text":{"body":"Your parcel is at the door."},"category":"utility","ttl_seconds":600`
	_, b := s.send(direct)
	require.Equal(t, 100, code(b), "the account was not admitted")

	s.account = s.AddAccount(cloudapitest.AccountConfig{DirectSend: true})
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{})
	s.token = s.app.Token(s.account)
	require.NoError(t, s.SubscribeURL(s.app, s.account, s.app.Callback()))
	_, b = s.send(direct)
	require.Zero(t, code(b), "%v", b)
	s.Settle()
	got := s.in.take()
	compareShapes(t, "messages_status_sent_direct_send_template_id", got[0], nil, nil)
	_, list := s.graph("GET", s.account.ID+"/message_templates?source=AUTO_GENERATED", "")
	made := list["data"].([]any)
	require.Len(t, made, 1)
	id := made[0].(map[string]any)["id"].(string)
	_, b = s.graph("POST", id, `{"components":[{"type":"BODY","text":"Another."}]}`)
	require.Equal(t, 2388318, code(b))
	_, b = s.graph("DELETE", s.account.ID+`/message_templates?hsm_ids=["`+id+`"]`, "")
	require.Equal(t, 2388330, code(b))

	_, b = s.send(direct)
	require.Zero(t, code(b))
	_, list = s.graph("GET", s.account.ID+"/message_templates", "")
	require.Len(t, list["data"], 1, "the same text has the same template")
	for rest, want := range map[string]int{
		`"type":"image","image":{"link":"https://example.com/a"},"category":"utility"`:                         100,
		`"type":"text","text":{"body":"x"},"category":"utility","ttl_seconds":20`:                              131009,
		`"type":"text","text":{"body":"x"},"ttl_seconds":600`:                                                  100,
		`"type":"text","text":{"body":"1234"},"category":"authentication","ttl_seconds":901`:                   131009,
		`"type":"text","text":{"body":"1234"},"category":"authentication"`:                                     0,
		`"type":"text","text":{"body":"x"},"category":"utility","direct_send_config":{"template_name":"door"}`: 0,
	} {
		_, b = s.send(rest)
		require.Equal(t, want, code(b), "%s: %v", rest, b)
	}
	require.Empty(t, s.Audit())
}

func TestTheAppsOwnTokenSetsItsCallback(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	hook := &inbox{verify: "v", secret: s.app.Secret}
	s.Mount("https://new.callback.test/", hook)
	path := s.app.ID + "/subscriptions?object=whatsapp_business_account&callback_url=https://new.callback.test/&verify_token=v&fields=messages"
	_, b := s.graph("POST", path, "")
	require.Equal(t, 200, code(b), "a system user's token is not enough")
	_, b = s.graph("GET", "oauth/access_token?grant_type=client_credentials&client_id="+s.app.ID+"&client_secret="+s.app.Secret, "")
	s.token = b["access_token"].(string)
	_, b = s.graph("POST", path, "")
	require.Equal(t, true, b["success"], "%v", b)
	open(t, s)
	s.account.Review("APPROVED")
	s.Settle()
	require.Len(t, hook.take(), 1, "only the fields subscribed to")
	require.Empty(t, s.in.take())
}

func TestProofsOfTheAppSecretAreChecked(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.app = s.AddApp(cloudapitest.AppConfig{RequireProof: true})
	s.token = s.app.Token(s.account)
	_, b := s.graph("GET", s.number.ID, "")
	require.Equal(t, 100, code(b))
	proof := strings.TrimPrefix(cloudapitest.Sign(s.app.Secret, []byte(s.token)), "sha256=")
	_, b = s.graph("GET", s.number.ID+"?appsecret_proof="+proof, "")
	require.Zero(t, code(b), "%v", b)
	_, b = s.graph("GET", s.number.ID+"?appsecret_proof="+strings.Repeat("0", 64), "")
	require.Equal(t, 100, code(b))
}

func TestNamedValuesMoneyAndDates(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(`{"name":"bill","language":"en_US","category":"UTILITY","parameter_format":"NAMED","components":[
		{"type":"BODY","text":"Pay {{amount}} by {{day}}, {{who}}.","example":{"body_text_named_params":[{"param_name":"amount","example":"1"},{"param_name":"day","example":"2"},{"param_name":"who","example":"3"}]}}]}`)
	require.NoError(t, err)
	send := func(values string) map[string]any {
		_, b := s.send(`"type":"template","template":{"name":"bill","language":{"code":"en_US"},"components":[{"type":"body","parameters":[` + values + `]}]}`)
		return b
	}
	const (
		who    = `{"type":"text","parameter_name":"who","text":"Ada"}`
		day    = `{"type":"date_time","parameter_name":"day","date_time":{"fallback_value":"Monday"}}`
		amount = `{"type":"currency","parameter_name":"amount","currency":{"fallback_value":"$5","code":"USD","amount_1000":5000}}`
	)
	require.Zero(t, code(send(who+","+amount+","+day)), "any order")
	require.Equal(t, 100, code(send(who+","+who+","+day)), "a name twice")
	require.Equal(t, 100, code(send(`{"type":"text","text":"Ada"},`+amount+","+day)), "no name")
	require.Equal(t, 100, code(send(`{"type":"text","parameter_name":"nobody","text":"Ada"},`+amount+","+day)), "an unknown name")
	require.Equal(t, 131008, code(send(who+","+day+`,{"type":"currency","parameter_name":"amount","currency":{"fallback_value":"$5","code":"USD"}}`)), "no amount")
	require.Equal(t, 132012, code(send(who+","+day+`,{"type":"image","parameter_name":"amount","image":{"link":"https://example.com/a"}}`)), "a picture in a text")
	s.Settle()
	require.Equal(t, "Pay $5 by Monday, Ada.", s.user.Sees(s.number)[0].Text)
}

func TestTemplatesMoveBetweenAccountsAndIntoTheArchive(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	plainTemplate(t, s)
	other := s.AddAccount(cloudapitest.AccountConfig{})
	s.token = s.app.Token(s.account, other)
	_, b := s.graph("POST", other.ID+"/migrate_message_templates", `{"source_waba_id":"`+s.account.ID+`"}`)
	require.Len(t, b["migrated_templates"], 1)
	id := ""
	for tmpl := range other.Templates() {
		id = tmpl.ID
	}
	_, b = s.graph("POST", other.ID+"/message_templates/archive", `{"hsm_ids":"`+id+`,1"}`)
	require.Equal(t, 100, code(b), "all or none")
	_, b = s.graph("POST", other.ID+"/message_templates/archive", `{"hsm_ids":"`+id+`"}`)
	require.Equal(t, true, b["success"], "%v", b)
	_, b = s.graph("GET", id+"?fields=status", "")
	require.Equal(t, "ARCHIVED", b["status"])
	_, b = s.graph("POST", other.ID+"/message_templates/unarchive", `{"hsm_ids":"`+id+`"}`)
	require.Equal(t, true, b["success"], "%v", b)
	for tmpl := range other.Templates() {
		require.Equal(t, cloudapitest.StatusApproved, tmpl.Status())
	}
}

func TestRareEdgesAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	biz := s.AddPortfolio(cloudapitest.PortfolioConfig{Name: "Large", Limit: -1})
	acct := s.AddAccount(cloudapitest.AccountConfig{Portfolio: biz})
	s.token = s.app.Token(s.account, acct)
	s.number.SetQuality("YELLOW")
	open(t, s)
	ok := func(method, path, body string) map[string]any {
		t.Helper()
		status, b := s.graph(method, path, body)
		require.Equal(t, http.StatusOK, status, "%s %s: %v", method, path, b)
		return b
	}
	n := s.number.ID
	require.Equal(t, "TIER_UNLIMITED", ok("GET", biz.ID+"?fields=whatsapp_business_manager_messaging_limit", "")["whatsapp_business_manager_messaging_limit"])
	require.Empty(t, ok("GET", biz.ID+"/client_whatsapp_business_accounts", "")["data"])
	require.Equal(t, "YELLOW", ok("GET", n+"?fields=quality_rating", "")["quality_rating"])
	ok("POST", n+"/business_compliance_info", `{"messaging_product":"whatsapp","entity_name":"Lucky Shrub","entity_type":"OTHER","entity_type_custom":"Co-operative"}`)
	require.Len(t, ok("GET", n+"/business_compliance_info", "")["data"], 1)
	ok("POST", n+"/official_business_account", `{"business_website_url":"https://example.com","primary_country_of_operation":"US"}`)
	require.Equal(t, map[string]any{"oba_status": "PENDING"}, ok("GET", n+"?fields=official_business_account", "")["official_business_account"])
	ok("POST", n+"/whatsapp_business_encryption", `{"business_public_key":"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}`)
	require.Len(t, ok("GET", n+"/whatsapp_business_encryption", "")["data"], 1)
	ok("DELETE", n+"/contact_book?messaging_product=whatsapp&bsuid="+s.user.BSUID(s.number), "")
	ok("GET", acct.ID+"/assigned_users", "")
	ok("POST", acct.ID+"?is_enabled_for_insights=true", "")
	ok("GET", acct.ID+"/template_analytics?template_ids=1&start=1&end=2&granularity=daily", "")
	ok("GET", acct.ID+"?fields=conversation_analytics.start(1).end(2),health_status,owner_business_info", "")
	code := ok("POST", n+"/message_qrdls", `{"prefilled_message":"Hi"}`)["code"].(string)
	require.Len(t, ok("GET", n+"/message_qrdls/"+code, "")["data"], 1)
	require.Empty(t, ok("GET", n+"/message_qrdls/NONE", "")["data"])
	ok("GET", n+"?fields="+strings.Join([]string{"name_status", "new_display_name", "new_name_status", "account_mode", "is_on_biz_app",
		"country_code", "country_dial_code", "certificate", "search_visibility", "conversational_automation", "username"}, ","), "")
}

func TestAnnouncementsCarryAnyField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.Error(t, s.Announce(s.account, nil, "flows", `{"event":`))
	require.NoError(t, s.Announce(s.account, nil, "flows", `{"event":"FLOW_STATUS_CHANGE","flow_id":"1","new_status":"BLOCKED"}`))
	require.NoError(t, s.Announce(s.account, s.number, "standby", `{"messaging_product":"whatsapp"}`))
	s.Settle()
	got := s.in.take()
	require.Contains(t, string(got[0]), `"time":`)
	require.Contains(t, string(got[0]), `"field":"flows"`)
	require.NotContains(t, string(got[1]), `"time":`, "messaging-type fields have no entry.time")
}

func TestThePhoneRefusesWhatAPhoneRefuses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	id := s.user.Text(n, "hello")
	voice := s.user.Voice(n, cloudapitest.Attachment{})
	require.ErrorIs(t, s.user.Edit(n, voice, "x"), cloudapitest.ErrNotOnScreen, "voice messages cannot be edited")
	require.ErrorIs(t, s.user.Delete(n, n.AppText(s.user, "theirs")), cloudapitest.ErrNotOnScreen, "somebody else's")
	s.Advance(16 * time.Minute)
	require.ErrorIs(t, s.user.Edit(n, id, "x"), cloudapitest.ErrNotOnScreen, "too late to edit")
	require.NoError(t, s.user.Delete(n, id))
	require.True(t, s.user.Sees(n)[0].Deleted)
	require.Empty(t, s.user.Sees(n)[0].Text)
	s.Advance(49 * time.Hour)
	require.ErrorIs(t, s.user.Delete(n, voice), cloudapitest.ErrNotOnScreen, "too late to delete")
	for _, err := range []error{
		func() error { _, err := s.user.Choose(n, "x"); return err }(),
		func() error { _, err := s.user.FillFlow(n, `{}`); return err }(),
		func() error { _, err := s.user.ShareMyNumber(n); return err }(),
		func() error { _, err := s.user.DenyCalls(n); return err }(),
		s.user.React(n, "wamid.x", "👍"),
	} {
		require.ErrorIs(t, err, cloudapitest.ErrNotOnScreen)
	}
	require.Nil(t, s.user.Ringing(n))
	require.False(t, s.user.ChangeNumber("not a number"))

	u := s.AddUser(cloudapitest.UserConfig{ReadAfter: time.Minute})
	u.Text(s.number, "hi")
	s.user = u
	s.send(`"type":"text","text":{"body":"x"}`)
	s.Advance(2 * time.Minute)
	require.Equal(t, "read", u.Sees(s.number)[1].Ticks, "some people read by themselves")
}

func TestErrorsOfManagementHaveWordsForPeople(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	define := func(name, body string) map[string]any {
		_, b := s.graph("POST", s.account.ID+"/message_templates", `{"name":"`+name+`","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"`+body+`"}]}`)
		return b
	}
	require.Zero(t, code(define("thanks", "Thank you.")))
	_, missing := s.graph("DELETE", s.account.ID+"/message_templates?name=nothing", "")
	_, taken := s.graph("POST", s.account.ID+"/phone_numbers", `{"cc":"1","phone_number":"`+strings.TrimPrefix(s.number.Phone, "1")+`","verified_name":"Shop"}`)
	for what, b := range map[string]map[string]any{
		"a template that is there":     define("thanks", "Thanks."),
		"a variable at the start":      define("greeting", "{{1}} is here"),
		"a template that is not there": missing,
		"a number that is taken":       taken,
	} {
		e := b["error"].(map[string]any)
		require.NotEmpty(t, e["error_user_title"], "%s: %v", what, e)
		require.NotEmpty(t, e["error_user_msg"], "%s: %v", what, e)
	}
	_, b := s.send(`"type":"text","text":{"body":""}`)
	require.NotContains(t, b["error"], "error_user_msg", "nobody shows these to people")
}

func TestATextThatIsTooShortIsNotCalledEmpty(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for edge, body := range map[string]string{
		"register": `{"messaging_product":"whatsapp","pin":"12"}`, "": `{"pin":"12345"}`,
	} {
		_, b := s.graph("POST", s.number.ID+"/"+edge, body)
		require.Equal(t, 131009, code(b), "%v", b)
		require.Contains(t, b["error"].(map[string]any)["error_data"].(map[string]any)["details"], "at least 6 characters")
	}
	_, b := s.graph("POST", s.number.ID+"/register", `{"messaging_product":"whatsapp","pin":" "}`)
	require.Equal(t, 131008, code(b))
}
