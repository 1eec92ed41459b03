package channel_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/memstore"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
)

// stranger is the nth of many customers who never wrote.
func stranger(n int) face { return face{phone: fmt.Sprintf("1312556%04d", n)} }

// notifying is a lab that may write to anybody first.
func notifying(t *testing.T) labOptions {
	return labOptions{
		config:   func(c *channel.Config) { withTemplates(t)(c); slowPolls(c) },
		settings: func(s *channel.Settings) { s.ConsentElsewhere = true },
	}
}

func TestThePortfolioReachesAsManyPeopleAsItMay(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		for n := range 3 {
			_, err := l.notify(stranger(n), "reminder")
			require.NoError(t, err, "nobody has said what the limit is: WhatsApp decides")
		}
		require.NoError(t, l.hub.Observe(t.Context(), "support", time.Now(), channel.Standing{MessagingLimit: "TIER_250"}))
		for n := range 250 {
			_, err := l.notify(stranger(n), "reminder")
			require.NoError(t, err, n)
		}
		_, err := l.notify(stranger(250), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		limit, ok := errors.AsType[*pricing.LimitError](err)
		require.True(t, ok)
		require.Equal(t, dawn.Add(24*time.Hour), limit.Next, "when the first one is a day ago")
		_, err = l.notify(stranger(7), "reminder")
		require.NoError(t, err, "whom it has reached today it may reach again")
		require.EqualValues(t, 1, l.report(dawn, dawn).Total("refused"))

		l.say(kim, "wamid.1", "hello")
		_, err = l.hub.Reply(t.Context(), channel.Reply{
			Conversation: l.inNew().ID, Actor: alice, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "an answer inside the window does not count")
		l.pass(25 * time.Hour)
		_, err = l.hub.Reply(t.Context(), channel.Reply{
			Conversation: l.inNew().ID, Actor: alice, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "a day later there is room")
	})
}

// inNew returns the only conversation that waits for an agent.
func (l *lab) inNew() *channel.Conversation {
	l.t.Helper()
	list, err := l.hub.Conversations(l.t.Context(), channel.ConversationQuery{
		Actor: alice, Channel: "support", Queues: []rules.Queue{rules.QueueNew},
	})
	require.NoError(l.t, err)
	require.Len(l.t, list, 1)
	return list[0]
}

func TestTheLimitIsSharedByProcessesAndNumbers(t *testing.T) {
	t.Parallel()
	store := memstore.New()
	synctest.Test(t, func(t *testing.T) {
		o := notifying(t)
		o.store = store
		o.settings = func(s *channel.Settings) { s.ConsentElsewhere, s.Portfolio = true, "77" }
		one, other := newLab(t, o), newLab(t, o)
		second := one.hub.Channels(admin)[0]
		second.ID, second.Name, second.Number, second.Account = "second", "Second", "2", "another account"
		require.NoError(t, other.hub.Add(t.Context(), admin, channel.Channel{
			Settings: second, Sender: other.line, Templates: catalog(t),
		}))
		// The limit comes with a webhook, for one account of the portfolio.
		one.run()
		other.run()
		other.post(item{field: "business_capability_update", value: map[string]any{"max_daily_conversations_per_business": "TIER_250"}})
		other.pass(5 * time.Second)
		for n := range 250 {
			l, ch := one, "support"
			if n%2 == 0 {
				l, ch = other, "second"
			}
			_, err := l.hub.Notify(t.Context(), channel.Notification{
				Channel: ch, Actor: alice, To: message.Recipient{Phone: stranger(n).phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err, n)
		}
		<-time.After(2 * time.Second)
		_, err := one.notify(stranger(250), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		_, err = one.notify(stranger(8), "reminder")
		require.NoError(t, err, "reached through the other number, by the other process")

		// A third process that starts now knows.
		third := newLab(t, o)
		_, err = third.notify(stranger(251), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)

		require.Len(t, one.records("reach"), 250)
		one.pass(26 * time.Hour)
		require.Empty(t, one.records("reach"), "what counts no more is forgotten")
		one.stop()
		other.stop()
	})
}

func TestALimitThatSaysNothingRefusesNothing(t *testing.T) {
	t.Parallel()
	for _, limit := range []string{"TIER_UNLIMITED", "TIER_NOT_SET", "-1", "a form of the future"} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			experiment(t, notifying(t), func(t *testing.T, l *lab) {
				require.NoError(t, l.hub.Observe(t.Context(), "support", time.Now(), channel.Standing{MessagingLimit: limit}))
				_, err := l.notify(kim, "reminder")
				require.NoError(t, err)
				require.Empty(t, l.records("reach"), "nothing needs to be kept")
			})
		})
	}
}
