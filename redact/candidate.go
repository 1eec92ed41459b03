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

// An ends tells where the card numbers that start with a group may end, by the
// grouping and the check digit alone.
type ends struct {
	all   lengths              // of these numbers
	luhn  lengths              // of those that pass the Luhn check; the others may be of UnionPay
	group [maxDigits + 1]uint8 // the last group, for each length
}

// endings finds the card numbers that start with group k and end before group
// limit.
func (s *scanner) endings(k, limit int) (e ends) {
	prefix := s.prefix(k)
	want := lengthsByPrefix[prefix]
	if want == 0 {
		return e
	}
	// The group that completes the shortest number is near the one that did so
	// for the last k.
	at, sums, j := s.g[k].at, s.g[k].in, min(max(s.hint, k), s.n-1)
	for j > k && s.g[j].at-at >= minDigits {
		j--
	}
	for limit = min(limit, s.n); j < limit && s.g[j].at-at+uint32(s.g[j].n) < minDigits; j++ {
	}
	s.hint = j
	have, luhn := lengths(0), lengths(0)
	for ; j < limit; j++ {
		g := &s.g[j]
		n := g.at - at + uint32(g.n)
		if n > maxDigits {
			break
		}
		bit := lengthBit(int(n))
		have |= bit
		if uint8(g.out) == uint8(sums>>(n&1*8)) {
			luhn |= bit
		}
		e.group[n] = uint8(j)
	}
	e.luhn = luhn & want
	e.all = e.luhn
	if maybeUnionPay(prefix) {
		e.all |= have & want & l16to19
	}
	return e
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

// passes reports whether the digits of c, one of e, are right.
func (s *scanner) passes(c *candidate, e *ends) bool {
	c.reason = ByNumber
	if e.luhn&lengthBit(c.n) != 0 {
		return true
	}
	c.reason = ByUnionPayWord
	return isUnionPay(c.iin, c.n) && s.unionPayNear(s.g[c.first].start, s.g[c.last].end)
}

// pass drops those of the numbers in e, which start with group k, whose digits
// cannot be right.
func (s *scanner) pass(k int, e *ends) {
	if other := e.all &^ e.luhn; other != 0 {
		longest := e.group[other.pop()]
		if !s.unionPayNear(s.g[k].start, s.g[longest].end) { // nor near a shorter one
			e.all = e.luhn
		}
	}
}

// best finds the best candidate that is a card, starts with group k and ends
// before group limit: strong before weak, then longest first. With sure set, it
// looks for those only that need no context.
func (s *scanner) best(k, limit int, sure bool, c *candidate) bool {
	e := s.endings(k, limit)
	if e.all == 0 {
		return false
	}
	*c = candidate{first: k, iin: s.iin(k), tier: Strong}
	issued := tiersByIIN()[c.iin]
	if sure {
		e.all &= issued.strong
	} else {
		e.all &= issued.strong | issued.weak
	}
	if s.pass(k, &e); e.all == 0 {
		return false
	}
	for rest := e.all & issued.strong; rest != 0; {
		c.n = rest.pop()
		c.last = int(e.group[c.n])
		if s.passes(c, &e) && (!sure || shapeOf(s.groups(c)) != irregular) && s.isCard(c) {
			s.extend(c, e.all&issued.weak, &e)
			return true
		}
	}
	if sure {
		return false
	}
	c.tier = Weak
	for rest := e.all & issued.weak; rest != 0; {
		c.n = rest.pop()
		c.last = int(e.group[c.n])
		if s.passes(c, &e) && s.isCard(c) {
			return true
		}
	}
	return false
}

// extend makes c a number of 17 or 18 digits, one of the lengths in weak, if it
// is a card in groups of four with another group of one or two digits behind. A
// group of three may be the security code, so 19 digits do not count.
func (s *scanner) extend(c *candidate, weak lengths, e *ends) {
	if weak &= l17 | l18; weak == 0 || c.n != 16 || c.shape != canonical {
		return
	}
	longer := candidate{first: c.first, iin: c.iin, tier: Weak}
	for weak != 0 {
		longer.n = weak.pop()
		longer.last = int(e.group[longer.n])
		if s.passes(&longer, e) && s.isCard(&longer) && longer.shape == canonical {
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
	if c.tier == Weak && !s.vouched(c) { // it dismisses most, and is the cheapest question
		return false
	}
	c.shape = shapeOf(g)
	doubtful := !c.sure()
	if doubtful && c.tier != Weak && !s.vouched(c) {
		return false
	}
	if c.shape != single {
		c.code = false
		if s.inURL(skipBack(s.b, start)) && !s.isTrack(start, end) { // it is touched, and this is known at once
			return false
		}
		if s.blocked(c) {
			return false
		}
	}
	track := s.isTrack(start, end)
	if !track && s.touched(start, end) || s.isTail(g) || s.isHead(g) {
		return false
	}
	if c.shape != single && spaced(g) && s.isIBAN(start, end) {
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
