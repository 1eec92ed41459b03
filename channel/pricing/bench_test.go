package pricing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

var (
	sinkMarket pricing.Market
	sinkCharge pricing.Charge
	sinkErr    error
)

func TestLookingUpAMarketDoesNotAllocate(t *testing.T) {
	m := pricing.MarketsOn("2026-10-01")
	for _, number := range []string{"+4915550001234", "18095550123", "77015550123", "99955501234", "no number"} {
		require.Zero(t, testing.AllocsPerRun(100, func() { sinkMarket, _ = m.Of(number) }), number)
	}
}

func BenchmarkMarket(b *testing.B) {
	m := pricing.MarketsOn("2026-10-01")
	numbers := []string{"4915550001234", "18095550123", "77015550123", "35855501234", "99955501234"}
	b.Run("trie", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			sinkMarket, _ = m.Of(numbers[i%len(numbers)])
		}
	})
	// The usual approach: a map, tried with ever shorter prefixes.
	byPrefix := map[string]pricing.Market{}
	for _, n := range numbers {
		for i := 1; i <= 4; i++ {
			byPrefix[n[:i]], _ = m.Of(n)
		}
	}
	for i := range 300 {
		byPrefix[fmt.Sprint(i)] = "Germany"
	}
	b.Run("baseline=map", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			n := numbers[i%len(numbers)]
			for l := 7; l > 0; l-- {
				if market, ok := byPrefix[n[:l]]; ok {
					sinkMarket = market
					break
				}
			}
		}
	})
}

func BenchmarkMarketsOn(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		pricing.MarketsOn("2026-10-01")
	}
}

func BenchmarkCharge(b *testing.B) {
	rules, now := pricing.DefaultRules(), at(b, "2026-11-22T12:00:00Z")
	w, m := openAt(now), pricing.Message{Kind: pricing.KindTemplate, Category: pricing.CategoryUtility}
	b.ReportAllocs()
	for b.Loop() {
		sinkCharge = rules.Charge(m, w, now, time.UTC)
	}
}

func BenchmarkLedger(b *testing.B) {
	now := at(b, "2026-11-22T12:00:00Z")
	l := ledger(b, pricing.LedgerConfig{Budgets: budget(pricing.Budget{Unit: pricing.BudgetMessages, Limit: 1 << 60})})
	h, d := hold(now, "utility"), pricing.NewDelivery(1, now, nil)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		id := fmt.Sprint(i)
		sinkErr = l.Reserve(id, "support", "Germany", h)
		sinkErr = l.Settle(id, d, pricing.Observed{Billable: pricing.BillableYes})
	}
}

func BenchmarkReach(b *testing.B) {
	now := at(b, "2026-11-22T12:00:00Z")
	users := make([]string, 100_000)
	r := pricing.NewReach(pricing.Tier100K)
	for i := range users {
		users[i] = fmt.Sprint("user", i)
		r.Note(users[i], now.Add(-time.Duration(i)*time.Millisecond))
	}
	b.Run("known user, tier full", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			sinkErr = r.Reserve(users[i%len(users)], now)
		}
	})
}

func BenchmarkReadRateCard(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		_, sinkErr = pricing.ReadRateCard(strings.NewReader(exampleCard), pricing.CardConfig{Currency: "USD", From: "2026-10-01"})
	}
}
