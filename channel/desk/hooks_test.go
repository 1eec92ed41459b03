package desk_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/stretchr/testify/require"
)

func TestAnAnswerOfABotIsNoAnswerOfAPerson(t *testing.T) {
	t.Parallel()
	o := labOptions{
		Settings: func(s *settings.Settings) { s.BotFirst = true },
		own:      func(s *desk.Settings) { s.Access.Bots = map[string]access.Role{"robot": access.Contributor} },
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		robot := access.Actor{Kind: access.Bot, ID: "robot"}
		m, err := l.agents.Reply(t.Context(), robot, channel.Reply{Conversation: conv, Content: &message.Text{Body: "beep"}})
		require.NoError(t, err)
		require.Equal(t, conversation.Author{Kind: "bot", ID: "robot"}, m.Author)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"beep"}, l.Line.Texts())
		require.Empty(t, l.Conversation().State.Assignee)
		require.Zero(t, l.report(channeltest.Dawn, channeltest.Dawn).Total("answers"))
	})
}

func TestPruningGoesOnWhereItsLastStepEnded(t *testing.T) {
	t.Parallel()
	const people = 450 // more than two steps
	o := labOptions{Config: channeltest.SlowPolls, Settings: func(s *settings.Settings) { s.Retention.Messages = 2 * duration.Day }}
	experiment(t, o, func(t *testing.T, l *lab) {
		for n := range people {
			l.Post(channeltest.Stranger(n).Text(time.Now(), "wamid."+channeltest.Stranger(n).Phone, "hello"))
		}
		l.Pass(time.Minute)
		require.Len(t, l.Records("message"), people)
		l.Pass(50 * time.Hour)
		require.Empty(t, l.Records("message"))
		require.Len(t, l.Conversations(), people, "open ones stay for the agents")
		for _, c := range l.Conversations() {
			require.NoError(t, l.agents.Resolve(t.Context(), alice, c.ID, ""))
		}
		l.Pass(50 * time.Hour)
		require.Empty(t, l.Records("conversation"))
	})
}
