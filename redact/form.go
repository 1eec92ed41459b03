package redact

import "bytes"

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

// formOf tells how c is grouped, and whether it is a part of a longer list.
func (s *scanner) formOf(c *candidate) form {
	g := s.g[c.first : c.last+1]
	if len(g) == 1 {
		return single
	}
	narrow, alike, letters, uniform := true, true, false, g[0].n <= 2 || g[0].n == 8
	for i := range len(g) - 1 {
		uniform = uniform && g[i+1].n == g[0].n
		narrow = narrow && g[i].gap == gapNarrow
		if letters = letters || g[i].letters; g[i].glued {
			return never
		}
		alike = alike && g[i].gapID == g[0].gapID && g[i].gap == g[0].gap
	}
	f := loose
	switch {
	case !uniform && isPrinted(g):
		if (narrow || alike) && !s.isPair(g) {
			f = printed
		}
	case letters:
		return never // words stand between groups as printed only
	case uniform:
		if narrow && alike && !s.isPair(g) {
			f = even
		}
	case narrow && alike && isSlip(g) && s.isSpace(g[0].end, g[1].start):
		f = slipped
	case len(g) > 6:
		return never
	}
	switch {
	case uniform && s.inList(c):
		return never
	case f == printed && g[0].n == 4 && s.inList(c):
		return loose
	}
	return f
}

// isPrinted reports whether g are grouped as on a card.
func isPrinted(g []group) bool {
	switch n := len(g); {
	case n == 2 && g[0].n == 6 && g[1].n == 13: // UnionPay
		return true
	case n == 3 && g[0].n == 4 && g[1].n == 6 && (g[2].n == 5 || g[2].n == 4): // American Express, Diners
		return true
	case n == 3 && g[0].n == 4 && g[1].n == 5 && g[2].n == 6: // UATP
		return true
	}
	return inFours(g)
}

// inFours reports whether g are four groups of four and perhaps a shorter rest; the
// fourth may be one of three, as people write American Express.
func inFours(g []group) bool {
	if len(g) < 4 || len(g) > 5 || g[0].n != 4 || g[1].n != 4 || g[2].n != 4 {
		return false
	}
	return g[3].n == 4 && (len(g) == 4 || g[4].n <= 3) || g[3].n == 3 && len(g) == 4
}

// isSlip reports whether g are sixteen digits grouped in fours but for one slip: a
// space forgotten, one too many, or all of them moved; or one run with a stray space
// in it. Two numbers of telephone length next to each other are none.
func isSlip(g []group) bool {
	var cuts [5]int
	n := 0
	for i := range g {
		if i == len(cuts) {
			return false
		}
		n += g[i].n
		cuts[i] = n
	}
	if n != 16 {
		return false
	}
	cut := cuts[:len(g)-1]
	switch len(cut) {
	case 1:
		return cut[0] <= 5 || cut[0] == 8 || cut[0] >= 11
	case 2: // one forgotten
		return cut[0]%4 == 0 && cut[1]%4 == 0
	case 3: // each a little off, or all of them moved
		near := true
		for i, c := range cut {
			near = near && c-4*(i+1) >= -1 && c-4*(i+1) <= 1
		}
		return near || cut[1]-cut[0] == 4 && cut[2]-cut[1] == 4
	}
	fours := 0 // one too many
	for _, c := range cut {
		if c%4 == 0 {
			fours++
		}
	}
	return fours == 3
}

// isSpace reports whether b[from:to] is white space.
func (s *scanner) isSpace(from, to int) bool { return len(bytes.TrimSpace(s.b[from:to])) == 0 }

// isPair reports whether g are two numbers of eight digits, as telephone numbers are,
// with a mark between them that is not between their halves.
func (s *scanner) isPair(g []group) bool {
	mid := len(g) / 2
	if len(g) != 2 && (len(g) != 4 || g[0].n != 4 || g[0].gapID != g[2].gapID || g[1].gapID == g[0].gapID) {
		return false
	}
	between := s.b[g[mid-1].end:g[mid].start]
	return bytes.ContainsAny(between, "/,;|&") && (len(g) == 4 || g[0].n == 8)
}

// inList reports whether c is a part of a longer row of equal groups, joined in the
// same way. One group more is none in fours, since a year or an amount may follow, but
// it is if a shorter one ends the row, as in tracking numbers. Cards in a row are none.
func (s *scanner) inList(c *candidate) bool {
	size, id := s.g[c.first].n, s.g[c.first].gapID
	before, after := s.equals(c.first, -1, size, id), s.equals(c.last, 1, size, id)
	if size != 4 {
		return before > 0 || after > 0 && !s.isDate(c.last+1, id)
	}
	if c.last-c.first > 3 { // its rest ends the row
		return before > 0
	}
	if after > 0 && s.isExpiry(&s.g[c.last+1]) {
		after--
		if before+after == 0 {
			return false
		}
	}
	if before+after < 2 {
		return before+after == 1 && s.hasRest(c.last, after, id)
	}
	return before%4 != 0 || after%4 != 0 || before > 0 && !s.isQuad(c.first-4) || after > 0 && !s.isQuad(c.last+1)
}

const maxRow = 8 // equal groups that are counted

// equals counts the equal groups that go on from group k, or back.
func (s *scanner) equals(k, step, size int, id uint32) (n int) {
	for n < maxRow {
		gap := k // the group whose gap joins the next
		if step < 0 {
			gap--
		}
		if k += step; k < 0 || k >= len(s.g) || s.g[gap].gapID != id || s.g[gap].gap == gapNone || s.g[k].whole != size {
			return n
		}
		n++
		for k+step >= 0 && k+step < len(s.g) && s.g[min(k, k+step)].gap == gapNone {
			k += step
		}
	}
	return n
}

// hasRest reports whether behind as many equal groups after group k a shorter one
// follows in the same way.
func (s *scanner) hasRest(k, after int, id uint32) bool {
	for ; after > 0; after-- {
		for k++; k+1 < len(s.g) && s.g[k].gap == gapNone; k++ {
		}
	}
	return k+1 < len(s.g) && s.g[k].gapID == id && s.g[k].gap <= gapWide && s.g[k+1].whole < s.g[k].whole
}

// isQuad reports whether the four groups from k on are a card by their digits.
func (s *scanner) isQuad(k int) bool {
	if k < 0 || k+4 > len(s.g) {
		return false
	}
	for i := k; i < k+4; i++ {
		if s.g[i].mask || s.g[i].n != 4 {
			return false
		}
	}
	c := candidate{first: k, last: k + 3, n: 16}
	return s.setTier(&c) && c.tier == Strong && luhn(s.number(&c))
}

// isExpiry reports whether g is an expiry date written MMYY.
func (s *scanner) isExpiry(g *group) bool {
	if g.mask || g.n != 4 {
		return false
	}
	d := s.digits[g.at : g.at+4]
	month, year := 10*d[0]+d[1], 10*d[2]+d[3]
	return month >= 1 && month <= 12 && year >= 20 && year <= 49
}

// isDate reports whether group k is a month with a year behind it that is joined in
// another way than by id.
func (s *scanner) isDate(k int, id uint32) bool {
	if k+1 >= len(s.g) || s.g[k].mask || s.g[k].n != 2 || s.g[k].gapID == id || s.g[k+1].n != 2 && s.g[k+1].n != 4 {
		return false
	}
	month := 10*s.digits[s.g[k].at] + s.digits[s.g[k].at+1]
	return month >= 1 && month <= 12
}
