package redact

import (
	"bytes"
	"sync"
)

// Sensitive authentication data (SAD) is what may never be kept, not even
// encrypted: security codes, PINs and the data of a magnetic stripe (PCI DSS
// v4.0.1, requirement 3.3.1; checked 2026-11-22). Only a card number in the
// same text makes SAD of a few digits.

// sadReach is how far from a card number, in bytes, a labelled code is looked
// for. It covers a whole WhatsApp message of 4,096 characters in most scripts
// and bounds what a stream keeps back.
const sadReach = 4096

const (
	codeGap   = 16 // characters between a label and the code: "CVV code on the back is 123" is too far
	maxTrack  = 80 // characters of track data after the card number
	maxHolder = 64 // of them for the name of the card holder
)

// isCode reports whether g is a labelled security code or PIN.
func (s *scanner) isCode(g *group) bool {
	if g.n != 3 && g.n != 4 {
		return false
	}
	return g.is(isLabelled, func() bool { return s.codeBefore(s.b, g.start) != 0 })
}

// expiryWords may stand between a card number and its expiry date.
var expiryWords = [...]string{
	"exp", "valid", "val", "thru", "good", "venc", "vence", "vto", "gültig", "bis", "scad", "до", "срок",
	"有效期", "有効期限", "유효",
}

var expiryTrie = sync.OnceValue(func() *trie {
	t := newTrie(90)
	for _, w := range expiryWords {
		t.add(w, 1, false)
	}
	return &t
})

// startsExpiryWord reports whether b begins with one of expiryWords.
func startsExpiryWord(b []byte) bool {
	t := expiryTrie()
	s := uint16(0)
	for _, c := range b {
		if s = t.step[s][t.class[c]]; s == 0 || t.word[s] > 0 {
			break
		}
	}
	return t.word[s] > 0
}

// number reads the run of at most six digits at i. n is 0 if there is none.
func (s *scanner) number(i int) (value, n, end int) {
	if i >= len(s.b) {
		return 0, 0, i
	}
	if _, w := decimal(s.b, i); w == 0 {
		return 0, 0, i
	}
	for next := i; next >= 0; {
		v, w := decimal(s.b, next)
		if n++; n > 6 {
			return 0, 0, i
		}
		value, end = 10*value+v, next+w
		var gap uint32
		if gap, next = s.nextGroup(s.b, end); gap != 0 {
			break
		}
	}
	return value, n, end
}

// skipGap moves i on over at most n characters that are neither letters nor
// digits, with at most one line break.
func skipGap(b []byte, i, n int) int {
	breaks := 0
	for ; n > 0; n-- {
		r, w := runeAfter(b, i)
		if w == 0 || isDigit(r) || isWordRune(r) {
			break
		}
		if r == '\n' {
			if breaks++; breaks > 1 {
				break
			}
		}
		i += w
	}
	return i
}

// expiryAt returns the end of the expiry date that follows a card number ending
// at i, with or without a word before it. Years run from 2020 to 2049.
func (s *scanner) expiryAt(i int) (end int, ok bool) {
	i = skipGap(s.b, i, 8)
	for range 2 {
		if r, w := runeAfter(s.b, i); w == 0 || !isWordRune(r) {
			break
		}
		if !startsExpiryWord(s.b[i:]) {
			break
		}
		for range maxToken {
			r, w := runeAfter(s.b, i)
			if w == 0 || !isWordRune(r) {
				break
			}
			i += w
		}
		i = skipGap(s.b, i, 4)
	}
	month, n, end := s.number(i)
	year := month % 100
	switch n {
	case 1, 2:
		var m int
		year, m, end = s.number(skipGap(s.b, end, 3))
		if m != 2 && (m != 4 || year/100 != 20) {
			return 0, false
		}
		year %= 100
	case 4:
		month /= 100
	case 6:
		if month/100%100 != 20 {
			return 0, false
		}
		month /= 10000
	default:
		return 0, false
	}
	return end, month >= 1 && month <= 12 && year >= 20 && year <= 49
}

// codeAt returns the group of three or four digits that comes next after i, if
// it stands alone.
func (s *scanner) codeAt(i int) (start, end int, ok bool) {
	start = skipGap(s.b, i, 6)
	_, n, end := s.number(start)
	if n != 3 && n != 4 {
		return 0, 0, false
	}
	if r, w := runeAfter(s.b, end); isLatin(r) {
		return 0, 0, false
	} else if r == '/' || r == '-' || r == '.' || r == ':' {
		if _, n, _ := s.number(end + w); n > 0 { // a date, an amount or a time
			return 0, 0, false
		}
	}
	return start, end, true
}

// isTrack reports whether the number b[start:end] stands in the data of a
// magnetic stripe (ISO/IEC 7813): after %B, or before ^ on track 1; before =
// and at least seven digits on track 2, for which some readers write D.
func (s *scanner) isTrack(start, end int) bool {
	b := s.b
	if start > 0 && b[start-1]|0x20 == 'b' {
		return start > 1 && b[start-2] == '%' || end < len(b) && b[end] == '^'
	}
	if end >= len(b) || b[end] != '=' && b[end]|0x20 != 'd' {
		return false
	}
	least := 7
	if start > 0 && b[start-1] == ';' {
		least = 4
	}
	for i := end + 1; i <= end+least; i++ {
		if i >= len(b) || b[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// mayBeTrack reports whether isTrack may hold for b[start:end], or for a shorter
// number in the same chain that starts there.
func (s *scanner) mayBeTrack(start, end int) bool {
	b := s.b
	return start > 0 && b[start-1]|0x20 == 'b' || end < len(b) && (b[end] == '=' || b[end]|0x20 == 'd')
}

// trackTail returns the stretch of track data behind the card number
// b[start:end] that must not be kept: all after the second caret of track 1,
// all after the separator of track 2.
func (s *scanner) trackTail(start, end int) (from, to int) {
	b := s.b
	from = end + 1
	if end < len(b) && b[end] == '^' {
		line := b[from:min(len(b), from+maxHolder)]
		k := bytes.IndexAny(line, "^?\n")
		if k < 0 || line[k] != '^' {
			return end, end
		}
		from += k + 1
	} else if start > 0 && b[start-1]|0x20 == 'b' {
		return end, end
	}
	for to = from; to < len(b) && to-from < maxTrack; to++ {
		if c := b[to]; c == '?' || isSpace(c) {
			break
		}
	}
	return from, to
}
