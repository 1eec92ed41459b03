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

// This file redacts a second time, from the rules as the package comment and the
// issuers' ranges state them: every range of groups is tried, every question is
// asked anew, by regular expressions and loops over runes. It shares nothing
// with the package but its options, and is some thousand times slower.

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
			} else if slices.Contains(row.weak, len(n)) {
				tier = max(tier, redact.Weak)
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
	refSeparators  = " \t\r\n-.,_/|*:~\u00a0\u00b7\u2022\u202f\u205f\u3000\u2212\u30fb\ufe58\ufe63\uff0d"
	refTransparent = "\u00ad\u20e3\ufe0e\ufe0f\ufeff"
)

func refIsSeparator(r rune) bool {
	return strings.ContainsRune(refSeparators, r) || r >= 0x2000 && r <= 0x200a || r >= 0x2010 && r <= 0x2015
}

func refIsTransparent(r rune) bool {
	return strings.ContainsRune(refTransparent, r) || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e ||
		r >= 0x2060 && r <= 0x2064 || r >= 0x2066 && r <= 0x2069
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

// A refGroup is a run of digits; gap is what joins it to the next, "" at the end
// of a chain.
type refGroup struct {
	from, to int // runes
	digits   string
	gap      string
}

type refText struct {
	r     *redact.Redactor
	mask  rune
	runes []rune
	lower []rune
	hide  map[int]bool
	done  int // end of the last card with what belongs to it
	taken int // end of what is masked or allowed
	cards [][2]int
}

// refRedact returns text, which must be valid UTF-8, with what r masks masked.
func refRedact(r *redact.Redactor, text string) string {
	x := &refText{r: r, mask: rune(r.Mask), runes: []rune(text), hide: map[int]bool{}}
	if r.Mask == 0 {
		x.mask = rune(redact.DefaultMask)
	}
	for _, c := range x.runes {
		x.lower = append(x.lower, unicode.ToLower(c))
	}
	for _, chain := range x.chains() {
		x.chain(chain)
	}
	x.codes()
	out := slices.Clone(x.runes)
	for i := range x.hide {
		out[i] = x.mask
	}
	return string(out)
}

// chains cuts the text into chains of groups.
func (x *refText) chains() (all [][]refGroup) {
	var chain []refGroup
	for i := 0; i < len(x.runes); {
		if refDigit(x.runes[i]) == "" {
			i++
			continue
		}
		g := refGroup{from: i, to: i + 1, digits: refDigit(x.runes[i])}
		for {
			gap, next := x.gap(g.to)
			if next < 0 || gap != "" {
				g.gap, i = gap, next
				break
			}
			g.digits += refDigit(x.runes[next])
			g.to = next + 1
		}
		chain = append(chain, g)
		if i < 0 {
			all = append(all, chain)
			chain, i = nil, g.to
		}
	}
	return all
}

// gap returns the separators between the digit before i and the next digit of
// the same chain, and where that is, or a negative number.
func (x *refText) gap(i int) (string, int) {
	seps, hidden := "", 0
	for ; i < len(x.runes); i++ {
		r := x.runes[i]
		switch {
		case refDigit(r) != "":
			breaks := strings.Count(strings.ReplaceAll(strings.ReplaceAll(seps, "\r\n", "\n"), "\r", "\n"), "\n")
			if utf8.RuneCountInString(seps) > 4 || hidden > 8 || breaks > 1 {
				return "", -1
			}
			return seps, i
		case refIsTransparent(r):
			hidden++
		case refIsSeparator(r) && r != x.mask:
			seps += string(r)
		default:
			return "", -1
		}
	}
	return "", -1
}

func refDigits(g []refGroup) (n string) {
	for _, x := range g {
		n += x.digits
	}
	return n
}

// chain masks the cards in one chain.
func (x *refText) chain(g []refGroup) {
	n := refDigits(g)
	before := x.before(g[0].from)
	if len(n) < 12 || len(n) <= 15 && (strings.HasPrefix(n, "00") && (len(g[0].digits) > 1) ||
		strings.HasSuffix(before, "+") || strings.HasSuffix(before, "＋")) {
		return
	}
	for i := 0; i < len(g); i++ {
		if g[i].from < x.taken {
			continue
		}
		c := x.best(g, i, len(g))
		for k := i + 1; c != nil && !c.sure && k <= c.last; k++ {
			if x.certain(g, k) {
				c = x.best(g, i, k)
				break
			}
		}
		if c == nil {
			continue
		}
		x.take(g, c)
		i = c.last
	}
}

type refCard struct {
	first, last int
	number      string
	sure, code  bool
}

// best returns the card that starts with group i and ends before group limit:
// strong before weak, then the longest.
func (x *refText) best(g []refGroup, i, limit int) *refCard {
	for _, tier := range []redact.Tier{redact.Strong, redact.Weak} {
		for j := limit - 1; j >= i; j-- {
			n := refDigits(g[i : j+1])
			if len(n) < 12 || len(n) > 19 || refTier(n) != tier || !x.checks(g, i, j) {
				continue
			}
			if c := x.judge(g, i, j, tier); c != nil {
				if len(n) == 16 && tier == redact.Strong && refShape(g[i:j+1]) == "canonical" && j+1 < limit {
					m := refDigits(g[i : j+2])
					if (len(m) == 17 || len(m) == 18) && refTier(m) == redact.Weak && x.checks(g, i, j+1) && refShape(g[i:j+2]) == "canonical" {
						if longer := x.judge(g, i, j+1, redact.Weak); longer != nil {
							return longer
						}
					}
				}
				return c
			}
		}
	}
	return nil
}

// certain reports whether a card that needs no context starts with group i.
func (x *refText) certain(g []refGroup, i int) bool {
	for j := i; j < len(g); j++ {
		n := refDigits(g[i : j+1])
		if len(n) < 12 || len(n) > 19 || refTier(n) != redact.Strong || !x.checks(g, i, j) {
			continue
		}
		if c := x.judge(g, i, j, redact.Strong); c != nil && c.sure {
			return true
		}
	}
	return false
}

var refUnionPay = regexp.MustCompile(`^(62|81[0-7])\d{13,}$`)

// checks reports whether groups i to j pass the Luhn check or need not.
func (x *refText) checks(g []refGroup, i, j int) bool {
	n := refDigits(g[i : j+1])
	return refLuhn(n) || refUnionPay.MatchString(n) && len(n) >= 16 && x.wordNear(g[i].from, g[j].to, refUnionIn)
}

var (
	refCanonical = regexp.MustCompile(`^(4 4 4 4( [123])?|4 6 5|4 6 4|6 13)$`)
	refUniform   = regexp.MustCompile(`^(1( 1)+|2( 2)+|8( 8)+)$`)
)

func refShape(g []refGroup) string {
	var sizes []string
	for _, y := range g {
		sizes = append(sizes, strconv.Itoa(len(y.digits)))
	}
	s := strings.Join(sizes, " ")
	switch {
	case len(g) == 1:
		return "single"
	case refCanonical.MatchString(s) || s == "4 5 6" && g[0].digits[0] == '1':
		return "canonical"
	case refUniform.MatchString(s):
		return "uniform"
	}
	return "irregular"
}

// judge asks all that is asked about groups i to j but for their digits.
func (x *refText) judge(g []refGroup, i, j int, tier redact.Tier) *refCard {
	shape := refShape(g[i : j+1])
	c := &refCard{first: i, last: j, number: refDigits(g[i : j+1]), sure: tier == redact.Strong && shape != "irregular"}
	from, to := g[i].from, g[j].to
	if shape != "single" && x.blocked(g, c, shape) {
		return nil
	}
	track := x.track(from, to) >= 0
	if !track && x.touched(from, to) || x.leftover(from, to) {
		return nil
	}
	if shape != "single" && x.iban(from, to) {
		return nil
	}
	doubtful := !c.sure
	if shape == "single" && !x.r.Strict && x.labelled(from) || shape == "single" && refFraction.MatchString(strings.ReplaceAll(string(x.runes[:from]), string(x.mask), "0")) {
		doubtful = true
	}
	if doubtful && !track && !x.wordNear(from, to, refCardIn) {
		return nil
	}
	return c
}

var refFraction = regexp.MustCompile(`(^|[^\d.A-Za-z])\d{1,3}\.$`)

func refUses(g []refGroup, gap string) bool {
	for _, y := range g[:len(g)-1] {
		if y.gap == gap {
			return true
		}
	}
	return false
}

var refMMYY = regexp.MustCompile(`^(0[1-9]|1[0-2])[2-4]\d$`)

// blocked judges the groups before and after a candidate of several.
func (x *refText) blocked(g []refGroup, c *refCard, shape string) bool {
	in := g[c.first : c.last+1]
	least := 3
	if shape == "uniform" {
		least = 1
	}
	if c.first > 0 {
		y := g[c.first-1]
		if refUses(in, y.gap) && len(y.digits) >= least && y.to > x.done && !x.code(y) {
			ends := false
			for k := range c.first {
				ends = ends || shape != "uniform" && x.evident(g, k, c.first-1, "none")
			}
			if !ends {
				return true
			}
		}
	}
	if c.last+1 < len(g) {
		gap, y := g[c.last].gap, g[c.last+1]
		dated, list := refMMYY.MatchString(y.digits), "none"
		if shape == "uniform" {
			list = gap
			dated = y.gap != gap && len(y.digits) <= 2 && x.expiry(y.from) > 0
		}
		if refUses(in, gap) && len(y.digits) >= least && !dated {
			for k := c.last + 1; k < len(g); k++ {
				if x.evident(g, c.last+1, k, list) {
					return false
				}
			}
			next := false
			for k := c.last + 2; k < len(g); k++ {
				next = next || x.evident(g, c.last+2, k, "none")
			}
			size := map[int]int{16: 3, 15: 4}[len(c.number)]
			c.code = c.sure && shape == "canonical" && len(y.digits) == size &&
				(!refUses(in, y.gap) || next || x.expiry(y.to) > 0) &&
				(c.first == 0 || g[c.first-1].to <= x.done || !refUses(in, g[c.first-1].gap))
			return !c.code
		}
	}
	return false
}

// evident reports whether groups i to j are a card, leaving aside what is around
// them, but that a uniform one may not be joined by gap.
func (x *refText) evident(g []refGroup, i, j int, gap string) bool {
	in := g[i : j+1]
	n := refDigits(in)
	if len(n) < 12 || len(n) > 19 || refTier(n) == redact.None || !x.checks(g, i, j) {
		return false
	}
	shape := refShape(in)
	if shape == "uniform" && refUses(in, gap) || x.leftover(in[0].from, in[len(in)-1].to) {
		return false
	}
	return refTier(n) == redact.Strong && shape != "irregular" || x.track(in[0].from, in[len(in)-1].to) >= 0 ||
		x.wordNear(in[0].from, in[len(in)-1].to, refCardIn)
}

// take masks a card and what follows it.
func (x *refText) take(g []refGroup, c *refCard) {
	from, to := g[c.first].from, g[c.last].to
	x.done, x.taken = to, to
	x.cards = append(x.cards, [2]int{from, to})
	head, tail := 0, 4
	if x.r.Keep == redact.KeepFirst6Last4 && len(c.number) >= 14 {
		head = 6
	} else if x.r.Keep == redact.KeepNone {
		tail = 0
	}
	n := 0
	for i := from; i < to; i++ {
		if refDigit(x.runes[i]) != "" {
			if n >= head && n < len(c.number)-tail {
				x.hide[i] = true
			}
			n++
		}
	}
	if end := x.track(from, to); end >= 0 {
		if !x.r.InsecureKeepSAD {
			x.secret(x.trackFrom(from, to), end)
		}
		return
	}
	if c.code {
		y := g[c.last+1]
		x.secret(y.from, y.to)
		if e := x.expiry(y.to); e > 0 {
			x.done = e
		}
		return
	}
	if e := x.expiry(to); e > 0 {
		x.done = e
		runes, at := x.squeezed(e)
		rest := refSkip(string(runes), 6)
		if code := refLone.FindString(rest); code != "" && refAlone(rest[len(code):]) {
			from := len(runes) - utf8.RuneCountInString(rest)
			for _, chain := range x.chains() {
				for i := range chain {
					for j := i; j < len(chain) && chain[i].from == at[from]; j++ {
						if x.evident(chain, i, j, "none") {
							return
						}
					}
				}
			}
			x.secret(at[from], at[from+utf8.RuneCountInString(code)-1]+1)
		}
	}
}

// secret masks all digits of a stretch.
func (x *refText) secret(from, to int) {
	if from >= to {
		return
	}
	x.done = max(x.done, to)
	if x.r.InsecureKeepSAD {
		return
	}
	x.taken = to
	for i := from; i < to; i++ {
		if refDigit(x.runes[i]) != "" {
			x.hide[i] = true
		}
	}
}

// codes masks what labels call a code, near a card.
func (x *refText) codes() {
	if x.r.InsecureKeepSAD {
		return
	}
	offset := func(i int) int { return len(string(x.runes[:i])) }
	for _, chain := range x.chains() {
		for _, g := range chain {
			near, inside := false, false
			for _, c := range x.cards {
				inside = inside || g.from >= c[0] && g.from < c[1]
				near = near || g.from >= c[1] && offset(g.from)-offset(c[1]) <= 4096 || g.to <= c[0] && offset(c[0])-offset(g.to) <= 4096
			}
			if near && !inside && x.code(g) {
				for i := g.from; i < g.to; i++ {
					if refDigit(x.runes[i]) != "" {
						x.hide[i] = true
					}
				}
			}
		}
	}
}
