package channel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// export writes what is kept about a person on a channel, also about one who only wrote in groups.
func (k *keeper) export(ctx context.Context, channel string, to message.Recipient, out *json.Encoder) error {
	_, person, aliases, err := k.whoever(ctx, channel, to)
	if err != nil {
		return err
	}
	for _, c := range person {
		if err := out.Encode(map[string]any{"customer": c}); err != nil {
			return err
		}
		convs, err := conversationsOf(ctx, k.store, c)
		if err != nil {
			return err
		}
		for _, id := range convs {
			if err := k.exportConversation(ctx, id, out); err != nil {
				return err
			}
		}
	}
	found, err := k.memberships(ctx, aliases)
	if err != nil {
		return err
	}
	if len(person) == 0 && len(found.groups) == 0 {
		return ErrNotFound
	}
	for _, m := range found.groups {
		if err := k.exportInGroup(ctx, m, out); err != nil {
			return err
		}
	}
	return nil
}

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

// exportInGroup writes the messages and reactions of a person in one group, and nothing of what others wrote there.
func (k *keeper) exportInGroup(ctx context.Context, m *member, out *json.Encoder) error {
	by := reactorOf(m.Sender)
	return k.inGroup(ctx, m, func(list []*messageRecord) error {
		for _, msg := range list {
			msg.Reactions = slices.DeleteFunc(msg.Reactions, func(r conversation.Reaction) bool { return r.By != by })
			line := map[string]any{"group_message": &msg.Message}
			if msg.SenderKey != m.Sender {
				if len(msg.Reactions) == 0 {
					continue
				}
				line = map[string]any{"group_reactions": map[string]any{"message": msg.ID, "reactions": msg.Reactions}}
			} else if err := k.resolveQuotes(ctx, &msg.Message); err != nil {
				return err
			}
			if err := out.Encode(line); err != nil {
				return err
			}
		}
		return nil
	}, func(string) error { return nil })
}
