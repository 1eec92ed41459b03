package channel_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
)

func TestUncertainMessagesAreListedResentAndGivenUpInBulk(t *testing.T) {
	t.Parallel()
	other := &wire{}
	o := labOptions{config: func(c *channel.Config) {
		slowPolls(c)
		c.Channels = append(c.Channels, otherChannel("other", otherNumber, other))
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		mine, theirs := l.chats("support", labNumber, 300), l.chats("other", otherNumber, 2)
		lost := func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown }
		l.line.sends(lost)
		other.sends(lost)
		l.answers(mine, "perhaps")
		l.answers(theirs, "perhaps")
		l.pass(10 * time.Minute)
		n := l.channelHealth("support").Uncertain
		require.Positive(t, n)
		list, err := l.agents.UncertainMessages(t.Context(), alice, "support", 1000)
		require.NoError(t, err)
		require.Len(t, list, n)
		for _, m := range list {
			require.Equal(t, "support", m.Channel)
			require.Equal(t, conversation.Uncertain, m.Delivery.State())
			require.False(t, m.Delivery.UncertainAt.IsZero())
		}
		page, err := l.agents.UncertainMessages(t.Context(), alice, "support", 2)
		require.NoError(t, err)
		require.Equal(t, list[:2], page)
		_, err = l.agents.UncertainMessages(t.Context(), access.Actor{}, "support", 0)
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = l.agents.ResendUncertain(t.Context(), access.Actor{}, "support", time.Now())
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = l.agents.GiveUpUncertain(t.Context(), alice, "none", time.Now())
		require.ErrorIs(t, err, channel.ErrNoChannel)

		l.line.sends(nil)
		l.pass(10 * time.Minute)
		early, err := l.agents.ResendUncertain(t.Context(), alice, "support", list[0].Delivery.UncertainAt.Add(-time.Second))
		require.NoError(t, err)
		require.Zero(t, early, "none is that old")
		n = l.channelHealth("support").Uncertain
		resent, err := l.agents.ResendUncertain(t.Context(), alice, "support", time.Now())
		require.NoError(t, err)
		require.Equal(t, n, resent)
		l.pass(time.Minute)
		require.Zero(t, l.channelHealth("support").Uncertain)
		require.Equal(t, 300, l.outcomes(mine)[conversation.Accepted])

		given, err := l.agents.GiveUpUncertain(t.Context(), alice, "other", time.Now())
		require.NoError(t, err)
		require.Equal(t, 2, given)
		require.Equal(t, 2, l.outcomes(theirs)[conversation.Failed])
		require.Zero(t, l.health().Uncertain)
	})
}

func TestDeadLettersAreReplayedByChannelReasonAndTime(t *testing.T) {
	t.Parallel()
	o := labOptions{config: func(c *channel.Config) { c.Channels = append(c.Channels, otherChannel("other", otherNumber, &wire{})) }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.host.fails(func(string, int) error { return channel.ErrPermanent })
		first := time.Now()
		l.chats("support", labNumber, 250)
		l.pass(time.Hour)
		later := time.Now()
		for i := range 3 {
			l.post(stranger(500+i).text(time.Now(), fmt.Sprint("wamid.later", i), "later"))
		}
		l.chats("other", otherNumber, 4)
		l.host.fails(nil)
		replay := func(q channel.ReplayQuery) int {
			q.Queue = "host"
			n, err := l.agents.ReplayAllDeadLetters(t.Context(), admin, q)
			require.NoError(t, err)
			l.pass(5 * time.Second)
			return n
		}
		require.Zero(t, replay(channel.ReplayQuery{Channel: "support", Reason: "timed out"}))
		require.Zero(t, replay(channel.ReplayQuery{Until: first}))
		require.Equal(t, 4, replay(channel.ReplayQuery{Channel: "other"}))
		require.Equal(t, 3, replay(channel.ReplayQuery{Channel: "support", From: later}))
		require.Equal(t, 250, replay(channel.ReplayQuery{Reason: "host: permanent"}))
		require.Empty(t, l.letters("host"))
		_, err := l.agents.ReplayAllDeadLetters(t.Context(), alice, channel.ReplayQuery{Queue: "host"})
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestWhatWaitsIsRetriedNow(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		broken := true
		l.host.fails(func(string, int) error {
			if broken {
				return errors.New("no")
			}
			return nil
		})
		l.post(kim.text(time.Now(), "wamid.2", "still there?"), kim.text(time.Now(), "wamid.3", "hello?"))
		l.pass(2 * time.Hour)
		broken = false
		n := len(l.host.texts())
		require.ErrorIs(t, l.agents.RetryNow(t.Context(), alice, ""), access.ErrDenied)
		require.NoError(t, l.agents.RetryNow(t.Context(), admin, "support"))
		l.pass(time.Second)
		require.Equal(t, []string{"still there?", "hello?"}, l.host.texts()[n:], "in order")
	})
}

func TestWhatWaitsInAnotherProcessIsRetriedNow(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		line := &wire{}
		here, there := join(nil), join(withLate(line))
		here.run()
		there.run()
		here.post(toLate(0), toLate(1), toLate(2))
		here.pass(10 * time.Second)
		talks, err := there.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		line.sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
		there.host.fails(down)
		for range 10 {
			there.answers(talks, "answer")
		}
		here.post(toLate(3), toLate(4), toLate(5))
		here.pass(30 * time.Minute)
		waiting := there.outcomes(talks)[conversation.Queued]
		require.Positive(t, waiting)
		line.sends(nil)
		there.host.fails(up)
		n := len(line.texts())
		there.pass(time.Millisecond)
		require.Len(t, line.texts(), n, "the next try is minutes away")
		require.NoError(t, here.agents.RetryNow(t.Context(), admin, "late"))
		here.pass(6 * time.Second) // one poll
		require.Len(t, line.texts(), n+waiting)
		require.Zero(t, there.outcomes(talks)[conversation.Queued])
		requireOrdered(t, there.host, 6)
		here.stop()
		there.stop()
	})
}

// A send that waits for its next try may begin at the moment at which somebody wants it tried.
func TestRetryNowBesideASendThatBeginsSendsNothingTwice(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		conv := l.conversation().ID
		l.line.sends(func(_ context.Context, _ message.Outbound, n int) error {
			<-time.After(100 * time.Millisecond)
			if n%3 != 0 {
				return answered{131057, 500} // not accepted, for a while
			}
			return nil
		})
		for i := range 20 {
			_, err := l.reply(conv, ordinal(i))
			require.NoError(t, err)
		}
		for range 2000 {
			<-time.After(30 * time.Millisecond)
			require.NoError(t, l.agents.RetryNow(t.Context(), admin, ""))
		}
		l.pass(time.Minute)
		require.Len(t, l.line.texts(), 60, "each is tried until it is accepted")
		for _, m := range l.messages(conv) {
			if m.Direction == conversation.Outbound && m.Auto == "" {
				require.Equal(t, conversation.Accepted, m.Delivery.State())
			}
		}
	})
}
