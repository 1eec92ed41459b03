package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// customer returns the one whom the only conversation is with.
func (l *lab) customer() *conversation.Customer {
	l.t.Helper()
	_, c, err := l.agents.Conversation(l.t.Context(), alice, l.conversation().ID)
	require.NoError(l.t, err)
	return c
}

func TestAnAcceptedCallOfOursOpensTheWindow(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		call := func(status string) item {
			return item{field: "calls", value: map[string]any{"statuses": []any{map[string]any{
				"id": "wacid.1", "type": "call", "status": status, "timestamp": stamp(time.Now()),
				"recipient_id": kim.phone, "recipient_user_id": kim.bsuid,
			}}}}
		}
		l.say(kim, "wamid.1", "call me")
		l.pass(30 * time.Hour)
		l.post(call("RINGING"))
		l.pass(5 * time.Second)
		require.False(t, l.customer().Window.OpenAt(time.Now()))
		l.post(call("ACCEPTED"))
		l.pass(5 * time.Second)
		require.True(t, l.customer().Window.OpenAt(time.Now()))
	})
}

func TestAnsweringAnAdvertisementIsFreeForThreeDays(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now(), "wamid.1", "is it still there?", "referral", map[string]any{
			"source_type": "ad", "source_id": "7", "source_url": "https://fb.me/x", "ctwa_clid": "c",
		}))
		l.pass(time.Hour)
		require.False(t, l.customer().Window.FreeEntryAt(time.Now()), "it begins with our answer")
		m, err := l.reply(l.conversation().ID, "it is")
		require.NoError(t, err)
		l.pass(5 * time.Second)
		require.True(t, l.customer().Window.FreeEntryAt(time.Now()))
		expires := time.Now().Add(50 * time.Hour).Truncate(time.Second)
		l.post(kim.status(time.Now(), outWAMID("it is"), m.ID, "sent", "conversation", map[string]any{
			"id": "c1", "expiration_timestamp": stamp(expires), "origin": map[string]any{"type": "referral_conversion"},
		}))
		l.pass(5 * time.Second)
		require.True(t, l.customer().Window.FreeEntryAt(expires.Add(-time.Second)))
	})
}

func TestAStatusOfAMessageOfOthersChangesNothing(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.status(time.Now(), "wamid.of another application", "their-id", "delivered"))
		l.post(kim.status(time.Now(), "wamid.of an older hub", "m_aaaaaaaaaaaaaaaaaaaaaaaa", "read"))
		l.pass(10 * time.Minute)
		require.Empty(t, l.letters("in"))
		require.Empty(t, l.records("message"))
		require.EqualValues(t, 2, l.report(dawn, dawn).Total("status_elsewhere"))
	})
}

func TestAFailedStatusMayBeTheFirstToTellOfAnOptOut(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		sale := channel.Reply{Conversation: l.conversation().ID, Template: &channel.Template{Name: "sale", Language: "en"}}
		m, err := l.agents.Reply(t.Context(), alice, sale)
		require.NoError(t, err)
		l.pass(5 * time.Second)
		l.post(kim.status(time.Now(), outWAMID("template"), m.ID, "failed", "errors", []any{map[string]any{"code": 131050}}))
		l.pass(5 * time.Second)
		_, err = l.agents.Reply(t.Context(), alice, sale)
		require.ErrorIs(t, err, channel.ErrOptedOut)
		_, err = l.reply(l.conversation().ID, "service goes on")
		require.NoError(t, err)
	})
}

func TestQuotesMustBeOfTheConversationAndSent(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		l.say(stranger(1), "wamid.2", "hi")
		convs := l.conversations()
		kims, other := convs[1].ID, convs[0].ID
		quote := func(id string) error {
			_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: kims, Content: &message.Text{Body: "re"}, Quote: id})
			return err
		}
		require.ErrorIs(t, quote("m_none"), channel.ErrNotFound)
		require.ErrorIs(t, quote(l.messages(other)[0].ID), channel.ErrNotFound, "nobody's words are shown to another")
		l.stop()
		waiting, err := l.reply(kims, "not sent yet")
		require.NoError(t, err)
		require.ErrorContains(t, quote(waiting.ID), "not sent yet")
		require.NoError(t, quote(l.messages(kims)[0].ID))
		l.run()
		l.pass(5 * time.Second)
		require.Equal(t, "wamid.1", l.line.sent[1].ReplyTo)
	})
}

func TestWhoCannotBeAddressedIsRefused(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		for name, to := range map[string]message.Recipient{
			"nobody": {}, "a group": {Group: "G1"}, "letters": {Phone: "0800-CALL-ME"}, "too short": {Phone: "12345"},
			"too long": {Phone: "1234567890123456"},
		} {
			_, err := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: "support", To: to, Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.Error(t, err, name)
			require.Error(t, l.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{At: dawn, Where: "w", Wording: "w"}), name)
		}
		_, err := l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "support", To: message.Recipient{Phone: kim.phone}})
		require.ErrorContains(t, err, "template")
		_, err = l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "none"})
		require.ErrorIs(t, err, channel.ErrNoChannel)
		_, err = l.notify(kim, "none")
		require.ErrorIs(t, err, template.ErrNotSendable)
		require.Empty(t, l.records("customer"), "nobody was invented")
	})
}

func TestConsentIsEvidenceThatCanBeWithdrawn(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: withTemplates(t)}, func(t *testing.T, l *lab) {
		to := message.Recipient{Phone: "+" + kim.phone}
		record := func(at time.Time, categories ...string) {
			t.Helper()
			require.NoError(t, l.agents.RecordConsent(t.Context(), alice, "support", to, conversation.Consent{
				At: at, Where: "checkout, card 4111 1111 1111 1111", Wording: "v3", Categories: categories,
			}))
		}
		record(dawn, "utility")
		record(dawn, "utility")
		_, err := l.notify(kim, "reminder")
		require.NoError(t, err)
		_, err = l.notify(kim, "sale")
		require.ErrorIs(t, err, channel.ErrNoConsent, "for another category")
		record(dawn.Add(time.Hour))
		_, err = l.notify(kim, "sale")
		require.NoError(t, err, "for all categories")
		customer := l.customer()
		require.Len(t, customer.Consents, 2, "the same evidence is kept once")
		require.NotContains(t, customer.Consents[0].Where, "4111 1111")

		require.NoError(t, l.agents.RevokeConsent(t.Context(), alice, "support", to, dawn.Add(30*time.Minute)))
		_, err = l.notify(kim, "sale")
		require.NoError(t, err, "the later consent stands")
		require.NoError(t, l.agents.RevokeConsent(t.Context(), alice, "support", to, dawn.Add(2*time.Hour)))
		_, err = l.notify(kim, "sale")
		require.ErrorIs(t, err, channel.ErrNoConsent)
		require.Len(t, l.customer().Consents, 2, "what was withdrawn is still known")
		for name, c := range map[string]conversation.Consent{
			"no time": {Where: "w", Wording: "w"}, "no place": {At: dawn, Wording: "w"}, "no wording": {At: dawn, Where: "w", Wording: " "},
		} {
			require.Error(t, l.agents.RecordConsent(t.Context(), alice, "support", to, c), name)
		}
	})
}

func TestAWindowOpenedByAMessageThatCameLateCountsFromWhenItWasWritten(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.post(kim.text(time.Now().Add(-23*time.Hour), "wamid.1", "written yesterday"))
		l.pass(5 * time.Second)
		_, err := l.reply(l.conversation().ID, "just in time")
		require.NoError(t, err)
		l.pass(61 * time.Minute)
		_, err = l.reply(l.conversation().ID, "too late")
		require.ErrorIs(t, err, window.ErrClosed)
	})
}

func TestListsComeInPages(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		for n := range 7 {
			l.say(stranger(n), "wamid."+stranger(n).phone, "hello")
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
		for i, c := range l.conversations() {
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

		conv := l.conversations()[0]
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
