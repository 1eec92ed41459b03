package redact

import "unicode/utf8"

const (
	minIBAN = 15 // characters, without spaces
	maxIBAN = 34
)

// reachIBAN is how many characters before a number an IBAN may start.
const reachIBAN = maxIBAN + maxIBAN/4 + 2

// An ibanCache remembers what was seen of the text before the last candidate, so
// that each place at which an IBAN may start is judged once.
type ibanCache struct {
	from, to int  // seen from here to here, where nothing stands that no IBAN holds
	all      bool // such a thing stands before from
	starts   [12]ibanStart
	n        int // of starts
}

// An ibanStart is where an IBAN may start, and how far one reaches at most: 0 if
// that is not known yet, negative if there is none.
type ibanStart struct{ at, end int }

// spaced reports whether single spaces are all that stands between the groups g,
// as in an IBAN. It spares most candidates the look at what is before them.
func spaced(g []group) bool {
	for i := range len(g) - 1 {
		if g[i].gap != ' ' {
			return false
		}
	}
	return true
}

// isIBAN reports whether the groups in b[start:end] are a part of an
// international bank account number (ISO 13616) written in groups: two
// letters, two check digits, up to 30 letters and digits. Its check settles it.
func (s *scanner) isIBAN(start, end int) bool {
	if start == s.first { // no check digits
		return false
	}
	if r, _ := runeBefore(s.b, start); r != ' ' && r != s.mask && (r >= utf8.RuneSelf || !isAlnum(byte(r))) {
		return false
	}
	b, c := s.b, &s.iban
	if start < c.from || !c.all || start > c.to+4*reachIBAN {
		if low := stepBack(b, start, reachIBAN); start < c.from || low < c.from || low > c.to {
			*c = ibanCache{from: low, to: low}
		}
	}
	i := c.to
	for ; i < start; i++ {
		switch x := b[i]; {
		case x-'0' <= 9, x == ' ':
		case isLetter(x):
			if i == 0 || !isAlnum(b[i-1]) {
				s.mayBeIBAN(i)
			}
		default:
			r, w := runeAfter(b, i)
			i += w - 1
			if r != s.mask {
				c.from, c.all, c.n = i+1, true, 0
			}
		}
	}
	c.to = i
	for k := c.n - 1; k >= 0; k-- {
		x := &c.starts[k]
		switch {
		case x.at+4 > start:
			continue
		case !atMost(b[x.at:start], reachIBAN):
			return false
		case x.end == 0:
			x.end = s.endOfIBAN(x.at)
		}
		if end <= x.end {
			return true
		}
		if x.end < 0 {
			copy(c.starts[k:], c.starts[k+1:c.n])
			c.n--
		}
	}
	return false
}

// mayBeIBAN remembers i if an IBAN starts there.
func (s *scanner) mayBeIBAN(i int) {
	b, c := s.b, &s.iban
	if i+4 > len(b) || !isLetter(b[i]) || !isLetter(b[i+1]) || b[i+2]-'0' > 9 || b[i+3]-'0' > 9 {
		return
	}
	if r, _ := runeBefore(b, i); r == s.mask {
		return
	}
	if c.n == len(c.starts) { // the first is out of reach
		c.n = copy(c.starts[:], c.starts[1:])
	}
	c.starts[c.n] = ibanStart{at: i}
	c.n++
}

// inIBAN reports whether what starts at b[i] may be a part of an IBAN. A mask may
// have been any digit.
func (o *options) inIBAN(b []byte, i int) bool {
	if i < len(b) && b[i] < utf8.RuneSelf {
		return isAlnum(b[i]) || rune(b[i]) == o.mask
	}
	r, _ := runeAfter(b, i)
	return r == o.mask
}

// endOfIBAN returns the end of the longest IBAN that starts at b[i] and ends with
// a group, or a negative number if there is none. If digits of it are masked, its
// form is enough.
func (s *scanner) endOfIBAN(i int) (end int) {
	b, masked := s.b, false
	first := uint64(0)
	for _, c := range b[i : i+4] {
		first = addToIBAN(first, ibanValues[c])
	}
	end = -1
	m, n := uint64(0), 4
	for i += n; i < len(b) && n < maxIBAN; n++ {
		c := b[i]
		v := ibanValues[c]
		if v == 0 || rune(c) == s.mask { // a few
			if c == ' ' && b[i-1] != ' ' {
				if i++; i == len(b) {
					break
				}
				c = b[i]
				v = ibanValues[c]
			}
			if rune(c) == s.mask || v == 0 {
				r, w := runeAfter(b, i)
				if r == s.mask && s.hidesDigit(i) {
					masked = true
				} else if v == 0 {
					return end
				}
				i += w - 1
			}
		}
		if v != 0 { // once a digit is masked, m does not matter
			m = addToIBAN(m, v)
		}
		i++
		if n+1 < minIBAN || i < len(b) && (ibanValues[b[i]] != 0 || b[i] != ' ' && s.inIBAN(b, i)) {
			continue
		}
		// The check moves the first four characters, which are six digits, to
		// the end.
		if masked || (m%97*1_000_000+first)%97 == 1 {
			end = i
		}
	}
	return end
}

// addToIBAN appends the letter or digit of which v is in ibanValues to a number
// that is m, or leaves the same remainder by 97.
func addToIBAN(m uint64, v uint8) uint64 {
	if m >= 1<<56 {
		m %= 97
	}
	if v <= 10 {
		return m*10 + uint64(v-1)
	}
	return m*100 + uint64(v-1)
}

// ibanValues holds one more than what each character counts in an IBAN, letters
// as 10 to 35, or 0.
var ibanValues = func() (values [256]uint8) {
	for c := range uint8(10) {
		values['0'+c] = c + 1
	}
	for c := range uint8(26) {
		values['a'+c], values['A'+c] = c+11, c+11
	}
	return values
}()
