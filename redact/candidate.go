package redact

// A candidate is a range of whole groups of one chain with the digits of a
// card number.
type candidate struct {
	first, last int // groups
	n           int // digits
	shape       shape
	scheme      string
	tier        Tier
	reason      Reason
	code        bool            // the next group is its security code
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

// lead returns the value of the first two digits of group k, reading on into
// the next group if it has only one.
func (s *scanner) lead(k int) int {
	g := &s.g[k]
	a, w := decimal(s.b, g.start)
	i := g.start + w
	if g.n == 1 {
		if g.gap == 0 || k+1 >= s.n {
			return 0
		}
		i = s.g[k+1].start
	} else {
		i = skipOn(s.b, i)
	}
	z, _ := decimal(s.b, i)
	return 10*a + z
}

// read fills in the digits of the groups from k on, as far as they fit, and the
// Luhn sums of each beginning: sum[n] is that of the first n digits.
func (s *scanner) read(k int, digits *[maxDigits]byte, sum *[maxDigits + 1]uint8) {
	n := 0
	var here, there uint8 // sums with the last digit single, and doubled
	for ; k < s.n; k++ {
		g := &s.g[k]
		if n+g.n > maxDigits {
			return
		}
		for i := g.start; i < g.end; {
			var v, w int
			if v = int(s.b[i] - '0'); v <= 9 && s.b[i] >= '0' {
				w = 1
			} else if v, w = decimal(s.b, i); w == 0 {
				_, w = runeAfter(s.b, i) // invisible
				i += w
				continue
			}
			i += w
			digits[n] = byte(v)
			here, there = there+uint8(v), here+doubled[v]
			n++
			sum[n] = here
		}
		if g.gap == 0 {
			return
		}
	}
}

// endings returns the lengths that candidates starting with group k can have,
// and for each the group it ends with.
func (s *scanner) endings(k int, last *[maxDigits + 1]int) (have lengths) {
	sum := 0
	for j := k; j < s.n; j++ {
		if sum += s.g[j].n; sum > maxDigits {
			break
		}
		if sum >= minDigits {
			have |= lengthBit(sum)
			last[sum] = j
		}
		if s.g[j].gap == 0 {
			break
		}
	}
	return have
}

// best returns the best candidate that starts with group k and is a card:
// strong before weak, then longest first.
func (s *scanner) best(k int) (c candidate, ok bool) {
	var last [maxDigits + 1]int
	have := s.endings(k, &last)
	if have == 0 {
		return c, false
	}
	if have &= lengthsByPrefix[s.lead(k)]; have == 0 {
		return c, false
	}
	var sum [maxDigits + 1]uint8
	s.read(k, &c.digits, &sum)
	c.first = k
	weak := lengths(0)
	for n := maxDigits; n >= minDigits; n-- {
		if have&lengthBit(n) == 0 {
			continue
		}
		c.n, c.last = n, last[n]
		if !s.isNumber(&c, sum[n]) {
			continue
		}
		if c.tier == Weak {
			weak |= lengthBit(n)
		} else if s.isCard(&c) {
			return c, true
		}
	}
	for n := maxDigits; weak != 0 && n >= minDigits; n-- {
		if weak&lengthBit(n) == 0 {
			continue
		}
		c.n, c.last = n, last[n]
		if s.isNumber(&c, sum[n]) && s.isCard(&c) {
			return c, true
		}
	}
	return c, false
}

// isNumber reports whether the digits of c, whose Luhn sum is sum, are a number
// of some scheme, and says which.
func (s *scanner) isNumber(c *candidate, sum uint8) bool {
	digits := c.digits[:c.n]
	c.reason = ByNumber
	if sum%10 != 0 {
		if !isUnionPay(digits) || !s.unionPayNear(s.g[c.first].start, s.g[c.last].end) {
			return false
		}
		c.reason = ByUnionPayWord
	}
	c.scheme, c.tier = lookup(digits)
	return c.tier != None
}

// isCard judges everything about c but its digits: grouping, neighbours, what
// touches it and what stands near it.
func (s *scanner) isCard(c *candidate) bool {
	g := s.g[c.first : c.last+1]
	start, end := g[0].start, g[len(g)-1].end
	c.shape = shapeOf(g, c.digits[0])
	if c.shape != single && s.blocked(c) {
		return false
	}
	track := s.isTrack(start, end)
	if !track && s.touched(start, end) || s.isTail(start) || s.isHead(end) {
		return false
	}
	if c.shape != single && s.isIBAN(start, end) {
		return false
	}
	doubtful := c.tier == Weak || c.shape == irregular
	if c.shape == single && !doubtful {
		doubtful = s.isFraction(start) || !s.r.Strict && s.labelled(start)
	}
	switch {
	case track:
		c.reason = ByTrack
	case doubtful && !s.cardWordNear(start, end):
		return false
	case doubtful && c.reason == ByNumber:
		c.reason = ByCardWord
	}
	return true
}
