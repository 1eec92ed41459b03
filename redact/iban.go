package redact

import "unicode/utf8"

const (
	minIBAN = 15 // characters, without spaces
	maxIBAN = 34
)

// isIBAN reports whether the groups in b[start:end] are a part of an
// international bank account number (ISO 13616) written in groups: two
// letters, two check digits, up to 30 letters and digits. Its check settles it.
func (s *scanner) isIBAN(start, end int) bool {
	if start == s.first { // no check digits
		return false
	}
	b, low := s.b, stepBack(s.b, start, maxIBAN+maxIBAN/4+2)
	if nextDigit(b[:start], low) == start {
		return false
	}
	for i := start; i >= low; {
		if i > 0 && isAlnum(b[i-1]) {
			i--
			continue
		}
		r, w := runeBefore(b, i)
		if r != s.mask {
			if i+4 <= start && isLetter(b[i]) && isLetter(b[i+1]) && b[i+2]-'0' <= 9 && b[i+3]-'0' <= 9 && s.checksAsIBAN(i, end) {
				return true
			}
			if r != ' ' {
				return false
			}
		}
		i -= w
	}
	return false
}

// inIBAN reports whether r may be a part of an IBAN. A mask may have been any
// digit.
func (o *options) inIBAN(r rune) bool {
	return r < utf8.RuneSelf && isAlnum(byte(r)) || r == o.mask
}

// checksAsIBAN reports whether an IBAN starts at b[i] and ends, with a group, at
// end or later. If digits of it are masked, its form is enough.
func (s *scanner) checksAsIBAN(i, end int) bool {
	// The check moves the first four characters to the end, counts letters as
	// 10 to 35 and wants a remainder of 1 by 97.
	step := func(m uint64, c byte) uint64 {
		if c <= '9' {
			m = m*10 + uint64(c-'0')
		} else {
			m = m*100 + uint64(c|0x20-'a') + 10
		}
		if m >= 1<<56 {
			m %= 97
		}
		return m
	}
	b, first, masked := s.b, s.b[i:i+4], false
	m, n := uint64(0), len(first)
	for i += len(first); i < len(b) && n < maxIBAN; n++ {
		if b[i] == ' ' && b[i-1] != ' ' {
			i++
		}
		r, w := runeAfter(b, i)
		switch {
		case r == s.mask && s.hidesDigit(i):
			masked = true
		case s.inIBAN(r):
			m = step(m, b[i])
		default:
			return false
		}
		i += w
		if i < end || n+1 < minIBAN {
			continue
		}
		if r, _ := runeAfter(b, i); s.inIBAN(r) {
			continue
		}
		all := m
		for _, c := range first {
			all = step(all, c)
		}
		if masked || all%97 == 1 {
			return true
		}
	}
	return false
}
