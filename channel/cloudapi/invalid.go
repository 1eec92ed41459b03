package cloudapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/kanava-go/kanava/channel/message"
)

// invalidError reports a call that was refused before anything was sent, because
// an argument breaks a rule of the platform. It quotes no argument.
type invalidError struct {
	op    string
	cause error
}

func invalid(op, format string, args ...any) error {
	return &invalidError{op: op, cause: fmt.Errorf(format, args...)}
}

// Error names the operation and the rule.
func (e *invalidError) Error() string { return "cloudapi: " + e.op + ": " + e.cause.Error() }

// Unwrap returns the rule that was broken.
func (e *invalidError) Unwrap() error { return e.cause }

// Is reports whether target is message.ErrInvalid.
func (e *invalidError) Is(target error) bool { return target == message.ErrInvalid }

// Failure implements message.Failer.
func (e *invalidError) Failure() message.Failure {
	f := message.Classify(100, 0, 0, false)
	f.Code = 0 // we refused, not Meta
	return f
}

// refuse reports all problems at once, or nil if there is none.
func refuse(op string, problems ...error) error {
	if err := errors.Join(problems...); err != nil {
		return &invalidError{op: op, cause: err}
	}
	return nil
}

// length checks the number of characters of an argument.
func length(what, s string, least, most int) error {
	if n := utf8.RuneCountInString(s); n < least || n > most {
		return fmt.Errorf("%s has %d characters, allowed are %d to %d", what, n, least, most)
	}
	return nil
}

var errNothing = errors.New("nothing is changed")

// changes refuses a change whose parts are all left out: Meta takes it for a success, or for a fault that names
// none of them.
func changes(change any) error {
	if body, err := json.Marshal(change); err == nil && string(body) == "{}" {
		return errNothing
	}
	return nil
}

// digits checks an argument that consists of digits.
func digits(what, s string, least, most int) error {
	if len(s) < least || len(s) > most || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return fmt.Errorf("%s must have %d to %d digits and nothing else", what, least, most)
	}
	return nil
}

var errBadID = errors.New("an id is empty or has characters that no id of Meta has")

// mediaError reports a download that cannot be trusted or completed.
type mediaError struct{ cause error }

// Error names the cause.
func (e *mediaError) Error() string { return "cloudapi: " + opDownload + ": " + e.cause.Error() }

// Unwrap returns the cause: ErrMediaCorrupt, ErrMediaTooLarge, or why the address
// was not followed.
func (e *mediaError) Unwrap() error { return e.cause }

// Failure implements message.Failer. A file that arrived damaged may arrive whole
// the next time; one that is too large will not become smaller.
func (e *mediaError) Failure() message.Failure {
	f := message.Classify(131052, 0, 0, false)
	f.Code = 0
	if errors.Is(e.cause, ErrMediaCorrupt) {
		f.Retry = message.Retry{Advice: message.RetryAfter, Max: 2}
	}
	return f
}
