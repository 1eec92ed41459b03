package console

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/pricing"
)

// spendingPage is what a channel has spent, and what it may.
type spendingPage struct {
	Channels []choice
	Currency string
	Months   []spentMonth // newest first
	Budget   *spentBudget // nil: no bound
}

type spentMonth struct {
	Month pricing.Month
	pricing.Totals
	Rows []pricing.Row
}

// spentBudget is how a budget stands.
type spentBudget struct {
	pricing.Balance
	Share           float64 // used of the limit, 0 to 100
	Used, Left, Max string
	Unit            string
}

// spending shows the books of a channel, and its budget.
func (q *request) spending() error {
	p := spendingPage{Channels: q.channelsFor(access.Report, q.FormValue("channel"))}
	on, err := pick(p.Channels, q.FormValue("channel"))
	if err != nil {
		return err
	}
	rows, err := q.Desk.Spending(q.ctx(), q.actor, on)
	if err != nil {
		return err
	}
	ch, err := q.Desk.Hub().Channel(q.ctx(), on)
	if err != nil {
		return err
	}
	p.Currency = currencyOf(ch.Rates)
	for _, r := range rows {
		at := slices.IndexFunc(p.Months, func(m spentMonth) bool { return m.Month == r.Month })
		if at < 0 {
			at, p.Months = len(p.Months), append(p.Months, spentMonth{Month: r.Month})
		}
		m := &p.Months[at]
		m.Totals, m.Rows = m.Plus(r.Totals), append(m.Rows, r)
	}
	slices.SortFunc(p.Months, func(a, b spentMonth) int { return strings.Compare(string(b.Month), string(a.Month)) })
	if ch.Budget != nil {
		p.Budget = q.budgetOf(*ch.Budget, p.Months, ch.TimeZone, p.Currency)
	}
	return q.office("tab.spending", "spending", p)
}

// budgetOf is how a budget stands after what the months have used.
func (q *request) budgetOf(b pricing.Budget, months []spentMonth, zone, currency string) *spentBudget {
	place, err := time.LoadLocation(zone)
	if err != nil { // no settings have such a zone
		place = time.UTC
	}
	month := pricing.MonthOf(q.now, place)
	var used int64
	for i := range months {
		if !b.Monthly || months[i].Month == month {
			used += b.Used(months[i].Totals)
		}
	}
	s := &spentBudget{Balance: b.Balance(month, used), Unit: string(b.Unit)}
	write := func(n int64) string { text, _ := grouped(n); return text } // an int64 is a number
	if b.Unit == pricing.BudgetAmount {
		write = func(n int64) string { return strings.TrimSpace(pricing.Micros(n).String() + " " + currency) }
	}
	s.Used, s.Left, s.Max = write(used), write(s.Remaining), write(b.Limit)
	s.Share = 100
	if b.Limit > 0 {
		s.Share = min(100, 100*float64(used)/float64(b.Limit))
	}
	return s
}
