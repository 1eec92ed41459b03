package pricing

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Market is a row of Meta's rate cards: a country or a group of countries, such
// as "Germany" or "Rest of Africa". The zero value is an unknown market.
type Market string

// A MarketRow assigns phone numbers to a market from a day on.
type MarketRow struct {
	From   Date   // first day, in the account's time zone; empty means always
	Prefix string // leading digits of the international number, without "+"
	Market Market
}

// Markets finds the market of a phone number by its longest known prefix, as of
// one day. Build it once and share it; it is immutable and safe for concurrent
// use. The zero Markets knows no market.
type Markets struct {
	day   Date
	since Date       // the table is the same from this day on
	until Date       // and before this one; "" means for ever
	names []Market   // names[0] is ""
	nodes []trieNode // nodes[0] is the root
}

type trieNode struct {
	next   [10]uint16 // index of the child for each digit, 0 = none
	market uint8      // index into names, 0 = none
}

// MarketsOn returns the markets of Meta's rate cards as they are on the given
// day. Before a country got its own row it belonged to a group of countries.
// Keep the table while [Markets.Covers] says so.
func MarketsOn(day Date) *Markets {
	m, err := NewMarkets(day, defaultMarkets())
	if err != nil {
		// Unreachable: a test builds the table for every date in it.
		return &Markets{day: day}
	}
	return m
}

// NewMarkets builds a table from rows of the caller's. Rows that begin after
// the day are left out; of several rows with the same prefix the one with the
// latest From counts, and of those with the same From the last. It reports all
// unusable rows by their index.
func NewMarkets(day Date, rows []MarketRow) (*Markets, error) {
	m := &Markets{day: day, names: []Market{""}, nodes: make([]trieNode, 1)}
	newest := map[string]Date{}
	var errs []error
	for i, row := range rows {
		if row.Prefix == "" || len(row.Prefix) > maxDigits || !digits(row.Prefix) {
			errs = append(errs, fmt.Errorf("pricing: build markets: row %d: prefix is not 1 to %d digits", i, maxDigits))
			continue
		}
		if row.Market == "" {
			errs = append(errs, fmt.Errorf("pricing: build markets: row %d: no market", i))
			continue
		}
		if row.From > day {
			if m.until == "" || row.From < m.until {
				m.until = row.From
			}
			continue
		}
		m.since = max(m.since, row.From)
		if known, ok := newest[row.Prefix]; ok && known > row.From {
			continue
		}
		newest[row.Prefix] = row.From
		if !m.insert(row.Prefix, row.Market) {
			errs = append(errs, errors.New("pricing: build markets: too many rows"))
			break
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return m, nil
}

// Length of an international number in digits, without "+".
const (
	minDigits = 7
	maxDigits = 15
)

func (m *Markets) insert(prefix string, market Market) bool {
	name := slices.Index(m.names, market)
	if name < 0 {
		name = len(m.names)
		m.names = append(m.names, market)
	}
	node := 0
	for i := range len(prefix) {
		d := prefix[i] - '0'
		child := int(m.nodes[node].next[d])
		if child == 0 {
			child = len(m.nodes)
			m.nodes = append(m.nodes, trieNode{})
			if child > 1<<16-1 {
				return false
			}
			m.nodes[node].next[d] = uint16(child)
		}
		node = child
	}
	m.nodes[node].market = uint8(name)
	return name <= 1<<8-1
}

// Day returns the day as of which the table was built.
func (m *Markets) Day() Date { return m.day }

// Covers reports whether the same rows are in force on another day, so that the
// table may be kept until they change. Building one takes thousands of times as
// long as asking it. The zero Markets covers no day.
func (m *Markets) Covers(day Date) bool {
	return len(m.nodes) > 0 && m.since <= day && (m.until == "" || day < m.until)
}

// Of returns the market of an international phone number: digits, with or
// without a leading "+". A number outside every known prefix belongs to
// MarketOther; anything that is no such number, an empty string and a
// business-scoped user id included, is ("", false). It does not allocate.
func (m *Markets) Of(number string) (Market, bool) {
	number = strings.TrimPrefix(number, "+")
	if len(number) < minDigits || len(number) > maxDigits || len(m.nodes) == 0 {
		return "", false
	}
	var found uint8
	node, walking := 0, true
	for i := range len(number) {
		d := number[i] - '0'
		if d > 9 {
			return "", false
		}
		if !walking {
			continue
		}
		if node = int(m.nodes[node].next[d]); node == 0 {
			walking = false
		} else if f := m.nodes[node].market; f != 0 {
			found = f
		}
	}
	if found == 0 {
		return MarketOther, true
	}
	return m.names[found], true
}

// All returns the names of the markets in the table, MarketOther included,
// sorted.
func (m *Markets) All() []Market {
	if len(m.nodes) == 0 {
		return nil
	}
	used := map[Market]bool{MarketOther: true}
	for _, n := range m.nodes {
		if n.market != 0 {
			used[m.names[n.market]] = true
		}
	}
	all := make([]Market, 0, len(used))
	for name := range used {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// ParseMarket returns the market in the table that a rate card's row names.
// Letter case, "&" for "and", and the usual other spellings of Türkiye, the
// United Arab Emirates and the United Kingdom do not matter.
func (m *Markets) ParseMarket(name string) (Market, bool) {
	market, ok := m.folded()[fold(name)]
	return market, ok
}

// folded returns the markets by their folded names.
func (m *Markets) folded() map[string]Market {
	byName := map[string]Market{}
	for _, market := range m.All() {
		byName[fold(string(market))] = market
	}
	return byName
}

// fold brings a market's name into a form that can be compared.
func fold(name string) string {
	name = strings.ToLower(strings.Join(strings.Fields(name), " "))
	name = strings.ReplaceAll(name, " and ", " & ")
	switch name {
	case "turkey", "türkiye":
		return "turkiye"
	case "uae":
		return "united arab emirates"
	case "uk":
		return "united kingdom"
	}
	return name
}
