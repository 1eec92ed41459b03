package twilio_test

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/twilio"
)

// TestTheBudgetFollowsTheBalance: the balance of the account, in messages of a price, is what
// the budget of the channel lets out, and a top-up raises it.
func TestTheBudgetFollowsTheBalance(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const price = 5_000_000 // five dollars a message
		v := newTwilio(false, "")
		b := newBench(t, v, func(s *settings.Settings) { s.Budget = &pricing.Budget{Unit: pricing.BudgetEvery} })
		b.run()
		client := newClient(t, v.sim, nil)
		credits, err := twilio.NewCredits(twilio.CreditsConfig{
			Low: price,
			OnBalance: func(ctx context.Context, left twilio.Balance) {
				rows, err := b.hub.Spending(ctx, "support")
				require.NoError(t, err)
				s := b.settings
				s.Budget = &pricing.Budget{Unit: pricing.BudgetEvery}
				for _, row := range rows {
					s.Budget.Limit += s.Budget.Used(row.Totals)
				}
				s.Budget.Limit += left.Messages(price)
				require.NoError(t, b.hub.UpdateSettings(ctx, s))
			},
			TopUp: func(context.Context, twilio.Balance) error { v.sim.SetBalance("10.00"); return nil },
		})
		require.NoError(t, err)
		b.says("hello")

		v.sim.SetBalance("9.99") // one message, and a little
		require.NoError(t, credits.Refresh(t.Context(), client))
		b.answers("one")
		_, err = b.answer(&message.Text{Body: "two"})
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted)

		v.sim.SetBalance("4.99") // Twilio has taken its money, and somebody buys credit
		require.NoError(t, credits.Refresh(t.Context(), client))
		b.answers("two")
		b.answers("three")
		_, err = b.answer(&message.Text{Body: "four"})
		require.ErrorIs(t, err, pricing.ErrBudgetExhausted)
		require.Equal(t, []string{"one", "two", "three"}, v.sees())
		b.stop()
	})
}
