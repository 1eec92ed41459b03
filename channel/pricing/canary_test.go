package pricing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/pricing"
)

// TestErrorsNameNobody feeds a phone number and a name wherever text goes in,
// as happens when the wrong file or field is passed, and looks for them in
// every error.
func TestErrorsNameNobody(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	for _, canary := range []string{"15550001234", "Canary Quill"} {
		var errs []error
		note := func(err error) {
			require.Error(t, err)
			errs = append(errs, err)
		}
		for _, file := range []string{
			"market,marketing,utility,authentication\n" + canary + "," + canary + "," + canary + "x," + canary + ".0000000001\n",
			"market,marketing,utility,authentication\nGermany," + canary + "\"\n",
			"market," + canary + "," + canary + "\n",
			canary + "\n",
		} {
			_, err := pricing.ReadRateCard(strings.NewReader(file), pricing.CardConfig{Currency: "USD", From: "2026-10-01",
				Tiers: strings.NewReader("market,category,from,to,rate\nGermany," + canary + ",1,2,3\nGermany,utility," + canary + "x,1,1\n")})
			note(err)
		}
		_, err := pricing.ReadRateCard(strings.NewReader(""), pricing.CardConfig{Currency: canary})
		note(err)
		_, err = pricing.ParseMicros(canary + "x")
		note(err)
		_, err = pricing.ParseTier(canary)
		note(err)
		_, err = pricing.ParseCounter(canary, "%zz"+canary, 1)
		note(err)
		_, err = pricing.NewMarkets("2026-10-01", []pricing.MarketRow{{Prefix: canary + "00000000", Market: pricing.Market(canary)}})
		note(err)

		l := ledger(t, pricing.LedgerConfig{Budgets: map[string]pricing.Budget{canary: {}}})
		note(l.Reserve(canary, canary, pricing.Market(canary), hold(now, pricing.Category(canary))))
		note(l.Reserve(canary, canary, "", hold(now.AddDate(-300, 0, 0), "")))
		note(l.Settle(canary, pricing.NewDelivery(1, now.AddDate(300, 0, 0), nil), pricing.Observed{}))
		require.NoError(t, l.Release(canary))
		note(l.Reserve(canary, canary, "", hold(now, "")))
		note(l.SetBudget(canary, pricing.Budget{Unit: pricing.BudgetUnit(canary)}))
		note(pricing.NewReach(0).Reserve(canary, now))

		for _, err := range errs {
			require.NotContains(t, fmt.Sprintf("%v %+v", err, err), canary)
		}
	}
}
