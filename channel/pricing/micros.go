package pricing

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Micros is an amount of money in millionths of a currency unit: 3400 is
// 0.0034. Rates have four decimals and more, which rules floats out. The
// currency is the account's and is kept elsewhere.
type Micros int64

// What can be wrong with an amount.
var (
	ErrNotDecimal = errors.New("not a plain decimal number")
	ErrPrecision  = errors.New("more than six decimals")
	ErrRange      = errors.New("number out of range")
)

// ParseMicros reads a plain decimal such as "0.0034" or "12". It takes no sign,
// exponent, currency symbol, decimal comma or grouping, and no more than six
// decimals unless the rest is zeros. Errors match ErrNotDecimal, ErrPrecision or
// ErrRange and do not quote s.
func ParseMicros(s string) (Micros, error) {
	m, err := parseMicros(s)
	if err != nil {
		return 0, fmt.Errorf("pricing: parse amount: %w", err)
	}
	return m, nil
}

func parseMicros(s string) (Micros, error) {
	whole, frac, dotted := strings.Cut(s, ".")
	if whole == "" || dotted && frac == "" || !digits(whole) || !digits(frac) {
		return 0, ErrNotDecimal
	}
	frac = strings.TrimRight(frac, "0")
	if len(frac) > 6 {
		return 0, ErrPrecision
	}
	v, err := strconv.ParseInt(whole+frac+strings.Repeat("0", 6-len(frac)), 10, 64)
	if err != nil {
		return 0, ErrRange
	}
	return Micros(v), nil
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// String returns the shortest decimal with at least two decimals: "0.0034",
// "12.00".
func (m Micros) String() string {
	u, sign := uint64(m), ""
	if m < 0 {
		u, sign = -u, "-"
	}
	frac := strconv.FormatUint(1e6+u%1e6, 10)[1:]
	frac = frac[:2] + strings.TrimRight(frac[2:], "0")
	return sign + strconv.FormatUint(u/1e6, 10) + "." + frac
}

// Times returns m × n, at the limits of int64 if that overflows.
func (m Micros) Times(n int64) Micros {
	hi, lo := bits.Mul64(magnitude(int64(m)), magnitude(n))
	switch negative := (m < 0) != (n < 0); {
	case hi == 0 && lo <= math.MaxInt64 && negative:
		return -Micros(lo)
	case hi == 0 && lo <= math.MaxInt64:
		return Micros(lo)
	case negative:
		return math.MinInt64
	default:
		return math.MaxInt64
	}
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// plus adds without wrapping around.
func plus[N ~int64](a, b N) N {
	switch sum := a + b; {
	case a > 0 && b > 0 && sum < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && sum >= 0:
		return math.MinInt64
	default:
		return sum
	}
}
