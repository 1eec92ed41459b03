package channel

import (
	"slices"
	"strings"
	"time"
)

// amendment is what later events say about a message that may not be known yet: they
// can overtake it. It is kept under the message's ID until the message comes.
type amendment struct {
	// Customer is who wrote it, while it waits, and Sender the member of a group.
	Customer string `json:"customer,omitempty"`
	Sender   string `json:"sender,omitempty"`
	// WAMID is by which the message was named, the lesser one if both were used.
	WAMID string `json:"wamid,omitempty"`
	// Message is the newest content, Edited its time and First that of the first edit.
	Message *Message  `json:"message,omitempty"`
	Edited  time.Time `json:"edited,omitzero"`
	First   time.Time `json:"first,omitzero"`
	// Earlier are the contents before Message; HadCard says that something was masked in one.
	Earlier []Version `json:"earlier,omitempty"`
	HadCard bool      `json:"had_card,omitempty"`
	// Deleted is when the customer deleted the message; it wins over any edit.
	Deleted   time.Time  `json:"deleted,omitzero"`
	Reactions []Reaction `json:"reactions,omitempty"`
}

// standIn is the part of a Message that a stand-in has: see Message.SameAs.
type standIn struct {
	ID      string     `json:"id"`
	Channel string     `json:"channel"`
	SameAs  string     `json:"same_as,omitempty"`
	Pending *amendment `json:"pending,omitempty"`
}

// pendingParent is where messages stand that are not known yet, and stubParent where those do
// that stand for another one.
func pendingParent(channel string) string { return "pending|" + channel }
func stubParent(channel string) string    { return "stub|" + channel }

// twinID is where an amendment waits that names a message by a wamid with a token: a message
// can have two such wamids.
func twinID(channel, customer, token string) string {
	return derivedID("m_", channel, customer, "token", token)
}

// amend applies an edit, a deletion or a reaction to the message with a wamid, sent or
// received. If the message is not known yet, the amendment waits in its place: whoever
// files the message finds it there, because both write the same record.
func (u *unit) amend(in *incoming, customer *Customer, wamid string, a amendment) error {
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
	refs := m.refs()
	if !m.amend(a) {
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
	kind := Reacted
	switch {
	case !a.Deleted.IsZero():
		kind = MessageDeleted
	case !a.Edited.IsZero():
		kind = MessageEdited
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: kind, Conversation: m.Conversation, Message: m.ID, At: in.at,
	})
}

// met says that nothing need wait for a message any more that an item waited for: its customer
// was not known to be this one.
func (u *unit) met(in *incoming, customer *Customer, m *Message) error {
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
func (u *unit) standFor(channel, id string, m *Message) error {
	return u.save(kindMessage, id, stubParent(channel), micros(m.At), standIn{ID: id, Channel: channel, SameAs: m.ID})
}

// wait keeps an amendment until its message comes.
func (u *unit) wait(in *incoming, customer *Customer, wamid string, a amendment) error {
	stub, err := u.waiting(in.ch.ID, customer, wamid)
	if err != nil {
		return err
	}
	if stub.Pending == nil {
		stub.Pending = &amendment{Customer: customer.ID, Sender: in.sender}
	}
	stub.Channel = in.ch.ID
	a.WAMID, a.First = wamid, a.Edited
	stub.Pending.merge(a)
	return u.save(kindMessage, stub.ID, pendingParent(in.ch.ID), micros(in.at), stub)
}

// waiting is where an amendment of a message of the customer waits, with what waits there already
// or does for customers who have been merged into this one since.
func (u *unit) waiting(channel string, customer *Customer, wamid string) (standIn, error) {
	token := wamidToken(wamid)
	if token == "" {
		stub := standIn{ID: inboundMessageID(channel, wamid)}
		_, err := u.load(kindMessage, stub.ID, &stub)
		return stub, err
	}
	stub := standIn{ID: twinID(channel, customer.ID, token)}
	if _, err := u.load(kindMessage, stub.ID, &stub); err != nil {
		return stub, err
	}
	for _, c := range customer.Merged {
		old := standIn{ID: twinID(channel, c, token)}
		if _, err := u.load(kindMessage, old.ID, &old); err != nil {
			return stub, err
		}
		switch {
		case old.Pending == nil:
			continue
		case stub.Pending == nil:
			stub.Pending = old.Pending
			stub.Pending.Customer = customer.ID
		default:
			stub.Pending.merge(*old.Pending)
		}
		if err := u.remove(kindMessage, old.ID); err != nil {
			return stub, err
		}
	}
	return stub, nil
}

// applyAmendments applies what overtook the message. The message must be saved under the
// same ID in this unit.
func (u *unit) applyAmendments(customer *Customer, m *Message) error {
	var stub standIn
	ok, err := u.load(kindMessage, m.ID, &stub)
	if err != nil {
		return err
	}
	if ok && stub.Pending != nil {
		m.amend(*stub.Pending)
	}
	return u.applyTwin(customer, m)
}

// applyTwin applies what overtook the message under its other wamid, and lets that stand for
// the message from now on. It may be that what overtook it was said by a customer who has been
// merged since.
func (u *unit) applyTwin(customer *Customer, m *Message) error {
	if wamidToken(m.WAMID) == "" {
		return nil
	}
	stub, err := u.waiting(customer.Channel, customer, m.WAMID)
	if err != nil || stub.Pending == nil {
		return err
	}
	m.amend(*stub.Pending)
	return u.standFor(customer.Channel, stub.ID, m)
}

// renewPreview keeps lists of conversations from showing what a customer took back.
func (u *unit) renewPreview(m *Message) error {
	var conv Conversation
	ok, err := u.load(kindConversation, m.Conversation, &conv)
	if err != nil || !ok || conv.PreviewOf != m.ID {
		return err
	}
	before := conv.Preview
	conv.show(m)
	if conv.Preview == before {
		return nil
	}
	return u.saveConversation(&conv)
}

func (a *amendment) merge(b amendment) {
	all := [][]Version{a.Earlier, a.version(), b.Earlier, b.version()}
	a.HadCard = a.HadCard || b.HadCard || a.masked() || b.masked()
	if b.newerThan(a.Edited, a.Message) {
		a.Edited, a.Message = b.Edited, b.Message
	}
	if a.Earlier = earlierThan(a.Edited, all...); a.HadCard {
		a.Earlier = withoutDigits(a.Earlier)
	}
	a.First = earliest(a.First, b.First)
	if a.WAMID == "" || b.WAMID != "" && b.WAMID < a.WAMID {
		a.WAMID = b.WAMID
	}
	if a.Deleted = earliest(a.Deleted, b.Deleted); !a.Deleted.IsZero() {
		a.Earlier = nil
	}
	for _, r := range b.Reactions {
		a.Reactions = withReaction(a.Reactions, r)
	}
}

// version is the newest content as one of several, none if there is none.
func (a *amendment) version() []Version {
	if a.Message == nil {
		return nil
	}
	return []Version{{At: a.Edited, Text: a.Message.Text}}
}

func (a *amendment) masked() bool { return a.Message != nil && a.Message.Redacted }

// newerThan orders edits by time and, within a second, by text, so that the order in which
// they are learned does not matter.
func (a *amendment) newerThan(edited time.Time, m *Message) bool {
	if a.Message == nil {
		return false
	}
	return m == nil || a.Edited.After(edited) || a.Edited.Equal(edited) && !edited.IsZero() && a.Message.Text > m.Text
}

// amend changes a message and reports whether anything changed. A deleted message loses
// its content: the customer wanted it gone.
func (m *Message) amend(a amendment) bool {
	changed := false
	for _, r := range a.Reactions {
		list := withReaction(m.Reactions, r)
		changed = changed || !slices.Equal(list, m.Reactions)
		m.Reactions = list
	}
	if !a.Deleted.IsZero() && m.Deleted.IsZero() {
		m.Deleted, changed = a.Deleted, true
		m.Text, m.Choice, m.FlowToken, m.Options, m.Attachments, m.Raw = "", "", "", nil, nil, nil
		m.Location, m.Contacts, m.Order, m.Earlier = nil, nil, nil, nil
	}
	m.HadCard = m.HadCard || a.HadCard || a.Message != nil && (m.Redacted || a.masked())
	before := []Version{{At: m.Edited, Text: m.Text}}
	if a.newerThan(m.Edited, m) {
		m.Edited, changed = a.Edited, true
		if !m.Deleted.IsZero() {
			return changed
		}
		m.Text, m.Redacted = a.Message.Text, a.Message.Redacted
		for i := range min(len(m.Attachments), len(a.Message.Attachments)) {
			if id := a.Message.Attachments[i].MediaID; id != "" {
				m.Attachments[i].MediaID = id
			}
		}
	}
	if m.Deleted.IsZero() {
		known := m.Earlier
		m.Earlier = earlierThan(m.Edited, known, before, a.Earlier, a.version())
		m.maskEarlier()
		changed = changed || !sameVersions(known, m.Earlier)
	}
	return changed
}

// withReaction keeps the newest reaction of each side. Removal is a reaction too, so
// that a late older one does not bring the emoji back.
func withReaction(list []Reaction, r Reaction) []Reaction {
	list = slices.Clone(list)
	for i, old := range list {
		if old.By != r.By {
			continue
		}
		if r.At.After(old.At) || r.At.Equal(old.At) && strings.Compare(r.Emoji, old.Emoji) > 0 {
			list[i] = r
		}
		return list
	}
	return append(list, r)
}
