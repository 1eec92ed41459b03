package redact

// Text that was masked once must come out of a second pass unchanged, although
// the digits left readable may seem to form a card with those around them. So
// readable digits next to a masked stretch of the right size are left alone.

// masks counts the mask characters in the chain-like stretch that ends at i
// (step < 0) or starts at i (step > 0), after up to kept digits that stand
// between i and the first of them. It returns how many digits those were.
func (s *scanner) masks(i, step, kept int) (digits, masks int) {
	gap, breaks, hidden := 0, 0, 0
	for {
		var r rune
		var w int
		if step < 0 {
			r, w = runeBefore(s.b, i)
		} else {
			r, w = runeAfter(s.b, i)
		}
		if w == 0 {
			return digits, masks
		}
		switch c := classOf(r); {
		case r == s.mask:
			masks++
			gap, breaks, hidden = 0, 0, 0
			if masks > maxDigits {
				return digits, masks
			}
		case c == digit:
			if masks > 0 {
				return digits, masks
			}
			if digits++; digits > kept {
				return digits, 0
			}
			gap, breaks, hidden = 0, 0, 0
		case c == transparent:
			if hidden++; hidden > maxTransparent {
				return digits, masks
			}
		case c == separator || c == lineBreak:
			if c == lineBreak && r == '\n' {
				breaks++
			}
			if gap++; gap > maxGap || breaks > 1 {
				return digits, masks
			}
		default:
			return digits, masks
		}
		i += step * w
	}
}

// isTail reports whether the number that starts at i begins with digits left
// readable at the end of a masked card.
func (s *scanner) isTail(i int) bool {
	_, tail := s.r.Keep.ends(maxDigits)
	if tail == 0 {
		return false
	}
	digits, masks := s.masks(i, -1, tail-1)
	return digits < tail && s.hiddenPart(masks)
}

// isHead reports whether the number that ends at i ends with digits left
// readable at the beginning of a masked card.
func (s *scanner) isHead(i int) bool {
	head, _ := s.r.Keep.ends(maxDigits)
	if head == 0 {
		return false
	}
	digits, masks := s.masks(i, 1, head-1)
	return digits < head && s.hiddenPart(masks)
}

// hiddenPart reports whether a masked card can have this many hidden digits.
func (s *scanner) hiddenPart(masks int) bool {
	for n := minDigits; n <= maxDigits; n++ {
		if head, tail := s.r.Keep.ends(n); masks == n-head-tail {
			return true
		}
	}
	return false
}
