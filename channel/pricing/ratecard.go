package pricing

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// A RateCard holds Meta's list prices in one currency from one day on. None is
// shipped: they change every quarter; load the file that Meta publishes. A
// RateCard is immutable and safe for concurrent use.
type RateCard struct {
	currency string
	from     Date
	rates    map[rateKey]Micros
	bands    map[rateKey][]band
}

type rateKey struct {
	market   Market
	category Category
}

// band is the rate of the from-th to the to-th charged message of a month.
type band struct {
	from, to int64
	rate     Micros
}

// CardConfig says what the files of a rate card are.
type CardConfig struct {
	// Currency is the ISO 4217 code of the file's prices, such as "USD". It is
	// required, since the file may not name it.
	Currency string
	// From is the first day on which the card applies, required.
	From Date
	// Tiers is the file of volume tiers in the same currency; nil means none.
	Tiers io.Reader
	// Markets recognises the rows; nil means MarketsOn(From).
	Markets *Markets
	// KeepUnknownMarkets keeps rows whose market is not in Markets, under the
	// name they have, instead of reporting them. A card newer than this library
	// may have such rows.
	KeepUnknownMarkets bool
}

// ReadRateCard reads a rate card in the form of Meta's CSV files. The file of
// rates has the columns
//
//	market, marketing, utility, authentication[, authentication-international][, service]
//
// in any order, the file of volume tiers has
//
//	market, category, from, to, rate
//
// Other columns are ignored, and so are lines above the header. A cell that is
// empty, "-", "--" or "n/a" states no rate; in the column to it means no upper
// bound. Prices are plain decimals, see [ParseMicros].
//
// All problems are reported at once, or the first hundred, each as a
// *[CardError] with its line and column; the card is nil then.
func ReadRateCard(rates io.Reader, cfg CardConfig) (*RateCard, error) {
	var errs []error
	if !isCurrency(cfg.Currency) {
		errs = append(errs, errors.New("pricing: read rate card: currency is not a three-letter code"))
	}
	if cfg.From == "" {
		errs = append(errs, errors.New("pricing: read rate card: no first day"))
	}
	if rates == nil {
		errs = append(errs, errors.New("pricing: read rate card: no file of rates"))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if cfg.Markets == nil {
		cfg.Markets = MarketsOn(cfg.From)
	}
	l := loader{
		cfg:  cfg,
		name: cfg.Markets.folded(),
		card: &RateCard{currency: cfg.Currency, from: cfg.From, rates: map[rateKey]Micros{}, bands: map[rateKey][]band{}},
	}
	l.readRates(rates)
	if cfg.Tiers != nil {
		l.readTiers(cfg.Tiers)
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return l.card, nil
}

func isCurrency(s string) bool {
	return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Currency returns the ISO 4217 code of the prices.
func (c *RateCard) Currency() string { return c.currency }

// From returns the first day on which the card applies.
func (c *RateCard) From() Date { return c.from }

// Markets returns the markets that the card has a rate for, sorted.
func (c *RateCard) Markets() []Market {
	set := map[Market]bool{}
	for k := range c.rates {
		set[k.market] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// Rate returns the list price of one message of the category, and false if the
// card states none. Service is priced as utility unless the card says
// otherwise; groups and the Marketing Messages API as their plain category.
func (c *RateCard) Rate(m Market, category Category) (Micros, bool) {
	category = category.base()
	if category == CategoryReferralConversion {
		return 0, true
	}
	if rate, ok := c.rates[rateKey{m, category}]; ok {
		return rate, true
	}
	if category == CategoryService {
		rate, ok := c.rates[rateKey{m, CategoryUtility}]
		return rate, ok
	}
	return 0, false
}

// Cost returns the price of a charge, and false if the card states no rate for
// it, as for calls and tokens. If the charge is of unknown billability, it is
// the price if it is charged after all.
//
// volume is how many messages of this market and category the portfolio was
// charged for earlier this month; each message has the rate of the volume tier
// that it falls into. With 0, or without tiers, list prices apply.
func (c *RateCard) Cost(ch Charge, m Market, volume int64) (Micros, bool) {
	if ch.Billable == BillableNo || ch.Units <= 0 && ch.Unit == UnitMessage {
		return 0, true
	}
	if ch.Unit != UnitMessage && ch.Unit != UnitConversation {
		return 0, false
	}
	list, ok := c.Rate(m, ch.Category)
	if !ok {
		return 0, false
	}
	var sum Micros
	left, next := ch.Units, plus(max(volume, 0), 1)
	for _, b := range c.bands[rateKey{m, ch.Category.base()}] {
		if left == 0 {
			break
		}
		if next < b.from || next > b.to {
			continue
		}
		n := min(left, plus(b.to-next, 1))
		sum = plus(sum, b.rate.Times(n))
		left, next = left-n, plus(next, n)
	}
	return plus(sum, list.Times(left)), true
}

// CardOn returns the card in force on a day: of those that have begun, the one
// with the latest From, and nil if none has.
func CardOn(day Date, cards ...*RateCard) *RateCard {
	var found *RateCard
	for _, c := range cards {
		if c != nil && c.from <= day && (found == nil || c.from > found.from) {
			found = c
		}
	}
	return found
}

// Problems of a rate card's file. A [CardError] says where.
var (
	ErrMissingColumn   = errors.New("column is missing")
	ErrDuplicateColumn = errors.New("column appears twice")
	ErrDuplicateRow    = errors.New("row repeats an earlier one")
	ErrUnknownMarket   = errors.New("unknown market")
	ErrUnknownCategory = errors.New("unknown category")
	ErrCurrency        = errors.New("another currency than expected")
	ErrBands           = errors.New("volume tiers overlap or leave a gap")
	ErrTooLarge        = errors.New("file is too large")
	ErrNotCSV          = errors.New("not readable as CSV")
)

// CardError is one problem of a rate card's file. It quotes no cell.
type CardError struct {
	File   string // "rates" or "tiers"
	Row    int    // line in the file, the first being 1; 0 if the whole file is meant
	Column string // name of the column, "" if the whole line is meant
	Err    error  // one of the Err values of this package, or a read error
}

// Error names the place and the problem.
func (e *CardError) Error() string {
	s := "pricing: read rate card: " + e.File
	if e.Row > 0 {
		s += fmt.Sprintf(": line %d", e.Row)
	}
	if e.Column != "" {
		s += ": column " + e.Column
	}
	return s + ": " + e.Err.Error()
}

// Unwrap returns the problem.
func (e *CardError) Unwrap() error { return e.Err }
