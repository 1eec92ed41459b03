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
	"github.com/kanava-go/kanava/channel/campaign"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/memstore"
)

// rush has n strangers notified at the same time by several hubs on one store, and counts
// the messages that were taken. Every refusal must be for lack of budget.
func rush(t *testing.T, n int, hubs ...*lab) int {
	t.Helper()
	var took atomic.Int64
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			switch _, err := hubs[i%len(hubs)].Notify(channeltest.Stranger(i), "reminder"); {
			case err == nil:
				took.Add(1)
			case !errors.Is(err, pricing.ErrBudgetExhausted):
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return int(took.Load())
}

func TestABudgetHoldsWhoeverSendsAtTheSameTime(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]struct {
		budget *pricing.Budget
		want   int
	}{
		"charged messages":           {&pricing.Budget{Unit: pricing.BudgetMessages, Limit: 3}, 3},
		"charged messages, by month": {&pricing.Budget{Unit: pricing.BudgetMessages, Limit: 3, Monthly: true}, 3},
		"every message":              {&pricing.Budget{Unit: pricing.BudgetEvery, Limit: 4}, 4},
		"money":                      {&pricing.Budget{Limit: 2*3400 + 3399}, 2},
		"nothing":                    {&pricing.Budget{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st := memstore.New()
			synctest.Test(t, func(t *testing.T) {
				o := channeltest.LabOptions{Store: st, Config: channeltest.Spends(t, b.budget)}
				require.Equal(t, b.want, rush(t, 30, newLab(t, o), newLab(t, o)))
			})
		})
	}
}

func TestABudgetThatBeginsLaterKnowsWhatWasSpentBefore(t *testing.T) {
	t.Parallel()
	budget := func(n int64) *pricing.Budget { return &pricing.Budget{Unit: pricing.BudgetMessages, Limit: n} }
	experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, nil)}, func(t *testing.T, l *lab) {
		change := func(b *pricing.Budget) {
			s := l.Hub.Channels()[0].Settings
			s.Budget = b
			require.NoError(t, l.Hub.UpdateSettings(t.Context(), s))
		}
		require.Equal(t, 4, rush(t, 4, l))
		change(budget(6))
		require.Equal(t, 2, rush(t, 5, l), "four of six are gone")
		change(nil)
		require.Equal(t, 5, rush(t, 5, l))
		change(&pricing.Budget{Unit: pricing.BudgetEvery, Limit: 12})
		require.Equal(t, 1, rush(t, 5, l), "another unit, the same books")
		change(budget(14))
		require.Equal(t, 2, rush(t, 5, l))
		require.Len(t, l.Records("books"), 1)
	})
}

func TestAMessageThatFailsGivesItsPartOfTheBudgetBack(t *testing.T) {
	t.Parallel()
	for _, unit := range []pricing.BudgetUnit{pricing.BudgetMessages, pricing.BudgetEvery} {
		t.Run(string(unit), func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Unit: unit, Limit: 1})}, func(t *testing.T, l *lab) {
				m, err := l.Notify(channeltest.Kim, "reminder")
				require.NoError(t, err)
				l.Pass(time.Second)
				_, err = l.Notify(channeltest.Kim, "reminder")
				require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
				l.Post(channeltest.Kim.Fails(channeltest.OutWAMID("template"), m.ID, 131026))
				l.Pass(time.Second)
				_, err = l.Notify(channeltest.Kim, "reminder")
				require.NoError(t, err)
			})
		})
	}
}

func TestABudgetOfEveryMessageCountsThoseThatCostNothing(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Unit: pricing.BudgetEvery, Limit: 2})}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(channeltest.Now2026(), "wamid.1", "hello"))
		l.Pass(time.Second)
		conv := l.Conversation().ID
		for _, text := range []string{"one", "two"} {
			_, err := l.Reply(conv, text)
			require.NoError(t, err)
			l.Pass(time.Second)
			l.Post(channeltest.Kim.Status(channeltest.Now2026(), channeltest.OutWAMID(text), "", "delivered", "pricing", map[string]any{"billable": false, "type": "free_customer_service"}))
			l.Pass(time.Second)
		}
		_, err := l.Reply(conv, "three")
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
	})
}

// The last free message of a month is free once, however many answer at the same time.
func TestTheLastFreeMessageIsFreeOnce(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 3})}
	experiment(t, o, func(t *testing.T, l *lab) {
		const customers = 40
		for n := range customers {
			l.Post(channeltest.Stranger(n).Text(channeltest.Now2026(), fmt.Sprint("wamid.", n), "hello"))
		}
		l.Pass(30 * time.Second)
		convs := l.Conversations()
		require.Len(t, convs, customers)
		free := pricing.DefaultRules().FreeTier(channeltest.Now2026(), time.UTC)
		require.Positive(t, free)
		took := 0
		for n := 0; n < free-10; n += 10 { // albums, because they are quick
			var album []channel.Reply
			for i := range 10 {
				album = append(album, channel.Reply{
					Conversation: convs[0].ID, Content: &message.Text{Body: fmt.Sprint(n + i)},
				})
			}
			_, err := l.Hub.ReplyAll(t.Context(), alice, album)
			require.NoError(t, err)
			took += 10
		}
		var rest atomic.Int64
		var wg sync.WaitGroup
		for _, c := range convs {
			wg.Go(func() {
				if _, err := l.Reply(c.ID, "at the same time"); err == nil {
					rest.Add(1)
				} else if !errors.Is(err, pricing.ErrBudgetExhausted) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, free-took+3, rest.Load(), "what is left of the free ones, and three that are paid for")
	})
}

func TestAnAlbumMayTakeTheLastFreeMessageAndPayForTheRest(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Unit: pricing.BudgetMessages, Limit: 30})}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(channeltest.Now2026(), "wamid.1", "hello"))
		l.Pass(time.Second)
		conv := l.Conversation().ID
		album := func(n int) error {
			var all []channel.Reply
			for i := range n {
				all = append(all, channel.Reply{Conversation: conv, Content: &message.Text{Body: fmt.Sprint(i)}})
			}
			_, err := l.Hub.ReplyAll(t.Context(), alice, all)
			return err
		}
		free := pricing.DefaultRules().FreeTier(channeltest.Now2026(), time.UTC)
		for left := free - 1; left > 0; left -= min(left, 30) {
			require.NoError(t, album(min(left, 30)))
		}
		require.NoError(t, album(30), "one is free, 29 are paid for")
		require.NoError(t, album(1))
		require.ErrorIs(t, album(1), pricing.ErrBudgetExhausted)
	})
}

func TestWhoHasNoPhoneNumberIsPricedByTheCountry(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		bsuid string
		want  error
	}{
		"of a person":                {"US.13491208655302741918", nil},
		"of a business":              {"US.ENT.11815799212886844830", nil},
		"of a country without price": {"DE.13491208655302741918", pricing.ErrNoPrice},
		"of no country":              {"XX.13491208655302741918", pricing.ErrNoPrice},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Limit: 10_000})}, func(t *testing.T, l *lab) {
				_, err := l.Notify(channeltest.Face{Bsuid: tt.bsuid}, "reminder")
				require.ErrorIs(t, err, tt.want)
			})
		})
	}
}

func TestALowBudgetIsToldAtTheStartAndWhenSomebodyIsRefused(t *testing.T) {
	t.Parallel()
	st := memstore.New()
	var low []hooks.BudgetInfo
	o := channeltest.LabOptions{Store: st, Config: func(c *channel.Config) {
		channeltest.Spends(t, &pricing.Budget{Limit: 6000})(c) // one of 3400, then 2600 are left and too little
		c.Hooks.BudgetLow = func(_ context.Context, i hooks.BudgetInfo) { low = append(low, i) }
	}}
	experiment(t, o, func(t *testing.T, l *lab) {
		require.Equal(t, 1, rush(t, 1, l))
		require.Empty(t, low)
		to := channel.Notification{
			Channel: "support", To: message.Recipient{Phone: channeltest.Stranger(7).Phone}, Template: &channel.Template{Name: "reminder", Language: "en"},
		}
		for result := range l.Hub.NotifyAll(t.Context(), channeltest.Alice, campaign.Campaign{Key: "dry", Dry: true}, func(yield func(channel.Notification, error) bool) { yield(to, nil) }) {
			require.ErrorIs(t, result.Err, pricing.ErrBudgetExhausted)
		}
		require.Empty(t, low, "nobody was refused by a rehearsal")
		require.Zero(t, rush(t, 3, l))
		require.Len(t, low, 1, "told once that somebody was refused")
		require.EqualValues(t, 2600, low[0].Balance.Remaining)
	})
	low = nil
	o.Config = func(c *channel.Config) {
		channeltest.Spends(t, &pricing.Budget{Limit: 6000, LowWater: 3000})(c)
		c.Hooks.BudgetLow = func(_ context.Context, i hooks.BudgetInfo) { low = append(low, i) }
	}
	experiment(t, o, func(t *testing.T, l *lab) {
		l.Pass(time.Second)
		require.Len(t, low, 1, "told although nothing was sent")
		require.EqualValues(t, 2600, low[0].Balance.Remaining)
	})
}

func TestABudgetThatOnlyATransactionOfTheHostUsedUpIsToldOnceThatIsCommitted(t *testing.T) {
	t.Parallel()
	for name, commits := range map[string]bool{"committed": true, "taken back": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			low, inside := 0, false
			o := channeltest.LabOptions{Config: func(c *channel.Config) {
				channeltest.Spends(t, &pricing.Budget{Limit: 3000})(c) // one is 3400
				c.Hooks.BudgetLow = func(ctx context.Context, _ hooks.BudgetInfo) {
					low++
					inside = inside || store.DeferredIn(ctx) != nil
				}
			}}
			experiment(t, o, func(t *testing.T, l *lab) {
				ctx, tx := store.Defer(t.Context()) // what sqlstore.InTx does
				_, err := l.Hub.Notify(ctx, alice, channel.Notification{
					Channel: "support", To: message.Recipient{BSUID: channeltest.Kim.Bsuid}, Template: &channel.Template{Name: "reminder", Language: "en"},
				})
				require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
				require.Zero(t, low)
				tx.End(commits)
				require.Equal(t, map[bool]int{true: 1}[commits], low)
				require.False(t, inside, "the transaction is over")
			})
		})
	}
}

func TestAChannelWithoutABudgetKeepsNoRunningTotals(t *testing.T) {
	t.Parallel()
	o := channeltest.LabOptions{Config: func(c *channel.Config) { channeltest.Spends(t, nil)(c); c.Channels[0].Rates = nil }}
	experiment(t, o, func(t *testing.T, l *lab) {
		require.Equal(t, 3, rush(t, 3, l))
		for _, r := range l.Records("money") {
			require.NotContains(t, r.Key, "|used-")
			require.NotContains(t, r.Key, "|free")
		}
		require.Empty(t, l.Records("books"))
		require.False(t, strings.Contains(l.Logs.String(), "level=ERROR"))
	})
}

func TestWhatIsNotSentGivesItsPartOfTheBudgetBack(t *testing.T) {
	t.Parallel()
	for name, undo := range map[string]func(t *testing.T, l *lab){
		"cancelled": func(t *testing.T, l *lab) {
			l.Line.Sends(channeltest.FailsFirst(130429, 99))
			m, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
			l.Pass(500 * time.Millisecond)
			require.NoError(t, l.Hub.CancelMessage(t.Context(), alice, m.ID))
		},
		"refused by WhatsApp": func(t *testing.T, l *lab) {
			l.Line.Sends(channeltest.FailsFirst(131026, 99))
			_, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
		},
		"given up": func(t *testing.T, l *lab) {
			l.Line.Sends(func(context.Context, message.Outbound, int) error { return message.ErrOutcomeUnknown })
			m, err := l.Notify(channeltest.Kim, "reminder")
			require.NoError(t, err)
			l.Pass(time.Second)
			require.NoError(t, l.Hub.GiveUpMessage(t.Context(), alice, m.ID))
		},
		"stopped by the customer while it waited": func(t *testing.T, l *lab) {
			l.Line.Sends(channeltest.FailsFirst(130429, 99))
			_, err := l.Notify(channeltest.Kim, "sale")
			require.NoError(t, err)
			require.NoError(t, l.Hub.StopMarketing(t.Context(), "support", channeltest.Recipient(channeltest.Kim), channeltest.Now2026()))
			l.Pass(time.Minute)
		},
	} {
		for _, unit := range []pricing.BudgetUnit{pricing.BudgetAmount, pricing.BudgetMessages, pricing.BudgetEvery} {
			t.Run(name+" "+string(unit), func(t *testing.T) {
				t.Parallel()
				b := &pricing.Budget{Unit: unit, Limit: 1}
				if unit == pricing.BudgetAmount {
					b.Limit = 25000
				}
				experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, b)}, func(t *testing.T, l *lab) {
					undo(t, l)
					l.Pass(time.Minute)
					l.Line.Sends(nil)
					_, err := l.Notify(channeltest.Stranger(1), "reminder")
					require.NoError(t, err)
					if unit != pricing.BudgetAmount {
						_, err = l.Notify(channeltest.Stranger(2), "reminder")
						require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
					}
				})
			})
		}
	}
}

func TestAMonthThatChangesFreesAMonthlyBudgetAndNoOther(t *testing.T) {
	t.Parallel()
	for name, monthly := range map[string]bool{"by month": true, "for all time": false} {
		for _, unit := range []pricing.BudgetUnit{pricing.BudgetAmount, pricing.BudgetMessages, pricing.BudgetEvery} {
			t.Run(name+" "+string(unit), func(t *testing.T) {
				t.Parallel()
				b := &pricing.Budget{Unit: unit, Limit: 1, Monthly: monthly}
				if unit == pricing.BudgetAmount {
					b.Limit = 3400
				}
				o := channeltest.LabOptions{Config: func(c *channel.Config) { channeltest.Spends(t, b)(c); channeltest.SlowPolls(c) }}
				experiment(t, o, func(t *testing.T, l *lab) {
					m, err := l.Notify(channeltest.Stranger(0), "reminder")
					require.NoError(t, err)
					l.Pass(time.Minute)
					_, err = l.Notify(channeltest.Stranger(1), "reminder")
					require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
					l.Pass(15 * 24 * time.Hour) // December
					_, err = l.Notify(channeltest.Stranger(1), "reminder")
					if !monthly {
						require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
						return
					}
					require.NoError(t, err)
					// What was set aside in November and fails in December frees nothing in December.
					l.Post(channeltest.Stranger(0).Fails(channeltest.OutWAMID("template"), m.ID, 131026))
					l.Pass(time.Minute)
					_, err = l.Notify(channeltest.Stranger(2), "reminder")
					require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
				})
			})
		}
	}
}
