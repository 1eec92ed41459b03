package cloudapitest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
)

func TestOneIDForDifferentMessagesIsNoDoubleSend(t *testing.T) {
	t.Parallel()
	const campaign = `,"biz_opaque_callback_data":"autumn"`
	say := func(s *site, body string) {
		t.Helper()
		_, b := s.send(`"type":"text","text":{"body":"` + body + `"}` + campaign)
		require.Zero(t, code(b), "%v", b)
	}
	s := newSite(t)
	open(t, s)
	say(s, "Hello")
	say(s, "Hello again")
	first := s.user
	s.user = s.AddUser(cloudapitest.UserConfig{})
	open(t, s)
	say(s, "Hello")
	require.Empty(t, s.Audit(), "another text, another person")
	s.user = first
	s.Advance(25 * time.Hour)
	open(t, s)
	say(s, "Hello")
	require.Empty(t, s.Audit(), "another day")
	_, b := s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","recipient":"`+s.user.BSUID(s.number)+`","type":"text","text":{"body":"Hello"}`+campaign+`}`)
	require.Zero(t, code(b))
	require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleDoubleSend}, rules(s.Audit()), "the same person under another name")
}

func TestAFindingNamesWhatAndWhereAndCanBeCleared(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, answer := s.send(`"type":"text","text":{"body":"secret words"}`)
	require.Equal(t, 131047, code(answer))
	for range 9 {
		s.Advance(2 * time.Hour)
		s.send(`"type":"text","text":{"body":"secret words"}`)
	}
	found := s.Audit()
	require.Len(t, found, 1)
	f := found[0]
	require.Equal(t, 10, f.Times)
	require.Len(t, f.Cases, 5)
	require.Equal(t, "text to person 1 from number "+s.number.ID, f.Cases[0].What)
	require.Equal(t, "POST /v26.0/"+s.number.ID+"/messages", f.Cases[0].Where)
	require.Equal(t, answer["error"].(map[string]any)["fbtrace_id"], f.Cases[0].Trace)
	require.Equal(t, f.At, f.Cases[0].At)
	s.ClearAudit()
	require.Empty(t, s.Audit())
	s.send(`"type":"text","text":{"body":"x"},"nonsense":1`)
	require.Contains(t, s.Audit()[0].Detail, `Unexpected key "nonsense"`)
}

func TestAdviceIsMilderThanABrokenRule(t *testing.T) {
	t.Parallel()
	for rule, advice := range map[cloudapitest.Rule]bool{
		cloudapitest.RuleNoPlus: true, cloudapitest.RuleTokenInURL: true, cloudapitest.RuleOldVersion: true, cloudapitest.RuleRemovedFeature: true,
		cloudapitest.RuleDoubleSend: false, cloudapitest.RuleClosedWindow: false, cloudapitest.RuleForgedAccepted: false, cloudapitest.RuleMalformed: false,
	} {
		require.Equal(t, advice, rule.Advice(), rule)
	}
}

// TestTheOracleCatchesBrokenCode runs senders and receivers that are wrong on
// purpose. Each must be caught by the rule named, and by no other.
func TestTheOracleCatchesBrokenCode(t *testing.T) {
	t.Parallel()
	text := func(body, more string) string { return `"type":"text","text":{"body":"` + body + `"}` + more }
	// request calls any address with the site's token, as a client would.
	request := func(s *site, method, url string) {
		req, err := http.NewRequest(method, url, nil)
		require.NoError(s.t, err)
		req.Header.Set("Authorization", "Bearer "+s.token)
		if resp, err := s.Client().Do(req); err == nil {
			_ = resp.Body.Close()
		}
	}
	offer := func(s *site) (*cloudapitest.Template, string) {
		tmpl, err := s.account.AddTemplate(`{"name":"offer","language":"en_US","category":"MARKETING","components":[{"type":"BODY","text":"Sale."}]}`)
		require.NoError(s.t, err)
		return tmpl, `"type":"template","template":{"name":"offer","language":{"code":"en_US"}}`
	}
	// replace puts another receiver in the place of the site's inbox.
	replace := func(s *site, f http.HandlerFunc) {
		s.Mount("https://app-"+s.app.ID+".callback.test/webhook", f)
	}
	for _, tc := range []struct {
		name string
		rule cloudapitest.Rule
		do   func(t *testing.T, s *site)
	}{
		{"a sender that retries after a lost answer", cloudapitest.RuleDoubleSend, func(t *testing.T, s *site) {
			open(t, s)
			s.Intercept(cloudapitest.Ambiguous(1))
			req, err := http.NewRequest(http.MethodPost, "https://graph.facebook.com/v26.0/"+s.number.ID+"/messages",
				strings.NewReader(`{"messaging_product":"whatsapp","to":"+`+s.user.Phone()+`",`+text("x", "")+`}`))
			require.NoError(t, err)
			req.Header.Set("Authorization", "Bearer "+s.token)
			_, err = s.Client().Do(req)
			require.Error(t, err)
			_, b := s.send(text("x", ""))
			require.Zero(t, code(b))
		}},
		{"a sender that reuses its own id", cloudapitest.RuleDoubleSend, func(t *testing.T, s *site) {
			open(t, s)
			s.send(text("x", `,"biz_opaque_callback_data":"m1"`))
			s.send(text("x", `,"biz_opaque_callback_data":"m1"`))
		}},
		{"an agent's tool without a window check", cloudapitest.RuleClosedWindow, func(_ *testing.T, s *site) { s.send(text("x", "")) }},
		{"a broadcast without a rate limiter", cloudapitest.RuleThroughput, func(_ *testing.T, s *site) {
			for range 100 {
				s.user = s.AddUser(cloudapitest.UserConfig{})
				s.user.Text(s.number, "hi")
				s.send(text("x", ""))
			}
		}},
		{"a chatty bot without a pair limiter", cloudapitest.RulePairLimit, func(t *testing.T, s *site) {
			open(t, s)
			for i := range 46 {
				s.send(text(strings.Repeat("x", i+1), ""))
			}
		}},
		{"a campaign above the tier", cloudapitest.RuleTierOverrun, func(_ *testing.T, s *site) {
			_, body := offer(s)
			s.account.Portfolio.SetLimit(1)
			for range 2 {
				s.user = s.AddUser(cloudapitest.UserConfig{})
				s.send(body)
			}
		}},
		{"a poller of the management API", cloudapitest.RuleManagementOverrun, func(_ *testing.T, s *site) {
			acct := s.AddAccount(cloudapitest.AccountConfig{})
			s.token = s.app.Token(acct)
			for range 201 {
				s.graph("GET", acct.ID, "")
			}
		}},
		{"a throttled sender that does not wait", cloudapitest.RuleHammering, func(t *testing.T, s *site) {
			open(t, s)
			s.number.SetThroughput(1000) // a minute of maintenance
			s.send(text("x", ""))
			s.send(text("x", ""))
		}},
		{"a sender that retries what cannot work", cloudapitest.RulePermanentRetry, func(t *testing.T, s *site) {
			open(t, s)
			s.send(`"type":"hologram","hologram":{}`)
			s.send(`"type":"hologram","hologram":{}`)
		}},
		{"a client with a misspelt key", cloudapitest.RuleMalformed, func(t *testing.T, s *site) {
			open(t, s)
			s.send(text("x", `,"previewUrl":true`))
		}},
		{"a client that loops on a dead token", cloudapitest.RuleAuthLoop, func(_ *testing.T, s *site) {
			s.Revoke(s.token)
			for range 5 {
				s.graph("GET", s.number.ID, "")
			}
		}},
		{"a media download from anywhere", cloudapitest.RuleTokenLeak, func(_ *testing.T, s *site) { request(s, "GET", "https://files.example.com/a.jpg") }},
		{"a client with the token in the query", cloudapitest.RuleTokenInURL, func(_ *testing.T, s *site) {
			token := s.token
			s.token = ""
			s.graph("GET", s.number.ID+"?access_token="+token, "")
		}},
		{"a client that stores media URLs", cloudapitest.RuleExpiredMedia, func(t *testing.T, s *site) {
			id := s.user.Image(s.number, cloudapitest.Attachment{})
			require.NotEmpty(t, id)
			_, meta := s.graph("GET", s.user.Sees(s.number)[0].Media.ID, "")
			s.Advance(6 * time.Minute)
			request(s, "GET", meta["url"].(string))
		}},
		{"a client that downloads after a week", cloudapitest.RuleExpiredMedia, func(_ *testing.T, s *site) {
			s.user.Image(s.number, cloudapitest.Attachment{})
			id := s.user.Sees(s.number)[0].Media.ID
			s.Advance(8 * 24 * time.Hour)
			s.graph("GET", id, "")
		}},
		{"a client without the plus", cloudapitest.RuleNoPlus, func(t *testing.T, s *site) {
			open(t, s)
			s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"`+s.user.Phone()+`",`+text("x", "")+`}`)
		}},
		{"a client that puts the number into its id", cloudapitest.RulePersonalOpaque, func(t *testing.T, s *site) {
			open(t, s)
			s.send(text("x", `,"biz_opaque_callback_data":"to:`+s.user.Phone()+`"`))
		}},
		{"a client that marks its own messages read", cloudapitest.RuleReadUnknown, func(t *testing.T, s *site) {
			open(t, s)
			_, b := s.send(text("x", ""))
			id := b["messages"].([]any)[0].(map[string]any)["id"].(string)
			s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","status":"read","message_id":"`+id+`"}`)
		}},
		{"a client of 2022", cloudapitest.RuleOldVersion, func(_ *testing.T, s *site) { s.version = "v15.0"; s.graph("GET", s.number.ID, "") }},
		{"a client that pretty-prints", cloudapitest.RuleRemovedFeature, func(_ *testing.T, s *site) { s.graph("GET", s.number.ID+"?pretty=1", "") }},
		{"an onboarding that registers in a loop", cloudapitest.RuleRegisterLoop, func(_ *testing.T, s *site) {
			for range 11 {
				s.graph("POST", s.number.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
			}
		}},
		{"an onboarding that asks for code after code", cloudapitest.RuleCodeLoop, func(_ *testing.T, s *site) {
			n := s.account.AddNumber(cloudapitest.NumberConfig{Unverified: true})
			for range 6 {
				s.graph("POST", n.ID+"/request_code", `{"code_method":"SMS","language":"en_US"}`)
			}
		}},
		{"an onboarding that guesses PINs", cloudapitest.RulePINGuessing, func(_ *testing.T, s *site) {
			n := s.account.AddNumber(cloudapitest.NumberConfig{PIN: "111111"})
			for range 6 {
				s.graph("POST", n.ID+"/register", `{"messaging_product":"whatsapp","pin":"123456"}`)
			}
		}},
		{"a receiver that answers 202", cloudapitest.RuleWrongAck, func(t *testing.T, s *site) {
			s.in.status = func(n int) int { return map[bool]int{true: 202, false: 200}[n == 1] }
			open(t, s)
			s.Advance(time.Minute)
		}},
		{"a receiver that is never up", cloudapitest.RuleLostWebhook, func(t *testing.T, s *site) {
			s.in.status = func(int) int { return 502 }
			open(t, s)
			s.Advance(8 * 24 * time.Hour)
		}},
		{"a receiver that panics", cloudapitest.RuleReceiverPanic, func(t *testing.T, s *site) {
			calls := 0
			replace(s, func(http.ResponseWriter, *http.Request) {
				if calls++; calls == 1 {
					panic("index out of range")
				}
			})
			open(t, s)
			s.Advance(time.Minute)
		}},
		{"a receiver that checks no signature", cloudapitest.RuleForgedAccepted, func(t *testing.T, s *site) {
			replace(s, func(http.ResponseWriter, *http.Request) {})
			s.SetFaults(cloudapitest.Faults{Forge: 1})
			open(t, s)
		}},
		{"a receiver that greets everybody", cloudapitest.RuleOpenHandshake, func(_ *testing.T, s *site) {
			replace(s, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					w.WriteHeader(http.StatusUnauthorized)
				}
				_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
			})
			s.Probe(s.app)
		}},
		{"a bot without a dedupe store", cloudapitest.RuleDuplicateAnswered, func(t *testing.T, s *site) {
			replace(s, func(_ http.ResponseWriter, r *http.Request) {
				if body, _ := io.ReadAll(r.Body); strings.Contains(string(body), `"messages":`) {
					s.send(text("thanks", ""))
				}
			})
			s.SetFaults(cloudapitest.Faults{Duplicate: 1})
			s.user.Text(s.number, "hi")
			s.Settle()
			s.Advance(10 * time.Second)
			require.Len(t, s.user.Sees(s.number), 3)
		}},
		{"a campaign that does not read opt-outs", cloudapitest.RuleIgnoredStop, func(_ *testing.T, s *site) {
			_, body := offer(s)
			s.user.OptOut(s.number)
			s.Settle()
			s.send(body)
		}},
		{"an address book that does not read number changes", cloudapitest.RuleIgnoredMove, func(t *testing.T, s *site) {
			open(t, s)
			old := s.user.Phone()
			require.True(t, s.user.ChangeNumber("13125550188"))
			s.Settle()
			s.graph("POST", s.number.ID+"/messages", `{"messaging_product":"whatsapp","to":"+`+old+`",`+text("x", "")+`}`)
		}},
		{"a catalog that does not read template statuses", cloudapitest.RuleIgnoredTemplate, func(_ *testing.T, s *site) {
			tmpl, body := offer(s)
			tmpl.Pause()
			s.Settle()
			s.send(body)
		}},
		{"a dialler that does not read failures", cloudapitest.RuleIgnoredFailure, func(_ *testing.T, s *site) {
			_, body := offer(s)
			s.user.Block(s.number)
			s.send(body)
			s.Settle()
			s.send(body)
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			token := s.token
			tc.do(t, s)
			findings := s.Audit()
			require.NotEmpty(t, findings, "not caught")
			for _, f := range findings {
				require.Equal(t, tc.rule, f.Rule, "%+v", findings)
				require.NotEmpty(t, f.Detail)
				require.NotContains(t, f.Detail, s.user.Phone())
				require.NotContains(t, f.Detail, token)
			}
		})
	}
}

// TestSlowReceiversAreCaught is apart because the time-out runs in the time of the
// process, which in a bubble costs nothing.
func TestSlowReceiversAreCaught(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSite(t)
		calls := 0
		s.Mount("https://app-"+s.app.ID+".callback.test/webhook", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if calls++; calls == 1 {
				<-r.Context().Done()
				panic(http.ErrAbortHandler)
			}
		}))
		s.user.Text(s.number, "hi")
		s.Advance(time.Minute)
		require.Equal(t, []cloudapitest.Rule{cloudapitest.RuleSlowWebhook}, rules(s.Audit()))
		require.Equal(t, 2, calls)
	})
}

// TestACarefulReceiverPassesTheProbe guards the probe against false alarms.
func TestACarefulReceiverPassesTheProbe(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Probe(s.app)
	require.Empty(t, s.Audit())
	require.Equal(t, 5, s.in.badSig)
}

func TestSubscribeRefusesAnEndpointThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"refuses":                func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"answers something else": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok")) },
		"breaks the connection":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"answers 201": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusCreated)
			_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
		},
		"puts quotes round it": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`"` + r.URL.Query().Get("hub.challenge") + `"`))
		},
		"adds a line break to it": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge") + "\n"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, err := cloudapitest.New(cloudapitest.Config{})
			require.NoError(t, err)
			err = w.Subscribe(w.AddApp(cloudapitest.AppConfig{}), w.AddAccount(cloudapitest.AccountConfig{}), h)
			require.ErrorIs(t, err, cloudapitest.ErrEndpoint)
		})
	}
}

func TestTheHandlerServesOverARealConnection(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	req, err := http.NewRequest(http.MethodGet, srv.URL+"/v26.0/"+s.number.ID, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := srv.Client().Do(req)
	require.NoError(t, err)
	require.Equal(t, 200, resp.StatusCode)
	require.Equal(t, "v26.0", resp.Header.Get("facebook-api-version"))
	require.NoError(t, resp.Body.Close())

	s.Intercept(func(*cloudapitest.Request) cloudapitest.Verdict { return cloudapitest.Drop() })
	_, err = srv.Client().Do(req)
	require.Error(t, err)
}
