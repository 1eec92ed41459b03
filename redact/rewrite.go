package redact

import (
	"unicode"
	"unicode/utf8"
)

// hides reports whether the character at b[i] counts in a span of kind k, and
// its width: digits, and letters too in the match of a Detector.
func hides(b []byte, i int, k Kind) (bool, int) {
	if _, w := decimal(b, i); w > 0 {
		return true, w
	}
	r, w := runeAfter(b, i)
	return k == Custom && unicode.IsLetter(r), w
}

// hidden calls mask for each character that sp hides, with its offset in b and
// its width.
func (sp *Span) hidden(b []byte, mask func(i, width int)) {
	n := 0
	for i := sp.Start; i < sp.End; {
		counts, w := hides(b, i, sp.Kind)
		if counts {
			if n >= sp.head && n < sp.Digits-sp.tail {
				mask(i, w)
			}
			n++
		}
		i += w
	}
}

// growth returns how many bytes longer the text gets by masking spans, and
// whether some mask is longer than what it replaces.
func (o *options) growth(b []byte, spans []Span) (total int, some bool) {
	size := utf8.RuneLen(o.mask)
	for k := range spans {
		spans[k].hidden(b, func(_, w int) {
			total += size - w
			some = some || size > w
		})
	}
	return total, some
}

// rewrite appends b[from:to] to dst with the spans in it masked. dst may be
// b[from:from] if no mask is longer than what it replaces.
func (o *options) rewrite(dst, b []byte, from, to int, spans []Span) []byte {
	for k := range spans {
		spans[k].hidden(b, func(i, w int) {
			dst = append(dst, b[from:i]...)
			dst = utf8.AppendRune(dst, o.mask)
			from = i + w
		})
	}
	return append(dst, b[from:to]...)
}
