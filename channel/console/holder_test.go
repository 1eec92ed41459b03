package console_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/access"
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

func TestABotIsGivenAConversationAndPeopleTakeItAgain(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		ctx := t.Context()
		kim := s.asks("wamid.1", "hello")
		panel := func() string { return s.get(alice, "/panel/"+kim).text }
		require.NotContains(t, panel(), `data-do="hand-`, "there is no bot")
		set := s.settings("support")
		set.BotFirst = true
		require.NoError(t, s.desk.UpdateSettings(ctx, access.Actor{Kind: access.Agent, ID: "root", Admin: true}, set))
		require.Contains(t, panel(), `data-do="hand-back"`)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+kim+"/do/hand-back").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+kim+"/do/hand-back").Code)
		require.Equal(t, conversation.HeldByBot, s.Conversation().Holder)
		require.Contains(t, panel(), `data-do="hand-over"`)
		require.NotContains(t, panel(), `data-do="hand-back"`)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+kim+"/do/hand-over").Code)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+kim+"/do/hand-over").Code)
		require.Equal(t, conversation.HeldByPeople, s.Conversation().Holder)
		require.Contains(t, panel(), "Handed over")
	})
}
