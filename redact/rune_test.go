package redact

import (
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// lastRune is behind all characters but some Chinese ones, which are neither
// digits nor separators.
const lastRune = 0x20000

func TestEveryDecimalDigitOfUnicodeIsRead(t *testing.T) {
	t.Parallel()
	zero, n := rune(-1), 0
	for r := rune(0); r < lastRune; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		b := utf8.AppendRune(nil, r)
		value, width := decimal(b, 0)
		if !unicode.IsDigit(r) {
			if width != 0 {
				t.Errorf("%U is no digit", r)
			}
			zero = -1
			continue
		}
		if zero < 0 || r-zero == 10 { // they come in blocks of ten
			zero = r
		}
		n++
		require.Equal(t, len(b), width, "%U", r)
		require.EqualValues(t, r-zero, value, "%U", r)
		require.Equal(t, digit, classOf(r), "%U", r)
		for pad := range 40 { // wherever the search meets it
			text := append(make([]byte, pad), b...)
			require.Equal(t, pad, nextDigit(text, 0), "%U", r)
		}
	}
	require.GreaterOrEqual(t, n, 650)
	require.Less(t, unicode.Nd.R32[len(unicode.Nd.R32)-1].Hi, uint32(lastRune))
}

func TestLettersAreWhatUnicodeSays(t *testing.T) {
	t.Parallel()
	for r := rune(0); r < lastRune; r++ {
		if toLower(r) != unicode.ToLower(r) || isLatin(r) != (r < 0x2000 && unicode.Is(unicode.Latin, r)) {
			t.Errorf("%U", r)
		}
		if isAnyLetter(r) != unicode.IsLetter(r) {
			t.Errorf("%U", r)
		}
		if isWordRune(r) != (unicode.IsLetter(r) || unicode.Is(unicode.M, r) && runeClass(r) != transparent) {
			t.Errorf("%U", r)
		}
	}
}

func TestCharactersAreReadAsTheStandardLibraryDoes(t *testing.T) {
	t.Parallel()
	bytes := []byte{0, 'a', 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC2, 0xD9, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF}
	b := []byte("....")
	for _, b[0] = range bytes {
		for _, b[1] = range bytes {
			for _, b[2] = range bytes {
				for _, b[3] = range bytes {
					r, w := utf8.DecodeLastRune(b)
					got, n := runeBefore(b, len(b))
					if got != r || n != w {
						t.Fatalf("%x ends with %U", b, got)
					}
					r, w = utf8.DecodeRune(b)
					if got, n = runeAfter(b, 0); got != r || n != w {
						t.Fatalf("%x starts with %U", b, got)
					}
					if _, n = decimal(b, 0); n > 0 != unicode.IsDigit(r) {
						t.Fatalf("%x starts with a digit", b)
					}
				}
			}
		}
	}
}

func TestSeparatorsAreToldApartInOneByte(t *testing.T) {
	t.Parallel()
	seen := map[uint8]rune{}
	for r := rune(0); r < lastRune; r++ {
		if c := classOf(r); c != separator && c != lineBreak {
			continue
		}
		id := separatorID(r)
		require.NotContains(t, seen, id, "%U and %U", r, seen[id])
		require.NotZero(t, id)
		seen[id] = r
	}
	require.GreaterOrEqual(t, len(seen), 40)
}

func TestNextDigitFindsWhatALoopFinds(t *testing.T) {
	t.Parallel()
	texts := []string{"", "a", "Größe", "Спасибо", "谢谢", "ขอบคุณ", "आपके", "👍🏽", "\xff\xe0\xa5", "７", "٣", "𝟗"}
	for _, a := range texts {
		for _, b := range texts {
			for pad := range 34 {
				text := []byte(a + "........................................"[:pad] + b + a)
				want := len(text)
				for i := len(text) - 1; i >= 0; i-- {
					if r, _ := utf8.DecodeRune(text[i:]); unicode.IsDigit(r) {
						want = i
					}
				}
				require.Equal(t, want, nextDigit(text, 0), "%q", text)
			}
		}
	}
}
