package redact

// An unsureStretch is a part of a chain: with the groups that start in it no
// certain card starts, but one does at the offset sure, unless that is 0.
type unsureStretch struct{ from, to, sure int }

// holds reports whether it is known that no certain card starts at start.
func (u *unsureStretch) holds(start int) bool { return u.from <= start && start < u.to }

// nextSure returns the first group from k on, before group limit, with which a
// certain card starts, or limit. It remembers what it finds until a card is taken,
// since many doubtful candidates may stand before the same one.
func (s *scanner) nextSure(k, limit int) int {
	u := &s.unsure
	for ; k < limit; k++ {
		switch start := s.g[k].start; {
		case start == u.sure:
			return k
		case u.holds(start):
		default:
			var c candidate
			if s.best(k, len(s.b), certain, &c) {
				u.sure = start
				return k
			}
			if s.g[k-1].end != u.to {
				u.from = start
			}
			u.to = s.g[k].end
		}
	}
	return limit
}
