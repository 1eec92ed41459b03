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
		list, err := l.hub.UncertainMessages(t.Context(), alice, "support", 1000)
		require.NoError(t, err)
		require.Len(t, list, n)
		for _, m := range list {
			require.Equal(t, "support", m.Channel)
			require.Equal(t, channel.Uncertain, m.Delivery.State())
			require.False(t, m.Delivery.UncertainAt.IsZero())
		}
		page, err := l.hub.UncertainMessages(t.Context(), alice, "support", 2)
		require.NoError(t, err)
		require.Equal(t, list[:2], page)
		_, err = l.hub.UncertainMessages(t.Context(), access.Actor{}, "support", 0)
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = l.hub.ResendUncertain(t.Context(), access.Actor{}, "support", time.Now())
		require.ErrorIs(t, err, access.ErrDenied)
		_, err = l.hub.GiveUpUncertain(t.Context(), alice, "none", time.Now())
		require.ErrorIs(t, err, channel.ErrNoChannel)

		l.line.sends(nil)
		l.pass(10 * time.Minute)
		early, err := l.hub.ResendUncertain(t.Context(), alice, "support", list[0].Delivery.UncertainAt.Add(-time.Second))
		require.NoError(t, err)
		require.Zero(t, early, "none is that old")
		n = l.channelHealth("support").Uncertain
		resent, err := l.hub.ResendUncertain(t.Context(), alice, "support", time.Now())
		require.NoError(t, err)
		require.Equal(t, n, resent)
		l.pass(time.Minute)
		require.Zero(t, l.channelHealth("support").Uncertain)
		require.Equal(t, 300, l.outcomes(mine)[channel.Accepted])

		given, err := l.hub.GiveUpUncertain(t.Context(), alice, "other", time.Now())
		require.NoError(t, err)
		require.Equal(t, 2, given)
		require.Equal(t, 2, l.outcomes(theirs)[channel.Failed])
		require.Zero(t, l.health().Uncertain)
	})
}

func TestDeadLettersAreReplayedByChannelReasonAndTime(t *testing.T) {
	t.Parallel()
	o := labOptions{config: func(c *channel.Config) { c.Channels = append(c.Channels, otherChannel("other", otherNumber, &wire{})) }}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.desk.fails(func(string, int) error { return channel.ErrPermanent })
		first := time.Now()
		l.chats("support", labNumber, 250)
		l.pass(time.Hour)
		later := time.Now()
		for i := range 3 {
			l.post(stranger(500+i).text(time.Now(), fmt.Sprint("wamid.later", i), "later"))
		}
		l.chats("other", otherNumber, 4)
		l.desk.fails(nil)
		replay := func(q channel.ReplayQuery) int {
			q.Queue = "host"
			n, err := l.hub.ReplayAll(t.Context(), admin, q)
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
		_, err := l.hub.ReplayAll(t.Context(), alice, channel.ReplayQuery{Queue: "host"})
		require.ErrorIs(t, err, access.ErrDenied)
	})
}

func TestWhatWaitsIsRetriedNow(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{config: slowPolls}, func(t *testing.T, l *lab) {
		l.say(kim, "wamid.1", "hello")
		broken := true
		l.desk.fails(func(string, int) error {
			if broken {
				return errors.New("no")
			}
			return nil
		})
		l.post(kim.text(time.Now(), "wamid.2", "still there?"), kim.text(time.Now(), "wamid.3", "hello?"))
		l.pass(2 * time.Hour)
		broken = false
		n := len(l.desk.texts())
		require.ErrorIs(t, l.hub.RetryNow(t.Context(), alice, ""), access.ErrDenied)
		require.NoError(t, l.hub.RetryNow(t.Context(), admin, "support"))
		l.pass(time.Second)
		require.Equal(t, []string{"still there?", "hello?"}, l.desk.texts()[n:], "in order")
	})
}
