package desk_test

import (
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/stretchr/testify/require"
)

func TestAnAgentAnswersAConversationThatIsResolved(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		require.NoError(t, l.agents.Resolve(t.Context(), alice, conv, ""))
		_, err := l.Reply(conv, "one more thing")
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Equal(t, []string{"one more thing"}, l.Line.Texts())
		require.Equal(t, conv, l.Conversation().ID, "it is the same conversation")
		l.Say(channeltest.Kim, "wamid.2", "thanks")
		require.Equal(t, rules.QueueNew, l.Conversation().State.Queue)
		require.Equal(t, 2, l.Conversation().Inbound)
	})
}

func TestTwoAgentsAnswerAtOnce(t *testing.T) {
	t.Parallel()
	o := labOptions{own: func(s *desk.Settings) { s.Rules.Assign.OnReply = rules.AssignUnowned }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		var wg sync.WaitGroup
		for _, who := range []string{"alice", "bob", "carol", "dan"} {
			wg.Go(func() {
				_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Agent, ID: who}, channel.Reply{
					Conversation: conv, Content: &message.Text{Body: "from " + who},
				})
				if err != nil {
					t.Error(err)
				}
			})
			wg.Go(func() {
				if err := l.agents.SetTags(t.Context(), access.Actor{Kind: access.Agent, ID: who}, conv, []string{who}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		l.Pass(5 * time.Second)
		require.ElementsMatch(t, []string{"from alice", "from bob", "from carol", "from dan"}, l.Line.Texts(), "none is lost")
		messages := l.Messages(conv)
		var order []string
		for _, m := range messages[1:] {
			order = append(order, m.Text)
		}
		require.Equal(t, order, l.Line.Texts(), "sent in the order in which they stand")
		got := l.Conversation()
		require.Equal(t, 4, got.Outbound)
		require.Equal(t, "from "+got.State.Assignee, messages[1].Text, "the first one has it")
		require.Len(t, l.Host.Of(conversation.Assigned), 1)
		require.Len(t, got.Tags, 1)
		report := l.report(channeltest.Dawn, channeltest.Dawn)
		require.EqualValues(t, 1, report.Total("answers"), "one of them was the answer")
	})
}
