package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/opaque"
)

// Block blocks the person of a conversation on its number, or lifts that: who is blocked can neither write
// nor be written to. WhatsApp is asked first, and blocks only who wrote within the last 24 hours; then it
// stands in Customer.Blocked, the host is told, and what is to be sent is refused with ErrBlocked. The
// error matches ErrNotFound, ErrDisabled, ErrCannotBlock or is that of the Sender, with a message.Failure
// that says why. Source: developers.facebook.com/documentation/business-messaging/whatsapp/block-users,
// checked 2026-11-29.
func (h *Hub) Block(ctx context.Context, by conversation.Author, id string, blocked bool) error {
	verb := "block"
	if !blocked {
		verb = "unblock"
	}
	if err := h.block(ctx, by, id, blocked); err != nil {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	return nil
}

func (h *Hub) block(ctx context.Context, by conversation.Author, id string, blocked bool) error {
	conv, err := h.conversation(ctx, id)
	if err != nil {
		return plainly(err)
	}
	customer, err := h.customer(ctx, conv.Customer)
	if err != nil {
		return plainly(err)
	}
	ch, err := h.enabled(conv.Channel)
	if err != nil {
		return err
	}
	blocker, ok := ch.Sender.(message.Blocker)
	if !ok || customer.Group != "" {
		return ErrCannotBlock
	}
	if err := blocker.BlockUser(ctx, customer.Recipient(), blocked); err != nil {
		return err
	}
	action := opaque.Random("a_")
	return h.do(ctx, func(u *unit) error {
		u.author = by
		c, err := u.customer(customer.ID)
		if err != nil || c == nil {
			return orNotFound(err)
		}
		if blocked != c.Blocked.IsZero() {
			return nil // it was so already
		}
		c.Blocked = time.Time{}
		word := "unblocked"
		if blocked {
			c.Blocked, word = u.now.UTC(), "blocked"
		}
		if err := u.tellHost(ch.ID, changeID(conversation.BlockChanged, action, 0), hostItem{
			Kind: conversation.BlockChanged, Conversation: id, At: u.now.UTC(), Reason: word, Cause: conversation.Cause(word),
		}); err != nil {
			return err
		}
		return u.saveCustomer(c)
	})
}
