package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
)

// Two questions are asked before a message is queued whose answer is a sum over all messages
// of a channel: does the budget reach, and is a free message left? Each sum is kept as one
// running total beside the rows of the books, changed in the same commits, so that the store
// can bound it: the decision and the count are one. A channel without budget and rate cards
// has neither.

// tallied says whether running totals are kept for the channel.
func (c *Channel) tallied() bool { return c.Budget != nil || len(c.Rates) > 0 }

// usedTally is the running total of what a month, or all months, used of the budget.
func (c *Channel) usedTally(month pricing.Month) store.Record {
	if !c.Budget.Monthly {
		month = ""
	}
	return c.tally("used-"+string(c.Budget.Unit), month)
}

// freeTally is the running total of free service messages that a month used.
func (c *Channel) freeTally(month pricing.Month) store.Record { return c.tally("free", month) }

func (c *Channel) tally(name string, month pricing.Month) store.Record {
	return store.Record{
		Kind: kindMoney, Key: c.ID + "|" + name + "|" + string(month), Parent: c.ID, Sort: moneySort(string(month)),
	}
}

// tally adds what a row of the books changes to the running totals.
func (u *unit) tally(ch *Channel, row *pricing.Row) {
	if ch.Budget != nil {
		r := ch.usedTally(row.Month)
		r.N = ch.Budget.Used(row.Totals)
		u.Add(r)
	}
	if ch.tallied() {
		r := ch.freeTally(row.Month)
		r.N = row.FreeUsed()
		u.Add(r)
	}
}

// admit counts a message that needs something of the budget, or refuses it. The error
// matches pricing.ErrBudgetExhausted or pricing.ErrNoPrice.
func (u *unit) admit(ch *Channel, month pricing.Month, hold pricing.Hold) error {
	tally := ch.usedTally(month)
	used, err := u.Total(tally)
	if err != nil {
		return err
	}
	need, err := ch.Budget.Need(used, hold)
	if errors.Is(err, pricing.ErrBudgetExhausted) && u.rehearsal == nil {
		h, ctx, balance := u.core, u.ctx, ch.Budget.Balance(month, used)
		if host := store.DeferredIn(ctx); host != nil { // what it sent itself before may be taken back
			host.Add(func() { h.tellLow(ctx, ch, balance, true) }, nil)
		} else {
			h.tellLow(ctx, ch, balance, true)
		}
	}
	if err != nil || need == 0 {
		return err
	}
	u.Within(tally, ch.Budget.Limit-need)
	return nil
}

// lowWater tells the host, after the commit, if the budget runs low.
func (u *unit) lowWater(ch *Channel, month pricing.Month) error {
	used, err := u.Total(ch.usedTally(month))
	if err != nil {
		return err
	}
	balance, h, ctx := ch.Budget.Balance(month, used), u.core, u.ctx
	u.After(func() { h.tellLow(ctx, ch, balance, balance.Low()) })
	return nil
}

// tellLow tells the host once that a budget is low, and anew after it was not.
func (h *core) tellLow(ctx context.Context, ch *Channel, balance pricing.Balance, low bool) {
	key := ch.ID + "|" + string(balance.Month)
	if !low {
		h.low.Delete(key)
		return
	}
	if host := store.DeferredIn(ctx); host != nil { // which has ended
		ctx = host.Outside()
	}
	if _, told := h.low.Swap(key, true); !told && h.hooks.BudgetLow != nil {
		h.hooks.BudgetLow(ctx, hooks.BudgetInfo{Channel: ch.ID, Balance: balance})
	}
}

// lookAtBudgets tells the host of budgets that are low already when the hub starts.
func (h *core) lookAtBudgets(ctx context.Context) {
	for _, s := range h.settings() {
		ch, ok := h.channels.get(s.ID)
		if !ok || ch.Budget == nil {
			continue
		}
		month := pricing.MonthOf(h.now(), ch.zone())
		err := h.trueUp(ctx, ch, month)
		var records []store.Record
		if err == nil {
			records, err = h.store.Get(ctx, kindMoney, ch.usedTally(month).Key)
		}
		if err != nil {
			h.log.LogAttrs(ctx, slog.LevelWarn, "channel: budget not looked at", slog.String("channel", ch.ID),
				slog.String("reason", reasonOf(err)))
			continue
		}
		var used int64
		for _, r := range records {
			used = r.N
		}
		balance := ch.Budget.Balance(month, used)
		h.tellLow(ctx, ch, balance, balance.Low())
	}
}

// trueUpEvery is how often a process makes sure of the running totals of a channel.
const trueUpEvery = time.Hour

// maxTallies is the most rows that the books of a channel can have for the running totals
// to be put right.
const maxTallies = 100_000

// trueUp makes the running totals of a channel what the rows of its books sum up to: they
// differ where a budget is new, or was away while messages were sent, here or in a process
// with older settings.
func (h *core) trueUp(ctx context.Context, ch *Channel, month pricing.Month) error {
	tallies := []store.Record{ch.freeTally(month)}
	if ch.Budget != nil {
		tallies = append(tallies, ch.usedTally(month))
	}
	mark := tallies[len(tallies)-1].Key + "|" + string(month)
	if at, ok := h.booked.Load(mark); ok && h.now().Sub(at.(time.Time)) < trueUpEvery {
		return nil
	}
	var err error
	for range step.MaxConflicts {
		if err = h.trueUpOnce(ctx, ch, month, tallies); !errors.Is(err, store.ErrConflict) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("channel: sum up costs: %w", err)
	}
	if store.DeferredIn(ctx) == nil { // otherwise the host may still take it back
		h.booked.Store(mark, h.now())
	}
	return nil
}

func (h *core) trueUpOnce(ctx context.Context, ch *Channel, month pricing.Month, tallies []store.Record) error {
	// What is read first is written last: of two processes that do this at the same time one
	// does it again.
	guard := store.Record{Kind: kindBooks, Key: ch.ID, Body: []byte("{}")}
	records, err := h.store.Get(ctx, guard.Kind, guard.Key)
	if err != nil {
		return fmt.Errorf("channel: read books: %w", err)
	}
	if len(records) == 1 {
		guard.Version = records[0].Version
	}
	q := store.Query{Kind: kindMoney, Parent: ch.ID, Limit: maxTallies}
	if ch.Budget == nil || ch.Budget.Monthly {
		q.After = &store.Position{Sort: moneySort(string(month)) - 1}
	}
	rows, err := h.store.List(ctx, q) // in one go: rows and totals as of the same moment
	if err != nil {
		return fmt.Errorf("channel: read books: %w", err)
	}
	want, have := make([]int64, 2), map[string]int64{}
	for _, r := range rows {
		row, ok := moneyRow(ch.ID, r)
		switch {
		case !ok:
			have[r.Key] = r.N
			continue
		case row.Month == month:
			want[0] += row.FreeUsed()
		}
		if ch.Budget != nil && (!ch.Budget.Monthly || row.Month == month) {
			want[1] += ch.Budget.Used(row.Totals)
		}
	}
	b := &store.Batch{Put: []store.Record{guard}}
	for i, t := range tallies {
		if t.N = want[i] - have[t.Key]; t.N != 0 {
			b.Add = append(b.Add, t)
		}
	}
	if len(b.Add) == 0 {
		return nil
	}
	if _, err = h.store.Commit(ctx, b); err != nil {
		return fmt.Errorf("channel: true up books: %w", err)
	}
	return nil
}
