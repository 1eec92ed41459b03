package redact

import (
	"cmp"
	"slices"
)

// take records the card c and what belongs to it: expiry date, security code,
// track data.
func (s *scanner) take(c candidate) {
	start, end := s.g[c.first].start, s.g[c.last].end
	s.consumed = end
	if s.allowed(&c) {
		return
	}
	head, tail := s.r.Keep.ends(c.n)
	at := len(s.spans)
	s.add(Span{
		Start: start, End: end, Kind: Card, Scheme: c.scheme, Tier: c.tier, Reason: c.reason,
		Digits: c.n, head: head, tail: tail,
	})
	if s.isTrack(start, end) {
		if from, to := s.trackTail(start, end); from < to {
			s.add(Span{Start: from, End: to, Kind: TrackData, Reason: ByTrack})
		}
	} else {
		s.followers(&c, end)
	}
	for ; at < len(s.spans); at++ {
		s.spans[at].until = s.consumed
	}
}

// followers records the security code that stands unlabelled behind a card, and
// counts the expiry date as a part of the card.
func (s *scanner) followers(c *candidate, end int) {
	if c.code {
		x := &s.g[c.last+1]
		s.add(Span{Start: x.start, End: x.end, Kind: SecurityCode, Reason: ByPosition})
		end = x.end
	}
	i, ok := s.expiryAt(end)
	if !ok {
		return
	}
	s.consumed = i
	if c.code {
		return
	}
	if from, to, ok := s.codeAt(i); ok {
		s.add(Span{Start: from, End: to, Kind: SecurityCode, Reason: ByPosition})
	}
}

// add appends a span and counts its digits. Codes and track data are left out
// if the Redactor keeps them, but still belong to the card.
func (s *scanner) add(sp Span) {
	s.consumed = max(s.consumed, sp.End)
	if sp.Kind != Card && s.r.InsecureKeepSAD {
		return
	}
	if sp.Kind != Card {
		for i := nextDigit(s.b, sp.Start); i < sp.End; i = nextDigit(s.b, i) {
			_, w := decimal(s.b, i)
			i += w
			sp.Digits++
		}
	}
	sp.Hidden = max(0, sp.Digits-sp.head-sp.tail)
	if sp.Hidden > 0 {
		s.spans = append(s.spans, sp)
	}
}

// allowed reports whether the host wants the number c left alone.
func (s *scanner) allowed(c *candidate) bool {
	for _, n := range s.r.AllowNumbers {
		if len(n) != c.n {
			continue
		}
		same := true
		for i := range len(n) {
			same = same && n[i] == '0'+c.digits[i]
		}
		if same {
			return true
		}
	}
	return s.r.Allow != nil && s.r.Allow(c.number())
}

// codes finds the labelled security codes and PINs from offset i on that a card
// number makes sensitive. lastCard is the end of the last card before i, or
// negative. In a stream, a code that waits for a card keeps the text from there
// on undecided.
func (s *scanner) codes(i, lastCard int) {
	cards := len(s.spans)
	if s.r.InsecureKeepSAD || s.final && cards == 0 && lastCard < 0 {
		return
	}
	if lastCard < 0 {
		lastCard = -sadReach - 1
	}
	for k := 0; ; {
		if i = nextDigit(s.b, i); i >= s.decided {
			break
		}
		if k < cards && s.spans[k].Start <= i {
			if s.spans[k].Kind == Card {
				lastCard = s.spans[k].End
			}
			i = max(i, s.spans[k].End)
			k++
			continue
		}
		g, _ := s.run(s.b, i)
		next := k // the next card
		for next < cards && s.spans[next].Kind != Card {
			next++
		}
		near := g.start-lastCard <= sadReach || next < cards && s.spans[next].Start-g.end <= sadReach
		i = g.end
		switch {
		case s.final && !near:
			// Nothing is sensitive here: go on near the next card.
			if next == cards {
				i = s.decided
			} else if to := s.spans[next].Start - sadReach; to > i {
				i = max(i, s.runStart(to))
			}
		case g.n != 3 && g.n != 4:
		case !near && g.end+sadReach < s.decided:
		default:
			kind := codeBefore(s.b, g.start)
			if kind == 0 {
				break
			}
			if !near {
				s.decided = g.start
				break
			}
			s.spans = append(s.spans, Span{
				Start: g.start, End: g.end, Kind: kind, Reason: ByCodeLabel, Digits: g.n, Hidden: g.n,
			})
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

// settle sorts the spans and drops those behind what is decided.
func (s *scanner) settle() {
	slices.SortFunc(s.spans, func(a, b Span) int { return cmp.Compare(a.Start, b.Start) })
	n := len(s.spans)
	for n > 0 && s.spans[n-1].Start >= s.decided {
		n--
	}
	if n == len(s.spans) {
		return
	}
	s.spans = s.spans[:n]
	s.consumed = s.base
	for _, sp := range s.spans {
		s.consumed = max(s.consumed, sp.until)
	}
}
