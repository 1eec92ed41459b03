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
	prev rune // the last letter but one, set in the index
}

var codeLabels = [...]codeLabel{
	{text: "cvv", kind: SecurityCode}, {text: "cvc", kind: SecurityCode}, {text: "cid", kind: SecurityCode}, {text: "cvn", kind: SecurityCode},
	{text: "csc", kind: SecurityCode}, {text: "cav", kind: SecurityCode}, {text: "cve", kind: SecurityCode}, {text: "cvp", kind: SecurityCode},
	{text: "ccv", kind: SecurityCode},
	{text: "security code", kind: SecurityCode}, {text: "código de seguridad", kind: SecurityCode}, {text: "codigo de seguridad", kind: SecurityCode},
	{text: "código de segurança", kind: SecurityCode}, {text: "codigo de seguranca", kind: SecurityCode},
	{text: "cryptogramme", kind: SecurityCode}, {text: "code de sécurité", kind: SecurityCode}, {text: "code de securite", kind: SecurityCode},
	{text: "prüfziffer", kind: SecurityCode}, {text: "prüfnummer", kind: SecurityCode}, {text: "sicherheitscode", kind: SecurityCode},
	{text: "codice di sicurezza", kind: SecurityCode}, {text: "beveiligingscode", kind: SecurityCode},
	{text: "güvenlik kodu", kind: SecurityCode}, {text: "guvenlik kodu", kind: SecurityCode}, {text: "kode keamanan", kind: SecurityCode},
	{text: "код безопасности", kind: SecurityCode}, {text: "رمز الأمان", kind: SecurityCode},
	{text: "安全码", kind: SecurityCode}, {text: "安全碼", kind: SecurityCode}, {text: "セキュリティコード", kind: SecurityCode},
	{text: "보안코드", kind: SecurityCode}, {text: "보안 코드", kind: SecurityCode},
	{text: "pin", kind: PIN}, {text: "pincode", kind: PIN}, {text: "пин", kind: PIN}, {text: "пинкод", kind: PIN}, {text: "密码", kind: PIN}, {text: "密碼", kind: PIN},
	{text: "暗証番号", kind: PIN}, {text: "비밀번호", kind: PIN}, {text: "الرقم السري", kind: PIN},
}

// A labelIndex lists the labels by their last letter.
type labelIndex struct {
	ascii [utf8.RuneSelf][]codeLabel
	other [64][]codeLabel // by the lowest bits of the letter
	some  [4]uint64       // bit r&255 is set if other may have labels that end with r
}

var codeLabelsByEnd = sync.OnceValue(func() *labelIndex {
	var x labelIndex
	for _, label := range codeLabels {
		last, w := utf8.DecodeLastRuneInString(label.text)
		label.prev, _ = utf8.DecodeLastRuneInString(label.text[:len(label.text)-w])
		if last < utf8.RuneSelf {
			x.ascii[last] = append(x.ascii[last], label)
			continue
		}
		x.other[last&63] = append(x.other[last&63], label)
		for r := unicode.SimpleFold(last); ; r = unicode.SimpleFold(r) {
			x.some[r>>6&3] |= 1 << (r & 63)
			if r == last {
				break
			}
		}
	}
	return &x
})

// ending returns the labels that may end with r in lower or upper case.
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
	return x.other[toLower(r)&63]
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
		case inWord && isLatin(r):
		case r < utf8.RuneSelf && isLetter(byte(r)):
			if k := labels.kindBefore(b, i, r, w); k != 0 {
				return k
			}
			inWord = true
		case r == '2': // CVV2
			i -= w
			r, w = runeBefore(b, i)
			return labels.kindBefore(b, i, r, w)
		case r == '\n':
			if breaks++; breaks > 1 {
				return 0
			}
			inWord = false
		case isDigit(r):
			return 0
		case r >= utf8.RuneSelf && isWordRune(r):
			if k := labels.kindBefore(b, i, r, w); k != 0 {
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

// kindBefore returns the kind of the label that ends at i, with the character last
// of width w, or 0. Labels in alphabets are whole words, or the end of a compound.
func (x *labelIndex) kindBefore(b []byte, i int, last rune, w int) Kind {
	labels := x.ending(last)
	if len(labels) == 0 {
		return 0
	}
	prev, _ := runeBefore(b, i-w)
	prev = toLower(prev)
	for k := range labels {
		label := &labels[k]
		if label.prev != prev {
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
