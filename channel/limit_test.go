package channel_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/channel/store/memstore"
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
		require.NoError(t, l.hub.ReportStanding(t.Context(), "support", time.Now(), channel.Standing{MessagingLimit: "TIER_250"}))
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
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.inNew().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "an answer inside the window does not count")
		l.pass(25 * time.Hour)
		_, err = l.agents.Reply(t.Context(), alice, channel.Reply{
			Conversation: l.inNew().ID, Template: &channel.Template{Name: "reminder", Language: "en"},
		})
		require.NoError(t, err, "a day later there is room")
	})
}

// inNew returns the only conversation that waits for an agent.
func (l *lab) inNew() *conversation.Conversation {
	l.t.Helper()
	list, err := l.agents.Conversations(l.t.Context(), alice, desk.ConversationQuery{
		Channel: "support", Queues: []rules.Queue{rules.QueueNew},
	})
	require.NoError(l.t, err)
	require.Len(l.t, list, 1)
	return list[0]
}

func TestTheLimitIsSharedByProcessesAndNumbers(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	synctest.Test(t, func(t *testing.T) {
		o := notifying(t)
		o.store = st
		o.settings = func(s *channel.Settings) { s.ConsentElsewhere, s.Portfolio = true, "77" }
		one, other := newLab(t, o), newLab(t, o)
		second := one.agents.Channels(admin)[0]
		second.ID, second.Name, second.Number, second.Account = "second", "Second", "2", "another account"
		require.NoError(t, other.agents.AddChannel(t.Context(), admin, channel.Channel{
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
			_, err := l.agents.Notify(t.Context(), alice, channel.Notification{
				Channel: ch, To: message.Recipient{Phone: stranger(n).phone},
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
	for limit, warned := range map[string]int{"TIER_UNLIMITED": 0, "-1": 0, "TIER_NOT_SET": 1, "a form of the future": 1, "": 1} {
		t.Run(limit, func(t *testing.T) {
			t.Parallel()
			experiment(t, notifying(t), func(t *testing.T, l *lab) {
				require.NoError(t, l.hub.ReportStanding(t.Context(), "support", time.Now(), channel.Standing{MessagingLimit: limit}))
				_, err := l.notify(kim, "reminder")
				require.NoError(t, err)
				require.Len(t, l.records("reach"), 1, "should there be a limit in an hour, it counts from now on")
				_, err = l.notify(stranger(1), "reminder")
				require.NoError(t, err)
				require.Equal(t, warned, strings.Count(l.logs.String(), "messaging limit not known"), "an operator is told once")
			})
		})
	}
}

// tiers is a wire that tells its limit.
type tiers struct {
	*wire
	limit string
	asked int
}

func (w *tiers) MessagingLimit(context.Context) (string, error) {
	w.asked++
	return w.limit, nil
}

func TestTheLimitIsLearnedFromTheSender(t *testing.T) {
	t.Parallel()
	line := &tiers{wire: &wire{}, limit: "TIER_250"}
	o := notifying(t)
	with := o.config
	o.config = func(c *channel.Config) { with(c); c.Channels[0].Sender = line }
	experiment(t, o, func(t *testing.T, l *lab) {
		l.pass(time.Second)
		health, err := l.agents.Health(t.Context(), admin)
		require.NoError(t, err)
		require.Equal(t, "TIER_250", health.Channels[0].Standing.MessagingLimit)
		require.NotContains(t, l.logs.String(), "messaging limit not known")
		l.pass(72 * time.Hour)
		require.LessOrEqual(t, line.asked, 4, "once a day is enough")
		require.GreaterOrEqual(t, line.asked, 3)
	})
}

func TestTheLimitHoldsWhoeverSendsAtTheSameTime(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	synctest.Test(t, func(t *testing.T) {
		o := notifying(t)
		o.store = st
		hubs := []*lab{newLab(t, o), newLab(t, o), newLab(t, o)}
		require.NoError(t, hubs[0].hub.ReportStanding(t.Context(), "support", time.Now(), channel.Standing{MessagingLimit: "TIER_250"}))
		var took, refused atomic.Int64
		var wg sync.WaitGroup
		for n := range 300 {
			wg.Go(func() {
				switch _, err := hubs[n%3].notify(stranger(n), "reminder"); {
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
	with := o.config
	budget := &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 249}
	o.config = func(c *channel.Config) { with(c); spends(t, budget)(c) }
	experiment(t, o, func(t *testing.T, l *lab) {
		require.NoError(t, l.hub.ReportStanding(t.Context(), "support", now2026(), channel.Standing{MessagingLimit: "TIER_250"}))
		var last *conversation.Message
		for n := range 249 {
			m, err := l.notify(stranger(n), "reminder")
			require.NoError(t, err)
			last = m
		}
		for n := range 5 {
			_, err := l.notify(stranger(300+n), "reminder")
			require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
		}
		require.Len(t, l.records("reach"), 249, "who was refused for another reason was not reached")
		l.pass(10 * time.Second)
		l.post(stranger(248).fails(outWAMID("template"), last.ID, 131026))
		l.pass(10 * time.Second)
		require.Len(t, l.records("reach"), 248, "nor was who has no WhatsApp")

		s := l.agents.Channels(admin)[0]
		s.Budget = nil
		require.NoError(t, l.agents.UpdateSettings(t.Context(), admin, s))
		for n := range 2 {
			_, err := l.notify(stranger(400+n), "reminder")
			require.NoError(t, err)
		}
		_, err := l.notify(stranger(402), "reminder")
		require.ErrorIs(t, err, pricing.ErrLimitReached)
		l.pass(25 * time.Hour)
		_, err = l.notify(stranger(402), "reminder")
		require.NoError(t, err)
	})
}

func TestOneOfTwoMessagesThatFailedStillReachedThePerson(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		var all []*conversation.Message
		for range 2 {
			m, err := l.notify(kim, "reminder")
			require.NoError(t, err)
			all = append(all, m)
			l.pass(time.Second)
		}
		require.Len(t, l.records("reach"), 1)
		l.post(kim.fails("wamid.a", all[0].ID, 131026))
		l.pass(time.Second)
		require.Len(t, l.records("reach"), 1)
		l.post(kim.fails("wamid.b", all[1].ID, 131026))
		l.pass(time.Second)
		require.Empty(t, l.records("reach"))
		require.Zero(t, l.records("reached")[0].N)
		l.post(kim.status(time.Now(), "wamid.b", all[1].ID, "delivered"))
		l.pass(time.Second)
		require.Len(t, l.records("reach"), 1, "it arrived after all")
	})
}
