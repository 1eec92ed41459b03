package rules

import "errors"

// Errors of the decisions a person takes; compare them with [errors.Is].
var (
	// ErrNotOpen refuses to assign or move a conversation that is resolved or
	// does not exist: reopen it first.
	ErrNotOpen = errors.New("rules: conversation is not open")
	// ErrQueue refuses a queue to which [Queue.CanMove] knows no way.
	ErrQueue = errors.New("rules: no way into this queue")
	// ErrReturnTime refuses a time to come back that is not in the future, is
	// more than [MaxReturn] away, or is given for another queue than Pending.
	ErrReturnTime = errors.New("rules: time to come back is out of range")
)

// ErrCorrupt reports a stored [State] that no State encodes to. It quotes
// nothing.
var ErrCorrupt = errors.New("rules: decode state: corrupt")

// SettingError is one problem of [Settings]. It quotes no value, so it may be
// logged and shown.
type SettingError struct {
	Path string // JSON path, such as "auto_reply.away.text" or "hours.week.mon[1]"
	Rule string // what is wrong and what would be right
}

// Error names the path and the rule.
func (e *SettingError) Error() string { return "rules: settings: " + e.Path + ": " + e.Rule }

// problems collects SettingErrors.
type problems struct{ errs []error }

func (p *problems) add(path, rule string) {
	p.errs = append(p.errs, &SettingError{Path: path, Rule: rule})
}

func (p *problems) err() error { return errors.Join(p.errs...) }
