package channel

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/internal/opaque"
)

// Step changes a conversation in one step, for a [deskapi.Desk] whose agents act; by is who does. Of one
// that was merged the error is a *MergedError.
func (h *Hub) Step(ctx context.Context, by conversation.Author, id string, f func(*deskapi.Scene) error) error {
	action := opaque.Random("a_")
	err := h.do(ctx, func(u *unit) error {
		u.author = by
		conv := new(conversation.Conversation)
		if ok, err := u.Load(kindConversation, id, conv); err != nil || !ok {
			return orNotFound(err)
		}
		ch, ok := h.channels.get(conv.Channel)
		if !ok {
			return ErrNoChannel
		}
		if conv.MergedInto != "" {
			return &MergedError{Into: conv.MergedInto}
		}
		customer, err := u.customer(conv.Customer)
		if err != nil || customer == nil {
			return orNotFound(err)
		}
		s := u.scene(ch, customer, conv, action, u.now)
		if err := f(&s.Scene); err != nil {
			return err
		}
		return s.finish()
	})
	if err != nil {
		return fmt.Errorf("channel: step: %w", err)
	}
	return nil
}
