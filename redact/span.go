package redact

import (
	"iter"
	"unicode/utf8"
)

// Kind says what a [Span] holds.
type Kind string

const (
	Card         Kind = "card"          // a payment-card number
	SecurityCode Kind = "security code" // the CVV, CVC or CID of a card
	PIN          Kind = "pin"           // the secret number of a card
	TrackData    Kind = "track data"    // what follows the card number on a magnetic stripe
	Custom       Kind = "custom"        // a match of one of the host's [Detector]s
)

// Tier says how much evidence a card number of some prefix and length needs.
type Tier string

const (
	None   Tier = ""       // of what is no card number
	Weak   Tier = "weak"   // masked only with a card word near by: common among other numbers
	Strong Tier = "strong" // masked on prefix, length and check digit alone
)

// Reason says what decided that a [Span] is masked.
type Reason string

const (
	ByNumber       Reason = "number alone"       // prefix, length, check digit and grouping were enough
	ByCardWord     Reason = "card word near"     // a word such as "card" or "visa" stands near by
	ByUnionPayWord Reason = "UnionPay word near" // the check digit is wrong, but UnionPay is named near by
	ByTrack        Reason = "magnetic stripe"    // it stands in the data of one
	ByCodeLabel    Reason = "label near"         // one such as "CVV" or "PIN", and the text holds a card number
	ByPosition     Reason = "follows a card"     // and its expiry date, or one grouped in fours
	ByDetector     Reason = "detector"           // a [Detector] of the host found it
)

// A Span is one stretch of a text that a [Redactor] masks. It never holds the
// number itself, so it can be logged.
type Span struct {
	// Start and End are byte offsets into the text given to [Redactor.Find],
	// of the first character and behind the last.
	Start int `json:"start"`
	End   int `json:"end"`

	Kind Kind `json:"kind"`

	// Scheme names the card scheme in lower case, such as "visa", or the
	// Detector. It is empty for security codes, PINs and track data. It is a
	// hint: prefixes are shared and change hands.
	Scheme string `json:"scheme,omitzero"`

	// Tier is that of the number; None unless Kind is Card.
	Tier Tier `json:"tier,omitzero"`

	Reason Reason `json:"reason"`

	// Digits counts the digits inside the span, Hidden those that are masked.
	// In a Custom span both count letters too.
	Digits int `json:"digits"`
	Hidden int `json:"hidden"`
}

// A hit is a Span and what masking needs to know of it. One without a kind stays as it
// is: it has been judged, and nothing in it is a code.
type hit struct {
	Span
	tail, head int // digits left readable at the end and at the beginning
	last       int // group of a card
	form       form
}

func byStart(a, b hit) int { return a.Start - b.Start }

// counted returns x with the digits in b counted.
func (x hit) counted(b []byte) hit {
	x.Digits = 0
	for i := x.Start; i < x.End; {
		counts, w := x.counts(b, i)
		if i += w; counts {
			x.Digits++
		}
	}
	x.Hidden = max(0, x.Digits-x.head-x.tail)
	return x
}

// counts reports whether the character at b[i] is one of those that x may hide, digits,
// and letters too in what a Detector found; and its width.
func (x *hit) counts(b []byte, i int) (bool, int) {
	r, w := runeAt(b, i)
	if x.Kind != Custom {
		return isDigit(r), w
	}
	c := charOf(table(), r)
	return c.is(digit | letter), w
}

// masked yields offset and width of each character that the hits hide.
func (s *scanner) masked() iter.Seq2[int, int] {
	return func(yield func(i, width int) bool) {
		for k := range s.hits {
			x := &s.hits[k]
			for i, n := x.Start, 0; i < x.End; {
				counts, w := x.counts(s.b, i)
				if counts {
					if n++; n > x.head && n <= x.head+x.Hidden && !yield(i, w) {
						return
					}
				}
				i += w
			}
		}
	}
}

// rewrite appends the text from byte from to to to dst, masked. dst may be the text from
// there on if no mask is longer than what it replaces.
func (s *scanner) rewrite(dst []byte, from, to int) []byte {
	for i, w := range s.masked() {
		if from <= i && i < to {
			dst = utf8.AppendRune(append(dst, s.b[from:i]...), s.mask)
			from = i + w
		}
	}
	return append(dst, s.b[from:to]...)
}
