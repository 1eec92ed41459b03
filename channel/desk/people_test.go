package desk_test

import (
	"testing"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/stretchr/testify/require"
)

func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		for n := range 7 {
			l.Say(channeltest.Stranger(n), "wamid."+channeltest.Stranger(n).Phone, "hello")
		}
		var all []string
		q := desk.ConversationQuery{Channel: "support", Limit: 3}
		for {
			page, err := l.agents.Conversations(t.Context(), alice, q)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, c := range page {
				all = append(all, c.ID)
			}
			q.Before = page[len(page)-1]
		}
		require.Len(t, all, 7)
		for i, c := range l.Conversations() {
			require.Equal(t, c.ID, all[i])
		}
		_, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "none"})
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, _, err = l.agents.Conversation(t.Context(), alice, "v_none")
		require.ErrorIs(t, err, channel.ErrNotFound)
		_, err = l.agents.Messages(t.Context(), alice, channel.MessageQuery{Conversation: "v_none"})
		require.ErrorIs(t, err, channel.ErrNotFound)
		_, err = l.agents.Events(t.Context(), alice, "v_none", 0)
		require.ErrorIs(t, err, channel.ErrNotFound)

		conv := l.Conversations()[0]
		for n := range 5 {
			_, err := l.agents.AddNote(t.Context(), access.Actor{Kind: access.Agent, ID: "bob"}, conv.ID, string(rune('a'+n)))
			require.NoError(t, err)
		}
		page, err := l.agents.Messages(t.Context(), alice, channel.MessageQuery{Conversation: conv.ID, Limit: 4})
		require.NoError(t, err)
		require.Equal(t, "b", page[0].Text)
		page, err = l.agents.Messages(t.Context(), alice, channel.MessageQuery{Conversation: conv.ID, Limit: 4, Before: page[0]})
		require.NoError(t, err)
		require.Len(t, page, 2)
		require.Equal(t, "hello", page[0].Text)
	})
}
