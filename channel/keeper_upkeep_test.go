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
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
)

// tidyLate is a second channel that keeps messages for two days.
func tidyLate(c *channel.Config) {
	c.Poll = 31 * time.Minute // never just when a round is due
	withLate(&channeltest.Wire{})(c)
	c.Channels[1].Retention.Messages = 2 * duration.Day
}

// lateMessages counts messages that are kept of the second channel.
func lateMessages(t *testing.T, l *lab) (n int) {
	t.Helper()
	convs, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "late"})
	require.NoError(t, err)
	for _, c := range convs {
		n += len(l.Messages(c.ID))
	}
	return n
}

// Retention comes round for every channel that somebody has, whoever else works on the store.
func TestUpkeepIsDoneByAProcessThatHasTheChannel(t *testing.T) {
	for name, second := range map[string]func(t *testing.T, join func(func(*channel.Config)) *lab) *lab{
		"from its start on": func(_ *testing.T, join func(func(*channel.Config)) *lab) *lab {
			l := join(tidyLate)
			l.Run()
			return l
		},
		"since the channel was added": func(t *testing.T, join func(func(*channel.Config)) *lab) *lab {
			l := join(func(c *channel.Config) { c.Poll = 31 * time.Minute })
			l.Run()
			l.Pass(10 * time.Minute)
			var c channel.Config
			c.Channels = []channel.Channel{{Settings: l.Hub.Channels()[0].Settings, Sender: l.Line}}
			tidyLate(&c)
			require.NoError(t, l.Hub.AddChannel(t.Context(), c.Channels[1]))
			return l
		},
	} {
		t.Run(name, func(t *testing.T) {
			fleetOf(t, func(t *testing.T, join func(func(*channel.Config)) *lab) {
				// Those that lack the channel look for upkeep much more often.
				busy := join(func(c *channel.Config) { c.Poll = time.Minute })
				busy.Run()
				l := second(t, join)
				l.Post(toLate(0), toLate(1))
				l.Pass(time.Minute)
				require.Equal(t, 2, lateMessages(t, l))
				for range 5 {
					l.Pass(12 * time.Hour)
				}
				require.Zero(t, lateMessages(t, l))
				for _, l := range []*lab{busy, l} {
					health, err := l.Hub.Health(t.Context())
					require.NoError(t, err)
					require.WithinDuration(t, time.Now(), health.Upkeep, 2*time.Hour)
					l.Stop()
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
			filing(func(int) (message.Download, error) { return download(pngFile, "image/png") }, &stubborn{}).Config(c)
			c.Channels[0].Retention.Messages, c.Channels[1].Media = 2*duration.Day, c.Channels[0].Media
		})
		l.Run()
		photo := channeltest.Kim.Picture(time.Now(), "wamid.photo")
		photo.Number = lateNumber // the first of the two channels
		l.Post(photo, channeltest.Kim.Text(time.Now(), "wamid.text", "hello"))
		l.Pass(time.Minute)
		late, err := l.Hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "late"})
		require.NoError(t, err)
		require.True(t, slices.ContainsFunc(l.Messages(late[0].ID), func(m *conversation.Message) bool { return len(m.Attachments) > 0 && m.Attachments[0].Ref != "" }))
		for range 6 {
			l.Pass(12 * time.Hour)
		}
		require.Empty(t, l.Conversations())
		require.Equal(t, 1, lateMessages(t, l), "its file could not be removed")
		health, err := l.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Less(t, health.Upkeep, time.Now().Add(-12*time.Hour), "an alarm")
		require.Contains(t, l.Logs.String(), "kind=upkeep")
		l.Stop()
	})
}
