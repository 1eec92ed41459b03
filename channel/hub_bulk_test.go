package channel_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

func TestUncertainMessagesAreListedResentAndGivenUpInBulk(t *testing.T) {
	t.Parallel()
	other := &channeltest.Wire{}
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.SlowPolls(c)
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, other))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		mine, theirs := l.chats("support", channeltest.LabNumber, 300), l.chats("other", channeltest.OtherNumber, 2)
		lost := func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown }
		l.Line.Sends(lost)
		other.Sends(lost)
		l.answers(mine, "perhaps")
		l.answers(theirs, "perhaps")
		l.Pass(10 * time.Minute)
		n := l.channelHealth("support").Uncertain
		require.Positive(t, n)
		list, err := l.Hub.UncertainMessages(t.Context(), "support", 1000)
		require.NoError(t, err)
		require.Len(t, list, n)
		for _, m := range list {
			require.Equal(t, "support", m.Channel)
			require.Equal(t, conversation.Uncertain, m.Delivery.State())
			require.False(t, m.Delivery.UncertainAt.IsZero())
		}
		page, err := l.Hub.UncertainMessages(t.Context(), "support", 2)
		require.NoError(t, err)
		require.Equal(t, list[:2], page)
		_, err = l.Hub.GiveUpUncertain(t.Context(), alice, "none", time.Now())
		require.ErrorIs(t, err, channel.ErrNoChannel)

		l.Line.Sends(nil)
		l.Pass(10 * time.Minute)
		early, err := l.Hub.ResendUncertain(t.Context(), alice, "support", list[0].Delivery.UncertainAt.Add(-time.Second))
		require.NoError(t, err)
		require.Zero(t, early, "none is that old")
		n = l.channelHealth("support").Uncertain
		resent, err := l.Hub.ResendUncertain(t.Context(), alice, "support", time.Now())
		require.NoError(t, err)
		require.Equal(t, n, resent)
		l.Pass(time.Minute)
		require.Zero(t, l.channelHealth("support").Uncertain)
		require.Equal(t, 300, l.outcomes(mine)[conversation.Accepted])

		given, err := l.Hub.GiveUpUncertain(t.Context(), alice, "other", time.Now())
		require.NoError(t, err)
		require.Equal(t, 2, given)
		require.Equal(t, 2, l.outcomes(theirs)[conversation.Failed])
		require.Zero(t, l.health().Uncertain)
	})
}

func TestDeadLettersAreReplayedByChannelReasonAndTime(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) {
		c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
		first := time.Now()
		l.chats("support", channeltest.LabNumber, 250)
		l.Pass(time.Hour)
		later := time.Now()
		for i := range 3 {
			l.Post(channeltest.Stranger(500+i).Text(time.Now(), fmt.Sprint("wamid.later", i), "later"))
		}
		l.chats("other", channeltest.OtherNumber, 4)
		l.Host.Fails(nil)
		replay := func(q deadletter.Replay) int {
			q.Work = "host"
			n, err := l.Hub.ReplayAllDeadLetters(t.Context(), q)
			require.NoError(t, err)
			l.Pass(5 * time.Second)
			return n
		}
		require.Zero(t, replay(deadletter.Replay{Channel: "support", Reason: "timed out"}))
		require.Zero(t, replay(deadletter.Replay{Until: first}))
		require.Equal(t, 4, replay(deadletter.Replay{Channel: "other"}))
		require.Equal(t, 3, replay(deadletter.Replay{Channel: "support", From: later}))
		require.Equal(t, 250, replay(deadletter.Replay{Reason: "host: permanent"}))
		require.Empty(t, l.Letters("host"))
	})
}

func TestWhatWaitsIsRetriedNow(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		broken := true
		l.Host.Fails(func(string, int) error {
			if broken {
				return errors.New("no")
			}
			return nil
		})
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "still there?"), channeltest.Kim.Text(time.Now(), "wamid.3", "hello?"))
		l.Pass(2 * time.Hour)
		broken = false
		n := len(l.Host.Texts())
		require.NoError(t, l.Hub.RetryNow(t.Context(), "support"))
		l.Pass(time.Second)
		require.Equal(t, []string{"still there?", "hello?"}, l.Host.Texts()[n:], "in order")
	})
}

func TestWhatWaitsInAnotherProcessIsRetriedNow(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		line := &channeltest.Wire{}
		here, there := join(nil), join(withLate(line))
		here.Run()
		there.Run()
		here.Post(toLate(0), toLate(1), toLate(2))
		here.Pass(10 * time.Second)
		talks, err := there.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		there.Host.Fails(down)
		for range 10 {
			there.answers(talks, "answer")
		}
		here.Post(toLate(3), toLate(4), toLate(5))
		here.Pass(30 * time.Minute)
		waiting := there.outcomes(talks)[conversation.Queued]
		require.Positive(t, waiting)
		line.Sends(nil)
		there.Host.Fails(up)
		n := len(line.Texts())
		there.Pass(time.Millisecond)
		require.Len(t, line.Texts(), n, "the next try is minutes away")
		require.NoError(t, here.Hub.RetryNow(t.Context(), "late"))
		here.Pass(6 * time.Second) // one poll
		require.Len(t, line.Texts(), n+waiting)
		require.Zero(t, there.outcomes(talks)[conversation.Queued])
		requireOrdered(t, there.Host, 6)
		here.Stop()
		there.Stop()
	})
}

// A send that waits for its next try may begin at the moment at which somebody wants it tried.
func TestRetryNowBesideASendThatBeginsSendsNothingTwice(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		l.Line.Sends(func(_ context.Context, _ message.Outbound, n int) error {
			<-time.After(100 * time.Millisecond)
			if n%3 != 0 {
				return channeltest.Answered{Code: 131057, Status: 500} // not accepted, for a while
			}
			return nil
		})
		for i := range 20 {
			_, err := l.Reply(conv, ordinal(i))
			require.NoError(t, err)
		}
		for range 2000 {
			<-time.After(30 * time.Millisecond)
			require.NoError(t, l.Hub.RetryNow(t.Context(), ""))
		}
		l.Pass(time.Minute)
		require.Len(t, l.Line.Texts(), 60, "each is tried until it is accepted")
		for _, m := range l.Messages(conv) {
			if m.Direction == conversation.Outbound && m.Auto == "" {
				require.Equal(t, conversation.Accepted, m.Delivery.State())
			}
		}
	})
}
