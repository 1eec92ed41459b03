package pricing_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/window"
)

// What would this template cost?
func Example() {
	// The file that Meta publishes for the account's currency.
	file := strings.NewReader("market,marketing,utility,authentication\n" +
		"Rest of Africa,0.0225,0.0040,0.0040\n")
	card, err := pricing.ReadRateCard(file, pricing.CardConfig{Currency: "USD", From: "2026-10-01"})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	zone := time.FixedZone("account", 3*3600)
	rules := pricing.DefaultRules()
	markets := pricing.MarketsOn(pricing.DateOf(now, zone))

	// The customer wrote an hour ago: the window is open, and since October 2026
	// that no longer makes a utility template free.
	st := window.Options{}.Observe(window.State{},
		window.Event{Kind: window.KindMessage, At: now.Add(-time.Hour)}, now)
	market, _ := markets.Of("254555012345")
	for _, category := range []pricing.Category{pricing.CategoryUtility, pricing.CategoryMarketing} {
		charge := rules.Charge(pricing.Message{Kind: pricing.KindTemplate, Category: category}, st, now, zone)
		cost, ok := card.Cost(charge, market, 0)
		fmt.Println(category, charge.Billable, cost, card.Currency(), ok, market)
	}
	// Output:
	// utility yes 0.004 USD true Rest of Africa
	// marketing yes 0.0225 USD true Rest of Africa
}

func ExampleLedger() {
	ledger, err := pricing.NewLedger(pricing.LedgerConfig{
		Budgets: map[string]pricing.Budget{"support": {Limit: 100_000, LowWater: 60_000}}, // 0.10
		OnLow: func(channel string, b pricing.Balance) {
			fmt.Println("top up", channel+":", pricing.Micros(b.Remaining), "left")
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	charge := pricing.Charge{Category: pricing.CategoryUtility, Billable: pricing.BillableYes, Units: 1}
	hold := pricing.NewHold(charge, 55_000, now, time.UTC)

	fmt.Println(ledger.Reserve("message 1", "support", "Germany", hold))
	err = ledger.Reserve("message 2", "support", "Germany", hold)
	fmt.Println(errors.Is(err, pricing.ErrBudgetExhausted), err)

	// The status webhook says what was really charged.
	stated := &pricing.StatusPricing{Type: "free_entry_point", Category: "referral_conversion"}
	_ = ledger.Settle("message 1", pricing.NewDelivery(1, now, time.UTC), stated.Observed())
	fmt.Println(ledger.Reserve("message 2", "support", "Germany", hold))
	// Output:
	// top up support: 0.045 left
	// <nil>
	// true pricing: budget exhausted: 0.055 needed, 0.045 of 0.10 left
	// top up support: 0.045 left
	// <nil>
}

// Books in a store of one's own: the entry stands with the message, the running
// totals are counters that only ever get something added.
func ExampleDiff() {
	counters := map[string]int64{}
	change := func(before, after pricing.Entry) pricing.Entry {
		for _, row := range pricing.Diff(before, after) {
			for name, n := range row.Counters() {
				counters[name] += n
			}
		}
		return after
	}
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	charge := pricing.Charge{Category: pricing.CategoryUtility, Billable: pricing.BillableYes, Units: 1}

	entry := pricing.Entry{Channel: "support", Market: "Germany"}
	entry = change(entry, entry.Reserve(pricing.NewHold(charge, 55_000, now, time.UTC)))
	status := &pricing.StatusPricing{Type: "regular", Category: "utility"}
	for range 2 { // webhooks repeat
		entry = change(entry, entry.Settle(pricing.NewDelivery(1, now, time.UTC), status.Observed()))
	}

	var sum pricing.Totals
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		row, err := pricing.ParseCounter("support", name, counters[name])
		if err != nil {
			fmt.Println(err)
			return
		}
		sum = sum.Plus(row.Totals)
		if counters[name] != 0 {
			fmt.Println(name, counters[name])
		}
	}
	budget := pricing.Budget{Limit: 100_000, LowWater: 60_000} // 0.10
	fmt.Println(pricing.Micros(budget.Remaining(sum)), "left, top up:", budget.Low(sum))
	// Output:
	// 2026-11/utility/Germany/charged 1
	// 2026-11/utility/Germany/cost 55000
	// 2026-11/utility/Germany/delivered 1
	// 0.045 left, top up: true
}

func ExampleReach() {
	now := time.Date(2026, 11, 22, 15, 0, 0, 0, time.UTC)
	reach := pricing.NewReach(pricing.Tier250)
	for i := range 250 {
		reach.Note(fmt.Sprint("customer ", i), now.Add(-time.Duration(i)*time.Minute))
	}
	err := reach.Reserve("another customer", now)
	if limit, ok := errors.AsType[*pricing.LimitError](err); ok {
		fmt.Println("next slot at", limit.Next.Format(time.DateTime))
	}
	fmt.Println(reach.Reserve("customer 7", now))
	// Output:
	// next slot at 2026-11-23 10:51:00
	// <nil>
}
