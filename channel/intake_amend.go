package channel

import "github.com/kanava-go/kanava/channel/conversation"

// amend applies an edit, a deletion or a reaction to the message with a wamid, sent or
// received. If the message is not known yet, the amendment waits in its place: whoever
// files the message finds it there, because both write the same record.
func (in *incoming) amend(customer *conversation.Customer, wamid string, a conversation.Amendment) error {
	m, err := in.lookupTwin(customer, wamid)
	if err != nil {
		return err
	}
	if m == nil {
		if err := in.wait(customer, wamid, a); err != nil {
			return err
		}
		if err := in.lookAgain(); err != nil {
			return err
		}
		return in.unmet(customer, wamid, a)
	}
	if err := in.met(customer, m); err != nil {
		return err
	}
	refs := m.FileRefs()
	if !m.Amend(a) {
		return nil
	}
	if !a.Edited.IsZero() {
		if err := in.trail(in.ch, nil, m, in.at, in.id); err != nil {
			return err
		}
	}
	if in.masked {
		in.count(in.ch.ID, "redacted", in.at, 1)
	}
	if !m.Deleted.IsZero() {
		if err := in.removeLater(in.ch.ID, refs...); err != nil {
			return err
		}
	}
	if err := in.saveMessage(m); err != nil {
		return err
	}
	if err := in.renewPreview(m); err != nil {
		return err
	}
	kind := conversation.Reacted
	switch {
	case !a.Deleted.IsZero():
		kind = conversation.MessageDeleted
	case !a.Edited.IsZero():
		kind = conversation.MessageEdited
	}
	return in.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: kind, Conversation: m.Conversation, Message: m.ID, At: in.at,
	})
}

// met says that nothing need wait for a message any more that an item waited for: its customer
// was not known to be this one.
func (in *incoming) met(customer *conversation.Customer, m *messageRecord) error {
	if !in.late() || wamidToken(m.WAMID) == "" {
		return nil
	}
	stub, err := in.waiting(in.ch.ID, customer, m.WAMID)
	if err != nil || stub.Pending == nil {
		return err
	}
	return in.standFor(customer.Channel, stub.ID, m)
}

// wait keeps an amendment until its message comes.
func (in *incoming) wait(customer *conversation.Customer, wamid string, a conversation.Amendment) error {
	stub, err := in.waiting(in.ch.ID, customer, wamid)
	if err != nil {
		return err
	}
	if stub.Pending == nil {
		stub.Pending = &conversation.Amendment{Customer: customer.ID, Sender: in.sender}
	}
	stub.Channel = in.ch.ID
	a.WAMID, a.First = wamid, a.Edited
	stub.Pending.Merge(a)
	return in.Save(kindMessage, stub.ID, pendingParent(in.ch.ID), micros(in.at), stub)
}
