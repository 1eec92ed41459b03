package onboard

import "strings"

// Country calling codes as they are assigned: every code of one or two digits; whatever
// begins with none of them has a code of three digits.
//
// https://www.itu.int/pub/T-SP-E.164D (checked 2026-11-29)
const shortCodes = " 1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 " +
	"81 82 84 86 90 91 92 93 94 95 98 "

// callingCode is the country calling code that an international number begins with, empty
// if it begins with 0.
func callingCode(phone string) string {
	for n := 1; n <= 3 && n < len(phone); n++ {
		if code := phone[:n]; n == 3 || strings.Contains(shortCodes, " "+code+" ") {
			if code[0] == '0' {
				return ""
			}
			return code
		}
	}
	return ""
}
