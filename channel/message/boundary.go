package message

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ending is what ends at a position in a text, from nothing at all to a paragraph.
type ending int

const (
	endNothing ending = iota // within what is one character to the eye
	endCluster
	endGroup // of digits, within what may be one number
	endWord
	endSentence
	endLine
	endParagraph
	numEnds
)

// endAt says what ends at a position behind the character left, at the end of so many
// halves of flags; the text goes on there. sentence tells of white space whether it is behind one.
func endAt(text string, at int, left rune, flags int, sentence func() bool) ending {
	right, _ := utf8.DecodeRuneInString(text[at:])
	switch {
	case joined(left, right, flags):
		return endNothing
	case left == '\n':
		if right == '\n' || strings.HasSuffix(strings.TrimRight(text[:at-1], " \t\r"), "\n") {
			return endParagraph
		}
		return endLine
	case left == '\u2029':
		return endParagraph
	case unicode.IsSpace(left) || unicode.IsSpace(right):
		if sentence() {
			return endSentence
		}
		return endWord
	case strings.ContainsRune(fullStops, left) && !closes(right):
		return endSentence
	case unicode.In(left, unspaced...) && !closes(right),
		strings.ContainsRune("、，；：", left) && !closes(right):
		return endWord
	}
	return endCluster
}

// minNumber and maxNumber are how many digits a card number has, and numberGap is how far apart its groups
// may be, in characters.
const minNumber, maxNumber, numberGap = 12, 19, 3

// withinNumber reports whether a position lies between groups of digits that may be one number: only as a whole is
// one of a card found, and masked.
func withinNumber(text string, at int) bool {
	before := digitsBeside(text[:at], utf8.DecodeLastRuneInString, func(s string, n int) string { return s[:len(s)-n] })
	if before == 0 {
		return false
	}
	after := digitsBeside(text[at:], utf8.DecodeRuneInString, func(s string, n int) string { return s[n:] })
	return after > 0 && before+after >= minNumber
}

// digitsBeside counts the digits at one end of a text, up to maxNumber, over the gaps between their groups.
func digitsBeside(text string, next func(string) (rune, int), without func(string, int) string) (digits int) {
	for gap := 0; gap <= numberGap && digits < maxNumber && text != ""; {
		r, size := next(text)
		switch {
		case unicode.IsDigit(r):
			digits, gap = digits+1, 0
		case unicode.IsLetter(r):
			return digits
		default:
			gap++
		}
		text = without(text, size)
	}
	return digits
}

// stops end a sentence if white space follows, fullStops in any case: they belong to
// scripts that put no space behind a sentence.
const (
	stops     = ".!?…؟۔।॥።՜՞։៕၊။"
	fullStops = "。！？｡．"
)

// endsSentence looks at what stands before white space.
func endsSentence(before string) bool {
	before = strings.TrimRightFunc(before, func(r rune) bool { // quotes and brackets belong to the sentence
		return closes(r) && !strings.ContainsRune(stops+fullStops, r)
	})
	r, _ := utf8.DecodeLastRuneInString(before)
	return strings.ContainsRune(stops+fullStops, r)
}

// closes reports whether a line does not begin with r.
func closes(r rune) bool {
	return unicode.In(r, unicode.Pe, unicode.Pf) || strings.ContainsRune(`.,;:!?"'*_~%、，。；：！？…`+"`", r) ||
		strings.ContainsRune(stops, r)
}

// unspaced are the scripts that put no space between words.
var unspaced = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// The characters that hold clusters together, beside marks.
const (
	joiner    = '\u200d'
	nonJoiner = '\u200c'
)

// joined reports whether the characters at both sides of a position are one to the eye,
// by the rules of Unicode's text segmentation in rough outline. flags is how many halves of
// flags end there.
func joined(left, right rune, flags int) bool {
	switch {
	case left == '\r' && right == '\n':
		return true
	case left == '\n' || right == '\n' || left == '\r':
		return false
	case left == joiner, right == joiner, right == nonJoiner:
		return true
	case unicode.Is(unicode.M, right): // accents, vowel signs, variation selectors
		return true
	case right >= 0x1f3fb && right <= 0x1f3ff, right >= 0xe0020 && right <= 0xe007f: // skin tones, tags of flags
		return true
	case right == 'ำ', right == 'ຳ', left >= 'เ' && left <= 'ไ', left >= 'ເ' && left <= 'ໄ': // vowels of Thai and Lao
		return true
	case unicode.IsLetter(right) && strings.ContainsRune(conjoining, left):
		return true
	case regional(left) && regional(right): // flags are pairs
		return flags%2 == 1
	case unicode.Is(unicode.Hangul, left) && unicode.Is(unicode.Hangul, right): // jamo make syllables
		return jamo(right) && (jamo(left) || right >= 0x1160)
	}
	return false
}

// conjoining are the signs after which the next consonant belongs to the same cluster.
const conjoining = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u17d2"

func regional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

func jamo(r rune) bool { return r >= 0x1100 && r <= 0x11ff }

// urlLen returns how many bytes the web address takes that begins at a position; 0 if
// none does.
func urlLen(text string, at int) int {
	rest := text[at:]
	head := rest[:min(len(rest), len("https://"))]
	if !hasPrefixFold(head, "http://") && !hasPrefixFold(head, "https://") && !hasPrefixFold(head, "www.") {
		return 0
	}
	end := strings.IndexFunc(rest, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("<>\"", r) ||
			unicode.In(r, unspaced...) || r > 0x7f && unicode.IsPunct(r)
	})
	if end < 0 {
		return len(rest)
	}
	return end
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
