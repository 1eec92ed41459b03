package redact_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/kanava-go/kanava/redact"
)

// This file and reference_words_test.go redact a second time, from the table in the
// package comment and the issuers' ranges: every row of groups is tried, every question
// is asked anew of the whole text, with loops over characters and regular expressions.
// It shares the table of words with the package, and is some thousand times slower.

// refRanges are prefixes of card numbers: of 16 digits that are certain (strong)
// and of lengths that need a word.
var refRanges = []struct {
	prefixes     string // alternatives, a-b for a range
	strong, weak []int
}{
	{"4", []int{16}, []int{13, 19}},
	{"51-55 2221-2720", []int{16}, nil},
	{"34 37", []int{15}, nil},
	{"6011 644-649 65 622126-622925", []int{16}, []int{17, 18, 19}},
	{"36", []int{14, 16}, []int{15, 17, 18, 19}},
	{"300-305 309 38 39", []int{14, 16}, []int{17, 18, 19}},
	{"3528-3589", []int{16}, []int{17, 18, 19}},
	{"1800 2131", nil, []int{15}},
	{"3088-3094", nil, []int{16}},
	{"62", []int{16, 19}, []int{17, 18}},
	{"810-817", nil, []int{16, 17, 18, 19}},
	{"50 56-58 63 67", []int{16}, []int{12, 13, 14, 15, 17, 18, 19}},
	{"6", nil, []int{12, 13, 14, 15, 16, 17, 18, 19}},
	{"2200-2204", []int{16}, []int{17, 18, 19}},
	{"60", []int{16}, nil},
	{"81 82 8600 5614 9 1946", nil, []int{16}},
	{"9704", nil, []int{19}},
	{"636", []int{16}, []int{17, 18, 19}},
	{"1", nil, []int{15}},
}

func refTier(n string) redact.Tier {
	tier := redact.None
	for _, row := range refRanges {
		for _, p := range strings.Fields(row.prefixes) {
			from, to, _ := strings.Cut(p, "-")
			if to == "" {
				to = from
			}
			if n[:len(from)] < from || n[:len(to)] > to {
				continue
			}
			if slices.Contains(row.strong, len(n)) {
				tier = redact.Strong
			} else if tier == redact.None && slices.Contains(row.weak, len(n)) {
				tier = redact.Weak
			}
		}
	}
	return tier
}

func refLuhn(n string) bool {
	sum := 0
	for i := range n {
		d, _ := strconv.Atoi(n[len(n)-1-i : len(n)-i])
		if i%2 == 1 {
			d = []int{0, 2, 4, 6, 8, 1, 3, 5, 7, 9}[d]
		}
		sum += d
	}
	return sum%10 == 0
}

const (
	refSeparators = " \t\r\n-.,_/|*:~\u00a0\u00b7\u2022\u202f\u205f\u3000\u2212\u30fb\ufe58\ufe63\uff0d"
	refInvisible  = "\u00ad\u20e3\ufe0e\ufe0f\ufeff\u0640"
)

func refIsSeparator(r rune) bool {
	return strings.ContainsRune(refSeparators, r) || r >= 0x2000 && r <= 0x200a || r >= 0x2010 && r <= 0x2015
}

func refIsInvisible(r rune) bool { // or an accent
	return strings.ContainsRune(refInvisible, r) || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e ||
		r >= 0x2060 && r <= 0x2064 || r >= 0x2066 && r <= 0x2069 || r < 0x0700 && unicode.Is(unicode.Mn, r)
}

// refDigit returns the value of r in decimal, or "".
func refDigit(r rune) string {
	if !unicode.IsDigit(r) {
		return ""
	}
	zero := r
	for unicode.IsDigit(zero - 1) {
		zero--
	}
	return strconv.Itoa(int(r-zero) % 10)
}

func refLatin(r rune) bool { return r < 0x2000 && unicode.Is(unicode.Latin, r) }

// A refGroup is a run of digits, or of masks, which are written as question marks.
type refGroup struct {
	from, to int // characters
	digits   string
	whole    int    // characters of it and of the groups that touch it
	gap      string // to the next, without invisible characters
	kind     string // of the gap: touch, narrow, wide or end
	visible  bool
	track    bool // masked as data of a magnetic stripe
}

func (g refGroup) mask() bool { return g.digits[0] == '?' }

type refText struct {
	r       *redact.Redactor
	mask    rune
	runes   []rune
	g       []refGroup
	marks   []refMark
	hide    map[int]bool
	spelled map[int]bool // characters that stand for a number word
	taken   int          // groups before are done
	cards   []refCard
}

type refCard struct {
	first, last int // groups
	number      string
	tier        redact.Tier
	form        string
	sure, named bool
	track       bool
	from, to    int  // characters, for the codes
	stays       bool // allowed by the host, or named
}

// refRedact returns text, which must be valid UTF-8, with what r masks masked.
func refRedact(r *redact.Redactor, text string) string {
	x := &refText{r: r, mask: rune(r.Mask), hide: map[int]bool{}, spelled: map[int]bool{}}
	all := []rune(text)
	var at []int // of x.runes in all
	hidden := 0
	for i, c := range all {
		if hidden++; !refIsInvisible(c) {
			hidden = 0
		}
		if hidden == 0 || hidden > 8 {
			x.runes, at = append(x.runes, c), append(at, i)
		}
	}
	if r.Mask == 0 {
		x.mask = rune(redact.DefaultMask)
	}
	at = x.spell(at)
	x.groups()
	x.marks = x.findMarks()
	for k := 0; k < len(x.g); {
		if k < x.taken || x.g[k].mask() || x.g[k].visible || x.g[k].track {
			k++
			continue
		}
		k = x.step(k)
	}
	if !r.InsecureKeepSAD {
		x.codes()
	}
	for i := range x.hide {
		if !x.spelled[i] {
			all[at[i]] = x.mask
		}
	}
	return string(all)
}

// spell replaces three number words or more between two groups, at most eighty characters
// apart, by digits. At tells where the characters stand in the text.
func (x *refText) spell(at []int) []int {
	end, long := -1, false // the group behind, and whether it has four digits
	for i := len(x.runes) - 1; i >= 0; i-- {
		kind := func(i int) string {
			switch {
			case i < 0 || i >= len(x.runes):
				return ""
			case refDigit(x.runes[i]) != "":
				return "digit"
			case x.hidden(i):
				return "mask"
			}
			return ""
		}
		if kind(i) == "" {
			continue
		}
		first := i
		for kind(first-1) == kind(i) {
			first--
		}
		if end >= 0 && end-i-1 <= 80 && long && i-first >= 3 {
			var from, to int
			digits := ""
			for k := i + 1; k < end; k++ {
				if !redact.IsLetter(x.runes[k]) {
					continue
				}
				next := k
				for next < end && redact.IsLetter(x.runes[next]) {
					next++
				}
				value := redact.Numeral(refFold(string(x.runes[k:next])))
				if value == "" && redact.Unspaced(x.runes[k]) {
					next = k + 1
					value = redact.Numeral(refFold(string(x.runes[k:next])))
				}
				if value == "" && len(digits) >= 3 || len(digits) == 19 {
					break
				}
				if value == "" {
					digits = ""
				} else {
					if digits == "" {
						from = k
					}
					digits += value
					to = next
				}
				k = next - 1
			}
			if len(digits) >= 3 {
				moved := map[int]bool{}
				for k := range x.spelled {
					moved[k+len(digits)-(to-from)] = true
				}
				x.spelled = moved
				var places []int
				for k := range digits {
					x.spelled[from+k] = true
					places = append(places, at[from])
				}
				x.runes = slices.Replace(x.runes, from, to, []rune(digits)...)
				at = slices.Replace(at, from, to, places...)
			}
		}
		end, long = first, i-first >= 3
		i = first
	}
	return at
}

// at returns character i, or 0.
func (x *refText) at(i int) rune {
	if i < 0 || i >= len(x.runes) {
		return 0
	}
	return x.runes[i]
}

// hidden reports whether character i is a mask that stands for a digit.
func (x *refText) hidden(i int) bool {
	if x.at(i) != x.mask {
		return false
	}
	from, to := i, i+1
	for x.at(from-1) == x.mask {
		from--
	}
	for x.at(to) == x.mask {
		to++
	}
	return !refLatin(x.mask) || to-from >= 3 || !refLatin(x.at(to))
}

// groups cuts the text.
func (x *refText) groups() {
	symbol := func(i int) string {
		if d := refDigit(x.at(i)); d != "" || !x.hidden(i) {
			return d
		}
		return "?"
	}
	for i := range x.runes {
		s := symbol(i)
		if s == "" {
			continue
		}
		if n := len(x.g); n > 0 {
			last := &x.g[n-1]
			last.kind, last.gap = x.gap(last.to, i)
			if last.kind == "touch" && last.mask() == (s == "?") {
				last.digits += s
				last.to = i + 1
				continue
			}
		}
		x.g = append(x.g, refGroup{from: i, to: i + 1, digits: s, kind: "end"})
	}
	if n := len(x.g); n > 0 {
		x.g[n-1].kind, x.g[n-1].gap = "end", ""
	}
	for k := 0; k < len(x.g); {
		n := k + 1
		for n < len(x.g) && x.g[n-1].kind == "touch" {
			n++
		}
		whole := len(refDigits(x.g[k:n]))
		for ; k < n; k++ {
			x.g[k].whole = whole
		}
	}
	// What an earlier pass left readable.
	head, least := false, 8
	switch x.r.Keep {
	case redact.KeepFirst6Last4:
		head, least = true, 4
	case redact.KeepNone:
		return
	}
	leave := func(k, step, n int) {
		for k >= 0 && k < len(x.g) && !x.g[k].mask() && x.g[min(k, k-step)].kind != "end" && len(x.g[k].digits) <= n {
			x.g[k].visible = true
			n -= len(x.g[k].digits)
			k += step
		}
	}
	for k := 0; k < len(x.g); k++ {
		n := k
		for n < len(x.g) && (n == k && x.g[n].mask() || n > k && x.g[n-1].kind != "end" && (x.g[n].mask() || x.spelled[x.g[n].from])) {
			n++
		}
		if n == k {
			continue
		}
		if len(refDigits(x.g[k:n])) >= least {
			leave(n, 1, 4)
			if head {
				leave(k-1, -1, 6)
			}
		}
		k = n - 1
	}
}

// gap tells what stands between a digit before i and one at k.
func (x *refText) gap(i, k int) (kind, text string) {
	text = string(x.runes[i:k])
	narrow := !strings.ContainsFunc(text, func(r rune) bool { return !refIsSeparator(r) || r == x.mask })
	breaks := strings.Count(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), "\n")
	switch {
	case k-i > 40:
		return "end", ""
	case text == "":
		return "touch", ""
	case narrow && breaks <= 1 && k-i <= 4:
		return "narrow", text
	}
	return "wide", text
}

func refDigits(g []refGroup) (n string) {
	for _, x := range g {
		n += x.digits
	}
	return n
}

// step judges the candidates that start with group k.
func (x *refText) step(k int) int {
	c := x.best(k, len(x.g))
	if c == nil || c.named {
		if c != nil {
			c.stays = true
			x.cards = append(x.cards, *c)
			return c.last + 1
		}
		return k + 1
	}
	for m := k + 1; m <= c.last && !c.sure; m++ {
		if next := x.best(m, len(x.g)); next != nil && next.sure && !next.named {
			if c = x.best(k, m); c == nil || c.named {
				return k + 1
			}
			break
		}
	}
	x.take(c)
	return c.last + 1
}

// best returns the best candidate, or the longest that has a name.
func (x *refText) best(k, limit int) (best *refCard) {
	for j := k; j < limit; j++ {
		if x.g[j].mask() || x.g[j].visible || x.g[j].track || len(refDigits(x.g[k:j+1])) > 19 {
			break
		}
		c := x.judge(k, j)
		switch {
		case c == nil:
		case c.named:
			if best == nil || best.named {
				best = c
			}
		case best == nil || best.named,
			c.form == "printed" && best.form == "printed" && len(c.number) <= 18,
			c.sure && !best.sure,
			c.sure == best.sure && (c.tier == redact.Strong || best.tier == redact.Weak):
			best = c
		}
		if x.g[j].kind == "end" {
			break
		}
	}
	return best
}

var refUnionPay = regexp.MustCompile(`^(62\d{14}|81[0-7]\d{13})\d*$`)

// judge is the table: it returns groups i to j as a card, or as a number that has
// another name, or nil.
func (x *refText) judge(i, j int) *refCard {
	g := x.g[i : j+1]
	c := &refCard{first: i, last: j, number: refDigits(g), from: g[0].from, to: g[len(g)-1].to}
	if len(c.number) < 12 || refTier(c.number) == redact.None {
		return nil
	}
	c.tier = refTier(c.number)
	checked := refLuhn(c.number)
	if !checked && !refUnionPay.MatchString(c.number) {
		return nil
	}
	c.form = x.form(i, j)
	if c.form == "never" || x.phone(c) {
		return nil
	}
	c.track = x.track(c.from, c.to) >= 0
	c.sure = !c.track && c.tier == redact.Strong && c.form != "loose" && checked && !x.touched(c.from, c.to) && !x.fraction(c)
	near := x.cardWord(c.from, c.to, "card proof")
	if !c.sure && !c.track && near < 0 {
		return nil
	}
	if strings.HasPrefix(x.after(c.to), "@") || x.inURL(c.from) || x.iban(c.from, c.to) {
		return nil
	}
	if c.track {
		c.sure = true
		return c
	}
	if !checked && x.cardWord(c.from, c.to, "unionpay") < 0 {
		return nil
	}
	if !x.r.Strict && x.isNamed(c, near) {
		if c.named = c.form != "loose"; !c.named {
			return nil
		}
	}
	return c
}

var (
	refPrinted = regexp.MustCompile(`^(4 4 4 4( [123])?|4 4 4 3|4 6 5|4 6 4|4 5 6|6 13)$`)
	refUniform = regexp.MustCompile(`^(1( 1)+|2( 2)+|8 8)$`)
)

func refSizes(g []refGroup) string {
	var sizes []string
	for _, y := range g {
		sizes = append(sizes, strconv.Itoa(len(y.digits)))
	}
	return strings.Join(sizes, " ")
}

// form tells how groups i to j are grouped.
func (x *refText) form(i, j int) string {
	g := x.g[i : j+1]
	if len(g) == 1 {
		return "single"
	}
	narrow, alike, letters := true, true, false
	for k, y := range g[:len(g)-1] {
		gap := x.runes[y.to:g[k+1].from]
		narrow = narrow && y.kind == "narrow"
		alike = alike && y.gap == g[0].gap && y.kind == g[0].kind
		if slices.ContainsFunc(gap, redact.IsLetter) {
			letters = true
			if refLatin(gap[0]) || refLatin(gap[len(gap)-1]) {
				return "never"
			}
		}
	}
	sizes := refSizes(g)
	printed, uniform := refPrinted.MatchString(sizes), refUniform.MatchString(sizes)
	form := "loose"
	switch {
	case printed && (narrow || alike || x.repeats(g)) && !x.pair(g):
		form = "printed"
	case printed:
	case letters:
		return "never"
	case uniform && narrow && alike && !x.pair(g):
		form = "uniform"
	case uniform:
	case narrow && alike && refSlip(g) && strings.TrimSpace(string(x.runes[g[0].to:g[1].from])) == "":
		form = "slipped"
	case len(g) > 6:
		return "never"
	}
	if uniform && x.list(i, j) {
		return "never"
	}
	if form == "printed" && len(g[0].digits) == 4 && x.list(i, j) {
		return "loose"
	}
	return form
}

// repeats reports whether what stands between groups begins or ends with the same word.
func (x *refText) repeats(g []refGroup) bool {
	var firsts, lasts []string
	for k := range len(g) - 1 {
		between := x.runes[g[k].to:g[k+1].from]
		words := strings.FieldsFunc(string(between), func(r rune) bool { return !redact.IsLetter(r) })
		if len(words) == 0 {
			return false
		}
		firsts, lasts = append(firsts, refFold(words[0])), append(lasts, refFold(words[len(words)-1]))
	}
	return len(slices.Compact(firsts)) == 1 || len(slices.Compact(lasts)) == 1
}

func refFold(word string) string { return strings.Map(redact.Fold, word) }

// refSlip reports whether sixteen digits are in fours but for one slip.
func refSlip(g []refGroup) bool {
	if len(refDigits(g)) != 16 || len(g) > 5 {
		return false
	}
	// All ways to slip, as patterns of sizes.
	sizes := refSizes(g)
	var slips []string
	for _, a := range []int{1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15} {
		slips = append(slips, refJoin(a, 16-a))
	}
	slips = append(slips, "4 4 8", "4 8 4", "8 4 4")
	for a := -1; a <= 1; a++ {
		for b := -1; b <= 1; b++ {
			for c := -1; c <= 1; c++ {
				slips = append(slips, refJoin(4+a, 4+b-a, 4+c-b, 4-c))
			}
		}
	}
	for a := 1; a <= 7; a++ {
		slips = append(slips, refJoin(a, 4, 4, 8-a))
	}
	for cut := 1; cut < 16; cut++ {
		if cut%4 != 0 {
			s := []int{4, 4, 4, 4}
			s = slices.Insert(s, cut/4, cut%4)
			s[cut/4+1] = 4 - cut%4
			slips = append(slips, refJoin(s...))
		}
	}
	return slices.Contains(slips, sizes)
}

func refJoin(sizes ...int) string {
	var s []string
	for _, n := range sizes {
		s = append(s, strconv.Itoa(n))
	}
	return strings.Join(s, " ")
}

// pair reports whether a mark parts the digits into two telephone numbers.
func (x *refText) pair(g []refGroup) bool {
	part := func(k int) bool { return strings.ContainsAny(string(x.runes[g[k].to:g[k+1].from]), "/,;|&") }
	switch refSizes(g) {
	case "8 8":
		return part(0)
	case "4 4 4 4", "4 4 4 3":
		return g[0].gap == g[2].gap && g[1].gap != g[0].gap && part(1)
	}
	return false
}

// list reports whether groups i to j are a part of a longer row.
func (x *refText) list(i, j int) bool {
	size, gap := len(x.g[i].digits), x.g[i].gap
	if x.g[i].kind == "end" {
		return false
	}
	row := func(k, step int) (n int, last int) { // visible groups, those that touch being one
		last = k
		for n < 8 {
			next := k + step
			between := min(k, next)
			if next < 0 || next >= len(x.g) || x.g[between].kind == "touch" || x.g[between].kind == "end" ||
				x.g[between].gap != gap || x.g[next].whole != size {
				return n, last
			}
			for next+step >= 0 && next+step < len(x.g) && x.g[min(next, next+step)].kind == "touch" {
				next += step
			}
			n, k, last = n+1, next, next
		}
		return n, last
	}
	before, _ := row(i, -1)
	after, end := row(j, 1)
	if size != 4 {
		return before > 0 || after > 0 && !x.date(j+1, gap)
	}
	if j-i > 3 {
		return before > 0
	}
	if after > 0 && refMMYY.MatchString(x.g[j+1].digits) {
		after--
		if before+after == 0 {
			return false
		}
		if before+after == 1 { // the row ends one group earlier than it did
			_, end = j, j
			for n := after; n > 0; n-- {
				for end++; end+1 < len(x.g) && x.g[end].kind == "touch"; end++ {
				}
			}
		}
	}
	switch before + after {
	case 0:
		return false
	case 1:
		return end+1 < len(x.g) && x.g[end].gap == gap && x.g[end].kind != "end" && x.g[end].kind != "touch" && x.g[end+1].whole < x.g[end].whole
	}
	return before%4 != 0 || after%4 != 0
}

var (
	refMMYY  = regexp.MustCompile(`^(0[1-9]|1[0-2])[2-4]\d$`)
	refMonth = regexp.MustCompile(`^(0[1-9]|1[0-2])$`)
)

func (x *refText) date(k int, gap string) bool {
	return k+1 < len(x.g) && refMonth.MatchString(x.g[k].digits) && x.g[k].gap != gap && (len(x.g[k+1].digits) == 2 || len(x.g[k+1].digits) == 4)
}

// take masks a card and the track data behind it.
func (x *refText) take(c *refCard) {
	x.taken = c.last + 1
	head, tail := 0, 4
	if x.r.Keep == redact.KeepFirst6Last4 && len(c.number) >= 14 {
		head = 6
	} else if x.r.Keep == redact.KeepNone {
		tail = 0
	}
	n := 0
	for i := c.from; i < c.to; i++ {
		if refDigit(x.runes[i]) != "" {
			if n >= head && n < len(c.number)-tail {
				x.hide[i] = true
			}
			n++
		}
	}
	x.cards = append(x.cards, *c)
	if !c.track || x.r.InsecureKeepSAD {
		return
	}
	from, to := x.trackFrom(c.from, c.to), x.track(c.from, c.to)
	for k := range x.g {
		x.g[k].track = x.g[k].track || from <= x.g[k].from && x.g[k].from < to
	}
	for i := from; i < to; i++ {
		if refDigit(x.runes[i]) != "" {
			x.hide[i] = true
		}
	}
}
