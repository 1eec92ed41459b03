package twilio

import (
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// Error is a refusal by Twilio. It quotes nothing of what was sent.
//
// errors.Is compares it with window.ErrClosed, template.ErrNotSendable, message.ErrInvalid and
// message.ErrOutcomeUnknown. For everything else branch on Failure().Class, which is the same
// as if Meta had refused.
type Error struct {
	// Op is the operation, such as "send message".
	Op string
	// Status is the HTTP status, 0 if Twilio took the call and failed the message at once.
	Status int
	// Code is Twilio's, such as 63016; 0 if the answer had none. Failure().Code is what Meta
	// calls the same.
	Code int

	failure message.Failure
}

func newError(op string, status, code int) *Error {
	return &Error{Op: op, Status: status, Code: code, failure: Classify(code, status)}
}

// Error names operation, code, class and status.
func (e *Error) Error() string {
	return fmt.Sprintf("twilio: %s: error %d, %s, HTTP %d", e.Op, e.Code, e.failure.Class, e.Status)
}

// Format prints Error whatever the verb.
func (e *Error) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, e.Error()) }

// LogValue shows codes and class.
func (e *Error) LogValue() slog.Value { return slog.StringValue(e.Error()) }

// Failure implements message.Failer.
func (e *Error) Failure() message.Failure { return e.failure }

// Is maps the error onto the sentinels named in the comment of [Error].
func (e *Error) Is(target error) bool {
	switch target {
	case window.ErrClosed:
		return e.failure.Class == message.ClassWindowClosed
	case message.ErrInvalid:
		return e.Op == opSend && e.failure.Class == message.ClassParameter
	}
	return e.failure.Matches(target)
}

// TransportError reports that a call got no answer: nothing was sent, or the answer was lost.
// It implements message.Failer, and matches message.ErrOutcomeUnknown if a message may have
// been accepted all the same.
type TransportError struct {
	// Op is the operation.
	Op string
	// Sent tells that the request may have reached Twilio.
	Sent bool

	cause     error
	uncertain bool // Sent, and a repeat could do harm
}

// Error names the operation and the cause, and no address.
func (e *TransportError) Error() string {
	state := "not sent"
	if e.Sent {
		state = "no answer"
	}
	return fmt.Sprintf("twilio: %s: %s: %v", e.Op, state, e.cause)
}

// Unwrap returns the cause, such as context.DeadlineExceeded.
func (e *TransportError) Unwrap() error { return e.cause }

// Is reports whether target is message.ErrOutcomeUnknown and that is so.
func (e *TransportError) Is(target error) bool {
	return target == message.ErrOutcomeUnknown && e.uncertain
}

// Failure implements message.Failer.
func (e *TransportError) Failure() message.Failure {
	return message.Unanswered("Twilio", e.uncertain)
}

// noList is the error of a page that lacks its list: it is no proof that there is nothing.
func noList(op string) error {
	return &TransportError{Op: op, Sent: true, cause: errUnexpected}
}

// LimitError reports that a message did not go out because its turn comes too late. It
// implements message.Failer; nothing was sent.
type LimitError struct {
	// Wait is the expected time until the message could go.
	Wait time.Duration
}

// Error names the wait.
func (e *LimitError) Error() string {
	return fmt.Sprintf("twilio: send message: rate limit of the number: wait %s", e.Wait.Round(time.Millisecond))
}

// Failure implements message.Failer.
func (e *LimitError) Failure() message.Failure {
	return message.Failure{
		Class: message.ClassThrottledNumber,
		Retry: message.Retry{Advice: message.RetryAfter, After: e.Wait},
		Title: "Rate limit of the number",
		Hint:  "Too many messages are going out right now. The message waits its turn.",
	}
}

// refusal is the error of what is not even tried.
type refusal struct {
	text    string
	is      error
	failure message.Failure
}

func (r *refusal) Error() string            { return "twilio: send message: " + r.text }
func (r *refusal) Is(target error) bool     { return r.is != nil && target == r.is }
func (r *refusal) Failure() message.Failure { return r.failure }
