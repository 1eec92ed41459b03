package redact

import "unicode/utf8"

// A group is a run of digits with nothing but invisible characters between
// them. A chain is a row of groups joined by gaps: short runs of separators.
type group struct {
	start, end int    // bytes, of the first digit and behind the last
	gap        uint32 // the separators to the next group; 0 ends the chain
	at         uint32 // digits of the chain before the group

	// For the Luhn check of any row of groups in a few steps: two sums modulo
	// ten, in a byte each, of all digits of the chain before the group and up
	// to its end. That in the lower byte doubles every second digit, not the
	// last; that in the upper byte doubles the others.
	in, out uint16

	lead   uint16 // the first digits, up to iinDigits, four bits each
	n      uint8  // digits; manyDigits stands for more, too
	streak uint8  // groups of the chain up to this one with as many digits; see push
}

const manyDigits = 255

const (
	maxGap         = 4 // separators between two groups
	maxTransparent = 8 // invisible characters between two digits, so that a number has a longest form
)

// Results of nextGroup in place of an offset.
const (
	chainEnds = -1 // something that is no separator follows
	chainOpen = -2 // the text ends first, so that more digits may follow
)

// nextGroup looks behind a digit that ends at i for the next digit of the same
// chain. gap is 0 if only invisible characters, or nothing, lie between: then
// the digit belongs to the same group. next is its offset, chainEnds or
// chainOpen.
func (o *options) nextGroup(b []byte, i int) (gap uint32, next int) {
	if i+1 < len(b) && b[i+1]-'0' <= 9 && b[i] < utf8.RuneSelf && asciiClass[b[i]] == separator && rune(b[i]) != o.mask {
		return uint32(b[i]), i + 1 // most often
	}
	seps, breaks, hidden := 0, 0, 0
	for i < len(b) {
		var r rune
		var c class
		w := 1
		if b[i] < utf8.RuneSelf {
			r = rune(b[i])
			c = asciiClass[r]
		} else if _, w = decimal(b, i); w > 0 {
			c = digit
		} else {
			r, w = utf8.DecodeRune(b[i:])
			c = runeClass(r)
		}
		switch c {
		case digit:
			return gap, i
		case transparent:
			if hidden++; hidden > maxTransparent {
				return 0, chainEnds
			}
		case lineBreak:
			if r == '\r' || b[i-1] != '\r' { // CR LF is one line break
				breaks++
			}
			fallthrough
		case separator:
			if seps++; seps > maxGap || breaks > 1 || r == o.mask {
				return 0, chainEnds
			}
			gap = gap<<8 | uint32(separatorID(r))
		default:
			return 0, chainEnds
		}
		i += w
	}
	return 0, chainOpen
}

// run counts the digits of the group whose first digit is at i. It returns where
// the group ends, and gap and next as nextGroup does.
func (o *options) run(b []byte, i int) (n, end int, gap uint32, next int) {
	for {
		if b[i]-'0' <= 9 {
			i++
		} else {
			_, w := decimal(b, i)
			i += w
		}
		n++
		if i < len(b) && b[i]-'0' <= 9 {
			continue
		}
		if gap, next = o.nextGroup(b, i); next < 0 || gap != 0 {
			return n, i, gap, next
		}
		i = next
	}
}

// measure counts the digits of the chain that starts at i, group by group until
// there are enough. end is the offset behind the last digit counted.
func (o *options) measure(b []byte, i, enough int) (n, end, next int) {
	for next = i; next >= 0 && n < enough; {
		var more int
		more, end, _, next = o.run(b, next)
		n += more
	}
	return n, end, next
}

// maxPhone is the number of digits of the longest telephone number
// (ITU-T E.164).
const maxPhone = 15

// isPhone reports whether the chain that starts at i is written as an
// international telephone number: with a plus sign, or with 00.
func isPhone(b []byte, i int) bool {
	if r, _ := runeBefore(b, skipBack(b, i)); r == '+' || r == '＋' {
		return true
	}
	v, w := decimal(b, i)
	if v != 0 {
		return false
	}
	i = skipOn(b, i+w)
	if i >= len(b) {
		return false
	}
	v, w = decimal(b, i)
	return w > 0 && v == 0
}
