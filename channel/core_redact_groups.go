package channel

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// digits returns the digits of s.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, s)
}

// separates says whether r can stand inside of a number that is written in groups.
func separates(r rune) bool { return !unicode.IsDigit(r) && !unicode.IsLetter(r) && r != '+' }

// pure says whether s is digits and what separates them.
func pure(s string) bool {
	return hasDigit(s) && !strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsDigit(r) && !separates(r) })
}

// groupStarts returns where the groups of digits begin with which s ends, the last first.
func groupStarts(s string) (at []int) {
	n, inside := 0, false
	for i := len(s); i > 0 && n <= maxCardDigits; {
		r, w := utf8.DecodeLastRuneInString(s[:i])
		i -= w
		switch {
		case unicode.IsDigit(r):
			n++
			if !inside {
				at, inside = append(at, i), true
			}
			at[len(at)-1] = i
		case separates(r):
			inside = false
		default:
			return at
		}
	}
	return at
}

// groupEnds returns where the groups of digits end with which s begins, the first first.
func groupEnds(s string) (at []int) {
	n, inside := 0, false
	for i, r := range s {
		if n > maxCardDigits {
			break
		}
		switch {
		case unicode.IsDigit(r):
			n++
			if !inside {
				at, inside = append(at, i), true
			}
			at[len(at)-1] = i + utf8.RuneLen(r)
		case separates(r):
			inside = false
		default:
			return at
		}
	}
	return at
}

// cutRunes cuts s behind its first n runes.
func cutRunes(s string, n int) (head, tail string) {
	for i := range s {
		if n == 0 {
			return s[:i], s[i:]
		}
		n--
	}
	return s, ""
}
