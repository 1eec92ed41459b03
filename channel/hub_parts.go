package channel

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
)

// Parts returns the messages of the answer that a message belongs to, in their order, and how the answer
// stands as a whole, see [conversation.LeastState]: of several that were queued together with
// [Hub.ReplyAll], or of one by itself. What was erased is left out. The error matches ErrNotFound.
func (h *Hub) Parts(ctx context.Context, messageID string) ([]*conversation.Message, conversation.DeliveryState, error) {
	all, err := h.parts(ctx, messageID)
	if err != nil {
		return nil, "", fmt.Errorf("channel: read parts: %w", plainly(err))
	}
	return all, conversation.LeastState(all...), nil
}

func (h *Hub) parts(ctx context.Context, id string) ([]*conversation.Message, error) {
	m, err := h.message(ctx, id)
	if err != nil {
		return nil, err
	}
	first := m
	if m.PartOf != "" && m.PartOf != m.ID {
		if first, err = h.message(ctx, m.PartOf); ignoreNotFound(err) != nil {
			return nil, err
		}
	}
	if first == nil || len(first.PartIDs) == 0 {
		return []*conversation.Message{&m.Message}, nil
	}
	records, err := h.store.Get(ctx, kindMessage, first.PartIDs...)
	if err != nil {
		return nil, err
	}
	var all []*conversation.Message
	for _, r := range records {
		part, err := step.Decode[messageRecord](r)
		if err != nil {
			return nil, err
		}
		all = append(all, &part.Message)
	}
	return all, nil
}
