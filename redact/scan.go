package redact

import "math/bits"

const (
	// window is how many groups of a chain are in hand at once: those before
	// the group at which a candidate starts, and those after it. A candidate,
	// another that it may not swallow and a neighbour that may be a card
	// themselves have at most 19 groups each.
	window = 100
	before = maxDigits + 1
	after  = 3*maxDigits + 3

	// reach is the distance in bytes beyond which text has no influence on
	// the verdict over a number. The parts are bounded by the constants of
	// their rules: the longest pair of neighbouring candidates takes about
	// 1,500 bytes, all others less.
	reach = 2048
)

// A progress tells how far the cards found so far reach.
type progress struct {
	taken    int // end of the last number masked
	belongs  int // end of the last card with its expiry date and security code
	lastCard int // end of the last card; negative if it is not at hand, noCard if there is none in reach
}

// A scanner finds the card numbers in one text.
type scanner struct {
	options
	b     []byte
	text  string // b for the Detectors; empty if it is not at hand
	tiers *[1e4]tiers
	final bool // the text ends with b; otherwise more may follow

	hits     hits
	progress          // so far
	base     progress // at the start

	// decided is the offset up to which more text can change nothing.
	decided int
	first   int // no digit is before
	quiet   int // from here on there is no digit

	cards, unionPay wordCache
	url             urlCache
	iban            ibanCache
	unsure          unsureStretch
	tokens          [8]tokenWord
	names           [8]nameWord
	walk            tokenWalk
	plain           plainStretch
	ahead           tokenEnd

	g   [window]group
	n   int
	sum uint16 // as in group, of the chain so far
	at  uint32

	surveyed int // the first of the groups that survey has to look at
}

// begin makes s, which is zero but for the text, ready for the complete text b.
// A scanner is large: filled in where it is, it need not be copied.
func (s *scanner) begin(o *options, b []byte) {
	s.options, s.b, s.tiers, s.final, s.base = *o, b, tiersByIIN(), true, fresh
	s.decided, s.quiet = len(b), len(b)
	words := cardAutomaton()
	s.cards = newWordCache(vocabulary{words: words, more: o.r.CardWords}, 256)
	s.unionPay = newWordCache(vocabulary{words: words, unionPay: true}, 2048) // few texts have any
}

// An outlook tells where to look closer in a text.
type outlook struct {
	digit int // the first digit
	chain int // start of the first chain that may hold a card number; -1 if there is none

	// If there is no chain: up to here that is certain when more text may
	// follow, and from quiet on there is no digit at all.
	decided, quiet int
}

// firstChain looks for the first chain at or after i that may hold a card number.
func (o *options) firstChain(b []byte, i int, final bool) outlook {
	quiet := i
	i = nextDigit(b, i)
	first := i
	for i < len(b) {
		n, end, next := o.measure(b, i, minDigits)
		phone := n >= minDigits && isPhone(b, i)
		if phone && next >= 0 && n <= maxPhone {
			var more int
			more, end, next = o.measure(b, next, maxPhone+1-n)
			n += more
		}
		switch {
		case !final && next == chainOpen && n <= maxPhone:
			return outlook{digit: first, chain: -1, decided: i, quiet: len(b)}
		case n > maxPhone || n >= minDigits && !phone:
			return outlook{digit: first, chain: i, decided: i, quiet: len(b)}
		}
		quiet = end
		i = nextDigit(b, end)
	}
	return outlook{digit: first, chain: -1, decided: len(b), quiet: quiet}
}

// scan looks at the text from offset i on, where no chain has begun yet.
func (s *scanner) scan(i int) {
	for i >= 0 {
		at := s.firstChain(s.b, i, s.final)
		s.decided, s.quiet = at.decided, at.quiet
		if at.chain < 0 {
			return
		}
		s.n = 0
		i = s.chain(at.chain)
	}
}

// resume looks at the text from offset i on, in the middle of a stream. What is
// before serves as context only: if i is in the middle of a chain, the groups
// before it are taken in hand; if it is in the middle of a run of digits, that
// was too long for a card number, and the rest of the run is skipped.
func (s *scanner) resume(i int) {
	for p := nextDigit(s.b, max(0, i-reach)); p < i; {
		if s.n == before {
			s.n = copy(s.g[:], s.g[1:s.n])
		}
		next := s.push(p)
		g := &s.g[s.n-1]
		if g.end > i {
			i = g.end
			break
		}
		if next >= i { // i may be in the gap
			i = s.chain(next)
			break
		}
		if p = next; next < 0 {
			s.n = 0
			p = nextDigit(s.b, g.end)
		}
	}
	s.scan(i)
}

// chain judges the chain that goes on with a group at offset i and returns the
// offset behind it, or -1 if it cannot be decided without more text.
func (s *scanner) chain(i int) int {
	next := i
	for k := s.n; ; {
		for s.n < window && next >= 0 {
			next = s.push(next)
		}
		s.survey()
		// The last groups in hand wait for those behind them.
		last := s.n
		if next >= 0 {
			last -= after
		}
		for k < last {
			start := s.g[k].start
			switch {
			case start < s.taken:
				k++
			case !s.final && start+reach > len(s.b) && (next != chainEnds || s.g[k].endings() != 0):
				s.decided = max(start, s.taken)
				return -1
			default:
				k = s.step(k)
			}
		}
		if next < 0 {
			return s.g[s.n-1].end
		}
		s.n = copy(s.g[:], s.g[k-before:s.n])
		s.surveyed -= k - before
		k = before
	}
}

// push takes the group that starts at i in hand, with its sums, and returns
// where the chain goes on.
func (s *scanner) push(i int) (next int) {
	if s.n == 0 {
		s.at, s.sum, s.surveyed = 0, 0, 0
	}
	b, g := s.b, &s.g[s.n]
	s.n++
	g.start, g.at, g.in, g.facts = i, s.at, s.sum, 0
	n, lead, gap, sum := 0, uint16(0), uint32(0), s.sum
	for {
		v := b[i] - '0'
		if v <= 9 {
			i++
		} else {
			d, w := decimal(b, i)
			v = uint8(d)
			i += w
		}
		if n < iinDigits {
			lead |= uint16(v) << (4 * (iinDigits - 1 - n))
		}
		n++
		sum = bits.RotateLeft16(sum, 8) + luhnSums[v&15]
		if i < len(b) && b[i]-'0' <= 9 {
			continue
		}
		if gap, next = s.nextGroup(b, i); next < 0 || gap != 0 {
			break
		}
		i = next
	}
	if n > maxDigits {
		sum = 0 // of no use
	}
	s.sum = sum>>8%10<<8 | sum&0xFF%10
	s.at += uint32(min(n, manyDigits))
	g.end, g.gap, g.out, g.lead, g.n = i, gap, s.sum, lead, uint8(min(n, manyDigits))
	g.follow(s.g[:s.n-1])
	return next
}

// step judges the candidates that start with group k, records a card and
// returns the group to go on with.
func (s *scanner) step(k int) int {
	var c candidate
	limit, want := len(s.b), anyCard
	if start, u := s.g[k].start, &s.unsure; u.holds(start) {
		if want = doubtful; u.sure > start {
			limit = u.sure
		}
	}
	if !s.best(k, limit, want, &c) {
		return k + 1
	}
	if !c.sure() {
		// A doubtful candidate must not swallow the beginning of a certain
		// one: "5. 4242 4242 4242 4242" is an item of a list.
		if m := s.nextSure(k+1, c.last+1); m <= c.last {
			if c.tier == Weak && c.shape != canonical { // none was certain, and made longer
				want = doubtful
			}
			if !s.best(k, s.g[m].start, want, &c) {
				return k + 1
			}
		}
	}
	s.take(&c)
	return c.last + 1
}
