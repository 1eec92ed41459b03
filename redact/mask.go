package redact

import (
	"iter"
	"unicode/utf8"
)

// A hit is what becomes a Span.
type hit struct {
	start, end int // bytes
	last       int // group of a card
	digits     int
	head, tail int // digits left readable at the ends
	kind       Kind
	tier       Tier
	reason     Reason
	form       form
	scheme     string // or the name of the Detector
}

func byStart(a, b hit) int { return a.start - b.start }

// hidden returns how many characters x masks.
func (x *hit) hidden() int { return max(0, x.digits-x.head-x.tail) }

// span returns x in the form for the host.
func (x *hit) span() Span {
	return Span{
		Start: x.start, End: x.end, Kind: x.kind, Scheme: x.scheme, Tier: x.tier, Reason: x.reason,
		Digits: x.digits, Hidden: x.hidden(),
	}
}

// counts reports whether the character at b[i] is one of those that x may hide, digits,
// and letters too in what a Detector found; and its width.
func (x *hit) counts(b []byte, i int) (bool, int) {
	r, w := runeAt(b, i)
	if x.kind != Custom {
		return isDigit(r), w
	}
	c := charOf(table(), r)
	return c.is(digit | letter), w
}

// masked yields offset and width of each character in b that found hides.
func masked(b []byte, found []hit) iter.Seq2[int, int] {
	return func(yield func(i, width int) bool) {
		for k := range found {
			x := &found[k]
			for i, n := x.start, 0; i < x.end; {
				counts, w := x.counts(b, i)
				if counts {
					if n++; n > x.head && n <= x.digits-x.tail && !yield(i, w) {
						return
					}
				}
				i += w
			}
		}
	}
}

// rewrite appends b[from:to] to dst with the hits in it masked. dst may be b[from:from]
// if no mask is longer than what it replaces.
func (o *options) rewrite(dst, b []byte, from, to int, found []hit) []byte {
	for i, w := range masked(b, found) {
		if from <= i && i < to {
			dst = utf8.AppendRune(append(dst, b[from:i]...), o.mask)
			from = i + w
		}
	}
	return append(dst, b[from:to]...)
}

// growth returns how many bytes longer the text may get by masking found, and whether
// some mask is longer than what it replaces.
func (o *options) growth(b []byte, found []hit) (total int, some bool) {
	size := utf8.RuneLen(o.mask)
	if size == 1 {
		return 0, false
	}
	for _, w := range masked(b, found) {
		total += size - w
		some = some || size > w
	}
	return max(total, 0), some
}
