package redact

import (
	"slices"
	"strings"
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
	from, to int // characters
	n        int
	next     int // group
}

// secretAt returns the row that begins with group k.
func (s *scanner) secretAt(k int) secret {
	g := &s.g[k]
	x := secret{from: g.from, to: g.to, n: g.n(), next: k + 1}
	for ; s.goesOnAlone(x.next - 1); x.next++ {
		x.to = s.g[x.next].to
		x.n++
	}
	return x
}

// goesOnAlone reports whether group k and the next are single digits with a short gap.
func (s *scanner) goesOnAlone(k int) bool {
	return k >= 0 && k+1 < len(s.g) && s.g[k].gap == gapNarrow && s.isAlone(k) && s.isAlone(k+1)
}

func (s *scanner) isAlone(k int) bool { return !s.g[k].mask && s.g[k].n() == 1 }

// codes masks security codes and PINs from the byte from on: what follows a card in the
// way a code does, and what a label near by calls one.
func (s *scanner) codes(from int) {
	if s.r.InsecureKeepSAD {
		return
	}
	cards := s.hits
	for k := range cards {
		if cards[k].Kind == Card && cards[k].Reason != ByTrack {
			s.codeBehind(&cards[k], cards)
		}
	}
	if len(cards) == 0 && s.base < -codeReach {
		return
	}
	all, placed := cards, s.hits[len(cards):]
	before := s.base // the end of the last card
	for k := 0; k < len(s.g); {
		g := &s.g[k]
		start := s.starts(g.from)
		for ; len(cards) > 0 && cards[0].End <= start; cards = cards[1:] {
			if cards[0].Kind == Card {
				before = cards[0].End
			}
		}
		if start < from || g.mask || len(cards) > 0 && cards[0].Start <= start || s.goesOnAlone(k-1) {
			k++
			continue
		}
		x := s.secretAt(k)
		k = x.next
		for len(placed) > 0 && placed[0].Start < start {
			placed = placed[1:]
		}
		switch known := len(placed) > 0 && placed[0].Start < s.ends(x.to); {
		case x.n < 3 || x.n > maxPIN || known || start-before > codeReach && !cardWithin(cards, start+codeReach):
		default:
			if kind := s.codeKind(&x); kind != "" {
				s.hide(&x, kind, ByCodeLabel)
			}
		}
	}
	if len(s.hits) > len(all) {
		slices.SortFunc(s.hits, byStart)
	}
}

func (s *scanner) hide(y *secret, kind Kind, why Reason) {
	x := hit{Span: Span{Start: s.starts(y.from), End: s.ends(y.to), Kind: kind, Reason: why}}
	s.hits = append(s.hits, x.counted(s.b))
}

// cardWithin reports whether a card starts at the byte i or before.
func cardWithin(hits []hit, i int) bool {
	for k := range hits {
		if hits[k].Start > i || hits[k].Kind == Card {
			return hits[k].Start <= i
		}
	}
	return false
}

// codeKind returns what a label before x, or behind it, calls it, if anything.
func (s *scanner) codeKind(x *secret) Kind {
	marks := s.words(x.from-codeBefore, x.to+codeAfter+1)
	for _, m := range slices.Backward(marks) {
		if m.end > x.from || x.from-m.wordEnd > codeBefore || !s.isPlain(m.wordEnd, x.from, codeWords) {
			continue
		}
		if kind := m.kindOf(x.n); kind != "" || m.says&saysLabel != 0 { // "door code 4471"
			return kind
		}
	}
	if s.isMoney(x) {
		return ""
	}
	for _, m := range marks {
		if m.start < x.to {
			continue
		}
		if m.start-x.to > codeAfter || !s.isPlain(x.to, m.start, 2) {
			return ""
		}
		if kind := m.kindOf(x.n); kind != "" {
			if s.ownsDigits(&m) {
				return ""
			}
			return kind
		}
	}
	return ""
}

// kindOf returns what m calls n digits, if anything.
func (m *mark) kindOf(n int) Kind {
	switch {
	case m.says&saysPIN != 0:
		return PIN
	case m.says&saysCode != 0 && n <= 4:
		return SecurityCode
	}
	return ""
}

// isPlain reports whether there are no digits and few words from character i to k.
func (s *scanner) isPlain(i, k, most int) bool {
	for before := &nothing; i < k; i++ {
		c := &s.c[i]
		if c.is(digit) || s.isMask(i) {
			return false
		}
		if c.is(letter) && !before.is(letter) {
			most--
		}
		before = c
	}
	return most >= 0
}

// ownsDigits reports whether the label m has digits of its own behind it.
func (s *scanner) ownsDigits(m *mark) bool {
	for i := m.wordEnd; i < min(len(s.c), m.wordEnd+codeAfter) && !strings.ContainsRune(",;\n).", s.c[i].r); i++ {
		if s.c[i].is(digit) {
			n := 1
			for ; s.at(i + n).is(digit); n++ {
			}
			return n == 1 || n >= 3 && n <= maxPIN
		}
	}
	return false
}

// codeBehind masks the code that follows the card x without a label: behind the expiry
// date, or as a group of its own behind one grouped as printed.
func (s *scanner) codeBehind(x *hit, cards []hit) {
	k := x.last + 1
	dated := s.expiryBehind(&k)
	if !s.follow(k, s.g[k-1].to, 6) || s.g[k-1].to == s.g[k].from {
		return
	}
	g := &s.g[k]
	if !dated {
		size := 3
		if x.Digits == 15 {
			size = 4
		}
		card := &s.g[x.last]
		if x.form != printed || x.Tier != Strong || x.Digits > 16 || g.n() != size || card.gap != gapNarrow || s.isExpiry(k) || s.value(k)/100 == 20 {
			return
		}
		if k+1 < len(s.g) && !s.g[k+1].mask && card.sameGap(g) {
			return // a further group
		}
	}
	y := secret{from: g.from, to: g.to, n: g.n()}
	if y.n != 3 && y.n != 4 || s.isMoney(&y) || s.goesOn(y.to) {
		return
	}
	start := s.starts(y.from)
	if !slices.ContainsFunc(cards, func(c hit) bool { return c.Start <= start && start < c.End }) {
		s.hide(&y, SecurityCode, ByPosition)
	}
}

// expiryBehind moves k on over the expiry date that group k begins, with or without words
// before it, and reports whether there is one.
func (s *scanner) expiryBehind(k *int) bool {
	i := s.signs(s.g[*k-1].to, 8)
	for n := 0; n < 3 && s.saidAt(i)&saysExpiry != 0; n++ {
		i = s.signs(s.wordEnd(i), 4)
	}
	if !s.follow(*k, i, 0) {
		return false
	}
	month, year := s.value(*k), 0
	next := *k + 1
	switch s.g[*k].n() {
	case 1, 2:
		if year = s.value(next); !s.follow(next, s.g[*k].to, 3) {
			return false
		}
		switch s.g[next].n() {
		case 2:
		case 4:
			year -= 2000
		default:
			return false
		}
		next++
	case 4:
		month, year = month/100, month%100
	case 6:
		month, year = month/10000, month%10000-2000
	}
	if !isMonth(month) || !isYear(year) {
		return false
	}
	*k = next
	return true
}

// follow reports whether group k begins at i, or behind a few signs from there.
func (s *scanner) follow(k, i, signs int) bool {
	return k < len(s.g) && !s.g[k].mask && s.g[k].from == s.signs(i, signs)
}

// signs moves i on over at most n characters that are neither letters nor digits, with
// at most one line break.
func (s *scanner) signs(i, n int) int {
	lines := 0
	for ; n > 0 && i < len(s.c) && !s.c[i].is(digit|letter); n-- {
		if s.c[i].r == '\n' {
			if lines++; lines > 1 {
				break
			}
		}
		i++
	}
	return i
}

// goesOn reports whether digits that end at i are a part of a word, a date, an amount or
// a time.
func (s *scanner) goesOn(i int) bool {
	return s.at(i).is(latin) || strings.ContainsRune("/-.:,", s.at(i).r) && s.at(i+1).is(digit)
}

// isMoney reports whether x is an amount: a sign or a name of money stands next to it.
func (s *scanner) isMoney(x *secret) bool {
	before, after := x.from-1, x.to
	if isBlank(s.at(before).r) {
		before--
	}
	if isBlank(s.at(after).r) {
		after++
	}
	return isMoneySign(s.at(before).r) || isMoneySign(s.at(after).r) || s.saidAt(after)&saysMoney != 0
}

func isBlank(r rune) bool { return r == ' ' || r == 0xA0 }

func isMoneySign(r rune) bool {
	return r == '$' || r == '£' || r == '¥' || r == '￥' || r >= 0x20A0 && r <= 0x20C0
}

// isTrack reports whether c stands in the data of a magnetic stripe (ISO/IEC 7813): after
// %B, or before ^ on track 1; before = and at least seven digits on track 2, for which
// some readers write D.
func (s *scanner) isTrack(c *candidate) bool {
	if s.at(c.from-1).r|0x20 == 'b' {
		return s.at(c.from-2).r == '%' || s.at(c.to).r == '^'
	}
	if s.at(c.to).r != '=' && s.at(c.to).r|0x20 != 'd' {
		return false
	}
	least := 7
	if s.at(c.from-1).r == ';' {
		least = 4
	}
	for i := c.to + 1; i <= c.to+least; i++ {
		if !s.at(i).is(digit) {
			return false
		}
	}
	return true
}

// trackTail returns the stretch of track data behind the card number c that must not be
// kept: all after the second caret of track 1, all after the separator of track 2.
func (s *scanner) trackTail(c *candidate) (from, to int) {
	from = c.to + 1
	if s.at(c.to).r == '^' {
		for ; from < c.to+maxHolder && !strings.ContainsRune("^?\n", s.at(from).r); from++ {
		}
		if s.at(from).r != '^' {
			return c.to, c.to
		}
		from++
	} else if s.at(c.from-1).r|0x20 == 'b' {
		return c.to, c.to
	}
	for to = from; to < min(len(s.c), from+maxTrack) && !strings.ContainsRune("? \t\n\v\f\r", s.c[to].r); to++ {
	}
	return from, to
}
