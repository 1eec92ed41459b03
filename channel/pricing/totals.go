package pricing

import (
	"cmp"
	"errors"
	"iter"
	"net/url"
	"strings"
)

// Key names one row of the books.
type Key struct {
	Channel  string   `json:"channel"`
	Month    Month    `json:"month"`
	Category Category `json:"category,omitempty"`
	Market   Market   `json:"market,omitempty"`
}

// compare orders rows for reports.
func (k Key) compare(o Key) int {
	return cmp.Or(
		strings.Compare(k.Channel, o.Channel),
		strings.Compare(string(k.Month), string(o.Month)),
		strings.Compare(string(k.Category), string(o.Category)),
		strings.Compare(string(k.Market), string(o.Market)),
	)
}

// covers reports whether row belongs to k, whose empty fields mean "all".
func (k Key) covers(row Key) bool {
	return (k.Channel == "" || k.Channel == row.Channel) &&
		(k.Month == "" || k.Month == row.Month) &&
		(k.Category == "" || k.Category == row.Category) &&
		(k.Market == "" || k.Market == row.Market)
}

// Totals counts messages, or recipients in groups, and their cost. Totals are
// additive: the sum over any set of entries is the sum of their postings.
type Totals struct {
	// Reserved counts what is held and not yet decided, ReservedCharged the
	// part of it that is or may be charged, ReservedCost the price of that.
	Reserved        int64  `json:"reserved,omitempty"`
	ReservedCharged int64  `json:"reserved_charged,omitempty"`
	ReservedCost    Micros `json:"reserved_cost,omitempty"`
	// Delivered counts what arrived, Charged the part that costs, Cost its
	// price. Estimated counts the part of Delivered of which Meta has not said
	// whether it is charged: Charged and Cost rest on the rules for it.
	Delivered int64  `json:"delivered,omitempty"`
	Charged   int64  `json:"charged,omitempty"`
	Cost      Micros `json:"cost,omitempty"`
	Estimated int64  `json:"estimated,omitempty"`
	// Released counts what failed, was cancelled or given up.
	Released int64 `json:"released,omitempty"`
}

// Plus returns the sum. Sums beyond int64 stay at its limit.
func (t Totals) Plus(u Totals) Totals {
	return Totals{
		Reserved:        plus(t.Reserved, u.Reserved),
		ReservedCharged: plus(t.ReservedCharged, u.ReservedCharged),
		ReservedCost:    plus(t.ReservedCost, u.ReservedCost),
		Delivered:       plus(t.Delivered, u.Delivered),
		Charged:         plus(t.Charged, u.Charged),
		Cost:            plus(t.Cost, u.Cost),
		Estimated:       plus(t.Estimated, u.Estimated),
		Released:        plus(t.Released, u.Released),
	}
}

// negated returns -t.
func (t Totals) negated() Totals {
	return Totals{
		Reserved: -t.Reserved, ReservedCharged: -t.ReservedCharged, ReservedCost: -t.ReservedCost,
		Delivered: -t.Delivered, Charged: -t.Charged, Cost: -t.Cost, Estimated: -t.Estimated,
		Released: -t.Released,
	}
}

// A Row is one row of the books, or a change to it.
type Row struct {
	Key
	Totals
}

// FreeUsed returns how many of its month's free service messages the row uses:
// those delivered and those held, to groups included. Summed over the rows of a
// business number and month it is what [Rules.FreeTier] has to be lessened by.
func (r Row) FreeUsed() int64 {
	if r.Category.base() != CategoryService {
		return 0
	}
	return plus(r.Delivered, r.Reserved)
}

// Diff returns what the books change by when an entry goes from before to
// after: nothing, one row, or two if the entry moves between rows. Adding the
// rows of every step, in any order, gives the same books as adding up the
// entries.
func Diff(before, after Entry) []Row {
	bk, bt := before.Posting()
	ak, at := after.Posting()
	if bk == ak {
		if bt == at {
			return nil
		}
		return []Row{{ak, at.Plus(bt.negated())}}
	}
	var rows []Row
	if bt != (Totals{}) {
		rows = append(rows, Row{bk, bt.negated()})
	}
	if at != (Totals{}) {
		rows = append(rows, Row{ak, at})
	}
	return rows
}

// Counters yields the row's non-zero numbers with names such as
// "2026-11/utility/Germany/cost", for stores that keep running totals under a
// key: add each number to the counter of that name of the row's channel.
func (r Row) Counters() iter.Seq2[string, int64] {
	prefix := url.PathEscape(string(r.Month)) + "/" + url.PathEscape(string(r.Category)) + "/" +
		url.PathEscape(string(r.Market)) + "/"
	return func(yield func(string, int64) bool) {
		for _, m := range r.Totals.metrics() {
			if *m.n != 0 && !yield(prefix+m.name, *m.n) {
				return
			}
		}
	}
}

// ErrCounter reports a name that Counters does not make.
var ErrCounter = errors.New("pricing: parse counter: not a counter's name")

// ParseCounter is the inverse of [Row.Counters]: it returns the row that holds
// nothing but n in the named counter of the channel. Sum the Totals of rows with
// equal Key.
func ParseCounter(channel, name string, n int64) (Row, error) {
	parts := strings.Split(name, "/")
	if len(parts) != 4 {
		return Row{}, ErrCounter
	}
	for i, p := range parts {
		var err error
		if parts[i], err = url.PathUnescape(p); err != nil {
			return Row{}, ErrCounter // err quotes the name
		}
	}
	r := Row{Key: Key{Channel: channel, Month: Month(parts[0]), Category: Category(parts[1]), Market: Market(parts[2])}}
	for _, m := range r.Totals.metrics() {
		if m.name == parts[3] {
			*m.n = n
			return r, nil
		}
	}
	return Row{}, ErrCounter
}

type metric struct {
	name string
	n    *int64
}

// metrics returns the numbers under their names, which are stored.
func (t *Totals) metrics() [8]metric {
	return [...]metric{
		{"reserved", &t.Reserved},
		{"reserved_charged", &t.ReservedCharged},
		{"reserved_cost", (*int64)(&t.ReservedCost)},
		{"delivered", &t.Delivered},
		{"charged", &t.Charged},
		{"cost", (*int64)(&t.Cost)},
		{"estimated", &t.Estimated},
		{"released", &t.Released},
	}
}
