package cloudapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// Error is a refusal by the Graph API, or an answer that is not one of its own.
//
// errors.Is compares it with the sentinels of the place where the concept lives:
// window.ErrClosed, template.ErrNotSendable, message.ErrInvalid and
// message.ErrOutcomeUnknown. For everything else branch on Failure().Class.
//
// Error, LogValue and the fmt verbs show codes only; Message, Details,
// UserTitle, UserMessage and Body may quote what was sent.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11)
type Error struct {
	// Op is the operation, such as "send message".
	Op string
	// Status is the HTTP status. Meta reports throttling with 400, too: branch on
	// the code or the class instead.
	Status int
	// Code and Subcode are Meta's; 0 if the answer had none.
	Code, Subcode int
	// Transient is Meta's own hint that a repeat may succeed; often missing.
	Transient bool
	// TraceID is what Meta's support asks for.
	TraceID string

	Message     string // technical title, English
	Details     string // the actual cause: which parameter, how long to wait
	UserTitle   string // for people, on management calls, translated by Meta
	UserMessage string
	// Body is the answer as received, cut at 64 KiB: some refusals carry results
	// as well.
	Body []byte

	failure message.Failure
}

// Error names operation, code, class, status and trace id.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "cloudapi: %s: ", e.Op)
	if e.Code != 0 {
		fmt.Fprintf(&b, "graph error %d", e.Code)
		if e.Subcode != 0 {
			fmt.Fprintf(&b, "/%d", e.Subcode)
		}
		b.WriteString(", ")
	}
	fmt.Fprintf(&b, "%s, HTTP %d", e.failure.Class, e.Status)
	if e.TraceID != "" {
		b.WriteString(", trace " + e.TraceID)
	}
	return b.String()
}

// Format prints Error whatever the verb: a dump must not show what the answer
// quotes.
func (e *Error) Format(f fmt.State, _ rune) { io.WriteString(f, e.Error()) }

// LogValue shows codes, class and trace id.
func (e *Error) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("op", e.Op), slog.Any("failure", e.failure), slog.String("trace_id", e.TraceID),
	)
}

// Failure implements message.Failer.
func (e *Error) Failure() message.Failure { return e.failure }

// Is maps the error onto the sentinels named in the comment of [Error].
func (e *Error) Is(target error) bool {
	switch target {
	case window.ErrClosed:
		return e.failure.Class == message.ClassWindowClosed
	case message.ErrInvalid:
		return e.Op == opSend && e.failure.Class == message.ClassParameter
	default:
		return e.failure.Matches(target)
	}
}

// maxErrorBody bounds Error.Body, maxTrace the trace id.
const (
	maxErrorBody = 64 << 10
	maxTrace     = 128
)

// wireError is Meta's error envelope.
type wireError struct {
	Error *struct {
		Message     string          `json:"message"`
		Code        lenientInt      `json:"code"`
		Subcode     lenientInt      `json:"error_subcode"`
		Transient   bool            `json:"is_transient"`
		UserTitle   string          `json:"error_user_title"`
		UserMessage string          `json:"error_user_msg"`
		Data        json.RawMessage `json:"error_data"`
		TraceID     string          `json:"fbtrace_id"`
	} `json:"error"`
}

// decodeError reads a refusal. Anything is acceptable as a body: the status
// speaks if the body does not.
func decodeError(op string, status int, traceHeader string, body []byte) *Error {
	e := &Error{Op: op, Status: status, TraceID: traceHeader, Body: body[:min(len(body), maxErrorBody)]}
	var w wireError
	// A field of the wrong type leaves the others in place, so the error of the
	// decoder does not matter.
	_ = json.Unmarshal(body, &w)
	if g := w.Error; g != nil {
		e.Code, e.Subcode, e.Transient = int(g.Code), int(g.Subcode), g.Transient
		e.Message, e.UserTitle, e.UserMessage = g.Message, g.UserTitle, g.UserMessage
		e.Details = errorDetails(g.Data)
		if g.TraceID != "" {
			e.TraceID = g.TraceID
		}
	}
	e.TraceID = printable(e.TraceID)
	e.failure = message.Classify(e.Code, e.Subcode, status, e.Transient)
	return e
}

// errorDetails reads error_data, which is an object with details, or, on some
// management calls, a string or an object of another kind.
func errorDetails(raw json.RawMessage) string {
	var o struct {
		Details string `json:"details"`
	}
	if json.Unmarshal(raw, &o) == nil {
		return o.Details
	}
	var s string
	_ = json.Unmarshal(raw, &s)
	return s
}

// printable cuts a trace id down to what a trace id consists of, because it is
// printed and comes from outside.
func printable(s string) string {
	s = s[:min(len(s), maxTrace)]
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c > '~' {
			return s[:i]
		}
	}
	return s
}

// TransportError reports that a call got no answer: nothing was sent, or the
// answer was lost. It implements message.Failer, and matches
// message.ErrOutcomeUnknown if a message may have been accepted all the same.
type TransportError struct {
	// Op is the operation.
	Op string
	// Sent tells that the request may have reached Meta.
	Sent bool

	cause     error
	uncertain bool // Sent, and a repeat could do harm
}

// Error names the operation and the cause. Addresses of the request are left
// out, because they can hold secrets.
func (e *TransportError) Error() string {
	state := "not sent"
	if e.Sent {
		state = "no answer"
	}
	return fmt.Sprintf("cloudapi: %s: %s: %v", e.Op, state, e.cause)
}

// Unwrap returns the cause, such as context.DeadlineExceeded.
func (e *TransportError) Unwrap() error { return e.cause }

// Is reports whether target is message.ErrOutcomeUnknown and that is so.
func (e *TransportError) Is(target error) bool {
	return target == message.ErrOutcomeUnknown && e.uncertain
}

// Failure implements message.Failer.
func (e *TransportError) Failure() message.Failure {
	return message.Unanswered("WhatsApp", e.uncertain)
}
