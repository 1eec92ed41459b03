package redact

import (
	"sort"
	"unicode/utf8"
)

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

	charBytes = utf8.UTFMax
)

// words returns the marks that reach into b[lo:hi], in order.
func (s *scanner) words(lo, hi int) []mark {
	lo, hi = max(lo, 0), min(hi, len(s.b))
	if lo < s.seen[0] || lo > s.seen[1] || s.seen[1] == 0 {
		from := s.phraseStart(lo)
		s.marks, s.seen = s.marks[:0], [2]int{from, from}
	}
	if hi > s.seen[1] {
		to := charsAfter(s.b, min(hi+phraseBytes, len(s.b)), 0) // what follows may belong to the last word
		s.marks = s.marksIn(s.marks, s.b, s.seen[1], to)
		s.seen[1] = to
	}
	first := sort.Search(len(s.marks), func(k int) bool { return s.marks[k].end > lo })
	if first > manyMarks { // those that will not be asked for again
		s.marks = append(s.marks[:0], s.marks[first:]...)
		s.seen[0], first = lo, 0
	}
	n := sort.Search(len(s.marks)-first, func(k int) bool { return s.marks[first+k].start >= hi })
	return s.marks[first : first+n]
}

// saidAt returns what the word says that begins at i.
func (s *scanner) saidAt(i int) meaning {
	for _, m := range s.words(i, i+1) {
		if m.start == i {
			return m.says
		}
	}
	return 0
}

const (
	manyMarks   = 1000
	phraseBytes = 64
)

// phraseStart moves i back to where no words before can belong to those after.
func (s *scanner) phraseStart(i int) int {
	for low := max(0, i-2*phraseBytes); i > low; {
		r, w := runeBefore(s.b, i)
		if breaksPhrase(r) {
			break
		}
		i -= w
	}
	return i
}

// charsBefore returns the offset n characters before i, charsAfter that behind it.
func charsBefore(b []byte, i, n int) int {
	for ; n >= 8 && i >= 8 && load64(b[i-8:])&tops == 0; n -= 8 {
		i -= 8
	}
	for ; n > 0 && i > 0; i-- {
		if b[i-1]&0xC0 != 0x80 {
			n--
		}
	}
	return i
}

func charsAfter(b []byte, i, n int) int {
	for ; n >= 8 && len(b)-i > 8 && load64(b[i:])&tops == 0; n -= 8 {
		i += 8
	}
	for ; i < len(b); i++ {
		if b[i]&0xC0 != 0x80 {
			if n--; n < 0 {
				break
			}
		}
	}
	return i
}

// distance returns the number of characters in b[i:k], or -1 if there are more than
// most.
func (s *scanner) distance(i, k, most int) int {
	if i > k {
		return 0
	}
	if k-i > most*charBytes {
		return -1
	}
	if n := utf8.RuneCount(s.b[i:k]); n <= most {
		return n
	}
	return -1
}

// cardWordNear returns how far the nearest word is that speaks of a card, before start
// or after end, or -1.
func (s *scanner) cardWordNear(start, end int) int {
	return s.saidNear(start, end, vouches)
}

// unionPayNear reports whether UnionPay is named.
func (s *scanner) unionPayNear(start, end int) bool {
	return s.saidNear(start, end, saysUnionPay) >= 0
}

func (s *scanner) saidNear(start, end int, what meaning) int {
	nearest := -1
	marks := s.words(charsBefore(s.b, start, cardBefore+maxWord+1), charsAfter(s.b, end, cardAfter+1))
	for i := range marks {
		m := &marks[i]
		d := -1
		switch {
		case m.says&what == 0:
		case m.end <= start:
			d = s.distance(m.wordEnd, start, cardBefore)
		case m.start >= end:
			d = s.distance(end, m.start, cardAfter)
		}
		if d >= 0 && (nearest < 0 || d < nearest) {
			nearest = d
		}
	}
	return nearest
}

// isNamed reports whether a label says what else c is, and no card word stands nearer.
// Card is how far that is, or -1 if it has not been looked for.
func (s *scanner) isNamed(c *candidate, card int) bool {
	start, end := s.start(c), s.end(c)
	from := start
	if !c.sure { // a doubtful number may be a part of what the label names
		for k := c.first; k > 0 && s.g[k-1].gap <= gapNarrow; k-- {
			from = s.g[k-1].start
		}
	}
	marks := s.words(charsBefore(s.b, from, labelBefore+maxWord+1), charsAfter(s.b, end, labelAfter+1))
	before, after, own := -1, -1, false
	for i := range marks { // "the card number for the order"
		m := &marks[i]
		own = own || m.says&saysCard != 0 && m.says&names != 0 && m.end <= start && s.leadsTo(m, start, marks[i+1:])
	}
	for i := len(marks) - 1; i >= 0; i-- {
		m := &marks[i]
		if m.says&saysLabel == 0 || m.says&vouches != 0 {
			continue
		}
		switch {
		case m.end <= start && before < 0 && !(own && m.says&names == 0):
			if s.leadsTo(m, start, marks[i+1:]) || from < start && m.end <= from && s.leadsTo(m, from, marks[i+1:]) {
				before = s.distance(m.wordEnd, start, 4*labelBefore)
			}
		case m.start >= end && m.says&names != 0 && s.follows(m, end):
			after = s.distance(end, m.start, labelAfter)
		}
	}
	if before < 0 && after < 0 {
		return false
	}
	if card < 0 {
		card = s.cardWordNear(start, end)
	}
	if card < 0 {
		return true
	}
	return before >= 0 && before <= card || after >= 0 && after < card
}

// leadsTo reports whether the label m names the number at start: nothing between them
// ends the sentence or is a number itself, and there are few words. Marks are those
// behind m.
func (s *scanner) leadsTo(m *mark, start int, marks []mark) bool {
	n := s.distance(m.wordEnd, start, labelBefore)
	if n < 0 {
		return false
	}
	words, letters, most := 0, 0, wordsAny
	i := m.wordEnd
	for i < start {
		r, w := runeAt(s.b, i)
		switch {
		case isDigit(r) || r == s.mask && !isLatin(r):
			return false
		case isLetter(r):
			if letters == 0 {
				for k := range marks {
					if marks[k].start != i {
						continue
					}
					if marks[k].says&saysMeans != 0 && m.says&names == 0 && most == wordsAny {
						return false
					}
					if marks[k].says&saysNumber != 0 && marks[k].wordEnd <= start { // none that counts
						i, w, most = marks[k].wordEnd, 0, wordsNumber
						break
					}
				}
				if w == 0 {
					continue
				}
				words++
			}
			letters++
			if m.says&names == 0 && letters > shortWord && !unspaced(r) {
				return false
			}
		default:
			if s.endsSentence(r, i+w, letters) {
				return false
			}
			letters = 0
		}
		i += w
	}
	if m.says&names != 0 {
		most = wordsNamed
	}
	return words <= most
}

// endsSentence reports whether r, which ends at i, ends a sentence. A full stop behind
// a short word may belong to an abbreviation.
func (s *scanner) endsSentence(r rune, i, letters int) bool {
	switch r {
	case '!', '?', '。', '！', '？', '؟', '।', '…':
		return true
	case '.':
		next, _ := runeAt(s.b, i)
		return next <= ' ' && letters > shortWord
	}
	return false
}

// follows reports whether the label m, which names a number, names the one that ends
// at end: "4539… is my order number".
func (s *scanner) follows(m *mark, end int) bool {
	if s.distance(end, m.start, labelAfter) < 0 {
		return false
	}
	words, letters := 0, 0
	for i := end; i < m.start; {
		r, w := runeAt(s.b, i)
		switch {
		case isDigit(r), r == s.mask && !isLatin(r), r == '\n', r == ',' || r == ';', s.endsSentence(r, i+w, shortWord+1):
			return false
		case isLetter(r):
			if letters == 0 {
				words++
			}
			letters++
		default:
			letters = 0
		}
		i += w
	}
	if words > wordsAfter {
		return false
	}
	i := m.wordEnd
	for range ownNumber {
		r, w := runeAt(s.b, i)
		if w == 0 || s.endsSentence(r, i+w, shortWord+1) || r == '\n' || r == ',' || r == ')' {
			break
		}
		if isDigit(r) {
			return false
		}
		i += w
	}
	return true
}
