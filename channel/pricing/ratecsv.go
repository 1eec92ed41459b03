package pricing

import (
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
)

const (
	maxCard     = 1 << 20 // bytes; Meta's files have a few kilobytes
	maxProblems = 100     // reported per card: the wrong file has one on every line
)

// loader collects the rows of a rate card's files and their problems.
type loader struct {
	cfg  CardConfig
	card *RateCard
	name map[string]Market // folded name -> market
	errs []error
}

// table is a CSV file below its header.
type table struct {
	l      *loader
	file   string
	column map[string]int
	csv    *csv.Reader
	line   int
	row    []string
}

func (l *loader) fail(file string, row int, column string, err error) {
	l.errs = append(l.errs, &CardError{File: file, Row: row, Column: column, Err: err})
}

// open finds the header: the first line with a cell "market".
func (l *loader) open(file string, r io.Reader, required, optional []string) *table {
	raw, err := io.ReadAll(io.LimitReader(r, maxCard+1))
	if err == nil && len(raw) > maxCard {
		err = ErrTooLarge
	}
	if err != nil {
		l.fail(file, 0, "", err)
		return nil
	}
	reader := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff")))
	reader.FieldsPerRecord = -1
	reader.TrimLeadingSpace = true
	t := &table{l: l, file: file, csv: reader, column: map[string]int{}}
	for t.read() {
		if slices.ContainsFunc(t.row, func(cell string) bool { return columnName(cell) == "market" }) {
			t.header(required, optional)
			return t
		}
	}
	l.fail(file, 0, "market", ErrMissingColumn)
	return nil
}

// header takes the current line as the header. Other columns are nobody's
// business here, and their names may be anything.
func (t *table) header(required, optional []string) {
	for i, cell := range t.row {
		name := columnName(cell)
		if !slices.Contains(required, name) && !slices.Contains(optional, name) {
			continue
		}
		if _, twice := t.column[name]; twice {
			t.l.fail(t.file, t.line, name, ErrDuplicateColumn)
		}
		t.column[name] = i
	}
	for _, name := range required {
		if _, ok := t.column[name]; !ok {
			t.l.fail(t.file, t.line, name, ErrMissingColumn)
		}
	}
}

// columnName makes "Authentication-International" of a header the same as
// "authentication_international".
func columnName(cell string) string {
	return strings.NewReplacer("-", "_", " ", "_").Replace(strings.ToLower(strings.TrimSpace(cell)))
}

// read advances to the next line that has any content. It gives up when there
// are too many problems.
func (t *table) read() bool {
	for len(t.l.errs) < maxProblems {
		row, err := t.csv.Read()
		if err == io.EOF {
			return false
		}
		if err != nil {
			line := 0
			if p, ok := errors.AsType[*csv.ParseError](err); ok {
				line = p.Line
			}
			t.l.fail(t.file, line, "", ErrNotCSV)
			return false
		}
		t.row = row
		t.line, _ = t.csv.FieldPos(0)
		if slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			return true
		}
	}
	return false
}

// cell returns the trimmed cell of a column, "" if the line is too short, the
// column missing, or the cell says that there is nothing.
func (t *table) cell(column string) string {
	i, ok := t.column[column]
	if !ok || i >= len(t.row) {
		return ""
	}
	switch cell := strings.TrimSpace(t.row[i]); strings.ToLower(cell) {
	case "-", "--", "n/a":
		return ""
	default:
		return cell
	}
}

// market returns the market that the line is about.
func (t *table) market() (Market, bool) {
	cell := t.cell("market")
	if m, ok := t.l.name[fold(cell)]; ok {
		return m, true
	}
	if cell != "" && t.l.cfg.KeepUnknownMarkets {
		return Market(cell), true
	}
	t.l.fail(t.file, t.line, "market", ErrUnknownMarket)
	return "", false
}

// amount returns the price in a column, and false if there is none.
func (t *table) amount(column string) (Micros, bool) {
	cell := t.cell(column)
	if cell == "" {
		return 0, false
	}
	v, err := parseMicros(cell)
	if err != nil {
		t.l.fail(t.file, t.line, column, err)
		return 0, false
	}
	return v, true
}

// currency reports a line in another currency, if the file names one.
func (t *table) currency() {
	if cell := strings.ToUpper(t.cell("currency")); isCurrency(cell) && cell != t.l.cfg.Currency {
		t.l.fail(t.file, t.line, "currency", ErrCurrency)
	}
}

func (l *loader) readRates(r io.Reader) {
	t := l.open("rates", r, []string{"market", "marketing", "utility", "authentication"},
		[]string{"authentication_international", "service", "currency"})
	if t == nil {
		return
	}
	seen := map[Market]bool{}
	for t.read() {
		t.currency()
		m, ok := t.market()
		if !ok {
			continue
		}
		if seen[m] {
			l.fail(t.file, t.line, "market", ErrDuplicateRow)
			continue
		}
		seen[m] = true
		for _, c := range []Category{CategoryMarketing, CategoryUtility, CategoryAuthentication,
			CategoryAuthenticationInternational, CategoryService} {
			if v, ok := t.amount(string(c)); ok {
				l.card.rates[rateKey{m, c}] = v
			}
		}
	}
}

func (l *loader) readTiers(r io.Reader) {
	t := l.open("tiers", r, []string{"market", "category", "from", "to", "rate"}, []string{"currency"})
	if t == nil {
		return
	}
	for t.read() {
		t.currency()
		m, ok := t.market()
		if !ok {
			continue
		}
		c := CategoryOf(columnName(t.cell("category")))
		switch c {
		case CategoryUtility, CategoryAuthentication, CategoryAuthenticationInternational:
		default:
			l.fail(t.file, t.line, "category", ErrUnknownCategory)
			continue
		}
		rate, ok := t.amount("rate")
		if !ok {
			if t.cell("rate") == "" {
				l.fail(t.file, t.line, "rate", ErrNotDecimal)
			}
			continue
		}
		b := band{from: t.count("from", 0), to: t.count("to", math.MaxInt64), rate: rate}
		key := rateKey{m, c}
		if !follows(l.card.bands[key], b) {
			l.fail(t.file, t.line, "from", ErrBands)
			continue
		}
		l.card.bands[key] = append(l.card.bands[key], b)
	}
}

// count returns the whole number in a column, or empty if the cell is empty.
func (t *table) count(column string, empty int64) int64 {
	cell := t.cell(column)
	if cell == "" {
		return empty
	}
	n, err := strconv.ParseInt(cell, 10, 64)
	if err != nil || n < 0 {
		t.l.fail(t.file, t.line, column, ErrNotDecimal)
	}
	return n
}

// follows reports whether b continues the bands: they count messages from 0 or
// 1 on and leave nothing out.
func follows(bands []band, b band) bool {
	if b.from > b.to {
		return false
	}
	if len(bands) == 0 {
		return b.from <= 1
	}
	return b.from-1 == bands[len(bands)-1].to
}
