package channel_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/explain"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

var errRow = errors.New("no number in column 2")

// people are n rows, of which the broken one cannot be read and the blank one has no address.
func people(n, broken, blank int) iter.Seq2[channel.Notification, error] {
	return func(yield func(channel.Notification, error) bool) {
		for i := 1; i <= n; i++ {
			row := channel.Notification{
				Channel: "support", To: message.Recipient{Phone: fmt.Sprint(13125550000 + i)}, Template: &channel.Template{Name: "spring_sale"},
			}
			var err error
			switch i {
			case broken:
				err = errRow
			case blank:
				row.To = message.Recipient{}
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// campaigning is a rig on which campaigns may go out.
func campaigning(t *testing.T, decide func(*settings.Settings), f func(t *testing.T, r *rig)) {
	t.Helper()
	test(t, channeltest.RigOptions{Settings: func(s *settings.Settings) {
		s.ConsentElsewhere = true
		if decide != nil {
			decide(s)
		}
	}}, f)
}

func sale(rows iter.Seq2[channel.Notification, error]) iter.Seq2[channel.Notification, error] {
	return func(yield func(channel.Notification, error) bool) {
		for n, err := range rows {
			n.Template = &channel.Template{Name: "spring_sale"}
			if !yield(n, err) {
				return
			}
		}
	}
}

func TestACampaignTellsEachRowAndGoesOn(t *testing.T) {
	campaigning(t, nil, func(t *testing.T, r *rig) {
		run := func(c campaign.Campaign, rows iter.Seq2[channel.Notification, error]) (all []*campaign.Result, sum campaign.Totals) {
			for result := range r.Hub.NotifyAll(t.Context(), byYou, c, rows) {
				all = append(all, result)
				sum.Add(result)
			}
			return all, sum
		}
		rows := sale(people(50, 20, 30))
		results, sum := run(campaign.Campaign{Key: "sale", Dry: true}, rows)
		require.Len(t, results, 50)
		require.Equal(t, 48, sum.Queued)
		require.ErrorIs(t, results[19].Err, errRow)
		require.ErrorIs(t, results[29].Err, message.ErrInvalid)
		require.ErrorContains(t, results[29].Err, "row 30")
		x := explain.Error(results[29].Err)
		require.Equal(t, 30, x.Number)
		require.Contains(t, x.Text, "Row 30: ")
		require.Equal(t, map[conversation.Cause]int{"": 1, conversation.CauseInvalid: 1}, sum.Refused)
		r.Settle()
		require.Empty(t, r.Host.Changes, "a dry run queues nothing and tells nobody")

		// It is cancelled after 10 rows, and resumed.
		n := 0
		for range r.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "sale"}, rows) {
			if n++; n == 10 {
				break
			}
		}
		_, sum = run(campaign.Campaign{Key: "sale"}, rows)
		require.Equal(t, 10, sum.Again)
		require.Equal(t, 38, sum.Queued)
		r.Settle()
		queued := map[string]bool{}
		for _, c := range r.Host.Changes {
			if c.Kind == conversation.MessageQueued {
				require.False(t, queued[c.Message.ID])
				queued[c.Message.ID] = true
			}
		}
		require.Len(t, queued, 48)

		for _, key := range []string{"", "\xff"} {
			results, _ = run(campaign.Campaign{Key: key}, rows)
			require.Len(t, results, 1)
			require.ErrorIs(t, results[0].Err, channel.ErrUnusable)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		n = 0
		for result := range r.Hub.NotifyAll(ctx, byYou, campaign.Campaign{Key: "other"}, rows) {
			n++
			require.ErrorIs(t, result.Err, context.Canceled)
		}
		require.Equal(t, 1, n, "a context that is done ends it")
	})
}

// What a dry run says of each row is what then becomes of it.
func TestADryRunForetellsTheRun(t *testing.T) {
	t.Parallel()
	someone := func(n int, key string) channel.Notification {
		return channel.Notification{
			Channel: "support", To: message.Recipient{Phone: channeltest.Stranger(n).Phone}, Key: key, Template: &channel.Template{Name: "reminder", Language: "en"},
		}
	}
	as := func(to message.Recipient) channel.Notification {
		n := someone(1, "a")
		n.To = to
		return n
	}
	for name, tt := range map[string]struct {
		budget *pricing.Budget
		rows   []channel.Notification
		want   string // of each row: queued, again, budget, or another refusal
	}{
		"a budget of two messages, and somebody twice": {
			&pricing.Budget{Unit: pricing.BudgetMessages, Limit: 2},
			[]channel.Notification{someone(1, "a"), someone(1, "a"), someone(2, "b"), someone(3, "c"), someone(1, "d")},
			"queued again queued budget budget",
		},
		"a budget in money": {
			&pricing.Budget{Limit: 7000},
			[]channel.Notification{someone(1, ""), someone(2, ""), someone(3, "")}, "queued queued budget",
		},
		"somebody under two keys, and two people under one": {
			nil, []channel.Notification{someone(1, "a"), someone(1, "b"), someone(2, "a"), someone(2, "a")}, "queued queued queued again",
		},
		"somebody whose number is written in two ways":    {nil, []channel.Notification{someone(1, "a"), as(message.Recipient{Phone: "+" + channeltest.Stranger(1).Phone}), as(message.Recipient{Phone: "5491155550100"}), as(message.Recipient{Phone: "541155550100"})}, "queued again queued again"},
		"somebody under a number, an ID, and both":        {nil, []channel.Notification{someone(1, "a"), as(message.Recipient{Phone: channeltest.Stranger(1).Phone, BSUID: "US.1"}), as(message.Recipient{BSUID: "US.1"})}, "queued again again"},
		"two people of whom each has had the same number": {nil, []channel.Notification{as(message.Recipient{Phone: channeltest.Stranger(1).Phone, BSUID: "US.1"}), as(message.Recipient{Phone: channeltest.Stranger(1).Phone, BSUID: "US.2"}), as(message.Recipient{BSUID: "US.1"})}, "queued queued again"},
		"no keys": {nil, []channel.Notification{someone(1, ""), someone(1, "")}, "queued queued"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, tt.budget)}, func(t *testing.T, l *lab) {
				run := func(dry bool) string {
					var all []string
					c := campaign.Campaign{Key: "spring", Dry: dry}
					for result := range l.Hub.NotifyAll(t.Context(), channeltest.Alice, c, func(yield func(channel.Notification, error) bool) {
						for _, n := range tt.rows {
							if !yield(n, nil) {
								return
							}
						}
					}) {
						switch {
						case result.Again:
							all = append(all, "again")
						case result.Err == nil:
							all = append(all, "queued")
						case errors.Is(result.Err, pricing.ErrBudgetExhausted):
							all = append(all, "budget")
						default:
							all = append(all, result.Err.Error())
						}
					}
					return strings.Join(all, " ")
				}
				require.Equal(t, tt.want, run(true))
				require.Equal(t, tt.want, run(true), "nothing was queued")
				require.Equal(t, tt.want, run(false))
			})
		})
	}
}

func TestRowsOfTwoCampaignsAreNeverTheSame(t *testing.T) {
	campaigning(t, nil, func(t *testing.T, r *rig) {
		again := func(campaignKey, rowKey string) bool {
			rows := func(yield func(channel.Notification, error) bool) {
				for n := range sale(people(1, -1, -1)) {
					n.Key = rowKey
					yield(n, nil)
				}
			}
			for result := range r.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: campaignKey}, rows) {
				require.NoError(t, result.Err)
				return result.Again
			}
			return false
		}
		for _, of := range [][2]string{
			{"spring", "sale|1"}, {"spring|sale", "1"}, {"spring|", "sale|1"}, {"spring", ""}, {"spring", "#1"}, {"spring#1", ""}, {"6|spring", "x"}, {"6", "spring|x"},
		} {
			require.False(t, again(of[0], of[1]), of)
			require.True(t, again(of[0], of[1]), of)
		}
	})
}

func TestACampaignWaitsForTheMessagingLimit(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_250"}))
		reminder := func(yield func(channel.Notification, error) bool) {
			for n, err := range people(260, 0, 0) {
				n.Template = &channel.Template{Name: "reminder", Language: "en"}
				if !yield(n, err) {
					return
				}
			}
		}
		var sum campaign.Totals
		began := time.Now()
		for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "sale"}, reminder) {
			require.NoError(t, result.Err)
			sum.Add(result)
		}
		require.Equal(t, 260, sum.Queued)
		require.GreaterOrEqual(t, time.Since(began), 23*time.Hour, "the rest went out the day after")
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_50"}))
		refused := 0
		for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "more", NoWait: true}, reminder) {
			if errors.Is(result.Err, pricing.ErrLimitReached) {
				refused++
			}
		}
		require.Positive(t, refused)
		l.Pass(time.Minute)
	})
}

func TestADryRunCountsWhomTheRowsBeforeWouldReach(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_50"}))
		rows := func(yield func(channel.Notification, error) bool) {
			for _, n := range []int{60, 5} { // the first five again
				for row, err := range people(n, 0, 0) {
					row.Template = &channel.Template{Name: "reminder", Language: "en"}
					if !yield(row, err) {
						return
					}
				}
			}
		}
		for _, dry := range []bool{true, true, false} {
			var sum campaign.Totals
			for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "sale", Dry: dry, NoWait: true}, rows) {
				sum.Add(result)
			}
			require.Equal(t, 55, sum.Queued)
			require.Equal(t, map[conversation.Cause]int{conversation.CauseLimit: 10}, sum.Refused)
		}
		var sum campaign.Totals
		for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "other", Dry: true}, sale(people(60, 0, 0))) {
			sum.Add(result)
		}
		require.Zero(t, sum.Again)
		l.Pass(time.Minute)
	})
}

func TestADryRunTellsForWhichRowsTheRunWillWait(t *testing.T) {
	t.Parallel()
	experiment(t, notifying(t), func(t *testing.T, l *lab) {
		require.NoError(t, l.Hub.ReportStanding(t.Context(), "support", time.Now(), health.Standing{MessagingLimit: "TIER_50"}))
		reminder := func(n int) func(func(channel.Notification, error) bool) {
			return func(yield func(channel.Notification, error) bool) {
				for row, err := range people(n, 0, 0) {
					row.Template = &channel.Template{Name: "reminder", Language: "en"}
					if !yield(row, err) {
						return
					}
				}
			}
		}
		begun := time.Now()
		for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "before"}, reminder(20)) {
			require.NoError(t, result.Err)
		}
		l.Pass(time.Hour)

		c := campaign.Campaign{Key: "news"}
		foretell := func(c campaign.Campaign) (until []time.Time, sum campaign.Totals) {
			c.Dry = true
			for result := range l.Hub.NotifyAll(t.Context(), byYou, c, reminder(110)) {
				until = append(until, result.Until)
				sum.Add(result)
			}
			return until, sum
		}
		until, sum := foretell(c)
		require.Equal(t, 110, sum.Queued, "the run waits, and refuses nobody")
		require.Empty(t, sum.Refused)
		require.Equal(t, 60, sum.Waiting)
		for row, at := range until {
			switch {
			case row < 50:
				require.Zero(t, at, row)
			case row < 70: // those of the other campaign are a day old first
				require.WithinRange(t, at, begun.Add(24*time.Hour-time.Second), begun.Add(24*time.Hour+time.Second), row)
			default:
				require.WithinRange(t, at, begun.Add(25*time.Hour-time.Second), begun.Add(25*time.Hour+time.Minute), row)
			}
		}
		_, sum = foretell(campaign.Campaign{Key: "news", NoWait: true})
		require.Equal(t, 50, sum.Queued)
		require.Zero(t, sum.Waiting)
		require.Equal(t, map[conversation.Cause]int{conversation.CauseLimit: 60}, sum.Refused)

		sum = campaign.Totals{}
		row := 0
		for result := range l.Hub.NotifyAll(t.Context(), byYou, c, reminder(110)) {
			sum.Add(result)
			require.False(t, time.Now().Before(until[row]), "it waits as long, or longer")
			row++
		}
		require.Equal(t, 110, sum.Queued)
		l.Pass(time.Minute)
	})
}

// particular is a sender that takes some messages only.
type particular struct {
	*channeltest.Wire
	refuses string
}

func (p *particular) Check(out message.Outbound) error {
	if out.To.Phone == p.refuses {
		return errors.New("not to this one")
	}
	return nil
}

func TestACampaignEndsAtTheRowAtWhichTheStoreFailsAndGoesOnAfterAnyOther(t *testing.T) {
	t.Parallel()
	way := &cable{Store: memstore.New()}
	o := notifying(t)
	o.Store = way
	config := o.Config
	o.Config = func(c *channel.Config) {
		config(c)
		c.Channels[0].Sender = &particular{c.Channels[0].Sender.(*channeltest.Wire), "13125550002"}
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		rows := func(yield func(channel.Notification, error) bool) {
			for n, err := range people(9, 4, 5) {
				n.Template = &channel.Template{Name: "reminder", Language: "en"}
				if n.To.Phone == "13125550003" {
					n.Channel = "none"
				}
				if !yield(n, err) {
					return
				}
			}
		}
		run := func(cutAt int) (refused []int, last *campaign.Result) {
			for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "news"}, rows) {
				if last = result; result.Err != nil {
					refused = append(refused, result.Row)
				}
				if result.Row == cutAt-1 {
					way.set(true)
				}
			}
			way.set(false)
			return refused, last
		}
		refused, last := run(7)
		require.Equal(t, []int{2, 3, 4, 5, 7}, refused)
		require.Equal(t, 7, last.Row, "where to resume")
		require.ErrorIs(t, last.Err, errCut)
		require.Empty(t, last.Cause)
		refused, last = run(0)
		require.Equal(t, []int{2, 3, 4, 5}, refused)
		require.Equal(t, 9, last.Row)
		l.Pass(time.Minute)
		require.Len(t, l.Line.Texts(), 5)
	})
}

func TestACampaignOverTwoChannelsAddsNoCurrencies(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: func(c *channel.Config) {
		channeltest.Spends(t, nil)(c)
		second := c.Channels[0]
		second.ID, second.Name, second.Number = "second", "Second", channeltest.OtherNumber
		card, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\nNorth America,2,0.3,0.3\n"),
			pricing.CardConfig{Currency: "INR", From: "2026-10-01"})
		require.NoError(t, err)
		second.Rates = []*pricing.RateCard{card}
		c.Channels = append(c.Channels, second)
	}}, func(t *testing.T, l *lab) {
		rows := func(yield func(channel.Notification, error) bool) {
			for i, on := range []string{"support", "second", "second", "support"} {
				if !yield(channel.Notification{
					Channel: on, To: channeltest.Recipient(channeltest.Stranger(i)), Template: &channel.Template{Name: "reminder", Language: "en"},
				}, nil) {
					return
				}
			}
		}
		for _, dry := range []bool{true, false} {
			var sum campaign.Totals
			for result := range l.Hub.NotifyAll(t.Context(), byYou, campaign.Campaign{Key: "spring", Dry: dry}, rows) {
				require.NoError(t, result.Err)
				sum.Add(result)
			}
			require.Equal(t, map[string]pricing.Micros{"USD": 6_800, "INR": 600_000}, sum.Cost)
			require.Zero(t, sum.Unpriced)
		}
		l.Pass(time.Minute)
	})
}
