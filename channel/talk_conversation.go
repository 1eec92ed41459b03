package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// current returns the conversation that the customer is in; nil if there never was one.
func (u *unit) current(customer *conversation.Customer) (*conversation.Conversation, error) {
	if customer.Conversation == "" {
		return nil, nil
	}
	conv := new(conversation.Conversation)
	ok, err := u.Load(kindConversation, customer.Conversation, conv)
	if err != nil || !ok {
		return nil, err
	}
	return conv, nil
}

// open begins a conversation. id makes its ID, so that beginning it again is the same.
func (u *unit) open(ch *Channel, customer *conversation.Customer, id string, at time.Time) (*conversation.Conversation, error) {
	conv := &conversation.Conversation{
		ID: opaque.ID("v_", ch.ID, id), Channel: ch.ID, Customer: customer.ID, Opened: at.UTC().Truncate(time.Second),
	}
	u.Suppose(kindConversation, conv.ID)
	u.Suppose(kindOfCustomer, conv.ID)
	known, err := u.Load(kindConversation, conv.ID, conv)
	if err != nil {
		return nil, err
	}
	if ch.BotFirst && !known {
		conv.Holder = conversation.HeldByBot
	}
	customer.Conversation = conv.ID
	u.count(ch.ID, "conversations", u.now, 1)
	if _, err := u.Load(kindOfCustomer, conv.ID, nil); err != nil {
		return nil, err
	}
	return conv, u.Save(kindOfCustomer, conv.ID, customer.ID, micros(conv.Opened), ofCustomer{})
}

// follow replaces a conversation that was merged away by the one that goes on.
func (u *unit) follow(conv *conversation.Conversation) error {
	for range maxMerges {
		if conv.MergedInto == "" {
			return nil
		}
		next := new(conversation.Conversation)
		if ok, err := u.Load(kindConversation, conv.MergedInto, next); err != nil || !ok {
			return orNotFound(err)
		}
		*conv = *next
	}
	return fmt.Errorf("channel: read conversation: merged too often: %w", ErrNotFound)
}

// ofOneTalk says whether a message stands in one of the conversations with a customer, those
// that were merged and the chat history among them.
func (u *unit) ofOneTalk(customer *conversation.Customer, m *messageRecord) (bool, error) {
	if m.Channel != customer.Channel {
		return false, nil
	}
	if m.Conversation == customer.Conversation || m.Conversation == customer.HistoryID() {
		return true, nil
	}
	var conv conversation.Conversation
	if ok, err := u.Load(kindConversation, m.Conversation, &conv); err != nil || !ok {
		return false, err
	}
	owner, err := u.customer(conv.Customer)
	return err == nil && owner != nil && owner.ID == customer.ID, err
}

// talkOf reads a conversation and its customer; both are nil if one of them has gone.
func (u *unit) talkOf(id string) (*conversation.Conversation, *conversation.Customer, error) {
	conv := new(conversation.Conversation)
	if ok, err := u.Load(kindConversation, id, conv); err != nil || !ok {
		return nil, nil, err
	}
	customer, err := u.customer(conv.Customer)
	if err != nil || customer == nil {
		return nil, nil, err
	}
	return conv, customer, nil
}

// conversationsOf lists the conversations of a customer, and where the chat history is.
func conversationsOf(ctx context.Context, l step.Lister, c *conversation.Customer) ([]string, error) {
	ids := []string{c.HistoryID()}
	for page, err := range step.Records(ctx, l, store.Query{Kind: kindOfCustomer, Parent: c.ID, Limit: 500}) {
		if err != nil {
			return nil, err
		}
		for i := range page {
			ids = append(ids, page[i].Key)
		}
	}
	return ids, nil
}
