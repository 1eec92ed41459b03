package channel_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// kept counts the records of a kind.
func (l *lab) kept(kind string) int {
	l.T.Helper()
	records, err := l.Store.List(l.T.Context(), store.Query{Kind: kind, Limit: 10000})
	require.NoError(l.T, err)
	return len(records)
}

// A customer goes when nothing needs the record any more: no conversation, no message, and no
// proof of a consent or an opt-out that is to be kept.
func TestCustomersGoWhenNothingNeedsThem(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.SlowPolls, Settings: func(s *settings.Settings) {
		s.Retention = settings.Retention{Messages: 2 * duration.Day, Consents: 10 * duration.Day}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		const plain = 450 // more than a step of upkeep looks at
		for n := range plain {
			l.Post(channeltest.Stranger(n).Text(time.Now(), fmt.Sprint("wamid.", n), "hello"))
		}
		agreed, stopped := channeltest.Stranger(5001), channeltest.Stranger(5002)
		for _, f := range []channeltest.Face{agreed, stopped} {
			l.Post(f.Text(time.Now(), "wamid."+f.Phone, "hello"))
		}
		l.Pass(time.Hour)
		require.NoError(t, l.Hub.RecordConsent(t.Context(), "support", message.Recipient{Phone: agreed.Phone},
			conversation.Consent{At: time.Now(), Where: "shop", Wording: "v1"}))
		l.Post(stopped.Preference(time.Now(), "stop"))
		l.Pass(24 * time.Hour)
		require.Equal(t, plain+2, l.kept("customer"), "not yet")
		l.Pass(4 * 24 * time.Hour)
		require.Equal(t, 2, l.kept("customer"), "those with a consent or an opt-out")
		require.Equal(t, 2, l.kept("alias"))
		require.Zero(t, l.kept("conversation"))
		l.Pass(10 * 24 * time.Hour)
		require.Zero(t, l.kept("customer"))

		l.Say(agreed, "wamid.again", "me again")
		require.Equal(t, 1, l.kept("customer"), "met as somebody new")
		require.Len(t, l.Conversations(), 1)
	})
}

func TestCustomersStayWithoutAPeriod(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]settings.Retention{
		"no retention at all":       {},
		"consents are kept forever": {Messages: duration.Day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls, Settings: func(s *settings.Settings) { s.Retention = r }}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				l.Post(channeltest.Kim.Preference(time.Now(), "stop"))
				l.Pass(time.Minute)
				l.Pass(30 * 24 * time.Hour)
				require.Equal(t, 1, l.kept("customer"))
			})
		})
	}
}

// The chat history stands in no conversation, and goes all the same, also of customers who are needed.
func TestTheChatHistoryGoesWhenItIsOlderThanMessagesAreKept(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.SlowPolls, Settings: func(s *settings.Settings) {
		s.Retention = settings.Retention{Messages: 2 * duration.Day, Consents: 60 * duration.Day}
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		byPhone, byID := channeltest.Kim, channeltest.Kim
		byPhone.Bsuid, byID.Phone = "", ""
		l.Post(byPhone.Past(channeltest.Dawn.Add(-20*time.Hour), "wamid.past1", "long ago", false))
		l.Post(byID.Past(channeltest.Dawn.Add(-19*time.Hour), "wamid.past2", "and then", true))
		l.Pass(time.Hour)
		require.Equal(t, 2, l.kept("customer"))
		l.Say(channeltest.Kim, "wamid.1", "both are me")
		l.Pass(2 * time.Hour)
		require.Equal(t, 3, l.kept("message"))
		for day := range 3 {
			l.Pass(24 * time.Hour)
			l.Say(channeltest.Kim, fmt.Sprint("wamid.day", day), "still here")
		}
		l.Pass(2 * time.Hour)
		texts := []string{}
		records, err := l.Store.List(t.Context(), store.Query{Kind: "message", Limit: 100})
		require.NoError(t, err)
		for i := range records {
			texts = append(texts, string(records[i].Body))
		}
		require.Len(t, texts, 2, "those of the last two days")
		require.NotContains(t, fmt.Sprint(texts), "long ago")
		require.NotContains(t, fmt.Sprint(texts), "and then", "of the customer that was merged")
		require.Equal(t, 2, l.kept("customer"), "they are needed")
		l.Pass(6 * 24 * time.Hour)
		require.Zero(t, l.kept("customer"))
		require.Zero(t, l.kept("message"))
	})
}
