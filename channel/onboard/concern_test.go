package onboard_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/onboard"
	"github.com/kanava-go/kanava/webhook"
)

func TestAWebhookAboutADecisionIsAReasonToLookAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.welcome()
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	var fields []string
	s.events = func(d *webhook.Delivery) {
		for e := range d.Events() {
			if st.Concerns(e) {
				fields = append(fields, e.Field)
			}
		}
	}
	other := s.world.AddAccount(cloudapitest.AccountConfig{})
	s.token = s.app.Token(s.account, other)
	s.post(other.ID+"/subscribed_apps", `{}`)
	user := s.world.AddUser(cloudapitest.UserConfig{})
	for n := range s.account.Numbers() {
		user.Text(n, "hello") // nothing that a step waits for
		n.ReviewName(true)
	}
	for x := range s.account.Templates() {
		x.Approve()
	}
	other.Review("APPROVED") // of another account
	require.NoError(t, other.Event("PARTNER_ADDED"))
	require.NoError(t, s.account.Event("PARTNER_ADDED"))
	s.account.Review("APPROVED")
	s.world.Settle()
	require.ElementsMatch(t, []string{"phone_number_name_update", "message_template_status_update", "account_review_update", "account_update"}, fields)
	require.Equal(t, onboard.Done, s.run(st).Step(onboard.StepName).Status)
	partner := &webhook.Event{Account: "4711", Field: "account_update", Payload: &webhook.AccountUpdate{Event: "PARTNER_ADDED", WABA: &webhook.WABAInfo{ID: st.AccountID()}}}
	require.True(t, st.Concerns(partner), "though it carries the id of the business")
	require.False(t, new(onboard.State).Concerns(&webhook.Event{Field: "account_update"}))
}
