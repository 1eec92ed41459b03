package conversation_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

func TestWhoMayAnswer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind           string
		people, robots bool // may answer where people, where a bot has the conversation
	}{
		{conversation.Agent, true, true}, {conversation.System, true, true}, {"", true, true}, {conversation.Bot, false, true},
		{"assistant", false, true}, {"BOT", false, true}, {" agent", false, true}, // there are no such kinds
	} {
		require.Equal(t, c.people, conversation.HeldByPeople.Holds(conversation.Author{Kind: c.kind}), c.kind)
		require.Equal(t, c.robots, conversation.HeldByBot.Holds(conversation.Author{Kind: c.kind}), c.kind)
	}
}
