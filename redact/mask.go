package redact

// Keep says which digits of a card number stay visible.
type Keep uint8

const (
	// KeepLast4 leaves the last four digits.
	KeepLast4 Keep = iota
	// KeepFirst6Last4 leaves the first six and the last four digits of
	// numbers with at least 14 digits, and the last four of shorter ones.
	KeepFirst6Last4
	// KeepNone hides every digit.
	KeepNone
)

// Mask is the character written in place of a hidden digit.
type Mask rune

// DefaultMask is used by a Redactor without Mask.
const DefaultMask Mask = 'X'

// A Detector finds further numbers to mask, such as a host's own gift cards.
type Detector struct {
	// Name appears as Span.Scheme.
	Name string
	// Match judges one number of ASCII digits.
	Match func(number string) bool
}
