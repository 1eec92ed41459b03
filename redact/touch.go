package redact

import (
	"slices"
	"strings"
)

const (
	maxToken = 64 // characters of an identifier, on either side
	maxPhone = 15 // digits of the longest telephone number (ITU-T E.164)
	maxIBAN  = 34 // characters of the longest bank account number (ISO 13616)
	minIBAN  = 15
)

// isLetterHere reports whether character i, which touches a number, is a letter that
// makes an identifier of it. A mask is not.
func (s *scanner) isLetterHere(i int) bool { return s.at(i).is(latin) && s.at(i).r != s.mask }

// inToken reports whether character i may belong to an identifier, other than as a letter.
func (s *scanner) inToken(i int) bool {
	return s.isJoiner(i) || s.at(i).is(digit) || s.at(i).r == s.mask
}

// isJoiner reports whether character i joins the parts of an identifier.
func (s *scanner) isJoiner(i int) bool {
	return !s.at(i).is(letter|digit) && strings.ContainsRune("-_/.#", s.at(i).r)
}

// isTouched reports whether letters touch the number, or an identifier with letters
// contains it, such as INV-2026-, unless those speak of a card. A full stop behind a word
// in lower case ends a sentence.
func (s *scanner) isTouched(from, to int) bool {
	found := false
	for i := from; i > from-maxToken && (s.isLetterHere(i-1) || s.isJoiner(i-1) || i < from && s.inToken(i-1)); {
		if !s.isLetterHere(i - 1) {
			i--
			continue
		}
		if i == from && s.at(i-2).r == '\\' || s.wordSays(i, vouches|saysExpiry|saysNumber) { // the source of a line break
			found = false
			break
		}
		dot, lower := s.c[i].r == '.', false
		for ; s.at(i - 1).is(latin); i-- {
			lower = lower || s.c[i-1].r >= 'a'
		}
		found = found || !dot || !lower
	}
	for i := to; !found && i < to+maxToken && s.at(to).r != '.'; i++ {
		if s.isLetterHere(i) {
			return s.saidAt(i)&(vouches|saysExpiry|saysPIN) == 0
		}
		if !s.isJoiner(i) && (i == to || !s.inToken(i)) {
			break
		}
	}
	return found
}

// wordSays reports whether the word that ends at i, or the end of it, says what.
func (s *scanner) wordSays(i int, what meaning) bool {
	from := i
	for from > i-maxWord && s.at(from-1).is(letter) {
		from--
	}
	return s.saidIn(from, i, what)
}

// saidIn reports whether a word says what that stands in characters from to to, at least
// in part.
func (s *scanner) saidIn(from, to int, what meaning) bool {
	return slices.ContainsFunc(s.words(from, to), func(m mark) bool { return m.end > from && m.says&what != 0 })
}

// isFraction reports whether c is the fraction of a decimal number: one to three
// digits and a point stand before it.
func (s *scanner) isFraction(c *candidate) bool {
	if c.first == 0 || c.form != single {
		return false
	}
	p := &s.g[c.first-1]
	before := s.at(p.from - 1)
	return p.whole <= 3 && p.to+1 == c.from && s.c[p.to].r == '.' && before.r != '.' && !before.is(latin)
}

// isElsewhere reports whether c is a part of something that is no card number whatever
// is said of it: a bank account number, a URL, an e-mail address.
func (s *scanner) isElsewhere(c *candidate) bool {
	return s.at(c.to).r == '@' || s.inURL(c.from) || s.inIBAN(c.from)
}

// isPhone reports whether c is within the fifteen digits behind a plus sign or 00.
func (s *scanner) isPhone(c *candidate) bool {
	n := c.n
	for k := c.first; n <= maxPhone; k-- {
		g := &s.g[k]
		before := s.at(g.from - 1).r
		if before == '+' || before == '＋' || g.whole > 1 && s.mayBeZero(g.from) && s.mayBeZero(g.from+1) {
			return true
		}
		if k == 0 || s.g[k-1].gap > gapNarrow {
			break
		}
		n += s.g[k-1].n()
	}
	return false
}

func (s *scanner) mayBeZero(i int) bool { return s.at(i).fold == '0' || i < len(s.c) && s.isMask(i) }

// inURL reports whether the number that starts at i is inside a URL, unless it is the
// value of a parameter whose name speaks of a card.
func (s *scanner) inURL(i int) bool {
	key, scheme, k := i, false, i
	for ; k > i-farBefore && s.at(k-1).r > ' ' && (s.c[k-1].is(letter|digit) || !strings.ContainsRune("\"'<>`", s.c[k-1].r)); k-- {
		if key == i && strings.ContainsRune("?&;#/", s.c[k-1].r) {
			key = k
		}
		scheme = scheme || s.at(k-1).r == ':' && s.at(k).r == '/' && s.at(k+1).r == '/'
	}
	if key == i {
		key = k
	}
	www := s.at(k).r|0x20 == 'w' && s.at(k+1).r|0x20 == 'w' && s.at(k+2).r|0x20 == 'w' && s.at(k+3).r == '.'
	if !scheme && !www {
		return false
	}
	return s.c[i-1].r != '=' || !s.saidIn(key, i, vouches)
}

// inIBAN reports whether a bank account number covers a part of the number at from: two
// letters and two digits, then groups of letters and digits, with a remainder of 1.
// Masks may stand for any digit.
func (s *scanner) inIBAN(from int) bool {
	for i := from - 1; i >= from-maxIBAN-10 && (s.isAlnum(i) || s.at(i).r == ' '); i-- {
		if (!s.isAlnum(i-1) || s.c[i-1].r == s.mask) && s.isIBAN(i, from) {
			return true
		}
	}
	return false
}

// isAlnum reports whether character i is an ASCII letter or digit, or a mask.
func (s *scanner) isAlnum(i int) bool {
	c := s.at(i)
	return c.r < 0x80 && c.is(latin|digit) || c.r == s.mask
}

// isIBAN reports whether an IBAN begins at i and reaches behind from.
func (s *scanner) isIBAN(i, from int) bool {
	for k := range 4 {
		if c := s.at(i + k); c.r >= 0x80 || k < 2 && !c.is(latin) || k >= 2 && !c.is(digit) {
			return false
		}
	}
	// The first four characters count as the last.
	rest, unknown := 0, false
	n := 4
	for k := i + 4; n <= maxIBAN && (s.isAlnum(k) || s.at(k).r == ' '); k++ {
		c := &s.c[k]
		if c.r == ' ' {
			continue
		}
		unknown = unknown || c.r == s.mask
		rest = mod97(rest, c.fold)
		if n++; k < from || n < minIBAN || n > maxIBAN || s.isAlnum(k+1) {
			continue
		}
		sum := rest
		for _, c := range s.c[i : i+4] {
			sum = mod97(sum, c.fold)
		}
		if unknown || sum == 1 {
			return true
		}
	}
	return false
}

// mod97 appends the value of r, a digit or a letter, to a number modulo 97.
func mod97(rest int, r rune) int {
	if r <= '9' {
		return (rest*10 + int(r-'0')) % 97
	}
	return (rest*100 + int(r-'a') + 10) % 97
}
