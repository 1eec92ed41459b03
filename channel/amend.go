package channel

import (
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// amendment is what later events say about a message that may not be known yet: they
// can overtake it. It is kept under the message's ID until the message comes.
type amendment struct {
	// Message is the newest content and Edited its time.
	Message *Message  `json:"message,omitempty"`
	Edited  time.Time `json:"edited,omitzero"`
	// Deleted is when the customer deleted the message; it wins over any edit.
	Deleted   time.Time  `json:"deleted,omitzero"`
	Reactions []Reaction `json:"reactions,omitempty"`
}

// kindAmendment is the kind of pending amendments.
const kindAmendment = "amendment"

// amend applies an edit or a deletion to a message of the customer.
func (u *unit) amend(in *incoming, wamid string, a amendment) error {
	id := inboundMessageID(in.ch.ID, wamid)
	var m Message
	ok, err := u.load(kindMessage, id, &m)
	if err != nil {
		return err
	}
	if !ok {
		var pending amendment
		if _, err := u.load(kindAmendment, id, &pending); err != nil {
			return err
		}
		pending.merge(a)
		return u.save(kindAmendment, id, in.ch.ID, micros(in.at), pending)
	}
	kind := MessageEdited
	if !a.Deleted.IsZero() {
		kind = MessageDeleted
	}
	if !m.amend(a) {
		return nil
	}
	if err := u.saveMessage(&m); err != nil {
		return err
	}
	return u.tellHost(in.ch.ID, "amend|"+in.id, hostItem{
		Kind: kind, Conversation: m.Conversation, Message: id, At: in.at,
	})
}

// applyAmendments applies what overtook the message.
func (u *unit) applyAmendments(m *Message) error {
	var pending amendment
	ok, err := u.load(kindAmendment, m.ID, &pending)
	if err != nil || !ok {
		return err
	}
	m.amend(pending)
	u.Delete = append(u.Delete, RecordKey{kindAmendment, m.ID})
	return nil
}

func (a *amendment) merge(b amendment) {
	if b.Edited.After(a.Edited) {
		a.Edited, a.Message = b.Edited, b.Message
	}
	a.Deleted = earliest(a.Deleted, b.Deleted)
	for _, r := range b.Reactions {
		a.Reactions = withReaction(a.Reactions, r)
	}
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
		m.Text, m.Choice, m.Options, m.Attachments, m.Raw = "", "", nil, nil, nil
		m.Location, m.Contacts, m.Order = nil, nil, nil
	}
	if a.Message != nil && m.Deleted.IsZero() && a.Edited.After(m.Edited) {
		m.Edited, changed = a.Edited, true
		m.Text = a.Message.Text
		for i := range min(len(m.Attachments), len(a.Message.Attachments)) {
			if id := a.Message.Attachments[i].MediaID; id != "" {
				m.Attachments[i].MediaID = id
			}
		}
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

// reaction puts the customer's emoji on the message it belongs to.
func (u *unit) reaction(in *incoming, customer *Customer, c *webhook.Reaction) error {
	r := Reaction{By: "customer", Emoji: c.Emoji, At: in.at}
	if customer.Group != "" {
		r.By = "customer " + shortHash(in.id) // everybody in a group has one of their own
	}
	m, err := u.lookupWAMID(in.ch.ID, c.MessageID)
	if err != nil {
		return err
	}
	if m == nil {
		id := inboundMessageID(in.ch.ID, c.MessageID)
		var pending amendment
		if _, err := u.load(kindAmendment, id, &pending); err != nil {
			return err
		}
		pending.merge(amendment{Reactions: []Reaction{r}})
		return u.save(kindAmendment, id, in.ch.ID, micros(in.at), pending)
	}
	if !m.amend(amendment{Reactions: []Reaction{r}}) {
		return nil
	}
	if err := u.saveMessage(m); err != nil {
		return err
	}
	return u.tellHost(in.ch.ID, "react|"+in.id, hostItem{
		Kind: Reacted, Conversation: m.Conversation, Message: m.ID, At: in.at,
	})
}
