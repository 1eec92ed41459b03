package template

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Severity tells a refusal from a doubt.
type Severity string

// The severities. A warning marks a number or a rule that Meta does not
// publish: it never makes a call fail.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Rule identifies what was checked, such as "variable-adjacent". The values are
// stable: hosts may translate them.
type Rule string

// Problem is one broken rule. It says where and how far, and quotes no text:
// neither authored text nor a customer's data.
type Problem struct {
	// Path leads to the place: "components[1].buttons[2].text" in a
	// definition, "body[0]", "header", "buttons[2]" or "cards[1].body[0]" in
	// values. Empty means the whole.
	Path     string   `json:"path,omitempty"`
	Rule     Rule     `json:"rule"`
	Severity Severity `json:"severity,omitempty"`

	// Limit and Actual are set by rules that measure: characters unless the
	// rule says otherwise.
	Limit  int `json:"limit,omitempty"`
	Actual int `json:"actual,omitempty"`
	// Want and Got are set by rules about kinds, such as "document" and
	// "image".
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`

	// Code is the error code Meta would answer: 100 for definitions, 132000
	// and its neighbours for values. 0 for warnings.
	//
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
	// (checked 2026-11-22).
	Code int `json:"code,omitempty"`
	// Subcode is Meta's error_subcode for definitions, 0 where none is known.
	Subcode int `json:"subcode,omitempty"`
}

// String gives the problem in one line, fit for logs; [Problem.Sentence] is for people.
func (p Problem) String() string {
	var b strings.Builder
	if p.Path != "" {
		b.WriteString(p.Path)
		b.WriteString(": ")
	}
	b.WriteString(string(p.Rule))
	if p.Limit != 0 || p.Actual != 0 {
		fmt.Fprintf(&b, " (limit %d, actual %d)", p.Limit, p.Actual)
	}
	if p.Want != "" || p.Got != "" {
		fmt.Fprintf(&b, " (want %s, got %s)", orNone(p.Want), orNone(p.Got))
	}
	if p.Severity == SeverityWarning {
		b.WriteString(" [warning]")
	}
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// Problems are the findings of one check, in the order of the text.
type Problems []Problem

// ErrInvalid is matched by the error of [Problems.Err].
var ErrInvalid = errors.New("template: definition breaks the rules")

// Failed reports whether any problem is an error.
func (ps Problems) Failed() bool {
	for i := range ps {
		if ps[i].Severity != SeverityWarning {
			return true
		}
	}
	return false
}

// Err returns nil if there are only warnings, otherwise an error that matches
// ErrInvalid and lists every problem.
func (ps Problems) Err() error {
	if !ps.Failed() {
		return nil
	}
	return fmt.Errorf("%w: %s", ErrInvalid, ps)
}

// String lists the problems, separated by semicolons.
func (ps Problems) String() string {
	var b strings.Builder
	for i := range ps {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(ps[i].String())
	}
	return b.String()
}

// The error codes with which Meta refuses a template message.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-11-22).
const (
	CodeInvalidParameter = 100    // unknown field or wrong shape
	CodeMissing          = 131008 // a required value is not there
	CodeInvalidValue     = 131009 // a value is not acceptable
	CodeCountMismatch    = 132000 // number of values differs from the definition
	CodeNotFound         = 132001 // no approved template of that name and language
	CodeTooLong          = 132005 // rendered text too long
	CodeKindMismatch     = 132012 // kind of value differs from the definition
	CodePaused           = 132015
	CodeDisabled         = 132016
	CodeInvalidText      = 132018 // line break, tab or long run of spaces in a value
)

// BindError says why values do not fit a definition. It is returned by
// [Definition.Bind], quotes no value, and may be logged.
type BindError struct {
	Template string // name of the template
	Language string

	// Code is the error code Meta would have answered: that of the first
	// problem.
	Code int
	// Problems lists every slot that is wrong, in template order.
	Problems Problems
}

// Error lists the problems.
func (e *BindError) Error() string {
	return fmt.Sprintf("template: bind %s (%s): code %d: %s", e.Template, e.Language, e.Code, e.Problems)
}

// LogValue shows what Error shows, as attributes.
func (e *BindError) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("template", e.Template),
		slog.String("language", e.Language),
		slog.Int("code", e.Code),
		slog.String("problems", e.Problems.String()),
	)
}
