package redact

import (
	"sync"
	"unicode"
	"unicode/utf8"
)

// A codeLabel announces a security code or a PIN.
type codeLabel struct {
	text string // lower case
	kind Kind
}

var codeLabels = [...]codeLabel{
	{"cvv", SecurityCode}, {"cvc", SecurityCode}, {"cid", SecurityCode}, {"cvn", SecurityCode},
	{"csc", SecurityCode}, {"cav", SecurityCode}, {"cve", SecurityCode}, {"cvp", SecurityCode},
	{"ccv", SecurityCode},
	{"security code", SecurityCode}, {"código de seguridad", SecurityCode}, {"codigo de seguridad", SecurityCode},
	{"código de segurança", SecurityCode}, {"codigo de seguranca", SecurityCode},
	{"cryptogramme", SecurityCode}, {"code de sécurité", SecurityCode}, {"code de securite", SecurityCode},
	{"prüfziffer", SecurityCode}, {"prüfnummer", SecurityCode}, {"sicherheitscode", SecurityCode},
	{"codice di sicurezza", SecurityCode}, {"beveiligingscode", SecurityCode},
	{"güvenlik kodu", SecurityCode}, {"guvenlik kodu", SecurityCode}, {"kode keamanan", SecurityCode},
	{"код безопасности", SecurityCode}, {"رمز الأمان", SecurityCode},
	{"安全码", SecurityCode}, {"安全碼", SecurityCode}, {"セキュリティコード", SecurityCode},
	{"보안코드", SecurityCode}, {"보안 코드", SecurityCode},
	{"pin", PIN}, {"pincode", PIN}, {"пин", PIN}, {"пинкод", PIN}, {"密码", PIN}, {"密碼", PIN},
	{"暗証番号", PIN}, {"비밀번호", PIN}, {"الرقم السري", PIN},
}

// A labelIndex lists the labels by their last letter.
type labelIndex struct {
	ascii [utf8.RuneSelf][]codeLabel
	other map[rune][]codeLabel
	some  [4]uint64 // bit r&255 is set if other may have labels that end with r
}

var codeLabelsByEnd = sync.OnceValue(func() *labelIndex {
	x := labelIndex{other: map[rune][]codeLabel{}}
	for _, label := range codeLabels {
		last, _ := utf8.DecodeLastRuneInString(label.text)
		if last < utf8.RuneSelf {
			x.ascii[last] = append(x.ascii[last], label)
			continue
		}
		x.other[last] = append(x.other[last], label)
		for r := unicode.SimpleFold(last); ; r = unicode.SimpleFold(r) {
			x.some[r>>6&3] |= 1 << (r & 63)
			if r == last {
				break
			}
		}
	}
	return &x
})

// ending returns the labels that end with r in lower or upper case.
func (x *labelIndex) ending(r rune) []codeLabel {
	if r < utf8.RuneSelf {
		if 'A' <= r && r <= 'Z' {
			r |= 0x20
		}
		return x.ascii[r]
	}
	if x.some[r>>6&3]>>(r&63)&1 == 0 {
		return nil // most letters
	}
	return x.other[toLower(r)]
}

// codeBefore returns the kind of code that a label before the digits at i
// announces, or 0. No other digits may stand between the two, no masked code,
// and one line break at most.
func (o *options) codeBefore(b []byte, i int) Kind {
	labels := codeLabelsByEnd()
	breaks, masks, inWord := 0, 0, false
	for range codeGap + 1 {
		if i > 0 && isLetter(b[i-1]) && rune(b[i-1]) != o.mask && (inWord || len(labels.ascii[b[i-1]|0x20]) == 0) {
			inWord = true // a quick look at most letters
			i--
			continue
		}
		r, w := runeBefore(b, i)
		if r == o.mask {
			if masks++; masks == 3 {
				return 0
			}
		}
		switch {
		case w == 0:
			return 0
		case r < utf8.RuneSelf && isLetter(byte(r)):
			if k := labels.kindBefore(b, i, inWord); k != 0 {
				return k
			}
			inWord = true
		case r == '2': // CVV2
			return labels.kindBefore(b, i-w, false)
		case r == '\n':
			if breaks++; breaks > 1 {
				return 0
			}
			inWord = false
		case isDigit(r):
			return 0
		case r >= utf8.RuneSelf && isWordRune(r):
			if k := labels.kindBefore(b, i, inWord); k != 0 {
				return k
			}
			inWord = isLatin(r)
		default:
			inWord = false
		}
		i -= w
	}
	return 0
}

// kindBefore returns the kind of the label that ends at i, or 0. Labels in
// alphabets are whole words, or the end of a compound; inWord tells that a Latin
// letter follows.
func (x *labelIndex) kindBefore(b []byte, i int, inWord bool) Kind {
	last, w := runeBefore(b, i)
	if w == 0 {
		return 0
	}
	for _, label := range x.ending(last) {
		if inWord && label.text[len(label.text)-1] < utf8.RuneSelf {
			continue
		}
		if n := len(label.text); last < utf8.RuneSelf && n > 1 && i > 1 && b[i-2] < utf8.RuneSelf &&
			label.text[n-2] < utf8.RuneSelf && (b[i-2]^label.text[n-2])&^0x20 != 0 {
			continue // a quick look that answers for most words
		}
		start, ok := cutFoldSuffix(b, i, label.text)
		if !ok {
			continue
		}
		if len(label.text) <= 4 { // too short to be recognised inside of a word
			if r, _ := runeBefore(b, start); isAnyLetter(r) {
				continue
			}
		}
		return label.kind
	}
	return 0
}

// cutFoldSuffix returns where text, but for the case of letters, starts if it
// ends at b[i]. text is in lower case.
func cutFoldSuffix(b []byte, i int, text string) (start int, ok bool) {
	for len(text) > 0 {
		if want := text[len(text)-1]; want < utf8.RuneSelf && i > 0 && b[i-1] < utf8.RuneSelf {
			if r := b[i-1]; r != want && ('A' > r || r > 'Z' || r|0x20 != want) {
				return 0, false
			}
			text, i = text[:len(text)-1], i-1
			continue
		}
		want, n := utf8.DecodeLastRuneInString(text)
		r, w := runeBefore(b, i)
		if r != want && toLower(r) != want || w == 0 {
			return 0, false
		}
		text, i = text[:len(text)-n], i-w
	}
	return i, true
}
