package redact

// blocked reports whether the groups around a candidate of several groups show
// that it is a part of something longer: a tracking number, an account line, an
// IPv6 address. What blocks is a group of three digits or more, joined by a
// separator that the candidate itself uses; a candidate of uniform groups,
// which a plain list of short numbers imitates too easily, tolerates no further
// group of that kind at all.
//
// A neighbour that is a card itself does not block, except that uniform groups
// in front of a uniform candidate always do unless they are masked by now: were
// that candidate masked, they would have lost what blocks them, and a second
// pass would take them for a card. The security code of a card does not block, but
// is noted in c.
func (s *scanner) blocked(c *candidate) bool {
	g := s.groups(c)
	size, list := uint8(3), uint32(0)
	if c.shape == uniform {
		size = 1
	}
	if k := c.first - 1; k >= 0 {
		x := &s.g[k]
		if x.n >= size && x.end > s.belongs && c.last > c.apart {
			if !joinedBy(g, x.gap) {
				c.apart = c.last
			} else if !s.isCode(x) && (c.shape == uniform || !s.cardEndsWith(k)) {
				return true
			}
		}
	}
	gap, k := g[len(g)-1].gap, c.last+1
	if gap == 0 || s.g[k].n < size || !joinedBy(g, gap) {
		return false
	}
	if c.shape == uniform {
		list = gap
	}
	if s.isExpiry(k, list) || s.cardStartsWith(k, list) {
		return false
	}
	c.code = s.isCodeTail(c)
	return !c.code
}

// inList reports whether blocked holds for all uniform candidates that start with
// group k, since they are joined to the group before in a way that each of them
// uses.
func (s *scanner) inList(k int) bool {
	if k == 0 {
		return false
	}
	x := &s.g[k-1]
	return x.end > s.belongs && s.allJoinedBy(k, x.gap) && !s.isCode(x)
}

// allJoinedBy is joinedBy for all uniform candidates that start with group k.
func (s *scanner) allJoinedBy(k int, gap uint32) bool {
	size := s.g[k].n
	return isUniform(size) && joinedBy(s.g[k:min(k+fewest(size), s.n)], gap)
}

// uniformTo reports whether groups k to last have as many digits each.
func (s *scanner) uniformTo(k, last int) bool { return int(s.g[last].streak) > last-k }

// cardStartsWith reports whether the groups from k on make up a card number of
// their own, as in two cards typed one after the other. Uniform groups joined
// by list do not count.
func (s *scanner) cardStartsWith(k int, list uint32) bool {
	fact := cardStarts
	if list != 0 {
		fact = cardStartsInList // list is the gap before the group
	}
	return s.g[k].is(fact, func() bool { return s.startsCard(k, list) })
}

// startsCard is cardStartsWith, asked afresh.
func (s *scanner) startsCard(k int, list uint32) bool {
	rest := s.g[k].endings()
	if rest == 0 || list != 0 && s.uniformTo(k, s.last(k, rest.longest())) && s.allJoinedBy(k, list) {
		return false
	}
	doubt := s.mayBeVouched(k, rest)
	if !doubt && !s.mayBeRegular(k) {
		return false
	}
	for rest != 0 {
		if s.evident(k, s.last(k, rest.pop()), list, doubt) {
			return true
		}
	}
	return false
}

// cardAt reports whether a card number starts at offset i, leaving aside what is
// around it.
func (s *scanner) cardAt(i int) bool {
	if n, _, _ := s.measure(s.b, i, minDigits); n < minDigits {
		return false
	}
	var t scanner
	t.begin(&s.options, s.b)
	t.cards, t.unionPay = s.cards, s.unionPay
	for next := i; next >= 0 && t.at < maxDigits; {
		next = t.push(next)
	}
	t.survey()
	card := t.startsCard(0, 0)
	s.cards, s.unionPay = t.cards, t.unionPay
	return card
}

// cardEndsWith reports whether the groups up to and including k end with a card
// number.
func (s *scanner) cardEndsWith(k int) bool {
	return s.g[k].is(cardEnds, func() bool { return s.endsCard(k) })
}

// endsCard is cardEndsWith, asked afresh.
func (s *scanner) endsCard(k int) bool {
	for m, n := k, 0; m >= 0; m-- {
		g := &s.g[m]
		if n += int(g.n); n > maxDigits {
			break
		}
		if n < minDigits {
			continue
		}
		if g.endings()&lengthBit(n) != 0 && s.evident(m, k, 0, true) {
			return true
		}
	}
	return false
}

// evident reports whether groups k to j, of which endings holds, would be a card if
// they stood alone. If they are uniform and joined by list, they are taken for a
// part of a list. Without doubt, nothing vouches for them.
func (s *scanner) evident(k, j int, list uint32, doubt bool) bool {
	c := candidate{first: k, last: j, n: int(s.g[j].at-s.g[k].at) + int(s.g[j].n)}
	g := s.groups(&c)
	c.shape = shapeOf(g)
	if c.shape == irregular && !doubt || c.shape == uniform && joinedBy(g, list) {
		return false
	}
	c.iin = s.g[k].iin()
	c.tier = s.tiers[c.iin].of(c.n)
	if c.tier == None || !s.passes(&c) || !c.sure() && !(doubt && s.vouched(g)) {
		return false
	}
	return !s.isTail(g) && !s.isHead(g)
}

// vouched reports whether something says that the groups g are a card: the data of
// a magnetic stripe around them, or a card word near by.
func (s *scanner) vouched(g []group) bool {
	start, end := g[0].start, g[len(g)-1].end
	return s.isTrack(start, end) || s.cardWordNear(start, end)
}

// isExpiry reports whether group k is an expiry date written MMYY, or, behind a
// candidate that list may make a part of a list, a date with a separator of its
// own: "41 11 11 11 11 11 11 11 03/27".
func (s *scanner) isExpiry(k int, list uint32) bool {
	g := &s.g[k]
	if list == 0 && g.n != 4 || list != 0 && (g.n > 2 || g.gap == list) {
		return false
	}
	if !s.startsWithMonth(k) {
		return false
	}
	return g.is(expiryStarts, func() bool {
		_, ok := s.expiryAt(g.start)
		return ok
	})
}

// startsWithMonth reports whether group k, of one, two or four digits, may be the
// beginning of a date. It is a quick look that answers for most groups.
func (s *scanner) startsWithMonth(k int) bool {
	g := &s.g[k]
	month := g.prefix()
	if g.n == 1 {
		month /= 10
	}
	if month < 1 || month > 12 || g.n == 4 || g.gap == 0 {
		return month >= 1 && month <= 12
	}
	year := s.g[k+1].n
	return year == 2 || year == 4
}

// isCodeTail reports whether c is a card grouped as printed with its security
// code as the next group: three digits, four for American Express. Nothing else
// may be joined to the two in the same way, but for the expiry date and for
// another card.
func (s *scanner) isCodeTail(c *candidate) bool {
	g := s.groups(c)
	if c.tier != Strong || c.shape != canonical {
		return false
	}
	size := uint8(3)
	if c.n == 15 {
		size = 4
	} else if c.n != 16 {
		return false
	}
	x := &s.g[c.last+1]
	if x.n != size {
		return false
	}
	if joinedBy(g, x.gap) {
		if _, ok := s.expiryAt(x.end); !ok && !s.cardStartsWith(c.last+2, 0) {
			return false
		}
	}
	k := c.first - 1
	return k < 0 || s.g[k].end <= s.belongs || !joinedBy(g, s.g[k].gap)
}
