package redact_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/redact"
)

// A refCode is a row of digits: a group, or single digits with short gaps.
type refCode struct {
	from, to int
	digits   string
}

// used reports whether group k has been judged.
func (x *refText) used(k int) bool {
	g := x.g[k]
	return g.mask() || g.visible || g.track || slices.ContainsFunc(x.cards, func(c refCard) bool { return c.from <= g.from && g.from < c.to })
}

// secrets returns the rows of digits that have not been judged.
func (x *refText) secrets() (all []refCode) {
	for k := 0; k < len(x.g); k++ {
		y, used := refCode{x.g[k].from, x.g[k].to, x.g[k].digits}, x.used(k)
		alone := func(k int) bool { return k < len(x.g) && !x.g[k].mask() && len(x.g[k].digits) == 1 }
		for alone(k) && alone(k+1) && x.g[k].kind == "narrow" {
			k++
			y.to = x.g[k].to
			y.digits += x.g[k].digits
			used = used || x.used(k)
		}
		if !used {
			all = append(all, y)
		}
	}
	return all
}

// codes masks what follows a card as a code does, and what labels call a code.
func (x *refText) codes() {
	hide := func(y refCode) {
		for i := y.from; i < y.to; i++ {
			if refDigit(x.runes[i]) != "" {
				x.hide[i] = true
			}
		}
	}
	offset := func(i int) int { return len(string(x.runes[:i])) }
	var placed []refCode
	for _, c := range x.cards {
		if !c.stays && !c.track {
			if y, ok := x.codeBehind(c); ok {
				placed = append(placed, y)
				hide(y)
			}
		}
	}
	for _, y := range x.secrets() {
		near := slices.ContainsFunc(x.cards, func(c refCard) bool {
			return !c.stays && (c.to <= y.from && offset(y.from)-offset(c.to) <= 4096 || c.from > y.from && offset(c.from)-offset(y.from) <= 4096)
		})
		taken := slices.ContainsFunc(placed, func(p refCode) bool { return y.from <= p.from && p.from < y.to })
		if n := len(y.digits); near && !taken && n >= 3 && n <= 6 && (x.isCode(y) || x.announced(y)) {
			hide(y)
		}
	}
}

// labelBefore returns what the nearest label before character i calls y: pin, code or label.
func (x *refText) labelBefore(i int, y refCode) string {
	for _, m := range slices.Backward(x.marks) {
		if digits, words, _ := x.phrase(m.end, i); m.to <= i && i-m.end <= 28 && !digits && len(words) <= 5 {
			switch {
			case m.says["pin"]:
				return "pin"
			case m.says["code"] && len(y.digits) <= 4:
				return "code"
			case m.says["label"]:
				return "label"
			}
		}
	}
	return ""
}

// announced reports whether y comes behind a card with few words between, and a label in front
// of the card calls it a code.
func (x *refText) announced(y refCode) bool {
	var c refCard
	for _, next := range x.cards {
		if next.from < y.from {
			c = next
		}
	}
	if c.stays || c.to == 0 || y.from-c.to > 14 || x.labelBefore(y.from, y) != "" || x.money(y) {
		return false
	}
	digits, words, text := x.phrase(c.to, y.from)
	if digits || len(words) > 3 || refEnds.MatchString(text) || strings.ContainsAny(string(x.runes[c.to:y.from]), "\n,;") {
		return false
	}
	says := x.labelBefore(c.from, y)
	return says == "pin" || says == "code" && (len(y.digits) == 4) == (len(c.number) == 15)
}

// isCode reports whether a label before y, or behind it, calls it a code.
func (x *refText) isCode(y refCode) bool {
	says := func(m refMark) bool {
		return m.says["pin"] || m.says["code"] && len(y.digits) <= 4
	}
	plain := func(i, k, most int) bool {
		digits, words, _ := x.phrase(i, k)
		return !digits && len(words) <= most
	}
	if label := x.labelBefore(y.from, y); label != "" {
		return label != "label"
	}
	if x.money(y) {
		return false
	}
	for _, m := range x.marks {
		if m.from < y.to {
			continue
		}
		if m.from-y.to > 14 || !plain(y.to, m.from, 3) {
			return false
		}
		if says(m) {
			own := x.ownDigits(m)
			return own != 1 && (own < 3 || own > 6)
		}
	}
	return false
}

// ownDigits returns how many digits stand together behind the label m, near it.
func (x *refText) ownDigits(m refMark) int {
	rest := string(x.runes[m.end:min(len(x.runes), m.end+14)])
	i := m.end + utf8.RuneCountInString(refOwn.FindString(rest))
	n := 0
	for i < m.end+14 && refDigit(x.at(i+n)) != "" {
		n++
	}
	return n
}

var refOwn = regexp.MustCompile(`^[^,;\n).!?。！？؟।…\p{Nd}]*`)

// groupAt returns the group that starts at character i.
func (x *refText) groupAt(i int) (refGroup, int, bool) {
	for k, g := range x.g {
		if g.from == i && !g.mask() {
			return g, k, true
		}
	}
	return refGroup{}, 0, false
}

// codeBehind returns the code that follows the card c without a label.
func (x *refText) codeBehind(c refCard) (refCode, bool) {
	none := refCode{}
	i, next, dated := x.expiry(c)
	if !dated {
		i, next = c.to, c.last+1
	}
	start := x.signs(i, 6)
	g, k, ok := x.groupAt(start)
	if start == i || !ok || k != next {
		return none, false
	}
	if !dated {
		size := 3
		if len(c.number) == 15 {
			size = 4
		}
		n, _ := strconv.Atoi(g.digits)
		year := len(g.digits) == 4 && (n/100 == 20 || n/100 >= 1 && n/100 <= 12 && n%100 >= 20 && n%100 <= 49)
		if c.form != "printed" || c.tier != redact.Strong || len(c.number) > 16 || len(g.digits) != size || x.g[c.last].kind != "narrow" || year {
			return none, false
		}
		if k+1 < len(x.g) && g.kind != "end" && !x.g[k+1].mask() && string(x.runes[c.to:g.from]) == string(x.runes[g.to:x.g[k+1].from]) {
			return none, false
		}
	}
	y := refCode{g.from, g.to, g.digits}
	if n := len(g.digits); n != 3 && n != 4 || x.money(y) || x.goesOn(g.to) {
		return none, false
	}
	return y, !x.used(k)
}

// goesOn reports whether a word, a date, an amount or a time goes on at i.
func (x *refText) goesOn(i int) bool {
	return refLatin(x.at(i)) || i < len(x.runes) && strings.ContainsRune("/-.:,", x.at(i)) && refDigit(x.at(i+1)) != ""
}

func (x *refText) money(y refCode) bool {
	sign := func(r rune) bool { return unicode.Is(unicode.Sc, r) }
	space := func(r rune) bool { return r == ' ' || r == 0xA0 }
	before, after := y.from-1, y.to
	if space(x.at(before)) {
		before--
	}
	if space(x.at(after)) {
		after++
	}
	return sign(x.at(before)) || sign(x.at(after)) || x.startsWith(after, "money")
}

// signs returns the end of at most n characters from i on that are neither letters nor
// digits, with one line break among them at most.
func (x *refText) signs(i, n int) int {
	breaks := 0
	for ; n > 0 && i < len(x.runes) && refDigit(x.runes[i]) == "" && !redact.IsLetter(x.runes[i]); n-- {
		if x.runes[i] == '\n' {
			if breaks++; breaks > 1 {
				break
			}
		}
		i++
	}
	return i
}

var refDate = regexp.MustCompile(`^(0?[1-9]|1[0-2])(20)?[2-4][0-9]$`)

// expiry returns the end of the expiry date behind the card c, and the group behind it.
func (x *refText) expiry(c refCard) (end, next int, ok bool) {
	i := x.signs(c.to, 8)
	for n := 0; n < 3 && x.startsWith(i, "expiry"); n++ {
		i = x.signs(x.wordEnd(i), 4)
	}
	g, k, ok := x.groupAt(i)
	if !ok || k != c.last+1 {
		return 0, 0, false
	}
	switch len(g.digits) {
	case 4, 6:
		return g.to, k + 1, refDate.MatchString(g.digits)
	case 1, 2:
		month := g.digits
		if g, k, ok = x.groupAt(x.signs(g.to, 3)); !ok || k != c.last+2 || len(g.digits) != 2 && len(g.digits) != 4 {
			return 0, 0, false
		}
		return g.to, k + 1, refDate.MatchString(month + g.digits)
	}
	return 0, 0, false
}
