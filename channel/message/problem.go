package message

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// ErrInvalid matches every [*InvalidError].
var ErrInvalid = errors.New("message: outbound is not valid")

// Severity tells a refusal from a doubt.
type Severity string

// The severities. A warning marks a number that Meta does not publish or a form
// that is known to disappoint; it never makes Validate fail.
const (
	SeverityError   Severity = "error"
	SeverityWarning Severity = "warning"
)

// Rule identifies what was checked. The values are stable, so that a host can
// translate them.
type Rule string

// The rules.
const (
	RuleRequired  Rule = "required"  // missing or blank
	RuleTooLong   Rule = "too-long"  // more characters than Limit
	RuleTooLarge  Rule = "too-large" // more bytes than Limit
	RuleTooFew    Rule = "too-few"   // fewer elements than Limit
	RuleTooMany   Rule = "too-many"  // more elements than Limit
	RuleRange     Rule = "range"     // a number outside its range
	RulePast      Rule = "past"      // a time that has passed
	RuleTooFar    Rule = "too-far"   // a time more than Limit days ahead
	RuleFormat    Rule = "format"    // not of the required form
	RuleSpace     Rule = "space"     // space at an end
	RuleDuplicate Rule = "duplicate" // not unique
	RuleExclusive Rule = "exclusive" // set together with something it excludes
	RuleForbidden Rule = "forbidden" // not possible with this recipient, category or content
	RuleUniform   Rule = "uniform"   // cards that differ in their parts
	RuleOrder     Rule = "order"     // in the wrong place
	RuleSum       Rule = "sum"       // an amount that is not the sum of its parts
	RuleUseless   Rule = "useless"   // accepted by Meta, but without effect
)

// Problem is one broken rule. It says where and how far, and quotes no content.
type Problem struct {
	// Path leads to the place in the JSON, such as
	// "interactive.action.buttons[2].reply.title".
	Path     string   `json:"path,omitempty"`
	Rule     Rule     `json:"rule"`
	Severity Severity `json:"severity,omitempty"`
	// Limit and Actual are set by rules that measure: characters, elements, bytes or days.
	Limit  int `json:"limit,omitempty"`
	Actual int `json:"actual,omitempty"`
}

// String gives the problem in one line, fit for logs; [Problem.Sentence] is for people.
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.Path)
	b.WriteString(": ")
	b.WriteString(string(p.Rule))
	if p.Limit != 0 || p.Actual != 0 {
		fmt.Fprintf(&b, " (limit %d, actual %d)", p.Limit, p.Actual)
	}
	if p.Severity == SeverityWarning {
		b.WriteString(" [warning]")
	}
	return b.String()
}

// InvalidError lists every rule that an [Outbound] breaks. It matches
// [ErrInvalid] and quotes nothing of the message.
type InvalidError struct {
	// Problems has at least one element; all are of SeverityError.
	Problems []Problem
}

// Error lists paths and rules.
func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	for i, p := range e.Problems {
		if i == 0 {
			b.WriteString(": ")
		} else {
			b.WriteString("; ")
		}
		b.WriteString(p.String())
	}
	return b.String()
}

// Is reports whether target is [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// Failure implements [Failer]: the request is wrong, and nothing was sent.
func (e *InvalidError) Failure() Failure {
	return Failure{
		Class: ClassParameter,
		Retry: Retry{Advice: RetryFixed},
		Title: "Message breaks a limit of WhatsApp",
		Hint:  "The message has a part that WhatsApp does not accept. Change the message and send again.",
	}
}

// LogValue lists the problems.
func (e *InvalidError) LogValue() slog.Value { return slog.StringValue(e.Error()) }
