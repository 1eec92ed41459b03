package desk_test

import (
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/stretchr/testify/require"
)

func TestErasingRemovesWhatIsUnderWayAndLeavesOthersAlone(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(kimsPhone, "wamid.1", "canary of before")
		l.Say(kimHidden, "wamid.2", "canary of a second conversation")
		l.Say(channeltest.Kim, "wamid.3", "canary that joins both")
		l.Say(channeltest.Stranger(1), "wamid.4", "somebody else's")
		conv := l.inNewOf(channeltest.Kim).ID
		l.Uncertain(conv)
		_, err := l.agents.AddNote(t.Context(), alice, conv, "canary of a note")
		require.NoError(t, err)
		l.Post(channeltest.Kim.Past(channeltest.Dawn.Add(-48*time.Hour), "wamid.5", "canary of the history", false))
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.6", "wamid.unknown", "canary of an edit that waits"))
		l.Pass(time.Minute)
		l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		l.Say(channeltest.Kim, "wamid.7", "canary of a dead letter")
		l.Stop()
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Content: &message.Text{Body: "canary of the outbox"}})
		require.NoError(t, err)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.8", "canary that was not applied"))
		unknown := channeltest.Kim.Text(time.Now(), "wamid.9", "canary of a number that is not here")
		unknown.Number = "999"
		l.Post(unknown)

		receipt, err := l.agents.EraseCustomer(t.Context(), admin, "support", message.Recipient{Phone: channeltest.Kim.Phone})
		require.NoError(t, err)
		require.Equal(t, 2, receipt.Customers, "the two that were joined")
		require.Equal(t, 2, receipt.Conversations)
		require.Positive(t, receipt.Work)
		require.GreaterOrEqual(t, receipt.Messages, 7)
		channeltest.Everything(t, l.Store, func(text string) {
			for _, canary := range []string{"canary", channeltest.Kim.Phone, channeltest.Kim.Bsuid + `"`, "Kim"} {
				require.NotContains(t, text, canary)
			}
		})
		l.Host.Fails(nil)
		l.Run()
		l.Pass(time.Hour)
		require.NotContains(t, l.Line.Texts(), "canary of the outbox")
		require.Equal(t, "somebody else's", l.Messages(l.Conversation().ID)[0].Text)
	})
}
