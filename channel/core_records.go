package channel

import (
	"github.com/kanava-go/kanava/window"

	"github.com/kanava-go/kanava/channel/conversation"
)

// How documents become records: what groups them and in which order they are listed.

func (u *unit) saveCustomer(c *conversation.Customer) error {
	return u.Save(kindCustomer, c.ID, c.Channel, micros(c.Created), c)
}

// saveConversation files a conversation under its channel, queue and holder, newest activity last.
func (u *unit) saveConversation(c *conversation.Conversation) error {
	return u.Save(kindConversation, c.ID, conversationParent(c.Channel, shelf{string(c.State.Queue), c.Holder}), micros(c.LastActivity), c)
}

// saveMessage files a message under its conversation, in the order of WhatsApp's
// timestamps; within a second in the order in which the hub learned of them.
func (u *unit) saveMessage(m *messageRecord) error {
	if !m.Dropped.IsZero() {
		m.DropBody(m.Dropped) // nothing that comes late brings it back
	}
	parent := m.Conversation
	if m.Target != "" {
		parent = reactionParent(m.Conversation)
	}
	return u.Save(kindMessage, m.ID, parent, sortOf(&m.Message), m)
}

// windowOptions are those of the channel, or the cautious default if it is gone.
func (u *unit) windowOptions(channel string) window.Options {
	if ch, ok := u.core.channels.get(channel); ok {
		return ch.Window
	}
	return window.Options{}
}
