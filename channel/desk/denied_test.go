package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/rules"
)

// closedByWhatsApp is what a Sender says of a closed window.
type closedByWhatsApp struct{}

func (*closedByWhatsApp) Error() string            { return "refused" }
func (*closedByWhatsApp) Failure() message.Failure { return message.Classify(131047, 0, 400, false) }

func TestAWindowThatWhatsAppDeniesIsNotOneThatClosesFirst(t *testing.T) {
	t.Parallel()
	crowd(t, func(t *testing.T, l *lab, id map[string]string) {
		ctx := t.Context()
		first := desk.InboxQuery{Order: desk.ClosingFirst}
		soon := desk.InboxQuery{ClosingWithin: 21 * time.Hour, Order: desk.ClosingFirst}
		require.Equal(t, "ABCD", l.names(alice, first))
		require.Equal(t, "AB", l.names(alice, soon))
		l.Line.Sends(func(context.Context, message.Outbound, int) error { return &closedByWhatsApp{} })
		_, err := l.agents.Reply(ctx, alice, channel.Reply{Conversation: id["A"], Content: &message.Text{Body: "hello"}})
		require.NoError(t, err)
		l.Pass(time.Minute)
		require.Equal(t, "BCDA", l.names(alice, first))
		require.Equal(t, "B", l.names(alice, soon))
		require.NoError(t, l.agents.SetTopic(ctx, alice, id["A"], "returns"))
		require.NoError(t, l.agents.Assign(ctx, alice, id["A"], "carol"))
		l.Pass(time.Hour)
		require.Equal(t, "BCDA", l.names(alice, first), "whatever happens")
		conv, customer, err := l.Hub.Conversation(ctx, id["A"])
		require.NoError(t, err)
		require.False(t, conv.State.WindowUntil.After(time.Now()), "reports see it, too")
		require.False(t, customer.WindowBelieved().OpenAt(time.Now()))
	})
}

func TestADeniedWindowIsOneThatHasClosedUntilTheCustomerWrites(t *testing.T) {
	t.Parallel()
	own := func(s *desk.Settings) {
		s.Rules.Closing = rules.ClosingRule{Before: []duration.Duration{2 * duration.Hour}}
		s.Rules.FollowUp = rules.FollowUpRule{Enabled: true, After: duration.Hour, Content: rules.Content{
			Template: "follow_up", Language: "en", Values: []string{"{{customer.first_name}}", "one"},
		}}
	}
	experiment(t, labOptions{own: own, Config: numbered(t)}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		l.Line.Sends(func(_ context.Context, out message.Outbound, _ int) error {
			if out.Content.Kind() == message.KindText {
				return &closedByWhatsApp{}
			}
			return nil
		})
		conv := l.Conversation().ID
		_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "hello"}})
		require.NoError(t, err)
		l.Pass(23 * time.Hour)
		require.Empty(t, l.Host.Of(conversation.WindowClosing), "it is closed")
		require.Len(t, l.Messages(conv), 3, "the follow-up of a closed window went out")
		l.Say(channeltest.Kim, "wamid.2", "I am here")
		require.True(t, l.Conversation().State.WindowUntil.After(time.Now()))
		l.Pass(23 * time.Hour)
		require.Len(t, l.Host.Of(conversation.WindowClosing), 1)
	})
}
