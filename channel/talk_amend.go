package channel

import (
	"github.com/kanava-go/kanava/channel/conversation"
)

// standFor lets a stand-in lead to the message.
func (u *unit) standFor(channel, id string, m *messageRecord) error {
	return u.Save(kindMessage, id, stubParent(channel), micros(m.At), standIn{ID: id, Channel: channel, SameAs: m.ID})
}

// waiting is where an amendment of a message of the customer waits, with what waits there already
// or does for customers who have been merged into this one since.
func (u *unit) waiting(channel string, customer *conversation.Customer, wamid string) (standIn, error) {
	token := wamidToken(wamid)
	if token == "" {
		stub := standIn{ID: inboundMessageID(channel, wamid)}
		_, err := u.Load(kindMessage, stub.ID, &stub)
		return stub, err
	}
	stub := standIn{ID: twinID(channel, customer.ID, token)}
	if _, err := u.Load(kindMessage, stub.ID, &stub); err != nil {
		return stub, err
	}
	for _, c := range customer.Merged {
		old := standIn{ID: twinID(channel, c, token)}
		if _, err := u.Load(kindMessage, old.ID, &old); err != nil {
			return stub, err
		}
		switch {
		case old.Pending == nil:
			continue
		case stub.Pending == nil:
			stub.Pending = old.Pending
			stub.Pending.Customer = customer.ID
		default:
			stub.Pending.Merge(*old.Pending)
		}
		u.Remove(kindMessage, old.ID)
	}
	return stub, nil
}

// applyAmendments applies what overtook the message. The message must be saved under the
// same ID in this unit.
func (u *unit) applyAmendments(customer *conversation.Customer, m *messageRecord) error {
	var stub standIn
	ok, err := u.Load(kindMessage, m.ID, &stub)
	if err != nil {
		return err
	}
	if ok && stub.Pending != nil {
		m.Amend(*stub.Pending)
	}
	return u.applyTwin(customer, m)
}

// applyTwin applies what overtook the message under its other wamid, and lets that stand for
// the message from now on. It may be that what overtook it was said by a customer who has been
// merged since.
func (u *unit) applyTwin(customer *conversation.Customer, m *messageRecord) error {
	if wamidToken(m.WAMID) == "" {
		return nil
	}
	stub, err := u.waiting(customer.Channel, customer, m.WAMID)
	if err != nil || stub.Pending == nil {
		return err
	}
	m.Amend(*stub.Pending)
	return u.standFor(customer.Channel, stub.ID, m)
}

// renewPreview keeps lists of conversations from showing what a customer took back.
func (u *unit) renewPreview(m *messageRecord) error {
	var conv conversation.Conversation
	ok, err := u.Load(kindConversation, m.Conversation, &conv)
	if err != nil || !ok || conv.PreviewOf != m.ID {
		return err
	}
	before := conv.Preview
	conv.Show(&m.Message)
	if conv.Preview == before {
		return nil
	}
	return u.saveConversation(&conv)
}
