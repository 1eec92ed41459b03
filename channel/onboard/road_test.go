package onboard_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/onboard"
)

// settled checks that every step is settled except those named with their reason.
func settled(t *testing.T, st *onboard.State, except ...string) {
	t.Helper()
	var open []string
	for _, l := range st.Steps() {
		if !l.Status.Settled() {
			open = append(open, string(l.ID)+" "+string(l.Status)+" "+string(l.Reason))
		}
	}
	require.Equal(t, strings.Join(except, "\n"), strings.Join(open, "\n"))
}

func TestANumberBecomesALiveChannelByOurOwnToken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(t, err)
	s.answers = s.willing
	st := s.run(s.begin(s.plan()))
	settled(t, st, "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
	require.True(t, st.Live())
	require.False(t, st.Complete())

	for n := range s.account.Numbers() {
		n.ReviewName(true)
	}
	st = s.run(st)
	settled(t, st, "profile waiting_for_you profile_empty")
	require.Empty(t, s.world.Audit())
}

func TestACustomerBecomesALiveChannelBySignup(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.account.AddTemplate(plainTemplate)
	require.NoError(t, err)
	s.cfg.Graph.Token = ""
	plan := onboard.Plan{Road: onboard.RoadSignup, AppID: s.app.ID, Phone: phone, DisplayName: "Helsinki Bikes", Webhook: onboard.WebhookPlan{URL: callback}}
	s.answers = func(p onboard.Prompt) (string, error) {
		if p.Kind == onboard.PromptSignup {
			return s.app.SignUp(s.account), nil
		}
		return s.willing(p)
	}
	st := s.run(s.begin(plan))
	settled(t, st, "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
	require.Len(t, s.kept, 1)
	require.Equal(t, s.account.ID, st.AccountID())

	s.cfg.Graph.Token = s.kept[0].Token // another process, with the token that was kept
	settled(t, s.run(st), "name waiting_for_meta name_pending", "profile waiting_for_you profile_empty")
}
