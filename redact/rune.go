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
	if uint32(r) < utf8.RuneSelf {
		return asciiClass[r]
	}
	return longClass(r)
}

// longClass is classOf for what is not ASCII.
func longClass(r rune) class {
	if isDigit(r) {
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
	var r rune
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
		if i+2 >= len(b) || digitSecond[c&0x0F]>>(b[i+1]&0x3F)&1 == 0 || !continues(b[i+1]) || !continues(b[i+2]) {
			return 0, 0
		}
		r, width = three(b, i), 3
	case 0xF0:
		if i+3 >= len(b) || b[i+1] < 0x90 || b[i+1] == 0x9F && b[i+2] != 0xAF ||
			!continues(b[i+1]) || !continues(b[i+2]) || !continues(b[i+3]) {
			return 0, 0
		}
		r, width = four(b, i), 4
	default:
		return 0, 0
	}
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

// continues reports whether c goes on with a character of several bytes.
func continues(c byte) bool { return c&0xC0 == 0x80 }

// two, three and four return the character of as many bytes at b[i], where valid
// UTF-8 is known to be.
func two(b []byte, i int) rune { return rune(b[i]&0x1F)<<6 | rune(b[i+1]&0x3F) }

func three(b []byte, i int) rune {
	return rune(b[i]&0x0F)<<12 | rune(b[i+1]&0x3F)<<6 | rune(b[i+2]&0x3F)
}

func four(b []byte, i int) rune {
	return rune(b[i]&0x07)<<18 | rune(b[i+1]&0x3F)<<12 | rune(b[i+2]&0x3F)<<6 | rune(b[i+3]&0x3F)
}

// The mathematical digits are five sets of ten in a row.
const mathZero, mathDigits = 0x1D7CE, 50

// digitBlocks holds, for each sixteen characters, one more than the place among
// them where ten digits begin, or 0. Only the mathematical digits begin elsewhere
// than that, as a test shows.
var digitBlocks = func() (blocks [0x2000]uint8) {
	for _, x := range unicode.Nd.R16 {
		for r := int(x.Lo); r < int(x.Hi); r += 10 {
			blocks[r>>4] = uint8(r&15) + 1
		}
	}
	for _, x := range unicode.Nd.R32 {
		for r := x.Lo; r < x.Hi && r>>4 < uint32(len(blocks)) && x.Lo != mathZero; r += 10 {
			blocks[r>>4] = uint8(r&15) + 1
		}
	}
	return blocks
}()

// decimalValue returns the value of r, or -1 if r is no decimal digit.
func decimalValue(r rune) int {
	if block := int(r >> 4); uint(block) < uint(len(digitBlocks)) {
		if zero := digitBlocks[block]; zero > 0 {
			if v := int(r&15) - int(zero-1); 0 <= v && v <= 9 {
				return v
			}
		}
	}
	if v := int(r) - mathZero; 0 <= v && v < mathDigits {
		return v % 10
	}
	return -1
}

// isDigit reports whether r is a decimal digit.
func isDigit(r rune) bool { return decimalValue(r) >= 0 }

// latinEnd is behind the last letter that isLatin tells.
const latinEnd = 0x2000

// latin has a bit for each letter of the Latin script.
var latin = func() (letters [latinEnd / 64]uint64) {
	for _, x := range unicode.Latin.R16 {
		for r := x.Lo; r <= x.Hi && r < latinEnd; r += x.Stride {
			letters[r>>6] |= 1 << (r & 63)
		}
	}
	return letters
}()

// isLatin reports whether r is a letter of the Latin script, the only script
// whose letters make an identifier of the digits they touch. Its full-width
// letters, which stand in Japanese text like any other character, do not count.
func isLatin(r rune) bool { return uint32(r) < latinEnd && latin[r>>6]>>(r&63)&1 != 0 }

// lowerLatin has the small letters of Latin-1 and of Latin Extended-A.
var lowerLatin = func() (letters [0x180]uint16) {
	for r := range letters {
		letters[r] = uint16(unicode.ToLower(rune(r)))
	}
	return letters
}()

// toLower is unicode.ToLower, but faster for the letters of most people.
func toLower(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return r
	case r < rune(len(lowerLatin)):
		return rune(lowerLatin[r])
	case r >= 0x0430 && r <= 0x045F, // Cyrillic in lower case
		r >= 0x0590 && r < 0x10A0,                            // from Hebrew to Burmese there is no case
		r >= 0x3000 && r < 0xA640, r >= 0xAC00 && r < 0xFF00: // nor is there in the East
		return r
	case r >= 0x0410 && r <= 0x042F:
		return r + 0x20
	}
	return unicode.ToLower(r)
}
