package redact

// A candidate is a row of whole groups with the digits of a card number.
type candidate struct {
	first, last int // groups
	n           int // digits
	tier        Tier
	reason      Reason
	form        form
	sure        bool // needs no word to be a card
	named       bool // something says what else it is
}

func (s *scanner) start(c *candidate) int { return s.g[c.first].start }
func (s *scanner) end(c *candidate) int   { return s.g[c.last].end }

// number returns the digits of c.
func (s *scanner) number(c *candidate) []byte {
	at := s.g[c.first].at
	return s.digits[at : at+c.n]
}

// step judges the candidates that start with group k, records a card, and returns the
// group to go on with.
func (s *scanner) step(k int) int {
	c, ok := s.best(k, len(s.g))
	if !ok {
		if c.named { // as a whole: nothing in it is a card
			s.leave(s.start(&c), s.end(&c))
			return c.last + 1
		}
		return k + 1
	}
	if !c.sure {
		// A doubtful candidate must not swallow the beginning of a sure one:
		// "5. 4242 4242 4242 4242" is an item of a list.
		for m := k + 1; m <= c.last; m++ {
			if next, ok := s.best(m, len(s.g)); ok && next.sure {
				if c, ok = s.best(k, m); !ok {
					return k + 1
				}
				break
			}
		}
	}
	s.take(&c)
	return c.last + 1
}

// best returns the best candidate that starts with group k, ends before group limit
// and is a card: one that needs no word before others, strong before weak, then the
// longest.
func (s *scanner) best(k, limit int) (best candidate, ok bool) {
	n := 0
	for j := k; j < limit; j++ {
		g := &s.g[j]
		if n += g.n; n > maxDigits || g.mask || g.visible || g.track {
			break
		}
		c := candidate{first: k, last: j, n: n}
		if n >= minDigits && s.setTier(&c) {
			switch card := s.isCard(&c); {
			case card && (!ok || s.isBetter(&c, &best)):
				best, ok = c, true
			case c.named && !ok:
				best = c
			}
		}
		if g.gap > gapWide {
			break
		}
	}
	return best, ok
}

// isBetter reports whether c, which is longer, is rather a card than best.
func (s *scanner) isBetter(c, best *candidate) bool {
	if c.form == printed && best.form == printed && c.n <= 18 { // a group of three may be the code
		return true
	}
	return c.sure && !best.sure || c.sure == best.sure && c.tier >= best.tier
}

// isCard is the table of the package comment, read from its second line on.
func (s *scanner) isCard(c *candidate) bool {
	if c.reason = s.passes(c); c.reason == 0 {
		return false
	}
	if c.form = s.formOf(c); c.form == never {
		return false
	}
	start, end := s.start(c), s.end(c)
	track := s.isTrack(start, end)
	c.sure = !track && c.tier == Strong && c.form != loose && c.reason == ByNumber &&
		!s.touched(start, end) && !s.isFraction(c)
	if s.isPhone(c) {
		return false
	}
	near := -1
	if !c.sure && !track {
		if near = s.cardWordNear(start, end); near < 0 {
			return false
		}
	}
	switch {
	case s.isElsewhere(c):
		return false
	case track:
		c.reason, c.sure = ByTrack, true
		return true
	case c.reason == ByUnionPayWord && !s.unionPayNear(start, end):
		return false
	case !s.r.Strict && s.isNamed(c, near):
		c.named = c.form != loose
		return false
	}
	if !c.sure && c.reason == ByNumber {
		c.reason = ByCardWord
	}
	return true
}

// passes tells why the digits of c may be those of a card, or 0.
func (s *scanner) passes(c *candidate) Reason {
	n := s.number(c)
	if luhn(n) {
		return ByNumber
	}
	if len(n) >= 16 && (n[0] == 6 && n[1] == 2 || n[0] == 8 && n[1] == 1 && n[2] <= 7) {
		return ByUnionPayWord
	}
	return 0
}

// doubled is what a digit adds to the Luhn sum where it counts twice.
var doubled = [10]byte{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}

// luhn reports whether the check digit of n is right.
func luhn(n []byte) bool {
	sum := 0
	for i := len(n) - 1; i > 0; i -= 2 {
		sum += int(n[i]) + int(doubled[n[i-1]])
	}
	if len(n)%2 == 1 {
		sum += int(n[0])
	}
	return sum%10 == 0
}

// take records the card c and the track data behind it.
func (s *scanner) take(c *candidate) {
	start, end := s.start(c), s.end(c)
	s.taken = end
	if s.allowed(c) {
		s.leave(start, end)
		return
	}
	head, tail := s.r.Keep.ends(c.n)
	s.hits = append(s.hits, hit{
		start: start, end: end, kind: Card, tier: c.tier, reason: c.reason, form: c.form,
		digits: c.n, head: head, tail: tail, scheme: schemeName(s.number(c), c.reason),
	})
	if c.reason == ByTrack && !s.r.InsecureKeepSAD {
		from, to := s.trackTail(start, end)
		if n := countDigits(s.b[from:to]); n > 0 {
			s.hits = append(s.hits, hit{start: from, end: to, kind: TrackData, reason: ByTrack, digits: n})
			for k := range s.g {
				s.g[k].track = s.g[k].track || from <= s.g[k].start && s.g[k].start < to
			}
		}
	}
}

// leave records that the number b[start:end] stays, as a hit of no kind that hides
// nothing.
func (s *scanner) leave(start, end int) { s.hits = append(s.hits, hit{start: start, end: end}) }

// allowed reports whether the host wants c to stay.
func (s *scanner) allowed(c *candidate) bool {
	if len(s.r.AllowNumbers) == 0 && s.r.Allow == nil {
		return false
	}
	var number [maxDigits]byte
	for i, d := range s.number(c) {
		number[i] = '0' + d
	}
	text := string(number[:c.n])
	for _, n := range s.r.AllowNumbers {
		if n == text {
			return true
		}
	}
	return s.r.Allow != nil && s.r.Allow(text)
}
