package redact

import "strings"

// What is said of a number: how near words must be, in characters.
const (
	cardBefore = 64 // a card word
	cardAfter  = 40

	labelBefore = 48 // a label
	labelAfter  = 32
	ownNumber   = 12 // digits that near behind a label are what it names

	// Words between a label and the number: behind one that names a number, before it
	// a word for "number" stands, before one that follows, and else, when they must be
	// short.
	wordsNamed  = 6
	wordsNumber = 3
	wordsAfter  = 3
	wordsAny    = 1
	shortWord   = 4
)

// near returns how far the nearest word is that says what, before c or behind it, or -1.
func (s *scanner) near(c *candidate, what meaning) int {
	nearest := -1
	for _, m := range s.words(c.from-cardBefore, c.to+cardAfter+1) {
		d := -1
		switch {
		case m.says&what == 0:
		case m.end <= c.from:
			if d = max(0, c.from-m.wordEnd); d > cardBefore {
				continue
			}
		case m.start >= c.to:
			if d = m.start - c.to; d > cardAfter {
				continue
			}
		}
		if d >= 0 && (nearest < 0 || d < nearest) {
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
	own := false
	for i := range marks { // "the card number for the order"
		m := &marks[i]
		own = own || m.says&saysCard != 0 && m.says&names != 0 && m.end <= c.from && s.leadsTo(m, c.from, marks[i+1:])
	}
	before, after := -1, -1
	for i := range marks {
		m := &marks[i]
		switch {
		case m.says&saysLabel == 0 || m.says&vouches != 0:
		case m.end <= c.from:
			if (!own || m.says&names != 0) && (s.leadsTo(m, c.from, marks[i+1:]) || m.end <= from && s.leadsTo(m, from, marks[i+1:])) {
				before = max(0, c.from-m.wordEnd)
			}
		case m.start >= c.to && after < 0 && m.says&names != 0 && s.follows(m, c.to):
			after = m.start - c.to
		}
	}
	if before < 0 && after < 0 {
		return false
	}
	card := s.near(c, vouches)
	return card < 0 || before >= 0 && before <= card || after >= 0 && after < card
}

// leadsTo reports whether the label m names the number at to: nothing between them ends
// the sentence or is a number itself, and there are few words. Marks are those behind m.
func (s *scanner) leadsTo(m *mark, to int, marks []mark) bool {
	if to-m.wordEnd > labelBefore {
		return false
	}
	named := m.says&names != 0
	words, letters, most := 0, 0, wordsAny
	for i := m.wordEnd; i < to; i++ {
		c := &s.c[i]
		if c.is(digit) || c.r == s.mask && !c.is(latin) || s.endsSentence(i, letters) {
			return false
		}
		if !c.is(letter) {
			letters = 0
			continue
		}
		if letters == 0 {
			said := sayAt(marks, i)
			if said.says&saysMeans != 0 && !named && most == wordsAny {
				return false
			}
			if said.says&saysNumber != 0 && said.wordEnd <= to { // none that counts
				i, most = said.wordEnd-1, wordsNumber
				continue
			}
			words++
		}
		if letters++; !named && letters > shortWord && !c.is(unspaced) {
			return false
		}
	}
	if named {
		most = wordsNamed
	}
	return words <= most
}

// sayAt returns the mark that starts at i, or one that says nothing.
func sayAt(marks []mark, i int) mark {
	for _, m := range marks {
		if m.start == i {
			return m
		}
	}
	return mark{}
}

// endsSentence reports whether character i ends a sentence. A full stop behind a short
// word, of so many letters, may belong to an abbreviation.
func (s *scanner) endsSentence(i, letters int) bool {
	if s.c[i].r == '.' {
		return letters > shortWord && s.at(i+1).r <= ' '
	}
	return s.c[i].is(breaks) && strings.ContainsRune("!?。！？؟।…", s.c[i].r)
}

// follows reports whether the label m, which names a number, names the one that ends
// at end: "4539… is my order number".
func (s *scanner) follows(m *mark, end int) bool {
	if m.start-end > labelAfter {
		return false
	}
	words := 0
	for i := end; i < m.start; i++ {
		c := &s.c[i]
		if c.is(digit) || c.r == s.mask && !c.is(latin) || strings.ContainsRune("\n,;", c.r) || s.endsSentence(i, shortWord+1) {
			return false
		}
		if c.is(letter) && (i == end || !s.c[i-1].is(letter)) {
			words++
		}
	}
	if words > wordsAfter {
		return false
	}
	for i := m.wordEnd; i < min(len(s.c), m.wordEnd+ownNumber); i++ {
		if strings.ContainsRune("\n,)", s.c[i].r) || s.endsSentence(i, shortWord+1) {
			break
		}
		if s.c[i].is(digit) {
			return false
		}
	}
	return true
}
