package redact

// classify names the scheme and tier of a number by prefix and length.
func classify(d string) (string, Tier) {
	if len(d) == 16 && (d[0] == '4' || d[0] == '5' || d[:2] == "62" || d[:2] == "65" || d[:2] == "22") {
		return "card", Strong
	}
	if len(d) == 15 && (d[:2] == "34" || d[:2] == "37") {
		return "amex", Strong
	}
	return "", None
}

// luhn reports whether the check digit of d is right.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if i&1 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}
