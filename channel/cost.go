package channel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
)

// kindMoney is the kind of the running totals behind budgets and costs.
const kindMoney = "money"

// moneySort puts the totals of a month together.
func moneySort(name string) int64 {
	month, err := time.Parse("2006-01", strings.SplitN(name, "/", 2)[0])
	if err != nil {
		return 0
	}
	return month.UnixMicro()
}

// zone is the time zone of the account, in which prices and months change.
func (c *Channel) zone() *time.Location {
	if c.location == nil {
		return time.UTC
	}
	return c.location
}

// reserve sets aside what a message may cost, or refuses it because the channel's budget
// does not reach. The error matches pricing.ErrBudgetExhausted.
func (u *unit) reserve(ch *Channel, customer *Customer, out *message.Outbound, category template.Category, msg *Message) error {
	day := pricing.DateOf(u.now, ch.zone())
	m := pricing.Message{Kind: priceKind(out, category), Group: customer.Group != ""}
	if name := nonEmpty(string(category), string(out.Category)); name != "" {
		m.Category = pricing.CategoryOf(strings.ToLower(name))
	}
	totals, free, err := u.spent(ch)
	if err != nil {
		return err
	}
	m.FreeLeft = max(0, pricing.DefaultRules().FreeTier(u.now, ch.zone())-free)
	charge := pricing.DefaultRules().Charge(m, customer.Window, u.now, ch.zone())
	entry := pricing.Entry{Channel: ch.ID}
	if market, ok := pricing.MarketsOn(day).Of(customer.Phone); ok {
		entry.Market = market
	}
	var rate pricing.Micros
	if card := pricing.CardOn(day, ch.Rates...); card != nil && entry.Market != "" {
		rate, _ = card.Cost(charge, entry.Market, 0)
	}
	hold := pricing.NewHold(charge, rate, u.now, ch.zone())
	if ch.Budget != nil {
		if err := ch.Budget.Admit(totals, hold); err != nil {
			return err
		}
	}
	u.book(ch, msg, entry.Reserve(hold))
	return nil
}

// priceKind says what kind of message Meta charges for.
func priceKind(out *message.Outbound, category template.Category) pricing.Kind {
	switch {
	case category != "":
		return pricing.KindTemplate
	case out.Content.Kind() == message.KindReaction:
		return pricing.KindReaction
	}
	return pricing.KindService
}

// spent sums up what the channel has used of its budget, and how many service messages
// its number has had delivered this month.
func (u *unit) spent(ch *Channel) (totals pricing.Totals, freeUsed int, err error) {
	if ch.Budget == nil && len(ch.Rates) == 0 {
		return totals, 0, nil // nobody asks
	}
	rows, err := u.hub.money(u.ctx, ch.ID)
	if err != nil {
		return totals, 0, err
	}
	month := pricing.MonthOf(u.now, ch.zone())
	for _, r := range rows {
		if ch.Budget != nil && (!ch.Budget.Monthly || r.Key.Month == month) {
			totals = totals.Plus(r.Totals)
		}
		if r.Key.Month == month && r.Key.Category == pricing.CategoryService {
			freeUsed += int(r.Totals.Delivered)
		}
	}
	return totals, freeUsed, nil
}

// money reads the running totals of a channel.
func (h *Hub) money(ctx context.Context, channel string) ([]pricing.Row, error) {
	var rows []pricing.Row
	var after *Position
	for {
		page, err := h.store.List(ctx, Query{Kind: kindMoney, Parent: channel, After: after, Limit: 1000})
		if err != nil {
			return nil, fmt.Errorf("channel: read costs: %w", err)
		}
		for _, r := range page {
			row, err := pricing.ParseCounter(channel, strings.TrimPrefix(r.Key, channel+"|"), r.N)
			if err != nil {
				continue // of a later version
			}
			rows = append(rows, row)
		}
		if len(page) < 1000 {
			return rows, nil
		}
		after = &Position{page[999].Sort, page[999].Key}
	}
}

// book replaces what is known about the cost of a message and adds the difference to the
// running totals. The message must be saved in the same unit: its version makes sure that
// every difference counts once.
func (u *unit) book(ch *Channel, m *Message, entry pricing.Entry) {
	for _, row := range pricing.Diff(m.Cost, entry) {
		for name, n := range row.Counters() {
			u.add(Record{Kind: kindMoney, Key: ch.ID + "|" + name, Parent: ch.ID, Sort: moneySort(name), N: n})
		}
	}
	m.Cost = entry
}

// bookStatus brings what a status says about cost into the books.
func (u *unit) bookStatus(ch *Channel, m *Message) {
	entry := m.Cost
	if entry.Channel == "" {
		return // sent by an earlier version, or elsewhere
	}
	if p := m.Delivery.Price; p != nil {
		status := pricing.StatusPricing{Billable: p.Billable, Model: p.Model, Type: p.Type, Category: p.Category}
		entry.Observed = entry.Observed.Merge(status.Observed())
	}
	if arrived := earliest(m.Delivery.DeliveredAt, earliest(m.Delivery.ReadAt, m.Delivery.PlayedAt)); !arrived.IsZero() {
		entry = entry.Settle(pricing.NewDelivery(1, arrived, ch.zone()), entry.Observed)
	}
	if !m.Delivery.FailedAt.IsZero() || !m.Delivery.CancelledAt.IsZero() {
		entry = entry.Release() // a delivery beats it
	}
	u.book(ch, m, entry)
}

// Spending returns what a channel has used, by month, market and category. The money is
// in the currency of the channel's rate cards, as far as it has any.
func (h *Hub) Spending(ctx context.Context, channel string) ([]pricing.Row, error) {
	rows, err := h.money(ctx, channel)
	if err != nil {
		return nil, err
	}
	sums := map[pricing.Key]pricing.Totals{}
	var order []pricing.Key
	for _, r := range rows {
		if _, ok := sums[r.Key]; !ok {
			order = append(order, r.Key)
		}
		sums[r.Key] = sums[r.Key].Plus(r.Totals)
	}
	all := make([]pricing.Row, 0, len(order))
	for _, key := range order {
		all = append(all, pricing.Row{Key: key, Totals: sums[key]})
	}
	return all, nil
}
