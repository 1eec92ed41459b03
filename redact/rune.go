package redact

import (
	"unicode"
	"unicode/utf8"
)

// class is what a character means inside a number.
type class uint8

const (
	other       class = iota
	digit             // a decimal digit of any script
	separator         // may stand between two groups of digits
	lineBreak         // a separator of which a gap may hold only one
	transparent       // invisible: ignored inside a number
)

// asciiClass gives the class of the characters below U+0080.
var asciiClass = [utf8.RuneSelf]class{
	'0': digit, '1': digit, '2': digit, '3': digit, '4': digit,
	'5': digit, '6': digit, '7': digit, '8': digit, '9': digit,
	' ': separator, '\t': separator, '-': separator, '.': separator, ',': separator,
	'_': separator, '/': separator, '|': separator, '*': separator, ':': separator,
	'~': separator, '\r': lineBreak, '\n': lineBreak,
}

// classOf returns the class of a character.
func classOf(r rune) class {
	switch {
	case r < utf8.RuneSelf:
		return asciiClass[r]
	case decimalValue(r) >= 0:
		return digit
	}
	return runeClass(r)
}

// runeClass is classOf for a character above U+007F that is no digit.
func runeClass(r rune) class {
	switch {
	case r == 0x00A0, // no-break space
		r == 0x00B7,                // middle dot
		r >= 0x2000 && r <= 0x200A, // spaces of all widths
		r >= 0x2010 && r <= 0x2015, // hyphens and dashes
		r == 0x2022,                // bullet
		r == 0x202F, r == 0x205F, r == 0x3000,
		r == 0x2212,                           // minus
		r == 0x30FB,                           // katakana middle dot
		r == 0xFE58, r == 0xFE63, r == 0xFF0D: // small and full-width dashes
		return separator
	case r == 0x00AD, // soft hyphen
		r >= 0x200B && r <= 0x200F, // zero-width characters, direction marks
		r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x2064,
		r >= 0x2066 && r <= 0x2069,
		r == 0x20E3, // the key cap around an emoji digit
		r == 0xFE0E, r == 0xFE0F, r == 0xFEFF:
		return transparent
	}
	return other
}

// separatorID tells separators apart in one byte.
func separatorID(r rune) uint8 {
	if r < utf8.RuneSelf {
		return uint8(r)
	}
	return uint8(r*69>>6) | 0x80 // without collision, as a test shows
}

// isTransparent reports whether r is ignored inside a number.
func isTransparent(r rune) bool {
	return r >= utf8.RuneSelf && runeClass(r) == transparent
}

// digitSecond tells, for the lead bytes of three-byte digits, which second
// bytes lead to one: bit n stands for 0x80+n. It spares text in Thai, Hangul
// or Georgian the search through the table of digits.
var digitSecond = [...]uint64{
	0: 1<<0x25 | 1<<0x27 | 1<<0x29 | 1<<0x2B | 1<<0x2D | 1<<0x2F | 1<<0x31 | 1<<0x33 |
		1<<0x35 | 1<<0x37 | 1<<0x39 | 1<<0x3B | 1<<0x3C, // E0: Devanagari … Tibetan
	1: 1<<0x01 | 1<<0x02 | 1<<0x1F | 1<<0x20 | 1<<0x25 | 1<<0x27 | 1<<0x2A |
		1<<0x2D | 1<<0x2E | 1<<0x31, // E1: Myanmar … Ol Chiki
	10: 1<<0x18 | 1<<0x23 | 1<<0x24 | 1<<0x27 | 1<<0x29 | 1<<0x2F, // EA: Vai … Meetei Mayek
	15: 1 << 0x3C,                                                 // EF: full-width
}

// decimal returns the value of the decimal digit at b[i] and its width in
// bytes, or a width of 0 when there is none.
func decimal(b []byte, i int) (value, width int) {
	c := b[i]
	if c < utf8.RuneSelf {
		if c -= '0'; c <= 9 {
			return int(c), 1
		}
		return 0, 0
	}
	// Few lead bytes start a digit; emoji share one of them, so that lead is
	// told apart by its second and third byte.
	switch c {
	case 0xD9: // Arabic
		return twoByteDigit(b, i, 0xA0)
	case 0xDB: // Persian, Urdu
		return twoByteDigit(b, i, 0xB0)
	case 0xDF: // N'Ko
		return twoByteDigit(b, i, 0x80)
	case 0xE0, 0xE1, 0xEA, 0xEF:
		if i+2 >= len(b) || digitSecond[c&0x0F]>>(b[i+1]&0x3F)&1 == 0 {
			return 0, 0
		}
	case 0xF0:
		if i+3 >= len(b) || b[i+1] == 0x9F && b[i+2] != 0xAF {
			return 0, 0
		}
	default:
		return 0, 0
	}
	r, width := utf8.DecodeRune(b[i:])
	if value = decimalValue(r); value < 0 {
		return 0, 0
	}
	return value, width
}

// twoByteDigit is decimal for a lead byte behind which the digits are the second
// bytes from zero on.
func twoByteDigit(b []byte, i int, zero byte) (value, width int) {
	if i+1 < len(b) && b[i+1]-zero <= 9 {
		return int(b[i+1] - zero), 2
	}
	return 0, 0
}

// decimalValue returns the value of r, or -1 if r is no decimal digit. Every
// range of the Unicode table is a multiple of ten digits, in order.
func decimalValue(r rune) int {
	if r <= 0xFFFF {
		table := unicode.Nd.R16
		lo, hi := 0, len(table)
		for lo < hi {
			mid := int(uint(lo+hi) >> 1)
			if rune(table[mid].Hi) < r {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		if lo < len(table) && rune(table[lo].Lo) <= r {
			return int(r-rune(table[lo].Lo)) % 10
		}
		return -1
	}
	for _, x := range unicode.Nd.R32 {
		if uint32(r) <= x.Hi {
			if uint32(r) < x.Lo {
				break
			}
			return int(uint32(r)-x.Lo) % 10
		}
	}
	return -1
}

// isLatin reports whether r is a letter of the Latin script, the only script
// whose letters make an identifier of the digits they touch. Its full-width
// letters, which stand in Japanese text like any other character, do not count.
func isLatin(r rune) bool {
	if r < utf8.RuneSelf {
		r |= 0x20
		return 'a' <= r && r <= 'z'
	}
	return r < 0x2000 && unicode.Is(unicode.Latin, r)
}

// runeBefore returns the character that ends at i, and its width. At the start
// of the text the width is 0.
func runeBefore(b []byte, i int) (rune, int) {
	if i > 0 && b[i-1] < utf8.RuneSelf {
		return rune(b[i-1]), 1
	}
	r, n := utf8.DecodeLastRune(b[:i])
	return r, n
}

// runeAfter returns the character that starts at i, and its width. At the end
// of the text the width is 0.
func runeAfter(b []byte, i int) (rune, int) {
	if i < len(b) && b[i] < utf8.RuneSelf {
		return rune(b[i]), 1
	}
	r, n := utf8.DecodeRune(b[i:])
	return r, n
}

// skipBack moves i back over invisible characters, and skipOn forward.
func skipBack(b []byte, i int) int {
	for range maxTransparent {
		r, n := runeBefore(b, i)
		if n == 0 || !isTransparent(r) {
			break
		}
		i -= n
	}
	return i
}

func skipOn(b []byte, i int) int {
	for range maxTransparent {
		r, n := runeAfter(b, i)
		if n == 0 || !isTransparent(r) {
			break
		}
		i += n
	}
	return i
}

// stepBack moves i back by at most n characters, stepOn forward. Each byte that
// does not continue a character counts as one.
func stepBack(b []byte, i, n int) int {
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

func stepOn(b []byte, i, n int) int {
	for ; n >= 8 && len(b)-i >= 8 && load64(b[i:])&tops == 0; n -= 8 {
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
