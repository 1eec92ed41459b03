package redact

import (
	"bytes"
	"math/bits"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// How far from a number a card word counts, in characters.
const (
	wordsBefore = 64
	wordsAfter  = 40
)

// A word makes a card of a number that alone would be doubtful.
type word struct {
	text     string // lower case
	whole    bool   // only as a whole word; otherwise also inside of others
	unionPay bool

	// Set in the index.
	caseless bool
	third    byte // the third character if the first three are ASCII, or 0
}

// cardWords are the card words of many languages. None contains another: "card"
// stands for Mastercard, credit card and their kind, "kart" for karte, kartu
// and kartım.
var cardWords = [...]word{
	{text: "card"}, {text: "visa"}, {text: "amex"}, {text: "american express"}, {text: "maestro"},
	{text: "discover"}, {text: "diners"}, {text: "jcb"}, {text: "rupay"}, {text: "verve"},
	{text: "troy"}, {text: "humo"}, {text: "bancontact"}, {text: "uatp"},
	{text: "unionpay", unionPay: true}, {text: "银联", unionPay: true}, {text: "銀聯", unionPay: true},
	{text: "tarjeta"}, {text: "targeta"}, // Spanish, Catalan
	{text: "cartão"}, {text: "carta"}, {text: "carte"}, // Portuguese, Italian, French, Romanian
	{text: "kart"}, {text: "kredit"}, {text: "kort"}, // German, Turkish, Slavic and Nordic languages
	{text: "kad"},                                  // Malay, Swahili
	{text: "thẻ"}, {text: "карт"}, {text: "κάρτα"}, // Vietnamese, Russian, Greek
	{text: "כרטיס"}, {text: "بطاق"}, {text: "کارت"}, {text: "کارڈ"}, // Hebrew, Arabic, Persian, Urdu
	{text: "कार्ड"}, {text: "কার্ড"}, {text: "ਕਾਰਡ"}, {text: "அட்டை"}, // Hindi, Bengali, Punjabi, Tamil
	{text: "บัตร"}, {text: "ကတ်"}, {text: "ካርድ"}, // Thai, Burmese, Amharic
	{text: "カード"}, {text: "카드"}, {text: "卡"}, {text: "信用"}, // Japanese, Korean, Chinese
	{text: "cc", whole: true}, {text: "mc", whole: true}, {text: "pan", whole: true},
	{text: "elo", whole: true}, {text: "mir", whole: true}, {text: "мир", whole: true},
}

// A wordIndex finds the words that may start at a place of a text by its first
// two bytes.
type wordIndex struct {
	first [1 << 16 / 64]uint64 // the pairs of bytes that a word may begin with
	below [1 << 16 / 64]uint16 // how many pairs are in the elements of first before
	words [][]word             // by these pairs, in order
}

// mayStart reports whether a word may start with the bytes a and b.
func (x *wordIndex) mayStart(a, b byte) bool { return x.first[int(a)<<2|int(b)>>6]>>(b&63)&1 != 0 }

// next returns the first offset in b[i:to] at which a word may start, or to.
func (x *wordIndex) next(b []byte, i, to int) int {
	for k, c := range b[min(i+1, len(b)):min(to+1, len(b))] {
		if x.mayStart(b[i+k], c) {
			return i + k
		}
	}
	return to
}

// starting returns the words that may start with the bytes a and b, for which
// mayStart holds.
func (x *wordIndex) starting(a, b byte) []word {
	k := int(a)<<2 | int(b)>>6
	return x.words[int(x.below[k])+bits.OnesCount64(x.first[k]&(1<<(b&63)-1))]
}

// index is the index of cardWords, unionPayIndex that of the names of UnionPay.
var (
	index         = sync.OnceValue(func() *wordIndex { return indexOf(false) })
	unionPayIndex = sync.OnceValue(func() *wordIndex { return indexOf(true) })
)

func indexOf(unionPay bool) *wordIndex {
	var x wordIndex
	words := map[[2]byte][]word{}
	for _, w := range cardWords {
		if unionPay && !w.unionPay {
			continue
		}
		w.caseless = strings.ToUpper(w.text) == w.text
		if len(w.text) > 2 && w.text[0]|w.text[1]|w.text[2] < utf8.RuneSelf {
			w.third = w.text[2]
		}
		first, n := utf8.DecodeRuneInString(w.text)
		second, _ := utf8.DecodeRuneInString(w.text[n:])
		for _, a := range spellings(first) {
			for _, b := range spellings(second) {
				text := string(a) + string(b)
				x.first[int(text[0])<<2|int(text[1])>>6] |= 1 << (text[1] & 63)
				pair := [2]byte{text[0], text[1]}
				if list := words[pair]; len(list) == 0 || list[len(list)-1].text != w.text {
					words[pair] = append(list, w)
				}
			}
		}
	}
	for pair := range 1 << 16 {
		if pair%64 == 0 {
			x.below[pair/64] = uint16(len(x.words))
		}
		if a, b := byte(pair>>8), byte(pair); x.mayStart(a, b) {
			x.words = append(x.words, words[[2]byte{a, b}])
		}
	}
	return &x
}

// spellings returns the letters that are r in lower case. Turkish capitals have
// a dot on the I: VİSA.
func spellings(r rune) []rune {
	all := []rune{r, unicode.ToUpper(r)}
	switch r {
	case 'i':
		all = append(all, 'İ')
	case 'k':
		all = append(all, '\u212A') // the Kelvin sign
	}
	return all
}

// at returns the length of the word if it starts at b[i], or 0.
func (w *word) at(b []byte, i int) int {
	if w.caseless {
		if bytes.HasPrefix(b[i:], []byte(w.text)) {
			return len(w.text)
		}
		return 0
	}
	if w.whole && i > 0 && isLetter(b[i-1]) {
		return 0 // in the middle of a word, as seen without reading it
	}
	n := foldPrefix(b[i:], w.text)
	if n > 0 && w.whole {
		if r, _ := runeBefore(b, i); isAnyLetter(r) {
			return 0
		}
		if r, _ := runeAfter(b, i+n); isAnyLetter(r) {
			return 0
		}
	}
	return n
}

// foldPrefix returns the length of the beginning of b that equals text but for
// the case of letters, or 0 if there is none. text is in lower case.
func foldPrefix(b []byte, text string) int {
	i := 0
	for _, want := range text {
		if i >= len(b) {
			return 0
		}
		r, w := rune(b[i]), 1
		switch {
		case r >= utf8.RuneSelf:
			r, w = utf8.DecodeRune(b[i:])
			if r != want {
				r = toLower(r)
			}
		case 'A' <= r && r <= 'Z':
			r |= 0x20
		}
		if r != want {
			return 0
		}
		i += w
	}
	return i
}

// A vocabulary is the words that count.
type vocabulary struct {
	index *wordIndex
	more  []string // the host's
}

func (o *options) vocabulary() vocabulary {
	return vocabulary{index: index(), more: o.r.CardWords}
}

// at returns the length of a word that starts at b[i], or 0.
func (v *vocabulary) at(b []byte, i int) int {
	if i+1 < len(b) && v.index.mayStart(b[i], b[i+1]) {
		words := v.index.starting(b[i], b[i+1])
		third := byte(0)
		if i+2 < len(b) && b[i]|b[i+1]|b[i+2] < utf8.RuneSelf {
			third = b[i+2]
		}
		for k := range words {
			w := &words[k]
			if third != 0 && w.third != 0 && (third^w.third)&^0x20 != 0 {
				continue // a quick look that answers for most
			}
			if n := w.at(b, i); n > 0 {
				return n
			}
		}
	}
	for _, text := range v.more {
		if n := foldPrefix(b[i:], text); n > 0 {
			return n
		}
	}
	return 0
}

// next returns the offset and the length of the first word that starts in
// b[i:to]. If there is none it returns to and 0.
func (v *vocabulary) next(b []byte, i, to int) (at, n int) {
	for ; i < to; i++ {
		if len(v.more) == 0 {
			if i = v.index.next(b, i, to); i == to {
				break
			}
		}
		if n := v.at(b, i); n > 0 {
			return i, n
		}
	}
	return to, 0
}

// in reports whether a word is in text, looked at as if nothing stood around it.
func (v *vocabulary) in(text []byte) bool {
	_, n := v.next(text, 0, len(text))
	return n > 0
}

// atMost reports whether b holds at most n characters, counted as bytes that do
// not continue one.
func atMost(b []byte, n int) bool {
	if len(b) <= n {
		return true
	}
	if len(b) > n*utf8.UTFMax {
		return false
	}
	i := 0
	for ; len(b)-i >= 8; i += 8 {
		x := load64(b[i:])
		if n -= 8 - bits.OnesCount64(x&tops&^(x<<1)); n < 0 {
			return false
		}
	}
	for ; i < len(b); i++ {
		if b[i]&0xC0 != 0x80 {
			n--
		}
	}
	return n >= 0
}
