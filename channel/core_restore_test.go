package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/settings"
)

// What waited in the outbox of a restored store may have been sent since the backup was made.
func TestARestoredStoreDoesNotSendAgainWhatWasQueued(t *testing.T) {
	for name, policy := range map[string]settings.UncertainPolicy{"Hold": settings.Leave, "Resend": settings.Resend} {
		t.Run(name, func(t *testing.T) {
			fleetOfOptions(t, channeltest.LabOptions{Settings: func(s *settings.Settings) { s.Uncertain = policy }}, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				before := join(nil)
				before.Run()
				before.Say(channeltest.Kim, "wamid.1", "hello")
				conv := before.Conversation().ID
				open := before.Uncertain(conv)
				before.Stop() // here the backup is made
				var queued []string
				for _, text := range []string{"arrived", "given up", "sent again", "never settled"} {
					m, err := before.Reply(conv, text)
					require.NoError(t, err)
					queued = append(queued, m.ID)
				}
				before.Pass(time.Hour)

				told := join(func(c *channel.Config) { c.RestoredAt = time.Now() })
				told.Pass(time.Second)
				told.Run()
				other := join(nil) // learns it from the store
				other.Run()
				told.Pass(time.Hour)
				require.Empty(t, append(told.Line.Texts(), other.Line.Texts()...))
				for _, id := range append(queued, open) {
					require.Equal(t, conversation.Uncertain, told.state(conv, id))
				}
				told.Post(channeltest.Kim.Status(time.Now(), "wamid.out", queued[0], "delivered"))
				require.NoError(t, told.Hub.GiveUpMessage(t.Context(), alice, queued[1]))
				require.NoError(t, told.Hub.ResendMessage(t.Context(), alice, queued[2]))
				_, err := told.Reply(conv, "new")
				require.NoError(t, err)
				told.Pass(3 * time.Hour)
				require.Equal(t, conversation.Delivered, told.state(conv, queued[0]))
				require.Equal(t, conversation.Failed, told.state(conv, queued[1]))
				require.Equal(t, conversation.Uncertain, told.state(conv, queued[3]))
				require.ElementsMatch(t, []string{"sent again", "new"}, append(told.Line.Texts(), other.Line.Texts()...))
				told.Stop()
				other.Stop()
			})
		})
	}
}
