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

	facts  facts
	n      uint8 // digits; manyDigits stands for more, too
	streak uint8 // groups of the chain up to this one with as many digits; see follow

	// What survey finds out about the numbers that start with the group.
	luhn lengths // of those that pass the Luhn check
	lead uint16  // the first four digits, four bits each
	ends uint32  // bit n is set if a group ends behind n digits
}

// facts are what was found out about the text around a group, which many
// candidates start or end with, and which is so whatever was masked: pairs of bits,
// of which the lower tells that the question was asked and the upper that the
// answer is yes.
type facts uint16

const (
	touchesBefore    facts = 1 << (2 * iota) // see touchedBefore
	touchesAfter                             // see touchedAfter
	reachesMask                              // see isTail
	isLabelled                               // see isCode
	expiryStarts                             // see isExpiry
	cardStarts                               // see cardStartsWith
	cardStartsInList                         // the same, behind a uniform candidate
	cardEnds                                 // see cardEndsWith
)

// is returns the answer to a question about g, which is asked only once.
func (g *group) is(fact facts, ask func() bool) bool {
	if g.facts&fact == 0 {
		g.facts |= fact
		if ask() {
			g.facts |= fact << 1
		}
	}
	return g.facts&(fact<<1) != 0
}

// follow counts the streak of g behind the groups before.
func (g *group) follow(before []group) {
	g.streak = 1
	if k := len(before) - 1; k >= 0 && before[k].n == g.n {
		g.streak = min(before[k].streak, maxDigits) + 1 // no card has more groups
	}
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

// short is run for who does not ask what follows.
func (o *options) short(b []byte, i int) (n, end int) {
	for end = i; end < len(b) && b[end]-'0' <= 9; end++ {
	}
	if end > i && (end == len(b) || b[end] < utf8.RuneSelf) {
		return end - i, end
	}
	n, end, _, _ = o.run(b, i)
	return n, end
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
