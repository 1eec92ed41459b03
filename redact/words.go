package redact

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A language is one row of the table of words. A cell holds words separated by
// commas, in any case, accents as the language writes them: text without them
// matches too. A word stands for all words that begin with it, and a space in it for
// the end of any such word and what lies before the next, so "kod zabezpiecz" is also
// "kodu zabezpieczającego". In scripts without spaces it may stand anywhere. Marks
// change that:
//
//	word|   only the whole word; of a code: may be another code, too
//	-word   also in the middle or at the end of a word, as in compounds
//	=word   only with these accents
//	+word   of a label: says by itself that a number follows, as "IBAN" does
type language struct {
	name   string
	card   string // what speaks of a payment card
	code   string // what announces a security code
	pin    string // what announces a PIN
	expiry string // what stands before an expiry date
	label  string // what names something else that has a number: an order, a customer
	kind   string // what makes another card of a card, next to it: gift, library
	number string // what says no more than "number"
}

// meaning is a set of what a word may say.
type meaning uint16

const (
	saysCard meaning = 1 << iota
	saysCode
	saysPIN
	saysExpiry
	saysLabel
	saysKind
	saysNumber
	saysUnionPay
	saysMoney
	saysMeans  // what is paid with follows
	names      // a label that needs no further word to be one of a number
	saysInside // "number", behind other letters of the same word
	saysProof  // a word for a security code and nothing else, unlike "code"

	vouches = saysCard | saysProof
)

// A word is an entry of the lexicon, taken apart.
type word struct {
	text                    []rune // folded, ' ' for the end of a word; as written if exact
	says                    meaning
	whole, anywhere, inside bool
	exact                   bool
	key                     uint32 // of the first letters: those that must follow at once
}

// parseWord reads an entry of a cell.
func parseWord(entry string, says meaning) word {
	w := word{says: says}
	for entry != "" && strings.ContainsRune("+-=", rune(entry[0])) && len(entry) > 1 {
		switch entry[0] {
		case '+':
			w.says |= names
		case '-':
			w.inside = true
		case '=':
			w.exact = true
		}
		entry = entry[1:]
	}
	if short, ok := strings.CutSuffix(entry, "|"); ok {
		w.whole, entry = true, short
	}
	if says == saysCode && !w.whole {
		w.says |= saysProof
	}
	for _, r := range entry {
		if r = fold(r); r != 0 {
			w.text = append(w.text, r)
		}
	}
	if w.exact {
		w.text = []rune(strings.ToLower(entry))
	}
	w.anywhere = !w.whole && len(w.text) > 0 && (unspaced(w.text[0]) || len(w.text) > 1 && isDigit(w.text[0]) && unspaced(w.text[1]))
	for i, r := range w.text {
		if i == keyLetters || i > 0 && !isLetter(r) {
			break
		}
		w.key = addKey(w.key, w.letter(i))
	}
	return w
}

// A lexicon finds words by their first letters.
type lexicon struct {
	words   []word
	buckets [lexiconSize + 1]uint16  // where those with a key begin in words
	first   [16]uint64               // has a bit for each first letter, modulo its size
	parts   [lexiconSize / 64]uint64 // has a bit for each key and the keys of its beginnings
}

const (
	lexiconBits = 15
	lexiconSize = 1 << lexiconBits
	keyLetters  = 4
)

// addKey returns the key of one letter more.
func addKey(key uint32, r rune) uint32 { return (key ^ uint32(r)) * 0x9E3779B1 }

// letter returns the folded letter k of w.
func (w *word) letter(k int) rune {
	if w.exact {
		return fold(w.text[k])
	}
	return w.text[k]
}

// find returns the words whose key may be key.
func (l *lexicon) find(key uint32) []word {
	key >>= 32 - lexiconBits
	return l.words[l.buckets[key]:l.buckets[key+1]]
}

// begins reports whether a word may begin with r.
func (l *lexicon) begins(r rune) bool { return l.first[r>>6&15]>>(r&63)&1 != 0 }

// goesOn reports whether a word may begin with the letters that have a key.
func (l *lexicon) goesOn(key uint32) bool {
	key >>= 32 - lexiconBits
	return l.parts[key>>6]>>(key&63)&1 != 0
}

func newLexicon(words []word) *lexicon {
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(a.key, b.key) })
	l := &lexicon{words: words}
	for i := range words {
		w := &words[i]
		l.buckets[w.key>>(32-lexiconBits)+1]++
		r := w.letter(0)
		l.first[r>>6&15] |= 1 << (r & 63)
		part := uint32(0)
		for n := 0; n < keyLetters && n < len(w.text); n++ {
			part = addKey(part, w.letter(n))
			l.parts[part>>(32-lexiconBits)>>6] |= 1 << (part >> (32 - lexiconBits) & 63)
		}
	}
	for k := range lexiconSize {
		l.buckets[k+1] += l.buckets[k]
	}
	return l
}

// The lexica hold the words of all languages: all of them, and those that may stand
// inside of others. They are made when a number first deserves a look at the words
// around it.
var lexica = sync.OnceValue(func() *[2]*lexicon {
	var all []word
	for _, table := range [][]language{europe, world} {
		for i := range table {
			all = table[i].appendWords(all)
		}
	}
	all = appendCell(all, unionPayNames, saysCard|saysUnionPay)
	all = appendCell(all, currencies, saysMoney)
	all = appendCell(all, means, saysMeans)
	// Languages share many words.
	seen := map[string]int{}
	words := all[:0]
	for _, w := range all {
		id := fmt.Sprint(string(w.text), w.whole, w.inside, w.exact, w.says&vouches != 0)
		if k, ok := seen[id]; ok {
			words[k].says |= w.says
			continue
		}
		seen[id] = len(words)
		words = append(words, w)
	}
	inside := slices.DeleteFunc(slices.Clone(words), func(w word) bool { return !w.inside })
	return &[2]*lexicon{newLexicon(words), newLexicon(inside)}
})

// unionPayNames are the names of the one scheme whose numbers need not pass the Luhn
// check.
const unionPayNames = "unionpay,union pay,银联,銀聯"

// currencies follow an amount.
const currencies = "eur|,euro,€,usd|,us$,dollar,dolar,gbp|,pound,kr|,sek|,nok|,dkk|,chf|,pln|,zł|,zl|,czk|,kč|,huf|,ft|,forint,ron|,lei|,rub|,руб,р|,грн|,uah|,лв|,din|,rsd|,дин|,ден|,km|," +
	"tl|,lira,manat,try|,rs|,inr|,rupee,रुपये,টাকা,rp|,idr|,ribu,rb|,rm|,myr|,php|,piso,baht,thb|,บาท,vnd|,đồng,cny|,rmb|,元,块,円,jpy|,yen|,원,krw|,won|,sar|,ريال,درهم,aed|,جنيه,دينار,ils|,ש״ח,שקל,تومان,ریال," +
	"r$,brl|,reais,real|,mxn|,pesos,peso|,ars|,cop|,clp|,soles|,zar|,rand|,kes|,ksh|,shilingi,tsh|,ngn|,naira|,so'm,tenge,тенге,тг|,lari|,ლარი,դրամ,ευρώ"

// means say that what follows is paid with, not for: "pay the invoice with 4539…".
const means = "with|,by|,via|,from|,using|,use|,charge|,mit|,von|,per|,über|,met|,van|,med|,från|,fra|,av|,kanssa,avec|,par|,depuis|,utilisez,con|,desde|,usa|,use|,usar|,com|,pelo|,pela|,usando|,da|,dalla|,tramite|,cu|,din|," +
	"z|,ze|,od|,s|,se|,kartou|,sa|,с|,со|,от|,з|,зі|,від|,από,με|,ile|,بـ,من|,עם|,ב|,با|,از|,से,দিয়ে,dengan,pakai,pake,bằng,từ,kwa|,用,通过,で支払,로 결제,으로 결제"

func (l *language) appendWords(all []word) []word {
	for _, cell := range []struct {
		words string
		says  meaning
	}{
		{l.card, saysCard}, {l.code, saysCode}, {l.pin, saysPIN}, {l.expiry, saysExpiry},
		{l.label, saysLabel}, {l.kind, saysKind}, {l.number, saysNumber},
	} {
		all = appendCell(all, cell.words, cell.says)
	}
	return all
}

func appendCell(all []word, cell string, says meaning) []word {
	for entry := range strings.SplitSeq(cell, ",") {
		all = append(all, parseWord(entry, says))
	}
	return all
}

// A mark is a word found in a text.
type mark struct {
	start, end int // of the word of the lexicon
	wordEnd    int // of the whole word in the text
	says       meaning
}

const (
	maxWord    = 32 // characters of a word that are looked at
	maxBetween = 3  // characters between two words of one entry
)

// lowerASCII has the characters below U+0080 in lower case.
var lowerASCII = func() (lower [utf8.RuneSelf]byte) {
	for c := range lower {
		lower[c] = byte(unicode.ToLower(rune(c)))
	}
	return lower
}()

// isASCIILetter tells which of them are letters.
var isASCIILetter = func() (letter [utf8.RuneSelf]bool) {
	for c := 'a'; c <= 'z'; c++ {
		letter[c], letter[c-0x20] = true, true
	}
	return letter
}()

// matchWord returns the end of w in b at i, or -1. Letters of w are compared as fold
// has them.
func matchWord(b []byte, i int, w *word, mask rune) int {
	for k := 0; k < len(w.text); {
		x := w.text[k]
		if x == ' ' && k > 0 {
			if i = nextWord(b, i, mask); i < 0 {
				return -1
			}
			k++
			continue
		}
		if i < len(b) && b[i] < utf8.RuneSelf { // most often
			if rune(lowerASCII[b[i]]) != x {
				return -1
			}
			i++
			k++
			continue
		}
		r, n := runeAt(b, i)
		if n == 0 {
			return -1
		}
		switch f := fold(r); {
		case f == 0 && k > 0:
		case w.exact && unicode.ToLower(r) == x, !w.exact && f == x:
			k++
		default:
			return -1
		}
		i += n
	}
	return i
}

// nextWord returns the start of the word after the one that goes on or ends at i, or
// -1 if anything but a short gap stands between the two.
func nextWord(b []byte, i int, mask rune) int {
	i = wordEnd(b, i, mask)
	for n := 0; ; n++ {
		r, w := runeAt(b, i)
		if w == 0 || n > maxBetween {
			return -1
		}
		if n > 0 && r != mask && (isLetter(r) || isDigit(r)) {
			return i
		}
		if isDigit(r) || breaksPhrase(r) || r == mask {
			return -1
		}
		i += w
	}
}

// wordEnd returns the end of the word that goes on or ends at i. A mask ends it, so
// that no word comes nearer to a number once digits are masked.
func wordEnd(b []byte, i int, mask rune) int {
	for range maxWord {
		r, w := runeAt(b, i)
		if w == 0 || !isLetter(r) || r == mask {
			break
		}
		i += w
	}
	return i
}

// marksIn appends the marks whose words begin in b[from:to] to dst.
func (o *options) marksIn(dst []mark, b []byte, from, to int) []mark {
	if o.host == nil && o.ignored == nil {
		o.host, o.ignored = o.r.hostWords()
	}
	all := lexica()
	before, _ := runeBefore(b, from)
	end := 0 // of the word that reaches furthest, which hides those inside it
	if len(dst) > 0 {
		end = dst[len(dst)-1].end
	}
	for i := from; i < to; {
		r, n := runeAt(b, i)
		if r < utf8.RuneSelf && before < utf8.RuneSelf && isASCIILetter[r] && isASCIILetter[before] && o.host == nil &&
			r != o.mask && before != o.mask && !all[1].begins(rune(lowerASCII[r])) {
			before = r // most letters: within a word, and no other begins with them
			i++
			continue
		}
		l := all[0]
		if r < utf8.RuneSelf { // most text is passed over here
			c := rune(lowerASCII[r])
			if letter := 'a' <= c && c <= 'z'; letter && isLetter(before) && before != o.mask {
				l = all[1]
			} else if !letter && c != '#' && (c < '0' || c > '9' || isDigit(before)) {
				before = r
				i++
				continue
			}
			r = c
		} else if isLetter(before) && !unspaced(r) && before != o.mask {
			l = all[1]
		}
		if (o.host != nil || l.begins(fold(r))) && (r != o.mask || isLatin(r)) {
			if m, ok := o.markAt(l, b, i, before); ok && m.end > end {
				end = m.end
				dst = o.joinMark(dst, b, m)
			}
		}
		before, _ = runeAt(b, i)
		i += n
	}
	return dst
}

// markAt returns the longest word of the lexicon and of the host that begins at i,
// behind the character before.
func (o *options) markAt(l *lexicon, b []byte, i int, before rune) (m mark, ok bool) {
	key := uint32(0)
	for k, letters := i, 0; letters < keyLetters; {
		var f rune
		if k < len(b) && b[k] < utf8.RuneSelf {
			if f = rune(lowerASCII[b[k]]); letters > 0 && (f < 'a' || f > 'z') {
				break
			}
			k++
		} else {
			r, n := runeAt(b, k)
			f = fold(r)
			if n == 0 || f != 0 && letters > 0 && !isLetter(r) {
				break
			}
			if k += n; f == 0 {
				continue
			}
		}
		letters++
		key = addKey(key, f)
		if !l.goesOn(key) {
			break
		}
		for words := l.find(key); len(words) > 0; words = words[1:] {
			if words[0].key == key {
				o.tryWord(&m, b, i, before, &words[0])
			}
		}
	}
	for k := range o.host {
		o.tryWord(&m, b, i, before, &o.host[k])
	}
	return m, m.end > 0
}

// tryWord makes w the word of m if it begins at i and is longer.
func (o *options) tryWord(m *mark, b []byte, i int, before rune, w *word) {
	// What speaks against a card may touch a mask, what speaks for one may not: once a
	// digit is masked, a word may count less, never more.
	against := w.says&vouches == 0
	if !w.anywhere && !w.inside && isLetter(before) && !(against && before == o.mask) {
		return
	}
	end := matchWord(b, i, w, o.mask)
	if end < 0 || end < m.end {
		return
	}
	if after, _ := runeAt(b, end); w.whole && isLetter(after) && !(against && after == o.mask) || o.ignores(b[i:end]) {
		return
	}
	says := w.says
	if w.inside && isLetter(before) && says == saysNumber {
		says |= saysInside
	}
	if end == m.end {
		says |= m.says
	}
	*m = mark{start: i, end: end, wordEnd: end, says: says}
	if !w.anywhere {
		m.wordEnd = wordEnd(b, end, o.mask)
	}
}

// joinMark appends m to dst, or makes one of it and of the last mark: a kind and a
// card next to each other are a label ("gift card"), one of them and a word for "number"
// or "code" name a number ("order no"), and so does a compound of another word and
// "number".
func (o *options) joinMark(dst []mark, b []byte, m mark) []mark {
	var p *mark
	last := len(dst) - 1
	for last > 0 && dst[last].says&^(saysExpiry|saysMoney|saysMeans) == 0 { // "cartão do cidadão"
		last--
	}
	if last >= 0 && o.adjacent(b, dst[last].wordEnd, m.start) {
		p = &dst[last]
	}
	join := func(says meaning) []mark {
		p.end, p.wordEnd, p.says = m.end, m.wordEnd, says
		return dst[:last+1]
	}
	switch {
	case p == nil:
	case p.says&saysKind != 0 && m.says&saysCard != 0, p.says&saysCard != 0 && m.says&saysKind != 0:
		return join(saysLabel | names)
	case p.says&saysCard != 0 && m.saysNumber():
		return join(p.says | names)
	case p.saysNumber() && m.says&saysCard != 0 && p.end-p.start > 2: // "no cartão" is none
		return join(m.says | names)
	case p.says&(saysLabel|saysKind) != 0 && m.saysNumber():
		return join(p.says | saysLabel | names)
	case p.saysNumber() && m.says&(saysLabel|saysKind) != 0, p.says&saysLabel != 0 && m.says&saysKind != 0, p.says&saysKind != 0 && m.says&saysLabel != 0:
		return join(m.says | saysLabel | names)
	}
	if m.says&saysInside != 0 && isCompound(b, m.start) && (p == nil || p.end < m.start && p.wordEnd <= m.start) {
		m.says = saysLabel | names
	}
	return append(dst, m)
}

// saysNumber reports whether m says no more than "number" or "code".
func (m *mark) saysNumber() bool {
	return m.says&saysNumber != 0 || m.says&saysCode != 0 && m.says&(vouches|saysLabel) == 0
}

// adjacent reports whether no more than a short word stands between two words that
// end at i and begin at k.
func (o *options) adjacent(b []byte, i, k int) bool {
	letters := 0
	for n := 0; i < k; n++ {
		r, w := runeAt(b, i)
		switch {
		case n == 6 || isDigit(r) || r == o.mask || breaksPhrase(r):
			return false
		case isLetter(r):
			if letters++; letters > 3 {
				return false
			}
		}
		i += w
	}
	return true
}

// breaksPhrase reports whether r ends a phrase, so that the words on its two sides do
// not belong together.
func breaksPhrase(r rune) bool {
	switch r {
	case ',', ';', ':', '!', '?', '(', ')', '/', '\n', '\r', '、', '，', '。', '；', '：', '！', '？', '،', '؛', '؟', '।', '…':
		return true
	}
	return false
}

// isCompound reports whether the word for "number" at i is the end of a longer word.
func isCompound(b []byte, i int) bool {
	r, w := runeBefore(b, i)
	if unspaced(r) {
		return isLetter(r) && (r < 0x3040 || r >= 0x30A0) // hiragana is mostly grammar
	}
	for n := 0; isLetter(r); n++ {
		if n == 2 {
			return true
		}
		i -= w
		r, w = runeBefore(b, i)
	}
	return false
}

// hostWords returns the words that the host adds, and those it takes away.
func (r *Redactor) hostWords() (more, ignored []word) {
	for _, list := range []struct {
		to    *[]word
		words []string
		says  meaning
	}{
		{&more, r.CardWords, saysCard}, {&more, r.CodeWords, saysCode}, {&more, r.PINWords, saysPIN},
		{&more, r.LabelWords, saysLabel | names}, {&ignored, r.IgnoreWords, 0},
	} {
		for _, text := range list.words {
			if w := parseWord("-"+text, list.says); len(w.text) > 0 {
				*list.to = append(*list.to, w)
			}
		}
	}
	return more, ignored
}

// ignores reports whether the host does not want text to count as a word.
func (o *options) ignores(text []byte) bool {
	for k := range o.ignored {
		if matchWord(text, 0, &o.ignored[k], o.mask) == len(text) {
			return true
		}
	}
	return false
}
