package redact

import "strings"

const (
	maxTrack  = 80 // characters of track data after the card number
	maxHolder = 64 // of them for the name of the card holder
)

// isTrack reports whether c stands in the data of a magnetic stripe (ISO/IEC 7813): after
// %B, or before ^ on track 1; before = and at least seven digits on track 2, for which
// some readers write D.
func (s *scanner) isTrack(c *candidate) bool {
	if s.at(c.from-1).r|0x20 == 'b' {
		return s.at(c.from-2).r == '%' || s.at(c.to).r == '^'
	}
	least := 7
	if s.at(c.from-1).r == ';' {
		least = 4
	}
	n := 0
	for s.at(c.to+1+n).is(digit) && n < least {
		n++
	}
	return n == least && (s.at(c.to).r == '=' || s.at(c.to).r|0x20 == 'd')
}

// trackTail returns the stretch of track data behind the card number c that must not be
// kept: all after the second caret of track 1, all after the separator of track 2.
func (s *scanner) trackTail(c *candidate) (from, to int) {
	switch from = c.to + 1; {
	case s.at(c.to).r == '^':
		for from < c.to+maxHolder && !strings.ContainsRune("^?\n", s.at(from).r) {
			from++
		}
		if s.at(from).r != '^' {
			return 0, 0
		}
		from++
	case s.at(c.from-1).r|0x20 == 'b':
		return 0, 0
	}
	for to = from; to < min(len(s.c), from+maxTrack) && !strings.ContainsRune("? \t\n\v\f\r", s.c[to].r); to++ {
	}
	return from, to
}
