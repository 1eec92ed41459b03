package channel

import (
	"github.com/kanava-go/kanava/internal/opaque"

	"github.com/kanava-go/kanava/channel/conversation"
)

// standIn is the part of a Message that a stand-in has: see Message.SameAs.
type standIn struct {
	ID      string                  `json:"id"`
	Channel string                  `json:"channel"`
	SameAs  string                  `json:"same_as,omitempty"`
	Pending *conversation.Amendment `json:"pending,omitempty"`
}

// pendingParent is where messages stand that are not known yet, and stubParent where those do
// that stand for another one.
func pendingParent(channel string) string { return "pending|" + channel }
func stubParent(channel string) string    { return "stub|" + channel }

// twinID is where an amendment waits that names a message by a wamid with a token: a message
// can have two such wamids.
func twinID(channel, customer, token string) string {
	return opaque.ID("m_", channel, customer, "token", token)
}

// amend applies an edit, a deletion or a reaction to the message with a wamid, sent or
// received. If the message is not known yet, the amendment waits in its place: whoever
// files the message finds it there, because both write the same record.
func (u *unit) amend(in *incoming, customer *conversation.Customer, wamid string, a conversation.Amendment) error {
	m, err := u.lookupTwin(customer, wamid)
	if err != nil {
		return err
	}
	if m == nil {
		if err := u.wait(in, customer, wamid, a); err != nil {
			return err
		}
		u.lookAgain(in)
		return u.unmet(in, customer, wamid, a)
	}
	if err := u.met(in, customer, m); err != nil {
		return err
	}
	refs := m.FileRefs()
	if !m.Amend(a) {
		return nil
	}
	if !a.Edited.IsZero() {
		if err := u.trail(in.ch, nil, m, in.at, in.id); err != nil {
			return err
		}
	}
	if in.masked {
		u.count(in.ch.ID, "redacted", in.at, 1)
	}
	if !m.Deleted.IsZero() {
		if err := u.removeLater(in.ch.ID, refs...); err != nil {
			return err
		}
	}
	if err := u.saveMessage(m); err != nil {
		return err
	}
	if err := u.renewPreview(m); err != nil {
		return err
	}
	kind := conversation.Reacted
	switch {
	case !a.Deleted.IsZero():
		kind = conversation.MessageDeleted
	case !a.Edited.IsZero():
		kind = conversation.MessageEdited
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: kind, Conversation: m.Conversation, Message: m.ID, At: in.at,
	})
}

// met says that nothing need wait for a message any more that an item waited for: its customer
// was not known to be this one.
func (u *unit) met(in *incoming, customer *conversation.Customer, m *messageRecord) error {
	if !in.late() || wamidToken(m.WAMID) == "" {
		return nil
	}
	stub, err := u.waiting(in.ch.ID, customer, m.WAMID)
	if err != nil || stub.Pending == nil {
		return err
	}
	return u.standFor(customer.Channel, stub.ID, m)
}

// standFor lets a stand-in lead to the message.
func (u *unit) standFor(channel, id string, m *messageRecord) error {
	return u.Save(kindMessage, id, stubParent(channel), micros(m.At), standIn{ID: id, Channel: channel, SameAs: m.ID})
}

// wait keeps an amendment until its message comes.
func (u *unit) wait(in *incoming, customer *conversation.Customer, wamid string, a conversation.Amendment) error {
	stub, err := u.waiting(in.ch.ID, customer, wamid)
	if err != nil {
		return err
	}
	if stub.Pending == nil {
		stub.Pending = &conversation.Amendment{Customer: customer.ID, Sender: in.sender}
	}
	stub.Channel = in.ch.ID
	a.WAMID, a.First = wamid, a.Edited
	stub.Pending.Merge(a)
	return u.Save(kindMessage, stub.ID, pendingParent(in.ch.ID), micros(in.at), stub)
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
		if err := u.Remove(kindMessage, old.ID); err != nil {
			return stub, err
		}
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
