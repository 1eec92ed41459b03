package redact

import (
	"encoding/binary"
	"math/bits"
	"sync"
	"unicode"
	"unicode/utf8"
)

// class is what a character means inside a number.
type class uint8

const (
	other     class = iota
	digit           // a decimal digit of any script
	separator       // may stand between two groups of digits
	lineBreak       // a separator of which a narrow gap may hold only one
	invisible       // ignored inside a number
)

// classOf returns the class of a character.
func classOf(r rune) class {
	switch {
	case r >= '0' && r <= '9':
		return digit
	case r == '\r', r == '\n':
		return lineBreak
	case r == ' ', r == '\t', r == '-', r == '.', r == ',', r == '_', r == '/', r == '|', r == '*', r == ':', r == '~':
		return separator
	case r < utf8.RuneSelf:
		return other
	case isDigit(r):
		return digit
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
		return invisible
	}
	return other
}

// runeAt returns the character at b[i] and its width, which is 0 at the end.
func runeAt(b []byte, i int) (rune, int) {
	if i < len(b) && b[i] < utf8.RuneSelf {
		return rune(b[i]), 1
	}
	return utf8.DecodeRune(b[i:])
}

// runeBefore returns the character that ends at i and its width, which is 0 at the
// start.
func runeBefore(b []byte, i int) (rune, int) {
	if i > 0 && b[i-1] < utf8.RuneSelf {
		return rune(b[i-1]), 1
	}
	return utf8.DecodeLastRune(b[:i])
}

// digitBlocks holds, for each sixteen characters, one more than the place among
// them where ten digits begin, or 0. Only the mathematical digits, five sets of ten
// in a row, begin elsewhere than that.
var digitBlocks = sync.OnceValue(func() *[0x2000]uint8 {
	var blocks [0x2000]uint8
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
	return &blocks
})

const mathZero, mathDigits = 0x1D7CE, 50

// digitValue returns the value of r, or -1 if r is no decimal digit.
func digitValue(r rune) int {
	if r < 0x660 { // the first digits that are not ASCII are Arabic
		if v := int(r - '0'); 0 <= v && v <= 9 {
			return v
		}
		return -1
	}
	if blocks := digitBlocks(); int(r>>4) < len(blocks) {
		if zero := blocks[r>>4]; zero > 0 {
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

func isDigit(r rune) bool { return digitValue(r) >= 0 }

// decimal returns the value of the decimal digit at b[i] and its width in bytes, or
// a width of 0 if there is none.
func decimal(b []byte, i int) (value, width int) {
	if c := b[i]; c < utf8.RuneSelf {
		if c -= '0'; c <= 9 {
			return int(c), 1
		}
		return 0, 0
	}
	if c := b[i]; c >= 0xE0 && c < 0xF0 && i+1 < len(b) && digitSeconds[c&0x0F]>>(b[i+1]&0x3F)&1 == 0 {
		return 0, 0 // most Thai, Hindi or Korean
	}
	r, w := utf8.DecodeRune(b[i:])
	if v := digitValue(r); v >= 0 {
		return v, w
	}
	return 0, 0
}

// digitSeconds tells, for the first bytes of characters of three, which second bytes
// lead to a digit: bit n stands for 0x80+n.
var digitSeconds = func() (seconds [16]uint64) {
	for _, x := range unicode.Nd.R16 {
		if x.Lo >= 0x800 {
			seconds[x.Lo>>12] |= 1 << (x.Lo >> 6 & 0x3F)
		}
	}
	return seconds
}()

// isLatin reports whether r is a letter of the Latin script, the only script whose
// letters make an identifier of the digits they touch. Its full-width letters, which
// stand in Japanese text like any other character, do not count.
func isLatin(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	}
	return r < 0x2000 && unicode.Is(unicode.Latin, r)
}

// isLetter reports whether r is a letter or a mark that combines with one.
func isLetter(r rune) bool {
	switch {
	case r < utf8.RuneSelf:
		return 'a' <= r|0x20 && r|0x20 <= 'z'
	case r >= 0x0400 && r < 0x0482, r >= 0x3400 && r < 0x4DC0, r >= 0x4E00 && r < 0xA000, r >= 0xAC00 && r < 0xD7A4:
		return true // most Cyrillic, Chinese and Korean
	}
	return unicode.IsLetter(r) || unicode.Is(unicode.M, r) && classOf(r) != invisible
}

// unspaced reports whether words of the script of r are written without spaces
// between them, or with others in front of them.
func unspaced(r rune) bool {
	switch {
	case r < 0x0590:
		return false
	case r < 0x0780, // Hebrew, Arabic
		r >= 0x0E00 && r < 0x0F00,   // Thai, Lao
		r >= 0x1000 && r < 0x10A0,   // Burmese
		r >= 0x1200 && r < 0x1380,   // Ethiopic
		r >= 0x1780 && r < 0x1800,   // Khmer
		r >= 0x2E80 && r < 0xA000,   // Chinese, kana
		r >= 0xAC00 && r < 0xD7B0,   // Korean
		r >= 0xFF66 && r <= 0xFF9F,  // half-width kana
		r >= 0x1F000 && r < 0x20000: // emoji
		return true
	}
	return false
}

// fold returns r as words are compared: in lower case, Latin and Greek letters
// without their accents, Arabic ones in one form, and digits in ASCII. It returns 0
// for what is left out: combining accents, vowel points and invisible characters.
func fold(r rune) rune {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return r
	}
	if r < foldedEnd {
		return rune(folded()[r])
	}
	switch {
	case r >= 0x1EA0 && r < 0x1F00, r >= 0x1E00 && r < 0x1EA0:
		return rune(foldedVietnamese()[r-0x1E00])
	case r >= 0xFF01 && r <= 0xFF5E: // full-width
		return fold(r - 0xFEE0)
	case r == 0x2116:
		return r
	}
	if v := digitValue(r); v >= 0 {
		return '0' + rune(v)
	}
	if classOf(r) == invisible {
		return 0
	}
	return unicode.ToLower(r)
}

const foldedEnd = 0x0700

// accents lists letters behind the letter they are folded into.
var accents = [...]string{
	"aàáâãäåāăąǎ", "cçćĉċč", "dďđð", "eèéêëēĕėęěə", "gĝğġģ", "hĥħ", "iìíîïĩīĭįıi", "jĵ", "kķ", "lĺļľŀł", "nñńņňŉ", "oòóôõöøōŏőơ",
	"rŕŗř", "sśŝşšșß", "tţťŧț", "uùúûüũūŭůűųư", "wŵ", "yýÿŷ", "zźżž", "aæ", "oœ",
	"αά", "εέ", "ηή", "ιίϊΐ", "οό", "υύϋΰ", "ωώ", "σς", "еёѐ", "и", "اأإآٱ", "يىیئ", "كک", "هةۀە", "وؤ",
}

var folded = sync.OnceValue(func() *[foldedEnd]uint16 {
	var table [foldedEnd]uint16
	into := map[rune]rune{}
	for _, row := range accents {
		letters := []rune(row)
		for _, r := range letters[1:] {
			into[r] = letters[0]
		}
	}
	for r := range rune(foldedEnd) {
		low := unicode.ToLower(r)
		switch base, ok := into[low]; {
		case ok:
			table[r] = uint16(base)
		case r >= 0x0300 && r < 0x0370, r >= 0x0591 && r < 0x05C8, r >= 0x064B && r < 0x0660, r == 0x0640, r == 0x0670, classOf(r) == invisible:
			table[r] = 0 // accents, points, the Arabic line that stretches a word
		case isDigit(r):
			table[r] = '0' + uint16(digitValue(r))
		default:
			table[r] = uint16(low)
		}
	}
	return &table
})

// foldedVietnamese folds U+1E00 to U+1EFF, most of which is Vietnamese.
var foldedVietnamese = sync.OnceValue(func() *[256]uint16 {
	var table [256]uint16
	for i := range table {
		table[i] = uint16(unicode.ToLower(0x1E00 + rune(i)))
	}
	for base, letters := range map[rune]string{
		'a': "ạảấầẩẫậắằẳẵặ", 'e': "ẹẻẽếềểễệ", 'i': "ỉị", 'o': "ọỏốồổỗộớờởỡợ", 'u': "ụủứừửữự", 'y': "ỳỵỷỹẏ", 'd': "ḍḑ", 'h': "ḥ", 's': "ṣ", 't': "ṭ", 'z': "ẓ",
	} {
		for _, r := range letters {
			table[r-0x1E00], table[unicode.ToUpper(r)-0x1E00] = uint16(base), uint16(base)
		}
	}
	return &table
})

// Constants of the word-at-a-time search: eight bytes are tested with a few
// additions. Adding 0x80-x to a byte below 0x80 sets its top bit exactly when
// the byte is at least x, and never carries into the next one.
const (
	ones  = 0x0101010101010101
	tops  = 0x80 * ones
	low7  = 0x7F * ones
	from0 = (0x80 - '0') * ones       // at least '0'
	from9 = (0x80 - ('9' + 1)) * ones // above '9'

	// Of the bytes above 0x7F only some lead to a digit: D9, DB, DF, E0, E1,
	// EA, EF and F0. Tested are the two ranges D9–E1 and from EA on, so that
	// Latin, Greek, Cyrillic, Hebrew, kana and most Chinese go by unseen.
	fromD9 = (0x80 - 0x59) * ones
	fromE2 = (0x80 - 0x62) * ones
	fromEA = (0x80 - 0x6A) * ones
)

// load64 reads eight bytes; which one lands where in the word is fixed.
func load64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// digitBytes flags, in the top bit of each byte, ASCII digits and bytes that
// may lead to a digit of another script.
func digitBytes(x uint64) uint64 {
	y := x & low7
	flags := (y + from0) &^ (y + from9) &^ x
	if x&tops != 0 {
		flags |= ((y+fromD9)&^(y+fromE2) | (y + fromEA)) & x
	}
	return flags & tops
}

// nextDigit returns the offset of the first decimal digit at or after i, or len(b).
func nextDigit(b []byte, i int) int {
	for ; i < len(b); i++ {
		if len(b)-i >= 8 {
			flags := digitBytes(load64(b[i:]))
			if flags == 0 {
				i += 7
				continue
			}
			i += bits.TrailingZeros64(flags) >> 3
		}
		if _, w := decimal(b, i); w > 0 {
			return i
		}
	}
	return len(b)
}
