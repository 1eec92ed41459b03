package redact

// shape is how the digits of a candidate are grouped.
type shape uint8

const (
	irregular shape = iota // any other: needs a card word
	single                 // one unbroken run
	canonical              // as printed on a card
	uniform                // all groups of one, two or eight digits
)

// shapeOf classifies the grouping of a candidate.
func shapeOf(g []group) shape {
	switch n := len(g); {
	case n == 1:
		return single
	case n == 2 && g[0].n == 6 && g[1].n == 13: // UnionPay
		return canonical
	case n == 3 && g[0].n == 4 && g[1].n == 6 && (g[2].n == 5 || g[2].n == 4): // American Express, Diners
		return canonical
	case n == 3 && g[0].n == 4 && g[1].n == 5 && g[2].n == 6 && g[0].lead>>12 == 1: // UATP
		return canonical
	case (n == 4 || n == 5 && g[4].n <= 3) && g[0].n == 4 && g[1].n == 4 && g[2].n == 4 && g[3].n == 4:
		return canonical
	}
	if isUniform(g[0].n) && int(g[len(g)-1].streak) >= len(g) {
		return uniform
	}
	return irregular
}

// isUniform reports whether all groups of a card may have size digits.
func isUniform(size uint8) bool { return size == 1 || size == 2 || size == 8 }

// fewest returns how many groups of size digits make up the shortest card number.
func fewest(size uint8) int { return (minDigits + int(size) - 1) / int(size) }

// mayBeRegular reports whether shapeOf may be another than irregular for a candidate
// that starts with group k.
func (s *scanner) mayBeRegular(k int) bool {
	n := s.g[k].n
	switch {
	case n >= minDigits || k+1 == s.n:
		return true
	case isUniform(n):
		last := k + fewest(n) - 1
		return last < s.n && s.uniformTo(k, last)
	case n == 4:
		return s.g[k+1].n >= 4 && s.g[k+1].n <= 6
	case n == 6:
		return s.g[k+1].n == 13
	}
	return false
}

// joinedBy reports whether gap stands between any two groups of g.
func joinedBy(g []group, gap uint32) bool {
	for i := range len(g) - 1 {
		if g[i].gap == gap {
			return true
		}
	}
	return false
}
