package redact

import (
	"cmp"
	"math"
	"slices"
)

// take records the card c and what belongs to it: expiry date, security code,
// track data.
func (s *scanner) take(c *candidate) {
	start, end := s.g[c.first].start, s.g[c.last].end
	s.taken, s.belongs = end, end
	var buf [maxDigits]byte
	digits := s.digits(buf[:0], c)
	if s.allowed(digits) {
		return
	}
	head, tail := s.r.Keep.ends(c.n)
	card := hit{
		start: start, end: end, kind: Card, scheme: lookup(digits), tier: c.tier, reason: c.reason, shape: c.shape,
		digits: uint16(c.n), head: uint16(head), tail: uint16(tail),
	}
	var more hit
	switch {
	case s.isTrack(start, end):
		if from, to := s.trackTail(start, end); from < to && !s.r.InsecureKeepSAD {
			more = hit{start: from, end: to, kind: TrackData, reason: ByTrack}
		}
	case c.code:
		x := &s.g[c.last+1]
		more = hit{start: x.start, end: x.end, kind: SecurityCode, reason: ByPosition}
		if i, ok := s.expiryAt(x.end); ok {
			s.belongs = i
		}
	default:
		i, ok := s.expiryAt(end)
		if !ok {
			break
		}
		s.belongs = i
		if from, to, ok := s.codeAt(i); ok && !s.cardAt(from) {
			more = hit{start: from, end: to, kind: SecurityCode, reason: ByPosition}
		}
	}
	s.belongs = max(s.belongs, more.end)
	card.until = s.belongs
	s.hits.add(card)
	if more.kind != 0 && !s.r.InsecureKeepSAD {
		s.taken = more.end
		more.digits = s.count(more.start, more.end)
		more.until = s.belongs
		s.hits.add(more)
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

// allowed reports whether the host wants the number with these digits left alone.
func (s *scanner) allowed(digits []byte) bool {
	for _, n := range s.r.AllowNumbers {
		if n == string(digits) {
			return true
		}
	}
	return s.r.Allow != nil && s.r.Allow(string(digits))
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
		var g group
		s.run(s.b, i, &g)
		next := k // the next card
		for next < cards && found[next].kind != Card {
			next++
		}
		near := g.start-lastCard <= sadReach || next < cards && found[next].start-g.end <= sadReach
		i = g.end
		switch {
		case s.final && !near:
			// Nothing is sensitive here: go on near the next card.
			if next == cards {
				i = s.decided
			} else if to := found[next].start - sadReach; to > i {
				i = max(i, s.runStart(to))
			}
		case g.n != 3 && g.n != 4:
		case !near && g.end+sadReach < s.decided:
		default:
			kind := s.codeBefore(s.b, g.start)
			if kind == 0 {
				break
			}
			if !near {
				s.decided = g.start
				break
			}
			s.hits.add(hit{start: g.start, end: g.end, kind: kind, reason: ByCodeLabel, digits: uint16(g.n)})
		}
	}
	s.settle()
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

// settle sorts the hits and drops those behind what is decided.
func (s *scanner) settle() {
	found := s.hits.all()
	if !slices.IsSortedFunc(found, byStart) {
		slices.SortFunc(found, byStart)
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

func byStart(a, b hit) int { return cmp.Compare(a.start, b.start) }
