package redact

import (
	"slices"
	"strings"
)

// What is said of a number: how near words must be, in characters.
const (
	cardBefore = 64 // a card word
	cardAfter  = 40

	labelBefore = 48 // a label
	labelAfter  = 32
	ownDigits   = 14 // digits that near behind a label belong to it

	// Words between a label that names a number and the number behind it, between it and
	// one before it, and between any other label and the number behind it, when they
	// must be short.
	wordsNamed = 6
	wordsAfter = 3
	wordsAny   = 1
	shortWord  = 4 // letters
)

// near returns how far the nearest word is that says what, before c or behind it, or -1. One
// that is further than within characters need not be seen.
func (s *scanner) near(c *candidate, what meaning, within int) int {
	nearest := -1
	for _, m := range s.words(c.from-min(within, cardBefore), c.to+min(within, cardAfter)+1) {
		d, most := m.start-c.to, cardAfter
		if m.end <= c.from {
			d, most = max(0, c.from-m.wordEnd), cardBefore
		}
		if m.says&what != 0 && d >= 0 && d <= most && (nearest < 0 || d < nearest) {
			nearest = d
		}
	}
	return nearest
}

// isNamed reports whether a label says what else c is, and no card word stands nearer.
func (s *scanner) isNamed(c *candidate) bool {
	from := c.from
	if !c.sure { // a doubtful number may be a part of what the label names
		for k := c.first; k > 0 && s.g[k-1].gap <= gapNarrow; k-- {
			from = s.g[k-1].from
		}
	}
	marks := s.words(from-labelBefore, c.to+labelAfter+1)
	own := slices.ContainsFunc(marks, func(m mark) bool { // "the card number for the order"
		return m.says&saysCard != 0 && m.says&names != 0 && m.end <= c.from && s.leadsTo(m, c.from, marks)
	})
	before, after := -1, -1 // how far the nearest labels are
	for _, m := range marks {
		switch {
		case m.says&saysLabel == 0 || m.says&vouches != 0:
		case m.end <= c.from:
			if (!own || m.says&names != 0) && (s.leadsTo(m, c.from, marks) || m.end <= from && s.leadsTo(m, from, marks)) {
				before = max(0, c.from-m.wordEnd)
			}
		case m.start >= c.to && after < 0 && m.says&names != 0 && s.follows(m, c.to):
			after = m.start - c.to
		}
	}
	if before < 0 && after < 0 {
		return false
	}
	card := s.near(c, vouches, max(before, after))
	return card < 0 || before >= 0 && before <= card || after >= 0 && after < card
}

// leadsTo reports whether the label m names the number at to: there are few words between
// them, none of which says that what follows is paid with.
func (s *scanner) leadsTo(m mark, to int, marks []mark) bool {
	p := s.between(m.wordEnd, to)
	if p.digits || p.ends || to-m.wordEnd > labelBefore {
		return false
	}
	if m.says&names != 0 {
		return p.words <= wordsNamed
	}
	return p.words <= wordsAny && p.longest <= shortWord && !slices.ContainsFunc(marks, func(x mark) bool {
		return x.says&saysMeans != 0 && m.wordEnd <= x.start && x.end <= to
	})
}

// follows reports whether the label m, which names a number, names the one that ends
// at end: "4539… is my order number". One with digits of its own does not.
func (s *scanner) follows(m mark, end int) bool {
	p := s.between(end, m.start)
	return !p.digits && !p.stops && !p.ends && p.words <= wordsAfter && m.start-end <= labelAfter && s.digitsOf(m) == 0 && !s.abbreviates(m)
}

// abbreviates reports whether the full stop behind the label m does not end a sentence,
// since digits, or a word with digits in it, come next: "4539…, Kundennr. A-90512".
func (s *scanner) abbreviates(m mark) bool {
	i := s.signs(m.wordEnd, 2)
	for n := 0; n < ownDigits && (s.at(i).is(letter) || s.isJoiner(i)); n++ {
		i++
	}
	return s.at(m.wordEnd).r == '.' && s.at(i).is(digit)
}

// A phrase is what stands between a label and digits.
type phrase struct {
	words, longest int  // words, and letters of the longest
	digits         bool // or hidden ones
	ends, stops    bool // with a sentence, a part of one
}

// between reads characters i to k. A full stop behind a short word may belong to an
// abbreviation.
func (s *scanner) between(i, k int) (p phrase) {
	letters := 0
	for ; i < k; i++ {
		switch c := &s.c[i]; {
		case c.is(digit) || c.r == s.mask && s.isMask(i):
			p.digits = true
		case c.is(letter):
			if letters++; letters == 1 {
				p.words++
			}
			if !c.is(unspaced) {
				p.longest = max(p.longest, letters)
			}
			continue
		case c.r == '.':
			p.ends = p.ends || letters > shortWord && s.at(i+1).r <= ' '
		case c.is(breaks):
			p.ends = p.ends || strings.ContainsRune("!?。！？؟।…", c.r)
			p.stops = p.stops || strings.ContainsRune("\n,;", c.r)
		}
		letters = 0
	}
	return p
}

// digitsOf returns how many digits stand together near behind the label m, in the same
// part of the sentence.
func (s *scanner) digitsOf(m mark) (n int) {
	for i := m.wordEnd; i < m.wordEnd+ownDigits && n == 0 && !strings.ContainsRune(",;\n).!?。！？؟।…", s.at(i).r); i++ {
		for s.at(i + n).is(digit) {
			n++
		}
	}
	return n
}
