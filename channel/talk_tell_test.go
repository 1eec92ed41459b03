package channel_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

func TestAnAnswerToAFormIsInWords(t *testing.T) {
	t.Parallel()
	for response, want := range map[string]string{
		`{"flow_token":"t1","screen_0_First_name_0":"Kim","screen_1_days_2":["Mon","Tue"],"agree":true,"n":12,"empty":""}`: "Sent\nFirst name: Kim\ndays: Mon, Tue\nagree: true\nn: 12",
		`not JSON`: "Sent",
		`["a"]`:    "Sent",
	} {
		experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
			l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", "interactive", map[string]any{"type": "nfm_reply", "nfm_reply": map[string]any{
				"name": "flow", "body": "Sent", "response_json": response,
			}}))
			l.Pass(5 * time.Second)
			m := l.Messages(l.Conversation().ID)[0]
			require.Equal(t, want, m.Text)
			require.Equal(t, response, m.Choice)
			if response[0] == '{' {
				require.Equal(t, "t1", m.FlowToken)
			}
		})
	}
}

func TestImportedHistoryCanBeReadAndQuotesKeepTheirWAMID(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Past(time.Now().Add(-48*time.Hour), "wamid.old", "long ago", false))
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "and this?", "context", map[string]any{"id": "wamid.unknown"}))
		l.Pass(5 * time.Second)
		customer := l.Host.Received[0].Customer
		require.Len(t, customer.History(), 1)
		past := l.Messages(customer.History()[0])
		require.Len(t, past, 1)
		require.Equal(t, "long ago", past[0].Text)
		require.Equal(t, "wamid.unknown", l.Messages(l.Conversation().ID)[0].QuotedWAMID)
		_, err := l.Hub.Messages(t.Context(), channel.MessageQuery{Conversation: "h_none"})
		require.ErrorIs(t, err, channel.ErrNotFound)
	})
}
