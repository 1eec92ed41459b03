package redact

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is a set of what a character may be.
type class uint8

const (
	digit     class = 1 << iota // a decimal digit of any script
	separator                   // may stand between two groups of digits
	lineBreak                   // a separator of which a narrow gap may hold only one
	letter                      // or a mark that combines with one
	latin                       // of the only script whose letters make an identifier of the digits they touch
	unspaced                    // of a script without spaces between words, or with others in front of them
	breaks                      // ends a phrase, so that words on its two sides do not belong together
	ignored                     // invisible, or an accent: left out of what is read
)

// A char is a character of a text, taken apart.
type char struct {
	r, fold rune  // as it is, and as words are compared
	at      int32 // byte offset in the text
	class   class
	value   uint8 // of a digit
}

func (c *char) is(x class) bool { return c.class&x != 0 }

// far stands for text that was left out because it is far from any digit.
const far rune = -1

// tableEnd is behind the characters of most scripts but Chinese and Korean.
const tableEnd = 0x3100

// table holds what is known of the characters before tableEnd.
var table = sync.OnceValue(func() *[tableEnd]char {
	plain := map[rune]rune{}
	for _, row := range accents {
		letters := []rune(row)
		for _, r := range letters[1:] {
			plain[r] = letters[0]
		}
	}
	var t [tableEnd]char
	for r := range t {
		t[r] = describe(rune(r))
		if base, ok := plain[t[r].fold]; ok {
			t[r].fold = base
		}
	}
	return &t
})

// charOf takes a character apart.
func charOf(t *[tableEnd]char, r rune) char {
	switch {
	case r < tableEnd:
		return t[r]
	case r >= 0x3400 && r < 0xA000, r >= 0xAC00 && r < 0xD7A4: // Chinese, Korean
		return char{r: r, fold: r, class: letter | unspaced}
	case r >= 0x1F000 && r < 0x1FB00: // emoji
		return char{r: r, fold: r, class: unspaced}
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms; no identifier is made of their letters
		c := t[r-0xFEE0]
		c.r, c.class = r, describe(r).class
		return c
	}
	return describe(r)
}

// describe takes a character apart but for its accents.
func describe(r rune) char {
	c := char{r: r, fold: unicode.ToLower(r)}
	switch {
	case isInvisible(r), r < 0x0700 && unicode.Is(unicode.Mn, r), r == 0x0640: // vowel points, the line that stretches Arabic words
		c.class = ignored
	case unicode.IsDigit(r):
		c.class, c.value = digit, digitValue(r)
		c.fold = '0' + rune(c.value)
	case unicode.IsLetter(r), unicode.Is(unicode.M, r):
		c.class = letter
		if r < 0x2000 && unicode.Is(unicode.Latin, r) { // full-width ones stand in Japanese like any other character
			c.class |= latin
		}
	case r == '\r', r == '\n':
		c.class = separator | lineBreak
	case isSeparator(r):
		c.class = separator
	}
	if strings.ContainsRune(",;:!?()/\n\r、，。；：！？،؛؟।…", r) {
		c.class |= breaks
	}
	if slices.ContainsFunc(unspacedRanges[:], func(x [2]rune) bool { return r >= x[0] && r <= x[1] }) {
		c.class |= unspaced
	}
	return c
}

// digitValue returns the value of r, which is a digit: they come in tens.
func digitValue(r rune) uint8 {
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return uint8(r-zero) % 10
}

func isSeparator(r rune) bool {
	return r >= 0x2000 && r <= 0x200A || r >= 0x2010 && r <= 0x2015 || // spaces of all widths, dashes
		strings.ContainsRune(" \t-.,_/|*:~\u00A0·•\u202F\u205F\u3000−・\uFE58\uFE63\uFF0D", r)
}

func isInvisible(r rune) bool {
	return r >= 0x200B && r <= 0x200F || r >= 0x202A && r <= 0x202E || r >= 0x2060 && r <= 0x2064 || r >= 0x2066 && r <= 0x2069 ||
		strings.ContainsRune("\u00AD\u20E3\uFE0E\uFE0F\uFEFF", r) // soft hyphen, the key cap around an emoji digit, forms of emoji
}

// unspacedRanges are Hebrew and Arabic; Thai and Lao; Burmese; Ethiopic; Khmer; Chinese and
// kana; Korean; half-width kana; emoji.
var unspacedRanges = [...][2]rune{
	{0x0590, 0x077F}, {0x0E00, 0x0EFF}, {0x1000, 0x109F}, {0x1200, 0x137F}, {0x1780, 0x17FF},
	{0x2E80, 0x9FFF}, {0xAC00, 0xD7AF}, {0xFF66, 0xFF9F}, {0x1F000, 0x1FFFF},
}

// Constants of the word-at-a-time search: eight bytes are tested with a few additions.
// Adding 0x80-x to a byte below 0x80 sets its top bit exactly when the byte is at least
// x, and never carries into the next one.
const (
	ones  = 0x0101010101010101
	tops  = 0x80 * ones
	low7  = 0x7F * ones
	from0 = (0x80 - '0') * ones       // at least '0'
	from9 = (0x80 - ('9' + 1)) * ones // above '9'

	// Of the bytes above 0x7F only some lead to a digit: D9, DB, DF, E0, E1, EA, EF and
	// F0. Tested are the two ranges D9–E1 and from EA on, so that Latin, Greek, Cyrillic,
	// Hebrew, kana and most Chinese go by unseen.
	fromD9 = (0x80 - 0x59) * ones
	fromE2 = (0x80 - 0x62) * ones
	fromEA = (0x80 - 0x6A) * ones
)

// nextDigit returns the offset of the first decimal digit at or after i, or len(b).
func nextDigit(b []byte, i int) int {
	for t := table(); i < len(b); i++ {
		if len(b)-i >= 8 {
			x := binary.LittleEndian.Uint64(b[i:])
			y := x & low7
			flags := (y + from0) &^ (y + from9) &^ x
			if x&tops != 0 {
				flags |= ((y+fromD9)&^(y+fromE2) | (y + fromEA)) & x
			}
			if flags &= tops; flags == 0 {
				i += 7
				continue
			}
			i += bits.TrailingZeros64(flags) >> 3
		}
		if b[i]-'0' <= 9 {
			return i
		}
		if b[i] >= utf8.RuneSelf {
			r, w := utf8.DecodeRune(b[i:])
			if r < tableEnd && t[r].class&digit != 0 || r >= tableEnd && isDigit(r) {
				return i
			}
			i += w - 1
		}
	}
	return len(b)
}

// plain returns how many bytes of ASCII, but no digit and no mask, which is in each byte of
// mask, b begins with. It does not look at the last few.
func plain(b []byte, mask uint64) (n int) {
	for ; len(b)-n >= 8; n += 8 {
		x := binary.LittleEndian.Uint64(b[n:])
		if flags := (x | (x&low7+from0)&^(x&low7+from9) | (x^mask-ones)&^(x^mask)) & tops; flags != 0 {
			return n + bits.TrailingZeros64(flags)>>3
		}
	}
	return n
}

func isDigit(r rune) bool {
	if r < tableEnd {
		return uint32(r-'0') <= 9 || r >= utf8.RuneSelf && table()[r].is(digit)
	}
	return (r >= 0xA620 && r < 0xAC00 || r >= 0xFF10) && unicode.IsDigit(r)
}
