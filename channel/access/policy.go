package access

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"unicode/utf8"
)

// MaxIDLen is the longest identifier a policy may name, in bytes.
const MaxIDLen = 255

// Policy says who holds which role on one channel. It is plain data: encode it
// with encoding/json, keep it where the settings of the channel are kept, check
// it with [Policy.Validate] before it is stored.
//
// The zero Policy permits nobody. Grants add up: an actor holds the highest role
// that any grant gives him. A Policy is safe for concurrent use as long as
// nobody changes its maps; change a [Policy.Clone] instead.
type Policy struct {
	// Users gives roles to agents by [Actor.ID].
	Users map[string]Role `json:"users,omitempty"`
	// Teams gives roles to all agents of a team, by the host's team
	// identifier.
	Teams map[string]Role `json:"teams,omitempty"`
	// Bots gives roles to automations by [Actor.ID]. No switch includes
	// them: each must be named.
	Bots map[string]Role `json:"bots,omitempty"`
	// AllUsers gives its role to every agent of the account. "" is off.
	AllUsers Role `json:"all_users,omitempty"`
	// AllTeams gives its role to every agent who is in at least one team.
	// "" is off.
	AllTeams Role `json:"all_teams,omitempty"`
}

// Clone returns a copy that shares nothing with p.
func (p Policy) Clone() Policy {
	p.Users, p.Teams, p.Bots = maps.Clone(p.Users), maps.Clone(p.Teams), maps.Clone(p.Bots)
	return p
}

// Validate returns every problem of p, joined, or nil. Each is a [*PolicyError];
// they come in a fixed order: users, teams, bots, switches, by identifier.
//
// A policy with problems is still safe to decide with: a grant that is not
// understood confers nothing.
func (p Policy) Validate() error {
	var errs []error
	for _, f := range []struct {
		name   string
		grants map[string]Role
	}{{"users", p.Users}, {"teams", p.Teams}, {"bots", p.Bots}} {
		for _, id := range slices.Sorted(maps.Keys(f.grants)) {
			if rule := checkID(id); rule != "" {
				errs = append(errs, &PolicyError{Field: f.name, ID: id, Rule: rule})
			}
			if !f.grants[id].Known() {
				errs = append(errs, &PolicyError{Field: f.name, ID: id, Rule: RuleRole})
			}
		}
	}
	for _, f := range []struct {
		name string
		role Role
	}{{"all_users", p.AllUsers}, {"all_teams", p.AllTeams}} {
		if f.role != NoRole && !f.role.Known() {
			errs = append(errs, &PolicyError{Field: f.name, Rule: RuleRole})
		}
	}
	return errors.Join(errs...)
}

// checkID returns the rule that id breaks. Invalid UTF-8 is refused because JSON
// would replace it, and the stored policy would then name somebody else.
func checkID(id string) PolicyRule {
	switch {
	case id == "":
		return RuleEmptyID
	case len(id) > MaxIDLen:
		return RuleLongID
	case !utf8.ValidString(id):
		return RuleUTF8
	default:
		return ""
	}
}

// String gives the size of the policy and its switches, no identifiers.
func (p Policy) String() string {
	return fmt.Sprintf("policy(users=%d teams=%d bots=%d all_users=%s all_teams=%s)",
		len(p.Users), len(p.Teams), len(p.Bots), p.AllUsers.label(), p.AllTeams.label())
}

// GoString is [Policy.String], so that %#v shows no more.
func (p Policy) GoString() string { return p.String() }

// LogValue implements [slog.LogValuer] with what [Policy.String] shows.
func (p Policy) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("users", len(p.Users)),
		slog.Int("teams", len(p.Teams)),
		slog.Int("bots", len(p.Bots)),
		slog.String("all_users", p.AllUsers.label()),
		slog.String("all_teams", p.AllTeams.label()),
	)
}

// label is the role as it may be printed: text that is not ours is not.
func (r Role) label() string {
	switch {
	case r == NoRole:
		return "none"
	case r.Known():
		return string(r)
	default:
		return "unknown"
	}
}
