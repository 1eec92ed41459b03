package redact

import "bytes"

const (
	maxURL   = 256 // bytes of a URL looked at before a number
	maxToken = 64  // characters of an identifier, on either side
	maxPhone = 15  // digits of the longest telephone number (ITU-T E.164)
	maxIBAN  = 34  // characters of the longest bank account number (ISO 13616)
	minIBAN  = 15
)

// skipHidden moves i back over invisible characters, or on.
func skipHidden(b []byte, i, step int) int {
	for range maxHidden {
		r, w := runeAt(b, i)
		if step < 0 {
			r, w = runeBefore(b, i)
		}
		if w == 0 || classOf(r) != invisible {
			break
		}
		i += step * w
	}
	return i
}

// touched reports whether letters touch the number b[start:end], or an identifier
// with letters contains it, unless those speak of a card.
func (s *scanner) touched(start, end int) bool {
	b := s.b
	i, k := skipHidden(b, start, -1), skipHidden(b, end, 1)
	if r, _ := runeBefore(b, i); s.isLetterHere(r) {
		if !s.wordSays(i, vouches|saysExpiry) && !isEscape(b, i) {
			return true
		}
	} else if isJoiner(r) && s.isTokenBefore(i) {
		return true
	}
	r, _ := runeAt(b, k)
	return s.isLetterHere(r) && !s.beginsWith(k) || isJoiner(r) && r != '.' && s.isTokenAfter(k)
}

// isLetterHere reports whether r, which touches a number, is a letter that makes an
// identifier of it. A mask is not.
func (s *scanner) isLetterHere(r rune) bool { return isLatin(r) && r != s.mask }

// isEscape reports whether the letter that ends at i is the second half of an escaped
// line break or tab, as in the source text of JSON.
func isEscape(b []byte, i int) bool {
	return i >= 2 && b[i-2] == '\\' && bytes.IndexByte([]byte("ntrfbv"), b[i-1]) >= 0
}

// wordSays reports whether the word that ends at i, or the end of it, says what.
func (s *scanner) wordSays(i int, what meaning) bool {
	start := i
	for range maxWord {
		r, w := runeBefore(s.b, start)
		if w == 0 || !isLetter(r) {
			break
		}
		start -= w
	}
	for _, m := range s.words(start, i) {
		if m.says&what != 0 {
			return true
		}
	}
	return false
}

// beginsWith reports whether a word begins at i that may be glued to a card number.
func (s *scanner) beginsWith(i int) bool {
	return s.saidAt(i)&(vouches|saysExpiry|saysPIN) != 0
}

// isJoiner reports whether r joins the parts of an identifier.
func isJoiner(r rune) bool { return r == '-' || r == '_' || r == '/' || r == '.' || r == '#' }

// isTokenBefore reports whether an identifier with letters ends at i, such as
// INV-2026- or GPA. A full stop behind a word in lower case ends a sentence.
func (s *scanner) isTokenBefore(i int) bool {
	found := false
	for n := 0; n < maxToken; {
		r, w := runeBefore(s.b, i)
		switch {
		case w == 0:
			return found
		case s.isLetterHere(r):
			if s.wordSays(i, vouches|saysExpiry|saysNumber) {
				return false
			}
			lower := false
			end := i
			for ; n < maxToken; n++ {
				r, w = runeBefore(s.b, i)
				if w == 0 || !isLatin(r) {
					break
				}
				lower = lower || r >= 'a'
				i -= w
			}
			dot, _ := runeAt(s.b, end)
			found = found || dot != '.' || !lower
			continue
		case !isJoiner(r) && !isDigit(r) && r != s.mask:
			return found
		}
		i -= w
		n++
	}
	return found
}

// isTokenAfter is the same for one that begins at i.
func (s *scanner) isTokenAfter(i int) bool {
	for range maxToken {
		r, w := runeAt(s.b, i)
		switch {
		case w == 0:
			return false
		case s.isLetterHere(r):
			return !s.beginsWith(i)
		case !isJoiner(r) && !isDigit(r) && r != s.mask:
			return false
		}
		i += w
	}
	return false
}

// isFraction reports whether c is the fraction of a decimal number: one to three
// digits and a point stand before it.
func (s *scanner) isFraction(c *candidate) bool {
	if c.first == 0 || c.form != single {
		return false
	}
	p := &s.g[c.first-1]
	before, _ := runeBefore(s.b, p.start)
	return p.whole <= 3 && p.end+1 == s.start(c) && s.b[p.end] == '.' && before != '.' && !isLatin(before)
}

// isElsewhere reports whether c is a part of something that is no card number whatever
// is said of it: a bank account number, a URL, an e-mail address.
func (s *scanner) isElsewhere(c *candidate) bool {
	start, end := s.start(c), s.end(c)
	r, _ := runeAt(s.b, skipHidden(s.b, end, 1))
	return r == '@' || s.inURL(start) || s.inIBAN(start)
}

// isPhone reports whether c is within the fifteen digits behind a plus sign or 00.
func (s *scanner) isPhone(c *candidate) bool {
	n := c.n
	for k := c.first; n <= maxPhone; {
		g := &s.g[k]
		r, _ := runeBefore(s.b, skipHidden(s.b, g.start, -1))
		if r == '+' || r == '＋' || g.whole > 1 && s.mayBeZeros(k) {
			return true
		}
		if k == 0 || s.g[k-1].gap > gapNarrow {
			break
		}
		k--
		n += s.g[k].n
	}
	return false
}

// mayBeZeros reports whether group k begins with two zeros, or may have.
func (s *scanner) mayBeZeros(k int) bool {
	for n := 0; ; k++ {
		g := &s.g[k]
		for i := range g.n {
			if !g.mask && s.digits[g.at+i] != 0 {
				return false
			}
			if n++; n == 2 {
				return true
			}
		}
		if g.gap != gapNone {
			return false
		}
	}
}

// endsURL holds the characters that cannot be inside a URL, but for spaces.
var endsURL = []byte("\"'<>`")

// inURL reports whether the number that starts at i is inside a URL, unless it is the
// value of a parameter whose name speaks of a card.
func (s *scanner) inURL(i int) bool {
	b := s.b
	k := i
	for k > max(0, i-maxURL) && b[k-1] > ' ' && bytes.IndexByte(endsURL, b[k-1]) < 0 {
		k--
	}
	text := b[k:i]
	if !bytes.Contains(text, []byte("://")) && !bytes.HasPrefix(bytes.ToLower(text[:min(4, len(text))]), []byte("www.")) {
		return false
	}
	if b[i-1] != '=' {
		return true
	}
	key := k + bytes.LastIndexAny(text, "?&;#/") + 1
	for _, m := range s.words(key, i) {
		if m.says&vouches != 0 {
			return false
		}
	}
	return true
}

// inIBAN reports whether a bank account number covers a part of the number at start: two
// letters and two digits, then groups of letters and digits, with a remainder of 1.
// Masks may stand for any digit.
func (s *scanner) inIBAN(start int) bool {
	for i, n := start, 0; i > 0 && n <= maxIBAN+10; n++ {
		r, w := runeBefore(s.b, i)
		if !isAlnum(r) && r != ' ' && r != s.mask {
			return false
		}
		i -= w
		if before, _ := runeBefore(s.b, i); isAlnum(before) && before != s.mask {
			continue
		}
		if s.isIBAN(i, start) {
			return true
		}
	}
	return false
}

func isAlnum(r rune) bool { return r < 0x80 && (isLatin(r) || isDigit(r)) }

// isIBAN reports whether an IBAN begins at i and reaches behind start.
func (s *scanner) isIBAN(i, start int) bool {
	b := s.b
	if i+4 > len(b) || !isLatin(rune(b[i])) || !isLatin(rune(b[i+1])) || b[i+2]-'0' > 9 || b[i+3]-'0' > 9 {
		return false
	}
	// The first four characters count as the last.
	rest, unknown := 0, false
	add := func(rest int, c byte) int {
		if c -= '0'; c <= 9 {
			return (rest*10 + int(c)) % 97
		}
		return (rest*100 + int((c+'0')|0x20) - 'a' + 10) % 97
	}
	n := 4
	for k := i + 4; k < len(b) && n <= maxIBAN; {
		r, w := runeAt(b, k)
		switch {
		case r == s.mask:
			unknown = true
			n++
		case isAlnum(r):
			rest = add(rest, b[k])
			n++
		case r != ' ':
			return false
		}
		k += w
		next, _ := runeAt(b, k)
		if k <= start || r == ' ' || n < minIBAN || n > maxIBAN || isAlnum(next) || next == s.mask {
			continue
		}
		sum := rest
		for _, c := range b[i : i+4] {
			sum = add(sum, c)
		}
		if unknown || sum == 1 {
			return true
		}
	}
	return false
}
