package pricing_test

import (
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

// exampleCard holds list prices of October 2026 for tests only.
const exampleCard = `market,marketing,utility,authentication,authentication-international
North America,,0.0034,0.0034,n/a
Brazil,,0.0068,0.0068,n/a
Mexico,,0.0085,0.0085,n/a
Rest of Africa,0.0225,0.0040,0.0040,n/a
Rest of Central & Eastern Europe,0.0860,0.0212,0.0212,n/a
Germany,,0.0550,0.0550,n/a
Egypt,0.1000,0.0036,0.0036,0.0650
`

const exampleTiers = `market,category,from,to,rate,discount
Germany,utility,0,100000,0.0550,0
Germany,utility,100001,200000,0.0500,-9%
Germany,utility,200001,,0.0440,-20%
`

func card(t testing.TB, rates, tiers string) *pricing.RateCard {
	t.Helper()
	cfg := pricing.CardConfig{Currency: "USD", From: "2026-10-01"}
	if tiers != "" {
		cfg.Tiers = strings.NewReader(tiers)
	}
	c, err := pricing.ReadRateCard(strings.NewReader(rates), cfg)
	require.NoError(t, err)
	return c
}

func TestRatesOfACard(t *testing.T) {
	t.Parallel()
	c := card(t, exampleCard, "")
	require.Equal(t, "USD", c.Currency())
	require.Equal(t, pricing.Date("2026-10-01"), c.From())
	require.Equal(t, []pricing.Market{"Brazil", "Egypt", "Germany", "Mexico", "North America",
		"Rest of Africa", "Rest of Central & Eastern Europe"}, c.Markets())
	tests := []struct {
		market   pricing.Market
		category pricing.Category
		want     pricing.Micros
		ok       bool
	}{
		{"North America", pricing.CategoryUtility, 3400, true},
		{"North America", pricing.CategoryService, 3400, true},
		{"North America", pricing.CategoryGroupService, 3400, true},
		{"North America", pricing.CategoryMarketing, 0, false},
		{"Rest of Africa", pricing.CategoryMarketing, 22500, true},
		{"Rest of Africa", pricing.CategoryMarketingLite, 22500, true},
		{"Rest of Africa", pricing.CategoryGroupMarketing, 22500, true},
		{"Rest of Africa", pricing.CategoryGroupUtility, 4000, true},
		{"Rest of Central & Eastern Europe", pricing.CategoryMarketing, 86000, true},
		{"Germany", pricing.CategoryAuthentication, 55000, true},
		{"Germany", pricing.CategoryAuthenticationInternational, 0, false},
		{"Egypt", pricing.CategoryAuthenticationInternational, 65000, true},
		{"Germany", pricing.CategoryReferralConversion, 0, true},
		{"Germany", "telepathy", 0, false},
		{"Atlantis", pricing.CategoryUtility, 0, false},
		{"", "", 0, false},
	}
	for _, tt := range tests {
		got, ok := c.Rate(tt.market, tt.category)
		require.Equal(t, tt.ok, ok, "%s %s", tt.market, tt.category)
		require.Equal(t, tt.want, got, "%s %s", tt.market, tt.category)
	}
}

func TestFormsOfACard(t *testing.T) {
	t.Parallel()
	want := card(t, exampleCard, "")
	for name, file := range map[string]string{
		"byte order mark and CRLF": "\ufeff" + strings.ReplaceAll(exampleCard, "\n", "\r\n"),
		"lines above the header":   "WhatsApp rates,Rates\n\n\"Effective, October 1\"\n" + exampleCard,
		"empty lines":              strings.ReplaceAll(exampleCard, "\n", "\n\n,,,,\n"),
		"other case and spaces": strings.NewReplacer("market,marketing", " Market ,MARKETING", "authentication-international",
			"Authentication International", "n/a", "--").Replace(exampleCard),
		"quoted cells": strings.ReplaceAll(exampleCard, "Germany", `"Germany"`),
		"a currency column": strings.NewReplacer("international\n", "international,currency\n", "n/a\n", "n/a,USD\n",
			"0.0650\n", "0.0650,$US\n").Replace(exampleCard),
		"columns of the future": strings.NewReplacer("market,", "note,market,", "\n", "\nx,").Replace(strings.TrimSuffix(exampleCard, "\n")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := card(t, file, "")
			require.Empty(t, cmp.Diff(want, got, cmp.AllowUnexported(pricing.RateCard{})))
		})
	}
	// The service column, where an edition prints one, prevails.
	c := card(t, "service,market,utility,marketing,authentication\n0.0011,Germany,0.055,0.1,0.055\n,Brazil,0.0068,,\n", "")
	got, ok := c.Rate("Germany", pricing.CategoryService)
	require.True(t, ok)
	require.Equal(t, pricing.Micros(1100), got)
	got, ok = c.Rate("Brazil", pricing.CategoryService)
	require.True(t, ok)
	require.Equal(t, pricing.Micros(6800), got)
}

func TestUnusableCardsAreReportedByLineAndColumn(t *testing.T) {
	t.Parallel()
	const header = "market,marketing,utility,authentication\n"
	tests := []struct {
		name  string
		rates string
		tiers string
		is    error
		want  string
	}{
		{"no header at all", "a,b\n1,2\n", "", pricing.ErrMissingColumn, "rates: column market: column is missing"},
		{"nothing", "", "", pricing.ErrMissingColumn, "rates: column market: column is missing"},
		{"a missing column", "\nmarket,marketing,authentication\nGermany,1,1\n", "", pricing.ErrMissingColumn,
			"rates: line 2: column utility: column is missing"},
		{"a column twice", "market,marketing,utility,authentication,Utility\n", "", pricing.ErrDuplicateColumn,
			"rates: line 1: column utility: column appears twice"},
		{"a row twice", header + "Germany,1,1,1\ngermany,1,1,1\n", "", pricing.ErrDuplicateRow,
			"rates: line 3: column market: row repeats an earlier one"},
		{"two spellings of one market", header + "Turkey,1,1,1\nTürkiye,1,1,1\n", "", pricing.ErrDuplicateRow,
			"rates: line 3: column market: row repeats an earlier one"},
		{"unknown market", header + "Germany,1,1,1\nAtlantis,1,1,1\n", "", pricing.ErrUnknownMarket,
			"rates: line 3: column market: unknown market"},
		{"no market", header + ",1,1,1\n", "", pricing.ErrUnknownMarket, "rates: line 2: column market: unknown market"},
		{"decimal comma", header + "Germany,1,\"0,055\",1\n", "", pricing.ErrNotDecimal,
			"rates: line 2: column utility: not a plain decimal number"},
		{"currency symbol", header + "Germany,$1,1,1\n", "", pricing.ErrNotDecimal,
			"rates: line 2: column marketing: not a plain decimal number"},
		{"negative", header + "Germany,-1,1,1\n", "", pricing.ErrNotDecimal,
			"rates: line 2: column marketing: not a plain decimal number"},
		{"seven decimals", header + "Germany,1,1,0.0000001\n", "", pricing.ErrPrecision,
			"rates: line 2: column authentication: more than six decimals"},
		{"too large", header + "Germany,1,1,99999999999999\n", "", pricing.ErrRange,
			"rates: line 2: column authentication: number out of range"},
		{"line numbers count lines, not records", header + "\n\"Germany\n\",1,1,1\nAtlantis,1,1,1\n", "", pricing.ErrUnknownMarket,
			"rates: line 5: column market: unknown market"},
		{"another currency", "market,marketing,utility,authentication,currency\nGermany,1,1,1,EUR\n", "", pricing.ErrCurrency,
			"rates: line 2: column currency: another currency than expected"},
		{"a stray quote", header + "Germany,\"1,1,1\n", "", pricing.ErrNotCSV, "rates: line 2: not readable as CSV"},
		{"tiers without a column", header, "market,category,from,rate\n", pricing.ErrMissingColumn,
			"tiers: line 1: column to: column is missing"},
		{"tiers of a category without any", header, "market,category,from,to,rate\nGermany,marketing,0,,1\n", pricing.ErrUnknownCategory,
			"tiers: line 2: column category: unknown category"},
		{"tiers with a gap", header, "market,category,from,to,rate\nGermany,utility,0,10,1\nGermany,utility,12,,1\n", pricing.ErrBands,
			"tiers: line 3: column from: volume tiers overlap or leave a gap"},
		{"tiers that overlap", header, "market,category,from,to,rate\nGermany,utility,0,10,1\nGermany,utility,10,,1\n", pricing.ErrBands,
			"tiers: line 3: column from: volume tiers overlap or leave a gap"},
		{"tiers after the last", header, "market,category,from,to,rate\nGermany,utility,0,,1\nGermany,utility,10,20,1\n", pricing.ErrBands,
			"tiers: line 3: column from: volume tiers overlap or leave a gap"},
		{"tiers that begin late", header, "market,category,from,to,rate\nGermany,utility,2,10,1\n", pricing.ErrBands,
			"tiers: line 2: column from: volume tiers overlap or leave a gap"},
		{"tiers with a bound that is no number", header, "market,category,from,to,rate\nGermany,utility,0,1e5,1\n", pricing.ErrNotDecimal,
			"tiers: line 2: column to: not a plain decimal number"},
		{"tiers without a rate", header, "market,category,from,to,rate\nGermany,utility,0,10,\n", pricing.ErrNotDecimal,
			"tiers: line 2: column rate: not a plain decimal number"},
		{"tiers with a wrong rate", header, "market,category,from,to,rate\nGermany,utility,0,10,x\n", pricing.ErrNotDecimal,
			"tiers: line 2: column rate: not a plain decimal number"},
		{"tiers of an unknown market", header, "market,category,from,to,rate\nAtlantis,utility,0,10,1\n", pricing.ErrUnknownMarket,
			"tiers: line 2: column market: unknown market"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := pricing.CardConfig{Currency: "USD", From: "2026-10-01"}
			if tt.tiers != "" {
				cfg.Tiers = strings.NewReader(tt.tiers)
			}
			c, err := pricing.ReadRateCard(strings.NewReader(tt.rates), cfg)
			require.Nil(t, c)
			require.ErrorIs(t, err, tt.is)
			require.EqualError(t, err, "pricing: read rate card: "+tt.want)
			_, ok := errors.AsType[*pricing.CardError](err)
			require.True(t, ok)
		})
	}
}

func TestAllProblemsOfACardAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility\nAtlantis,1,1\nGermany,x,0.00000001\n"),
		pricing.CardConfig{Currency: "USD", From: "2026-10-01"})
	require.EqualError(t, err, strings.Join([]string{
		"pricing: read rate card: rates: line 1: column authentication: column is missing",
		"pricing: read rate card: rates: line 2: column market: unknown market",
		"pricing: read rate card: rates: line 3: column marketing: not a plain decimal number",
		"pricing: read rate card: rates: line 3: column utility: more than six decimals",
	}, "\n"))

	_, err = pricing.ReadRateCard(nil, pricing.CardConfig{Currency: "usd"})
	require.EqualError(t, err, strings.Join([]string{
		"pricing: read rate card: currency is not a three-letter code",
		"pricing: read rate card: no first day",
		"pricing: read rate card: no file of rates",
	}, "\n"))
}

func TestTheWrongFileIsGivenUpSoon(t *testing.T) {
	t.Parallel()
	_, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\n"+strings.Repeat("x\n", 10_000)),
		pricing.CardConfig{Currency: "USD", From: "2026-10-01"})
	require.Equal(t, 100, strings.Count(err.Error(), "unknown market"))
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	cfg := pricing.CardConfig{Currency: "USD", From: "2026-10-01"}
	_, err := pricing.ReadRateCard(iotest.ErrReader(io.ErrUnexpectedEOF), cfg)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = pricing.ReadRateCard(strings.NewReader(strings.Repeat("a,b,c,d\n", 1<<20)), cfg)
	require.ErrorIs(t, err, pricing.ErrTooLarge)
}

func TestACardNewerThanTheTableOfMarkets(t *testing.T) {
	t.Parallel()
	c, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\nAtlantis,1,2,3\n"),
		pricing.CardConfig{Currency: "IDR", From: "2027-01-01", KeepUnknownMarkets: true})
	require.NoError(t, err)
	got, ok := c.Rate("Atlantis", pricing.CategoryUtility)
	require.True(t, ok)
	require.Equal(t, pricing.Micros(2_000_000), got)
}

func TestCostOfACharge(t *testing.T) {
	t.Parallel()
	c := card(t, exampleCard, exampleTiers)
	utility := func(units int64) pricing.Charge {
		return pricing.Charge{Category: pricing.CategoryUtility, Billable: pricing.BillableYes, Unit: pricing.UnitMessage, Units: units}
	}
	tests := []struct {
		name   string
		charge pricing.Charge
		market pricing.Market
		volume int64
		want   pricing.Micros
		ok     bool
	}{
		{"one at list price", utility(1), "Germany", 0, 55000, true},
		{"the last of the first tier", utility(1), "Germany", 99999, 55000, true},
		{"the first of the second", utility(1), "Germany", 100000, 50000, true},
		{"across two tiers", utility(3), "Germany", 99999, 55000 + 2*50000, true},
		{"across all tiers", utility(100002), "Germany", 99999, 55000 + 100000*50000 + 44000, true},
		{"deep in the last", utility(2), "Germany", 1 << 40, 88000, true},
		{"a volume that cannot be", utility(1), "Germany", math.MaxInt64, 44000, true},
		{"a negative volume", utility(1), "Germany", -7, 55000, true},
		{"a market without tiers", utility(2), "Brazil", 1 << 40, 13600, true},
		{"more than an int64 can hold", utility(math.MaxInt64), "Brazil", 0, math.MaxInt64, true},
		{"not billable", pricing.Charge{Billable: pricing.BillableNo, Category: pricing.CategoryMarketing, Units: 3}, "Germany", 0, 0, true},
		{"unknown counts as charged", pricing.Charge{Category: pricing.CategoryUtility, Unit: pricing.UnitMessage, Units: 2}, "Brazil", 0, 13600, true},
		{"a conversation", pricing.Charge{Category: pricing.CategoryUtility, Billable: pricing.BillableYes, Unit: pricing.UnitConversation, Units: 1}, "Brazil", 0, 6800, true},
		{"no rate on the card", pricing.Charge{Category: pricing.CategoryMarketing, Billable: pricing.BillableYes, Unit: pricing.UnitMessage, Units: 1}, "Germany", 0, 0, false},
		{"a call", pricing.Charge{Billable: pricing.BillableYes, Unit: pricing.UnitPulse, Units: 5}, "Germany", 0, 0, false},
		{"a call without pulses", pricing.Charge{Billable: pricing.BillableYes, Unit: pricing.UnitPulse}, "Germany", 0, 0, false},
		{"unknown market", utility(1), "", 0, 0, false},
		{"zero charge", pricing.Charge{}, "Germany", 0, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, ok := c.Cost(tt.charge, tt.market, tt.volume)
			require.Equal(t, tt.ok, ok)
			require.Equal(t, tt.want, got)
		})
	}
}

func TestCardOfADay(t *testing.T) {
	t.Parallel()
	read := func(from pricing.Date) *pricing.RateCard {
		c, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\n"),
			pricing.CardConfig{Currency: "USD", From: from})
		require.NoError(t, err)
		return c
	}
	july, october := read("2026-07-01"), read("2026-10-01")
	require.Nil(t, pricing.CardOn("2026-06-30", october, nil, july))
	require.Same(t, july, pricing.CardOn("2026-07-01", october, nil, july))
	require.Same(t, july, pricing.CardOn("2026-09-30", july, october))
	require.Same(t, october, pricing.CardOn("2030-01-01", october, july))
}

func TestMicros(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]pricing.Micros{
		"0": 0, "0.0034": 3400, "12": 12_000_000, "000.5": 500_000, "586.331234": 586_331_234, "1.0000000000": 1_000_000,
		"9223372036854.775807": math.MaxInt64,
	} {
		got, err := pricing.ParseMicros(in)
		require.NoError(t, err, in)
		require.Equal(t, want, got, in)
	}
	for in, want := range map[string]error{
		"": pricing.ErrNotDecimal, ".": pricing.ErrNotDecimal, ".5": pricing.ErrNotDecimal, "5.": pricing.ErrNotDecimal,
		"-1": pricing.ErrNotDecimal, "+1": pricing.ErrNotDecimal, "1e3": pricing.ErrNotDecimal, "1,5": pricing.ErrNotDecimal,
		"1.2.3": pricing.ErrNotDecimal, " 1": pricing.ErrNotDecimal, "٣": pricing.ErrNotDecimal, "NaN": pricing.ErrNotDecimal,
		"0.0000001": pricing.ErrPrecision, "9223372036854.775808": pricing.ErrRange, strings.Repeat("9", 40): pricing.ErrRange,
	} {
		_, err := pricing.ParseMicros(in)
		require.ErrorIs(t, err, want, in)
	}
	for m, want := range map[pricing.Micros]string{
		0: "0.00", 3400: "0.0034", 12_000_000: "12.00", 1: "0.000001", -3400: "-0.0034", 1_500_000: "1.50",
		math.MaxInt64: "9223372036854.775807", math.MinInt64: "-9223372036854.775808",
	} {
		require.Equal(t, want, m.String())
	}
}

func TestMultiplyingMoneyNeverWrapsAround(t *testing.T) {
	t.Parallel()
	const maxInt, minInt = math.MaxInt64, math.MinInt64
	tests := []struct {
		m    pricing.Micros
		n    int64
		want pricing.Micros
	}{
		{3400, 3, 10200}, {3400, 0, 0}, {-3400, 3, -10200}, {3400, -3, -10200}, {-3400, -3, 10200},
		{maxInt, 1, maxInt}, {maxInt, 2, maxInt}, {maxInt, -2, minInt}, {minInt, 1, minInt}, {minInt, -1, maxInt},
		{minInt, minInt, maxInt}, {1 << 32, 1 << 32, maxInt}, {-1 << 32, 1 << 32, minInt}, {1 << 31, -1 << 32, minInt},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, tt.m.Times(tt.n), "%d × %d", tt.m, tt.n)
	}
}
