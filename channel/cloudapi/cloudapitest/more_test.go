package cloudapitest_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/internal/fixtures"
)

func TestARedirectShowsWhoKeepsTheTokenToItself(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Mount("https://evil.example/steal", http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	away := func(*cloudapitest.Request) cloudapitest.Verdict {
		return cloudapitest.Redirect("https://evil.example/steal")
	}
	get := func(c *http.Client) {
		req, err := http.NewRequest(http.MethodGet, "https://graph.facebook.com/v26.0/"+s.number.ID, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+s.token)
		resp, err := c.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
	}
	s.Intercept(away)
	get(s.Client()) // net/http drops the header on the way to another domain
	require.Empty(t, s.Audit())

	s.Intercept(away)
	careless := s.Client()
	careless.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		req.Header.Set("Authorization", via[0].Header.Get("Authorization"))
		return nil
	}
	get(careless)
	require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleTokenLeak}, rules(s.Audit()))
}

func TestAnswersCanBeLateInABubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t, func(c *cloudapitest.Config) { c.Now = nil })
		s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return cloudapitest.Pass().Late(20 * time.Second) })
		began := time.Now()
		status, _ := s.graph("GET", s.number.ID, "")
		require.Equal(t, http.StatusOK, status)
		require.Equal(t, 20*time.Second, time.Since(began))

		s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return cloudapitest.Stall() })
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://graph.facebook.com/v26.0/"+s.number.ID, nil)
		require.NoError(t, err)
		_, err = s.Client().Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
}

func TestTheStormItselfIsNobodysFault(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.SetFaults(cloudapitest.Faults{Lose: 1})
	s.user.Text(s.number, "never arrives")
	s.Advance(9 * 24 * time.Hour)
	require.Empty(t, s.in.take())
	require.Empty(t, s.Audit())
}

func TestOnePOSTCanCarrySeveralAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t, func(c *cloudapitest.Config) { c.BatchMax, c.BatchWait = 10, time.Second })
	second := s.AddAccount(cloudapitest.AccountConfig{})
	require.NoError(t, s.SubscribeURL(s.app, second, s.app.Callback()))
	n := second.AddNumber(cloudapitest.NumberConfig{})
	s.user.Text(s.number, "one")
	s.user.Text(n, "two")
	s.user.Text(n, "three")
	s.Settle()
	got := s.in.take()
	require.Len(t, got, 1)
	require.Equal(t, 2, strings.Count(string(got[0]), `"changes"`))
	require.Len(t, values(t, got)[1]["messages"], 2)
}

func TestUsageHeadersTellHowMuchIsLeft(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	acct := s.AddAccount(cloudapitest.AccountConfig{}) // no registered number: 200 an hour
	token := s.app.Token(acct)
	var last *http.Response
	for i := range 201 {
		req, err := http.NewRequest(http.MethodGet, "https://graph.facebook.com/v26.0/"+acct.ID, nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+token)
		last, err = s.Client().Do(req)
		require.NoError(t, err)
		require.NoError(t, last.Body.Close())
		if i == 99 {
			require.Contains(t, last.Header.Get("X-Business-Use-Case-Usage"), `"call_count":50`)
			require.Contains(t, last.Header.Get("X-App-Usage"), `"call_count":50`)
		}
	}
	require.Equal(t, http.StatusBadRequest, last.StatusCode)
	require.Contains(t, last.Header.Get("X-Business-Use-Case-Usage"), `"estimated_time_to_regain_access":60`)
	s.Advance(time.Hour)
	s.token = token
	status, _ := s.graph("GET", acct.ID, "")
	require.Equal(t, http.StatusOK, status)
}

func TestInterceptorsCanAskToWait(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict {
		return cloudapitest.FailStatus(429, 4).RetryAfter(90 * time.Second)
	})
	req, err := http.NewRequest(http.MethodGet, "https://graph.facebook.com/v26.0/"+s.number.ID, nil)
	require.NoError(t, err)
	resp, err := s.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "90", resp.Header.Get("Retry-After"))
	s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict {
		return cloudapitest.Answer(502, "text/html", "<h1>Bad gateway</h1>")
	})
	resp, err = s.Client().Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 502, resp.StatusCode)
	require.Equal(t, "text/html", resp.Header.Get("Content-Type"))
}

func TestAFileOver100MBDoesNotGetThrough(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user.Video(s.number, cloudapitest.Attachment{Data: make([]byte, 100<<20+1)})
	s.Settle()
	require.Contains(t, string(s.in.take()[0]), `"code":131052`)
}

func TestAGroupIsOneWindowForAll(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	g := group(t, s, "approval_required")
	other := s.AddUser(cloudapitest.UserConfig{})
	require.False(t, s.user.Join(g))
	require.False(t, other.Join(g))
	_, list := s.graph("GET", g.ID+"/join_requests", "")
	first := list["data"].([]any)[0].(map[string]any)["join_request_id"].(string)
	second := list["data"].([]any)[1].(map[string]any)["join_request_id"].(string)
	_, b := s.graph("POST", g.ID+"/join_requests", `{"messaging_product":"whatsapp","join_requests":["`+first+`","nobody"]}`)
	require.Len(t, b["approved_join_requests"], 1)
	require.Len(t, b["failed_join_requests"], 1)
	s.graph("POST", g.ID+"/join_requests", `{"messaging_product":"whatsapp","join_requests":["`+second+`"]}`)
	require.Empty(t, s.AddUser(cloudapitest.UserConfig{}).Text(g, "I am not in it"))

	send := func() (int, map[string]any) {
		return s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient_type":"group","to":"`+g.ID+`","type":"text","text":{"body":"now"}}`)
	}
	_, b = send()
	require.Equal(t, 131047, code(b))
	other.Text(g, "when?")
	_, b = send()
	require.Zero(t, code(b), "%v", b)
	s.Settle()
	require.Len(t, s.user.Sees(g), 2)
	s.in.take()
	s.user.Read(g)
	s.user.Read(g)
	s.Settle()
	require.Equal(t, []string{"read"}, s.in.statuses(t), "once per participant")
	g.Suspend(true)
	_, b = send()
	require.Equal(t, 131207, code(b))
}

func TestStepMovesFromEventToEvent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	require.False(t, s.Step())
	open(t, s)
	s.in.take()
	s.send(`"type":"text","text":{"body":"x"}`)
	at := s.Now()
	for range 4 { // sent, its webhook, delivered, its webhook
		require.True(t, s.Step())
	}
	require.False(t, s.Step())
	require.True(t, s.Now().After(at))
	require.Equal(t, []string{"sent", "delivered"}, s.in.statuses(t))
}

// TestSignaturesAreThoseOfThePlatform uses vectors computed with openssl.
func TestSignaturesAreThoseOfThePlatform(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"object":"whatsapp_business_account","entry":[]}`:       "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756",
		`{"object": "whatsapp_business_account", "entry": []}`:    "sha256=56cbbaf4961c6cfdae48b7f116c047e5eb513d2c931baae63a2bc1afd26f803a",
		`{"text":"caf\u00e9 \ud83d\ude00 https:\/\/example.com"}`: "sha256=c3bbca6f737cf54562a80db66e7679b09182259b76a9a3ecf61ca8ea79e92b3c",
	} {
		require.Equal(t, want, cloudapitest.Sign("test_app_secret", []byte(body)))
	}
	require.Equal(t, "sha256=48b0e9cc1ae68c8a70f7a82c30c8a810a755e8c9eaeec59b947550323f3e9769",
		cloudapitest.Sign("test_app_secret", fixtures.Get("messages_text_wire_escaped")))
}
