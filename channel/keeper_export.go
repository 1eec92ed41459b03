package channel

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

func (k *keeper) exportConversation(ctx context.Context, id string, out *json.Encoder) error {
	conv, err := k.conversation(ctx, id)
	if err == nil {
		err = out.Encode(map[string]any{"conversation": conv})
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	for page, err := range step.Documents[messageRecord](ctx, k.store, store.Query{Kind: kindMessage, Parent: id, Limit: 200}) {
		if err != nil {
			return err
		}
		messages := visible(page)
		if err := k.resolveQuotes(ctx, messages...); err != nil {
			return err
		}
		for _, m := range messages {
			if err := out.Encode(map[string]any{"message": m}); err != nil {
				return err
			}
		}
	}
	return nil
}
