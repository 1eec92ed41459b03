package redact

import (
	"bytes"
	"slices"
)

// Sensitive authentication data is what may never be kept, not even encrypted:
// security codes, PINs and the data of a magnetic stripe (PCI DSS v4.0.1, requirement
// 3.3.1; checked 2026-11-29). Only a card number in the same text makes such data of a
// few digits.

const (
	// codeReach is how far from a card number, in bytes, a code with a label is looked
	// for. It covers a whole WhatsApp message of 4,096 characters in most scripts and
	// bounds what a stream keeps back.
	codeReach = 4096

	codeBefore = 28 // characters between a label and the code behind it
	codeAfter  = 14 // and before it
	codeWords  = 5  // words between a label and the code behind it
	maxPIN     = 6  // digits

	maxTrack  = 80 // characters of track data after the card number
	maxHolder = 64 // of them for the name of the card holder
)

// A secret is a row of digits that may be a code: a group, or single digits with short
// gaps.
type secret struct {
	start, end int
	n          int
	next       int // the digit behind it, or -1
}

// secretAt reads the digits that start at i.
func (s *scanner) secretAt(i int) secret {
	x := s.run(i)
	if x.n != 1 || s.inRow(i) {
		return x
	}
	for x.next >= 0 && x.n <= maxPIN {
		kind, _, _, _ := s.gapAt(x.end)
		y := s.run(x.next)
		if kind != gapNarrow || y.n != 1 {
			break
		}
		x = secret{start: i, end: y.end, n: x.n + 1, next: y.next}
	}
	return x
}

// inRow reports whether a single digit with a short gap stands before the digit at i.
func (s *scanner) inRow(i int) bool {
	for k, n := i, 0; n < maxGap+maxHidden+1; n++ {
		r, w := runeBefore(s.b, k)
		k -= w
		if isDigit(r) {
			before, _ := runeBefore(s.b, skipHidden(s.b, k, -1))
			kind, _, _, next := s.gapAt(k + w)
			return !isDigit(before) && kind == gapNarrow && next == i
		}
		if w == 0 || classOf(r) == other {
			break
		}
	}
	return false
}

// run reads one group of digits, of which it counts a few.
func (s *scanner) run(i int) secret {
	x := secret{start: i}
	for {
		_, w := decimal(s.b, i)
		i += w
		x.n++
		x.end = i
		if i < len(s.b) && s.b[i]-'0' <= 9 {
			continue
		}
		kind, _, _, next := s.gapAt(i)
		if kind == gapNone {
			if _, w := decimal(s.b, next); w > 0 {
				i = next
				continue
			}
		}
		if x.next = -1; next >= 0 {
			if _, w := decimal(s.b, next); w > 0 {
				x.next = next
			}
		}
		return x
	}
}

// codes masks security codes and PINs from offset i on: what follows a card in the way
// a code does, and what a label near by calls one.
func (s *scanner) codes(i int) {
	if s.r.InsecureKeepSAD {
		return
	}
	cards := s.hits
	for k := range cards {
		if cards[k].kind == Card && cards[k].reason != ByTrack {
			s.codeBehind(&cards[k], cards)
		}
	}
	placed, before := s.hits[len(cards):], s.base // before is the end of the last card
	if len(cards) == 0 && before == noCard {
		return
	}
	all := cards
	for i = nextDigit(s.b, s.runEnd(i)); i < len(s.b); {
		for ; len(cards) > 0 && cards[0].end <= i; cards = cards[1:] {
			if cards[0].kind == Card {
				before = cards[0].end
			}
		}
		if len(cards) > 0 && cards[0].start <= i {
			i = nextDigit(s.b, cards[0].end)
			continue
		}
		x := s.secretAt(i)
		for len(placed) > 0 && placed[0].start < x.start {
			placed = placed[1:]
		}
		known := len(placed) > 0 && placed[0].start < x.end
		if x.n >= 3 && x.n <= maxPIN && !known && (i-before <= codeReach || cardWithin(cards, i+codeReach)) {
			if kind := s.codeKind(&x); kind != 0 {
				s.hits = append(s.hits, hit{start: x.start, end: x.end, kind: kind, reason: ByCodeLabel, digits: x.n})
			}
		}
		if i = x.next; i < 0 {
			i = nextDigit(s.b, x.end)
		}
	}
	if len(s.hits) > len(all) {
		slices.SortFunc(s.hits, byStart)
	}
}

// cardWithin reports whether a card starts at i or before.
func cardWithin(hits []hit, i int) bool {
	for k := range hits {
		if hits[k].start > i || hits[k].kind == Card {
			return hits[k].start <= i
		}
	}
	return false
}

// runEnd moves i on to the end of the run of digits that it is inside.
func (s *scanner) runEnd(i int) int {
	if before, _ := runeBefore(s.b, i); isDigit(before) && nextDigit(s.b, i) == i {
		return s.run(i).end
	}
	return i
}

// codeKind returns what a label before x, or behind it, calls it, or 0.
func (s *scanner) codeKind(x *secret) Kind {
	marks := s.words(charsBefore(s.b, x.start, codeBefore+maxWord+1), charsAfter(s.b, x.end, codeAfter+1))
	for _, m := range slices.Backward(marks) {
		if m.end > x.start || s.distance(m.wordEnd, x.start, codeBefore) < 0 || !s.plain(m.wordEnd, x.start, codeWords) {
			continue
		}
		if kind := m.kindOf(x.n); kind != 0 || m.says&saysLabel != 0 { // "door code 4471"
			return kind
		}
	}
	if s.isMoney(x) {
		return 0
	}
	for _, m := range marks {
		if m.start < x.end {
			continue
		}
		if s.distance(x.end, m.start, codeAfter) < 0 || !s.plain(x.end, m.start, 2) {
			return 0
		}
		if kind := m.kindOf(x.n); kind != 0 {
			if s.ownsDigits(&m) {
				return 0
			}
			return kind
		}
	}
	return 0
}

// kindOf returns what m calls n digits, or 0.
func (m *mark) kindOf(n int) Kind {
	switch {
	case m.says&saysPIN != 0:
		return PIN
	case m.says&saysCode != 0 && n <= 4:
		return SecurityCode
	}
	return 0
}

// plain reports whether there are no digits and few words in b[i:k].
func (s *scanner) plain(i, k, most int) bool {
	for before := rune(0); i < k; {
		r, w := runeAt(s.b, i)
		if isDigit(r) || r == s.mask && s.masks(i) {
			return false
		}
		if isLetter(r) && !isLetter(before) {
			most--
		}
		before = r
		i += w
	}
	return most >= 0
}

// ownsDigits reports whether the label m has digits of its own behind it.
func (s *scanner) ownsDigits(m *mark) bool {
	i := m.wordEnd
	for range codeAfter {
		r, w := runeAt(s.b, i)
		if w == 0 || r == ',' || r == ';' || r == '\n' || r == ')' || r == '.' {
			return false
		}
		if isDigit(r) {
			x := s.run(i)
			return x.n >= 3 && x.n <= maxPIN || x.n == 1
		}
		i += w
	}
	return false
}

// codeBehind masks the code that follows the card c without a label: behind the expiry
// date, or as a group of its own behind one grouped as printed.
func (s *scanner) codeBehind(c *hit, cards []hit) {
	i, ok := s.expiryBehind(c.end)
	if !ok {
		i = c.end
	}
	start := s.skipSigns(i, 6)
	if start == i || start >= len(s.b) {
		return
	}
	if _, w := decimal(s.b, start); w == 0 {
		return
	}
	x := s.run(start)
	if !ok {
		size := 3
		if c.digits == 15 {
			size = 4
		}
		kind, _, _, _ := s.gapAt(c.end)
		if c.form != printed || c.tier != Strong || c.digits > 16 || x.n != size || kind != gapNarrow || s.isYear(&x) {
			return
		}
		if x.next >= 0 && bytes.Equal(s.b[c.end:x.start], s.b[x.end:x.next]) {
			return // a further group
		}
	}
	if x.n != 3 && x.n != 4 || s.isMoney(&x) || s.goesOn(x.end) {
		return
	}
	for k := range cards {
		if cards[k].start <= x.start && x.start < cards[k].end {
			return
		}
	}
	s.hits = append(s.hits, hit{start: x.start, end: x.end, kind: SecurityCode, reason: ByPosition, digits: x.n})
}

// isYear reports whether x may be a year, or an expiry date written MMYY.
func (s *scanner) isYear(x *secret) bool {
	n, digits, _ := s.value(x.start)
	return digits == 4 && (n/100 == 20 || n/100 >= 1 && n/100 <= 12 && n%100 >= 20 && n%100 <= 49)
}

// goesOn reports whether digits that end at i are a part of a word, a date, an amount or
// a time.
func (s *scanner) goesOn(i int) bool {
	r, w := runeAt(s.b, i)
	if isLatin(r) {
		return true
	}
	if r == '/' || r == '-' || r == '.' || r == ':' || r == ',' {
		return i+w < len(s.b) && nextDigit(s.b[:min(len(s.b), i+w+4)], i+w) == i+w
	}
	return false
}

// isMoney reports whether x is an amount: a sign or a name of money stands next to it.
func (s *scanner) isMoney(x *secret) bool {
	i := x.end
	r, w := runeAt(s.b, i)
	if r == ' ' || r == 0xA0 {
		i += w
		r, _ = runeAt(s.b, i)
	}
	before, w := runeBefore(s.b, x.start)
	if before == ' ' || before == 0xA0 {
		before, _ = runeBefore(s.b, x.start-w)
	}
	if isMoneySign(r) || isMoneySign(before) {
		return true
	}
	return s.saidAt(i)&saysMoney != 0
}

func isMoneySign(r rune) bool {
	return r == '$' || r == '£' || r == '¥' || r == '￥' || r >= 0x20A0 && r <= 0x20C0
}

// skipSigns moves i on over at most n characters that are neither letters nor digits,
// with at most one line break.
func (s *scanner) skipSigns(i, n int) int {
	breaks := 0
	for ; n > 0; n-- {
		r, w := runeAt(s.b, i)
		if w == 0 || isDigit(r) || isLetter(r) {
			break
		}
		if r == '\n' {
			if breaks++; breaks > 1 {
				break
			}
		}
		i += w
	}
	return i
}

// expiryBehind returns the end of the expiry date that follows a card number ending at
// i, with or without words before it. Years run from 2020 to 2049.
func (s *scanner) expiryBehind(i int) (end int, ok bool) {
	i = s.skipSigns(i, 8)
	for range 3 {
		if s.saidAt(i)&saysExpiry == 0 {
			break
		}
		i = s.skipSigns(wordEnd(s.b, i, s.mask), 4)
	}
	month, n, end := s.value(i)
	year := month % 100
	switch n {
	case 1, 2:
		var m int
		year, m, end = s.value(s.skipSigns(end, 3))
		if m != 2 && (m != 4 || year/100 != 20) {
			return 0, false
		}
		year %= 100
	case 4:
		month /= 100
	case 6:
		if month/100%100 != 20 {
			return 0, false
		}
		month /= 10000
	default:
		return 0, false
	}
	return end, month >= 1 && month <= 12 && year >= 20 && year <= 49
}

// value reads the run of at most six digits at i. n is 0 if there is none.
func (s *scanner) value(i int) (value, n, end int) {
	if i >= len(s.b) {
		return 0, 0, i
	}
	if _, w := decimal(s.b, i); w == 0 {
		return 0, 0, i
	}
	x := s.run(i)
	if x.n > 6 {
		return 0, 0, i
	}
	for k := x.start; k < x.end; {
		r, w := runeAt(s.b, k)
		if v := digitValue(r); v >= 0 {
			value = 10*value + v
		}
		k += w
	}
	return value, x.n, x.end
}

// isTrack reports whether the number b[start:end] stands in the data of a magnetic
// stripe (ISO/IEC 7813): after %B, or before ^ on track 1; before = and at least seven
// digits on track 2, for which some readers write D.
func (s *scanner) isTrack(start, end int) bool {
	b := s.b
	if start > 0 && b[start-1]|0x20 == 'b' {
		return start > 1 && b[start-2] == '%' || end < len(b) && b[end] == '^'
	}
	if end >= len(b) || b[end] != '=' && b[end]|0x20 != 'd' {
		return false
	}
	least := 7
	if start > 0 && b[start-1] == ';' {
		least = 4
	}
	for i := end + 1; i <= end+least; i++ {
		if i >= len(b) || b[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// trackTail returns the stretch of track data behind the card number b[start:end] that
// must not be kept: all after the second caret of track 1, all after the separator of
// track 2.
func (s *scanner) trackTail(start, end int) (from, to int) {
	b := s.b
	from = end + 1
	if end < len(b) && b[end] == '^' {
		line := b[from:min(len(b), from+maxHolder)]
		k := bytes.IndexAny(line, "^?\n")
		if k < 0 || line[k] != '^' {
			return end, end
		}
		from += k + 1
	} else if start > 0 && b[start-1]|0x20 == 'b' {
		return end, end
	}
	for to = from; to < len(b) && to-from < maxTrack; to++ {
		if c := b[to]; c == '?' || c == ' ' || '\t' <= c && c <= '\r' {
			break
		}
	}
	return from, to
}
