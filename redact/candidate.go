package redact

// A candidate is a range of whole groups of one chain with the digits of a
// card number.
type candidate struct {
	first, last int // groups
	n           int // digits
	shape       shape
	scheme      uint8 // index in schemes
	tier        Tier
	reason      Reason
	code        bool            // the next group is its security code
	noUnionPay  bool            // UnionPay is known not to be named near this one
	digits      [maxDigits]byte // values; n of them count
}

// sure reports whether c needs no context to be a card.
func (c *candidate) sure() bool { return c.tier == Strong && c.shape != irregular }

// number returns the digits as characters.
func (c *candidate) number() string {
	var text [maxDigits]byte
	for i, d := range c.digits[:c.n] {
		text[i] = '0' + d
	}
	return string(text[:c.n])
}

// groups returns the groups of c.
func (s *scanner) groups(c *candidate) []group { return s.g[c.first : c.last+1] }

// prefix returns the first two digits of a number that starts with group k, or
// 0, with which no card number begins, if there are no two.
func (s *scanner) prefix(k int) uint8 {
	lead := s.g[k].lead
	if lead[1] == noDigit && s.g[k].gap != 0 && k+1 < s.n {
		lead[1] = s.g[k+1].lead[0]
	}
	if lead[0] > 9 || lead[1] > 9 {
		return 0
	}
	return 10*lead[0] + lead[1]
}

// endings returns which of the lengths in want the groups from k on can make
// up, and for each the group it ends with.
func (s *scanner) endings(k int, want lengths, last *[maxDigits + 1]uint8) (have lengths) {
	if want == 0 {
		return 0
	}
	// The group that completes the shortest number is near the one that did so
	// for the last k.
	at, j := s.g[k].at, min(max(s.hint, k), s.n-1)
	for j > k && s.g[j].at-at >= minDigits {
		j--
	}
	for ; j < s.n; j++ {
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

// read fills in the digits of c.
func (s *scanner) read(c *candidate) {
	n := 0
	for k := c.first; k <= c.last; k++ {
		g := &s.g[k]
		for i := g.start; i < g.end; {
			if v := s.b[i] - '0'; v <= 9 {
				c.digits[n] = v
				n++
				i++
				continue
			}
			v, w := decimal(s.b, i)
			if w == 0 {
				_, w = runeAfter(s.b, i) // invisible
			} else {
				c.digits[n] = byte(v)
				n++
			}
			i += w
		}
	}
	c.n = n
}

// isNumber fills in what the digits of c say and reports whether they are a
// number of some scheme.
func (s *scanner) isNumber(c *candidate) bool {
	c.reason = ByNumber
	if s.luhn(c.first, c.last) == 0 {
		s.read(c)
	} else {
		// UnionPay numbers need not pass the check if UnionPay is named.
		if c.noUnionPay || !maybeUnionPay(s.prefix(c.first)) {
			return false
		}
		if !s.unionPayNear(s.g[c.first].start, s.g[c.last].end) {
			c.noUnionPay = true // nor near a shorter one
			return false
		}
		if s.read(c); !isUnionPay(c.digits[:c.n]) {
			return false
		}
		c.reason = ByUnionPayWord
	}
	c.scheme, c.tier = lookup(c.digits[:c.n])
	return c.tier != None
}

// best finds the best candidate that is a card, starts with group k and ends
// before group limit: strong before weak, then longest first. With sure set, it
// looks for those only that need no context.
func (s *scanner) best(k, limit int, sure bool, c *candidate) bool {
	var last [maxDigits + 1]uint8
	prefix := s.prefix(k)
	have := s.endings(k, lengthsByPrefix[prefix], &last)
	weak := lengths(0)
	c.first, c.noUnionPay = k, false
	for n := maxDigits; have != 0 && n >= minDigits; n-- {
		if have&lengthBit(n) == 0 {
			continue
		}
		have &^= lengthBit(n)
		c.last = int(last[n])
		if c.last >= limit || sure && shapeOf(s.groups(c), prefix/10) == irregular || !s.isNumber(c) {
			continue
		}
		if c.tier == Weak {
			weak |= lengthBit(n)
		} else if s.isCard(c) {
			s.extend(c, weak, &last)
			return true
		}
	}
	c.noUnionPay = false
	for n := maxDigits; weak != 0 && n >= minDigits && !sure; n-- {
		if weak&lengthBit(n) == 0 {
			continue
		}
		weak &^= lengthBit(n)
		c.last = int(last[n])
		if s.vouched(c) && s.isNumber(c) && s.isCard(c) {
			return true
		}
	}
	return false
}

// extend makes c a number of 17 or 18 digits, one of the lengths in weak, if it
// is a card in groups of four with another group of one or two digits behind. A
// group of three may be the security code, so 19 digits do not count.
func (s *scanner) extend(c *candidate, weak lengths, last *[maxDigits + 1]uint8) {
	if weak &= l17 | l18; weak == 0 || c.n != 16 || c.shape != canonical {
		return
	}
	longer := candidate{first: c.first}
	for n := 18; n > 16; n-- {
		longer.last = int(last[n])
		if weak&lengthBit(n) != 0 && s.isNumber(&longer) && s.isCard(&longer) && longer.shape == canonical {
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
	c.shape = shapeOf(g, c.digits[0])
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
