package channel_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/pricing"
)

// charged is what a status says of a message that Meta charges.
func charged(category string) map[string]any {
	return map[string]any{"billable": true, "pricing_model": "PMP", "type": "regular", "category": category}
}

// spent sums up what was charged, by category.
func spent(t *testing.T, l *lab) map[pricing.Category]pricing.Micros {
	t.Helper()
	rows, err := l.Hub.Spending(t.Context(), "support")
	require.NoError(t, err)
	sums := map[pricing.Category]pricing.Micros{}
	for _, row := range rows {
		if row.Charged > 0 {
			sums[row.Category] += row.Cost
		}
	}
	return sums
}

func TestWhatMetaChargesInAnotherCategoryHasThePriceOfThatOne(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		template string
		says     []string // the category of each status, delivered and read
		want     map[pricing.Category]pricing.Micros
	}{
		"as it was sent":                    {"reminder", []string{"utility", "utility"}, map[pricing.Category]pricing.Micros{"utility": 3400}},
		"a utility template, as marketing":  {"reminder", []string{"marketing", "marketing"}, map[pricing.Category]pricing.Micros{"marketing": 25000}},
		"a marketing template, as utility":  {"sale", []string{"utility", "utility"}, map[pricing.Category]pricing.Micros{"utility": 3400}},
		"by the Marketing Messages API":     {"sale", []string{"marketing_lite", "marketing_lite"}, map[pricing.Category]pricing.Micros{"marketing_lite": 25000}},
		"in one that the card has no price": {"reminder", []string{"general_purpose_ai", "general_purpose_ai"}, map[pricing.Category]pricing.Micros{"general_purpose_ai": 3400}},
		"in two, one after the other":       {"reminder", []string{"marketing", "utility"}, map[pricing.Category]pricing.Micros{"utility": 3400}},
		"in two, the other way round":       {"reminder", []string{"utility", "marketing"}, map[pricing.Category]pricing.Micros{"utility": 3400}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			budget := &pricing.Budget{Limit: 50_000}
			experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, budget)}, func(t *testing.T, l *lab) {
				m, err := l.Notify(channeltest.Kim, tt.template)
				require.NoError(t, err)
				l.Pass(time.Second)
				for i, status := range []string{"delivered", "read"} {
					l.Post(channeltest.Kim.Status(channeltest.Now2026(), channeltest.OutWAMID("template"), m.ID, status, "pricing", charged(tt.says[i])))
					l.Pass(time.Second)
				}
				require.Equal(t, tt.want, spent(t, l))
				var used int64
				for _, cost := range tt.want {
					used += int64(cost)
				}
				left := int((budget.Limit - used) / 25_000)
				for n := range left {
					_, err := l.Notify(channeltest.Stranger(n), "sale")
					require.NoError(t, err)
				}
				_, err = l.Notify(channeltest.Stranger(left), "sale")
				require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
			})
		})
	}
}

func TestWhatIsChargedAlthoughItShouldBeFreeCosts(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.Spends(t, &pricing.Budget{Limit: 3400})}, func(t *testing.T, l *lab) {
		l.Post(channeltest.Kim.Text(channeltest.Now2026(), "wamid.1", "hello"))
		l.Pass(time.Second)
		m, err := l.Reply(l.Conversation().ID, "hi")
		require.NoError(t, err)
		l.Pass(time.Second)
		l.Post(channeltest.Kim.Status(channeltest.Now2026(), channeltest.OutWAMID("hi"), m.ID, "delivered", "pricing", charged("service")))
		l.Pass(time.Second)
		require.Equal(t, map[pricing.Category]pricing.Micros{"service": 3400}, spent(t, l))
		_, err = l.Notify(channeltest.Kim, "reminder")
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
	})
}

func TestRateCardsInTwoCurrenciesAreRefused(t *testing.T) {
	t.Parallel()
	card := func(currency string, from pricing.Date) *pricing.RateCard {
		c, err := pricing.ReadRateCard(strings.NewReader("market,marketing,utility,authentication\nNorth America,0.0250,0.0034,0.0034\n"), pricing.CardConfig{Currency: currency, From: from})
		require.NoError(t, err)
		return c
	}
	l := newLab(t, channeltest.LabOptions{})
	add := func(id, number string, cards ...*pricing.RateCard) error {
		c := channel.Channel{Sender: l.Line, Rates: cards}
		c.ID, c.Name, c.Number, c.Enabled = id, id, number, true
		return l.Hub.AddChannel(t.Context(), c)
	}
	require.NoError(t, add("one", "71", card("USD", "2026-10-01"), nil, card("USD", "2027-01-01")))
	require.NoError(t, add("another", "72", card("EUR", "2026-10-01")), "what another channel pays in is its own business")
	require.ErrorContains(t, add("two", "73", card("USD", "2026-10-01"), card("EUR", "2027-01-01")),
		"rates: prices in more than one currency would be added up: EUR, USD")
}
