package access

import "errors"

// ErrDenied is what every refusal matches with [errors.Is].
var ErrDenied = errors.New("access: denied")

// DeniedError is a refusal. It names the action and the roles, never the actor,
// the customer or the channel, so it may be logged and shown. It matches
// [ErrDenied].
type DeniedError struct {
	Action Action
	Kind   ActorKind
	Reason Reason
	Have   Role // best role held, NoRole if none
	Need   Role // lowest role that permits, NoRole if no role does
}

// Err returns nil if d permits, otherwise a [*DeniedError].
func (d Decision) Err() error {
	if d.Allowed {
		return nil
	}
	return &DeniedError{
		Action: d.Action,
		Kind:   d.Kind,
		Reason: d.Reason,
		Have:   d.Grant.Role,
		Need:   d.Action.NeedsRole(),
	}
}

// Error says what was refused and what would be needed.
func (e *DeniedError) Error() string {
	s := "access: deny " + e.Action.label() + " to " + Actor{Kind: e.Kind}.kindLabel() + ": "
	switch e.Reason {
	case UnknownAction:
		return s + "no such action"
	case UnknownActor:
		return s + "kind of actor not known"
	case NoIdentity:
		return s + "actor has no identifier"
	case NoGrant:
		return s + "no role on this channel, " + e.Need.label() + " needed"
	case RoleTooLow:
		return s + "role is " + e.Have.label() + ", " + e.Need.label() + " needed"
	case AdminOnly:
		return s + "account admin needed"
	case NotARule:
		return s + "not something a rule does"
	default:
		return s + "not permitted"
	}
}

// Is reports whether target is [ErrDenied].
func (e *DeniedError) Is(target error) bool { return target == ErrDenied }

// PolicyRule names what an entry of a policy breaks. It is stable: an admin page
// may translate it.
type PolicyRule string

// The rules of a policy.
const (
	// RuleEmptyID: an identifier is empty.
	RuleEmptyID PolicyRule = "empty_id"
	// RuleLongID: an identifier is longer than [MaxIDLen] bytes.
	RuleLongID PolicyRule = "long_id"
	// RuleUTF8: an identifier is not valid UTF-8.
	RuleUTF8 PolicyRule = "utf8"
	// RuleRole: a role is unknown, or missing in an entry.
	RuleRole PolicyRule = "role"
)

// PolicyError is one problem of a policy.
type PolicyError struct {
	Field string     // JSON name of the field: "users", "teams", "bots", "all_users", "all_teams"
	ID    string     // key of the entry, "" for a switch; may be personal, so Error leaves it out
	Rule  PolicyRule // what it breaks
}

// Error names the field and the rule, not the entry.
func (e *PolicyError) Error() string {
	s := "access: validate policy: " + e.Field + ": "
	switch e.Rule {
	case RuleEmptyID:
		return s + "an identifier is empty"
	case RuleLongID:
		return s + "an identifier is longer than 255 bytes"
	case RuleUTF8:
		return s + "an identifier is not valid UTF-8"
	default:
		return s + "a role is none of viewer, contributor, supervisor"
	}
}
