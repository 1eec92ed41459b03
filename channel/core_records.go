package channel

import (
	"github.com/kanava-go/kanava/window"

	"github.com/kanava-go/kanava/channel/conversation"
)

// How documents become records: what groups them and in which order they are listed.

func (u *unit) saveCustomer(c *conversation.Customer) error { return putCustomer(c, u.Save) }

// giveCustomer, giveConversation and giveMessage save documents that nobody changes any more: see [step.Step.Give].
func (u *unit) giveCustomer(c *conversation.Customer) error { return putCustomer(c, u.Give) }

func (u *unit) giveConversation(c *conversation.Conversation) error {
	return putConversation(c, u.Give)
}

func (u *unit) giveMessage(m *messageRecord) error { return putMessage(m, u.Give) }

// put is [step.Step.Save] or [step.Step.Give].
type put func(kind, key, parent string, sort int64, doc any) error

func putCustomer(c *conversation.Customer, p put) error {
	return p(kindCustomer, c.ID, c.Channel, micros(c.Created), c)
}

// saveConversation files a conversation under its channel, queue and holder, newest activity last.
func (u *unit) saveConversation(c *conversation.Conversation) error {
	return putConversation(c, u.Save)
}

func putConversation(c *conversation.Conversation, p put) error {
	return p(kindConversation, c.ID, conversationParent(c.Channel, shelf{string(c.State.Queue), c.Holder}), micros(c.LastActivity), c)
}

// saveMessage files a message under its conversation, in the order of WhatsApp's
// timestamps; within a second in the order in which the hub learned of them.
func (u *unit) saveMessage(m *messageRecord) error { return putMessage(m, u.Save) }

func putMessage(m *messageRecord, p put) error {
	if !m.Dropped.IsZero() {
		m.DropBody(m.Dropped) // nothing that comes late brings it back
	}
	parent := m.Conversation
	if m.Target != "" {
		parent = reactionParent(m.Conversation)
	}
	return p(kindMessage, m.ID, parent, sortOf(&m.Message), m)
}

// windowOptions are those of the channel, or the cautious default if it is gone.
func (u *unit) windowOptions(channel string) window.Options {
	if ch, ok := u.core.channels.get(channel); ok {
		return ch.Window
	}
	return window.Options{}
}
