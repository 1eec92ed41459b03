package onboard_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/onboard"
)

func TestAPlanReportsEverythingThatIsWrongAtOnceAndQuotesNothing(t *testing.T) {
	t.Parallel()
	err := onboard.Plan{
		Road: "canary", AppID: "canary", AccountID: "canary", NumberID: "canary", Phone: "canary", DisplayName: "c", Coexistence: true, Migrate: true,
		CodeMethod: "canary", Region: "canary", CreditLineID: "canary", Currency: "canary",
		Webhook: onboard.WebhookPlan{URL: "http://canary.example/canary", Level: "canary"},
		Profile: onboard.ProfilePlan{About: strings.Repeat("x", 140), Websites: []string{"canary"}, Vertical: "canary"},
		Without: []onboard.StepID{"canary", onboard.StepToken},
	}.Validate()
	require.Equal(t, `onboard: plan: Road must be token, signup or leave
onboard: plan: AppID must be digits
onboard: plan: AccountID must be digits
onboard: plan: NumberID must be digits
onboard: plan: CreditLineID must be digits
onboard: plan: Phone must be a number in E.164 form that begins with a country calling code, with DialCode if that code is new
onboard: plan: DisplayName has 1 characters, allowed are 2 to 75
onboard: plan: Coexistence needs RoadSignup: the owner has to agree in the WhatsApp Business app
onboard: plan: Coexistence and Migrate exclude each other
onboard: plan: CodeMethod must be SMS or VOICE
onboard: plan: Region must be a country in two capital letters
onboard: plan: Webhook.Level must be app, account or number
onboard: plan: Webhook.URL must be an https address
onboard: plan: Profile.about has 140 characters, allowed are 1 to 139
onboard: plan: Profile.websites[0] is not an http address
onboard: plan: Profile.Vertical is none of cloudapi.Verticals
onboard: plan: Currency must be three capital letters where a credit line pays
onboard: plan: Without names a step that cannot be left out
onboard: plan: Without names a step that cannot be left out`, err.Error())
}

func TestPlans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		plan onboard.Plan
		want string // empty: it is right
	}{
		{"the least by our own token", onboard.Plan{Road: onboard.RoadToken, NumberID: "1"}, ""},
		{"nothing", onboard.Plan{}, "Road must be"},
		{"no number", onboard.Plan{Road: onboard.RoadToken}, "Phone or NumberID is needed"},
		{"a new number without a name", onboard.Plan{Road: onboard.RoadToken, Phone: "+358401234567"}, "DisplayName is needed"},
		{"a migration without a name", onboard.Plan{Road: onboard.RoadToken, Phone: "358401234567", Migrate: true}, ""},
		{"a national number", onboard.Plan{Road: onboard.RoadToken, Phone: "0401234567", DisplayName: "xx"}, "Phone must be"},
		{"a number with spaces", onboard.Plan{Road: onboard.RoadToken, Phone: "+358 40 1234567", DisplayName: "xx"}, "Phone must be"},
		{"a number of sixteen digits", onboard.Plan{Road: onboard.RoadToken, Phone: "+3584012345678901", DisplayName: "xx"}, "Phone must be"},
		{"a calling code that fits", onboard.Plan{Road: onboard.RoadToken, Phone: "+358401234567", DialCode: "358", DisplayName: "xx"}, ""},
		{"a calling code that does not fit", onboard.Plan{Road: onboard.RoadToken, Phone: "+358401234567", DialCode: "49", DisplayName: "xx"}, "Phone must be"},
		{"a signup that brings all", onboard.Plan{Road: onboard.RoadSignup, AppID: "1"}, ""},
		{"a signup without an app", onboard.Plan{Road: onboard.RoadSignup}, "AppID is needed"},
		{"coexistence by our own token", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Coexistence: true}, "Coexistence needs RoadSignup"},
		{"leaving without a number", onboard.Plan{Road: onboard.RoadLeave}, "NumberID is needed"},
		{"a level without an address", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Webhook: onboard.WebhookPlan{TakeOver: true}}, "Webhook.URL is needed"},
		{"an address with a password", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Webhook: onboard.WebhookPlan{URL: "https://u:p@desk.example/"}}, "must be an https address"},
		{"an address of 201 characters", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Webhook: onboard.WebhookPlan{URL: "https://desk.example/" + strings.Repeat("x", 180)}}, "201 characters"},
		{"without a first message", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Without: []onboard.StepID{onboard.StepMessage, onboard.StepProfile}}, ""},
		{"without a callback", onboard.Plan{Road: onboard.RoadToken, NumberID: "1", Without: []onboard.StepID{onboard.StepCallback}}, "cannot be left out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.plan.Validate()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "1234567")
		})
	}
}

func TestWhatAPlanNeedsOfTheConfigIsSaidBeforeAnythingIsCalled(t *testing.T) {
	t.Parallel()
	guide, err := onboard.New(onboard.Config{})
	require.NoError(t, err)
	_, err = guide.Begin(onboard.Plan{Road: onboard.RoadSignup, AppID: "1", Webhook: onboard.WebhookPlan{URL: callback}})
	require.EqualError(t, err, `onboard: begin: a signup needs Config.KeepToken and Config.Graph.AppSecret
onboard: begin: Config.VerifyToken is needed for a callback address
onboard: begin: Config.Graph.AppSecret is needed for the callback address of an app`)
}

func TestCallingCodesAreFoundInNumbers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for phone, code := range map[string]string{
		"+12025550100": "1", "+4915550100": "49", "+358401234567": "358", "+79161234567": "7", "+5511987654321": "55", "+971501234567": "971",
		"+85212345678": "852", "+6591234567": "65", "+2348012345678": "234", "+27821234567": "27", "+18765550100": "1", "+42012345678": "420",
	} {
		var sent string
		remove := s.spy("/phone_numbers", func(field func(...string) string) { sent = field("cc") + " " + field("phone_number") })
		p := s.plan()
		p.Phone = phone
		s.run(s.begin(p))
		remove()
		require.Equal(t, code+" "+strings.TrimPrefix(phone, "+"+code), sent)
	}
}
