package redact

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
	"unsafe"
)

// A Redactor finds payment-card numbers in text and masks them. Its fields are
// its options; the zero Redactor is the safe default: the last four digits stay
// readable, security codes, PINs and track data next to a card do not, and
// numbers that a label names as something else are left alone.
//
// A Redactor holds no state. Copy it freely, keep one per channel, and use it
// from any number of goroutines as long as nobody changes its fields. A nil
// *Redactor works as the zero Redactor. The fields that are data have a stable
// JSON form, so that settings can embed a Redactor by value.
type Redactor struct {
	// InsecureOff lets all text pass unchanged.
	InsecureOff bool `json:"insecure_off,omitzero"`

	// Keep says which digits of a card number stay readable.
	Keep Keep `json:"keep,omitzero"`

	// Mask is written for each hidden digit. Zero means [DefaultMask].
	Mask Mask `json:"mask,omitzero"`

	// Strict ignores labels: "order 4539148803436467" is masked like any other
	// number that is a valid card number.
	Strict bool `json:"strict,omitzero"`

	// InsecureKeepSAD leaves security codes, PINs and track data readable even
	// next to a card number.
	InsecureKeepSAD bool `json:"insecure_keep_sad,omitzero"`

	// CardWords, CodeWords, PINWords and LabelWords are further words that speak of
	// a card, such as the name of a local card scheme, announce a security code or a
	// PIN, or name something else that has a number. They match inside of longer
	// words, whatever the case and the accents, and have no digits.
	CardWords  []string `json:"card_words,omitzero"`
	CodeWords  []string `json:"code_words,omitzero"`
	PINWords   []string `json:"pin_words,omitzero"`
	LabelWords []string `json:"label_words,omitzero"`

	// IgnoreWords are words of the package that do not count, written as in its
	// tables but for their marks, such as "nectar" where that is a bank.
	IgnoreWords []string `json:"ignore_words,omitzero"`

	// AllowNumbers are numbers to leave alone: 12 to 19 ASCII digits each. A
	// host that lists identifiers here must not list anybody's card.
	AllowNumbers []string `json:"allow_numbers,omitzero"`

	// Allow, if set, is asked about each card number found, given as ASCII
	// digits; true leaves it alone. It must not keep the number.
	Allow func(number string) bool `json:"-"`

	// Detectors find further texts to mask.
	Detectors []Detector `json:"-"`
}

// Validate reports everything that is wrong with the options, joined. A
// Redactor with wrong options still works: it falls back to the default mask
// and to hiding every digit. The errors do not hold what they complain about.
func (r *Redactor) Validate() error {
	if r == nil {
		return nil
	}
	var errs []error
	if int(r.Keep) >= len(keepNames) {
		errs = append(errs, errKeep)
	}
	if r.Mask != 0 && !r.Mask.valid() {
		errs = append(errs, errMask)
	}
	for _, list := range []struct {
		name  string
		words []string
	}{{"card", r.CardWords}, {"code", r.CodeWords}, {"PIN", r.PINWords}, {"label", r.LabelWords}, {"ignored", r.IgnoreWords}} {
		for i, w := range list.words {
			bad := func(c rune) bool {
				return unicode.IsDigit(c) || unicode.ToLower(c) != c || c == unicode.ReplacementChar
			}
			if w == "" || len(w) > maxHostWord || strings.TrimSpace(w) != w || strings.ContainsFunc(w, bad) {
				errs = append(errs, fmt.Errorf("redact: %s word %d: want 1 to %d bytes in lower case, no digits", list.name, i, maxHostWord))
			}
		}
	}
	for i, n := range r.AllowNumbers {
		if len(n) < minDigits || len(n) > maxDigits || strings.Trim(n, "0123456789") != "" {
			errs = append(errs, fmt.Errorf("redact: allowed number %d: want %d to %d digits", i, minDigits, maxDigits))
		}
	}
	if len(r.Detectors) > maxDetectors {
		errs = append(errs, fmt.Errorf("redact: %d detectors: want at most %d", len(r.Detectors), maxDetectors))
	}
	for i, d := range r.Detectors {
		if d.Next == nil || d.MaxLen < 0 || d.MaxLen > maxMaxLen || d.KeepLast < 0 || d.KeepLast > maxMaxLen {
			errs = append(errs, fmt.Errorf("redact: detector %d: want Next, and lengths of 0 to %d", i, maxMaxLen))
		}
	}
	return errors.Join(errs...)
}

// maxHostWord is the length in bytes of the longest word of a host.
const maxHostWord = 64

// zero serves nil receivers. It is never written.
var zero Redactor

// Cards masks the card numbers in s as the zero [Redactor] does.
func Cards(s string) string { return zero.String(s) }

// String returns s with its card numbers masked. If there is nothing to mask it
// returns s itself and allocates nothing. Invalid UTF-8 passes unchanged.
func (r *Redactor) String(s string) string {
	sc := r.find(view(s))
	if sc == nil {
		return s
	}
	defer sc.release()
	out := sc.rewrite(make([]byte, 0, len(s)), 0, len(s))
	return unsafe.String(unsafe.SliceData(out), len(out))
}

// Bytes masks the card numbers in b and returns the result. It works in place
// where no mask is longer than the digit it replaces, which is always so with
// the default mask, and the result is then a prefix of b; otherwise it returns
// a new slice and leaves b as it was. If there is nothing to mask it returns b.
func (r *Redactor) Bytes(b []byte) []byte {
	sc := r.find(b)
	if sc == nil {
		return b
	}
	defer sc.release()
	dst := b[:0]
	for _, w := range sc.masked() {
		if w < utf8.RuneLen(sc.mask) {
			dst = make([]byte, 0, len(b))
			break
		}
	}
	return sc.rewrite(dst, 0, len(b))
}

// Find reports what [Redactor.String] masks in s, in order and without overlap.
// It returns nil if there is nothing.
func (r *Redactor) Find(s string) []Span {
	sc := r.find(view(s))
	if sc == nil {
		return nil
	}
	defer sc.release()
	spans := make([]Span, len(sc.hits))
	for i := range spans {
		spans[i] = sc.hits[i].Span
	}
	return spans
}

// view returns the bytes of s without a copy. They are only ever read.
func view(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
