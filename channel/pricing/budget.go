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
)

// A Budget bounds what a channel may spend. It stops charged sends only, and
// those of which nobody knows whether they are charged; free ones always pass.
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
	if b.Unit == BudgetMessages {
		return plus(t.Charged, t.ReservedCharged)
	}
	return int64(plus(t.Cost, t.ReservedCost))
}

// Remaining returns the limit less what is used. It is negative if Meta charged
// more than was expected.
func (b Budget) Remaining(t Totals) int64 {
	// Only a damaged store sums up to less than nothing.
	return max(b.Limit, 0) - max(b.Used(t), 0)
}

// Low reports whether the remainder is at or below the low-water mark.
func (b Budget) Low(t Totals) bool { return b.Remaining(t) <= b.LowWater }

// Admit returns nil if the hold fits into what remains. Otherwise the error is
// a *[BudgetError], which matches ErrBudgetExhausted, or ErrNoPrice if the
// budget is in money and the hold has no price.
func (b Budget) Admit(t Totals, h Hold) error {
	if h.Billable == BillableNo {
		return nil
	}
	need := max(h.Units, 1)
	if b.Unit != BudgetMessages {
		if h.Rate <= 0 || h.Units <= 0 {
			return ErrNoPrice
		}
		need = int64(h.Rate.Times(h.Units))
	}
	if left := b.Remaining(t); need > left {
		return &BudgetError{Unit: b.Unit, Limit: b.Limit, Remaining: left, Needed: need}
	}
	return nil
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
	if e.Unit == BudgetMessages {
		return fmt.Sprintf("%s: %d messages needed, %d of %d left", ErrBudgetExhausted, e.Needed, e.Remaining, e.Limit)
	}
	return fmt.Sprintf("%s: %s needed, %s of %s left", ErrBudgetExhausted,
		Micros(e.Needed), Micros(e.Remaining), Micros(e.Limit))
}

// Is reports whether target is ErrBudgetExhausted.
func (e *BudgetError) Is(target error) bool { return target == ErrBudgetExhausted }

// A Balance is the standing of a channel's budget.
type Balance struct {
	Budget    Budget
	Month     Month // the month it is about if the budget is monthly, else ""
	Used      int64 // in Budget.Unit
	Remaining int64 // in Budget.Unit; negative if overdrawn
}

func (b Budget) balance(month Month, t Totals) Balance {
	return Balance{Budget: b, Month: month, Used: b.Used(t), Remaining: b.Remaining(t)}
}
