package redact

import (
	"bytes"
	"unicode/utf8"
)

const maxURL = 256 // characters of a URL looked at before a number

// touchedBefore reports whether what touches a number that starts with group g
// makes it a part of an identifier, a URL or an e-mail address; touchedAfter is the
// same for what stands behind one that ends with g.
func (s *scanner) touchedBefore(g *group) bool {
	return g.is(touchesBefore, func() bool {
		i := skipBack(s.b, g.start)
		r, _ := runeBefore(s.b, i)
		return isLatin(r) && !isEscape(s.b, i) && !s.wordEnding(i).card || s.inURL(i) || s.inTokenBefore(i)
	})
}

func (s *scanner) touchedAfter(g *group) bool {
	return g.is(touchesAfter, func() bool {
		i := skipOn(s.b, g.end)
		r, _ := runeAfter(s.b, i)
		return r == '@' || isLatin(r) && !startsWithWord(s.b, i) || s.inTokenAfter(i)
	})
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

// meaning tells whether a card word is in word, which is of Latin letters, or would
// be if that did not end in an abbreviation of "number": "CardNo", "ccnum"; and
// whether word says no more than "number".
func (s *scanner) meaning(word []byte) (card, filler bool) {
	if s.hasCardWord(word) {
		return true, false
	}
	short, filler := trimFiller(word)
	return len(short) < len(word) && s.hasCardWord(short), filler
}

// hasCardWord reports whether a card word is in text, which is looked at as if
// nothing stood around it.
func (s *scanner) hasCardWord(text []byte) bool {
	return s.cards.words.in(text)
}

// startsWithWord reports whether the letters at i begin a word that may be
// glued to the end of a number: an expiry date or security code follows, or
// the kind of card.
func startsWithWord(b []byte, i int) bool {
	if b = b[i:]; len(b) < 2 {
		return false
	}
	switch [2]byte{b[0] | 0x20, b[1] | 0x20} {
	case [2]byte{'e', 'x'}:
		return foldPrefix(b, "exp") > 0
	case [2]byte{'c', 'v'}:
		return foldPrefix(b, "cvv") > 0 || foldPrefix(b, "cvc") > 0
	case [2]byte{'v', 'a'}:
		return foldPrefix(b, "valid") > 0
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
	if i < c.start || i < c.mark+2 || c.to < i-maxURL*utf8.UTFMax {
		low := max(0, i-maxURL) // enough where the stretch is short
		to := i
		for to > low && !endsURL[b[to-1]] {
			if to--; to == i-maxURL {
				low = stepBack(b, i, maxURL)
			}
		}
		c.to, c.start, c.mark = to, to, 0
	}
	for k, x := range b[min(c.to, i):i] {
		if x-'-' <= '9'-'-' { // most
			continue
		}
		if k += c.to; endsURL[x] {
			c.start, c.mark = k+1, 0
		} else if x == ':' && k+2 < i && b[k+1] == '/' && b[k+2] == '/' {
			c.mark = k + 1
		}
	}
	c.to = max(c.to, i)
	isURL := c.mark > 0 && atMost(b[c.mark-1:i], maxURL) ||
		b[c.start]|0x20 == 'w' && foldPrefix(b[c.start:i], "www.") > 0 && atMost(b[c.start:i], maxURL)
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
