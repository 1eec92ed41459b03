package channel_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// notifying is a lab that may write to anybody first.
func notifying(t *testing.T) channeltest.LabOptions {
	return channeltest.LabOptions{
		Config:   func(c *channel.Config) { channeltest.WithTemplates(t)(c); channeltest.SlowPolls(c); counts(c) },
		Settings: func(s *settings.Settings) { s.ConsentElsewhere = true },
	}
}

func TestThePortfolioReachesAsManyPeopleAsItMay(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		for n := range 3 {
			_, err := l.Notify(channeltest.Stranger(n), "reminder")
			require.NoError(t, err, "nobody has said what the limit is: WhatsApp decides")
		}
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_250"}))
		for n := range 250 {
			_, err := l.Notify(channeltest.Stranger(n), "reminder")
			require.NoError(t, err, n)
		}
		_, err := l.Notify(channeltest.Stranger(250), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		limit, ok := errors.AsType[*pricing.LimitError](err)
		require.True(t, ok)
		require.Equal(t, channeltest.Dawn.Add(24*time.Hour), limit.Next, "when the first one is a day ago")
		_, err = l.Notify(channeltest.Stranger(7), "reminder")
		require.NoError(t, err, "whom it has reached today it may reach again")
		require.EqualValues(t, 1, l.counted("refused"))

		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.inNew().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "an answer inside the window does not count")
		l.Pass(25 * time.Hour)
		_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.inNew().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "a day later there is room")
	})
}

// inNew returns the only conversation in which a customer wrote.
func (l *lab) inNew() *conversation.Conversation {
	l.T.Helper()
	list := slices.DeleteFunc(l.Conversations(), func(c *conversation.Conversation) bool { return c.Inbound == 0 })
	require.Len(l.T, list, 1)
	return list[0]
}

func TestTheLimitIsSharedByProcessesAndNumbers(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	synctest.Test(t, func(t *testing.T) {
		o := notifying(t)
		o.Store = st
		o.Settings = func(s *settings.Settings) { s.ConsentElsewhere, s.Portfolio = true, "77" }
		one, other := newLab(t, o), newLab(t, o)
		second := one.Hub.Channels()[0].Settings
		second.ID, second.Name, second.Number, second.Account = "second", "Second", "2", "another account"
		require.NoError(t, other.Hub.AddChannel(t.Context(), channel.Channel{
			Settings: second, Sender: other.Line, Templates: channeltest.Catalog(t),
		}))
		// The limit comes with a webhook, for one account of the portfolio.
		one.Run()
		other.Run()
		other.Post(channeltest.Item{Field: "business_capability_update", Value: map[string]any{"max_daily_conversations_per_business": "TIER_250"}})
		other.Pass(5 * time.Second)
		for n := range 250 {
			l, ch := one, "support"
			if n%2 == 0 {
				l, ch = other, "second"
			}
			_, err := l.Hub.Notify(t.Context(), alice, channel.Notification{
				Channel: ch, To: message.Recipient{Phone: channeltest.Stranger(n).Phone},
				Template: &channel.Template{Name: "reminder", Language: "en"},
			})
			require.NoError(t, err, n)
		}
		<-time.After(2 * time.Second)
		_, err := one.Notify(channeltest.Stranger(250), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		_, err = one.Notify(channeltest.Stranger(8), "reminder")
		require.NoError(t, err, "reached through the other number, by the other process")

		// A third process that starts now knows.
		third := newLab(t, o)
		_, err = third.Notify(channeltest.Stranger(251), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)

		require.Len(t, one.Records("reach"), 250)
		one.Pass(26 * time.Hour)
		require.Empty(t, one.Records("reach"), "what counts no more is forgotten")
		one.Stop()
		other.Stop()
	})
}

func TestALimitThatSaysNothingRefusesNothing(t *testing.T) {
	t.Parallel()
	for limit, warned := range map[string]int{"TIER_UNLIMITED": 0, "-1": 0, "TIER_NOT_SET": 1, "a form of the future": 1, "": 1} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			experiment(t, notifying(t), func(t *testing.T, l *lab) {
				require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: limit}))
				_, err := l.Notify(channeltest.Kim, "reminder")
				require.NoError(t, err)
				require.Len(t, l.Records("reach"), 1, "should there be a limit in an hour, it counts from now on")
				_, err = l.Notify(channeltest.Stranger(1), "reminder")
				require.NoError(t, err)
				require.Equal(t, warned, strings.Count(l.Logs.String(), "messaging limit not known"), "an operator is told once")
			})
		})
	}
}

// tiers is a wire that tells its limit.
type tiers struct {
	*channeltest.Wire
	limit string
	asked int
}

func (w *tiers) MessagingLimit(context.Context) (string, error) {
	w.asked++
	return w.limit, nil
}

func TestTheLimitIsLearnedFromTheSender(t *testing.T) {
	t.Parallel()
	line := &tiers{Wire: &channeltest.Wire{}, limit: "TIER_250"}
	o := notifying(t)
	with := o.Config
	o.Config = func(c *channel.Config) { with(c); c.Channels[0].Sender = line }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Pass(time.Second)
		health, err := l.Hub.Health(t.Context())
		require.NoError(t, err)
		require.Equal(t, "TIER_250", health.Channels[0].Standing.MessagingLimit)
		require.NotContains(t, l.Logs.String(), "messaging limit not known")
		l.Pass(72 * time.Hour)
		require.LessOrEqual(t, line.asked, 4, "once a day is enough")
		require.GreaterOrEqual(t, line.asked, 3)
	})
}

func TestTheLimitHoldsWhoeverSendsAtTheSameTime(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	synctest.Test(t, func(t *testing.T) {
		o := notifying(t)
		o.Store = st
		hubs := []*lab{newLab(t, o), newLab(t, o), newLab(t, o)}
		require.NoError(t, hubs[0].Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_250"}))
		var took, refused atomic.Int64
		var wg sync.WaitGroup
		for n := range 300 {
			wg.Go(func() {
				switch _, err := hubs[n%3].Notify(channeltest.Stranger(n), "reminder"); {
				case err == nil:
					took.Add(1)
				case errors.Is(err, pricing.ErrLimitReached):
					refused.Add(1)
				default:
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 250, took.Load())
		require.EqualValues(t, 50, refused.Load())
	})
}

func TestWhoWasNotReachedDoesNotCountForTheLimit(t *testing.T) {
	t.Parallel()
	o := notifying(t)
	with := o.Config
	budget := &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 249}
	o.Config = func(c *channel.Config) { with(c); channeltest.Spends(t, budget)(c) }
	experiment(t, o, func(t *testing.T, l *lab) {
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", channeltest.Now2026(), health.Standing{MessagingLimit: "TIER_250"}))
		var last *conversation.Message
		for n := range 249 {
			m, err := l.Notify(channeltest.Stranger(n), "reminder")
			require.NoError(t, err)
			last = m
		}
		for n := range 5 {
			_, err := l.Notify(channeltest.Stranger(300+n), "reminder")
			require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
		}
		require.Len(t, l.Records("reach"), 249, "who was refused for another reason was not reached")
		l.Pass(10 * time.Second)
		l.Post(channeltest.Stranger(248).Fails(channeltest.OutWAMID("template"), last.ID, 131026))
		l.Pass(10 * time.Second)
		require.Len(t, l.Records("reach"), 248, "nor was who has no WhatsApp")

		s := l.Hub.Channels()[0].Settings
		s.Budget = nil
		require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		for n := range 2 {
			_, err := l.Notify(channeltest.Stranger(400+n), "reminder")
			require.NoError(t, err)
		}
		_, err := l.Notify(channeltest.Stranger(402), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		l.Pass(25 * time.Hour)
		_, err = l.Notify(channeltest.Stranger(402), "reminder")
		require.NoError(t, err)
	})
}

func TestOneOfTwoMessagesThatFailedStillReachedThePerson(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		var all []*conversation.Message
		for range 2 {
			m, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
			all = append(all, m)
			l.Pass(time.Second)
		}
		require.Len(t, l.Records("reach"), 1)
		l.Post(channeltest.Kim.Fails("wamid.a", all[0].ID, 131026))
		l.Pass(time.Second)
		require.Len(t, l.Records("reach"), 1)
		l.Post(channeltest.Kim.Fails("wamid.b", all[1].ID, 131026))
		l.Pass(time.Second)
		require.Empty(t, l.Records("reach"))
		require.Zero(t, l.Records("reached")[0].N)
		l.Post(channeltest.Kim.Status(time.Now(), "wamid.b", all[1].ID, "delivered"))
		l.Pass(time.Second)
		require.Len(t, l.Records("reach"), 1, "it arrived after all")
	})
}
