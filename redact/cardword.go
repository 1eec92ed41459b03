package redact

import (
	"math/bits"
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
	words    *automaton
	unionPay bool     // only the names of UnionPay
	more     []string // the host's
}

// next returns the offset and the length of the first word that starts in
// b[i:to]. If there is none it returns to and 0.
func (v *vocabulary) next(b []byte, i, to int) (at, n int) {
	at, n = v.words.next(b, i, to, v.unionPay)
	for ; len(v.more) > 0 && i < at; i++ {
		for _, text := range v.more {
			if n := foldPrefix(b[i:], text); n > 0 {
				return i, n
			}
		}
	}
	return at, n
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
