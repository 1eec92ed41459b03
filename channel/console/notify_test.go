package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

var keyField = regexp.MustCompile(`name="key" value="([^"]+)"`)

func TestAnAgentWritesFirstWithConsent(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		require.Contains(t, s.get(alice, "/").text, `href="/new"`)
		require.NotContains(t, s.get(victor, "/").text, `href="/new"`)
		require.Equal(t, http.StatusForbidden, s.get(victor, "/new").Code)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/new", "channel", "support", "to", "+13125550199", "template", "visit/en").Code)
		require.Equal(t, http.StatusForbidden, s.get(alice, "/new?channel=other&to=%2B13125550199").Code)

		require.Contains(t, s.get(alice, "/new?channel=support&to=%2B13125550199").text, "Nobody with this number")
		form := s.get(alice, "/new?channel=support&to=%2B13125550199&template=visit/en").text
		key := keyField.FindStringSubmatch(form)
		require.Len(t, key, 2)
		fields := []string{"channel", "support", "to", "+13125550199", "template", "visit/en", "key", key[1], "body[0].text", "Monday"}
		require.Contains(t, s.post(alice, "/new", fields...).text, "No consent")
		require.Empty(t, s.Conversations())
		require.Contains(t, s.post(alice, "/new", append(fields, "where", "shop")...).text, "A consent is evidence")
		for range 2 {
			require.Equal(t, http.StatusNoContent, s.post(alice, "/new", append(fields, "where", "shop", "wording", "v1")...).Code)
		}
		require.Len(t, s.Conversations(), 1)
		require.Len(t, s.Messages(s.Conversation().ID), 1, "once")
		require.Contains(t, s.get(alice, "/new?channel=support&to=%2B1+312+555+0199").text, "v1", "the consent is shown the next time")
		require.Contains(t, s.post(alice, "/new", "channel", "support", "to", "nonsense", "template", "visit/en", "key", "12345678", "body[0].text", "x").text, `role="alert"`)
	})
}

func TestTwoAgentsSeeEachOther(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		w := s.listen(victor, "?open="+id, "")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/do/present", "activity", "writing").Code)
		s.Pass(2 * time.Second)
		require.Contains(t, w.String(), "alice is writing.")
		require.Contains(t, s.get(victor, "/c/"+id).text, "alice is writing.")
		require.NotContains(t, s.get(alice, "/c/"+id).text, "alice is writing.", "nobody is told of themselves")
		s.Pass(time.Minute)
		w.end()
		all, _ := w.patches(t)
		require.Contains(t, w.String(), `"present":""`, "who says nothing any more has left")
		require.NotEmpty(t, all)
		require.Equal(t, http.StatusUnprocessableEntity, s.post(alice, "/talk/"+id+"/do/present", "activity", "dancing").Code)
		require.Equal(t, http.StatusNotFound, s.post(bob, "/talk/"+id+"/do/present", "activity", "writing").Code)
	})
}

func TestOnlyWhoMayBlocks(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Contains(t, s.get(alice, "/panel/"+id).text, `data-do="block"`)
		require.NotContains(t, s.get(victor, "/panel/"+id).text, `data-do="block"`)
		require.Equal(t, http.StatusForbidden, s.post(victor, "/talk/"+id+"/do/block").Code)
		require.Contains(t, []int{http.StatusConflict, http.StatusUnprocessableEntity, http.StatusNotImplemented}, s.post(alice, "/talk/"+id+"/do/block").Code, "this line cannot")
	})
}

func TestAWindowThatWhatsAppSaysIsClosedIsShownAsClosed(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		shown := func() (list, talk bool) {
			return strings.Contains(s.get(alice, "/?open="+id).text, `class="ring open"`), strings.Contains(s.get(alice, "/talk/"+id).text, `class="window open"`)
		}
		list, talk := shown()
		require.True(t, list && talk)
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "our answer", "key", "12345678").Code)
		s.Pass(5 * time.Second)
		for _, m := range s.Messages(id) {
			if m.Direction == conversation.Outbound {
				s.Post(channeltest.Kim.Fails(m.WAMID, m.ID, 131047))
			}
		}
		s.Pass(5 * time.Second)
		list, talk = shown()
		require.False(t, list || talk, "although the customer wrote a minute ago")
		require.Contains(t, s.get(alice, "/talk/"+id).text, `class="window closed"`)
		s.asks("wamid.2", "are you there?")
		list, talk = shown()
		require.True(t, list && talk)
	})
}

func TestAMessageThatFailedIsShownWhereItMatters(t *testing.T) {
	with(t, nil, func(t *testing.T, s *site) {
		id := s.asks("wamid.1", "hello")
		require.Equal(t, http.StatusNoContent, s.post(alice, "/talk/"+id+"/reply", "text", "our answer", "key", "12345678").Code)
		s.Pass(5 * time.Second)
		var sent *conversation.Message
		for _, m := range s.Messages(id) {
			if m.Direction == conversation.Outbound {
				sent = m
			}
		}
		require.NotNil(t, sent)
		w := s.listen(alice, "?open="+id, "")
		s.Post(kimFails(sent.WAMID, sent.ID))
		s.Pass(5 * time.Second)
		w.end()
		all, _ := w.patches(t)
		require.NotEmpty(t, all)
		require.Contains(t, all[0].Messages[0].HTML, `class="trouble"`, "at the message, with what can be done")
		require.Contains(t, all[0].Messages[0].HTML, "data-again")
		require.Contains(t, all[0].Rows[0].HTML, `row bad`, "in the list, and by it at the top of the page")
		require.Contains(t, s.get(alice, "/panel/"+id).text, "Delivery failed", "in the log")
	})
}
