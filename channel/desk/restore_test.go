package desk_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/stretchr/testify/require"
)

// Nor do the rules send again what they may have sent in the time of which the store knows nothing.
func TestARestoredStoreSendsNoAutomaticMessageTwice(t *testing.T) {
	settings := func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = automatic("Hello.")
		s.Rules.Reminder = rules.ReminderRule{Enabled: true, Before: 2 * duration.Hour, Content: rules.Content{Text: "Still there?"}}
	}
	states := func(l *lab) map[string]conversation.DeliveryState {
		found := map[string]conversation.DeliveryState{}
		for _, conv := range l.Conversations() {
			for _, m := range l.Messages(conv.ID) {
				if m.Direction == conversation.Outbound {
					found[m.Text] = m.Delivery.State()
				}
			}
		}
		return found
	}
	for name, c := range map[string]struct {
		// lost happens after the backup or waits in it; what follows is about one customer.
		lost func(l *lab)
		want map[string]conversation.DeliveryState
	}{
		"for what was accepted before the backup and not applied": {
			lost: func(l *lab) { l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "hello")) },
			want: map[string]conversation.DeliveryState{"Hello.": conversation.Uncertain},
		},
		"for a timer that fell due after the backup": {
			lost: func(l *lab) {
				l.Run()
				l.Say(channeltest.Kim, "wamid.1", "hello")
				l.Stop()
				l.Pass(23 * time.Hour)
			},
			want: map[string]conversation.DeliveryState{"Hello.": conversation.Accepted, "Still there?": conversation.Uncertain},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOfOptions(t, labOptions{own: settings}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				before := join(channeltest.SlowPolls)
				c.lost(before)
				sent := len(before.Line.Texts())
				before.Pass(time.Minute)
				after := join(func(cfg *channel.Config) { channeltest.SlowPolls(cfg); cfg.RestoredAt = time.Now() })
				after.Run()
				after.Pass(time.Hour)
				require.Empty(t, after.Line.Texts())
				require.Equal(t, c.want, states(after))
				require.Len(t, c.want, sent+1)

				after.Pass(25 * time.Hour)
				so := len(after.Line.Texts())
				after.Say(channeltest.Stranger(1), "wamid.2", "somebody new") // by now nothing is in doubt
				after.Pass(23 * time.Hour)
				require.Equal(t, []string{"Hello.", "Still there?"}, after.Line.Texts()[so:])
				after.Stop()
			})
		})
	}
	t.Run("for what a log of deliveries brings again", func(t *testing.T) {
		fleetOfOptions(t, labOptions{own: settings}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
			at := time.Now()
			join(nil).Pass(time.Minute)
			after := join(func(cfg *channel.Config) { channeltest.SlowPolls(cfg); cfg.RestoredAt = time.Now() })
			after.Run()
			after.Pass(time.Minute)
			after.Post(channeltest.Kim.Text(at, "wamid.1", "hello"))
			after.Pass(time.Minute)
			require.Equal(t, map[string]conversation.DeliveryState{"Hello.": conversation.Uncertain}, states(after))
			require.Empty(t, after.Line.Texts())
			for _, m := range after.Messages(after.Conversation().ID) { // an agent knows better
				if m.Direction == conversation.Outbound {
					require.NoError(t, after.agents.ResendMessage(t.Context(), alice, m.ID))
				}
			}
			after.Pass(time.Minute)
			require.Equal(t, []string{"Hello."}, after.Line.Texts())
			after.Stop()
		})
	})
}
