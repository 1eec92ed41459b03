package onboard_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/template"
)

// live is a number in good order.
func (s *site) live() (*cloudapitest.Number, onboard.Target) {
	s.t.Helper()
	s.welcome()
	n := s.account.AddNumber(cloudapitest.NumberConfig{PIN: pin})
	s.appWebhook(onboard.DefaultFields()...)
	s.post(s.account.ID+"/subscribed_apps", `{}`)
	return n, onboard.Target{AppID: s.app.ID, AccountID: s.account.ID, NumberID: n.ID, CallbackURL: callback}
}

func (s *site) report(t onboard.Target) onboard.Report {
	s.t.Helper()
	r, err := s.guide().Readiness(s.t.Context(), t)
	require.NoError(s.t, err)
	return r
}

// poor writes down what is not in order.
func poor(r onboard.Report) string {
	var b strings.Builder
	for _, c := range r.Checks {
		if c.Grade != onboard.OK {
			b.WriteString(string(c.ID) + " " + string(c.Grade) + " " + string(c.Reason) + "\n")
		}
	}
	return b.String()
}

func TestANumberInGoodOrderHasOneWarning(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, target := s.live()
	r := s.report(target)
	require.Equal(t, "clock unknown not_looked\nprofile warn profile_empty\n", poor(r))
	require.Equal(t, onboard.Warn, r.Grade())
	require.Equal(t, start, r.Taken)
	values := map[onboard.CheckID]string{}
	for _, c := range r.Checks {
		values[c.ID] = c.Value
	}
	require.Equal(t, map[onboard.CheckID]string{
		"token": "SYSTEM_USER, never ends", "version": "v26.0, released 29 July 2026", "clock": "", "account": "APPROVED", "verification": "verified", "number": "CONNECTED",
		"payment": "", "name": "APPROVED", "quality": "GREEN", "limit": "TIER_250", "throughput": "80 a second", "pin": "", "official": "NOT_STARTED",
		"health": "", "subscription": "", "fields": "", "callback_number": "not set", "callback_account": "not set", "callback_app": "desk.example",
		"profile": "", "templates": "1 of 1",
	}, values)
}

// Each row spoils one thing of a number in good order: what the report says then.
func TestWhatIsWrongWithALiveNumberIsGradedAndSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		spoil  func(s *site, n *cloudapitest.Number, target *onboard.Target)
		check  onboard.CheckID
		grade  onboard.Grade
		reason onboard.Reason
		text   string
	}{
		{"the token was withdrawn", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.world.Revoke(s.token) },
			onboard.CheckToken, onboard.Fail, onboard.ReasonTokenRefused, "WhatsApp does not accept the access token: it was withdrawn, has ended, or is not complete."},
		{"the token ends next week", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.cfg.Graph.Token = s.app.TokenFor(7*24*time.Hour, nil, s.account)
		}, onboard.CheckToken, onboard.Warn, onboard.ReasonTokenEnds, "The access token ends on 6 December 2026."},
		{"the token lacks a permission", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.cfg.Graph.Token = s.app.TokenFor(0, []string{"whatsapp_business_management"}, s.account)
		}, onboard.CheckToken, onboard.Fail, onboard.ReasonScopes, "The access token lacks permissions: whatsapp_business_messaging."},
		{"the version is old", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.cfg.Graph.Version = "v23.0" },
			onboard.CheckVersion, onboard.Warn, onboard.ReasonVersionOld, "Version v23.0 of the Graph API is old (released 29 May 2025); a version lives about two years."},
		{"the version is older than any that is known", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.cfg.Graph.Version = "v17.0" },
			onboard.CheckVersion, onboard.Warn, onboard.ReasonVersionOld, "Version v17.0 of the Graph API is old (released before 2 October 2024); a version lives about two years."},
		{"the account is restricted", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.account.Restrict(368) },
			onboard.CheckAccount, onboard.Fail, onboard.ReasonRestricted, "Meta has restricted the account for breaking a rule."},
		{"the business is not verified", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.account.Portfolio.SetVerification("not_verified")
		}, onboard.CheckVerification, onboard.Warn, onboard.ReasonNotVerified, "Meta has not verified the business. Until then it may have 2 numbers and reach 250 people a day outside of conversations."},
		{"nobody pays", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.account.SetPayment(false) },
			onboard.CheckPayment, onboard.Warn, onboard.ReasonNoPayment, "The account has no payment method. Beyond the 1,000 free replies a month, messages are accepted and not delivered."},
		{"the number is not there", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.Delete() },
			onboard.CheckNumber, onboard.Fail, onboard.ReasonNumberGone, "The number is not in the account: it was moved or deleted."},
		{"the number is in another account", func(s *site, _ *cloudapitest.Number, target *onboard.Target) {
			other := s.world.AddAccount(cloudapitest.AccountConfig{ID: "4711"})
			target.AccountID, s.cfg.Graph.Token = other.ID, s.app.Token(s.account, other)
		}, onboard.CheckNumber, onboard.Fail, onboard.ReasonOtherAccount, "The number is not one of account 4711."},
		{"the number is limited", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.SetStatus("FLAGGED") },
			onboard.CheckNumber, onboard.Fail, onboard.ReasonNumberRestricted, "WhatsApp limits the number (status FLAGGED): people blocked or reported it."},
		{"the number is switched off", func(s *site, n *cloudapitest.Number, _ *onboard.Target) { s.post(n.ID+"/deregister", `{}`) },
			onboard.CheckNumber, onboard.Fail, onboard.ReasonNotRegistered, "The number is not switched on."},
		{"Meta blocks it", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.SetStatus("RESTRICTED") },
			onboard.CheckHealth, onboard.Fail, onboard.ReasonHealthBlocked, "Meta blocks sending: PHONE_NUMBER 141000."},
		{"the name was turned down", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.ReviewName(false) },
			onboard.CheckName, onboard.Warn, onboard.ReasonNameRejected, "Meta has turned the display name down."},
		{"the quality is low", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.SetQuality("RED") },
			onboard.CheckQuality, onboard.Warn, onboard.ReasonQualityRed, "Many people block or report what the number sends."},
		{"the quality sinks", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.SetQuality("YELLOW") },
			onboard.CheckQuality, onboard.Warn, onboard.ReasonQualityYellow, "Some people block or report what the number sends."},
		{"the badge was refused", func(s *site, n *cloudapitest.Number, _ *onboard.Target) {
			s.tell(n.ID, `{"id":"`+n.ID+`","platform_type":"CLOUD_API","status":"CONNECTED","official_business_account":{"oba_status":"REJECTED"}}`)
		}, onboard.CheckOfficial, onboard.Warn, onboard.ReasonOfficialRejected, "Meta has turned down the application to become an official business account."},
		{"two-step verification is off", func(_ *site, n *cloudapitest.Number, _ *onboard.Target) { n.ClearPIN() },
			onboard.CheckPIN, onboard.Warn, onboard.ReasonNoPIN, "Two-step verification is off: whoever gets a code sent to the number can take it."},
		{"the app is not subscribed", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.world.Unsubscribe(s.app, s.account) },
			onboard.CheckSubscription, onboard.Fail, onboard.ReasonNotSubscribed, "The app does not get the webhooks of the account."},
		{"another app listens, too", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.cfg.Graph.Token = s.app.Token(s.account)
			s.token = s.world.AddApp(cloudapitest.AppConfig{}).Token(s.account)
			s.post(s.account.ID+"/subscribed_apps", `{}`)
		}, onboard.CheckSubscription, onboard.Warn, onboard.ReasonOtherApps, "1 other apps get the webhooks of this account, too."},
		{"messages are not subscribed to", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.appWebhook("account_update") },
			onboard.CheckFields, onboard.Fail, onboard.ReasonFields, "The app does not subscribe to all webhook fields; missing: account_alerts, account_review_update, business_capability_update, message_template_quality_update, message_template_status_update, messages, phone_number_name_update, phone_number_quality_update, security, standby, template_category_update, user_preferences."},
		{"only an override is set", func(s *site, n *cloudapitest.Number, target *onboard.Target) {
			s.post(n.ID, `{"webhook_configuration":{"override_callback_uri":"`+callback+`","verify_token":"`+verifyToken+`"}}`)
			s.drop(s.app.ID + "/subscriptions")
		}, onboard.CheckCallbackApp, onboard.Warn, onboard.ReasonNoAppCallback, "The app has no callback address of its own: decisions about account, name and templates go nowhere."},
		{"the callback is down", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) { s.world.Mount(callback, nil) },
			onboard.CheckCallbackApp, onboard.Fail, onboard.ReasonCallbackUnreachable, "The callback address of the app, at desk.example, does not answer."},
		{"the callback believes anybody", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.world.Mount(callback, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.FormValue("hub.verify_token") == verifyToken {
					_, _ = w.Write([]byte(r.FormValue("hub.challenge")))
				}
			}))
		}, onboard.CheckCallbackApp, onboard.Fail, onboard.ReasonCallbackBelieves, "The callback address of the app, at desk.example, takes webhooks with a wrong signature: anybody can write in your customers' names."},
		{"the app's own address is not the one that is meant", func(_ *site, _ *cloudapitest.Number, target *onboard.Target) {
			target.CallbackURL = "https://new.example/in"
		}, onboard.CheckCallbackApp, onboard.Fail, onboard.ReasonElsewhere, "The callback address of the app leads the messages to desk.example instead."},
		{"the number's messages go elsewhere", func(s *site, n *cloudapitest.Number, _ *onboard.Target) {
			s.override(n.ID, `{"webhook_configuration":{"override_callback_uri":"https://old.example/in","verify_token":"v"}}`)
		}, onboard.CheckCallbackNumber, onboard.Fail, onboard.ReasonOverridden, "An override of the number sends the messages to old.example instead."},
		{"the account's messages go elsewhere", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			s.override(s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`)
		}, onboard.CheckCallbackAccount, onboard.Fail, onboard.ReasonOverridden, "An override of the account sends the messages to old.example instead."},
		{"no template is left", func(s *site, _ *cloudapitest.Number, _ *onboard.Target) {
			for x := range s.account.Templates() {
				x.Reject("INVALID_FORMAT")
			}
		}, onboard.CheckTemplates, onboard.Warn, onboard.ReasonNoTemplates, "The account has no approved template, so nobody can be written to first."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			n, target := s.live()
			before := s.report(target)
			c.spoil(s, n, &target)
			after := s.report(target)
			got, ok := after.Check(c.check)
			require.True(t, ok)
			require.Equal(t, c.grade, got.Grade, poor(after))
			require.Equal(t, c.reason, got.Reason)
			require.Equal(t, c.text, got.Text)
			require.NotEmpty(t, got.Do+got.Link)

			found := false
			for _, change := range after.Since(before) {
				if change.ID == c.check {
					found = true
					require.True(t, change.Worse)
					require.False(t, change.Better)
				}
			}
			require.True(t, found, "the comparison names it")
			for _, change := range before.Since(after) {
				require.False(t, change.ID == c.check && !change.Better, "and the way back is better")
			}
		})
	}
}

func TestAnOverrideThatIsNotInForceDoesNoHarm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n, target := s.live()
	s.override(s.account.ID+"/subscribed_apps", `{"override_callback_uri":"https://old.example/in","verify_token":"v"}`)
	s.post(n.ID, `{"webhook_configuration":{"override_callback_uri":"`+callback+`","verify_token":"`+verifyToken+`"}}`)
	report := s.report(target)
	for _, level := range []onboard.CheckID{onboard.CheckCallbackNumber, onboard.CheckCallbackAccount, onboard.CheckCallbackApp} {
		got, ok := report.Check(level)
		require.True(t, ok)
		require.Equal(t, onboard.OK, got.Grade, "%s: that of the number gets the messages", level)
	}
}

func TestReadinessAsksNothingThatMetaWouldComplainOf(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, target := s.live()
	s.report(target)
	require.Empty(t, s.world.Audit(), "every call names a version in service, that for the time too")
}

func TestReadinessChangesNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n, target := s.live()
	s.override(n.ID, `{"webhook_configuration":{"override_callback_uri":"https://old.example/in","verify_token":"v"}}`)
	s.world.Unsubscribe(s.app, s.account)
	n.ReviewName(false)
	s.cfg.Templates = func(context.Context, []template.Definition) error {
		t.Error("templates are handed over by Run")
		return nil
	}
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			t.Errorf("%s %s", r.Method, r.Path)
		}
		return cloudapitest.Pass()
	})
	s.report(target)
	require.Empty(t, s.prompts, "nobody is asked")
}

func TestReportsAreStoredAndComparedDaysLater(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n, target := s.live()
	stored, err := json.Marshal(s.report(target))
	require.NoError(t, err)
	require.False(t, strings.Contains(string(stored), s.token) || strings.Contains(string(stored), n.Phone))

	s.world.Advance(48 * time.Hour)
	n.SetQuality("YELLOW")
	s.account.Portfolio.SetLimit(2000)
	var before onboard.Report
	require.NoError(t, json.Unmarshal(stored, &before))
	changes := s.report(target).Since(before)
	require.Len(t, changes, 2)
	require.Equal(t, onboard.CheckQuality, changes[0].ID)
	require.True(t, changes[0].Worse)
	require.Equal(t, [2]string{"TIER_250", "TIER_2K"}, [2]string{changes[1].Before.Value, changes[1].After.Value})
	require.False(t, changes[1].Worse || changes[1].Better, "only the value changed")
	require.Empty(t, before.Since(before))

	require.ErrorIs(t, json.Unmarshal([]byte(`{"version":2}`), &before), onboard.ErrVersion)
	require.Error(t, json.Unmarshal([]byte(`{}`), &before))
	gone := before.Since(onboard.Report{Checks: []onboard.Check{{ID: "old", Title: "Something of old"}}})
	require.Equal(t, onboard.Change{ID: "old", Title: "Something of old", Before: onboard.Check{ID: "old", Title: "Something of old"}}, gone[len(gone)-1])
}

func TestTheClockIsComparedWithThatOfTheGraphAPI(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		skew  time.Duration
		grade onboard.Grade
		value string
	}{
		{"right", 0, onboard.OK, ""},
		{"slow by ten seconds", -10 * time.Second, onboard.OK, ""},
		{"slow by five minutes", -5 * time.Minute, onboard.Warn, "5m0s"},
		{"fast by two hours", 2 * time.Hour, onboard.Warn, "2h0m0s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			_, target := s.live()
			inner := s.world.Client().Transport
			s.cfg.Graph.HTTPClient = &http.Client{Transport: dated{inner, s.world.Now}}
			s.cfg.Now = func() time.Time { return s.world.Now().Add(c.skew) }
			got, _ := s.report(target).Check(onboard.CheckClock)
			require.Equal(t, c.grade, got.Grade)
			require.Equal(t, c.value, got.Value)
		})
	}
}

// dated adds the Date header of a real server.
type dated struct {
	inner http.RoundTripper
	now   func() time.Time
}

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := d.inner.RoundTrip(r)
	if err == nil {
		res.Header.Set("Date", d.now().UTC().Format(http.TimeFormat))
	}
	return res, err
}

func TestATargetWithoutANumberIsRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.guide().Readiness(t.Context(), onboard.Target{NumberID: "+15550100"})
	require.ErrorContains(t, err, "NumberID must be digits")
	require.NotContains(t, err.Error(), "15550100")
	require.Equal(t, onboard.Fail, onboard.Report{}.Grade())
}

func TestWithoutAppAndAccountTheTokenTellsBoth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, target := s.live()
	got := s.report(onboard.Target{NumberID: target.NumberID})
	require.Equal(t, onboard.Target{AppID: s.app.ID, AccountID: s.account.ID, NumberID: target.NumberID}, got.Target)
	require.Equal(t, "clock unknown not_looked\nprofile warn profile_empty\n", poor(got))
}
