package redact

import "fmt"

// Kind says what a [Span] holds.
type Kind uint8

const (
	// Card is a payment-card number.
	Card Kind = iota + 1
	// SecurityCode is the CVV, CVC or CID of a card.
	SecurityCode
	// PIN is the secret number of a card.
	PIN
	// TrackData is what follows the card number on a magnetic stripe.
	TrackData
	// Custom is a match of one of the host's [Detector]s.
	Custom
)

var kindNames = [...]string{"none", "card", "security code", "pin", "track data", "custom"}

// String returns the name of the kind in lower case.
func (k Kind) String() string { return name(kindNames[:], uint8(k)) }

// MarshalText implements [encoding.TextMarshaler].
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// Tier says how much evidence a kind of card number needs.
type Tier uint8

const (
	// None is the tier of what is no card number.
	None Tier = iota
	// Weak numbers are masked only with a card word near by: their prefix and
	// length are common among phone numbers and other identifiers.
	Weak
	// Strong numbers are masked on prefix, length and check digit alone.
	Strong
)

var tierNames = [...]string{"none", "weak", "strong"}

// String returns the name of the tier in lower case.
func (t Tier) String() string { return name(tierNames[:], uint8(t)) }

// MarshalText implements [encoding.TextMarshaler].
func (t Tier) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// Reason says what decided that a [Span] is masked.
type Reason uint8

const (
	// ByNumber means that prefix, length, check digit and grouping were enough.
	ByNumber Reason = iota + 1
	// ByCardWord means that a word such as "card" or "visa" stands near by.
	ByCardWord
	// ByUnionPayWord means that the check digit is wrong, but the number has the
	// form of a UnionPay card and the name stands near by.
	ByUnionPayWord
	// ByTrack means that it stands in the data of a magnetic stripe.
	ByTrack
	// ByCodeLabel means that a label such as "CVV" or "PIN" stands before the
	// digits, and that the text holds a card number.
	ByCodeLabel
	// ByPosition means that the digits follow a card number and its expiry date,
	// or a card number grouped in fours.
	ByPosition
	// ByDetector means that a [Detector] of the host found it.
	ByDetector
)

var reasonNames = [...]string{
	"none", "number alone", "card word near", "UnionPay word near", "magnetic stripe",
	"label before", "follows a card", "detector",
}

// String returns a short phrase in lower case.
func (r Reason) String() string { return name(reasonNames[:], uint8(r)) }

// MarshalText implements [encoding.TextMarshaler].
func (r Reason) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

func name(names []string, i uint8) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("unknown (%d)", i)
}

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
	Tier Tier `json:"tier"`

	Reason Reason `json:"reason"`

	// Digits counts the digits inside the span, Hidden those that are masked.
	// In a Custom span both count letters too.
	Digits int `json:"digits"`
	Hidden int `json:"hidden"`
}
