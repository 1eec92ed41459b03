package redact

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
	noUnionPay  bool // UnionPay is known not to be named near this one
}

// sure reports whether c needs no context to be a card.
func (c *candidate) sure() bool { return c.tier == Strong && c.shape != irregular }

// groups returns the groups of c.
func (s *scanner) groups(c *candidate) []group { return s.g[c.first : c.last+1] }

// prefix returns the first two digits of a number that starts with group k, or
// 0, with which no card number begins, if there are no two.
func (s *scanner) prefix(k int) uint8 {
	g := &s.g[k]
	lead := g.lead
	switch {
	case g.n >= 4:
		lead >>= 8
	case g.n == 3:
		lead >>= 4
	case g.n == 1:
		if g.gap == 0 || k+1 >= s.n {
			return 0
		}
		next := &s.g[k+1]
		lead = lead<<4 | next.lead>>(4*(min(next.n, iinDigits)-1))
	}
	return uint8(lead>>4*10 + lead&0xF)
}

// iin returns the first four digits of a number that starts with group k.
func (s *scanner) iin(k int) int {
	g := &s.g[k]
	lead := uint(g.lead)
	for n := g.n; n < iinDigits; n += g.n {
		k++
		g = &s.g[k]
		lead = lead<<(4*min(g.n, iinDigits)) | uint(g.lead)
		if n+g.n > iinDigits {
			lead >>= 4 * (n + min(g.n, iinDigits) - iinDigits)
			break
		}
	}
	return int(lead>>12*1000 + lead>>8&0xF*100 + lead>>4&0xF*10 + lead&0xF)
}

// endings returns which of the lengths in want the groups from k on, up to group
// limit, can make up, and for each the group it ends with.
func (s *scanner) endings(k, limit int, want lengths, last *[maxDigits + 1]uint8) (have lengths) {
	if want == 0 {
		return 0
	}
	// The group that completes the shortest number is near the one that did so
	// for the last k.
	at, j := s.g[k].at, min(max(s.hint, k), s.n-1)
	for j > k && s.g[j].at-at >= minDigits {
		j--
	}
	for limit = min(limit, s.n); j < limit; j++ {
		n := s.g[j].at - at + uint32(s.g[j].n)
		if n > maxDigits {
			break
		}
		if n >= minDigits {
			if have == 0 {
				s.hint = j
			}
			have |= lengthBit(int(n))
			last[n] = uint8(j)
		}
	}
	return have & want
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

// checks reports whether the digits of c are right for a card number: they pass
// the Luhn check, or need not because UnionPay is named.
func (s *scanner) checks(c *candidate) bool {
	c.reason = ByNumber
	if s.luhn(c.first, c.last) {
		return true
	}
	if c.noUnionPay || !isUnionPay(c.iin, c.n) {
		return false
	}
	c.reason = ByUnionPayWord
	c.noUnionPay = !s.unionPayNear(s.g[c.first].start, s.g[c.last].end) // nor near a shorter one
	return !c.noUnionPay
}

// best finds the best candidate that is a card, starts with group k and ends
// before group limit: strong before weak, then longest first. With sure set, it
// looks for those only that need no context.
func (s *scanner) best(k, limit int, sure bool, c *candidate) bool {
	var last [maxDigits + 1]uint8
	have := s.endings(k, limit, lengthsByPrefix[s.prefix(k)], &last)
	if have == 0 {
		return false
	}
	*c = candidate{first: k, iin: s.iin(k), tier: Strong}
	issued := tiersByIIN()[c.iin]
	for rest := have & issued.strong; rest != 0; {
		c.n = rest.pop()
		c.last = int(last[c.n])
		if s.checks(c) && (!sure || shapeOf(s.groups(c)) != irregular) && s.isCard(c) {
			s.extend(c, have&issued.weak, &last)
			return true
		}
	}
	if sure {
		return false
	}
	c.tier, c.noUnionPay = Weak, false
	for rest := have & issued.weak; rest != 0; {
		c.n = rest.pop()
		c.last = int(last[c.n])
		if s.checks(c) && s.isCard(c) {
			return true
		}
	}
	return false
}

// extend makes c a number of 17 or 18 digits, one of the lengths in weak, if it
// is a card in groups of four with another group of one or two digits behind. A
// group of three may be the security code, so 19 digits do not count.
func (s *scanner) extend(c *candidate, weak lengths, last *[maxDigits + 1]uint8) {
	if c.n != 16 || c.shape != canonical {
		return
	}
	longer := candidate{first: c.first, iin: c.iin, tier: Weak}
	for weak &= l17 | l18; weak != 0; {
		longer.n = weak.pop()
		longer.last = int(last[longer.n])
		if s.checks(&longer) && s.isCard(&longer) && longer.shape == canonical {
			*c = longer
			return
		}
	}
}

// vouched reports whether something says that c is a card: the data of a magnetic
// stripe around it, or a card word near by.
func (s *scanner) vouched(c *candidate) bool {
	start, end := s.g[c.first].start, s.g[c.last].end
	return s.isTrack(start, end) || s.cardWordNear(start, end)
}

// isCard judges everything about c but its digits: grouping, neighbours, what
// touches it and what stands near it.
func (s *scanner) isCard(c *candidate) bool {
	g := s.groups(c)
	start, end := g[0].start, g[len(g)-1].end
	c.shape = shapeOf(g)
	doubtful := !c.sure()
	if doubtful && !s.vouched(c) { // it dismisses most, and is the cheapest question
		return false
	}
	track := s.isTrack(start, end)
	if c.shape != single && (s.blocked(c) || s.isIBAN(start, end)) {
		return false
	}
	if !track && s.touched(start, end) || s.isTail(g) || s.isHead(g) {
		return false
	}
	if c.shape == single && !doubtful && (s.isFraction(start) || !s.r.Strict && s.labelled(start)) {
		if doubtful = true; !s.vouched(c) {
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
