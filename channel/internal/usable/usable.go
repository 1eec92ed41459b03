// Package usable says which values from outside can be used. It is the hub's and the desk's.
package usable

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// Err is channel.ErrUnusable.
var Err = errors.New("channel: something given cannot be used")

// A Rule says what is wrong with a value.
type Rule string

// The rules.
const (
	TooLong Rule = "too_long" // more than Most bytes, or of a list more than Most
	NoText  Rule = "no_text"  // no UTF-8, or with a NUL in it
	Empty   Rule = "empty"    // required, and not there
	Unknown Rule = "unknown"  // a word that there is not
	NoJSON  Rule = "no_json"
	Card    Rule = "card" // it holds a card number where none can be masked
)

// An Error says which value cannot be used, and why. It matches [Err].
type Error struct {
	What         string // such as "note": what the value is, not what it says
	Rule         Rule
	Most, Actual int // of TooLong
}

// Sentence says it without a full stop.
func (e *Error) Sentence() string {
	switch e.Rule {
	case TooLong:
		return fmt.Sprintf("%s is too long: %d of at most %d", e.What, e.Actual, e.Most)
	case NoText:
		return e.What + " is not valid UTF-8, or has a NUL in it"
	case Empty:
		return e.What + " is empty"
	case Unknown:
		return "there is no such " + e.What
	case NoJSON:
		return e.What + " is no JSON"
	default:
		return e.What + " has a card number that is not in a text"
	}
}

// Error implements error.
func (e *Error) Error() string { return "channel: " + e.Sentence() }

// Is makes it match [Err].
func (e *Error) Is(target error) bool { return target == Err }

// Text returns an [Error] if a text has more than most bytes, is no UTF-8 or has a NUL in it.
func Text(what, s string, most int) error {
	switch {
	case len(s) > most:
		return &Error{What: what, Rule: TooLong, Most: most, Actual: len(s)}
	case strings.ContainsRune(s, 0) || !utf8.ValidString(s):
		return &Error{What: what, Rule: NoText}
	}
	return nil
}

// Required returns an [Error] if a text is empty.
func Required(what, s string) error {
	if s == "" {
		return &Error{What: what, Rule: Empty}
	}
	return nil
}
