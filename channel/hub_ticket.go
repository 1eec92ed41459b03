package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/store"
)

// FindByTicket returns the conversations that have a ticket of the host's, or had it before another
// one, the newest message first. For a merged one it is the one that goes on. Channels may use the
// same words for their tickets: look at Conversation.Channel.
func (h *Hub) FindByTicket(ctx context.Context, ticket string) ([]*conversation.Conversation, error) {
	if err := usable.Text("ticket", ticket, maxKey); err != nil || ticket == "" {
		return nil, err
	}
	records, err := step.List[ofTicket](ctx, h.store, store.Query{Kind: kindTicket, Parent: ticketParent(ticket), Descending: true, Limit: 1000})
	if err != nil {
		return nil, err
	}
	var all []*conversation.Conversation
	for _, r := range records {
		conv, err := h.goingOn(ctx, r.Conversation)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return nil, err
		case !slices.ContainsFunc(all, func(c *conversation.Conversation) bool { return c.ID == conv.ID }):
			all = append(all, conv)
		}
	}
	slices.SortStableFunc(all, func(a, b *conversation.Conversation) int {
		return cmp.Compare(micros(b.LastActivity), micros(a.LastActivity))
	})
	return all, nil
}

// goingOn reads a conversation, or the one into which it was merged.
func (h *Hub) goingOn(ctx context.Context, id string) (*conversation.Conversation, error) {
	for range maxMerges {
		conv, err := h.conversation(ctx, id)
		if err != nil || conv.MergedInto == "" {
			return conv, err
		}
		id = conv.MergedInto
	}
	return nil, ErrNotFound
}

// SetTicket makes a ticket of the host's that of a conversation which the host began, or which goes
// on under another one. The error matches ErrNotFound or ErrUnusable.
func (h *Hub) SetTicket(ctx context.Context, conversationID, ticket string) error {
	if err := usable.Text("ticket", ticket, maxKey); err != nil {
		return fmt.Errorf("channel: set ticket: %w", err)
	}
	return h.changeConversation(ctx, "set ticket", conversationID, func(u *unit, _ *Channel, c *conversation.Conversation) error {
		return u.setTicket(c, ticket)
	})
}

// SetMetadata keeps something of the host's with a conversation, its changes and lists: JSON of at most
// 4,096 bytes, nil for nothing, in whose texts card numbers are masked. The error matches ErrNotFound or
// ErrUnusable.
func (h *Hub) SetMetadata(ctx context.Context, conversationID string, metadata json.RawMessage) error {
	return h.changeConversation(ctx, "set metadata", conversationID, func(_ *unit, ch *Channel, c *conversation.Conversation) (err error) {
		c.Metadata, err = ch.metadata(metadata)
		return err
	})
}

// SetCustomerMetadata is SetMetadata for a customer.
func (h *Hub) SetCustomerMetadata(ctx context.Context, customerID string, metadata json.RawMessage) error {
	err := h.do(ctx, func(u *unit) error {
		c, err := u.customer(customerID)
		if err != nil || c == nil {
			return orNotFound(err)
		}
		ch, ok := h.channels.get(c.Channel)
		if !ok {
			return ErrNoChannel
		}
		if c.Metadata, err = ch.metadata(metadata); err != nil {
			return err
		}
		return u.saveCustomer(c)
	})
	if err != nil {
		return fmt.Errorf("channel: set metadata: %w", err)
	}
	return nil
}

// SetProfile keeps what the host knows of a customer, each part at most 255 bytes, with card numbers
// masked: it wins over WhatsApp's name in texts and lists, and Search finds it. The zero Profile forgets
// it. The error matches ErrNotFound or ErrUnusable.
func (h *Hub) SetProfile(ctx context.Context, customerID string, p conversation.Profile) error {
	err := errors.Join(usable.Text("name", p.Name, maxKey), usable.Text("first name", p.FirstName, maxKey), usable.Text("email", p.Email, maxKey), usable.Text("company", p.Company, maxKey))
	if err == nil {
		err = h.do(ctx, func(u *unit) error {
			c, err := u.customer(customerID)
			if err != nil || c == nil {
				return orNotFound(err)
			}
			ch, ok := h.channels.get(c.Channel)
			if !ok {
				return ErrNoChannel
			}
			clean := func(s string) string { return strings.TrimSpace(ch.redactText(s)) }
			c.Profile = conversation.Profile{Name: clean(p.Name), FirstName: clean(p.FirstName), Email: clean(p.Email), Company: clean(p.Company)}
			return u.saveCustomer(c)
		})
	}
	if err != nil {
		return fmt.Errorf("channel: set profile: %w", err)
	}
	return nil
}

// changeConversation changes a conversation, or the one into which it was merged, by the host's own doing.
func (h *Hub) changeConversation(ctx context.Context, verb, id string, f func(*unit, *Channel, *conversation.Conversation) error) error {
	err := h.do(ctx, func(u *unit) error {
		ch, _, conv, err := u.answering(id)
		if err != nil {
			return err
		}
		if err := f(u, ch, conv); err != nil {
			return err
		}
		return u.saveConversation(conv)
	})
	if err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}
