package channel

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// FindCustomers returns the customers of a channel who have an address: a phone number with its
// country in any spelling, a BSUID, or a username with its "@", for which Config.Search is needed.
// The error matches ErrNoChannel, ErrNoSearch, or message.ErrInvalid for what is no address.
func (h *Hub) FindCustomers(ctx context.Context, channel, address string) ([]*conversation.Customer, error) {
	found, err := h.findCustomers(ctx, channel, strings.TrimSpace(address))
	if err != nil {
		return nil, fmt.Errorf("channel: find customers: %w", err)
	}
	return found, nil
}

func (h *Hub) findCustomers(ctx context.Context, channel, address string) ([]*conversation.Customer, error) {
	if name, ok := strings.CutPrefix(address, "@"); ok {
		if _, ok := h.channels.get(channel); !ok {
			return nil, ErrNoChannel
		}
		found, err := h.Search(ctx, SearchQuery{Text: name, Channels: []string{channel}, Limit: 200})
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(found.Customers, func(c *conversation.Customer) bool { return !strings.EqualFold(c.Username, name) }), nil
	}
	who := message.Recipient{Phone: phoneDigits(address)}
	if strings.ContainsFunc(who.Phone, notDigit) {
		who = message.Recipient{BSUID: address}
	}
	all, err := h.keeper.person(ctx, channel, who)
	return slices.DeleteFunc(all, func(c *conversation.Customer) bool { return c.MergedInto != "" }), err
}

// CustomerConversations returns a customer's conversations, the newest message first. The error matches
// ErrNotFound.
func (h *Hub) CustomerConversations(ctx context.Context, customerID string) ([]*conversation.Conversation, error) {
	c, err := h.customer(ctx, customerID)
	if err != nil {
		return nil, fmt.Errorf("channel: list conversations: %w", plainly(err))
	}
	ids, err := conversationsOf(ctx, h.store, c)
	if err != nil {
		return nil, fmt.Errorf("channel: list conversations: %w", err)
	}
	talks, err := h.ConversationsByID(ctx, ids...)
	if err != nil {
		return nil, err
	}
	var all []*conversation.Conversation
	for _, talk := range talks {
		if talk.Conversation.MergedInto == "" {
			all = append(all, talk.Conversation)
		}
	}
	slices.SortFunc(all, func(a, b *conversation.Conversation) int {
		return cmp.Or(cmp.Compare(micros(b.LastActivity), micros(a.LastActivity)), strings.Compare(b.ID, a.ID))
	})
	return all, nil
}
