package redact

// Tier says how much evidence a number needed.
type Tier uint8

const (
	// None is a number that no row of the scheme table covers.
	None Tier = iota
	// Weak needs a card word near by.
	Weak
	// Strong is masked on prefix, length and check digit alone.
	Strong
)

// A Span is one masked stretch of a text. It never holds the number.
type Span struct {
	Start, End int    // byte offsets in the text given to Find
	Digits     int    // digits inside
	Scheme     string // such as "visa"
	Tier       Tier
}

func (s Span) hidden() int { return s.Digits - 4 }
