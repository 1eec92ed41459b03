package redact

import "unicode/utf8"

// A group is a run of digits with nothing but invisible characters between
// them. A chain is a row of groups joined by gaps: short runs of separators.
type group struct {
	start, end int    // bytes, of the first digit and behind the last
	n          int32  // digits
	gap        uint32 // the separators to the next group; 0 ends the chain

	// For the Luhn sum of any row of groups in a few steps: the sums of all
	// digits of the chain before and up to the end of the group, wrapping
	// around, with the digits at even places doubled [0] or those at odd
	// places [1]; and whether the group ends at an odd place.
	in, out [2]uint8
	at      uint32 // digits of the chain before the group
	odd     uint8

	streak uint32 // groups of the chain up to this one with as many digits

	lead [iinDigits]uint8 // first digits; noDigit where there are fewer
}

const noDigit = 0xFF

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

// run fills in the extent of the group whose first digit is at i, and returns
// where the chain goes on as nextGroup does.
func (o *options) run(b []byte, i int, g *group) (next int) {
	start, n := i, int32(0)
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
		gap, next := o.nextGroup(b, i)
		if next >= 0 && gap == 0 {
			i = next
			continue
		}
		g.start, g.end, g.n, g.gap = start, i, n, gap
		return next
	}
}

// measure counts the digits of the chain that starts at i, group by group until
// there are enough. end is the offset behind the last digit counted.
func (o *options) measure(b []byte, i, enough int) (n, end, next int) {
	var g group
	for next = i; next >= 0 && n < enough; {
		next = o.run(b, next, &g)
		n, end = n+int(g.n), g.end
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
