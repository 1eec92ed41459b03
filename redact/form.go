package redact

import (
	"slices"
	"strings"
	"unicode"
)

// form is how the digits of a candidate are grouped.
type form uint8

const (
	never   form = iota // as no card is, whatever is said of it
	loose               // as a card is not: needs a card word
	single              // one unbroken run
	even                // all groups of one, two or eight digits
	slipped             // as printed, but for a slip of the thumb
	printed             // as printed on a card
)

// maxLoose is how many groups a card may be in that are not grouped as on any.
const maxLoose = 6

// formOf tells how c is grouped, and whether it is a part of a longer list.
func (s *scanner) formOf(c *candidate) form {
	g := s.g[c.first : c.last+1]
	if len(g) == 1 {
		return single
	}
	size := g[0].n()
	narrow, alike, letters, uniform := true, true, false, size <= 2 || size == 8
	for i := range len(g) - 1 {
		x := &g[i]
		if x.glued {
			return never
		}
		uniform = uniform && g[i+1].n() == size
		narrow = narrow && x.gap == gapNarrow
		letters = letters || x.letters
		alike = alike && x.gap == g[0].gap && x.gapID == g[0].gapID
	}
	f := loose
	switch {
	case !uniform && isPrinted(g):
		if (narrow || alike || letters && s.repeats(g)) && !s.isPair(g) {
			f = printed
		}
	case letters:
		return never // words stand between groups as printed only
	case uniform:
		if narrow && alike && !s.isPair(g) {
			f = even
		}
	case narrow && alike && isSlip(g) && !slices.ContainsFunc(s.c[g[0].to:g[1].from], func(c char) bool { return !unicode.IsSpace(c.r) }):
		f = slipped
	case len(g) > maxLoose:
		return never
	}
	switch {
	case uniform && s.inList(c):
		return never
	case f == printed && size == 4 && s.inList(c):
		return loose
	}
	return f
}

// repeats reports whether all gaps between g begin with the same word, or end with it, as
// when people dictate: "then", "ok then", "and then".
func (s *scanner) repeats(g []group) bool {
	first, last := true, true
	var one []string
	for i := range len(g) - 1 {
		var text []rune
		for _, c := range s.c[g[i].to:g[i+1].from] {
			text = append(text, c.fold)
		}
		words := strings.FieldsFunc(string(text), func(r rune) bool { c := charOf(table(), r); return !c.is(letter) })
		if len(words) == 0 {
			return false
		}
		if i == 0 {
			one = words
		}
		first = first && words[0] == one[0]
		last = last && words[len(words)-1] == one[len(one)-1]
	}
	return first || last
}

// isPrinted reports whether g are grouped as on a card: in fours, perhaps with a shorter
// rest or the last of three, as people write American Express; or in its own way,
// Diners', UATP's or UnionPay's.
func isPrinted(g []group) bool {
	return slices.Contains([]int{0x4444, 0x44441, 0x44442, 0x44443, 0x4443, 0x465, 0x464, 0x456, 0x6D}, sizes(g))
}

// sizes returns the sizes of groups below sixteen as the digits of a hexadecimal number.
func sizes(g []group) (n int) {
	for i := range g {
		n = n<<4 | g[i].n()
	}
	return n
}

// isSlip reports whether g are sixteen digits grouped in fours but for one slip: a
// space forgotten, one too many, or all of them moved; or one run with a stray space
// in it. Two numbers of telephone length next to each other are none.
func isSlip(g []group) bool {
	n, fours, near := 0, 0, true // digits before a cut, cuts where they belong, or next to it
	for i := range g {
		n += g[i].n()
		near = near && n-4*(i+1) >= -1 && n-4*(i+1) <= 1
		if n%4 == 0 {
			fours++
		}
	}
	if n != 16 {
		return false
	}
	switch len(g) {
	case 2:
		return g[0].n() <= 5 || g[0].n() == 8 || g[1].n() <= 5
	case 3: // one forgotten
		return fours == 3
	case 4: // each a little off, or all of them moved
		return near || g[1].n() == 4 && g[2].n() == 4
	}
	return len(g) == 5 && fours == 4 // one too many
}

// isPair reports whether g are two numbers of eight digits, as telephone numbers are,
// with a mark between them that is not between their halves.
func (s *scanner) isPair(g []group) bool {
	mid := len(g) / 2
	switch sizes(g) {
	case 0x88:
	case 0x4444, 0x4443:
		if g[0].gapID != g[2].gapID || g[1].gapID == g[0].gapID {
			return false
		}
	default:
		return false
	}
	return slices.ContainsFunc(s.c[g[mid-1].to:g[mid].from], func(c char) bool { return strings.ContainsRune("/,;|&", c.r) })
}

// inList reports whether c is a part of a longer row of equal groups, joined in the
// same way. One group more is none in fours, since a year or an amount may follow, but
// it is if a shorter one ends the row, as in tracking numbers. Cards in a row are none.
func (s *scanner) inList(c *candidate) bool {
	size := s.g[c.first].n()
	before, _ := s.equals(c.first, c.first, -1)
	after, last := s.equals(c.first, c.last, 1)
	if size != 4 {
		return before > 0 || after > 0 && !s.isDate(c.last+1, c.first)
	}
	if c.last-c.first > 3 { // its rest ends the row
		return before > 0
	}
	if after > 0 && s.isExpiry(c.last+1) {
		if after--; before+after <= 1 {
			return false
		}
	}
	if before+after > 1 {
		return before%4 != 0 || after%4 != 0
	}
	return before+after == 1 && last+1 < len(s.g) && s.g[last].sameGap(&s.g[c.first]) && s.g[last+1].whole < s.g[last].whole
}

const maxRow = 8 // equal groups that are counted

// equals counts the groups that are joined and as long as group like, from group k on or
// back, and returns the last.
func (s *scanner) equals(like, k, step int) (n, last int) {
	for n < maxRow {
		next := k + step
		if next < 0 || next >= len(s.g) || !s.g[min(k, next)].sameGap(&s.g[like]) || s.g[next].whole != s.g[like].n() {
			break
		}
		n++
		for k = next; k+step >= 0 && k+step < len(s.g) && s.g[min(k, k+step)].gap == gapNone; k += step {
		}
	}
	return n, k
}

// sameGap reports whether what stands behind g is what stands behind x.
func (g *group) sameGap(x *group) bool {
	return g.gapID == x.gapID && g.gap != gapNone && g.gap != gapEnd
}

// value returns what the digits of group k say, or -1 if they are masks or more than six.
func (s *scanner) value(k int) int {
	if k >= len(s.g) || s.g[k].mask || s.g[k].n() > maxPIN {
		return -1
	}
	v := 0
	for _, c := range s.c[s.g[k].from:s.g[k].to] {
		v = 10*v + int(c.value)
	}
	return v
}

// isExpiry reports whether group k is an expiry date written MMYY.
func (s *scanner) isExpiry(k int) bool {
	return s.g[k].n() == 4 && isMonth(s.value(k)/100) && isYear(s.value(k)%100)
}

func isMonth(n int) bool { return n >= 1 && n <= 12 }
func isYear(n int) bool  { return n >= 20 && n <= 49 } // of this century

// isDate reports whether group k is a month with a year behind it that is joined in
// another way than group like.
func (s *scanner) isDate(k, like int) bool {
	return k+1 < len(s.g) && s.g[k].n() == 2 && isMonth(s.value(k)) && s.g[k].gapID != s.g[like].gapID &&
		(s.g[k+1].n() == 2 || s.g[k+1].n() == 4)
}
