package channel

import (
	"fmt"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
)

// byBusiness says on a Reaction that it is ours.
const byBusiness = "business"

// target finds the message that a reaction of ours is about, by the hub's ID or by the wamid,
// and returns the reaction as WhatsApp wants it. The message may stand in an earlier
// conversation with the same customer.
func (u *unit) target(ch *Channel, customer *conversation.Customer, c *message.Reaction) (*messageRecord, *message.Reaction, error) {
	m := new(messageRecord)
	ok, err := u.Load(kindMessage, c.MessageID, m)
	if err == nil && (!ok || m.Direction == "" || m.Channel != ch.ID) {
		m, err = u.lookupWAMID(ch.ID, c.MessageID)
	}
	if err != nil {
		return nil, nil, err
	}
	if m != nil {
		same, err := u.ofOneTalk(customer, m)
		if err != nil {
			return nil, nil, err
		}
		if !same {
			m = nil
		}
	}
	switch {
	case m == nil || m.Direction == conversation.Note:
		return nil, nil, fmt.Errorf("channel: message to react to: %w", ErrNotFound)
	case m.WAMID == "":
		return nil, nil, fmt.Errorf("channel: message to react to: %w", ErrNotSent)
	}
	return m, &message.Reaction{MessageID: m.WAMID, Emoji: c.Emoji}, nil
}

// react puts the reaction m on the message that it is about once WhatsApp has accepted it, and
// takes it away again if it failed.
func (u *unit) react(ch *Channel, m *messageRecord) error {
	if m.Delivery.Stands() == m.Shown {
		return nil
	}
	m.Shown = m.Delivery.Stands()
	target := new(messageRecord)
	if ok, err := u.Load(kindMessage, m.Target, target); err != nil || !ok {
		return err
	}
	before := slices.Clone(target.Reactions)
	own := conversation.Reaction{By: byBusiness, Emoji: m.Text, At: m.At}
	i := slices.IndexFunc(target.Reactions, func(r conversation.Reaction) bool { return r.By == byBusiness })
	id := "amend|" + m.ID
	switch {
	case m.Shown:
		m.Replaced = nil
		if i >= 0 {
			m.Replaced = &before[i]
		}
		target.Amend(conversation.Amendment{Reactions: []conversation.Reaction{own}})
	case i >= 0 && target.Reactions[i].Emoji == own.Emoji && target.Reactions[i].At.Equal(own.At):
		target.Reactions = slices.Delete(before, i, i+1)
		if m.Replaced != nil {
			target.Reactions = append(target.Reactions, *m.Replaced)
		}
		id += "|failed"
	default:
		return nil // another one has taken its place
	}
	if err := u.saveMessage(target); err != nil {
		return err
	}
	actor := u.author
	u.author = m.Author
	defer func() { u.author = actor }()
	return u.tellHost(ch.ID, id, hostItem{
		Kind: conversation.Reacted, Conversation: target.Conversation, Message: target.ID, At: u.now.UTC(),
	})
}
