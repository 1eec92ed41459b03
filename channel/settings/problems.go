package settings

import (
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/internal/problems"
)

// An Error is one problem of the settings of a channel; as many as there are come joined,
// always in the same order. It quotes no setting but names of channels.
type Error struct {
	// Channel is the channel's ID, and Field the JSON name of the setting, such as "budget" or
	// "desk".
	Channel string
	Field   string
	// Rule says what is wrong and what would be right; for a field of a setting it begins with its
	// path.
	Rule string

	cause error
}

// Error names channel, field and rule.
func (e *Error) Error() string {
	return fmt.Sprintf("channel: settings of %q: %s: %s", e.Channel, e.Field, e.Rule)
}

// Unwrap returns the error of the package that the setting belongs to, nil if there is none.
func (e *Error) Unwrap() error { return e.cause }

// Problems collects what is wrong with the settings of one channel, whose ID it needs.
type Problems struct {
	Channel string

	errs []error
}

// Bad notes a problem of a field if cond holds; rule and args are for package fmt.
func (p *Problems) Bad(cond bool, field, rule string, args ...any) {
	if cond {
		p.errs = append(p.errs, &Error{Channel: p.Channel, Field: field, Rule: fmt.Sprintf(rule, args...)})
	}
}

// Of notes the problems that another package found with a field, each by itself.
func (p *Problems) Of(field string, err error) {
	for e := range problems.Each(err) {
		p.errs = append(p.errs, &Error{Channel: p.Channel, Field: field, Rule: problems.Rule(field, e), cause: e})
	}
}

// Err joins them, nil if there are none.
func (p *Problems) Err() error { return errors.Join(p.errs...) }
