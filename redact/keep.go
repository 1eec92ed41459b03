package redact

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Keep says which digits of a card number stay readable. Both visible formats
// are inside the truncation rules of the card brands (PCI DSS v4.0.1,
// requirement 3.5.1, and the council's FAQ 1091; checked 2026-11-22). Two
// different truncations of one number can be put together again, so one
// deployment should use one format everywhere. A value that is none of the
// constants counts as [KeepNone].
type Keep uint8

const (
	// KeepLast4 leaves the last four digits. It is the default.
	KeepLast4 Keep = iota
	// KeepFirst6Last4 leaves the first six and the last four digits, and only
	// the last four of numbers with fewer than 14 digits, where six and four
	// would leave almost nothing hidden.
	KeepFirst6Last4
	// KeepNone hides every digit.
	KeepNone
)

var keepNames = []string{"last4", "first6_last4", "none"}

// String returns the name used in JSON: last4, first6_last4 or none.
func (k Keep) String() string {
	if int(k) < len(keepNames) {
		return keepNames[k]
	}
	return fmt.Sprintf("Keep(%d)", uint8(k))
}

// MarshalText implements [encoding.TextMarshaler].
func (k Keep) MarshalText() ([]byte, error) {
	if int(k) >= len(keepNames) {
		return nil, errKeep
	}
	return []byte(keepNames[k]), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. The empty text is
// [KeepLast4].
func (k *Keep) UnmarshalText(text []byte) error {
	i := slices.Index(keepNames, string(text))
	if i < 0 && len(text) > 0 {
		return errKeep
	}
	*k = Keep(max(i, 0))
	return nil
}

var errKeep = errors.New("redact: read keep: want last4, first6_last4 or none")

// ends returns how many digits stay readable at either end of a card number
// with n digits.
func (k Keep) ends(n int) (head, tail int) {
	switch {
	case k == KeepFirst6Last4 && n >= 14:
		return 6, 4
	case k <= KeepFirst6Last4:
		return 0, 4
	}
	return 0, 0
}

// Mask is the character written for each hidden digit. Its JSON form is a
// string of that one character. Zero means [DefaultMask].
//
// A mask may be any punctuation mark or symbol, or the letter X or x. Digits,
// other letters, spaces, invisible characters, control characters and
// " \ < > & + @ % ^ = ; are refused, because the result would read as something
// else; a Redactor that holds one of them uses DefaultMask. A mask never
// counts as a separator between groups of digits.
type Mask rune

// DefaultMask is the letter X, as on printed receipts. The usual asterisk is
// formatting in WhatsApp and in Markdown: "**** 4242" loses stars or turns bold
// once it is sent back. The block characters take three bytes in UTF-8, and no
// fixed width on an East Asian screen. X means nothing to any of them and is as
// wide as the digit it replaces in bytes and in columns, so masked text fits
// wherever the original did.
const DefaultMask Mask = 'X'

// valid reports whether m can serve as a mask.
func (m Mask) valid() bool {
	r := rune(m)
	return r == 'X' || r == 'x' ||
		(unicode.IsPunct(r) || unicode.IsSymbol(r)) && utf8.ValidRune(r) && !isInvisible(r) && !strings.ContainsRune("\"\\<>&+@%^=;\uFFFD", r)
}

// MarshalText implements [encoding.TextMarshaler].
func (m Mask) MarshalText() ([]byte, error) {
	if m == 0 {
		return nil, nil
	}
	if !m.valid() {
		return nil, errMask
	}
	return []byte(string(rune(m))), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler]. The empty text is the
// zero Mask.
func (m *Mask) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*m = 0
		return nil
	}
	r, n := utf8.DecodeRune(text)
	if n != len(text) || !Mask(r).valid() {
		return errMask
	}
	*m = Mask(r)
	return nil
}

var errMask = errors.New("redact: read mask: want one punctuation mark, symbol, X or x")
