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
		c := charOf(table(), r)
		require.Equal(t, unicode.IsDigit(r), c.is(digit), "%U", r)
		require.Equal(t, unicode.IsDigit(r), isDigit(r), "%U", r)
		if !unicode.IsDigit(r) {
			zero = -1
			continue
		}
		if zero < 0 || r-zero == 10 { // they come in blocks of ten
			zero = r
		}
		n++
		require.EqualValues(t, r-zero, c.value, "%U", r)
		require.Equal(t, '0'+rune(c.value), c.fold, "%U", r)
		for pad := range 40 { // wherever the search meets it
			text := append(make([]byte, pad), string(r)...)
			require.Equal(t, pad, nextDigit(text, 0), "%U", r)
		}
	}
	require.GreaterOrEqual(t, n, 650)
	require.Less(t, unicode.Nd.R32[len(unicode.Nd.R32)-1].Hi, uint32(lastRune))
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
