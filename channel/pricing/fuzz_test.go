package pricing_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

// FuzzReadRateCard reads arbitrary files. Whatever is accepted has sane rates;
// whatever is refused says where.
func FuzzReadRateCard(f *testing.F) {
	f.Add(exampleCard, exampleTiers)
	f.Add("\ufeffRates\r\n\r\nMarket,Currency,Marketing,Utility,Authentication,Service\r\n\"Türkiye\",USD,1,2,3,n/a\r\n", "")
	f.Add("market,marketing,utility,authentication\nGermany,1,1,1\nGermany,1,1,1\n", "market,category,from,to,rate\nGermany,utility,0,,\n")
	markets := pricing.MarketsOn("2026-10-01")
	f.Fuzz(func(t *testing.T, rates, tiers string) {
		c, err := pricing.ReadRateCard(strings.NewReader(rates), pricing.CardConfig{
			Currency: "USD", From: "2026-10-01", Tiers: strings.NewReader(tiers), Markets: markets,
		})
		if err != nil {
			require.Nil(t, c)
			_, ok := errors.AsType[*pricing.CardError](err)
			require.True(t, ok)
			return
		}
		for _, m := range c.Markets() {
			for _, category := range []pricing.Category{pricing.CategoryMarketing, pricing.CategoryUtility, pricing.CategoryService} {
				rate, ok := c.Rate(m, category)
				require.True(t, ok || rate == 0)
				ch := pricing.Charge{Category: category, Billable: pricing.BillableYes, Unit: pricing.UnitMessage, Units: 7}
				for _, volume := range []int64{-1, 0, 99_999, 1 << 62} {
					cost, priced := c.Cost(ch, m, volume)
					require.Equal(t, ok, priced)
					require.GreaterOrEqual(t, int64(cost), int64(0))
				}
			}
		}
	})
}

// FuzzParseMicros compares with the text: what parses prints back to the same
// number.
func FuzzParseMicros(f *testing.F) {
	for _, s := range []string{"0.0034", "12", "586.331234", "9223372036854.775807", "1,5", "1e3"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := pricing.ParseMicros(s)
		if err != nil {
			return
		}
		require.GreaterOrEqual(t, int64(m), int64(0))
		back, err := pricing.ParseMicros(m.String())
		require.NoError(t, err)
		require.Equal(t, m, back)
	})
}

// FuzzMarketOf looks up arbitrary text. Only digits have a market, and a "+"
// changes nothing.
func FuzzMarketOf(f *testing.F) {
	for _, s := range []string{"4915550001234", "+18095550123", "77015550123", "DE.123456789", ""} {
		f.Add(s)
	}
	markets := pricing.MarketsOn("2026-10-01")
	f.Fuzz(func(t *testing.T, s string) {
		m, ok := markets.Of(s)
		require.Equal(t, ok, m != "")
		if !ok {
			return
		}
		require.Empty(t, strings.Trim(strings.TrimPrefix(s, "+"), "0123456789"))
		if s[0] != '+' {
			plus, _ := markets.Of("+" + s)
			require.Equal(t, m, plus)
		}
	})
}

// FuzzEntryJSON reads arbitrary entries, as a store may return them.
func FuzzEntryJSON(f *testing.F) {
	f.Add(`{"channel":"support","market":"Germany","hold":{"at":"2026-11-22T12:00:00Z","month":"2026-11","category":"utility","billable":"yes","units":1,"rate":100000},"released":true}`,
		`{"channel":"support","delivery":{"at":"2026-11-22T12:00:01Z","month":"2026-11","units":1},"observed":{"type":"regular"}}`)
	f.Fuzz(func(t *testing.T, a, b string) {
		var x, y pricing.Entry
		if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
			return
		}
		merged := x.Merge(y)
		require.Equal(t, merged, y.Merge(x))
		require.Equal(t, merged, merged.Merge(x))
		for _, row := range pricing.Diff(x, merged) {
			for name, n := range row.Counters() {
				_, err := pricing.ParseCounter(row.Channel, name, n)
				require.NoError(t, err)
			}
		}
		j, err := json.Marshal(merged)
		require.NoError(t, err)
		var back pricing.Entry
		require.NoError(t, json.Unmarshal(j, &back))
		require.Equal(t, merged, back)
	})
}
