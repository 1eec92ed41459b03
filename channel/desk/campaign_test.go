package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestTheSumOfACampaignSaysWhatItsActorMayNot(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		role access.Role
		want map[conversation.Cause]int
	}{
		"who may read may write to nobody":             {access.Viewer, map[conversation.Cause]int{desk.CauseDenied: 1}},
		"who may write needs a template that there is": {access.Supervisor, map[conversation.Cause]int{conversation.CauseTemplate: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role := func(s *desk.Settings) { s.Access = access.Policy{AllUsers: tt.role} }
			experiment(t, labOptions{own: role}, func(t *testing.T, l *lab) {
				var sum campaign.Totals
				row := func(yield func(channel.Notification, error) bool) {
					yield(channel.Notification{
						Channel: "support", To: channeltest.Recipient(channeltest.Kim), Template: &channel.Template{Name: "reminder"},
					}, nil)
				}
				for result := range l.agents.NotifyAll(t.Context(), alice, campaign.Campaign{Key: "spring"}, row) {
					sum.Add(result)
				}
				require.Equal(t, tt.want, sum.Refused)
			})
		})
	}
}
