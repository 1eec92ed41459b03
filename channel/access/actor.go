package access

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"slices"
)

// ActorKind says what sort of thing acts. An unknown kind is refused.
type ActorKind string

// The kinds of actor.
const (
	// Agent is a person signed in to the host's helpdesk.
	Agent ActorKind = "agent"
	// Bot is an automation of the host: a chat bot, a scheduled job, another
	// system. It has rights only where [Policy.Bots] names it.
	Bot ActorKind = "bot"
	// System is the hub carrying out the rules of a channel. It needs no
	// grant, because whoever could set the rules has already decided, and it
	// may no more than rules can do. Hosts use Bot for code of their own.
	System ActorKind = "system"
)

func (k ActorKind) known() bool { return k == Agent || k == Bot || k == System }

// Actor is who asks. The host fills it in from its own session and vouches for
// it: nothing here is verified, so it must never be built from a request body.
// The zero Actor is refused everything. An Actor is read, never kept or changed,
// so one value may serve many goroutines.
type Actor struct {
	Kind ActorKind
	// ID is the host's own identifier of the agent or bot, compared byte by
	// byte with the keys of a policy. Agents and bots have separate name
	// spaces. "", more than [MaxIDLen] bytes and invalid UTF-8 are refused, except
	// for [System].
	ID string
	// Teams are the host's identifiers of the teams an agent belongs to, in
	// any order. They count for agents only; "" is not a team.
	Teams []string
	// Admin says that the account trusts this agent or bot with the settings of
	// every channel, and with what belongs to none. It does not come from a
	// policy, or the first policy could never be written. It has no effect on
	// [System].
	Admin bool
	// AdminOf are the IDs of the channels that this agent or bot administers, for
	// those who are not to administer all: the administrators of one tenant. It
	// counts where the channel is known, after [Actor.On].
	AdminOf []string
}

// On returns the actor as he is on one channel: an admin there if he is one of all
// channels or of this one.
func (a Actor) On(channel string) Actor {
	a.Admin = a.Admin || channel != "" && slices.Contains(a.AdminOf, channel)
	a.AdminOf = nil
	return a
}

// String describes the actor without naming him: kind, a short hash of the
// identifier (hosts use e-mail addresses), the number of teams.
func (a Actor) String() string {
	return fmt.Sprintf("%s(id=%s teams=%d admin=%t admin_of=%d)", a.kindLabel(), a.idHash(), len(a.Teams), a.Admin, len(a.AdminOf))
}

// GoString is [Actor.String], so that %#v shows no more.
func (a Actor) GoString() string { return a.String() }

// LogValue implements [slog.LogValuer] with what [Actor.String] shows.
func (a Actor) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("kind", a.kindLabel()),
		slog.String("id_hash", a.idHash()),
		slog.Int("teams", len(a.Teams)),
		slog.Bool("admin", a.Admin),
		slog.Int("admin_of", len(a.AdminOf)),
	)
}

// kindLabel keeps text that is not ours out of logs and errors.
func (a Actor) kindLabel() string {
	if a.Kind.known() {
		return string(a.Kind)
	}
	return "unknown"
}

func (a Actor) idHash() string {
	if a.ID == "" {
		return "none"
	}
	sum := sha256.Sum256([]byte(a.ID))
	return hex.EncodeToString(sum[:4])
}
