package redact

import "math"

// take records the card c and what belongs to it: expiry date, security code,
// track data.
func (s *scanner) take(c *candidate) {
	start, end := s.g[c.first].start, s.g[c.last].end
	s.taken, s.belongs, s.unsure = end, end, unsureStretch{}
	if s.allowed(start, end) {
		return
	}
	head, tail := s.r.Keep.ends(c.n)
	card := s.hits.add()
	*card = hit{
		start: start, end: end, kind: Card, tier: c.tier, reason: c.reason, shape: c.shape,
		digits: uint16(c.n), head: uint16(head), tail: uint16(tail),
	}
	from, to, kind, reason := 0, 0, Kind(0), ByPosition // of what else must not be kept
	switch {
	case c.reason == ByTrack:
		if from, to = s.trackTail(start, end); from < to && !s.r.InsecureKeepSAD {
			kind, reason = TrackData, ByTrack
		}
	case c.code:
		x := &s.g[c.last+1]
		from, to, kind = x.start, x.end, SecurityCode
		if i, ok := s.expiryAt(x.end); ok {
			s.belongs = i
		}
	default:
		i, ok := s.expiryAt(end)
		if !ok {
			break
		}
		s.belongs = i
		if from, to, ok = s.codeAt(i); ok && !s.cardAt(from) {
			kind = SecurityCode
		}
	}
	if kind != 0 {
		s.belongs = max(s.belongs, to)
	}
	card.until = s.belongs
	if kind == 0 || s.r.InsecureKeepSAD {
		return
	}
	s.taken = to
	if n := s.count(from, to); n > 0 { // track data may go on without digits
		*s.hits.add() = hit{start: from, end: to, until: s.belongs, kind: kind, reason: reason, digits: n}
	}
}

// count returns the number of digits in b[i:end].
func (s *scanner) count(i, end int) (n uint16) {
	for i = nextDigit(s.b, i); i < end; i = nextDigit(s.b, i) {
		_, w := decimal(s.b, i)
		i += w
		n++
	}
	return n
}

// allowed reports whether the host wants the number b[start:end] left alone.
func (s *scanner) allowed(start, end int) bool {
	if len(s.r.AllowNumbers) == 0 && s.r.Allow == nil {
		return false
	}
	var buf [maxDigits]byte
	number := digits(buf[:0], s.b[start:end])
	for _, n := range s.r.AllowNumbers {
		if n == string(number) {
			return true
		}
	}
	return s.r.Allow != nil && s.r.Allow(string(number))
}

// noCard is the place of a card out of reach.
const noCard = math.MinInt32

// codes finds the labelled security codes and PINs from offset i on that a card
// number makes sensitive. In a stream, a code that waits for a card keeps the text from there
// on undecided.
func (s *scanner) codes(i int) {
	found, lastCard := s.hits.all(), s.base.lastCard
	if s.r.InsecureKeepSAD || s.final && len(found) == 0 && lastCard == noCard {
		return
	}
	cards := len(found)
	for k := 0; ; {
		if i >= s.quiet {
			break
		}
		if i = nextDigit(s.b, i); i >= s.decided {
			break
		}
		// Hits that are added below come behind the cards.
		found := s.hits.all()[:cards]
		if k < cards && found[k].start <= i {
			if found[k].kind == Card {
				lastCard = found[k].end
			}
			i = max(i, found[k].end)
			k++
			continue
		}
		start := i
		n, end := s.short(s.b, start)
		next := k // the next card
		for next < cards && found[next].kind != Card {
			next++
		}
		near := start-lastCard <= sadReach || next < cards && found[next].start-end <= sadReach
		i = end
		switch {
		case s.final && !near:
			// Nothing is sensitive here: go on near the next card.
			if next == cards {
				i = s.decided
			} else if to := found[next].start - sadReach; to > i {
				i = max(i, s.runStart(to))
			}
		case n != 3 && n != 4:
		case !near && end+sadReach < s.decided:
		default:
			kind := s.codeBefore(s.b, start)
			if kind == 0 {
				break
			}
			if !near {
				s.decided = start
				break
			}
			*s.hits.add() = hit{start: start, end: end, kind: kind, reason: ByCodeLabel, digits: uint16(n)}
		}
	}
	s.settle(cards)
}

// runStart returns i, moved back to the start of a run of digits if it is inside
// of one that may be a code.
func (s *scanner) runStart(i int) int {
	for range maxDigits {
		k := skipBack(s.b, i)
		r, w := runeBefore(s.b, k)
		if w == 0 || classOf(r) != digit {
			break
		}
		i = k - w
	}
	return i
}

// settle puts the hits in order, of which the first sorted and the others are so
// already, and drops those behind what is decided.
func (s *scanner) settle(sorted int) {
	found := s.hits.all()
	if more := found[sorted:]; sorted > 0 && len(more) > 0 && more[0].start < found[sorted-1].start {
		var buf [len(s.hits.few)]hit
		first := append(buf[:0], found[:sorted]...)
		for k := 0; len(first) > 0; k++ {
			if len(more) > 0 && more[0].start < first[0].start {
				found[k], more = more[0], more[1:]
			} else {
				found[k], first = first[0], first[1:]
			}
		}
	}
	n := len(found)
	for n > 0 && found[n-1].start >= s.decided {
		n--
	}
	if n == len(found) {
		return
	}
	s.hits.cut(n)
	s.progress = s.base
	for _, x := range s.hits.all() {
		s.note(&x)
	}
}

// note counts x in the progress.
func (p *progress) note(x *hit) {
	if x.until > 0 {
		p.taken, p.belongs = x.end, x.until
	}
	if x.kind == Card {
		p.lastCard = x.end
	}
}
