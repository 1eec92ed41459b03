package pricing

import (
	"errors"
	"fmt"
)

// BudgetUnit is what a budget limits.
type BudgetUnit string

// Units of a budget. The zero value limits money.
const (
	BudgetAmount   BudgetUnit = ""         // millionths of the account's currency, see Micros
	BudgetMessages BudgetUnit = "messages" // charged messages
	// BudgetEvery counts every message, charged or not, from the moment it is held until it
	// fails: for hosts that sell messages, such as so many for a point of a customer's credit.
	BudgetEvery BudgetUnit = "every_message"
)

// Known reports whether u is one of the units above.
func (u BudgetUnit) Known() bool {
	return u == BudgetAmount || u == BudgetMessages || u == BudgetEvery
}

// A Budget bounds what a channel may spend. It stops charged sends only, and
// those of which nobody knows whether they are charged; free ones always pass, unless it
// counts every message.
// The zero Budget lets nothing charged pass: a channel that may spend without
// bounds has no Budget. Budget is a plain value with pure methods; [Ledger]
// applies it.
type Budget struct {
	Unit BudgetUnit `json:"unit,omitempty"`
	// Limit is the most that may be spent, in Unit. A top-up raises it.
	Limit int64 `json:"limit"`
	// LowWater is the remainder at or below which it is time for a top-up.
	LowWater int64 `json:"low_water,omitempty"`
	// Monthly makes the limit apply to each account-local month by itself.
	// Otherwise it applies to everything that was ever spent.
	Monthly bool `json:"monthly,omitempty"`
}

// Used returns how much of the budget is spent or held, given the totals of the
// channel over the budget's period.
func (b Budget) Used(t Totals) int64 {
	switch b.Unit {
	case BudgetMessages:
		return plus(t.Charged, t.ReservedCharged)
	case BudgetEvery:
		return plus(t.Delivered, t.Reserved)
	}
	return int64(plus(t.Cost, t.ReservedCost))
}

// Remaining returns the limit less what is used. It is negative if Meta charged
// more than was expected.
func (b Budget) Remaining(t Totals) int64 { return b.left(b.Used(t)) }

func (b Budget) left(used int64) int64 {
	// Only a damaged store sums up to less than nothing.
	return max(b.Limit, 0) - max(used, 0)
}

// Low reports whether the remainder is at or below the low-water mark.
func (b Budget) Low(t Totals) bool { return b.Remaining(t) <= b.LowWater }

// Admit returns nil if the hold fits into what remains. Otherwise the error is
// a *[BudgetError], which matches ErrBudgetExhausted, or ErrNoPrice if the
// budget is in money and the hold has no price.
func (b Budget) Admit(t Totals, h Hold) error {
	_, err := b.Need(b.Used(t), h)
	return err
}

// Need is Admit for whoever knows only how much is used: it returns what the hold needs of
// the budget, 0 if it needs nothing, or the error of Admit.
func (b Budget) Need(used int64, h Hold) (int64, error) {
	need := max(h.Units, 1)
	switch {
	case b.Unit == BudgetEvery:
		need = max(h.messages(), 1)
	case h.Billable == BillableNo:
		return 0, nil
	case b.Unit == BudgetMessages:
	case h.Rate <= 0 || h.Units <= 0:
		return 0, ErrNoPrice
	default:
		need = int64(h.Rate.Times(h.Units))
	}
	if left := b.left(used); need > left {
		return 0, &BudgetError{Unit: b.Unit, Limit: b.Limit, Remaining: left, Needed: need}
	}
	return need, nil
}

// Balance is the standing of the budget when so much of it is used, in the given month if it
// is monthly.
func (b Budget) Balance(month Month, used int64) Balance {
	if !b.Monthly {
		month = ""
	}
	return Balance{Budget: b, Month: month, Used: used, Remaining: b.left(used)}
}

// Errors that refuse a charged send.
var (
	// ErrBudgetExhausted says that the channel's budget does not cover it.
	ErrBudgetExhausted = errors.New("pricing: budget exhausted")
	// ErrNoPrice says that the budget is in money and the price is not known:
	// the rate card has no rate for the market and category.
	ErrNoPrice = errors.New("pricing: price unknown, budget cannot be checked")
)

// BudgetError says by how much a budget falls short. It matches
// [ErrBudgetExhausted].
type BudgetError struct {
	Unit                     BudgetUnit
	Limit, Remaining, Needed int64 // in Unit
}

// Error names the figures.
func (e *BudgetError) Error() string {
	if e.Unit != BudgetAmount {
		return fmt.Sprintf("%s: %d messages needed, %d of %d left", ErrBudgetExhausted, e.Needed, e.Remaining, e.Limit)
	}
	return fmt.Sprintf("%s: %s needed, %s of %s left", ErrBudgetExhausted,
		Micros(e.Needed), Micros(e.Remaining), Micros(e.Limit))
}

// Is reports whether target is ErrBudgetExhausted.
func (e *BudgetError) Is(target error) bool { return target == ErrBudgetExhausted }

// A Balance is the standing of a channel's budget.
type Balance struct {
	Budget    Budget `json:"budget"`
	Month     Month  `json:"month,omitempty"` // the month it is about if the budget is monthly, else ""
	Used      int64  `json:"used"`            // in Budget.Unit
	Remaining int64  `json:"remaining"`       // in Budget.Unit; negative if overdrawn
}

// Low reports whether the remainder is at or below the low-water mark.
func (b Balance) Low() bool { return b.Remaining <= b.Budget.LowWater }
