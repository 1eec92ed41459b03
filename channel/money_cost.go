package channel

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/template"
)

// zone is the time zone of the account, in which prices and months change.
func (c *Channel) zone() *time.Location {
	if c.location == nil {
		return time.UTC
	}
	return c.location
}

// reserve sets aside what a message may cost, or refuses it because the channel's budget
// does not reach. The error matches pricing.ErrBudgetExhausted.
func (u *unit) reserve(ch *Channel, customer *conversation.Customer, out *message.Outbound, category template.Category, msg *messageRecord) error {
	day := pricing.DateOf(u.now, ch.zone())
	m := pricing.Message{Kind: priceKind(out, category), Group: customer.Group != ""}
	if name := cmp.Or(string(category), string(out.Category)); name != "" {
		m.Category = pricing.CategoryOf(strings.ToLower(name))
	}
	month := pricing.MonthOf(u.now, ch.zone())
	tier := u.core.prices.FreeTier(u.now, ch.zone())
	if ch.tallied() {
		if err := u.core.trueUp(u.ctx, ch, month); err != nil {
			return err
		}
		free, err := u.Total(ch.freeTally(month))
		if err != nil {
			return err
		}
		m.FreeLeft = max(0, tier-int(free))
	}
	charge := u.core.prices.Charge(m, customer.WindowBelieved(), u.now, ch.zone())
	entry := pricing.Entry{Channel: ch.ID}
	if market, ok := u.core.marketsOn(day).Of(customer.Phone); ok {
		entry.Market = market
	} else if market, ok := u.core.marketsOn(day).OfCountry(countryOf(customer.BSUID)); ok {
		entry.Market = market
	}
	var rate pricing.Micros
	if card := pricing.CardOn(day, ch.Rates...); card != nil && entry.Market != "" {
		rate, _ = card.Cost(charge, entry.Market, 0)
	}
	hold := pricing.NewHold(charge, rate, u.now, ch.zone())
	if ch.Budget == nil {
		u.book(ch, msg, entry.Reserve(hold))
		return nil
	}
	if err := u.admit(ch, month, hold); err != nil {
		return err
	}
	if hold.Free > 0 { // what is taken for free must still be so when it is counted
		u.Within(ch.freeTally(month), int64(tier)-hold.Free)
	}
	u.book(ch, msg, entry.Reserve(hold))
	return u.lowWater(ch, month)
}

// marketsOn returns the markets of a day. They are kept until they change, since building
// them takes longer than everything else about a price.
func (h *core) marketsOn(day pricing.Date) *pricing.Markets {
	m := h.markets.Load()
	if m == nil || !m.Covers(day) {
		m = pricing.MarketsOn(day)
		h.markets.Store(m)
	}
	return m
}

// countryOf is the country that a BSUID names, such as US in US.123 and US.ENT.123.
func countryOf(bsuid string) string {
	country, _, _ := strings.Cut(bsuid, ".")
	return country
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

// money reads the running totals of a channel, behind a position if after is not nil.
func (h *core) money(ctx context.Context, channel string, after *store.Position) ([]pricing.Row, error) {
	var rows []pricing.Row
	for page, err := range step.Records(ctx, h.store, store.Query{Kind: kindMoney, Parent: channel, After: after, Limit: 1000}) {
		if err != nil {
			return nil, err
		}
		for _, r := range page {
			if row, ok := moneyRow(channel, r); ok {
				rows = append(rows, row)
			}
		}
	}
	return rows, nil
}

// moneyRow reads one running total; false if it is none, or of a later version.
func moneyRow(channel string, r store.Record) (pricing.Row, bool) {
	if r.Kind != kindMoney {
		return pricing.Row{}, false
	}
	row, err := pricing.ParseCounter(channel, strings.TrimPrefix(r.Key, channel+"|"), r.N)
	return row, err == nil
}

// book replaces what is known about the cost of a message and adds the difference to the
// running totals. The message must be saved in the same unit: its version makes sure that
// every difference counts once.
func (u *unit) book(ch *Channel, m *messageRecord, entry pricing.Entry) {
	for _, row := range pricing.Diff(m.Cost, entry) {
		for name, n := range row.Counters() {
			u.Add(store.Record{Kind: kindMoney, Key: ch.ID + "|" + name, Parent: ch.ID, Sort: moneySort(name), N: n})
		}
		u.tally(ch, &row)
	}
	u.countCost(ch, m.Cost, entry)
	m.Cost = entry
}

// countCost moves what a delivered message cost to its day in the report.
func (u *unit) countCost(ch *Channel, before, after pricing.Entry) {
	_, was := before.Posting()
	_, is := after.Posting()
	if was.Charged == is.Charged && was.Cost == is.Cost && before.Delivery.At.Equal(after.Delivery.At) {
		return
	}
	u.count(ch.ID, "charged", before.Delivery.At, -was.Charged)
	u.count(ch.ID, "cost_micros", before.Delivery.At, -int64(was.Cost))
	u.count(ch.ID, "charged", after.Delivery.At, is.Charged)
	u.count(ch.ID, "cost_micros", after.Delivery.At, int64(is.Cost))
}

// bookStatus brings what a status says about cost into the books.
func (u *unit) bookStatus(ch *Channel, m *messageRecord) {
	entry := m.Cost
	if entry.Channel == "" {
		return // sent by an earlier version, or elsewhere
	}
	if p := m.Delivery.Price; p != nil {
		status := pricing.StatusPricing{Billable: p.Billable, Model: p.Model, Type: p.Type, Category: p.Category}
		entry.Observed = entry.Observed.Merge(status.Observed())
	}
	if arrived := times.Earliest(m.Delivery.DeliveredAt, times.Earliest(m.Delivery.ReadAt, m.Delivery.PlayedAt)); !arrived.IsZero() {
		entry = entry.Settle(pricing.NewDelivery(1, arrived, ch.zone()), entry.Observed)
		entry.Delivery.Rate = rateOf(ch, &entry)
	}
	if !m.Delivery.FailedAt.IsZero() || !m.Delivery.CancelledAt.IsZero() {
		entry = entry.Release() // a delivery beats it
	}
	u.book(ch, m, entry)
}

// rateOf is the price of a message that Meta charges otherwise than was expected when it was sent: in another
// category, or although it should have been free. 0 says that it is the expected one, or not known.
func rateOf(ch *Channel, e *pricing.Entry) pricing.Micros {
	category := cmp.Or(e.Observed.Category, e.Hold.Category)
	if e.Observed.Billable != pricing.BillableYes || category == e.Hold.Category && e.Hold.Rate > 0 {
		return 0
	}
	card := pricing.CardOn(pricing.DateOf(e.Delivery.At, ch.zone()), ch.Rates...)
	if card == nil {
		return 0
	}
	rate, _ := card.Rate(e.Market, category)
	return rate
}
