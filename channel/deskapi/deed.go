package deskapi

import (
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/internal/discreet"
)

// Deed is something that somebody did at a [Desk], for those who ask later who did what. It holds IDs
// and words and nothing of a customer, so that it stays when a customer is erased, for as long as
// settings.Retention.Audit says. The ID of an actor is the host's own.
type Deed struct {
	// ID is the hub's; At is when it was over.
	ID string    `json:"id"`
	At time.Time `json:"at"`
	// Actor is who did it.
	Actor conversation.Author `json:"actor"`
	// Action is the right that it took, in the words of package access, and Verb what was done, such as
	// "give up". There may be new ones of both.
	Action string `json:"action"`
	Verb   string `json:"verb"`
	// Channel, Conversation and Message are the IDs of what it was done to; "" for what concerned none, or
	// all channels.
	Channel      string `json:"channel,omitempty"`
	Conversation string `json:"conversation,omitempty"`
	Message      string `json:"message,omitempty"`
	// Outcome says how it ended.
	Outcome Outcome `json:"outcome,omitempty"`
	// N is to how many things it was done at once; 0 means one.
	N int `json:"n,omitempty"`
	// Changes are what changed of settings, or of who has a conversation and in which queue.
	Changes []DeedChange `json:"changes,omitempty"`
}

// Outcome says how a [Deed] ended.
type Outcome string

// The outcomes.
const (
	Done   Outcome = ""       // it was done
	Denied Outcome = "denied" // the actor may not; noted once an hour for each actor, action and channel
	Failed Outcome = "failed" // it broke off: some of it may be done
)

// DeedChange is something that changed. From and To are numbers, switches, roles, queues, owners and
// times; of other texts only the path is kept.
type DeedChange struct {
	Path string `json:"path"` // such as "retention.messages" or "desk.access.users.alice"
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// DeedQuery asks for deeds.
type DeedQuery struct {
	// Channel is the ID of one; "" means all channels, and what concerned none.
	Channel string
	// Actor is the ID of an agent or bot, Action a word of package access; "" means all.
	Actor, Action string
	// From and To bound the time: not before From, and before To; zero means no bound.
	From, To time.Time
	// Before continues a list: the last deed of the page before. Only At and ID count.
	Before *Deed
}

// LogValue shows when and what, and not who.
func (d Deed) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", d.ID), slog.Time("at", d.At), slog.Int("changes", len(d.Changes)))
}

// Format implements [fmt.Formatter] with what LogValue shows.
func (d Deed) Format(f fmt.State, _ rune) { discreet.Format(f, d) }

// LogValue shows nothing: a path may name somebody.
func (c DeedChange) LogValue() slog.Value { return slog.GroupValue() }

// Format implements [fmt.Formatter] with what LogValue shows.
func (c DeedChange) Format(f fmt.State, _ rune) { discreet.Format(f, c) }

// LogValue shows the channel.
func (q DeedQuery) LogValue() slog.Value {
	return slog.GroupValue(slog.String("channel", q.Channel))
}

// Format implements [fmt.Formatter] with what LogValue shows.
func (q DeedQuery) Format(f fmt.State, _ rune) { discreet.Format(f, q) }
