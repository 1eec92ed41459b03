package channel

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// MarkRead shows the customer that their messages in a conversation were read and, if
// typing is true, that somebody is writing an answer; WhatsApp shows that for up to 25
// seconds or until the answer comes. It is sent at once and not repeated: a receipt that
// is late helps nobody. Nothing happens in a conversation without messages of the customer.
func (h *Hub) MarkRead(ctx context.Context, id string, typing bool) error {
	conv, err := h.conversation(ctx, id)
	if err != nil {
		return fmt.Errorf("channel: mark read: %w", plainly(err))
	}
	ch, ok := h.channels.get(conv.Channel)
	if !ok {
		return fmt.Errorf("channel: mark read: %w", ErrNoChannel)
	}
	if !ch.Enabled {
		return fmt.Errorf("channel: mark read: %w", ErrDisabled)
	}
	page, err := step.List[messageRecord](ctx, h.store, store.Query{Kind: kindMessage, Parent: conv.ID, Descending: true, Limit: 50})
	if err != nil {
		return err
	}
	for _, m := range page {
		if m.Direction == conversation.Inbound && m.WAMID != "" && m.Call == nil {
			if err := ch.Sender.MarkRead(ctx, m.WAMID, typing); err != nil {
				return fmt.Errorf("channel: mark read: %w", err)
			}
			return nil
		}
	}
	return nil
}

// enabled returns a channel that is switched on.
func (h *Hub) enabled(id string) (*Channel, error) {
	ch, ok := h.channels.get(id)
	switch {
	case !ok:
		return nil, ErrNoChannel
	case !ch.Enabled:
		return nil, ErrDisabled
	}
	return ch, nil
}
