package redact

import (
	"sync"
	"unicode/utf8"
)

// A codeLabel announces a security code or a PIN.
type codeLabel struct {
	text string // lower case
	kind Kind
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

// codeLabelTrie holds codeLabels, read backwards.
var codeLabelTrie = sync.OnceValue(func() *trie {
	t := newTrie(500)
	for k, label := range codeLabels {
		t.add(label.text, uint8(k+1), true)
	}
	return &t
})

// codeBefore returns the kind of code that a label before the digits at i
// announces, or 0. No other digits may stand between the two, no masked code,
// and one line break at most.
func (o *options) codeBefore(b []byte, i int) Kind {
	labels := codeLabelTrie()
	breaks, masks, inWord := 0, 0, false
	for range codeGap + 1 {
		if i > 0 && isLetter(b[i-1]) && rune(b[i-1]) != o.mask && (inWord || labels.step[0][labels.class[b[i-1]]] == 0) {
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
			if k := labels.labelBefore(b, i); k != 0 {
				return k
			}
			inWord = true
		case r == '2': // CVV2
			return labels.labelBefore(b, i-w)
		case r == '\n':
			if breaks++; breaks > 1 {
				return 0
			}
			inWord = false
		case isDigit(r):
			return 0
		case r >= utf8.RuneSelf && isWordRune(r):
			if k := labels.labelBefore(b, i); k != 0 {
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

// labelBefore returns the kind of the label that ends at i, or 0. Labels in
// alphabets are whole words, or the end of a compound.
func (t *trie) labelBefore(b []byte, i int) Kind {
	for s := uint16(0); i > 0; {
		i--
		if s = t.step[s][t.class[b[i]]]; s == 0 {
			break
		}
		if t.word[s] == 0 {
			continue
		}
		label := &codeLabels[t.word[s]-1]
		if len(label.text) <= 4 { // too short to be recognised inside of a word
			if r, _ := runeBefore(b, i); isAnyLetter(r) {
				continue
			}
		}
		return label.kind
	}
	return 0
}
