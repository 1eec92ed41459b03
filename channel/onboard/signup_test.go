package onboard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

func TestSignupsAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, event string
		want        onboard.Signup
		text        string
	}{
		{"with a number", `{"type":"WA_EMBEDDED_SIGNUP","event":"FINISH","version":"3","data":{"phone_number_id":"106540352242922","waba_id":"102290129340398","business_id":"2729063490586005"}}`,
			onboard.Signup{Finished: true, Event: "FINISH", AccountID: "102290129340398", NumberID: "106540352242922", BusinessID: "2729063490586005"},
			"The customer came through the signup."},
		{"without a number", `{"data":{"waba_id":"102290129340398"},"type":"WA_EMBEDDED_SIGNUP","event":"FINISH_ONLY_WABA","version":3}`,
			onboard.Signup{Finished: true, Event: "FINISH_ONLY_WABA", AccountID: "102290129340398"},
			"The customer came through the signup without a phone number."},
		{"with the app", `{"type":"WA_EMBEDDED_SIGNUP","event":"FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING","data":{"waba_id":"102290129340398"}}`,
			onboard.Signup{Finished: true, Event: "FINISH_WHATSAPP_BUSINESS_APP_ONBOARDING", AccountID: "102290129340398", Coexistence: true},
			"The customer came through the signup."},
		{"stopped", `{"data":{"current_step":"PHONE_NUMBER_VERIFICATION"},"type":"WA_EMBEDDED_SIGNUP","event":"CANCEL","version":3}`,
			onboard.Signup{Event: "CANCEL", Screen: "PHONE_NUMBER_VERIFICATION"},
			"The customer stopped while giving the code that came to the number."},
		{"stopped at a screen of tomorrow", `{"data":{"current_step":"TOMORROW"},"type":"WA_EMBEDDED_SIGNUP","event":"CANCEL"}`,
			onboard.Signup{Event: "CANCEL", Screen: "TOMORROW"}, "The customer closed the signup."},
		{"failed", `{"type":"WA_EMBEDDED_SIGNUP","event":"ERROR","data":{"error_message":"CANARY","error_id":524126,"session_id":"f34b51dab5e0498","timestamp":"1"}}`,
			onboard.Signup{Event: "ERROR", ErrorID: "524126", SessionID: "f34b51dab5e0498"},
			"The signup ended with error 524126; Meta's support asks for session f34b51dab5e0498."},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := onboard.ParseSignup([]byte(c.event))
			require.NoError(t, err)
			require.Equal(t, c.want, got)
			require.Equal(t, c.text, got.Text())
		})
	}
	for name, event := range map[string]string{
		"another message": `{"type":"something"}`, "no JSON": `code=AQB&canary`, "ids that are none": `{"type":"WA_EMBEDDED_SIGNUP","event":"FINISH","data":{"waba_id":"1/canary"}}`,
	} {
		_, err := onboard.ParseSignup([]byte(event))
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "canary")
	}
}

// What the browser says is believed only as far as the token goes.
func TestASignupCannotTakeWhatIsSomebodyElses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		claim  func(own, other *cloudapitest.Account, theirs *cloudapitest.Number) onboard.Signup
		step   onboard.StepID
		reason onboard.Reason
	}{
		{"another customer's account", func(_, other *cloudapitest.Account, theirs *cloudapitest.Number) onboard.Signup {
			return onboard.Signup{AccountID: other.ID, NumberID: theirs.ID}
		}, onboard.StepToken, onboard.ReasonOutOfReach},
		{"another customer's number", func(own, _ *cloudapitest.Account, theirs *cloudapitest.Number) onboard.Signup {
			return onboard.Signup{AccountID: own.ID, NumberID: theirs.ID}
		}, onboard.StepNumber, onboard.ReasonNumberGone},
		{"another customer's number, and no account", func(_, _ *cloudapitest.Account, theirs *cloudapitest.Number) onboard.Signup {
			return onboard.Signup{NumberID: theirs.ID}
		}, onboard.StepNumber, onboard.ReasonNumberGone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			s.cfg.Graph.Token = ""
			other := s.world.AddAccount(cloudapitest.AccountConfig{Portfolio: s.world.AddPortfolio(cloudapitest.PortfolioConfig{Name: "Somebody else"})})
			theirs := other.AddNumber(cloudapitest.NumberConfig{})
			s.answers = onceAnswer(onboard.PromptSignup, s.app.SignUp(s.account))
			plan := c.claim(s.account, other, theirs).Plan(onboard.Plan{AppID: s.app.ID, Webhook: onboard.WebhookPlan{URL: callback}})
			st := s.run(s.begin(plan))
			require.Equal(t, c.reason, st.Step(c.step).Reason, lines(st))
			require.False(t, st.Live())
			require.Equal(t, onboard.Pending, st.Step(onboard.StepCallback).Status)
		})
	}
}

func TestASignupWithTheAppIsFoundByItsAccount(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.cfg.Graph.Token = ""
	n := s.account.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	s.answers = onceAnswer(onboard.PromptSignup, s.app.SignUp(s.account))
	plan := onboard.Signup{Finished: true, AccountID: s.account.ID, Coexistence: true}.Plan(onboard.Plan{AppID: s.app.ID})
	st := s.run(s.begin(plan))
	require.Equal(t, n.ID, st.NumberID())
	require.Equal(t, onboard.Skipped, st.Step(onboard.StepRegister).Status)
}
