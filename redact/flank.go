package redact

import (
	"bytes"
	"unicode/utf8"
)

const (
	maxToken = 64  // characters of an identifier looked at on either side of a number
	maxURL   = 256 // characters of a URL looked at before a number
)

// touched reports whether what touches the number b[start:end] makes it a part
// of an identifier, a URL or an e-mail address.
func (s *scanner) touched(start, end int) bool {
	b := s.b
	right := skipOn(b, end)
	if right < len(b) {
		if r, _ := runeAfter(b, right); r == '@' || isLatin(r) && !startsWithWord(b, right) {
			return true
		}
	}
	// Candidates of many lengths start at the same place.
	if c := &s.front; c.behind != start+1 {
		c.behind, c.touched = start+1, s.touchedBefore(skipBack(b, start))
	}
	return s.front.touched || s.inTokenAfter(right)
}

// A frontCache remembers what touchedBefore said of the last candidate.
type frontCache struct {
	behind  int // one more than its start; 0 before the first
	touched bool
}

// touchedBefore is touched for what stands before i.
func (s *scanner) touchedBefore(i int) bool {
	if r, _ := runeBefore(s.b, i); isLatin(r) && !isEscape(s.b, i) && !s.speaksOfCard(latinBefore(s.b, i)) {
		return true
	}
	return s.inURL(i) || s.inTokenBefore(i)
}

// isEscape reports whether the letter that ends at i is the second half of an
// escaped line break or tab, as in the source text of JSON.
func isEscape(b []byte, i int) bool {
	if i < 2 || b[i-2] != '\\' {
		return false
	}
	switch b[i-1] {
	case 'n', 't', 'r', 'f', 'b', 'v':
		return true
	}
	return false
}

// latinBefore returns the word of Latin letters that ends at i.
func latinBefore(b []byte, i int) []byte {
	end := i
	for end-i < maxToken {
		r, w := runeBefore(b, i)
		if w == 0 || !isLatin(r) {
			break
		}
		i -= w
	}
	return b[i:end]
}

// latinAfter returns the word of Latin letters that starts at i.
func latinAfter(b []byte, i int) []byte {
	start := i
	for i-start < maxToken {
		r, w := runeAfter(b, i)
		if w == 0 || !isLatin(r) {
			break
		}
		i += w
	}
	return b[start:i]
}

// speaksOfCard reports whether a card word is in word, or would be if that did
// not end in an abbreviation of "number": "CardNo", "ccnum".
func (s *scanner) speaksOfCard(word []byte) bool {
	if s.hasCardWord(word) {
		return true
	}
	var buf [labelBytes + utf8.UTFMax]byte
	word = lower(buf[:0], word)
	short := trimFiller(word)
	return len(short) < len(word) && s.hasCardWord(short)
}

// saysNumber reports whether word says no more than "number".
func saysNumber(word []byte) bool {
	var buf [labelBytes + utf8.UTFMax]byte
	return isFiller(lower(buf[:0], word))
}

// hasCardWord reports whether a card word is in text, which is looked at as if
// nothing stood around it.
func (s *scanner) hasCardWord(text []byte) bool {
	v := s.vocabulary()
	return v.in(text)
}

// startsWithWord reports whether the letters at i begin a word that may be
// glued to the end of a number: an expiry date or security code follows, or
// the kind of card.
func startsWithWord(b []byte, i int) bool {
	for _, w := range [...]string{"exp", "cvv", "cvc", "valid"} {
		if foldPrefix(b[i:], w) > 0 {
			return true
		}
	}
	return false
}

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
	found := false
	for left := maxToken; left > 0 && i > 0; left-- {
		if c := b[i-1]; c-'0' <= 9 || isJoiner(c) {
			i--
			continue
		}
		r, w := runeBefore(b, i)
		switch {
		case isLatin(r):
			word := s.wordEnding(i)
			if word.card {
				return false
			}
			found = found || word.names
			w = i - word.start
			left -= utf8.RuneCount(b[word.start:i]) - 1
		case classOf(r) != digit && r != s.mask:
			return found
		}
		i -= w
	}
	return found
}

// A tokenWord is a word of Latin letters in an identifier.
type tokenWord struct {
	start, end int
	card       bool // speaks of a card
	names      bool // makes an identifier of what follows
}

// wordEnding returns the word of Latin letters that ends at i. It remembers the
// last, since many candidates may stand behind the same one.
func (s *scanner) wordEnding(i int) tokenWord {
	if s.token.end != i {
		word := latinBefore(s.b, i)
		start := i - len(word)
		s.token = tokenWord{start, i, s.speaksOfCard(word), !saysNumber(word) && !s.isSentenceEnd(start, i)}
	}
	return s.token
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
	for left := maxToken; left > 0 && i < len(b); left-- {
		if c := b[i]; c-'0' <= 9 || isJoiner(c) {
			i++
			continue
		}
		r, w := runeAfter(b, i)
		switch {
		case isLatin(r):
			return !startsWithWord(b, i) && !s.hasCardWord(latinAfter(b, i))
		case classOf(r) != digit && r != s.mask:
			return false
		}
		i += w
	}
	return false
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

// endsURL holds the characters that cannot be inside a URL.
var endsURL = [256]bool{
	' ': true, '\t': true, '\n': true, '\v': true, '\f': true, '\r': true,
	'"': true, '\'': true, '<': true, '>': true, '`': true,
}

// A urlCache remembers what was seen of the text before the last candidate, so
// that each byte is looked at once.
type urlCache struct {
	to    int // seen up to here
	start int // of the last stretch without spaces or quotes
	mark  int // behind the colon of the last "://" in it, or 0
}

// inURL reports whether the number that starts at i is inside a URL, unless it
// is the value of a parameter whose name speaks of a card.
func (s *scanner) inURL(i int) bool {
	b, c := s.b, &s.url
	if i == 0 || endsURL[b[i-1]] {
		return false
	}
	if c.to > i || c.to < i-maxURL*utf8.UTFMax {
		c.to = stepBack(b, i, maxURL)
		c.start, c.mark = c.to, 0
	}
	for ; c.to < i; c.to++ {
		if endsURL[b[c.to]] {
			c.start, c.mark = c.to+1, 0
		} else if b[c.to] == ':' && c.to+2 < i && b[c.to+1] == '/' && b[c.to+2] == '/' {
			c.mark = c.to + 1
		}
	}
	isURL := c.mark > 0 && atMost(b[c.mark-1:i], maxURL) ||
		foldPrefix(b[c.start:i], "www.") > 0 && atMost(b[c.start:i], maxURL)
	if !isURL {
		return false
	}
	if b[i-1] != '=' {
		return true
	}
	key := b[max(c.start, stepBack(b, i, maxURL)) : i-1]
	if k := bytes.LastIndexAny(key, "?&;#/"); k >= 0 {
		key = key[k+1:]
	}
	return !s.hasCardWord(key)
}

// isFraction reports whether the number that starts at i is the fraction of a
// decimal number: one to three digits and a point stand before it.
func (s *scanner) isFraction(i int) bool {
	b := s.b
	if i < 2 || b[i-1] != '.' {
		return false
	}
	i--
	for n := 0; ; n++ {
		r, w := runeBefore(b, i)
		if w == 0 || (r < '0' || r > '9') && r != s.mask {
			return n > 0 && r != '.' && !isLatin(r)
		}
		if n == 3 {
			return false
		}
		i -= w
	}
}

// hidesDigit reports whether the mask at b[i] may stand for a digit: an X in a
// word does not.
func (s *scanner) hidesDigit(i int) bool {
	if !isLatin(s.mask) {
		return true
	}
	before, _ := runeBefore(s.b, i)
	after, _ := runeAfter(s.b, i+utf8.RuneLen(s.mask))
	return (before == s.mask || !isLatin(before)) && (after == s.mask || !isLatin(after))
}

func isLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

func isAlnum(c byte) bool { return c-'0' <= 9 || isLetter(c) }
