package redact

import (
	"slices"
	"sort"
)

// A candidate is a row of whole groups with the digits of a card number.
type candidate struct {
	first, last int // groups
	from, to    int // characters
	n           int // digits
	tier        Tier
	reason      Reason
	form        form
	sure        bool // needs no word to be a card
	named       bool // something says what else it is
}

// step judges the candidates that start with group k, records a card, and returns the
// group to go on with.
func (s *scanner) step(k int) int {
	c, ok := s.best(k, len(s.g))
	// A doubtful candidate must not swallow the beginning of a sure one:
	// "5. 4242 4242 4242 4242" is an item of a list.
	for m := k + 1; ok && !c.sure && m <= c.last; m++ {
		if next, is := s.best(m, len(s.g)); is && next.sure {
			if c, ok = s.best(k, m); !ok {
				return k + 1
			}
			break
		}
	}
	switch {
	case ok:
		s.take(&c)
	case c.named: // as a whole: nothing in it is a card
		s.add(hit{}, c.from, c.to)
	default:
		return k + 1
	}
	return c.last + 1
}

// best returns the best candidate that starts with group k, ends before group limit
// and is a card: one that needs no word before others, strong before weak, then the
// longest.
func (s *scanner) best(k, limit int) (best candidate, ok bool) {
	var buf [maxDigits]byte
	number := buf[:0]
	for j := k; j < limit; j++ {
		g := &s.g[j]
		if len(number)+g.n() > maxDigits || g.mask || g.used {
			break
		}
		if number = s.digits(number, g.from, g.to); len(number) >= minDigits {
			c := candidate{first: k, last: j, from: s.g[k].from, to: g.to, n: len(number)}
			switch card := s.isCard(&c, number); {
			case card && (!ok || c.betters(&best)):
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

// digits appends the values of the digits in characters from to to.
func (s *scanner) digits(dst []byte, from, to int) []byte {
	for i := from; i < to; i++ {
		if c := &s.c[i]; c.is(digit) {
			dst = append(dst, c.value)
		}
	}
	return dst
}

// betters reports whether c, which is longer, is rather a card than best.
func (c *candidate) betters(best *candidate) bool {
	if c.form == printed && best.form == printed && c.n <= 18 { // a group of three may be the code
		return true
	}
	return c.sure && !best.sure || c.sure == best.sure && (c.tier == Strong || best.tier == Weak)
}

// isCard is the table of the package comment, read from its first line on.
func (s *scanner) isCard(c *candidate, number []byte) bool {
	if c.tier, c.reason = tierOf(number), passes(number); c.tier == None || c.reason == "" {
		return false
	}
	if c.form = s.formOf(c); c.form == never || s.isPhone(c) {
		return false
	}
	track := s.isTrack(c)
	c.sure = track || c.tier == Strong && c.form != loose && c.reason == ByNumber && !s.isTouched(c.from, c.to) && !s.isFraction(c)
	if !c.sure && s.near(c, vouches, cardBefore) < 0 {
		return false
	}
	switch {
	case s.isElsewhere(c):
		return false
	case track:
		c.reason = ByTrack
		return true
	case c.reason == ByUnionPayWord && s.near(c, saysUnionPay, cardBefore) < 0:
		return false
	case !s.r.Strict && s.isNamed(c):
		c.named = c.form != loose
		return false
	}
	if !c.sure && c.reason == ByNumber {
		c.reason = ByCardWord
	}
	return true
}

// passes tells why the digits n may be those of a card, or 0.
func passes(n []byte) Reason {
	switch {
	case luhn(n):
		return ByNumber
	case len(n) >= 16 && (n[0] == 6 && n[1] == 2 || n[0] == 8 && n[1] == 1 && n[2] <= 7):
		return ByUnionPayWord
	}
	return ""
}

// doubled is what a digit adds to the Luhn sum where it counts twice.
var doubled = [16]byte{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}

// luhn reports whether the check digit of n is right.
func luhn(n []byte) bool {
	sum := 0
	for i := len(n) - 1; i > 0; i -= 2 {
		sum += int(n[i]) + int(doubled[n[i-1]&15])
	}
	if len(n)%2 == 1 {
		sum += int(n[0])
	}
	return sum%10 == 0
}

// take records the card c and the track data behind it.
func (s *scanner) take(c *candidate) {
	var buf [maxDigits]byte
	number := s.digits(buf[:0], c.from, c.to)
	if s.allowed(number) {
		s.add(hit{}, c.from, c.to)
		return
	}
	x := hit{Span: Span{Kind: Card, Scheme: schemeName(number, c.reason), Tier: c.tier, Reason: c.reason}, first: c.first, last: c.last, form: c.form}
	head, tail := s.r.Keep.ends(c.n)
	x.head, x.tail = s.written(c.from, 1, head), s.written(c.to-1, -1, tail)
	s.add(x, c.from, c.to)
	if c.reason == ByTrack && !s.r.InsecureKeepSAD {
		from, to := s.trackTail(c)
		s.add(hit{Span: Span{Kind: TrackData, Reason: ByTrack}}, from, to)
	}
}

// add records that x becomes of characters from to to, whose groups are then judged.
func (s *scanner) add(x hit, from, to int) {
	if from >= to {
		return
	}
	x.Start, x.End = s.starts(from), s.ends(to)
	if x.Kind == TrackData {
		s.unite(&x)
	}
	if x = x.counted(s.b); x.Hidden == 0 && x.Kind != "" {
		return
	}
	s.hits = append(s.hits, x)
	for k := sort.Search(len(s.g), func(k int) bool { return s.g[k].from >= from }); k < len(s.g) && s.g[k].from < to; k++ {
		s.g[k].used = true
	}
}

// unite takes into x track data that it overlaps: there is room for a few cards where the name
// of the holder of another stands, and what is behind them belongs to each.
func (s *scanner) unite(x *hit) {
	for i := len(s.hits) - 1; i >= max(0, len(s.hits)-16); i-- {
		if h := s.hits[i]; h.Kind == TrackData && h.Start < x.End && x.Start < h.End {
			x.Start, x.End = min(x.Start, h.Start), max(x.End, h.End)
			s.hits = slices.Delete(s.hits, i, i+1)
		}
	}
}

// allowed reports whether the host wants a number to stay.
func (s *scanner) allowed(number []byte) bool {
	if len(s.r.AllowNumbers) == 0 && s.r.Allow == nil {
		return false
	}
	text := make([]byte, len(number))
	for i, d := range number {
		text[i] = '0' + d
	}
	return slices.Contains(s.r.AllowNumbers, string(text)) || s.r.Allow != nil && s.r.Allow(string(text))
}
