package channel_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
)

// tidyLate is a second channel that keeps messages for two days.
func tidyLate(c *channel.Config) {
	c.Poll = 31 * time.Minute // never just when a round is due
	withLate(&wire{})(c)
	c.Channels[1].Retention.Messages = 2 * duration.Day
}

// lateMessages counts messages that are kept of the second channel.
func lateMessages(t *testing.T, l *lab) (n int) {
	t.Helper()
	convs, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "late"})
	require.NoError(t, err)
	for _, c := range convs {
		n += len(l.messages(c.ID))
	}
	return n
}

// Retention comes round for every channel that somebody has, whoever else works on the store.
func TestUpkeepIsDoneByAProcessThatHasTheChannel(t *testing.T) {
	for name, second := range map[string]func(t *testing.T, join func(func(*channel.Config)) *lab) *lab{
		"from its start on": func(_ *testing.T, join func(func(*channel.Config)) *lab) *lab {
			l := join(tidyLate)
			l.run()
			return l
		},
		"since the channel was added": func(t *testing.T, join func(func(*channel.Config)) *lab) *lab {
			l := join(func(c *channel.Config) { c.Poll = 31 * time.Minute })
			l.run()
			l.pass(10 * time.Minute)
			var c channel.Config
			c.Channels = []channel.Channel{{Settings: l.agents.Channels(admin)[0], Sender: l.line}}
			tidyLate(&c)
			require.NoError(t, l.agents.AddChannel(t.Context(), admin, c.Channels[1]))
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				// Those that lack the channel look for upkeep much more often.
				busy := join(func(c *channel.Config) { c.Poll = time.Minute })
				busy.run()
				l := second(t, join)
				l.post(toLate(0), toLate(1))
				l.pass(time.Minute)
				require.Equal(t, 2, lateMessages(t, l))
				for range 5 {
					l.pass(12 * time.Hour)
				}
				require.Zero(t, lateMessages(t, l))
				for _, l := range []*lab{busy, l} {
					health, err := l.agents.Health(t.Context(), admin)
					require.NoError(t, err)
					require.WithinDuration(t, time.Now(), health.Upkeep, 2*time.Hour)
					l.stop()
				}
			})
		})
	}
}

// stubborn is a store of files that removes nothing of one kind.
type stubborn struct{ drawer }

func (*stubborn) Remove(context.Context, string) error { return errors.New("no") }

// What keeps the upkeep of one channel from its end shows, and harms no other.
func TestUpkeepThatFailsForOneChannelIsDoneForTheOthers(t *testing.T) {
	fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
		l := join(func(c *channel.Config) {
			tidyLate(c)
			filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, &stubborn{}).config(c)
			c.Channels[0].Retention.Messages, c.Channels[1].Media = 2*duration.Day, c.Channels[0].Media
		})
		l.run()
		photo := kim.picture(time.Now(), "wamid.photo")
		photo.number = lateNumber // the first of the two channels
		l.post(photo, kim.text(time.Now(), "wamid.text", "hello"))
		l.pass(time.Minute)
		late, err := l.agents.Conversations(t.Context(), alice, desk.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(l.messages(late[0].ID), func(m *conversation.Message) bool { return len(m.Attachments) > 0 && m.Attachments[0].Ref != "" }))
		for range 6 {
			l.pass(12 * time.Hour)
		}
		require.Empty(t, l.messages(l.conversation().ID))
		require.Equal(t, 1, lateMessages(t, l), "its file could not be removed")
		health, err := l.agents.Health(t.Context(), admin)
		require.NoError(t, err)
		require.Less(t, health.Upkeep, time.Now().Add(-12*time.Hour), "an alarm")
		require.Contains(t, l.logs.String(), "queue=upkeep")
		l.stop()
	})
}
