package redact

import (
	"slices"
	"sort"
	"strings"
	"unicode"
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

	// Between a label and the code behind it, and the code before it.
	codeBefore, codeAfter           = 28, 14 // characters
	codeWordsBefore, codeWordsAfter = 5, 3

	maxPIN    = 6  // digits
	maxTrack  = 80 // characters of track data behind a card number
	maxHolder = 64 // of them for the name of the card holder
)

// codes masks security codes and PINs from the byte from on: what follows a card in the
// way a code does, and what a label near by calls one. No card from the byte sure on is
// certain. It returns the first byte that a card behind it may make a code, or sure.
func (s *scanner) codes(from, sure int) (to int) {
	if to = sure; s.r.InsecureKeepSAD {
		return to
	}
	cards := s.hits[:sort.Search(len(s.hits), func(k int) bool { return s.hits[k].Start >= sure })]
	for i := range cards {
		if cards[i].Kind == Card && cards[i].Reason != ByTrack {
			s.codeBehind(&cards[i])
		}
	}
	for k := 0; k < len(s.g); k++ {
		first, n, used := k, s.g[k].n(), s.g[k].used || s.g[k].mask
		for ; s.isAlone(k) && s.isAlone(k+1) && s.g[k].gap == gapNarrow; k++ { // "1 2 3"
			n, used = n+1, used || s.g[k+1].used
		}
		start := s.starts(s.g[first].from)
		mayCome := start >= sure-codeReach // a card that is near
		if used || start < from || n < 3 || n > maxPIN || !mayCome && !s.isNearCard(cards, start) {
			continue
		}
		switch kind := s.codeKind(cards, s.g[first].from, s.g[k].to, n); {
		case kind == "":
		case !mayCome || s.isNearCard(cards, start):
			s.add(hit{Span: Span{Kind: kind, Reason: ByCodeLabel}}, s.g[first].from, s.g[k].to)
		default:
			to = min(to, start)
		}
	}
	return to
}

// isAlone reports whether group k is a single digit.
func (s *scanner) isAlone(k int) bool { return k < len(s.g) && !s.g[k].mask && s.g[k].n() == 1 }

// isNearCard reports whether one of the cards stands near the byte i.
func (s *scanner) isNearCard(cards []hit, i int) bool {
	lo := sort.Search(len(cards), func(k int) bool { return cards[k].End >= i-codeReach })
	hi := sort.Search(len(cards), func(k int) bool { return cards[k].Start > i+codeReach })
	return i-s.base <= codeReach || slices.ContainsFunc(cards[lo:max(lo, hi)], func(x hit) bool { return x.Kind == Card })
}

// codeKind returns what a label calls the n digits in characters from to to, if anything: one
// before them, behind them, or in front of the card that they follow.
func (s *scanner) codeKind(cards []hit, from, to, n int) Kind {
	marks := s.words(from-codeBefore, to+codeAfter+1)
	if m := s.labelBefore(from, n); m.says != 0 {
		return m.kindOf(n) // or none: "door code 4471"
	}
	if i := slices.IndexFunc(marks, func(m mark) bool { return m.start >= to && m.kindOf(n) != "" }); i >= 0 {
		p, own := s.between(to, marks[i].start), s.digitsOf(marks[i])
		if marks[i].start-to <= codeAfter && !p.digits && p.words <= codeWordsAfter && !s.isMoney(from, to) && own != 1 && (own < 3 || own > maxPIN) {
			return marks[i].kindOf(n)
		}
	}
	k := sort.Search(len(cards), func(k int) bool { return cards[k].Start > s.starts(from) }) - 1
	if k >= 0 && cards[k].Kind == Card && from-s.g[cards[k].last].to <= codeAfter && !s.isMoney(from, to) {
		p, m := s.between(s.g[cards[k].last].to, from), s.labelBefore(s.g[cards[k].first].from, n)
		if !p.digits && !p.ends && !p.stops && p.words <= codeWordsAfter && (m.says&saysPIN != 0 || (n == 4) == (cards[k].Digits == 15)) {
			return m.kindOf(n) // "the CVV of 4539… is 731"
		}
	}
	return ""
}

// labelBefore returns the nearest word before character i that may be a label of n digits there.
func (s *scanner) labelBefore(i, n int) (label mark) {
	for _, m := range s.words(i-codeBefore, i) {
		if p := s.between(m.wordEnd, i); m.end <= i && i-m.wordEnd <= codeBefore && (m.kindOf(n) != "" || m.says&saysLabel != 0) &&
			!p.digits && p.words <= codeWordsBefore {
			label = m
		}
	}
	return label
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

// codeBehind masks the code that follows the card x without a label: behind the expiry
// date, or as a group of its own behind one grouped as printed.
func (s *scanner) codeBehind(x *hit) {
	k, dated := s.expiryBehind(x.last)
	if !s.begins(k, s.signs(s.g[k-1].to, 6)) {
		return
	}
	card, g := &s.g[x.last], &s.g[k]
	n, size := g.n(), 3
	if x.Digits == 15 {
		size = 4
	}
	if !dated && (n != size || x.form != printed || x.Tier != Strong || x.Digits > 16 || card.gap != gapNarrow ||
		s.isExpiry(k) || s.value(k)/100 == 20 || k+1 < len(s.g) && !s.g[k+1].mask && card.sameGap(g)) {
		return // another kind of card, a date, a further group
	}
	goesOn := s.at(g.to).is(latin) || strings.ContainsRune("/-.:,", s.at(g.to).r) && s.at(g.to+1).is(digit)
	if (n == 3 || n == 4) && !g.used && !goesOn && !s.isMoney(g.from, g.to) {
		s.add(hit{Span: Span{Kind: SecurityCode, Reason: ByPosition}}, g.from, g.to)
	}
}

// expiryBehind returns the group behind the expiry date that follows group k, with or
// without words before it, or the next if there is no date.
func (s *scanner) expiryBehind(k int) (next int, ok bool) {
	i := s.signs(s.g[k].to, 8)
	for n := 0; n < 3 && s.saidAt(i)&saysExpiry != 0; n++ {
		i = s.signs(s.wordEnd(i), 4)
	}
	if k++; !s.begins(k, i) {
		return k, false
	}
	next, month, year := k+1, s.value(k), 0
	switch s.g[k].n() {
	case 4:
		month, year = month/100, month%100
	case 6:
		month, year = month/10000, month%10000-2000
	case 1, 2:
		if !s.begins(next, s.signs(s.g[k].to, 3)) {
			return k, false
		}
		if year = s.value(next); s.g[next].n() == 4 {
			year -= 2000
		} else if s.g[next].n() != 2 {
			return k, false
		}
		next++
	}
	if !isMonth(month) || !isYear(year) {
		return k, false
	}
	return next, true
}

// begins reports whether group k, of digits, begins at i and not where the one before
// ends.
func (s *scanner) begins(k, i int) bool {
	return k < len(s.g) && !s.g[k].mask && s.g[k].from == i && s.g[k-1].to < i
}

// signs moves i on over at most n characters that are neither letters nor digits, with
// at most one line break.
func (s *scanner) signs(i, n int) int {
	for lines := 0; n > 0 && i < len(s.c) && !s.c[i].is(digit|letter); n-- {
		if s.c[i].r == '\n' {
			if lines++; lines > 1 {
				break
			}
		}
		i++
	}
	return i
}

// isMoney reports whether characters from to to are an amount: a sign or a name of money
// stands next to them.
func (s *scanner) isMoney(from, to int) bool {
	if from--; s.at(from).r == ' ' || s.at(from).r == 0xA0 {
		from--
	}
	if s.at(to).r == ' ' || s.at(to).r == 0xA0 {
		to++
	}
	return unicode.Is(unicode.Sc, s.at(from).r) || unicode.Is(unicode.Sc, s.at(to).r) || s.saidAt(to)&saysMoney != 0
}

// isTrack reports whether c stands in the data of a magnetic stripe (ISO/IEC 7813): after
// %B, or before ^ on track 1; before = and at least seven digits on track 2, for which
// some readers write D.
func (s *scanner) isTrack(c *candidate) bool {
	if s.at(c.from-1).r|0x20 == 'b' {
		return s.at(c.from-2).r == '%' || s.at(c.to).r == '^'
	}
	least := 7
	if s.at(c.from-1).r == ';' {
		least = 4
	}
	n := 0
	for s.at(c.to+1+n).is(digit) && n < least {
		n++
	}
	return n == least && (s.at(c.to).r == '=' || s.at(c.to).r|0x20 == 'd')
}

// trackTail returns the stretch of track data behind the card number c that must not be
// kept: all after the second caret of track 1, all after the separator of track 2.
func (s *scanner) trackTail(c *candidate) (from, to int) {
	switch from = c.to + 1; {
	case s.at(c.to).r == '^':
		for from < c.to+maxHolder && !strings.ContainsRune("^?\n", s.at(from).r) {
			from++
		}
		if s.at(from).r != '^' {
			return 0, 0
		}
		from++
	case s.at(c.from-1).r|0x20 == 'b':
		return 0, 0
	}
	for to = from; to < min(len(s.c), from+maxTrack) && !strings.ContainsRune("? \t\n\v\f\r", s.c[to].r); to++ {
	}
	return from, to
}
