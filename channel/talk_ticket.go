package channel

import (
	"encoding/json"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// maxTickets is how many earlier tickets of a conversation are kept.
const maxTickets = 50

// ofTicket is the body of such a record.
type ofTicket struct {
	Conversation string `json:"conversation"`
}

func ticketParent(ticket string) string { return opaque.ID("t_", "ticket", ticket) }

func ticketKey(ticket, conversationID string) string {
	return opaque.ID("t_", "ticket", ticket, conversationID)
}

// setTicket makes a ticket that of a conversation, which the caller saves.
func (u *unit) setTicket(c *conversation.Conversation, ticket string) error {
	if ticket == "" || ticket == c.Ticket {
		return nil
	}
	if c.Ticket != "" {
		c.Tickets = append(c.Tickets, c.Ticket)
		c.Tickets = c.Tickets[max(0, len(c.Tickets)-maxTickets):]
	}
	c.Ticket = ticket
	key := ticketKey(ticket, c.ID)
	u.Suppose(kindTicket, key)
	if _, err := u.Load(kindTicket, key, nil); err != nil {
		return err
	}
	return u.Save(kindTicket, key, ticketParent(ticket), micros(u.now), ofTicket{c.ID})
}

// ticketRecords are the records that lead to a conversation.
func ticketRecords(c *conversation.Conversation) (keys []store.RecordKey) {
	for _, ticket := range ticketsOf(c) {
		keys = append(keys, store.RecordKey{Kind: kindTicket, Key: ticketKey(ticket, c.ID)})
	}
	return keys
}

// ticketsOf are all tickets that a conversation has or had.
func ticketsOf(c *conversation.Conversation) []string {
	return slices.DeleteFunc(append([]string{c.Ticket}, c.Tickets...), func(ticket string) bool { return ticket == "" })
}

// maxMetadata is how many bytes the host may keep with something.
const maxMetadata = 4096

// metadata returns what the host wants kept, with card numbers masked as in texts. The error matches
// ErrUnusable.
func (c *Channel) metadata(raw json.RawMessage) (json.RawMessage, error) {
	if raw == nil {
		return nil, nil
	}
	if err := usable.Text("metadata", string(raw), maxMetadata); err != nil {
		return nil, err
	}
	safe := c.redactJSON(raw)
	switch {
	case !json.Valid(raw):
		return nil, &usable.Error{What: "metadata", Rule: usable.NoJSON}
	case !json.Valid(safe):
		return nil, &usable.Error{What: "metadata", Rule: usable.Card}
	}
	return safe, nil
}
