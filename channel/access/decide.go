package access

import "log/slog"

// Source says where a right came from.
type Source string

// The sources, from the most specific to the most general. Where two give the
// same role, a decision names the more specific one.
const (
	// NoSource, the zero value: nothing was granted.
	NoSource Source = ""
	// FromUser is an entry of [Policy.Users].
	FromUser Source = "user"
	// FromBot is an entry of [Policy.Bots].
	FromBot Source = "bot"
	// FromTeam is an entry of [Policy.Teams].
	FromTeam Source = "team"
	// FromAllTeams is the switch [Policy.AllTeams].
	FromAllTeams Source = "all_teams"
	// FromAllUsers is the switch [Policy.AllUsers].
	FromAllUsers Source = "all_users"
	// FromAccount is [Actor.Admin]; it carries no role.
	FromAccount Source = "account"
	// FromSystem is [System]; it carries no role.
	FromSystem Source = "system"
)

// Grant is one right an actor holds on a channel. The zero Grant is none.
type Grant struct {
	Source Source
	Role   Role   // NoRole for FromAccount and FromSystem
	Team   string // the host's team identifier, for FromTeam only
}

// Reason says why a decision came out as it did.
type Reason string

// The reasons; the first three permit, the others refuse. The zero Reason
// belongs to the zero [Decision], which refuses.
const (
	// ByRole: a grant of the policy is enough.
	ByRole Reason = "by_role"
	// ByAccount: the actor is an account admin.
	ByAccount Reason = "by_account"
	// BySystem: the hub carries out a rule of the channel.
	BySystem Reason = "by_system"
	// UnknownAction: the action is not one of [Actions].
	UnknownAction Reason = "unknown_action"
	// UnknownActor: the kind of actor is unset or not known.
	UnknownActor Reason = "unknown_actor"
	// NoIdentity: an agent or bot without an identifier that a policy could name.
	NoIdentity Reason = "no_identity"
	// NoGrant: no entry and no switch of the policy concerns the actor.
	NoGrant Reason = "no_grant"
	// RoleTooLow: the actor holds a role, but a higher one is needed.
	RoleTooLow Reason = "role_too_low"
	// AdminOnly: the action takes an account admin.
	AdminOnly Reason = "admin_only"
	// NotARule: the hub's rules have no business doing this.
	NotARule Reason = "not_a_rule"
)

// Decision is the answer to one question, complete enough for an audit record.
// The zero Decision refuses.
type Decision struct {
	Allowed bool
	Reason  Reason
	// Grant is the right that decided: the one that permits, or, when the
	// role was too low, the best one held. Zero if there was none.
	Grant  Grant
	Action Action    // as asked
	Kind   ActorKind // as asked
}

// Decide answers whether a may do act on the channel that p belongs to. It never
// panics, allocates nothing, and is safe for concurrent use.
func Decide(p Policy, a Actor, act Action) Decision {
	d := Decision{Action: act, Kind: a.Kind}
	need := act.require()
	switch {
	case need == requirement{}:
		d.Reason = UnknownAction
	case !a.Kind.known():
		d.Reason = UnknownActor
	case a.Kind == System:
		d.Reason = NotARule
		if need.system {
			d.Allowed, d.Reason, d.Grant = true, BySystem, Grant{Source: FromSystem}
		}
	case checkID(a.ID) != "":
		d.Reason = NoIdentity
	case need.admin:
		d.Reason = AdminOnly
		if a.Admin {
			d.Allowed, d.Reason, d.Grant = true, ByAccount, Grant{Source: FromAccount}
		}
	default:
		d.Grant = p.Best(a)
		switch {
		case d.Grant.Role.Covers(need.role):
			d.Allowed, d.Reason = true, ByRole
		case d.Grant.Source == NoSource:
			d.Reason = NoGrant
		default:
			d.Reason = RoleTooLow
		}
	}
	return d
}

// Check is [Decide] for callers who only need the error: nil, or a
// [*DeniedError].
func Check(p Policy, a Actor, act Action) error { return Decide(p, a, act).Err() }

// Best returns the highest role that p gives a, with its source, or the zero
// Grant. [System] and account admins hold no role unless a grant names them.
func (p Policy) Best(a Actor) Grant {
	var best Grant
	if a.ID == "" {
		return best
	}
	switch a.Kind {
	case Bot:
		best.raise(p.Bots[a.ID], FromBot, "")
	case Agent:
		// From the most specific to the most general: raise keeps the
		// first of equals.
		best.raise(p.Users[a.ID], FromUser, "")
		member := false
		for _, team := range a.Teams {
			if team == "" {
				continue
			}
			member = true
			best.raise(p.Teams[team], FromTeam, team)
		}
		if member {
			best.raise(p.AllTeams, FromAllTeams, "")
		}
		best.raise(p.AllUsers, FromAllUsers, "")
	}
	return best
}

func (g *Grant) raise(r Role, from Source, team string) {
	if r.rank() > g.Role.rank() {
		*g = Grant{Source: from, Role: r, Team: team}
	}
}

// LogValue implements [slog.LogValuer]; it shows no identifiers.
func (d Decision) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Bool("allowed", d.Allowed),
		slog.String("reason", string(d.Reason)),
		slog.String("action", d.Action.label()),
		slog.String("actor", Actor{Kind: d.Kind}.kindLabel()),
		slog.String("role", d.Grant.Role.label()),
		slog.String("source", string(d.Grant.Source)),
	)
}

// label is the action as it may be printed: text that is not ours is not.
func (a Action) label() string {
	if a.Known() {
		return string(a)
	}
	return "unknown action"
}
