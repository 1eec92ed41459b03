package onboard_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
)

// tell answers GET of an object, or of its edge, with other values.
func (s *site) tell(path, body string) {
	s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.Path, "/"+path) {
			return cloudapitest.Pass()
		}
		return cloudapitest.Answer(http.StatusOK, "application/json", body).Stay()
	})
}

func TestANumberThatIsSwitchedOnIsAskedForNothing(t *testing.T) {
	t.Parallel()
	for name, fields := range map[string]string{
		"with a proof that has expired": `"status":"CONNECTED","code_verification_status":"EXPIRED"`,
		"with words in lower case":      `"status":"connected","code_verification_status":"not_verified"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			p := s.plan()
			n := s.number(&p, cloudapitest.NumberConfig{})
			s.tell(n.ID, `{"id":"`+n.ID+`","platform_type":"CLOUD_API","name_status":"APPROVED",`+fields+`,"webhook_configuration":{"application":"`+callback+`"}}`)
			st := s.run(s.begin(p))
			require.Equal(t, onboard.Done, st.Step(onboard.StepOwnership).Status, lines(st))
			require.Equal(t, onboard.Done, st.Step(onboard.StepRegister).Status)
			require.Empty(t, s.prompts)
		})
	}
}

func TestALimitedNumberIsNotRegisteredAgain(t *testing.T) {
	t.Parallel()
	for _, word := range []string{"FLAGGED", "RESTRICTED", "RATE_LIMITED"} {
		s := newSite(t)
		s.answers = s.willing
		calls := s.calls("/register")
		p := s.plan()
		s.number(&p, cloudapitest.NumberConfig{}).SetStatus(word)
		step := s.run(s.begin(p)).Step(onboard.StepRegister)
		require.Equal(t, "WhatsApp limits the number (status "+word+"): people blocked or reported it.", step.Text)
		require.Zero(t, *calls)
	}
}

func TestANumberThatTakesAWhileToConnectIsWaitedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	calls := s.calls("/register")
	p := s.plan()
	n := s.number(&p, cloudapitest.NumberConfig{Unregistered: true})
	remove := s.world.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/register") {
			s.tell(n.ID, `{"id":"`+n.ID+`","platform_type":"CLOUD_API","status":"PENDING","code_verification_status":"VERIFIED"}`)
		}
		return cloudapitest.Pass()
	})
	defer remove()
	st := s.run(s.begin(p))
	require.Equal(t, "The number is switched on, and WhatsApp reports it as PENDING.", st.Step(onboard.StepRegister).Text)
	s.world.Advance(10 * time.Minute)
	st = s.run(st)
	require.Equal(t, onboard.ReasonConnecting, st.Step(onboard.StepRegister).Reason)
	require.Equal(t, 1, *calls, "nobody is asked for the PIN again")
}

func TestADeregistrationThatStoppedHalfWayIsFinishedFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	off := s.calls("/deregister")
	remove := s.refuseSaying("POST", "/register", 133000, 0, "")
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.ReasonHalfOff, st.Step(onboard.StepRegister).Reason)
	require.Equal(t, 1, *off)
	remove()
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepRegister).Status)
}

func TestNamesAsMetaWordsThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, fields string
		coexistence  bool
		reason       onboard.Reason
	}{
		{"approved", `"name_status":"APPROVED"`, false, onboard.ReasonDone},
		{"good without review", `"name_status":"AVAILABLE_WITHOUT_REVIEW"`, false, onboard.ReasonDone},
		{"in lower case", `"name_status":"pending_review"`, false, onboard.ReasonNamePending},
		{"declined", `"name_status":"DECLINED"`, false, onboard.ReasonNameRejected},
		{"expired", `"name_status":"EXPIRED"`, false, onboard.ReasonNameExpired},
		{"none", `"name_status":"NONE"`, false, onboard.ReasonNoName},
		{"none in other words", `"name_status":"NON_EXISTS"`, false, onboard.ReasonNoName},
		{"not told", `"id":"1"`, false, onboard.ReasonNoName},
		{"none on a test number", `"name_status":"NONE","account_mode":"SANDBOX"`, false, onboard.ReasonSandbox},
		{"another one under review", `"name_status":"APPROVED","new_display_name":"x","new_name_status":"PENDING_REVIEW"`, false, onboard.ReasonNamePending},
		{"another one declined", `"name_status":"APPROVED","new_display_name":"x","new_name_status":"DECLINED"`, false, onboard.ReasonDone},
		{"in the app", `"name_status":"NONE","is_on_biz_app":true`, true, onboard.ReasonInApp},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			p := s.plan()
			n := s.number(&p, cloudapitest.NumberConfig{})
			s.tell(n.ID, `{"id":"`+n.ID+`","platform_type":"CLOUD_API","status":"CONNECTED",`+strings.ReplaceAll(c.fields, `"id":"1"`, `"x":1`)+`}`)
			require.Equal(t, c.reason, s.run(s.begin(p)).Step(onboard.StepName).Reason)
		})
	}
}

// One number that cannot be read hides none of its neighbours.
func TestAListWithSomethingOddInItIsReadAllTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	n := s.account.AddNumber(cloudapitest.NumberConfig{Phone: phone})
	s.tell(s.account.ID+"/phone_numbers", `{"data":["odd",{"id":"`+n.ID+`","display_phone_number":"+49 15550 100","platform_type":"CLOUD_API","status":"CONNECTED"},7]}`)
	s.tell(s.account.ID+"/subscribed_apps", `{"data":[null,"odd",{"whatsapp_business_api_data":{"id":"`+s.app.ID+`"}}]}`)
	s.tell(s.account.ID+"/message_templates", `{"data":[7,`+plainTemplate[:len(plainTemplate)-1]+`,"id":"5","status":"APPROVED"}]}`)
	st := s.run(s.begin(s.plan()))
	require.Equal(t, n.ID, st.NumberID(), lines(st))
	require.Equal(t, onboard.Done, st.Step(onboard.StepSubscribe).Status)
	require.Equal(t, "1 of 1 templates are approved.", st.Step(onboard.StepTemplates).Text)
	require.Equal(t, "1 templates could not be read.", st.Step(onboard.StepTemplates).Remarks[0].Text)
	places, err := s.guide().Survey(t.Context(), "", s.account.ID)
	require.NoError(t, err)
	require.Len(t, places, 1)
	require.Equal(t, onboard.Target{AppID: s.app.ID, AccountID: s.account.ID, NumberID: n.ID}, places[0].Target())
}

// In a survey, several accounts; a token that says nothing about itself.
func TestASurveyOfSeveralAccounts(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	other := s.world.AddAccount(cloudapitest.AccountConfig{})
	one, two := s.account.AddNumber(cloudapitest.NumberConfig{Unregistered: true}), other.AddNumber(cloudapitest.NumberConfig{Coexistence: true})
	three := other.AddNumber(cloudapitest.NumberConfig{Sandbox: true})
	s.cfg.Graph.Token = s.app.Token(s.account, other)
	places, err := s.guide().Survey(t.Context(), s.app.ID)
	require.NoError(t, err)
	require.Equal(t, []onboard.Place{
		{AppID: s.app.ID, AccountID: s.account.ID, NumberID: one.ID, Status: "PENDING"},
		{AppID: s.app.ID, AccountID: other.ID, NumberID: two.ID, Status: "CONNECTED", Registered: true, Coexists: true},
		{AppID: s.app.ID, AccountID: other.ID, NumberID: three.ID, Status: "CONNECTED", Registered: true, Sandbox: true},
	}, places)

	s.cfg.Graph.AppSecret = ""
	s.refuse("GET", "/debug_token", 100, 0)
	_, err = s.guide().Survey(t.Context(), "")
	require.ErrorContains(t, err, "onboard: survey: ")
	places, err = s.guide().Survey(t.Context(), "", other.ID)
	require.NoError(t, err)
	require.Len(t, places, 2)
	_, err = s.guide().Survey(t.Context(), "", other.ID, "4711")
	require.ErrorContains(t, err, "100/33")
}

func TestTheFirstMessageIsMadeOfTheRightTemplate(t *testing.T) {
	t.Parallel()
	template := func(name, language, category, text string) string {
		return `{"name":"` + name + `","language":"` + language + `","category":"` + category + `","components":[{"type":"BODY","text":"` + text + `"` +
			map[bool]string{true: `,"example":{"body_text":[["x"]]}`}[strings.Contains(text, "{{")] + `}]}`
	}
	all := []string{
		template("offer", "en_US", "MARKETING", "An offer."), template("parcel", "en_US", "UTILITY", "Parcel {{1}} is here."),
		template("welcome", "de_DE", "UTILITY", "Willkommen."), template("welcome", "en_US", "UTILITY", "Welcome."),
	}
	for _, c := range []struct {
		name      string
		templates []string
		plan      func(*onboard.Plan)
		want      string // empty: there is none
	}{
		{"a service message before an offer, without values", all, func(p *onboard.Plan) { p.Language = "en_US" }, "Welcome."},
		{"the planned one", all, func(p *onboard.Plan) { p.Template = "offer" }, "An offer."},
		{"in the planned language", all, func(p *onboard.Plan) { p.Language = "de_DE" }, "Willkommen."},
		{"an offer if there is nothing else", all[:2], func(*onboard.Plan) {}, "An offer."},
		{"an unapproved one is none", nil, func(*onboard.Plan) {}, ""},
		{"the planned one needs values", all, func(p *onboard.Plan) { p.Template = "parcel" }, ""},
		{"the planned one is not there", all, func(p *onboard.Plan) { p.Template = "nothing" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			for _, x := range c.templates {
				_, err := s.account.AddTemplate(x)
				require.NoError(t, err)
			}
			if c.templates == nil {
				s.account.SetReview(-1)
				s.post(s.account.ID+"/message_templates", plainTemplate)
			}
			user := s.world.AddUser(cloudapitest.UserConfig{})
			s.answers = answers(s, map[onboard.PromptKind]string{onboard.PromptRecipient: user.Phone()})
			p := s.plan()
			c.plan(&p)
			n := s.number(&p, cloudapitest.NumberConfig{})
			st := s.run(s.begin(p))
			s.world.Settle()
			if c.want == "" {
				require.Equal(t, onboard.ReasonNoFirstTemplate, st.Step(onboard.StepMessage).Reason)
				require.Empty(t, user.Sees(n))
				return
			}
			require.Equal(t, c.want, user.Sees(n)[0].Text)
		})
	}
}

func TestAResentCodeIsToldAsProgress(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	st := s.run(s.begin(s.plan()))
	s.world.Advance(2 * time.Minute)
	s.told = nil
	s.answers = onceAnswer(onboard.PromptCode, onboard.AnswerSMS)
	st = s.run(st)
	require.Equal(t, onboard.ReasonCodeSent, st.Step(onboard.StepOwnership).Reason, "as before")
	told := false
	for _, p := range s.told {
		told = told || p.Step.ID == onboard.StepOwnership && !p.Working
	}
	require.True(t, told, "a host that stores what it is told of has the new code, too")
}

func TestWordsThatMetaMayAddStopNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.answers = s.willing
	s.tell(s.account.ID, `{"id":"`+s.account.ID+`","account_review_status":"A_WORD_OF_TOMORROW","business_verification_status":"a_word_of_tomorrow","status":"FINE","primary_funding_id":"1"}`)
	st := s.run(s.begin(s.plan()))
	require.Equal(t, onboard.Done, st.Step(onboard.StepAccount).Status)
	require.Equal(t, onboard.ReasonNotVerified, st.Step(onboard.StepVerification).Reason)
}
