package channel

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

func (h *core) exportConversation(ctx context.Context, id string, out *json.Encoder) error {
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
