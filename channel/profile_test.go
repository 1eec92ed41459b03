package channel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestWhatTheHostKnowsOfACustomerWins(t *testing.T) {
	asked(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Feed, c.Search = true, true }}, func(t *testing.T, l *lab, conv string) {
		ctx := t.Context()
		_, customer, err := l.Hub.Conversation(ctx, conv)
		require.NoError(t, err)
		require.Equal(t, "Kim Sample", customer.DisplayName())
		require.NoError(t, l.Hub.SetProfile(ctx, customer.ID, conversation.Profile{
			Name: " Dr. Kimberley Müller-Łuk ", FirstName: "Kimberley", Email: "kim@example.com", Company: "Card 4111 1111 1111 1111",
		}))
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "hello again")) // WhatsApp says Kim Sample once more
		l.Pass(time.Minute)
		_, customer, err = l.Hub.Conversation(ctx, conv)
		require.NoError(t, err)
		require.Equal(t, "Dr. Kimberley Müller-Łuk", customer.DisplayName())
		require.Equal(t, "Kim Sample", customer.Name, "WhatsApp's is kept beside it")
		require.NotContains(t, customer.Profile.Company, "1111 1111 1111")
		for _, text := range []string{"kimberley", "muller luk", "MÜLLER", "kim@example.com", "kim sample"} {
			found, err := l.Hub.Search(ctx, channel.SearchQuery{Text: text})
			require.NoError(t, err)
			require.Len(t, found.Customers, 1, text)
		}
		_, err = l.Hub.RunMacro(ctx, alice, channel.Macro{Conversation: conv, Text: "Dear {{customer.name}}, {{customer.first_name}}, {{customer.email}}"})
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.Equal(t, []string{"Dear Dr. Kimberley Müller-Łuk, Kimberley, kim@example.com"}, l.Line.Texts())

		require.ErrorIs(t, l.Hub.SetProfile(ctx, customer.ID, conversation.Profile{Email: strings.Repeat("x", 300)}), channel.ErrUnusable)
		require.ErrorIs(t, l.Hub.SetProfile(ctx, "c_none", conversation.Profile{}), channel.ErrNotFound)
		require.NoError(t, l.Hub.SetProfile(ctx, customer.ID, conversation.Profile{}))
		found, err := l.Hub.Search(ctx, channel.SearchQuery{Text: "kimberley"})
		require.NoError(t, err)
		require.Empty(t, found.Customers, "what is forgotten is not found")
	})
}

func TestSomebodyWithoutANameIsCalledByTheirUsername(t *testing.T) {
	t.Parallel()
	c := conversation.Customer{Identity: conversation.Identity{Username: "kim"}}
	require.Equal(t, "@kim", c.DisplayName())
	require.Empty(t, c.FirstName())
	c.Name = "Kim Sample"
	require.Equal(t, "Kim", c.FirstName())
}
