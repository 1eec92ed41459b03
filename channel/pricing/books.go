package pricing

import (
	"maps"
	"slices"
	"time"
)

// Books are a Ledger's content, in a form to be kept as JSON.
type Books struct {
	// Entries by message id, as given to the Ledger.
	Entries map[string]Entry `json:"entries,omitempty"`
	// Closed are the rows of months whose entries were dropped.
	Closed []Row `json:"closed,omitempty"`
	// Horizon is the first month that was not closed; "" if none was.
	Horizon Month `json:"horizon,omitempty"`
}

// Balance returns the standing of a channel's budget in the given month, which
// matters only if the budget is monthly, and false if it has none.
func (l *Ledger) Balance(channel string, month Month) (Balance, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.budgets[channel]
	if !ok {
		return Balance{}, false
	}
	k := b.period(channel, month)
	return b.Balance(k.Month, b.Used(l.sums[k])), true
}

// FreeLeft returns how many of a month's free service messages the channel has
// left, given [Rules.FreeTier]. What is held counts as used.
func (l *Ledger) FreeLeft(channel string, month Month, tier int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	k := Key{Channel: channel, Month: month, Category: CategoryService}
	return int(max(int64(tier)-max(Row{k, l.sums[k]}.FreeUsed(), 0), 0))
}

// Total returns the sum of the rows that match the key; its empty fields mean
// "all".
func (l *Ledger) Total(k Key) Totals {
	l.mu.Lock()
	defer l.mu.Unlock()
	var sum Totals
	for key, t := range l.rows {
		if k.covers(key) {
			sum = sum.Plus(t)
		}
	}
	return sum
}

// Rows returns all rows that are not empty, in the order of their keys.
func (l *Ledger) Rows() []Row {
	l.mu.Lock()
	defer l.mu.Unlock()
	return sorted(l.rows)
}

func sorted(m map[Key]Totals) []Row {
	rows := make([]Row, 0, len(m))
	for k, t := range m {
		rows = append(rows, Row{k, t})
	}
	slices.SortFunc(rows, func(a, b Row) int { return a.Key.compare(b.Key) })
	return rows
}

// CloseMonths drops the decided entries of months before the given one and keeps
// their rows, so that memory does not grow for ever. Facts about dropped
// messages that still arrive are ignored. Do it at the earliest when no more
// statuses are to be expected; a month later is ample.
func (l *Ledger) CloseMonths(before Month) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.horizon = max(l.horizon, before)
	for id, e := range l.entries {
		k, t := e.Posting()
		switch stage := e.Stage(); {
		case stage == StageNone:
			delete(l.entries, id)
		case stage != StageReserved && k.Month < before:
			delete(l.entries, id)
			l.closed[k] = l.closed[k].Plus(t)
		}
	}
}

// Expire releases what has been held since before the given time without an
// outcome, and returns how many messages that were. Meta drops some messages
// without any status.
func (l *Ledger) Expire(before time.Time) int {
	l.mu.Lock()
	var low []notice
	n := 0
	for id, e := range l.entries {
		if e.Stage() == StageReserved && e.Hold.At.Before(before) {
			low = append(low, l.apply(id, Entry{Released: true})...)
			n++
		}
	}
	l.mu.Unlock()
	l.tell(low)
	return n
}

// Books returns a copy of the content, for keeping.
func (l *Ledger) Books() Books {
	l.mu.Lock()
	defer l.mu.Unlock()
	return Books{Entries: maps.Clone(l.entries), Closed: sorted(l.closed), Horizon: l.horizon}
}
