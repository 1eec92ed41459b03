package desk

import (
	"context"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel"
)

// Config is what a [Desk] needs.
type Config struct {
	// Hub is the configuration of the hub that the desk takes part in. Its Desk is set by [New]. The
	// desk's settings of each channel are in settings.Settings.Desk: see [Settings].
	Hub channel.Config
	// AllAway tells the rules of a channel whether no agent is there at the moment; it must be
	// quick. nil means that somebody always is.
	AllAway func(channel string) bool
	// AgentName tells what customers of a channel may call an agent, by the host's ID: the
	// placeholder {{agent}} of macros and automatic messages. It must be quick. "" and nil mean
	// that there is no such name; the ID itself is never shown to a customer.
	AgentName func(channel, agent string) string
	// Assignable tells whether somebody, or a team, may own conversations of a channel, by the host's
	// IDs; one of both is "". It is asked before a conversation is given to them by hand, and must be
	// quick. nil means that everybody may, and every team.
	Assignable func(channel, agent, team string) bool
	// Audit runs after each call that acts for an actor: everything that changes or sends
	// something or hands out what is stored of a person. It runs for refused calls as well, those
	// that only read included; err is then what the caller gets and matches access.ErrDenied if the
	// actor may not. channel.CauseOf names refusals in a word, to count them. It runs inline, may be
	// called concurrently, and must not block. nil: nobody is told.
	Audit func(ctx context.Context, i AuditInfo, err error)
}

// A Desk is a helpdesk on the channels of a hub, for hosts that have none: what agents and
// administrators do goes through it and is held against their rights, and the rules of each channel
// decide what happens by itself. Make one with [New].
//
// All methods are safe for concurrent use. Any number of desks on any number of machines may work on
// one store.
type Desk struct {
	hub       *channel.Hub
	away      func(channel string) bool
	agentName func(channel, agent string) string
	mayOwn    func(channel, agent, team string) bool
	audit     func(ctx context.Context, i AuditInfo, err error)
	now       func() time.Time
	inbox     inbox
	log       *slog.Logger // nil is silence
}

// New makes a hub with a desk, or returns all problems of cfg at once. It starts nothing and reads
// nothing: [channel.Hub.Run] of [Desk.Hub] does the work.
func New(cfg Config) (*Desk, error) {
	d := &Desk{away: cfg.AllAway, agentName: cfg.AgentName, mayOwn: cfg.Assignable, audit: cfg.Audit, log: cfg.Hub.Logger}
	cfg.Hub.Desk = part{d}
	hub, err := channel.New(cfg.Hub)
	if err != nil {
		return nil, err
	}
	d.hub, d.now = hub, hub.Now
	return d, nil
}

// Hub returns the hub, for the host's own code: it takes webhooks in, does the work while
// [channel.Hub.Run] runs, and does what it is asked for without asking who asks.
func (d *Desk) Hub() *channel.Hub { return d.hub }

func (d *Desk) allAway(channel string) bool { return d.away != nil && d.away(channel) }
