package console_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
)

func TestItIsSeenWhetherABotAnswers(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		ctx := t.Context()
		kim := s.asks("wamid.1", "hello")
		const chip = `<span class="tag">Bot</span>`
		require.NotContains(t, s.get(alice, "/list?view=all").text+s.get(alice, "/talk/"+kim).text, chip)
		require.NoError(t, s.Hub.HandBack(ctx, conversation.Author{Kind: conversation.Agent, ID: "alice"}, kim, ""))
		require.Contains(t, s.get(alice, "/list?view=all").text, chip)
		require.Contains(t, s.get(alice, "/talk/"+kim).text, chip)
		require.NoError(t, s.Hub.HandOver(ctx, conversation.Author{Kind: conversation.Bot, ID: "robot"}, kim, conversation.Handover{Cause: conversation.CauseAskedFor}))
		panel := s.get(alice, "/panel/"+kim).text
		require.Contains(t, panel, "Handed over")
		require.Contains(t, panel, "the customer wants a person")
		require.NotContains(t, s.get(alice, "/talk/"+kim).text, chip)
	})
}
