package pricing_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

func ledger(t testing.TB, cfg pricing.LedgerConfig) *pricing.Ledger {
	t.Helper()
	l, err := pricing.NewLedger(cfg)
	require.NoError(t, err)
	return l
}

func budget(b pricing.Budget) map[string]pricing.Budget {
	return map[string]pricing.Budget{"support": b}
}

func TestAMessageThroughTheBooks(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{})
	require.NoError(t, l.Reserve("m1", "support", "Germany", hold(now, "utility")))
	require.NoError(t, l.Reserve("m2", "support", "Brazil", hold(now, "utility")))
	require.NoError(t, l.Reserve("m3", "sales", "Brazil", hold(now, "marketing")))
	require.NoError(t, l.Settle("m1", pricing.NewDelivery(1, now, nil), said("regular", "utility")))
	require.NoError(t, l.Release("m2"))

	key := func(channel string, c pricing.Category, m pricing.Market) pricing.Key {
		return pricing.Key{Channel: channel, Month: "2026-11", Category: c, Market: m}
	}
	require.Empty(t, cmp.Diff([]pricing.Row{
		{Key: key("sales", "marketing", "Brazil"), Totals: pricing.Totals{Reserved: 1, ReservedCharged: 1, ReservedCost: 100_000}},
		{Key: key("support", "utility", "Brazil"), Totals: pricing.Totals{Released: 1}},
		{Key: key("support", "utility", "Germany"), Totals: pricing.Totals{Delivered: 1, Charged: 1, Cost: 100_000}},
	}, l.Rows()))
	require.Equal(t, pricing.Totals{Released: 1, Delivered: 1, Charged: 1, Cost: 100_000}, l.Total(pricing.Key{Channel: "support"}))
	require.Equal(t, int64(1), l.Total(pricing.Key{Market: "Brazil", Category: "marketing"}).Reserved)
	require.Zero(t, l.Total(pricing.Key{Month: "2026-10"}))
}

func TestTheLedgerObeysTheThreeLaws(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(4, 10))
	base := at(t, "2026-11-01T00:00:00Z")
	for range 200 {
		type fact struct {
			id string
			e  pricing.Entry
		}
		facts := make([]fact, 30)
		for i := range facts {
			facts[i] = fact{fmt.Sprint("m", r.IntN(6)), randomFact(r, base)}
		}
		apply := func(l *pricing.Ledger, facts []fact) {
			for _, f := range facts {
				require.NoError(t, l.Apply(f.id, f.e))
			}
		}
		want := ledger(t, pricing.LedgerConfig{})
		apply(want, facts)

		again := append(facts[:len(facts):len(facts)], facts...)
		r.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		got := ledger(t, pricing.LedgerConfig{})
		apply(got, again)
		require.Empty(t, cmp.Diff(want.Rows(), got.Rows()))

		// Two processes that saw a part each agree after exchanging their entries.
		a, b := ledger(t, pricing.LedgerConfig{}), ledger(t, pricing.LedgerConfig{})
		apply(a, again[:20])
		apply(b, again[10:])
		for id, e := range a.Books().Entries {
			require.NoError(t, b.Apply(id, e))
		}
		require.Empty(t, cmp.Diff(want.Rows(), b.Rows()))

		// A bad fact leaves its neighbours alone.
		require.ErrorIs(t, got.Apply("", facts[0].e), pricing.ErrNoID)
		require.Empty(t, cmp.Diff(want.Rows(), got.Rows()))

		// And the books are what they were after a restart.
		j, err := json.Marshal(want.Books())
		require.NoError(t, err)
		var books pricing.Books
		require.NoError(t, json.Unmarshal(j, &books))
		restarted := ledger(t, pricing.LedgerConfig{Books: &books})
		require.Empty(t, cmp.Diff(want.Rows(), restarted.Rows()))
	}
}

func TestABudgetStopsChargedSends(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	tests := []struct {
		name   string
		budget pricing.Budget
		hold   pricing.Hold
		fits   int // how many pass
		err    error
	}{
		{"money for three", pricing.Budget{Limit: 399_999}, hold(now, "utility"), 3, pricing.ErrBudgetExhausted},
		{"money for exactly four", pricing.Budget{Limit: 400_000}, hold(now, "utility"), 4, pricing.ErrBudgetExhausted},
		{"two messages", pricing.Budget{Unit: pricing.BudgetMessages, Limit: 2}, hold(now, "utility"), 2, pricing.ErrBudgetExhausted},
		{"groups count by recipient", pricing.Budget{Unit: pricing.BudgetMessages, Limit: 9},
			pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableYes, Units: 4}, 2, pricing.ErrBudgetExhausted},
		{"the zero budget", pricing.Budget{}, hold(now, "utility"), 0, pricing.ErrBudgetExhausted},
		{"unknown billability counts as charged", pricing.Budget{Unit: pricing.BudgetMessages, Limit: 1},
			pricing.Hold{At: now, Month: "2026-11", Units: 1}, 1, pricing.ErrBudgetExhausted},
		{"free sends always pass", pricing.Budget{}, pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableNo, Free: 1}, 10, nil},
		{"a price that is unknown", pricing.Budget{Limit: 1_000_000},
			pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableYes, Units: 1}, 0, pricing.ErrNoPrice},
		{"tokens cannot be counted beforehand", pricing.Budget{Limit: 1_000_000},
			pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableYes, Rate: 2}, 0, pricing.ErrNoPrice},
		{"but each is a message", pricing.Budget{Unit: pricing.BudgetMessages, Limit: 0},
			pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableYes, Rate: 2}, 0, pricing.ErrBudgetExhausted},
		{"a cost beyond int64", pricing.Budget{Limit: math.MaxInt64 - 1},
			pricing.Hold{At: now, Month: "2026-11", Billable: pricing.BillableYes, Rate: math.MaxInt64, Units: math.MaxInt64}, 0, pricing.ErrBudgetExhausted},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := ledger(t, pricing.LedgerConfig{Budgets: budget(tt.budget)})
			for i := range tt.fits {
				require.NoError(t, l.Reserve(fmt.Sprint(i), "support", "Germany", tt.hold))
			}
			before := l.Rows()
			if err := l.Reserve("one more", "support", "Germany", tt.hold); tt.err != nil {
				require.ErrorIs(t, err, tt.err)
				require.Equal(t, before, l.Rows(), "a refused send holds nothing")
			} else {
				require.NoError(t, err)
			}
			// Another channel has no budget.
			require.NoError(t, l.Reserve("other", "sales", "Germany", tt.hold))
		})
	}
}

func TestBudgetErrorTellsTheFigures(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Limit: 150_000})})
	require.NoError(t, l.Reserve("m1", "support", "Germany", hold(now, "utility")))
	err := l.Reserve("m2", "support", "Germany", hold(now, "utility"))
	short, ok := errors.AsType[*pricing.BudgetError](err)
	require.True(t, ok)
	require.Equal(t, pricing.BudgetError{Limit: 150_000, Remaining: 50_000, Needed: 100_000}, *short)
	require.EqualError(t, err, "pricing: budget exhausted: 0.10 needed, 0.05 of 0.15 left")

	l = ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Unit: pricing.BudgetMessages})})
	require.EqualError(t, l.Reserve("m1", "support", "Germany", hold(now, "utility")),
		"pricing: budget exhausted: 1 messages needed, 0 of 0 left")
}

func TestRepeatedReservationsAreNeitherRefusedNorCounted(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Unit: pricing.BudgetMessages, Limit: 1})})
	for range 3 {
		require.NoError(t, l.Reserve("m1", "support", "Germany", hold(now, "utility")))
	}
	later := hold(now.Add(time.Hour), "marketing")
	require.NoError(t, l.Reserve("m1", "support", "Germany", later), "with other figures as well")
	require.Equal(t, pricing.Totals{Reserved: 1, ReservedCharged: 1, ReservedCost: 100_000}, l.Total(pricing.Key{Category: "utility"}))

	// A delivery that overtakes its reservation is counted, not refused.
	require.NoError(t, l.Settle("m2", pricing.NewDelivery(1, now, nil), said("regular", "utility")))
	require.NoError(t, l.Reserve("m2", "support", "Germany", hold(now, "utility")))
	require.Equal(t, int64(1), l.Total(pricing.Key{}).Delivered)
	balance, _ := l.Balance("support", "2026-11")
	require.Equal(t, int64(-1), balance.Remaining)

	// A released message cannot be revived unpaid.
	require.NoError(t, l.Release("m3"))
	require.ErrorIs(t, l.Reserve("m3", "support", "Germany", hold(now, "utility")), pricing.ErrReleased)
}

func TestReleaseAndFreeDeliveryGiveTheBudgetBack(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Limit: 100_000})})
	require.NoError(t, l.Reserve("m1", "support", "Germany", hold(now, "utility")))
	require.ErrorIs(t, l.Reserve("m2", "support", "Germany", hold(now, "utility")), pricing.ErrBudgetExhausted)
	require.NoError(t, l.Release("m1"))
	require.NoError(t, l.Reserve("m2", "support", "Germany", hold(now, "utility")))
	require.NoError(t, l.Settle("m2", pricing.NewDelivery(1, now, nil), said("free_entry_point", "referral_conversion")))
	require.NoError(t, l.Reserve("m3", "support", "Germany", hold(now, "utility")))
}

func TestMonthlyBudgetsBeginAnew(t *testing.T) {
	t.Parallel()
	november, december := at(t, "2026-11-30T23:59:59Z"), at(t, "2026-12-01T00:00:00Z")
	l := ledger(t, pricing.LedgerConfig{Budgets: map[string]pricing.Budget{
		"support": {Limit: 100_000, Monthly: true}, "prepaid": {Limit: 100_000},
	}})
	for _, channel := range []string{"support", "prepaid"} {
		require.NoError(t, l.Reserve(channel+"1", channel, "Germany", hold(november, "utility")))
		require.ErrorIs(t, l.Reserve(channel+"2", channel, "Germany", hold(november, "utility")), pricing.ErrBudgetExhausted)
	}
	require.NoError(t, l.Reserve("support3", "support", "Germany", hold(december, "utility")))
	require.ErrorIs(t, l.Reserve("prepaid3", "prepaid", "Germany", hold(december, "utility")), pricing.ErrBudgetExhausted)

	b, ok := l.Balance("support", "2026-12")
	require.True(t, ok)
	require.Equal(t, pricing.Balance{Budget: pricing.Budget{Limit: 100_000, Monthly: true}, Month: "2026-12", Used: 100_000}, b)
	b, _ = l.Balance("support", "2027-01")
	require.Equal(t, int64(100_000), b.Remaining)
	b, _ = l.Balance("prepaid", "2027-01")
	require.Zero(t, b.Remaining)
	require.Empty(t, b.Month)
	_, ok = l.Balance("sales", "2026-12")
	require.False(t, ok)
}

func TestLowWaterIsReportedOnceUntilToppedUp(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	var calls []string
	var l *pricing.Ledger
	l = ledger(t, pricing.LedgerConfig{
		Budgets: budget(pricing.Budget{Limit: 300_000, LowWater: 100_000}),
		OnLow: func(channel string, b pricing.Balance) {
			calls = append(calls, fmt.Sprint(channel, " ", pricing.Micros(b.Remaining)))
			l.Rows() // the ledger may be used from the callback
		},
	})
	reserve := func(id string) error { return l.Reserve(id, "support", "Germany", hold(now, "utility")) }

	require.NoError(t, reserve("m1"))
	require.Empty(t, calls)
	require.NoError(t, reserve("m2"))
	require.Equal(t, []string{"support 0.10"}, calls)
	require.NoError(t, reserve("m3"))
	require.Error(t, reserve("m4"))
	require.NoError(t, reserve("m3"))
	require.Len(t, calls, 1, "one call is enough")

	require.NoError(t, l.Release("m1"))
	require.NoError(t, l.Release("m2"))
	require.NoError(t, reserve("m5"))
	require.Equal(t, []string{"support 0.10", "support 0.10"}, calls, "it has been above the mark")

	require.NoError(t, l.SetBudget("support", pricing.Budget{Limit: 350_000, LowWater: 10_000}))
	require.NoError(t, reserve("m6"))
	require.Error(t, reserve("m7"))
	require.Equal(t, "support 0.05", calls[2], "a refused send reports although the mark is not reached")
	require.Error(t, reserve("m8"))
	require.Len(t, calls, 3)

	l.RemoveBudget("support")
	require.NoError(t, reserve("m8"))
}

func TestFreeTierCountsDeliveredAndHeldServiceMessages(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{})
	freeHold := func(c pricing.Category) pricing.Hold {
		return pricing.NewHold(pricing.Charge{Category: c, Billable: pricing.BillableNo, Free: 1}, 0, now, nil)
	}
	require.Equal(t, 1000, l.FreeLeft("support", "2026-11", 1000))
	require.NoError(t, l.Reserve("m1", "support", "Germany", freeHold(pricing.CategoryService)))
	require.NoError(t, l.Reserve("m2", "support", "Brazil", freeHold(pricing.CategoryGroupService)))
	require.NoError(t, l.Reserve("m3", "support", "Brazil", hold(now, pricing.CategoryUtility)))
	require.NoError(t, l.Reserve("m4", "sales", "Brazil", freeHold(pricing.CategoryService)))
	require.Equal(t, 998, l.FreeLeft("support", "2026-11", 1000))
	require.NoError(t, l.Settle("m1", pricing.NewDelivery(1, now, nil), pricing.Observed{}))
	require.NoError(t, l.Settle("m2", pricing.NewDelivery(7, now, nil), pricing.Observed{}))
	require.Equal(t, 992, l.FreeLeft("support", "2026-11", 1000), "each recipient uses one")
	require.Equal(t, 1000, l.FreeLeft("support", "2026-12", 1000), "no roll-over, a new month")
	require.Zero(t, l.FreeLeft("support", "2026-11", 3))
	require.Zero(t, l.FreeLeft("support", "2026-11", -3))
}

func TestClosingMonthsKeepsTheirRows(t *testing.T) {
	t.Parallel()
	october, november := at(t, "2026-10-15T12:00:00Z"), at(t, "2026-11-15T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Limit: 250_000})})
	require.NoError(t, l.Reserve("m1", "support", "Germany", hold(october, "utility")))
	require.NoError(t, l.Settle("m1", pricing.NewDelivery(1, october, nil), said("regular", "utility")))
	require.NoError(t, l.Reserve("m2", "support", "Germany", hold(october, "utility")))
	require.NoError(t, l.Release("orphan"))
	before := l.Rows()

	l.CloseMonths("2026-11")
	require.Equal(t, before, l.Rows())
	books := l.Books()
	require.Len(t, books.Closed, 1)
	require.Equal(t, pricing.Month("2026-11"), books.Horizon)
	require.Len(t, books.Entries, 1, "what is still held stays")

	// Late duplicates of a dropped message change nothing.
	require.ErrorIs(t, l.Reserve("m1", "support", "Germany", hold(october, "utility")), pricing.ErrTime)
	require.NoError(t, l.Apply("m1", pricing.Entry{Channel: "support", Delivery: pricing.NewDelivery(1, october, nil)}))
	require.NoError(t, l.Settle("m1", pricing.NewDelivery(1, november, nil), said("regular", "utility")), "a read receipt weeks later")
	require.Equal(t, before, l.Rows())

	// The lifetime budget remembers the closed month, after a restart as well.
	j, err := json.Marshal(books)
	require.NoError(t, err)
	var kept pricing.Books
	require.NoError(t, json.Unmarshal(j, &kept))
	require.Empty(t, cmp.Diff(books, kept))
	restarted := ledger(t, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Limit: 250_000}), Books: &kept})
	require.Equal(t, before, restarted.Rows())
	for _, l := range []*pricing.Ledger{l, restarted} {
		require.ErrorIs(t, l.Reserve("m3", "support", "Germany", hold(november, "utility")), pricing.ErrBudgetExhausted)
	}

	require.Equal(t, 1, l.Expire(november))
	require.Zero(t, l.Expire(november))
	require.NoError(t, l.Reserve("m3", "support", "Germany", hold(november, "utility")), "the expired hold is given back")
}

func TestBadInputOfTheLedger(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	l := ledger(t, pricing.LedgerConfig{})
	require.ErrorIs(t, l.Reserve("", "support", "", hold(now, "utility")), pricing.ErrNoID)
	require.ErrorIs(t, l.Reserve("m1", "", "", hold(now, "utility")), pricing.ErrNoID)
	require.ErrorIs(t, l.Settle("", pricing.NewDelivery(1, now, nil), pricing.Observed{}), pricing.ErrNoID)
	require.ErrorIs(t, l.Release(""), pricing.ErrNoID)
	for _, bad := range []time.Time{{}, time.Unix(5, 0), time.Unix(-5, 0), time.Unix(1793527200000, 0), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)} {
		require.ErrorIs(t, l.Reserve("m1", "support", "", hold(bad, "utility")), pricing.ErrTime)
		require.ErrorIs(t, l.Settle("m1", pricing.NewDelivery(1, bad, nil), pricing.Observed{}), pricing.ErrTime)
	}
	require.ErrorIs(t, l.Reserve("m1", "support", "", pricing.Hold{At: now}), pricing.ErrTime)
	require.ErrorIs(t, l.Settle("m1", pricing.Delivery{At: now, Units: 1}, pricing.Observed{}), pricing.ErrTime)
	require.Empty(t, l.Rows())

	_, err := pricing.NewLedger(pricing.LedgerConfig{Budgets: map[string]pricing.Budget{"": {}}})
	require.EqualError(t, err, "pricing: set budget: no channel")
	_, err = pricing.NewLedger(pricing.LedgerConfig{Budgets: budget(pricing.Budget{Unit: "shells"})})
	require.EqualError(t, err, "pricing: set budget: unknown unit")
	require.EqualError(t, l.SetBudget("support", pricing.Budget{Limit: -1}), "pricing: set budget: negative limit or low-water mark")
	require.EqualError(t, l.SetBudget("support", pricing.Budget{LowWater: -1}), "pricing: set budget: negative limit or low-water mark")

	// Pure decisions on damaged figures refuse.
	b := pricing.Budget{Unit: pricing.BudgetMessages, Limit: math.MinInt64}
	require.ErrorIs(t, b.Admit(pricing.Totals{Charged: math.MaxInt64}, hold(now, "utility")), pricing.ErrBudgetExhausted)
	require.ErrorIs(t, b.Admit(pricing.Totals{Charged: -5}, hold(now, "utility")), pricing.ErrBudgetExhausted)
}

func TestConcurrentReservationsNeverOverdraw(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	const limit = 100
	var low, admitted atomic.Int64
	l := ledger(t, pricing.LedgerConfig{
		Budgets: budget(pricing.Budget{Unit: pricing.BudgetMessages, Limit: limit, LowWater: 10}),
		OnLow:   func(string, pricing.Balance) { low.Add(1) },
	})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range limit {
				id := fmt.Sprint(g%4, "-", i) // every id twice
				if err := l.Reserve(id, "support", "Germany", hold(now, "utility")); err == nil {
					admitted.Add(1)
				}
				l.Balance("support", "2026-11")
				l.FreeLeft("support", "2026-11", 1000)
			}
		})
	}
	wg.Wait()
	require.Equal(t, int64(limit), l.Total(pricing.Key{}).Reserved)
	require.GreaterOrEqual(t, admitted.Load(), int64(limit))
	require.Equal(t, int64(1), low.Load())
}
