package conversation

import (
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// Conversation is one matter that a customer and agents talk about: the
// counterpart of a ticket.
type Conversation struct {
	ID       string `json:"id"`
	Channel  string `json:"channel"`
	Customer string `json:"customer"`
	// MergedInto is the conversation that took this one over when its customer turned out to
	// be that of the other; "" if there is none. An answer goes there.
	MergedInto string `json:"merged_into,omitempty"`
	// Ticket is what the host's Ticketing returned for it.
	Ticket string `json:"ticket,omitempty"`
	// Tickets are those that it had before, oldest first, at most 50.
	Tickets []string `json:"tickets,omitempty"`
	// Metadata is what the host keeps with it, at most 4,096 bytes; nil: nothing.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// Opened is when it began, in whole seconds.
	Opened time.Time `json:"opened,omitzero"`
	// State is queue, assignee and the times that the rules of a desk go by; zero without one.
	State rules.State `json:"state,omitzero"`
	// Holder is who answers in it.
	Holder Holder `json:"holder,omitempty"`
	// Team is which team looks after it, by the host's ID; "" if none.
	Team string `json:"team,omitempty"`
	// Tags and Topic are kept for the agents of a desk.
	Tags  []string `json:"tags,omitempty"`
	Topic string   `json:"topic,omitempty"`
	// LastActivity is the time of the newest message in either direction.
	LastActivity time.Time `json:"last_activity,omitzero"`
	// Planned is the latest time for which a message was ever scheduled; zero if none was.
	Planned time.Time `json:"planned,omitzero"`
	// Preview is the beginning of the newest message, redacted, and PreviewOf its ID.
	Preview   string `json:"preview,omitempty"`
	PreviewOf string `json:"preview_of,omitempty"`
	// Inbound and Outbound count messages.
	Inbound  int `json:"inbound"`
	Outbound int `json:"outbound"`
	// Timer is when the desk wants to look at the conversation next.
	Timer time.Time `json:"timer,omitzero"`
	// FilesUntil is up to when files of the conversation were removed because of their age.
	FilesUntil time.Time `json:"files_until,omitzero"`
	// BodiesUntil is up to when bodies of its messages were dropped because of their age.
	BodiesUntil time.Time `json:"bodies_until,omitzero"`
	// LastSeq counts the conversation's messages, for a stable order within a second.
	LastSeq int64 `json:"last_seq"`
}

// LogValue shows IDs and the queue only.
func (c Conversation) LogValue() slog.Value {
	return slog.GroupValue(slog.String("id", c.ID), slog.String("channel", c.Channel),
		slog.String("queue", string(c.State.Queue)))
}

// Queues are the queues in which conversations stand, as [rules.Queue] names them; "" is that of
// conversations of which no desk knows.
func Queues() []string {
	return []string{string(rules.QueueResolved), string(rules.QueuePending), string(rules.QueueNew), ""}
}

// Direction says who wrote a message.
type Direction string

// Directions.
const (
	// Inbound came from the customer.
	Inbound Direction = "in"
	// Outbound was sent through the hub.
	Outbound Direction = "out"
	// Echo was sent by a person on the WhatsApp Business app, or by another
	// application on the same number.
	Echo Direction = "echo"
	// Note is internal: the customer never sees it.
	Note Direction = "note"
)

// Note updates what lists of conversations show, unless a later message was noted before. What goes
// by its age looks at m in any case.
func (c *Conversation) Note(m *Message) {
	for _, until := range []*time.Time{&c.FilesUntil, &c.BodiesUntil} {
		if m.At.Before(*until) {
			*until = m.At.UTC().Truncate(time.Second)
		}
	}
	if m.At.Before(c.LastActivity) {
		return
	}
	c.LastActivity = m.At
	c.Show(m)
}

// Show makes m the message whose beginning lists show.
func (c *Conversation) Show(m *Message) {
	c.PreviewOf, c.Preview = m.ID, firstRunes(m.Text, 120)
	switch {
	case !m.Deleted.IsZero():
		c.Preview = "[deleted]"
	case !m.Dropped.IsZero():
		c.Preview = ""
	case c.Preview == "":
		c.Preview = "[" + m.Kind + "]"
	}
}

func firstRunes(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	for i := range s {
		if n == 0 {
			return s[:i] + "…"
		}
		n--
	}
	return s
}

// DenyWindow notes in what the rules of a desk go by that the customer's window was closed at a time, whatever they had
// seen of it, and reports whether that is new to them.
func (c *Conversation) DenyWindow(at time.Time) bool {
	at = at.UTC().Truncate(time.Second)
	if !c.State.WindowUntil.After(at) {
		return false
	}
	c.State.WindowUntil = at
	return true
}

// WindowOf is the window of its customer as the rules of a desk are to see it: without what WhatsApp denies, which
// ends for them when it did.
func (c *Conversation) WindowOf(customer *Customer) window.State {
	if customer.WindowDenied() {
		c.DenyWindow(customer.WindowRefused)
	}
	return customer.WindowBelieved()
}

// GoesOn says which of two conversations of one person goes on.
func (c *Conversation) GoesOn(other *Conversation) bool {
	open, otherOpen := c.State.Queue.Open(), other.State.Queue.Open()
	if open != otherOpen {
		return open
	}
	return c.LastActivity.After(other.LastActivity)
}
