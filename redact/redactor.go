package redact

import (
	"slices"
	"strings"
)

// A Redactor finds payment-card numbers and masks them. Its fields are its
// options; the zero Redactor is the recommended one: last four digits visible,
// security codes and track data next to a card masked, labels of other
// identifiers respected.
//
// Copy it freely. A Redactor is read only by its methods, so any number of
// goroutines may use one at the same time as long as nobody changes its fields.
// A nil *Redactor behaves as the zero Redactor. The data fields have a stable
// JSON form, so that settings of a channel can embed a Redactor by value;
// functions are left out of it.
type Redactor struct {
	// InsecureOff switches everything off: text passes unchanged.
	InsecureOff bool `json:"insecure_off,omitzero"`

	// Keep says which digits of a card number stay visible. Zero keeps the
	// last four.
	Keep Keep `json:"keep,omitzero"`

	// Mask is written in place of each hidden digit. Zero means [DefaultMask].
	Mask Mask `json:"mask,omitzero"`

	// Strict ignores labels of other identifiers ("order 4539…"), so that
	// every number that looks like a card is masked.
	Strict bool `json:"strict,omitzero"`

	// InsecureKeepSAD leaves security codes, PINs and track data in place
	// even beside a card number.
	InsecureKeepSAD bool `json:"insecure_keep_sad,omitzero"`

	// CardWords are further words that make a weak candidate a card when
	// they stand near by, in lower case. They match as substrings.
	CardWords []string `json:"card_words,omitempty"`

	// AllowNumbers are numbers to leave alone, digits only.
	AllowNumbers []string `json:"allow_numbers,omitempty"`

	// Allow, when set, is asked before a number is masked; true leaves it in
	// place. It receives ASCII digits only and must be safe for concurrent use.
	Allow func(number string) bool `json:"-"`

	// Detectors find further numbers to mask.
	Detectors []Detector `json:"-"`
}

// Cards masks the card numbers in s as the zero Redactor does. It returns s
// itself, without an allocation, when there is nothing to mask.
func Cards(s string) string {
	var r Redactor
	return r.String(s)
}

// String returns s with its card numbers masked. When there is nothing to mask
// it returns s itself without allocating.
func (r *Redactor) String(s string) string {
	spans := r.Find(s)
	if len(spans) == 0 {
		return s
	}
	var b strings.Builder
	last := 0
	for _, sp := range spans {
		b.WriteString(s[last:sp.Start])
		left := sp.hidden()
		for i := sp.Start; i < sp.End; i++ {
			if c := s[i]; c >= '0' && c <= '9' && left > 0 {
				b.WriteRune(r.mask())
				left--
				continue
			}
			b.WriteByte(s[i])
		}
		last = sp.End
	}
	b.WriteString(s[last:])
	return b.String()
}

// Bytes masks the card numbers in b, in place when every mask fits into the
// digit it replaces, and returns the result. When there is nothing to mask it
// returns b itself, unchanged.
func (r *Redactor) Bytes(b []byte) []byte {
	out := r.String(string(b))
	if len(out) <= len(b) {
		return b[:copy(b, out)]
	}
	return []byte(out)
}

// Find reports what [Redactor.String] would mask, in order and disjoint. It
// never returns the number itself.
func (r *Redactor) Find(s string) []Span {
	if r != nil && r.InsecureOff {
		return nil
	}
	var out []Span
	for i := 0; i < len(s); {
		if s[i] < '0' || s[i] > '9' {
			i++
			continue
		}
		end := i
		for end < len(s) && (s[end] >= '0' && s[end] <= '9') {
			end++
		}
		if sch, tier := classify(s[i:end]); tier == Strong && luhn(s[i:end]) && !slices.Contains(r.allowed(), s[i:end]) {
			out = append(out, Span{Start: i, End: end, Digits: end - i, Scheme: sch, Tier: tier})
		}
		i = end
	}
	return out
}

func (r *Redactor) allowed() []string {
	if r == nil {
		return nil
	}
	return r.AllowNumbers
}

func (r *Redactor) mask() rune {
	if r == nil || r.Mask == 0 {
		return rune(DefaultMask)
	}
	return rune(r.Mask)
}
