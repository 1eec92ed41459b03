package cloudapitest_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestInterceptorsDecideOnceOrStay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	open(t, s)
	text := `"type":"text","text":{"body":"x"}`
	seen := 0
	s.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		seen++
		if r.Field("text", "body") != "x" {
			return cloudapitest.Pass()
		}
		require.Equal(t, "POST messages", r.Operation)
		require.Contains(t, string(r.Body()), `"messaging_product":"whatsapp"`)
		return cloudapitest.FailStatus(429, 130429)
	})
	status, b := s.send(`"type":"text","text":{"body":"another"}`)
	require.Equal(t, 200, status, "%v", b)
	status, b = s.send(text)
	require.Equal(t, 429, status)
	require.Equal(t, 130429, code(b))
	_, b = s.send(text)
	require.Zero(t, code(b), "an interceptor that has decided is gone")
	require.Equal(t, 2, seen)

	remove := s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return cloudapitest.Fail(131016).Stay() })
	for range 3 {
		_, b = s.send(text)
		require.Equal(t, 131016, code(b))
	}
	remove()
	_, b = s.send(text)
	require.Zero(t, code(b))
}

func TestAnAmbiguousSendIsDeliveredThoughTheAnswerIsLost(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	open(t, s)
	s.in.take()
	for _, tc := range []struct {
		verdict func() cloudapitest.Verdict
		arrives int
	}{{cloudapitest.Lose, 2}, {cloudapitest.Drop, 2}} {
		s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return tc.verdict() })
		req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+s.number.ID+"/messages",
			strings.NewReader(`{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`","type":"text","text":{"body":"x"},"biz_opaque_callback_data":"m1"}`))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+s.token)
		_, err = s.Client().Do(req)
		require.Error(t, err)
		s.Settle()
		require.Len(t, s.user.Sees(s.number), tc.arrives, "the first was lost after, the second dropped before acceptance")
	}
	require.Contains(t, string(s.in.take()[0]), `"biz_opaque_callback_data":"m1"`)
	require.Empty(t, s.Audit(), "nobody sent twice")
}

func TestOverridesGoBeforeTheAppsURL(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	byAccount, byNumber := &inbox{verify: "va", secret: s.app.Secret}, &inbox{verify: "vn", secret: s.app.Secret}
	s.Mount("https://account.callback.test/", byAccount)
	s.Mount("https://number.callback.test/", byNumber)

	_, b := s.graph("POST", s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://account.callback.test/","verify_token":"wrong"}`)
	require.Equal(t, 2200, code(b))
	_, b = s.graph("POST", s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://account.callback.test/","verify_token":"va"}`)
	require.Zero(t, code(b), "%v", b)
	open(t, s)
	require.Len(t, byAccount.take(), 1)

	_, b = s.graph("POST", s.number.ID, `{"webhook_configuration":{"override_callback_uri":"https://number.callback.test/","verify_token":"vn"}}`)
	require.Zero(t, code(b), "%v", b)
	open(t, s)
	require.Len(t, byNumber.take(), 1)
	require.Empty(t, byAccount.take())

	s.account.Review("APPROVED") // account-type fields stay with the app
	s.Settle()
	require.Len(t, s.in.take(), 1)
	_, b = s.graph("GET", s.number.ID+"?fields=webhook_configuration", "")
	require.Equal(t, map[string]any{
		"application": "https://app-" + s.app.ID + ".callback.test/webhook", "phone_number": "https://number.callback.test/",
		"whatsapp_business_account": "https://account.callback.test/",
	}, b["webhook_configuration"])

	s.graph("POST", s.number.ID, `{"webhook_configuration":{"override_callback_uri":""}}`)
	s.graph("POST", s.account.ID+"/subscribed_apps", `{}`)
	open(t, s)
	require.Len(t, s.in.take(), 1)
}

func TestEveryAppOfAnAccountIsToldAndToldAgainWhenOneFails(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	second := s.AddApp(cloudapitest.AppConfig{})
	other := &inbox{verify: second.VerifyToken, secret: second.Secret, status: func(n int) int { return map[bool]int{true: 500, false: 200}[n == 1] }}
	require.NoError(t, s.Subscribe(second, s.account, other))
	open(t, s)
	require.Len(t, s.in.take(), 1)
	require.Len(t, other.bodies, 1)
	s.Advance(time.Minute)
	require.Len(t, other.bodies, 2)
	require.Len(t, s.in.take(), 1, "the app that had acknowledged gets the retry too")
	require.Zero(t, s.in.badSig+other.badSig, "each copy is signed with its app's own secret")
	s.Unsubscribe(second, s.account)
	open(t, s)
	require.Len(t, other.bodies, 2)
}

func TestOnboardingANumberFromCodeToRegistration(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	ok := func(method, path, body string) map[string]any {
		t.Helper()
		status, b := s.graph(method, path, body)
		require.Equal(t, 200, status, "%v", b)
		return b
	}
	exchanged := ok("GET", "oauth/access_token?client_id="+s.app.ID+"&client_secret="+s.app.Secret+"&code="+s.app.SignUp(s.account), "")
	s.token = exchanged["access_token"].(string)
	id := ok("POST", s.account.ID+"/phone_numbers", `{"cc":"1","phone_number":"(202) 555-0190","verified_name":"Lucky Shrub"}`)["id"].(string)
	require.Equal(t, "NOT_VERIFIED", ok("GET", id+"?fields=code_verification_status", "")["code_verification_status"])
	ok("POST", id+"/request_code?code_method=SMS&language=en_US", "")
	var number *cloudapitest.Number
	for n := range s.account.Numbers() {
		if n.ID == id {
			number = n
		}
	}
	ok("POST", id+"/verify_code", `{"code":"`+number.Code()+`"}`)
	ok("POST", id+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
	got := ok("GET", id+"?fields=status,platform_type,is_pin_enabled,display_phone_number", "")
	require.Equal(t, map[string]any{"id": id, "status": "CONNECTED", "platform_type": "CLOUD_API", "is_pin_enabled": true, "display_phone_number": "+12025550190"}, got)
	require.Empty(t, number.Code(), "a code works once")

	_, b := s.graph("GET", "oauth/access_token?client_id="+s.app.ID+"&client_secret="+s.app.Secret+"&code=used", "")
	require.Equal(t, 100, code(b))
	late := s.app.SignUp(s.account)
	s.Advance(30 * time.Second)
	_, b = s.graph("GET", "oauth/access_token?client_id="+s.app.ID+"&client_secret="+s.app.Secret+"&code="+late, "")
	require.Equal(t, 100, code(b), "a sign-up code lives 30 seconds")
}

func TestAResumableUploadContinuesWhereItStopped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, b := s.graph("POST", s.app.ID+"/uploads?file_name=a.png&file_length=8&file_type=image/png", "")
	id := b["id"].(string)
	put := func(offset, data string) map[string]any {
		req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+id, strings.NewReader(data))
		require.NoError(t, err)
		req.Header.Set("Authorization", "OAuth "+s.token)
		req.Header.Set("file_offset", offset)
		_, b := s.do(req)
		return b
	}
	put("0", "pict")
	_, b = s.graph("GET", id, "")
	require.InDelta(t, 4, b["file_offset"], 0)
	require.Equal(t, 100, code(put("0", "ures")), "a wrong offset is refused")
	handle := put("4", "ures")["h"]
	require.NotEmpty(t, handle)
	set := `{"messaging_product":"whatsapp","profile_picture_handle":"` + handle.(string) + `"}`
	_, b = s.graph("POST", s.number.ID+"/whatsapp_business_profile", set)
	require.Zero(t, code(b), "%v", b)
	_, b = s.graph("POST", s.number.ID+"/whatsapp_business_profile", set)
	require.Equal(t, 131009, code(b), "a handle works once")
}

func TestAPhoneThatIsOffGetsItsMessagesLaterOrNever(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user = s.AddUser(cloudapitest.UserConfig{Offline: true})
	_, err := s.account.AddTemplate(`{"name":"otp","language":"en_US","category":"AUTHENTICATION","components":[{"type":"BODY"},{"type":"BUTTONS","buttons":[{"type":"OTP","otp_type":"COPY_CODE"}]}]}`)
	require.NoError(t, err)
	plainTemplate(t, s)
	otp := `"type":"template","template":{"name":"otp","language":{"code":"en_US"},"components":[{"type":"body","parameters":[{"type":"text","text":"1234"}]},{"type":"button","sub_type":"url","index":0,"parameters":[{"type":"text","text":"1234"}]}]}`
	_, b := s.send(otp)
	require.Zero(t, code(b), "%v", b)
	s.send(`"type":"template","template":{"name":"plain","language":{"code":"en_US"}}`)
	s.Settle()
	require.Equal(t, []string{"sent", "sent"}, s.in.statuses(t))
	require.Empty(t, s.user.Sees(s.number))
	s.Advance(11 * time.Minute)
	s.user.ComeOnline()
	s.Settle()
	require.Equal(t, []string{"delivered"}, s.in.statuses(t), "a one-time code is worth nothing after ten minutes")
	require.Len(t, s.user.Sees(s.number), 1)
	s.user.GoOffline()
	s.user.ComeOnline()
	s.Settle()
	require.Empty(t, s.in.take(), "nothing is delivered twice")
}

func TestHeldTemplatesWaitForRelease(t *testing.T) {
	t.Parallel()
	for _, deliver := range []bool{true, false} {
		s := newSite(t)
		tmpl, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
		require.NoError(t, err)
		tmpl.Hold()
		_, b := s.send(`"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`)
		require.Equal(t, "held_for_quality_assessment", b["messages"].([]any)[0].(map[string]any)["message_status"])
		s.Advance(time.Hour)
		require.Empty(t, s.in.take())
		tmpl.Release(deliver)
		s.Settle()
		if deliver {
			require.Equal(t, []string{"sent", "delivered"}, s.in.statuses(t))
		} else {
			require.Equal(t, []string{"failed"}, s.in.statuses(t))
		}
	}
}

func TestReviewApprovesOrWaits(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	def := `{"name":"%","language":"en_US","category":"UTILITY","components":[{"type":"BODY","text":"Hello."}]}`
	_, b := s.graph("POST", s.account.ID+"/message_templates", strings.ReplaceAll(def, "%", "one"))
	require.Equal(t, "PENDING", b["status"])
	s.Advance(2 * time.Minute)
	_, got := s.graph("GET", b["id"].(string)+"?fields=status", "")
	require.Equal(t, "APPROVED", got["status"])
	require.Len(t, s.in.take(), 1)

	s.account.SetReview(-1)
	_, b = s.graph("POST", s.account.ID+"/message_templates", strings.ReplaceAll(def, "%", "two"))
	s.Advance(48 * time.Hour)
	_, got = s.graph("GET", b["id"].(string)+"?fields=status", "")
	require.Equal(t, "PENDING", got["status"])
	for tmpl := range s.account.Templates() {
		if tmpl.ID == b["id"] {
			tmpl.Reject("PROMOTIONAL")
		}
	}
	_, got = s.graph("GET", b["id"].(string)+"?fields=status,rejected_reason", "")
	require.Equal(t, "PROMOTIONAL", got["rejected_reason"])
	_, got = s.graph("POST", b["id"].(string), `{"components":[{"type":"BODY","text":"Hello again."}]}`)
	require.Equal(t, true, got["success"])
}

func TestPricesFollowTheFreeTierOfTheMonth(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *cloudapitest.Config) { c.BatchMax, c.BatchWait = 1000, time.Second })
	s.number = s.account.AddNumber(cloudapitest.NumberConfig{Throughput: 1 << 20})
	for range 1100 {
		s.user = s.AddUser(cloudapitest.UserConfig{})
		s.user.Text(s.number, "hi")
		_, b := s.send(`"type":"text","text":{"body":"x"}`)
		require.Zero(t, code(b), "%v", b)
	}
	s.Settle()
	s.Advance(time.Minute)
	free, billed := 0, 0
	for _, v := range values(t, s.in.take()) {
		list, _ := v["statuses"].([]any)
		for _, x := range list {
			st := x.(map[string]any)
			if p, ok := st["pricing"].(map[string]any); ok && st["status"] == "delivered" {
				require.Equal(t, "service", p["category"])
				if p["type"] == "free_customer_service" {
					free++
				} else {
					require.Equal(t, true, p["billable"])
					billed++
				}
			}
		}
	}
	require.Equal(t, 1000, free)
	require.Equal(t, 100, billed)
}

func TestRetainForgetsOldMessages(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *cloudapitest.Config) { c.Retain = time.Hour })
	s.user.Text(s.number, "first")
	s.Advance(2 * time.Hour)
	s.user.Text(s.number, "second")
	require.Len(t, s.user.Sees(s.number), 1)
}

func TestBatchesHoldWhatTheConfigAllows(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *cloudapitest.Config) { c.BatchMax, c.BatchWait = 10, time.Second })
	for range 25 {
		s.user.Text(s.number, "x")
	}
	s.Settle()
	var sizes []int
	for _, v := range values(t, s.in.take()) {
		sizes = append(sizes, len(v["messages"].([]any)))
	}
	require.Equal(t, []int{10, 10, 5}, sizes)

	s.SetFaults(cloudapitest.Faults{Merge: 1000})
	for range 999 {
		s.user.Text(s.number, "x")
	}
	s.Settle()
	require.Len(t, s.in.take(), 1)
}

func TestFaultsDisturbButLoseNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SetFaults(cloudapitest.Faults{Duplicate: .3, Reorder: .5, Lose: .3, Malform: .2, Future: .2, Forge: .2, Delay: .2, Split: .5, Merge: 8})
	sent := map[string]bool{}
	for range 200 {
		sent[s.user.Text(s.number, "x")] = true
		s.Advance(time.Second)
	}
	s.SetFaults(cloudapitest.Faults{})
	s.Advance(24 * time.Hour)
	got := map[string]int{}
	for _, v := range values(t, s.in.take()) {
		list, _ := v["messages"].([]any)
		for _, m := range list {
			if id, ok := m.(map[string]any)["id"].(string); ok {
				got[id]++
			}
		}
	}
	twice := 0
	for id := range sent {
		require.Positive(t, got[id])
		if got[id] > 1 {
			twice++
		}
	}
	require.Positive(t, twice)
	require.Positive(t, s.in.badSig, "forged bodies came along")
	require.Empty(t, s.Audit())
}

func TestNewNamesEveryMistakeInItsConfig(t *testing.T) {
	t.Parallel()
	_, err := cloudapitest.New(cloudapitest.Config{BatchMax: 1001, Retain: -1, GraphURL: "https://x/"})
	require.ErrorContains(t, err, "BatchMax")
	require.ErrorContains(t, err, "Retain")
	require.ErrorContains(t, err, "GraphURL")
}
