package channel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/store"
)

// Conversation returns a conversation and its customer. The error matches ErrNotFound.
func (h *Hub) Conversation(ctx context.Context, id string) (*conversation.Conversation, *conversation.Customer, error) {
	conv, customer, _, err := h.scene(ctx, nil, id, "")
	if err != nil {
		return nil, nil, err
	}
	return conv, customer, nil
}

// ConversationQuery asks for a channel's conversations, newest activity first.
type ConversationQuery struct {
	// Channel is required.
	Channel string
	// Queues restricts to conversations that a desk has in these; nil means all.
	Queues []string
	// Holders restricts to conversations that these hold; nil means all.
	Holders []conversation.Holder
	// Before continues a list: the last conversation of the previous page.
	Before *conversation.Conversation
	// Limit is the most to return; 0 or less means 50, more than 1000 means 1000.
	Limit int
}

// Conversations lists conversations. The error matches ErrNoChannel, or ErrUnusable for a queue or holder
// that there is not.
func (h *Hub) Conversations(ctx context.Context, q ConversationQuery) ([]*conversation.Conversation, error) {
	if _, ok := h.channels.get(q.Channel); !ok {
		return nil, fmt.Errorf("channel: list conversations: %w", ErrNoChannel)
	}
	for _, queue := range q.Queues {
		if !slices.Contains(conversation.Queues(), queue) {
			return nil, fmt.Errorf("channel: list conversations: %w", &usable.Error{What: "queue", Rule: usable.Unknown})
		}
	}
	for _, holder := range q.Holders {
		if !slices.Contains(conversation.Holders(), holder) {
			return nil, fmt.Errorf("channel: list conversations: %w", &usable.Error{What: "holder", Rule: usable.Unknown})
		}
	}
	limit := pageSize(q.Limit)
	var before *store.Position
	if q.Before != nil {
		before = &store.Position{Sort: micros(q.Before.LastActivity), Key: q.Before.ID}
	}
	var all []*conversation.Conversation
	for _, shelf := range shelves(q.Queues, q.Holders) {
		page, err := step.List[conversation.Conversation](ctx, h.store, store.Query{
			Kind: kindConversation, Parent: conversationParent(q.Channel, shelf),
			Before: before, Descending: true, Limit: limit,
		})
		if err != nil {
			return nil, err
		}
		all = append(all, page...)
	}
	slices.SortFunc(all, func(a, b *conversation.Conversation) int { // as the store does
		return cmp.Or(cmp.Compare(micros(b.LastActivity), micros(a.LastActivity)), strings.Compare(b.ID, a.ID))
	})
	return all[:min(limit, len(all))], nil
}

// ConversationsByID returns those of some conversations that there are, each with its customer, in
// the order of ids.
func (h *Hub) ConversationsByID(ctx context.Context, ids ...string) ([]conversation.Talk, error) {
	records, err := h.store.Get(ctx, kindConversation, ids...)
	if err != nil {
		return nil, fmt.Errorf("channel: read conversations: %w", err)
	}
	talks := make([]conversation.Talk, 0, len(records))
	var people []string
	for _, r := range records {
		c, err := step.Decode[conversation.Conversation](r)
		if err != nil {
			return nil, err
		}
		talks = append(talks, conversation.Talk{Conversation: c})
		if !slices.Contains(people, c.Customer) {
			people = append(people, c.Customer)
		}
	}
	records, err = h.store.Get(ctx, kindCustomer, people...)
	if err != nil {
		return nil, fmt.Errorf("channel: read customers: %w", err)
	}
	byID := map[string]*conversation.Customer{}
	for _, r := range records {
		if byID[r.Key], err = step.Decode[conversation.Customer](r); err != nil {
			return nil, err
		}
	}
	for i := range talks {
		id := talks[i].Conversation.Customer
		if c := byID[id]; c != nil && c.MergedInto == "" {
			talks[i].Customer = c
		} else if talks[i].Customer, err = h.customer(ctx, id); err != nil {
			return nil, err
		}
	}
	return talks, nil
}

// MessageQuery asks for messages of one conversation.
type MessageQuery struct {
	// Conversation is required.
	Conversation string
	// Before continues a list backwards: the earliest message of the previous page.
	Before *conversation.Message
	// After goes forwards instead, from the earliest message behind this one; with Before, up to it.
	After *conversation.Message
	// Limit is the most to return; 0 or less means 50, more than 1000 means 1000.
	Limit int
}

// Messages returns the newest messages (before q.Before), or those that follow q.After, in the order in
// which they were written. IDs of Customer.History stand for conversations, too. The error matches
// ErrNotFound.
func (h *Hub) Messages(ctx context.Context, q MessageQuery) ([]*conversation.Message, error) {
	if _, err := h.ChannelOf(ctx, q.Conversation); err != nil {
		return nil, err
	}
	ask := store.Query{Kind: kindMessage, Parent: q.Conversation, Descending: q.After == nil, Limit: pageSize(q.Limit)}
	if q.Before != nil {
		ask.Before = &store.Position{Sort: sortOf(q.Before), Key: q.Before.ID}
	}
	if q.After != nil {
		ask.After = &store.Position{Sort: sortOf(q.After), Key: q.After.ID}
	}
	page, err := step.List[messageRecord](ctx, h.store, ask)
	if err != nil {
		return nil, err
	}
	if ask.Descending {
		slices.Reverse(page)
	}
	messages := visible(page)
	return messages, h.resolveQuotes(ctx, messages...)
}

// ChannelOf returns the ID of the channel of a conversation or of a Customer.History. The error matches
// ErrNotFound.
func (h *Hub) ChannelOf(ctx context.Context, conversationID string) (string, error) {
	conv, err := h.conversation(ctx, conversationID)
	if err == nil {
		return conv.Channel, nil
	}
	if !errors.Is(err, ErrNotFound) || !conversation.IsHistory(conversationID) {
		return "", err
	}
	page, failed := step.List[messageRecord](ctx, h.store, store.Query{Kind: kindMessage, Parent: conversationID, Limit: 1})
	if failed != nil {
		return "", failed
	}
	if len(page) == 0 {
		return "", err
	}
	return page[0].Channel, nil
}

// plainly is ErrNotFound without what was being read.
func plainly(err error) error {
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound
	}
	return err
}

// Message returns a message. The error matches ErrNotFound.
func (h *Hub) Message(ctx context.Context, id string) (*conversation.Message, error) {
	m, err := h.message(ctx, id)
	if err == nil && m.Direction == "" { // a stand-in is no message
		err = ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return &m.Message, h.resolveQuotes(ctx, &m.Message)
}

// Events returns the latest events of a conversation, at most limit (0 means 50), in order. The error
// matches ErrNotFound.
func (h *Hub) Events(ctx context.Context, conversationID string, limit int) ([]*conversation.LogEntry, error) {
	if _, err := h.conversation(ctx, conversationID); err != nil {
		return nil, err
	}
	page, err := step.List[conversation.LogEntry](ctx, h.store, store.Query{
		Kind: kindLog, Parent: conversationID, Descending: true, Limit: pageSize(limit),
	})
	slices.Reverse(page)
	return page, err
}
