package pricing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

func TestMarketOfANumber(t *testing.T) {
	t.Parallel()
	const before, july, october = "2026-06-30", "2026-07-01", "2026-10-01"
	tests := []struct {
		number string
		day    pricing.Date
		want   pricing.Market
	}{
		{"4915550001234", october, "Germany"},
		{"+4915550001234", october, "Germany"},
		{"12025550123", october, pricing.MarketNorthAmerica},
		{"14165550123", october, pricing.MarketNorthAmerica},
		{"18095550123", october, pricing.MarketRestOfLatAmerica},
		{"18295550123", october, pricing.MarketRestOfLatAmerica},
		{"18495550123", october, pricing.MarketRestOfLatAmerica},
		{"18765550123", october, pricing.MarketRestOfLatAmerica},
		{"16585550123", october, pricing.MarketRestOfLatAmerica},
		{"17875550123", october, pricing.MarketRestOfLatAmerica},
		{"19395550123", october, pricing.MarketRestOfLatAmerica},
		{"12425550123", october, pricing.MarketOther},
		{"74955550123", october, "Russia"},
		{"77015550123", october, "Kazakhstan"},
		{"76015550123", october, "Kazakhstan"},
		{"77015550123", "2026-09-30", pricing.MarketOther},
		{"85255501234", before, pricing.MarketRestOfAsiaPacific},
		{"85255501234", july, "Hong Kong"},
		{"4855501234", before, pricing.MarketRestOfCentralEast},
		{"4855501234", july, "Poland"},
		{"97455501234", before, pricing.MarketRestOfMiddleEast},
		{"97455501234", july, "Qatar"},
		{"88055501234", july, pricing.MarketRestOfAsiaPacific},
		{"88055501234", october, "Bangladesh"},
		{"21255501234", july, pricing.MarketRestOfAfrica},
		{"21255501234", october, "Morocco"},
		{"26355501234", "2025-09-30", pricing.MarketOther},
		{"26355501234", "2025-10-01", pricing.MarketRestOfAfrica},
		{"35855501234", october, pricing.MarketRestOfWestEurope},
		{"97155501234", october, "United Arab Emirates"},
		{"97255501234", october, "Israel"},
		{"5355501234", october, pricing.MarketOther},    // Cuba
		{"2905550123", october, pricing.MarketOther},    // Saint Helena
		{"99955501234", october, pricing.MarketOther},   // not assigned
		{"12025550123", "", pricing.MarketNorthAmerica}, // before every dated row
	}
	for _, tt := range tests {
		got, ok := pricing.MarketsOn(tt.day).Of(tt.number)
		require.True(t, ok, tt.number)
		require.Equal(t, tt.want, got, "%s on %s", tt.number, tt.day)
	}
}

func TestThereAreFortySevenMarketsSinceOctober(t *testing.T) {
	t.Parallel()
	counts := map[pricing.Date]int{"2026-06-30": 32, "2026-07-01": 38, "2026-09-30": 38, "2026-10-01": 47, "2030-01-01": 47}
	for day, want := range counts {
		m := pricing.MarketsOn(day)
		require.Len(t, m.All(), want, day)
		require.Equal(t, day, m.Day())
		for _, name := range m.All() {
			parsed, ok := m.ParseMarket(strings.ToUpper(string(name)))
			require.True(t, ok)
			require.Equal(t, name, parsed)
		}
	}
}

func TestATableCoversTheDaysUntilTheNextChange(t *testing.T) {
	t.Parallel()
	eras := []pricing.Date{"", "2025-10-01", "2026-07-01", "2026-10-01", "9999-12-31"}
	for i, first := range eras[:len(eras)-1] {
		m := pricing.MarketsOn(max(first, "2025-01-01"))
		for j, day := range eras {
			require.Equal(t, i == j || i == 3 && j == 4, m.Covers(day), "%s by the table of %s", day, m.Day())
		}
		next := eras[i+1]
		require.Equal(t, i == 3, m.Covers(next))
		before, err := time.Parse(time.DateOnly, string(next))
		require.NoError(t, err)
		last := pricing.DateOf(before.AddDate(0, 0, -1), time.UTC)
		require.True(t, m.Covers(last), last)
		require.Equal(t, m.All(), pricing.MarketsOn(last).All())
	}
	require.False(t, new(pricing.Markets).Covers("2026-11-22"))
	empty, err := pricing.NewMarkets("2026-11-22", nil)
	require.NoError(t, err)
	require.True(t, empty.Covers("2030-01-01"), "no row ever changes")
}

func TestWhatIsNoPhoneNumberHasNoMarket(t *testing.T) {
	t.Parallel()
	m := pricing.MarketsOn("2026-10-01")
	for _, bad := range []string{
		"", "+", "49", "491555", "49155500012345678", "49 1555 0001234", "++4915550001234", "DE.1234567890",
		"49155500O1234", "٤٩١٥٥٥٠٠٠١٢٣٤", "4915550001234x", "-4915550001234",
	} {
		got, ok := m.Of(bad)
		require.False(t, ok, bad)
		require.Empty(t, got)
	}
	var none pricing.Markets
	_, ok := none.Of("4915550001234")
	require.False(t, ok)
	require.Empty(t, none.All())
}

func TestMarketNamesOfRateCards(t *testing.T) {
	t.Parallel()
	m := pricing.MarketsOn("2026-10-01")
	for name, want := range map[string]pricing.Market{
		"germany": "Germany", "  Rest of   Africa ": pricing.MarketRestOfAfrica,
		"Rest of Central and Eastern Europe": pricing.MarketRestOfCentralEast,
		"Türkiye":                            "Turkiye", "Turkey": "Turkiye", "UAE": "United Arab Emirates", "UK": "United Kingdom",
		"other": pricing.MarketOther,
	} {
		got, ok := m.ParseMarket(name)
		require.True(t, ok, name)
		require.Equal(t, want, got)
	}
	_, ok := m.ParseMarket("Atlantis")
	require.False(t, ok)
	_, ok = pricing.MarketsOn("2026-09-30").ParseMarket("Ukraine")
	require.False(t, ok, "Ukraine had no row yet")
}

func TestOwnTablesOfMarkets(t *testing.T) {
	t.Parallel()
	rows := []pricing.MarketRow{
		{Prefix: "49", Market: "Germany"},
		{From: "2027-01-01", Prefix: "49", Market: "Central"},
		{From: "2027-01-01", Prefix: "491", Market: "Mobile"},
		{Prefix: "491", Market: "Too late in the list to matter"},
	}
	m, err := pricing.NewMarkets("2026-12-31", rows[:3])
	require.NoError(t, err)
	got, _ := m.Of("4915550001234")
	require.Equal(t, pricing.Market("Germany"), got)

	m, err = pricing.NewMarkets("2027-01-01", rows)
	require.NoError(t, err)
	got, _ = m.Of("4915550001234")
	require.Equal(t, pricing.Market("Mobile"), got)
	got, _ = m.Of("4930555000123")
	require.Equal(t, pricing.Market("Central"), got)

	_, err = pricing.NewMarkets("2027-01-01", []pricing.MarketRow{
		{Prefix: "", Market: "A"}, {Prefix: "+49", Market: "B"}, {Prefix: "49", Market: ""}, {Prefix: "1234567890123456", Market: "C"},
	})
	require.EqualError(t, err, strings.Join([]string{
		"pricing: build markets: row 0: prefix is not 1 to 15 digits",
		"pricing: build markets: row 1: prefix is not 1 to 15 digits",
		"pricing: build markets: row 2: no market",
		"pricing: build markets: row 3: prefix is not 1 to 15 digits",
	}, "\n"))

	var many []pricing.MarketRow
	for i := range 300 {
		many = append(many, pricing.MarketRow{Prefix: "1" + strings.Repeat("0", i%10) + "1", Market: pricing.Market(rune('A' + i))})
	}
	_, err = pricing.NewMarkets("2027-01-01", many)
	require.EqualError(t, err, "pricing: build markets: too many rows")
}

func TestAuthenticationAbroad(t *testing.T) {
	t.Parallel()
	const auth, abroad = pricing.CategoryAuthentication, pricing.CategoryAuthenticationInternational
	account := pricing.International{
		Start:      at(t, "2026-03-01T00:00:00Z"),
		Exceptions: map[string]time.Time{"IN": at(t, "2026-06-01T00:00:00Z"), "ZA": {}},
		Home:       "Indonesia",
	}
	tests := []struct {
		name   string
		i      pricing.International
		c      pricing.Category
		market pricing.Market
		when   string
		want   pricing.Category
	}{
		{"from the start on", account, auth, "Egypt", "2026-03-01T00:00:00Z", abroad},
		{"a second before", account, auth, "Egypt", "2026-02-28T23:59:59Z", auth},
		{"a country with a start of its own, before", account, auth, "India", "2026-05-31T23:59:59Z", auth},
		{"and after", account, auth, "India", "2026-06-01T00:00:00Z", abroad},
		{"a country excepted for good", account, auth, "South Africa", "2026-06-01T00:00:00Z", auth},
		{"at home", account, auth, "Indonesia", "2026-06-01T00:00:00Z", auth},
		{"a market without such a rate", account, auth, "Germany", "2026-06-01T00:00:00Z", auth},
		{"a market before it got one", account, auth, "Ukraine", "2026-09-30T23:59:59Z", auth},
		{"and from that day on", account, auth, "Ukraine", "2026-10-01T00:00:00Z", abroad},
		{"another category", account, pricing.CategoryUtility, "Egypt", "2026-06-01T00:00:00Z", pricing.CategoryUtility},
		{"an account that is not eligible", pricing.International{}, auth, "Egypt", "2026-06-01T00:00:00Z", auth},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tt.want, tt.i.Category(tt.c, tt.market, at(t, tt.when), nil))
		})
	}
}
