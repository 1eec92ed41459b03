package desk_test

import (
	"strings"
	"testing"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/stretchr/testify/require"
)

func TestLongTextsOfTheHostAreRefused(t *testing.T) {
	t.Parallel()
	experiment(t, labOptions{}, func(t *testing.T, l *lab) {
		l.Say(channeltest.Kim, "wamid.1", "hello")
		conv := l.Conversation().ID
		for name, bad := range map[string]string{"long": strings.Repeat("k", 100_000), "a NUL": "a\x00b", "no UTF-8": "a\xffb"} {
			for what, do := range map[string]func() error{
				"the key of a reply": func() error {
					_, err := l.agents.Reply(t.Context(), alice, channel.Reply{Conversation: conv, Key: bad, Content: &message.Text{Body: "x"}})
					return err
				},
				"the key of a notification": func() error {
					_, err := l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "support", Key: bad, To: channeltest.Recipient(channeltest.Kim)})
					return err
				},
				"the name of a notification": func() error {
					_, err := l.agents.Notify(t.Context(), alice, channel.Notification{Channel: "support", Name: bad, To: channeltest.Recipient(channeltest.Kim)})
					return err
				},
				"an agent": func() error { return l.agents.Assign(t.Context(), alice, conv, bad) },
				"a reason": func() error { return l.agents.Resolve(t.Context(), alice, conv, bad) },
			} {
				require.ErrorIs(t, do(), channel.ErrUnusable, "%s: %s", name, what)
			}
			_, err := l.agents.Reply(t.Context(), access.Actor{Kind: access.Agent, ID: bad}, channel.Reply{Conversation: conv, Content: &message.Text{Body: "x"}})
			if name != "a NUL" {
				require.ErrorIs(t, err, access.ErrDenied, name)
			}
		}
	})
}

func TestIDsThatNoStoreCanHoldAreNotFound(t *testing.T) {
	t.Parallel()
	l := newLab(t, labOptions{})
	for _, id := range []string{"a\x00b", "a\xffb", strings.Repeat("a", 100_000), ""} {
		_, _, err := l.agents.Conversation(t.Context(), alice, id)
		require.ErrorIs(t, err, channel.ErrNotFound)
		require.ErrorIs(t, l.agents.CancelMessage(t.Context(), alice, id), channel.ErrNotFound)
		require.ErrorIs(t, l.agents.Resolve(t.Context(), alice, id, ""), channel.ErrNotFound)
	}
}
