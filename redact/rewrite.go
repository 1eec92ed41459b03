package redact

import (
	"unicode"
	"unicode/utf8"
)

// hides calls mask for each character of b that x hides, with its offset and
// its width: digits, and letters too in what a Detector found.
func (x *hit) hides(b []byte, mask func(i, width int)) {
	n := 0
	for i := x.start; i < x.end; {
		_, w := decimal(b, i)
		counts := w > 0
		if !counts {
			var r rune
			r, w = runeAfter(b, i)
			counts = x.kind == Custom && unicode.IsLetter(r)
		}
		if counts {
			if n >= int(x.head) && n < int(x.digits)-int(x.tail) {
				mask(i, w)
			}
			n++
		}
		i += w
	}
}

// growth returns how many bytes longer the text gets by masking found, and
// whether some mask is longer than what it replaces.
func (o *options) growth(b []byte, found []hit) (total int, some bool) {
	size := utf8.RuneLen(o.mask)
	if size == 1 {
		return 0, false // never longer; a few bytes to spare do not matter
	}
	for k := range found {
		found[k].hides(b, func(_, w int) {
			total += size - w
			some = some || size > w
		})
	}
	return total, some
}

// rewrite appends b[from:to] to dst with the hits in it masked. dst may be
// b[from:from] if no mask is longer than what it replaces.
func (o *options) rewrite(dst, b []byte, from, to int, found []hit) []byte {
	for k := range found {
		found[k].hides(b, func(i, w int) {
			dst = append(dst, b[from:i]...)
			dst = utf8.AppendRune(dst, o.mask)
			from = i + w
		})
	}
	return append(dst, b[from:to]...)
}
