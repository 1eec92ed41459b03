package webhook

import (
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"strconv"
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
	p.flaw(m.Key(), want, m.Value().Kind().String())
}

func (p *parser) flaw(key, want, got string) {
	if p.err == nil {
		p.err = &flaw{key, want, got}
	}
}

// text reads a string, or the text of a number or boolean; "" for null.
func (p *parser) text(m member) string {
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

// phone reads a phone number and keeps its digits.
func (p *parser) phone(m member) string { return digits(p.text(m)) }

// digits drops what stands around and between the digits of a phone number, such
// as the "+" of some of Meta's samples. A text without digits stays as it is.
func digits(s string) string {
	clean := true
	for i := range len(s) {
		if s[i]-'0' > 9 {
			clean = false
			break
		}
	}
	if clean {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		if s[i]-'0' <= 9 {
			b = append(b, s[i])
		}
	}
	if len(b) == 0 {
		return s
	}
	return string(b)
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
	if n, err := strconv.ParseInt(m.Value().Raw(), 10, 64); err == nil {
		return n // the usual case, exact up to 64 bits
	}
	if n, err := strconv.ParseInt(m.Value().Str(), 10, 64); err == nil {
		return n
	}
	f := math.Round(p.float(m))
	if math.Abs(f) >= 1<<62 {
		p.fail(m, "whole number")
		return 0
	}
	return int64(f)
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
	v := m.Value()
	if v.Kind() != jsonscan.Object {
		if v.Exists() {
			p.fail(m, "object")
		}
		return jsonscan.Iter{}
	}
	return v.Iter()
}

// elements yields the elements of an array; a value that is not an array counts
// as one with that element, null and absence as an empty one.
func elements(v value) iter.Seq[value] {
	return func(yield func(value) bool) {
		if v.Kind() != jsonscan.Array {
			if v.Exists() {
				yield(v)
			}
			return
		}
		for it := v.Iter(); it.Next(); {
			if !yield(it.Value()) {
				return
			}
		}
	}
}

// objects yields the objects of an array. Elements of another kind are flaws.
func (p *parser) objects(m member) iter.Seq[jsonscan.Iter] {
	return func(yield func(jsonscan.Iter) bool) {
		for v := range elements(m.Value()) {
			if v.Kind() != jsonscan.Object {
				p.flaw(m.Key(), "objects", v.Kind().String())
				continue
			}
			if !yield(v.Iter()) {
				return
			}
		}
	}
}

// texts reads an array of strings.
func (p *parser) texts(m member) []string {
	var list []string
	for v := range elements(m.Value()) {
		switch v.Kind() {
		case jsonscan.String:
			list = append(list, v.Str())
		case jsonscan.Number:
			list = append(list, v.Raw())
		default:
			p.flaw(m.Key(), "strings", v.Kind().String())
		}
	}
	return list
}
