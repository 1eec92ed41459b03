package main

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/settings"
)

// Three processes answer 240 messages with a budget for 100, and one of them is killed: together they
// spend what there is and no more, and WhatsApp's own account says the same.
func TestABudgetIsSpentOnceOverAFleet(t *testing.T) {
	t.Parallel()
	const budget, messages = 100, 240
	b := newBenchWith(t, 60, 1, func(s *settings.Settings) { s.Budget = &pricing.Budget{Unit: pricing.BudgetEvery, Limit: budget} })
	one := b.start("one")
	b.startAs([]string{clockEnv + "=4m"}, "two")
	b.start("three")
	b.open()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	go func() { _ = b.world.Run(ctx) }()
	look := b.looker()
	for i := range messages {
		b.users[i%len(b.users)].Text(b.number, "message "+word(i))
		switch {
		case i%10 == 9:
			<-time.After(250 * time.Millisecond)
		case i == messages/3:
			one.kill()
		}
	}
	require.Eventually(t, func() bool {
		b.press()
		return look.received(t) == messages
	}, patience, 250*time.Millisecond, "all of them arrive")
	uncertain := look.settle(t, b, budget)
	require.Len(t, b.answers(), budget)
	for text, n := range b.answers() {
		require.Equal(t, 1, n, text)
	}
	require.Equal(t, cloudapitest.Finding{}, first(b.complaints()))

	rows, err := look.hub.Spending(t.Context(), "support")
	require.NoError(t, err)
	var spent pricing.Totals
	for _, row := range rows {
		spent = spent.Plus(row.Totals)
	}
	require.EqualValues(t, budget, spent.Delivered+spent.Reserved, "the books: %v", rows)
	require.EqualValues(t, budget, b.billed(t), "WhatsApp's account")
	t.Logf("%d messages, a budget of %d: %d answers, of which %d were sent again by somebody", messages, budget, len(b.answers()), uncertain)
}

// billed is how many messages WhatsApp's own pricing analytics have.
func (b *bench) billed(t *testing.T) (n int64) {
	t.Helper()
	app := b.world.AddApp(cloudapitest.AppConfig{ID: "1"})
	account := b.world.AddAccount(cloudapitest.AccountConfig{ID: "2"})
	graph, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: b.world.Client()})
	require.NoError(t, err)
	now := b.world.Now()
	points, err := graph.Account("2").Pricing(t.Context(), cloudapi.PricingQuery{Start: now.Add(-48 * time.Hour), End: now.Add(48 * time.Hour)})
	require.NoError(t, err)
	for _, p := range points {
		n += p.Volume
	}
	return n
}

// received is how many messages of customers the fleet has.
func (l looker) received(t *testing.T) (n int) {
	t.Helper()
	conversations, err := l.hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support", Limit: 1000})
	require.NoError(t, err)
	for _, c := range conversations {
		n += c.Inbound
	}
	return n
}
