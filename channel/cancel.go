package channel

import (
	"context"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
)

// ErrTooLate says that a message was already handed to WhatsApp.
var ErrTooLate = errors.New("channel: too late: the message was handed to WhatsApp")

// Cancel takes a message back that still waits in the outbox. The error matches
// ErrNotFound or ErrTooLate. Cancelling twice is not an error.
func (h *Hub) Cancel(ctx context.Context, by conversation.Author, id string) error {
	err := h.do(ctx, func(u *unit) error {
		ch, m, err := u.actOn(&deed{by: by, message: id})
		if err != nil {
			return err
		}
		switch state := m.Delivery.State(); {
		case state == conversation.Cancelled:
			return nil
		case m.Direction != conversation.Outbound:
			return ErrNotFound
		case state != conversation.Queued || m.Sending:
			return ErrTooLate
		}
		before := m.Delivery
		m.Delivery = m.Delivery.Merge(conversation.Delivery{CancelledAt: u.now.UTC()})
		u.bookStatus(ch, m)
		if err := u.outcome(ch, m, before); err != nil {
			return err
		}
		if err := u.saveMessage(m); err != nil {
			return err
		}
		// If a worker begins to send at this moment, one of the two commits fails on the
		// message's version and looks again.
		u.Drop(store.WorkKey{Queue: queueOut, ID: id}, store.WorkKey{Queue: queueFirst, ID: id})
		return u.delivery(ch, m, conversation.Cancelled, u.now)
	})
	if err != nil {
		return fmt.Errorf("channel: cancel: %w", err)
	}
	return nil
}

// deed is what somebody does to a message, as far as it is known.
type deed struct {
	by                             conversation.Author
	channel, conversation, message string
}

// actOn reads the message that somebody wants to do something to.
func (u *unit) actOn(d *deed) (*Channel, *messageRecord, error) {
	u.author = d.by
	m := new(messageRecord)
	if ok, err := u.Load(kindMessage, d.message, m); err != nil || !ok {
		return nil, nil, orNotFound(err)
	}
	d.channel, d.conversation = m.Channel, m.Conversation
	ch, ok := u.hub.channels.get(m.Channel)
	if !ok {
		return nil, nil, ErrNoChannel
	}
	return ch, m, nil
}
