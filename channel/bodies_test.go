package channel_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

// keepsBodies are options of a lab that drops bodies after two hours, beside a channel that keeps them.
func keepsBodies() channeltest.LabOptions {
	return channeltest.LabOptions{
		Settings: func(s *settings.Settings) { s.Retention.Bodies = 2 * duration.Hour },
		Config: func(c *channel.Config) {
			c.Feed, c.Search, c.Poll = true, true, time.Minute
			c.Channels = append(c.Channels, otherChannel("other", channeltest.OtherNumber, &channeltest.Wire{}))
		},
	}
}

func TestWhatWasSaidGoesAfterAWhileAndTheMessageStays(t *testing.T) {
	asked(t, keepsBodies(), func(t *testing.T, l *lab, conv string) {
		ctx := t.Context()
		other := channeltest.Kim.Text(time.Now(), "wamid.other", "canary of another tenant")
		other.Number = channeltest.OtherNumber
		l.Post(other)
		l.Post(channeltest.Kim.Message(time.Now(), "wamid.2", "location", map[string]any{"latitude": 60.1, "longitude": 24.9, "name": "canary harbour"}))
		l.Post(channeltest.Kim.Message(time.Now(), "wamid.3", "document", map[string]any{"id": "77", "mime_type": "application/pdf", "filename": "canary.pdf", "caption": "canary caption"}))
		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.e", "wamid.1", "hello canary"))
		m, err := l.Reply(conv, "canary answer")
		require.NoError(t, err)
		l.Pass(time.Minute)
		l.Pass(90 * time.Minute)
		require.Equal(t, "canary answer", l.fate(m.ID).Text, "it is not time yet")
		l.Pass(3 * time.Hour)
		for _, m := range l.Messages(conv) {
			require.False(t, m.Dropped.IsZero(), m.Kind)
			require.Empty(t, m.Text)
			require.NotEmpty(t, m.Kind)
			require.NotEmpty(t, m.WAMID)
		}
		require.Equal(t, conversation.Accepted, l.fate(m.ID).Delivery.State(), "its fate stays")
		for _, kind := range []string{"message", "conversation", "log"} {
			for _, r := range l.Records(kind) {
				if r.Parent != conv && r.Key != conv {
					continue
				}
				for _, said := range []string{"canary harbour", "canary caption", "canary.pdf", "hello canary"} {
					require.NotContains(t, string(r.Body), said, kind)
				}
			}
		}
		found, err := l.Hub.Search(ctx, channel.SearchQuery{Text: "canary"})
		require.NoError(t, err)
		require.Len(t, found.Messages, 1, "only that of the other channel, which keeps bodies")

		l.Post(channeltest.Kim.Edit(time.Now(), "wamid.e2", "wamid.1", "late canary"))
		l.Pass(time.Minute)
		require.Empty(t, l.Messages(conv)[0].Text, "nothing that comes late brings it back")
		require.Empty(t, l.Conversation().Preview)
	})
}

func TestTheBodyOfAMessageThatWasHeldUpGoesAfterAWhileToo(t *testing.T) {
	asked(t, keepsBodies(), func(t *testing.T, l *lab, conv string) {
		began := time.Now()
		l.Pass(time.Hour)
		l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "in time"))
		l.Pass(4 * time.Hour)
		l.Post(channeltest.Kim.Text(began.Add(30*time.Minute), "wamid.late", "held up"))
		l.Pass(10 * time.Second)
		require.Len(t, l.Messages(conv), 3)
		l.Pass(2 * time.Hour)
		for _, m := range l.Messages(conv) {
			require.Empty(t, m.Text)
			require.False(t, m.Dropped.IsZero())
		}
	})
}

func TestABodyThatIsStillNeededStays(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]func(t *testing.T, l *lab, conv string){
		"the host has not heard of it": func(t *testing.T, l *lab, conv string) {
			l.Host.Fails(func(string, int) error { return errors.New("down") })
			l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "needed"))
		},
		"the host's call is a dead letter": func(t *testing.T, l *lab, conv string) {
			l.Host.Fails(func(string, int) error { return channel.ErrPermanent })
			l.Post(channeltest.Kim.Text(time.Now(), "wamid.2", "needed"))
		},
		"nobody knows whether it arrived": func(t *testing.T, l *lab, conv string) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			_, err := l.Reply(conv, "needed")
			require.NoError(t, err)
		},
		"it waits for its time": func(t *testing.T, l *lab, conv string) {
			_, err := l.later(conv, "needed", 20*time.Hour)
			require.NoError(t, err)
		},
	} {
		t.Run(name, func(t *testing.T) {
			asked(t, keepsBodies(), func(t *testing.T, l *lab, conv string) {
				tt(t, l, conv)
				l.Pass(5 * time.Hour)
				all := l.Messages(conv)
				require.Equal(t, "needed", all[len(all)-1].Text)
			})
		})
	}
}

func TestBodiesAreKeptForAnHourAtLeast(t *testing.T) {
	t.Parallel()
	s := settings.Settings{ID: "support", Name: "Support", Number: "1", Retention: settings.Retention{Bodies: duration.Minute}}
	require.ErrorContains(t, s.Validate(), "bodies")
	s.Retention.Bodies = duration.Hour
	require.NoError(t, s.Validate())
}
