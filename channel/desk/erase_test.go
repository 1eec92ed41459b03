package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/settings"
)

func TestRetentionLeavesNoPreview(t *testing.T) {
	t.Parallel()
	keep := labOptions{
		Settings: func(s *settings.Settings) { s.Retention.Messages = 2 * duration.Day },
		own:      func(s *desk.Settings) { s.Rules = rules.Settings{} },
		Config:   func(c *channel.Config) { c.Poll = 30 * time.Minute },
	}
	experiment(t, keep, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "a canary"))
		l.Pass(time.Hour)
		l.Pass(5 * 24 * time.Hour)
		require.Empty(t, l.Messages(l.Conversation().ID))
		require.Empty(t, l.Conversation().Preview)
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "canary") })
	})
}

func TestErasingOneMessageAndOneConversation(t *testing.T) {
	t.Parallel()
	var line channeltest.Wire
	experiment(t, labOptions{Config: otherTenant(&line)}, func(t *testing.T, l *lab) {
		ctx := t.Context()
		l.Say(channeltest.Kim, "wamid.1", "stays")
		l.Pass(time.Minute)
		l.Say(channeltest.Kim, "wamid.2", "a canary")
		conv := l.Conversation()
		m := l.Messages(conv.ID)[1]
		for name, do := range map[string]func(a access.Actor, conv, msg string) error{
			"message": func(a access.Actor, _, msg string) error { _, err := l.agents.EraseMessage(ctx, a, msg); return err },
			"conversation": func(a access.Actor, conv, _ string) error {
				_, err := l.agents.EraseConversation(ctx, a, conv)
				return err
			},
		} {
			require.ErrorIs(t, do(alice, conv.ID, m.ID), access.ErrDenied, name)
			require.Error(t, do(ownerOther, conv.ID, m.ID), name)
			require.ErrorIs(t, do(admin, "v_none", "m_none"), channel.ErrNotFound, name)
		}
		receipt, err := l.agents.EraseMessage(ctx, admin, m.ID)
		require.NoError(t, err)
		require.Equal(t, &conversation.Erased{Messages: 1}, receipt)
		require.Equal(t, "stays", l.Conversation().Preview)
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "canary") })

		receipt, err = l.agents.EraseConversation(ctx, admin, conv.ID)
		require.NoError(t, err)
		require.Equal(t, 1, receipt.Conversations)
		require.Empty(t, l.Conversations())
		channeltest.Everything(t, l.Store, func(text string) { require.NotContains(t, text, "stays") })
		l.Say(channeltest.Kim, "wamid.3", "again")
		require.NotEqual(t, conv.ID, l.Conversation().ID)
		require.Equal(t, 1, len(l.Messages(l.Conversation().ID)))
	})
}
