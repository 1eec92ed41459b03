package webhook

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/internal/jsonscan"
)

// Meta prints the same scalar in different JSON types from page to page and from
// version to version: ids and timestamps as strings or numbers, codes as either,
// null for absent. The readers below take whatever can be understood, and note
// the first thing that cannot in p.err instead of giving up the item.

type (
	value  = jsonscan.Value
	member = *jsonscan.Iter // a member of an object, at which an iterator stands
)

// A flaw is something in an item that could not be read. It names the key, which
// is one of ours, and quotes nothing.
type flaw struct{ key, want, got string }

func (f *flaw) Error() string {
	return fmt.Sprintf("webhook: read %s: want %s, got %s", f.key, f.want, f.got)
}

// fail notes that the member is not what it should be.
func (p *parser) fail(m member, want string) {
	p.flaw(m.Key(), want, m.Kind().String())
}

// flaw notes the first flaw of an item; the others would hardly help.
func (p *parser) flaw(key, want, got string) {
	if p.err == nil {
		p.err = &flaw{key, want, got}
	}
}

// text reads a string, or the text of a number or boolean; "" for null.
func (p *parser) text(m member) string {
	if s, ok := m.Plain(); ok {
		return s
	}
	return p.oddText(m)
}

// oddText is text for what is not a plain string.
func (p *parser) oddText(m member) string {
	v := m.Value()
	switch v.Kind() {
	case jsonscan.String:
		return v.Str()
	case jsonscan.Number, jsonscan.True, jsonscan.False:
		return v.Raw()
	case jsonscan.Null:
		return ""
	default:
		p.fail(m, "string")
		return ""
	}
}

// phone reads the number of the business itself and keeps its digits. Those of people are
// read by person.
func (p *parser) phone(m member) string {
	s := p.text(m)
	return or(phoneDigits(s), s)
}

// float reads a number, also from a string; 0 for null or "".
func (p *parser) float(m member) float64 {
	s := p.text(m)
	if s == "" {
		return 0
	}
	for i := range len(s) {
		// ParseFloat takes more than JSON: "Inf", "0x1p-2", "1_000".
		if c := s[i]; c-'0' > 9 && c != '-' && c != '+' && c != '.' && c != 'e' && c != 'E' {
			p.fail(m, "number")
			return 0
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		p.fail(m, "number")
		return 0
	}
	return f
}

// int64 reads a whole number, rounding a fraction; 0 for null or "".
func (p *parser) int64(m member) int64 {
	s := p.text(m)
	if n, ok := atoi(s); ok {
		return n
	}
	f := math.Round(p.float(m))
	if math.Abs(f) >= 1<<62 {
		p.fail(m, "whole number")
		return 0
	}
	return int64(f)
}

// atoi reads the usual whole numbers: up to 18 digits, which cannot overflow.
func atoi(s string) (int64, bool) {
	if s == "" || len(s) > 18 {
		return 0, false
	}
	var n int64
	for i := range len(s) {
		c := s[i] - '0'
		if c > 9 {
			return 0, false
		}
		n = 10*n + int64(c)
	}
	return n, true
}

// int reads a whole number that fits 32 bits, so that it means the same on every
// machine.
func (p *parser) int(m member) int {
	n := p.int64(m)
	if n != int64(int32(n)) {
		p.fail(m, "32-bit number")
		return 0
	}
	return int(n)
}

// bool reads a boolean, also from "true" or 1.
func (p *parser) bool(m member) bool {
	switch p.text(m) {
	case "true", "1":
		return true
	case "false", "0", "":
		return false
	default:
		p.fail(m, "boolean")
		return false
	}
}

// The largest timestamp still taken for seconds, and the first instant that has
// no four-digit year and so no JSON form.
const (
	maxSeconds  = 1e12
	endOfYears  = 253402300800
	millisecond = 1000
)

// time reads a timestamp in seconds, or in milliseconds if it is that large.
func (p *parser) time(m member) time.Time {
	if s, plain := m.Plain(); plain {
		if t := dateInWords(s); !t.IsZero() {
			return t
		}
	}
	n := p.int64(m)
	var frac int64
	if n >= maxSeconds {
		n, frac = n/millisecond, n%millisecond
	}
	if n < 0 || n >= endOfYears {
		p.fail(m, "timestamp")
		return time.Time{}
	}
	if n == 0 && frac == 0 {
		return time.Time{}
	}
	return time.Unix(n, frac*int64(time.Millisecond)).UTC()
}

// dateInWords reads a date as it is seen in disable_date, "January 31, 2021", in UTC; the
// zero time if s is none.
func dateInWords(s string) time.Time {
	if !strings.Contains(s, " ") {
		return time.Time{} // a timestamp, normally
	}
	for _, layout := range [...]string{"January 2, 2006", "Jan 2, 2006", "2 January 2006", "2 Jan 2006"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// raw copies the JSON of the member; nil for null.
func raw(v value) json.RawMessage {
	if !v.Exists() {
		return nil
	}
	return json.RawMessage(v.Raw())
}

// object returns an iterator over the members of an object. Anything else but
// null is a flaw.
func (p *parser) object(m member) jsonscan.Iter {
	if m.Kind() == jsonscan.Object {
		return m.Iter()
	}
	p.notObject(m)
	return jsonscan.Iter{}
}

// notObject notes that m is no object. It may be null.
func (p *parser) notObject(m member) {
	if m.Kind() != jsonscan.Null {
		p.fail(m, "object")
	}
}

// nextObject moves to the next element that is an object. Others are flaws of the
// member called key.
func (p *parser) nextObject(l *jsonscan.Iter, key string) bool {
	for l.Next() {
		if l.Kind() == jsonscan.Object {
			return true
		}
		p.flaw(key, "objects", l.Kind().String())
	}
	return false
}

// optional reads an object that may be missing; nil if it is not there.
func optional[T any](p *parser, m member, read func(*parser, jsonscan.Iter) T) *T {
	if m.Kind() != jsonscan.Object {
		p.notObject(m)
		return nil
	}
	return new(read(p, m.Iter()))
}

// each reads an array of objects.
func each[T any](p *parser, m member, read func(*parser, jsonscan.Iter) T) []T {
	var all []T
	l := m.Value().Elements()
	for p.nextObject(&l, m.Key()) {
		all = append(all, read(p, l.Iter()))
	}
	return all
}

// texts reads an array of strings.
func (p *parser) texts(m member) []string {
	var texts []string
	l := m.Value().Elements()
	for l.Next() {
		switch v := l.Value(); v.Kind() {
		case jsonscan.String:
			texts = append(texts, v.Str())
		case jsonscan.Number:
			texts = append(texts, v.Raw())
		default:
			p.flaw(m.Key(), "strings", v.Kind().String())
		}
	}
	return texts
}
