package channel

import (
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
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
	if _, err := u.Load(kindConversation, conv.ID, conv); err != nil {
		return nil, err
	}
	customer.Conversation = conv.ID
	u.count(ch.ID, "conversations", u.now, 1)
	if _, err := u.Load(kindOfCustomer, conv.ID, nil); err != nil {
		return nil, err
	}
	return conv, u.Save(kindOfCustomer, conv.ID, customer.ID, micros(conv.Opened), ofCustomer{})
}

// kindOfCustomer lists the conversations of a customer.
const kindOfCustomer = "customer_conversation"

type ofCustomer struct{}
