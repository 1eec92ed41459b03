package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
)

// What waited in the outbox of a restored store may have been sent since the backup was made.
func TestARestoredStoreDoesNotSendAgainWhatWasQueued(t *testing.T) {
	for name, policy := range map[string]channel.UncertainPolicy{"Hold": channel.Hold, "Resend": channel.Resend} {
		t.Run(name, func(t *testing.T) {
			fleetOfSettings(t, func(s *channel.Settings) { s.Uncertain = policy }, func(t *testing.T, join func(func(*channel.Config)) *lab) {
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
					require.Equal(t, channel.Uncertain, told.state(conv, id))
				}
				told.post(kim.status(time.Now(), "wamid.out", queued[0], "delivered"))
				require.NoError(t, told.hub.GiveUp(t.Context(), alice, queued[1]))
				require.NoError(t, told.hub.Resend(t.Context(), alice, queued[2]))
				_, err := told.reply(conv, "new")
				require.NoError(t, err)
				told.pass(3 * time.Hour)
				require.Equal(t, channel.Delivered, told.state(conv, queued[0]))
				require.Equal(t, channel.Failed, told.state(conv, queued[1]))
				require.Equal(t, channel.Uncertain, told.state(conv, queued[3]))
				require.ElementsMatch(t, []string{"sent again", "new"}, append(told.line.texts(), other.line.texts()...))
				told.stop()
				other.stop()
			})
		})
	}
}
