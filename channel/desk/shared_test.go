package desk_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// A right that is taken away in one process is gone in all of them, also in one that does no work, and
// so is a rule.
func TestADesksSettingsThatOneProcessChangesHoldInAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		st := memstore.New()
		here, there, idle := newLab(t, labOptions{Store: st}), newLab(t, labOptions{Store: st}), newLab(t, labOptions{Store: st})
		here.Run()
		there.Run()
		here.Say(channeltest.Kim, "wamid.1", "hello")
		id := here.Conversation().ID
		for _, l := range []*lab{here, there, idle} {
			require.NoError(t, l.agents.SetTopic(t.Context(), alice, id, "bikes"))
		}
		s := here.agents.Channels(admin)[0]
		own, err := desk.SettingsOf(s)
		require.NoError(t, err)
		own.Access = access.Policy{Users: map[string]access.Role{"bea": access.Contributor}}
		own.Rules.AutoReply.FirstContact = automatic("Hello.")
		s.Desk = own.JSON()
		require.NoError(t, here.agents.UpdateSettings(t.Context(), admin, s))
		here.Pass(10 * time.Second)
		for _, l := range []*lab{here, there, idle} {
			_, err := l.agents.Messages(t.Context(), alice, channel.MessageQuery{Conversation: id})
			require.ErrorIs(t, err, access.ErrDenied)
			_, _, err = l.agents.Conversation(t.Context(), access.Actor{Kind: access.Agent, ID: "bea"}, id)
			require.NoError(t, err)
		}
		here.Stop()
		there.Say(channeltest.Stranger(1), "wamid.2", "hello")
		require.Equal(t, []string{"Hello."}, there.Line.Texts(), "the rules that another process was given")

		own.Rules.IdleClose = rules.IdleCloseRule{After: -1}
		s.Desk = own.JSON()
		var problem *settings.Error
		require.ErrorAs(t, there.agents.UpdateSettings(t.Context(), admin, s), &problem)
		require.Equal(t, "desk", problem.Field)
		there.Stop()
	})
}
