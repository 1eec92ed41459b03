package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// kept counts the records of a kind.
func (l *lab) kept(kind string) int {
	l.t.Helper()
	records, err := l.store.List(l.t.Context(), store.Query{Kind: kind, Limit: 10000})
	require.NoError(l.t, err)
	return len(records)
}

// A customer goes when nothing needs the record any more: no conversation, no message, and no
// proof of a consent or an opt-out that is to be kept.
func TestCustomersGoWhenNothingNeedsThem(t *testing.T) {
	t.Parallel()
	o := labOptions{config: slowPolls, settings: func(s *channel.Settings) {
		s.Retention = channel.Retention{Messages: 2 * duration.Day, Consents: 10 * duration.Day}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		const plain = 450 // more than a step of upkeep looks at
		for n := range plain {
			l.post(stranger(n).text(time.Now(), fmt.Sprint("wamid.", n), "hello"))
		}
		agreed, stopped, talking := stranger(5001), stranger(5002), stranger(5003)
		for _, f := range []face{agreed, stopped, talking} {
			l.post(f.text(time.Now(), "wamid."+f.phone, "hello"))
		}
		l.pass(time.Hour)
		require.NoError(t, l.agents.RecordConsent(t.Context(), admin, "support", message.Recipient{Phone: agreed.phone},
			conversation.Consent{At: time.Now(), Where: "shop", Wording: "v1"}))
		l.post(stopped.preference(time.Now(), "stop"))
		for _, c := range l.conversations() {
			_, customer, err := l.agents.Conversation(t.Context(), alice, c.ID)
			require.NoError(t, err)
			if customer.Phone != talking.phone {
				require.NoError(t, l.agents.Resolve(t.Context(), alice, c.ID, "done"))
			}
		}
		l.pass(24 * time.Hour)
		require.Equal(t, plain+3, l.kept("customer"), "not yet")
		l.pass(4 * 24 * time.Hour)
		require.Equal(t, 3, l.kept("customer"), "those with a consent, an opt-out or a conversation")
		require.Equal(t, 3, l.kept("alias"))
		require.Equal(t, 1, l.kept("conversation"))
		l.pass(10 * 24 * time.Hour)
		require.Equal(t, 1, l.kept("customer"))
		require.Equal(t, 1, l.kept("conversation"))

		l.say(agreed, "wamid.again", "me again")
		require.Equal(t, 2, l.kept("customer"), "met as somebody new")
		require.Len(t, l.conversations(), 2)
	})
}

func TestCustomersStayWithoutAPeriod(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]channel.Retention{
		"no retention at all":       {},
		"consents are kept forever": {Messages: duration.Day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, labOptions{config: slowPolls, settings: func(s *channel.Settings) { s.Retention = r }}, func(t *testing.T, l *lab) {
				l.say(kim, "wamid.1", "hello")
				l.post(kim.preference(time.Now(), "stop"))
				l.pass(time.Minute)
				require.NoError(t, l.agents.Resolve(t.Context(), alice, l.conversation().ID, "done"))
				l.pass(30 * 24 * time.Hour)
				require.Equal(t, 1, l.kept("customer"))
			})
		})
	}
}
