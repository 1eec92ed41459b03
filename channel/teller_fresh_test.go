package channel_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
)

// mindful is a ticketing that remembers with the conversation whom it has greeted.
type mindful struct {
	channeltest.Ticketing
	hub    func() *channel.Hub
	during func(*conversation.Received) // what happens while it works

	saw []conversation.Received
}

func (m *mindful) Receive(ctx context.Context, in *conversation.Received) (string, error) {
	m.saw = append(m.saw, *in)
	m.during(in)
	return "", m.hub().SetMetadata(ctx, in.Conversation.ID, []byte(`"`+in.Message.Text+`"`))
}

func TestACallThatWaitedShowsWhatTheCallBeforeItLeft(t *testing.T) {
	t.Parallel()
	m := &mindful{}
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) { c.Ticketing = m }}, func(t *testing.T, l *lab) {
		m.hub = func() *channel.Hub { return l.Hub }
		m.during = func(in *conversation.Received) {
			if in.Message.Text != "first" {
				return
			}
			// The second message is committed, and its call waits, before the first call has done anything.
			l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "second"))
			synctest.Wait()
			l.Post(channeltest.Kim.Edit(time.Now(), "wamid.3", "wamid.2", "second, mended"))
			synctest.Wait()
			err := l.Hub.SetCustomerMetadata(t.Context(), in.Customer.ID, []byte(`"known"`))
			require.NoError(t, err)
		}
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.1", "first"))
		l.Pass(time.Minute)
		require.Len(t, m.saw, 2)
		require.JSONEq(t, `"first"`, string(m.saw[1].Conversation.Metadata), "what the first call remembered")
		require.JSONEq(t, `"known"`, string(m.saw[1].Customer.Metadata))
		require.Equal(t, "second, mended", m.saw[1].Message.Text, "what became of the message while it waited")
	})
}
