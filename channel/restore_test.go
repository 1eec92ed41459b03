package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

// What waited in the outbox of a restored store may have been sent since the backup was made.
func TestARestoredStoreDoesNotSendAgainWhatWasQueued(t *testing.T) {
	for name, policy := range map[string]channel.UncertainPolicy{"Hold": channel.Hold, "Resend": channel.Resend} {
		t.Run(name, func(t *testing.T) {
			fleetOfOptions(t, labOptions{settings: func(s *channel.Settings) { s.Uncertain = policy }}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				before := join(nil)
				before.run()
				before.say(kim, "wamid.1", "hello")
				conv := before.conversation().ID
				open := before.uncertain(conv)
				before.stop() // here the backup is made
				var queued []string
				for _, text := range []string{"arrived", "given up", "sent again", "never settled"} {
					m, err := before.reply(conv, text)
					require.NoError(t, err)
					queued = append(queued, m.ID)
				}
				before.pass(time.Hour)

				told := join(func(c *channel.Config) { c.RestoredAt = time.Now() })
				told.pass(time.Second)
				told.run()
				other := join(nil) // learns it from the store
				other.run()
				told.pass(time.Hour)
				require.Empty(t, append(told.line.texts(), other.line.texts()...))
				for _, id := range append(queued, open) {
					require.Equal(t, conversation.Uncertain, told.state(conv, id))
				}
				told.post(kim.status(time.Now(), "wamid.out", queued[0], "delivered"))
				require.NoError(t, told.agents.GiveUpMessage(t.Context(), alice, queued[1]))
				require.NoError(t, told.agents.ResendMessage(t.Context(), alice, queued[2]))
				_, err := told.reply(conv, "new")
				require.NoError(t, err)
				told.pass(3 * time.Hour)
				require.Equal(t, conversation.Delivered, told.state(conv, queued[0]))
				require.Equal(t, conversation.Failed, told.state(conv, queued[1]))
				require.Equal(t, conversation.Uncertain, told.state(conv, queued[3]))
				require.ElementsMatch(t, []string{"sent again", "new"}, append(told.line.texts(), other.line.texts()...))
				told.stop()
				other.stop()
			})
		})
	}
}

// Nor do the rules send again what they may have sent in the time of which the store knows nothing.
func TestARestoredStoreSendsNoAutomaticMessageTwice(t *testing.T) {
	settings := func(s *desk.Settings) {
		s.Rules.AutoReply.FirstContact = automatic("Hello.")
		s.Rules.Reminder = rules.ReminderRule{Enabled: true, Before: 2 * duration.Hour, Content: rules.Content{Text: "Still there?"}}
	}
	states := func(l *lab) map[string]conversation.DeliveryState {
		found := map[string]conversation.DeliveryState{}
		for _, conv := range l.conversations() {
			for _, m := range l.messages(conv.ID) {
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
			lost: func(l *lab) { l.post(kim.text(time.Now(), "wamid.1", "hello")) },
			want: map[string]conversation.DeliveryState{"Hello.": conversation.Uncertain},
		},
		"for a timer that fell due after the backup": {
			lost: func(l *lab) {
				l.run()
				l.say(kim, "wamid.1", "hello")
				l.stop()
				l.pass(23 * time.Hour)
			},
			want: map[string]conversation.DeliveryState{"Hello.": conversation.Accepted, "Still there?": conversation.Uncertain},
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOfOptions(t, labOptions{own: settings}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				before := join(slowPolls)
				c.lost(before)
				sent := len(before.line.texts())
				before.pass(time.Minute)
				after := join(func(cfg *channel.Config) { slowPolls(cfg); cfg.RestoredAt = time.Now() })
				after.run()
				after.pass(time.Hour)
				require.Empty(t, after.line.texts())
				require.Equal(t, c.want, states(after))
				require.Len(t, c.want, sent+1)

				after.pass(25 * time.Hour)
				so := len(after.line.texts())
				after.say(stranger(1), "wamid.2", "somebody new") // by now nothing is in doubt
				after.pass(23 * time.Hour)
				require.Equal(t, []string{"Hello.", "Still there?"}, after.line.texts()[so:])
				after.stop()
			})
		})
	}
	t.Run("for what a log of deliveries brings again", func(t *testing.T) {
		fleetOfOptions(t, labOptions{own: settings}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
			at := time.Now()
			join(nil).pass(time.Minute)
			after := join(func(cfg *channel.Config) { slowPolls(cfg); cfg.RestoredAt = time.Now() })
			after.run()
			after.pass(time.Minute)
			after.post(kim.text(at, "wamid.1", "hello"))
			after.pass(time.Minute)
			require.Equal(t, map[string]conversation.DeliveryState{"Hello.": conversation.Uncertain}, states(after))
			require.Empty(t, after.line.texts())
			for _, m := range after.messages(after.conversation().ID) { // an agent knows better
				if m.Direction == conversation.Outbound {
					require.NoError(t, after.agents.ResendMessage(t.Context(), alice, m.ID))
				}
			}
			after.pass(time.Minute)
			require.Equal(t, []string{"Hello."}, after.line.texts())
			after.stop()
		})
	})
}
