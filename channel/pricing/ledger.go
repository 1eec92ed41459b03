package pricing

import (
	"errors"
	"fmt"
	"maps"
	"sync"
)

// A Ledger keeps the books of one process in memory: what each message cost,
// totals per channel, month, category and market, and the channels' budgets. It
// is safe for concurrent use. It is as idempotent and as indifferent to order
// as the entries it consists of, because it is nothing but their sum.
//
// See the package comment for several processes and for keeping the books in a
// store.
type Ledger struct {
	onLow func(channel string, b Balance)

	mu      sync.Mutex
	entries map[string]Entry
	rows    map[Key]Totals // by full key
	sums    map[Key]Totals // by channel; by channel and month; by channel, month and service
	budgets map[string]Budget
	warned  map[Key]bool // by channel and month: low water was reported
	closed  map[Key]Totals
	horizon Month
}

// LedgerConfig configures a [Ledger]. The zero value is an empty ledger without
// budgets.
type LedgerConfig struct {
	// Budgets are the channels' budgets. A channel without one spends freely.
	Budgets map[string]Budget
	// OnLow is called when a channel's remainder falls to its low-water mark or
	// a send is refused, once until it has been above the mark again or
	// SetBudget is called. It runs on the goroutine that caused it, without
	// locks held; nil means that nobody wants to know.
	OnLow func(channel string, b Balance)
	// Books are what an earlier Ledger left; nil means none.
	Books *Books
}

// NewLedger returns a ledger with the given budgets and books. It reports all
// problems at once.
func NewLedger(cfg LedgerConfig) (*Ledger, error) {
	l := &Ledger{
		onLow:   cfg.OnLow,
		entries: map[string]Entry{},
		rows:    map[Key]Totals{},
		sums:    map[Key]Totals{},
		budgets: map[string]Budget{},
		warned:  map[Key]bool{},
		closed:  map[Key]Totals{},
	}
	var errs []error
	for channel, b := range cfg.Budgets {
		if err := l.SetBudget(channel, b); err != nil {
			errs = append(errs, err)
		}
	}
	if b := cfg.Books; b != nil {
		l.horizon = b.Horizon
		for _, row := range b.Closed {
			l.closed[row.Key] = l.closed[row.Key].Plus(row.Totals)
			l.add(row)
		}
		for id, e := range b.Entries {
			e = Entry{}.Merge(e)
			l.entries[id] = e
			for _, row := range Diff(Entry{}, e) {
				l.add(row)
			}
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return l, nil
}

// SetBudget sets or replaces the budget of a channel, such as after a top-up.
func (l *Ledger) SetBudget(channel string, b Budget) error {
	switch {
	case channel == "":
		return errors.New("pricing: set budget: no channel")
	case !b.Unit.Known():
		return errors.New("pricing: set budget: unknown unit")
	case b.Limit < 0 || b.LowWater < 0:
		return errors.New("pricing: set budget: negative limit or low-water mark")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.budgets[channel] = b
	maps.DeleteFunc(l.warned, func(k Key, _ bool) bool { return k.Channel == channel })
	return nil
}

// RemoveBudget lets a channel spend freely.
func (l *Ledger) RemoveBudget(channel string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.budgets, channel)
}

// Errors of a Ledger besides those of [Budget.Admit].
var (
	// ErrNoID refuses facts without a message id or user, and holds without a
	// channel.
	ErrNoID = errors.New("pricing: id is missing")
	// ErrTime refuses a time outside the years 1971 to 2099, which is unset or
	// was not read from Unix seconds, a hold or delivery without month, and a
	// new hold in a closed month.
	ErrTime = errors.New("pricing: time is unset or not in Unix seconds")
	// ErrReleased refuses a hold for a message that was released: another
	// attempt needs another id, or nothing would be held for it.
	ErrReleased = errors.New("pricing: message was released")
)

// Reserve holds the expected cost of a message before it is sent, or refuses
// with an error of [Budget.Admit] and holds nothing. Reserving a message again
// changes nothing and is not refused.
func (l *Ledger) Reserve(id, channel string, market Market, h Hold) error {
	if id == "" || channel == "" {
		return fmt.Errorf("%w: reserve", ErrNoID)
	}
	if !credible(h.At) || h.Month == "" {
		return fmt.Errorf("%w: reserve", ErrTime)
	}
	l.mu.Lock()
	low, err := l.reserve(id, Entry{Channel: channel, Market: market, Hold: h})
	l.mu.Unlock()
	l.tell(low)
	return err
}

func (l *Ledger) reserve(id string, e Entry) ([]notice, error) {
	known, ok := l.entries[id]
	sent := known.Delivery.Units > 0 // too late to refuse
	switch {
	case !ok && e.Hold.Month < l.horizon:
		return nil, fmt.Errorf("%w: reserve: month is closed", ErrTime)
	case known.Released && !sent:
		return nil, ErrReleased
	case known.Hold != Hold{}:
		return nil, nil
	}
	if b, ok := l.budgets[e.Channel]; ok && !sent {
		k := b.period(e.Channel, e.Hold.Month)
		if err := b.Admit(l.sums[k], e.Hold); err != nil {
			if errors.Is(err, ErrBudgetExhausted) {
				return l.warn(nil, b, k), err
			}
			return nil, err
		}
	}
	return l.apply(id, e), nil
}

// Settle records that a message was delivered, and what the status said about
// its price. Units of d may be 0 for a status that only tells the price. It may
// come before Reserve, repeatedly and in any order.
func (l *Ledger) Settle(id string, d Delivery, o Observed) error {
	if d.Units > 0 && (!credible(d.At) || d.Month == "") {
		return fmt.Errorf("%w: settle", ErrTime)
	}
	return l.Apply(id, Entry{Delivery: d, Observed: o})
}

// Release gives back what is held for a message that failed or was cancelled.
func (l *Ledger) Release(id string) error { return l.Apply(id, Entry{Released: true}) }

// Apply adds facts about a message that are known from elsewhere, such as
// another process's Ledger. It checks no budget. Facts about a message of a
// closed month are ignored.
func (l *Ledger) Apply(id string, facts Entry) error {
	if id == "" {
		return fmt.Errorf("%w: apply", ErrNoID)
	}
	l.mu.Lock()
	low := l.apply(id, facts)
	l.mu.Unlock()
	l.tell(low)
	return nil
}

// apply merges facts and brings the sums up to date. It returns whom to warn.
func (l *Ledger) apply(id string, facts Entry) []notice {
	before, known := l.entries[id]
	if month := max(facts.Hold.Month, facts.Delivery.Month); !known && month != "" && month < l.horizon {
		return nil
	}
	after := before.Merge(facts)
	l.entries[id] = after
	var low []notice
	for _, row := range Diff(before, after) {
		l.add(row)
		b, ok := l.budgets[row.Channel]
		if !ok {
			continue
		}
		k := b.period(row.Channel, row.Month)
		if b.Low(l.sums[k]) {
			low = l.warn(low, b, k)
		} else {
			delete(l.warned, k)
		}
	}
	return low
}

// period returns the key under which the sums of the budget's period are kept.
func (b Budget) period(channel string, month Month) Key {
	if !b.Monthly {
		month = ""
	}
	return Key{Channel: channel, Month: month}
}

// add adds a change to the books and to the sums that budgets and the free tier
// need at once.
func (l *Ledger) add(row Row) {
	keys := []Key{{Channel: row.Channel}, {Channel: row.Channel, Month: row.Month}}
	if row.Category.base() == CategoryService {
		keys = append(keys, Key{Channel: row.Channel, Month: row.Month, Category: CategoryService})
	}
	for _, k := range keys {
		l.sums[k] = l.sums[k].Plus(row.Totals)
	}
	if t := l.rows[row.Key].Plus(row.Totals); t != (Totals{}) {
		l.rows[row.Key] = t
	} else {
		delete(l.rows, row.Key)
	}
}

// notice is a call of OnLow that waits for the lock to be given back.
type notice struct {
	channel string
	balance Balance
}

func (l *Ledger) warn(low []notice, b Budget, k Key) []notice {
	if l.onLow == nil || l.warned[k] {
		return low
	}
	l.warned[k] = true
	return append(low, notice{k.Channel, b.Balance(k.Month, b.Used(l.sums[k]))})
}

func (l *Ledger) tell(low []notice) {
	for _, n := range low {
		l.onLow(n.channel, n.balance)
	}
}
