package redact

import "math/bits"

// A candidate is a range of whole groups of one chain with the digits of a
// card number.
type candidate struct {
	first, last int // groups
	n           int // digits
	iin         int // the first four of them
	shape       shape
	tier        Tier
	reason      Reason
	code        bool // the next group is its security code
	apart       int  // up to this group, the gap before the first does not come again
}

// sure reports whether c needs no context to be a card.
func (c *candidate) sure() bool { return c.tier == Strong && c.shape != irregular }

// groups returns the groups of c.
func (s *scanner) groups(c *candidate) []group { return s.g[c.first : c.last+1] }

// prefix returns the first two digits of a number that starts with group g.
func (g *group) prefix() uint8 { return uint8(g.lead>>12*10 + g.lead>>8&0xF) }

// iin returns the first four digits.
func (g *group) iin() int {
	lead := uint(g.lead)
	return int(lead>>12*1000 + lead>>8&0xF*100 + lead>>4&0xF*10 + lead&0xF)
}

// endings returns the lengths of the card numbers that start with group g, by the
// grouping and the check digit alone.
func (g *group) endings() lengths {
	prefix := g.prefix()
	all := g.luhn
	if maybeUnionPay(prefix) {
		all |= lengths(g.ends>>minDigits) & l16to19
	}
	return all & lengthsByPrefix[prefix]
}

// last returns the last group of the number with n digits that starts with group k.
func (s *scanner) last(k, n int) int {
	return k + bits.OnesCount32(s.g[k].ends&(1<<n-1))
}

// digits appends the digits in text to dst, as characters.
func digits(dst, text []byte) []byte {
	for i := nextDigit(text, 0); i < len(text); i = nextDigit(text, i) {
		v, w := decimal(text, i)
		dst = append(dst, '0'+byte(v))
		i += w
	}
	return dst
}

// passes reports whether the digits of c are right.
func (s *scanner) passes(c *candidate) bool {
	c.reason = ByNumber
	if s.g[c.first].luhn&lengthBit(c.n) != 0 {
		return true
	}
	c.reason = ByUnionPayWord
	return isUnionPay(c.iin, c.n) && s.unionPayNear(s.g[c.first].start, s.g[c.last].end)
}

// pass returns those of the numbers with the lengths in of, which start with group k,
// whose digits may be right.
func (s *scanner) pass(k int, of lengths) lengths {
	if other := of &^ s.g[k].luhn; other != 0 {
		longest := s.last(k, other.pop())
		if !s.unionPayNear(s.g[k].start, s.g[longest].end) { // nor near a shorter one
			of &= s.g[k].luhn
		}
	}
	return of
}

// A demand says which cards best looks for.
type demand uint8

const (
	anyCard  demand = iota
	certain         // only those that need no context
	doubtful        // only the others; it is known that there are none of the first
)

// best finds the best candidate that is a card, starts with group k and ends
// before the offset limit: strong before weak, then longest first.
func (s *scanner) best(k, limit int, want demand, c *candidate) bool {
	all := s.g[k].endings()
	if all == 0 {
		return false
	}
	if limit < s.g[s.n-1].end {
		if all = s.endBefore(limit, k, all); all == 0 {
			return false
		}
	}
	if s.uniformTo(k, s.last(k, all.longest())) && s.inList(k) {
		return false
	}
	*c = candidate{first: k, iin: s.g[k].iin(), tier: Strong}
	issued := s.tiers[c.iin]
	all &= issued.strong | issued.weak
	// Numbers that need context are looked for as long as there is doubt that
	// nothing vouches for them, which is asked once, and only if need be.
	doubt, asked := want != certain, false
	if !s.mayBeRegular(k) {
		doubt, asked = doubt && s.mayBeVouched(k, all), true
		if !doubt {
			return false
		}
	}
	all = s.pass(k, all)
	for rest := all & issued.strong; rest != 0; {
		s.set(c, rest.pop())
		if c.shape != irregular {
			if want == doubtful {
				continue
			}
		} else {
			if doubt && !asked {
				doubt, asked = s.mayBeVouched(k, all), true
			}
			if !doubt {
				continue
			}
		}
		if s.passes(c) && s.isCard(c) {
			s.extend(c, all&issued.weak)
			return true
		}
	}
	rest := all & issued.weak
	if !doubt || rest == 0 || !asked && !s.mayBeVouched(k, rest) {
		return false
	}
	for c.tier = Weak; rest != 0; {
		s.set(c, rest.pop())
		if s.passes(c) && s.isCard(c) {
			return true
		}
	}
	return false
}

// endBefore returns the lengths in of with which a number that starts with group k
// ends before the offset limit.
func (s *scanner) endBefore(limit, k int, of lengths) lengths {
	for rest := of; rest != 0; {
		n := rest.pop()
		if s.g[s.last(k, n)].start < limit {
			break // nor does a shorter one reach that far
		}
		of = rest
	}
	return of
}

// mayBeVouched reports whether something may vouch for a number with one of the
// lengths in of that starts with group k.
func (s *scanner) mayBeVouched(k int, of lengths) bool {
	if of == 0 {
		return false
	}
	if len(s.r.CardWords) > 0 { // they may stand between digits
		return true
	}
	// What stands near a shorter number stands near the longest or in the middle
	// of it, and there are digits and separators only.
	start, end := s.g[k].start, s.g[s.last(k, of.longest())].end
	return s.cardWordNear(start, end) || s.mayBeTrack(start, end)
}

// set makes c the number with n digits that starts with its group.
func (s *scanner) set(c *candidate, n int) {
	c.n, c.last, c.code = n, s.last(c.first, n), false
	c.shape = shapeOf(s.groups(c))
}

// extend makes c a number of 17 or 18 digits, one of the lengths in weak, if it
// is a card in groups of four with another group of one or two digits behind. A
// group of three may be the security code, so 19 digits do not count.
func (s *scanner) extend(c *candidate, weak lengths) {
	if weak &= l17 | l18; weak == 0 || c.n != 16 || c.shape != canonical {
		return
	}
	longer := candidate{first: c.first, iin: c.iin, tier: Weak}
	for weak != 0 {
		s.set(&longer, weak.pop())
		if longer.shape == canonical && s.passes(&longer) && s.isCard(&longer) {
			*c = longer
			return
		}
	}
}

// isCard judges everything about c but its digits: grouping, neighbours, what
// touches it and what stands near it.
func (s *scanner) isCard(c *candidate) bool {
	g := s.groups(c)
	start, end := g[0].start, g[len(g)-1].end
	track, doubtful := s.isTrack(start, end), !c.sure()
	if !track && (doubtful && !s.cardWordNear(start, end) || s.touchedBefore(&g[0])) {
		return false // most are dismissed here, at little cost
	}
	if c.shape != single && s.blocked(c) {
		return false
	}
	if !track && s.touchedAfter(&g[len(g)-1]) || s.isTail(g) || s.isHead(g) {
		return false
	}
	if c.shape != single && spaced(g) && s.isIBAN(start, end) {
		return false
	}
	if c.shape == single && !doubtful && (s.isFraction(start) || !s.r.Strict && s.labelled(start)) {
		if doubtful = true; !track && !s.cardWordNear(start, end) {
			return false
		}
	}
	switch {
	case track:
		c.reason = ByTrack
	case doubtful && c.reason == ByNumber:
		c.reason = ByCardWord
	}
	return true
}
