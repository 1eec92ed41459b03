package redact

import (
	"slices"
	"sort"
	"strings"
	"sync"
	"unicode"
)

// meaning is a set of what a word may say.
type meaning uint16

const (
	saysCard meaning = 1 << iota
	saysCode
	saysPIN
	saysExpiry
	saysLabel
	saysKind
	saysNumber
	saysUnionPay
	saysMoney
	saysMeans  // what is paid with follows
	names      // a label that needs no further word to be one of a number
	saysInside // "number", behind other letters of the same word
	saysProof  // a word for a security code and nothing else, unlike "code"

	vouches = saysCard | saysProof
)

// A word is an entry of the lexicon, taken apart.
type word struct {
	text                    []rune // as letters are compared, ' ' for the end of a word; as written if exact
	says                    meaning
	whole, anywhere, inside bool
	exact                   bool
	key, first              uint32 // of the characters up to the first space, and how many they are
}

// parseWord reads an entry of a cell.
func parseWord(entry string, says meaning) word {
	w := word{says: says}
	for len(entry) > 1 && strings.ContainsRune("+-=", rune(entry[0])) {
		switch entry[0] {
		case '+':
			w.says |= names
		case '-':
			w.inside = true
		case '=':
			w.exact = true
		}
		entry = entry[1:]
	}
	entry, w.whole = strings.CutSuffix(entry, "|")
	if says == saysCode && !w.whole {
		w.says |= saysProof
	}
	for _, r := range entry {
		c := charOf(table(), r)
		if c.is(ignored) {
			continue
		}
		n := len(w.text)
		if n == 0 || n == 1 && unicode.IsDigit(w.text[0]) {
			w.anywhere = !w.whole && c.is(unspaced)
		}
		if w.exact {
			c.fold = unicode.ToLower(r)
		}
		w.text = append(w.text, c.fold)
	}
	return w
}

// A lexicon finds words character by character, by the key of those that were read.
type lexicon struct {
	words  [1 << 12][]word // by the highest bits of the key of all up to the first space
	after  [1 << 16]uint8  // by those of a key: whether words end with it or have a space behind it, and whether they go on
	inside [32]uint32      // the first two letters of those that may stand in another word
}

const ends, goesOn = 1, 2

// addKey returns the key of one character more.
func addKey(key uint32, r rune) uint32 { return (key ^ uint32(r)) * 0x9E3779B1 }

// allWords holds the words of all languages. It is made when a number first deserves a look
// at the words around it.
var allWords = sync.OnceValue(func() *lexicon {
	l := &lexicon{}
	for _, table := range [][]language{europe, world} {
		for _, x := range table {
			for k, cell := range []string{x.card, x.code, x.pin, x.expiry, x.label, x.kind, x.number} {
				l.add(cell, saysCard<<k)
			}
		}
	}
	l.add(unionPayNames, saysCard|saysUnionPay)
	l.add(currencies, saysMoney)
	l.add(means, saysMeans)
	return l
})

// add adds the words of a cell. Languages share many.
func (l *lexicon) add(cell string, says meaning) {
	for entry := range strings.SplitSeq(cell, ",") {
		w := parseWord(entry, says)
		for n, r := range strings.SplitN(string(w.text), " ", 2)[0] {
			if n > 0 {
				l.after[w.key>>16] |= goesOn
			}
			w.key, w.first = addKey(w.key, charOf(table(), r).fold), w.first+1
		}
		l.after[w.key>>16] |= ends
		words := &l.words[w.key>>20]
		same := slices.IndexFunc(*words, func(x word) bool {
			return slices.Equal(x.text, w.text) && x.whole == w.whole && x.inside == w.inside && x.exact == w.exact && (x.says&vouches != 0) == (w.says&vouches != 0)
		})
		if same >= 0 {
			(*words)[same].says |= w.says
			continue
		}
		*words = append(*words, w)
		if w.inside {
			l.inside[w.text[0]&31] |= 1 << (w.text[1] & 31)
		}
	}
}

// A mark is a word found in a text.
type mark struct {
	start, end int // characters of the word of the lexicon
	wordEnd    int // of the whole word in the text
	says       meaning
}

const (
	maxWord    = 32  // characters of a word that are looked at
	maxBetween = 3   // characters between two words of one entry
	maxPhrase  = 128 // characters before a word that may bear on it
)

// words returns the marks in words that reach into characters lo to hi, in order, and
// perhaps some before.
func (s *scanner) words(lo, hi int) []mark {
	lo, hi = max(lo, 0), min(hi, len(s.c))
	if lo < s.seen[0] || lo > s.seen[1] || s.seen[1] == 0 {
		from := lo
		for from > max(0, lo-maxPhrase) && !s.c[from-1].is(breaks) {
			from--
		}
		s.marks, s.seen = s.marks[:0], [2]int{from, from}
	}
	if hi > s.seen[1] {
		s.seen[1] = s.mark(s.seen[1], hi)
	}
	first := sort.Search(len(s.marks), func(k int) bool { return s.marks[k].end > lo-maxWord })
	n := sort.Search(len(s.marks)-first, func(k int) bool { return s.marks[first+k].start >= hi })
	return s.marks[first : first+n]
}

// saidAt returns what the word says that begins at i.
func (s *scanner) saidAt(i int) (says meaning) {
	for _, m := range s.words(i, i+1) {
		if m.start == i {
			says = m.says
		}
	}
	return says
}

// mark finds the words that begin in characters from to to, and those behind them that may
// belong to the last of them, and returns where it ends.
func (s *scanner) mark(from, to int) int {
	l := allWords()
	end := 0 // of the word that reaches furthest, which hides those inside it
	if n := len(s.marks); n > 0 {
		end = s.marks[n-1].end
	}
	for from = s.begin(l, from, to); from < to; from = s.begin(l, from+1, to) {
		if m := s.markAt(l, from); m.end > end {
			end = m.end
			s.join(m)
			to = max(to, min(m.wordEnd+maxBetween+4, len(s.c)))
		}
	}
	return from
}

// begin returns the first of characters i to end with which a word may begin, or end.
func (s *scanner) begin(l *lexicon, i, end int) int {
	for before := s.at(i - 1); i < end; i++ {
		c := &s.c[i]
		if c.class&letter == 0 {
			if c.r != s.mask && (c.r >= 0x80 || c.r == '#' || c.class&digit != 0 && before.class&digit == 0) {
				return i
			}
		} else if before.class&letter == 0 || c.class&unspaced != 0 || before.r == s.mask || len(s.host) > 0 ||
			l.inside[c.fold&31]>>(s.at(i+1).fold&31)&1 != 0 {
			return i
		}
		before = c
	}
	return i
}

// markAt returns the longest word of the lexicon and of the host that begins at i.
func (s *scanner) markAt(l *lexicon, i int) (m mark) {
	key, after := uint32(0), uint8(goesOn)
	for n := 1; n <= maxWord && after&goesOn != 0 && i+n <= len(s.c); n++ {
		key = addKey(key, s.c[i+n-1].fold)
		if after = l.after[key>>16]; after&ends == 0 {
			continue
		}
		next := rune(0) // the first character of the next word
		for k := range l.words[key>>20] {
			w := &l.words[key>>20][k]
			if w.key != key || w.first != uint32(n) { // other texts have that key, too
				continue
			}
			if n < len(w.text) && next == 0 {
				next = s.at(s.nextWord(i + n)).fold
			}
			if n == len(w.text) || w.text[n+1] == next || w.exact { // one look saves most of the others
				s.try(&m, i, w)
			}
		}
	}
	for k := range s.host {
		s.try(&m, i, &s.host[k])
	}
	return m
}

// try makes w the word of m if it begins at i and is longer.
func (s *scanner) try(m *mark, i int, w *word) {
	before := s.at(i - 1)
	// What speaks against a card may touch a mask, what speaks for one may not: once a
	// digit is masked, a word may count less, never more.
	touches := func(c *char) bool { return c.is(letter) && (c.r != s.mask || w.says&vouches != 0) }
	if !w.anywhere && !w.inside && touches(before) {
		return
	}
	end := s.match(i, w)
	ignores := func(x word) bool { return s.match(i, &x) == end }
	if end < 0 || end < m.end || w.whole && touches(s.at(end)) || slices.ContainsFunc(s.less, ignores) {
		return
	}
	says := w.says
	if w.inside && before.is(letter) && says == saysNumber {
		says |= saysInside
	}
	if end == m.end {
		says |= m.says
	}
	*m = mark{start: i, end: end, wordEnd: end, says: says}
	if !w.anywhere {
		m.wordEnd = s.wordEnd(end)
	}
}

// match returns the end of w if it begins at i, or -1.
func (s *scanner) match(i int, w *word) int {
	for k, x := range w.text {
		c := s.at(i)
		switch {
		case x == ' ' && k > 0:
			if i = s.nextWord(i); i < 0 {
				return -1
			}
			continue
		case !w.exact && c.fold != x, w.exact && unicode.ToLower(c.r) != x:
			return -1
		}
		i++
	}
	return i
}

// nextWord returns the start of the word after the one that goes on or ends at i, or
// -1 if anything but a short gap stands between the two.
func (s *scanner) nextWord(i int) int {
	i = s.wordEnd(i)
	for n := 0; n <= maxBetween; n++ {
		c := s.at(i + n)
		if n > 0 && c.r != s.mask && c.is(letter|digit) {
			return i + n
		}
		if c.is(digit|breaks) || c.r == s.mask {
			break
		}
	}
	return -1
}

// wordEnd returns the end of the word that goes on or ends at i. A mask ends it, so
// that no word comes nearer to a number once digits are masked.
func (s *scanner) wordEnd(i int) int {
	for n := 0; n < maxWord && s.at(i).is(letter) && s.c[i].r != s.mask; n++ {
		i++
	}
	return i
}

// join appends m to the marks, or makes one of it and of the last: a kind and a card next
// to each other are a label ("gift card"), one of them and a word for "number" or "code"
// name a number ("order no"), and so does a compound of another word and "number".
func (s *scanner) join(m mark) {
	last := len(s.marks) - 1
	for last > 0 && s.marks[last].says&^(saysExpiry|saysMoney|saysMeans) == 0 { // "cartão do cidadão"
		last--
	}
	if last >= 0 && s.areAdjacent(s.marks[last].wordEnd, m.start) {
		p, says := &s.marks[last], meaning(0)
		switch {
		case p.says&saysKind != 0 && m.says&saysCard != 0, p.says&saysCard != 0 && m.says&saysKind != 0:
			says = saysLabel | names
		case p.says&saysCard != 0 && m.saysNumber():
			says = p.says | names
		case p.saysNumber() && m.says&saysCard != 0 && s.ends(p.end)-s.starts(p.start) > 2: // "no cartão" is none
			says = m.says | names
		case p.says&(saysLabel|saysKind) != 0 && m.saysNumber():
			says = p.says | saysLabel | names
		case p.saysNumber() && m.says&(saysLabel|saysKind) != 0, p.says&saysLabel != 0 && m.says&saysKind != 0, p.says&saysKind != 0 && m.says&saysLabel != 0:
			says = m.says | saysLabel | names
		}
		if says != 0 {
			p.end, p.wordEnd, p.says = m.end, m.wordEnd, says
			s.marks = s.marks[:last+1]
			return
		}
		if p.end >= m.start || p.wordEnd > m.start {
			m.says &^= saysInside
		}
	}
	if m.says&saysInside != 0 && s.isCompound(m.start) {
		m.says = saysLabel | names
	}
	s.marks = append(s.marks, m)
}

// saysNumber reports whether m says no more than "number" or "code".
func (m *mark) saysNumber() bool {
	return m.says&saysNumber != 0 || m.says&saysCode != 0 && m.says&(vouches|saysLabel) == 0
}

// areAdjacent reports whether no more than a short word stands between two words that
// end at i and begin at k.
func (s *scanner) areAdjacent(i, k int) bool {
	letters := 0
	for n := 0; i+n < k; n++ {
		c := s.at(i + n)
		if c.is(letter) {
			letters++
		}
		if n == 6 || letters > 3 || c.is(digit|breaks) || c.r == s.mask {
			return false
		}
	}
	return true
}

// isCompound reports whether the word for "number" at i is the end of a longer word.
func (s *scanner) isCompound(i int) bool {
	if c := s.at(i - 1); c.is(unspaced) {
		return c.is(letter) && (c.r < 0x3040 || c.r >= 0x30A0) // hiragana is mostly grammar
	}
	return s.at(i-1).is(letter) && s.at(i-2).is(letter) && s.at(i-3).is(letter)
}

// hostWords returns the words that the host adds, and those it takes away.
func (r *Redactor) hostWords() (more, less []word) {
	for _, list := range []struct {
		to    *[]word
		words []string
		says  meaning
	}{
		{&more, r.CardWords, saysCard}, {&more, r.CodeWords, saysCode}, {&more, r.PINWords, saysPIN},
		{&more, r.LabelWords, saysLabel | names}, {&less, r.IgnoreWords, 0},
	} {
		for _, text := range list.words {
			if w := parseWord("-"+text, list.says); len(w.text) > 0 {
				*list.to = append(*list.to, w)
			}
		}
	}
	return more, less
}
