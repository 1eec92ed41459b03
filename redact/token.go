package redact

import "unicode/utf8"

const maxToken = 64 // characters of an identifier looked at on either side of a number

// isJoiner reports whether c joins the parts of an identifier.
func isJoiner(c byte) bool { return c == '-' || c == '_' || c == '/' || c == '.' || c == '#' }

// inTokenBefore reports whether the number that starts at i is the end of an
// identifier with letters, such as INV-2026-4539…. Words that speak of cards or
// only say "number" make no identifier, nor does a full stop after a word in
// lower case: "the number is.4242…".
func (s *scanner) inTokenBefore(i int) bool {
	b := s.b
	if i == 0 || !isJoiner(b[i-1]) {
		return false
	}
	i, left := s.skipPlain(i)
	w := &s.walk
	if i == w.at && left >= w.chars && w.chars > 0 {
		return w.found
	}
	found, at, most := false, i, left
	for ; left > 0 && i > 0; left-- {
		if c := b[i-1]; c-'0' <= 9 || isJoiner(c) {
			i--
			continue
		}
		r, n := runeBefore(b, i)
		switch {
		case isLatin(r):
			word := s.wordEnding(i)
			if word.card {
				*w = tokenWalk{at, most - left + 1, false}
				return false
			}
			found = found || word.names
			n = i - word.start
			left -= utf8.RuneCount(b[word.start:i]) - 1
		case classOf(r) != digit && r != s.mask:
			*w = tokenWalk{at, most - left + 1, found}
			return found
		}
		i -= n
	}
	return found
}

// A tokenWalk remembers what inTokenBefore found out behind a plainStretch that
// ends at at, by looking at so many characters.
type tokenWalk struct {
	at, chars int
	found     bool
}

// A plainStretch is a part of the text without letters, in which an identifier
// goes on.
type plainStretch struct{ from, to, chars int }

// skipPlain moves i back to what decides whether the number that starts there is
// the end of an identifier, and returns how many characters more may be looked at.
// It remembers the way, since the next number may stand behind this one.
func (s *scanner) skipPlain(i int) (at, left int) {
	b, p := s.b, &s.plain
	way := plainStretch{to: i}
	for way.chars < maxToken && i > 0 {
		if i == p.to && p.from < p.to {
			i = p.from
			way.chars += p.chars
			continue
		}
		if c := b[i-1]; c-'0' <= 9 || isJoiner(c) {
			i--
		} else if r, w := runeBefore(b, i); !isLatin(r) && (classOf(r) == digit || r == s.mask) {
			i -= w
		} else {
			break
		}
		way.chars++
	}
	way.from = i
	*p = way
	return i, maxToken - way.chars
}

// A tokenWord is a word of Latin letters in an identifier.
type tokenWord struct {
	start, end int
	card       bool // speaks of a card
	names      bool // makes an identifier of what follows
}

// wordEnding returns the word of Latin letters that ends at i. It remembers the
// last few, since many candidates may stand behind the same ones.
func (s *scanner) wordEnding(i int) tokenWord {
	x := &s.tokens[i%len(s.tokens)]
	if x.end != i {
		word := latinBefore(s.b, i)
		start := i - len(word)
		card, filler := s.meaning(word)
		*x = tokenWord{start, i, card, !filler && !s.isSentenceEnd(start, i)}
	}
	return *x
}

// isSentenceEnd reports whether b[start:end] is the last word of a sentence
// whose full stop touches what follows: lower-case letters alone.
func (s *scanner) isSentenceEnd(start, end int) bool {
	b := s.b
	if end-start < 2 || end >= len(b) || b[end] != '.' || start > 0 && !isSpace(b[start-1]) {
		return false
	}
	for _, c := range b[start:end] {
		if 'A' <= c && c <= 'Z' || rune(c) == s.mask {
			return false
		}
	}
	return true
}

// inTokenAfter reports whether the number that ends at i is the beginning of an
// identifier with letters. A full stop before a capital letter is the end of a
// sentence.
func (s *scanner) inTokenAfter(i int) bool {
	b := s.b
	if i >= len(b) || !isJoiner(b[i]) {
		return false
	}
	if b[i] == '.' && i+1 < len(b) && 'A' <= b[i+1] && b[i+1] <= 'Z' && (rune(b[i+1]) != s.mask || !s.hidesDigit(i+1)) {
		return false
	}
	a := &s.ahead
	if i < a.from && s.plainTo(i, a.from) {
		a.from = i
	}
	if i < a.from || i > a.to {
		*a = tokenEnd{from: i, to: i}
	}
	for left := maxToken; left > 0 && !a.decided && a.to < len(b); left-- {
		if c := b[a.to]; c-'0' <= 9 || isJoiner(c) {
			a.to++
			continue
		}
		r, w := runeAfter(b, a.to)
		switch {
		case isLatin(r):
			a.decided, a.names = true, s.namesAfter(a.to)
		case classOf(r) != digit && r != s.mask:
			a.decided = true
		default:
			a.to += w
		}
	}
	return a.names && atMost(b[i:a.to], maxToken-1)
}

// namesAfter reports whether the word of Latin letters that starts at i makes an
// identifier of the number before it. It remembers what it said of the last few.
func (s *scanner) namesAfter(i int) bool {
	x := &s.names[i%len(s.names)]
	if x.start != i {
		*x = nameWord{i, !startsWithWord(s.b, i) && !s.hasCardWord(latinAfter(s.b, i))}
	}
	return x.names
}

// A nameWord is a word of Latin letters behind a number.
type nameWord struct {
	start int
	names bool // makes an identifier of the number
}

// A tokenEnd remembers what inTokenAfter saw: from may be the end of any number,
// up to to an identifier may go on, and there a word may stand that makes one.
type tokenEnd struct {
	from, to       int
	decided, names bool
}

// plainTo reports whether an identifier may go on from i up to to, which is not
// far away.
func (s *scanner) plainTo(i, to int) bool {
	for left := maxToken; left > 0 && i < to; left-- {
		r, w := runeAfter(s.b, i)
		if (r >= utf8.RuneSelf || !isJoiner(byte(r))) && (isLatin(r) || classOf(r) != digit && r != s.mask) {
			return false
		}
		i += w
	}
	return i == to
}
