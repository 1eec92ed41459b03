package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// Export writes everything the hub keeps about a person on one channel as JSON lines: an
// object with the member "customer", "conversation" or "message" on each line.
func (h *Hub) Export(ctx context.Context, channel string, who message.Recipient, w io.Writer) error {
	person, err := h.person(ctx, channel, who)
	if err != nil {
		return fmt.Errorf("channel: export: %w", err)
	}
	out := json.NewEncoder(w)
	for _, c := range person {
		if err := out.Encode(map[string]any{"customer": c}); err != nil {
			return fmt.Errorf("channel: export: %w", err)
		}
		convs, err := h.conversationsOf(ctx, c)
		if err != nil {
			return fmt.Errorf("channel: export: %w", err)
		}
		for _, id := range convs {
			if err := h.exportConversation(ctx, id, out); err != nil {
				return fmt.Errorf("channel: export: %w", err)
			}
		}
	}
	return nil
}

func (h *Hub) exportConversation(ctx context.Context, id string, out *json.Encoder) error {
	conv, err := h.conversation(ctx, id)
	if err == nil {
		err = out.Encode(map[string]any{"conversation": conv})
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	var after *store.Position
	for {
		page, err := step.List[messageRecord](ctx, h.store, store.Query{Kind: kindMessage, Parent: id, After: after, Limit: 200})
		if err != nil {
			return err
		}
		if err := h.resolveQuotes(ctx, visible(page)...); err != nil {
			return err
		}
		for _, m := range page {
			if err := out.Encode(map[string]any{"message": &m.Message}); err != nil {
				return err
			}
			after = &store.Position{Sort: sortOf(&m.Message), Key: m.ID}
		}
		if len(page) < 200 {
			return nil
		}
	}
}
