package redact

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestASurveyFindsWhatAddingUpDigitsFinds(t *testing.T) {
	t.Parallel()
	rnd := rand.New(rand.NewPCG(5, 6))
	var o Redactor
	for range 4_000 {
		// Groups of all sizes, some too long for a card, some runs of one size.
		var b []byte
		var sizes []int
		for range 1 + rnd.IntN(40) {
			size := 1 + rnd.IntN([]int{1, 2, 4, 8, 24}[rnd.IntN(5)])
			sizes = append(sizes, size)
			for range size {
				b = append(b, '0'+byte(rnd.IntN(10)))
			}
			b = append(b, ' ')
		}
		b = b[:len(b)-1]
		opt := o.options()
		var s scanner
		s.begin(&opt, b)
		for next := 0; next >= 0; {
			next = s.push(next)
		}
		s.survey()
		require.Equal(t, len(sizes), s.n)
		for k := range sizes {
			g := &s.g[k]
			var want lengths
			ends, digits, text := uint32(0), 0, ""
			for j := k; j < len(sizes) && digits+sizes[j] <= maxDigits; j++ {
				digits += sizes[j]
				text += string(b[s.g[j].start:s.g[j].end])
				ends |= 1 << digits
				require.Equal(t, j, s.last(k, digits), "last group of %q", text)
				if digits >= minDigits && luhn(text) {
					want |= lengthBit(digits)
				}
			}
			require.Equal(t, ends, g.ends, "%q from group %d", b, k)
			require.Equal(t, want, g.luhn, "%q from group %d", b, k)
		}
	}
}

// luhn is the check as it is taught.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
