package channel

import (
	"strings"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// outcome follows what became of a message: what it counted for begins to count when
// WhatsApp has accepted it, and is taken back when it failed. The caller saves the message.
func (u *unit) outcome(ch *Channel, m *messageRecord, before conversation.Delivery) error {
	// Whoever wrote it down first: the answer to the send may have been lost.
	m.Sending = m.Sending && !m.Delivery.Settled()
	if before.State() == conversation.Uncertain && m.Delivery.Settled() {
		u.Drop(store.WorkKey{Queue: workCheck, ID: m.ID}) // nobody need settle it any more
	}
	if was := before.Taken(); was.IsZero() && !m.Delivery.Taken().IsZero() {
		if m.Target == "" {
			u.countSent(m)
		}
		if err := u.answersAd(ch, m); err != nil {
			return err
		}
	}
	if m.Reach != "" && before.Reaches() != m.Delivery.Reaches() {
		if err := u.countReach(ch.portfolio(), m, m.Delivery.Reaches()); err != nil {
			return err
		}
	}
	if m.Target != "" {
		return u.react(ch, m)
	}
	return u.tellDesk(ch, m, before)
}

// tellDesk lets the desk know that a message has become an answer, or will be none.
func (u *unit) tellDesk(ch *Channel, m *messageRecord, before conversation.Delivery) error {
	switch {
	case u.core.desk == nil || m.Answer == nil:
		return nil
	case m.Delivery.Stands() == !m.Answer.At.IsZero() && (m.Delivery.State() != conversation.Failed || before.State() == conversation.Failed):
		return nil
	}
	conv, customer, err := u.talkOf(m.Conversation)
	if err != nil || customer == nil {
		return err
	}
	s := u.scene(ch, customer, conv, m.ID+strings.Repeat("|again", m.Answer.Back), u.now)
	if m.Delivery.Stands() {
		err = s.answered(m)
	} else {
		s.id = m.ID + "|failed"
		err = s.failed(m)
	}
	if err != nil {
		return err
	}
	return s.finish()
}

// countSent brings a message that WhatsApp accepted into the report.
func (u *unit) countSent(m *messageRecord) {
	u.count(m.Channel, "messages_out", u.now, 1)
	u.count(m.Channel, "out_"+word(m.Kind), u.now, 1)
	if m.Auto != "" {
		u.count(m.Channel, "auto_replies", u.now, 1)
	}
}

// asks begins the answer that a message is going to be.
func asks(c *conversation.Conversation) *conversation.Answer {
	return &conversation.Answer{Asked: c.State.WaitingSince, Unanswered: c.State.UnansweredSince}
}
