package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/store"
)

// Calls that are over leave their queue a moment later; a stop in that moment must not repeat them.
func TestAfterACleanStopNoCallOfTheTicketingIsRepeated(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		for i := range 20 {
			l.Post(
				channeltest.Kim.Text(time.Now(), fmt.Sprint("wamid.one.", i), "hello"),
				channeltest.Kim.Text(time.Now(), fmt.Sprint("wamid.two.", i), "hello").On(channeltest.OtherNumber),
			)
			l.Pass(time.Millisecond)
			l.Stop()
			work, err := l.Store.Work(t.Context(), store.WorkQuery{Queue: "host", Limit: 100})
			require.NoError(t, err)
			for _, w := range work {
				require.Equal(t, "stopped", w.Reason, "it was not called")
			}
			l.Run()
			l.Pass(time.Second)
		}
		require.Len(t, l.Host.Texts(), 40)
		for id, n := range l.Host.Seen {
			require.Equal(t, 1, n, id)
		}
	})
}

// The calls of one conversation come in order and once, whichever process has them, although what is
// over is still in its lane for a moment.
func TestCallsOfAConversationKeepTheirOrderBetweenTwoProcesses(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		second := newLab(t, channeltest.LabOptions{Store: l.Store, Config: func(c *channel.Config) {
			c.Ticketing, c.Channels[0].Sender = l.Host, l.Line
		}})
		second.Run()
		defer second.Stop()
		labs := []*lab{l, second}
		var want []string
		for i := range 30 {
			text := fmt.Sprint("message ", i)
			want = append(want, text)
			labs[i%2].Post(channeltest.Kim.Text(time.Now(), fmt.Sprint("wamid.", i), text))
			l.Pass(time.Duration(i%4) * time.Millisecond)
		}
		l.Pass(time.Minute)
		require.Equal(t, want, l.Host.Texts())
		m, err := l.Reply(l.Conversation().ID, "an answer")
		require.NoError(t, err)
		l.Pass(time.Second)
		require.Equal(t, conversation.Accepted, l.state(l.Conversation().ID, m.ID))
		for id, n := range l.Host.Seen {
			require.Equal(t, 1, n, id)
		}
	})
}
