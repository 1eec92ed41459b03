package redact_test

import (
	"math/big"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/kanava-go/kanava/redact"
)

// A refWord is an entry of the table of words, taken apart.
type refWord struct {
	text                           []rune // folded, or in lower case if exact
	says                           string
	whole, inside, exact, anywhere bool
}

// refMark is a word found at characters from to to; end is the end of the word of the
// text that it is in.
type refMark struct {
	from, to, end int
	says          map[string]bool
}

func (m refMark) any(what string) bool {
	return slices.ContainsFunc(strings.Fields(what), func(s string) bool { return m.says[s] })
}

// refLexicon holds the words by their first letter.
var refLexicon = sync.OnceValue(func() map[rune][]refWord {
	all := map[rune][]refWord{}
	for _, e := range redact.TableWords() {
		w := refWord{says: e.Column}
		text := strings.TrimLeft(e.Entry, "+-=")
		marks := e.Entry[:len(e.Entry)-len(text)]
		if text == "" {
			text, marks = e.Entry, ""
		}
		w.inside, w.exact = strings.Contains(marks, "-"), strings.Contains(marks, "=")
		if strings.Contains(marks, "+") {
			w.says += " names"
		}
		if e.Column == "unionpay" {
			w.says += " card"
		}
		text, w.whole = strings.CutSuffix(text, "|")
		if e.Column == "code" && !w.whole {
			w.says += " proof"
		}
		for _, r := range text {
			if w.exact {
				w.text = append(w.text, unicode.ToLower(r))
			} else if !refIsInvisible(r) {
				w.text = append(w.text, redact.Fold(r))
			}
		}
		w.anywhere = !w.whole && (redact.Unspaced(w.text[0]) || len(w.text) > 1 && refDigit(w.text[0]) != "" && redact.Unspaced(w.text[1]))
		first := redact.Fold(w.text[0])
		all[first] = append(all[first], w)
	}
	return all
})

const refBreaks = ",;:!?()/\n\r、，。；：！？،؛؟।…"

// matches returns the end of w at i, or -1.
func (x *refText) matches(w *refWord, i int) int {
	for k := 0; k < len(w.text); i++ {
		if w.text[k] == ' ' && k > 0 {
			i = x.wordEnd(i)
			n := 0
			for ; n <= 3 && x.at(i) != 0 && x.at(i) != x.mask && !redact.IsLetter(x.at(i)) && refDigit(x.at(i)) == "" && !strings.ContainsRune(refBreaks, x.at(i)); n++ {
				i++
			}
			if n == 0 || n > 3 || x.at(i) == x.mask || !redact.IsLetter(x.at(i)) && refDigit(x.at(i)) == "" {
				return -1
			}
			i--
			k++
			continue
		}
		f := redact.Fold(x.at(i))
		switch {
		case i >= len(x.runes):
			return -1
		case w.exact && unicode.ToLower(x.at(i)) == w.text[k], !w.exact && f == w.text[k]:
			k++
		default:
			return -1
		}
	}
	return i
}

func (x *refText) wordEnd(i int) int {
	for n := 0; n < 32 && i < len(x.runes) && redact.IsLetter(x.runes[i]) && x.runes[i] != x.mask; n++ {
		i++
	}
	return i
}

// findMarks finds the words of the whole text and joins what belongs together.
func (x *refText) findMarks() (marks []refMark) {
	for i, r := range x.runes {
		m := refMark{from: i, says: map[string]bool{}}
		before := x.at(i - 1)
		if i > 0 && refDigit(before) != "" && refDigit(r) != "" || refIsInvisible(r) || r == x.mask && !refLatin(r) {
			continue
		}
		for _, w := range refLexicon()[redact.Fold(r)] {
			speaks := !slices.ContainsFunc([]string{"card", "proof"}, func(s string) bool { return slices.Contains(strings.Fields(w.says), s) })
			letter := func(r rune) bool { return redact.IsLetter(r) && !(speaks && r == x.mask) }
			to := -1
			if w.anywhere || w.inside || !letter(before) {
				to = x.matches(&w, i)
			}
			if to < 0 || to < m.to || w.whole && letter(x.at(to)) {
				continue
			}
			if to > m.to {
				m = refMark{from: i, to: to, end: to, says: map[string]bool{}}
			}
			for _, s := range strings.Fields(w.says) {
				m.says[s] = true
			}
			if w.inside && w.says == "number" && redact.IsLetter(before) {
				m.says["compound"] = true
			}
			if m.end = to; !w.anywhere {
				m.end = x.wordEnd(to)
			}
		}
		if m.to == 0 || len(marks) > 0 && m.to <= marks[len(marks)-1].to {
			continue
		}
		marks = x.join(marks, m)
	}
	return marks
}

func (x *refText) join(marks []refMark, m refMark) []refMark {
	number := func(m refMark) bool { return m.says["number"] || m.says["code"] && !m.any("card proof label") }
	last := len(marks) - 1
	for last > 0 && !marks[last].any("card code proof pin label kind number names compound unionpay") {
		last--
	}
	if last >= 0 && x.adjacent(marks[last].end, m.from) {
		p := marks[last]
		as := func(says map[string]bool, more ...string) []refMark {
			joined := refMark{p.from, m.to, m.end, map[string]bool{}}
			for s := range says {
				joined.says[s] = true
			}
			for _, s := range more {
				joined.says[s] = true
			}
			return append(slices.Clone(marks[:last]), joined)
		}
		short := len(string(x.runes[p.from:p.to])) <= 2
		switch {
		case p.says["kind"] && m.says["card"], p.says["card"] && m.says["kind"]:
			return as(nil, "label", "names")
		case p.says["card"] && number(m):
			return as(p.says, "names")
		case number(p) && m.says["card"] && !short:
			return as(m.says, "names")
		case p.any("label kind") && number(m):
			return as(p.says, "label", "names")
		case number(p) && m.any("label kind"), p.says["label"] && m.says["kind"], p.says["kind"] && m.says["label"]:
			return as(m.says, "label", "names")
		case p.to >= m.from || p.end > m.from:
			return append(marks, m)
		}
	}
	if m.says["compound"] {
		letters := 0
		for letters < 3 && redact.IsLetter(x.at(m.from-1-letters)) {
			letters++
		}
		before := x.at(m.from - 1)
		if redact.Unspaced(before) && (before < 0x3040 || before >= 0x30A0) || !redact.Unspaced(before) && letters == 3 {
			m.says = map[string]bool{"label": true, "names": true}
		}
	}
	return append(marks, m)
}

// adjacent reports whether no more than a short word stands between two words.
func (x *refText) adjacent(i, k int) bool {
	letters := 0
	for n, r := range x.runes[min(i, k):k] {
		if redact.IsLetter(r) {
			letters++
		}
		if n == 6 || letters > 3 || r == x.mask || refDigit(r) != "" || strings.ContainsRune(refBreaks, r) {
			return false
		}
	}
	return true
}

// cardWord returns how far the nearest word is that says what, or -1.
func (x *refText) cardWord(from, to int, what string) int {
	nearest := -1
	for _, m := range x.marks {
		d := 1000
		if m.to <= from && from-m.end <= 64 {
			d = max(0, from-m.end)
		} else if m.from >= to && m.from-to <= 40 {
			d = m.from - to
		}
		if m.any(what) && d < 1000 && (nearest < 0 || d < nearest) {
			nearest = d
		}
	}
	return nearest
}

// isNamed reports whether a label says what else c is, and no card word stands nearer.
func (x *refText) isNamed(c *refCard, card int) bool {
	from := c.from
	for k := c.first; k > 0 && !c.sure && (x.g[k-1].kind == "narrow" || x.g[k-1].kind == "touch"); k-- {
		from = x.g[k-1].from
	}
	own := false
	for _, m := range x.marks {
		own = own || m.says["card"] && m.says["names"] && m.to <= c.from && x.leads(m, c.from)
	}
	before, after := -1, -1
	for _, m := range x.marks {
		if own && m.to <= c.from && !m.says["names"] {
			continue
		}
		if !m.says["label"] || m.any("card proof") {
			continue
		}
		switch {
		case m.to <= c.from:
			if x.leads(m, c.from) || m.to <= from && x.leads(m, from) {
				before = max(0, c.from-m.end)
			}
		case m.from >= c.to && m.from-c.to <= 32 && after < 0:
			if m.says["names"] && x.follows(m, c.to) {
				after = m.from - c.to
			}
		}
	}
	return before >= 0 && (card < 0 || before <= card) || after >= 0 && (card < 0 || after < card)
}

// leads reports whether the label m names the number at from.
func (x *refText) leads(m refMark, from int) bool {
	digits, words, marks := x.phrase(m.end, from)
	if from-m.end > 48 || digits || refEnds.MatchString(marks) {
		return false
	}
	if m.says["names"] {
		return len(words) <= 6
	}
	means := func(n refMark) bool { return n.says["means"] && m.end <= n.from && n.to <= from }
	long := func(w string) bool {
		n := 0
		for i, r := range []rune(w) {
			if !redact.Unspaced(r) {
				n = i + 1
			}
		}
		return n > 4
	}
	return len(words) <= 1 && !slices.ContainsFunc(words, long) && !slices.ContainsFunc(x.marks, means)
}

var refEnds = regexp.MustCompile(`[!?。！？؟।…]|\pL{5}\.[\x00- ]`)

// follows reports whether the label m names the number that ends at to.
func (x *refText) follows(m refMark, to int) bool {
	digits, words, marks := x.phrase(to, m.from)
	return !digits && !refEnds.MatchString(marks) && !strings.ContainsAny(marks, "\n,;") && len(words) <= 3 && x.ownDigits(m) == 0 && !x.abbreviates(m)
}

var refNext = regexp.MustCompile(`^\.[^a0]?[a\-_/.#]{0,14}0`)

// abbreviates reports whether digits come next behind a full stop behind the label m,
// perhaps in a word.
func (x *refText) abbreviates(m refMark) bool {
	text := ""
	for i := m.end; i < m.end+20 && i < len(x.runes); i++ {
		switch r := x.runes[i]; {
		case refDigit(r) != "":
			text += "0"
		case redact.IsLetter(r):
			text += "a"
		default:
			text += string(r)
		}
	}
	return refNext.MatchString(text)
}

// phrase reads characters i to k: whether there are digits, the words, and the text with
// what matters to its end.
func (x *refText) phrase(i, k int) (digits bool, words []string, text string) {
	if i >= k {
		return false, nil, ""
	}
	for j := i; j < k; j++ {
		r := x.runes[j]
		switch {
		case refDigit(r) != "" || x.hidden(j):
			digits = true
			text += "0"
		case redact.IsLetter(r):
			text += "a"
		default:
			text += string(r)
		}
	}
	words = strings.FieldsFunc(string(x.runes[i:k]), func(r rune) bool { return !redact.IsLetter(r) })
	next := x.at(k)
	if next > ' ' {
		next = 'a'
	}
	return digits, words, text + string(next)
}

// before returns the text up to i, after the text from i on.
func (x *refText) before(i int) string { return string(x.runes[:i]) }
func (x *refText) after(i int) string  { return string(x.runes[i:]) }

// wordSays reports whether the word that ends at i says what.
func (x *refText) wordSays(i int, what string) bool {
	from := i
	for n := 0; n < 32 && redact.IsLetter(x.at(from-1)); n++ {
		from--
	}
	return slices.ContainsFunc(x.marks, func(m refMark) bool { return m.to > from && m.from < i && m.any(what) })
}

// startsWith reports whether a word that says what starts at i.
func (x *refText) startsWith(i int, what string) bool {
	return slices.ContainsFunc(x.marks, func(m refMark) bool { return m.from == i && m.any(what) })
}

// touched reports whether letters touch a number, or an identifier contains it.
func (x *refText) touched(from, to int) bool {
	latin := func(r rune) bool { return refLatin(r) && r != x.mask }
	joins := func(i int) bool { return i >= 0 && i < len(x.runes) && strings.ContainsRune("-_/.#", x.at(i)) }
	found := false
	for i := from; i > from-64 && i > 0; {
		if !latin(x.at(i - 1)) {
			if !joins(i-1) && (i == from || refDigit(x.at(i-1)) == "" && x.at(i-1) != x.mask) {
				break
			}
			i--
			continue
		}
		if i == from && x.at(i-2) == '\\' || x.wordSays(i, "card proof expiry number") {
			found = false
			break
		}
		end, small := i, false
		for ; i > 0 && refLatin(x.at(i-1)); i-- {
			small = small || x.at(i-1) >= 'a'
		}
		found = found || x.at(end) != '.' || !small
	}
	if found || x.at(to) == '.' {
		return found
	}
	for k := to; k < to+64 && k < len(x.runes); k++ {
		if latin(x.at(k)) {
			return !x.startsWith(k, "card proof expiry pin")
		}
		if !joins(k) && (k == to || refDigit(x.at(k)) == "" && x.at(k) != x.mask) {
			break
		}
	}
	return false
}

// fraction reports whether c is the fraction of a decimal number.
func (x *refText) fraction(c *refCard) bool {
	if c.first == 0 || c.form != "single" {
		return false
	}
	p := x.g[c.first-1]
	first := c.first - 1
	return p.whole <= 3 && x.at(p.to) == '.' && p.to+1 == c.from && x.at(x.g[first].from-1) != '.' && !refLatin(x.at(x.g[first].from-1))
}

// phone reports whether c is within the fifteen digits behind a plus sign or 00.
func (x *refText) phone(c *refCard) bool {
	zeros := regexp.MustCompile(`^[0?]{2}`)
	for k := c.first; k >= 0 && len(refDigits(x.g[k:c.last+1])) <= 15; k-- {
		cluster := ""
		for i := k; i < len(x.g); i++ {
			cluster += x.g[i].digits
			if x.g[i].kind != "touch" {
				break
			}
		}
		before := x.before(x.g[k].from)
		if strings.HasSuffix(before, "+") || strings.HasSuffix(before, "＋") || zeros.MatchString(cluster) {
			return true
		}
		if k == 0 || x.g[k-1].kind != "narrow" && x.g[k-1].kind != "touch" {
			break
		}
	}
	return false
}

var refURL = regexp.MustCompile("[^\\x00- \"'<>`]*$")

// inURL reports whether the number at i is inside a URL.
func (x *refText) inURL(i int) bool {
	text := refURL.FindString(string(x.runes[:i]))
	text = text[max(0, len(text)-256):]
	if !strings.Contains(text, "://") && !strings.HasPrefix(strings.ToLower(text), "www.") {
		return false
	}
	if !strings.HasSuffix(text, "=") {
		return true
	}
	key := text[strings.LastIndexAny(text, "?&;#/")+1:]
	from := i - utf8.RuneCountInString(key)
	return !slices.ContainsFunc(x.marks, func(m refMark) bool { return m.to > from && m.from < i && m.any("card proof") })
}

var (
	refIBANStart = regexp.MustCompile(`^[A-Za-z]{2}[0-9]{2}$`)
	refAlnum     = regexp.MustCompile(`^[A-Za-z0-9]$`)
)

// iban reports whether a bank account number covers a part of the number.
func (x *refText) iban(from, to int) bool {
	alnum := func(i int) bool { return refAlnum.MatchString(string(x.at(i))) }
	for i := from - 1; i >= 0 && from-i <= 45; i-- {
		if !alnum(i) && x.at(i) != ' ' && x.at(i) != x.mask {
			return false
		}
		if i+4 > len(x.runes) || !refIBANStart.MatchString(string(x.runes[i:i+4])) || alnum(i-1) && x.at(i-1) != x.mask {
			continue
		}
		account, unknown := "", false
		for k := i + 4; k < len(x.runes) && len(account) <= 30; k++ {
			switch r := x.runes[k]; {
			case r == x.mask:
				unknown = true
				account += "0"
			case alnum(k):
				account += string(r)
			case r != ' ':
				k = len(x.runes)
				continue
			}
			ends := !alnum(k+1) && !(k+1 < len(x.runes) && x.at(k+1) == x.mask)
			if k+1 > from && x.runes[k] != ' ' && ends && len(account) >= 11 && len(account) <= 30 &&
				(unknown || refMod97(account+string(x.runes[i:i+4]))) {
				return true
			}
		}
	}
	return false
}

func refMod97(iban string) bool {
	digits := ""
	for _, c := range strings.ToUpper(iban) {
		if c >= 'A' {
			digits += big.NewInt(int64(c - 'A' + 10)).String()
		} else {
			digits += string(c)
		}
	}
	n, _ := new(big.Int).SetString(digits, 10)
	return new(big.Int).Mod(n, big.NewInt(97)).Int64() == 1
}

var (
	refTrack1 = regexp.MustCompile(`^\^[^^?\n]{0,63}\^([^?\s]*)`)
	refTrack2 = regexp.MustCompile(`^[=Dd]\p{Nd}{7}`)
	refTrackS = regexp.MustCompile(`^[=Dd]\p{Nd}{4}`)
)

// track returns the end of the track data behind a number, or -1 if it does not
// stand in any. It is the start if there is nothing behind.
func (x *refText) track(from, to int) int {
	before, after := string(x.runes[:from]), string(x.runes[to:])
	if strings.HasSuffix(before, "B") || strings.HasSuffix(before, "b") {
		if !strings.HasSuffix(before, "%B") && !strings.HasSuffix(before, "%b") && !strings.HasPrefix(after, "^") {
			return -1
		}
	} else if !refTrack2.MatchString(after) && (!strings.HasSuffix(before, ";") || !refTrackS.MatchString(after)) {
		return -1
	}
	start := x.trackFrom(from, to)
	end := start
	for n := 0; end < len(x.runes) && start > to && !strings.ContainsRune("? \t\n\v\f\r", x.runes[end]); end++ {
		if n++; n > 80 {
			break
		}
	}
	return end
}

func (x *refText) trackFrom(from, to int) int {
	after := string(x.runes[to:])
	if strings.HasPrefix(after, "^") {
		if m := refTrack1.FindStringSubmatchIndex(after); m != nil {
			return to + len([]rune(after[:m[2]]))
		}
		return to
	}
	if from > 0 && (x.runes[from-1] == 'B' || x.runes[from-1] == 'b') {
		return to
	}
	return to + 1
}
