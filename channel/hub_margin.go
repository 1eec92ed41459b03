package channel

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// SetMargin changes what a [deskapi.Desk] keeps in the margin of a conversation: what changes often, is
// nobody's news, and goes with the conversation. edit gets what stands there and returns what is to,
// nil for nothing; it may be called several times,
// and what stays the same is not written. The error matches ErrNotFound, or is edit's.
func (h *Hub) SetMargin(ctx context.Context, kind deskapi.MarginKind, id string, edit func(now json.RawMessage) (json.RawMessage, error)) error {
	err := h.do(ctx, func(u *unit) error {
		if ok, err := u.Load(kindConversation, id, nil); err != nil || !ok {
			return orNotFound(err)
		}
		var now margin
		key := marginKey(kind, id)
		had, err := u.Load(kindMargin, key, &now)
		if err != nil {
			return err
		}
		next, err := edit(now.Body)
		switch {
		case err != nil:
			return err
		case next != nil && bytes.Equal(next, now.Body):
			return nil
		case next != nil:
			return u.Save(kindMargin, key, string(kind), micros(u.now), margin{id, next})
		case had:
			u.Remove(kindMargin, key)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("channel: set margin: %w", err)
	}
	return nil
}

// Margins returns what was written to the margins of all conversations since a time, in that order.
// It ends with the first error.
func (h *Hub) Margins(ctx context.Context, kind deskapi.MarginKind, since time.Time) iter.Seq2[*deskapi.Margin, error] {
	q := store.Query{Kind: kindMargin, Parent: string(kind), Limit: 1000}
	if !since.IsZero() {
		q.After = &store.Position{Sort: micros(since)}
	}
	return func(yield func(*deskapi.Margin, error) bool) {
		for page, err := range step.Records(ctx, h.store, q) {
			if err != nil {
				yield(nil, err)
				return
			}
			for _, r := range page {
				doc, err := step.Decode[margin](r)
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(&deskapi.Margin{Conversation: doc.Conversation, At: time.UnixMicro(r.Sort).UTC(), Body: doc.Body}, nil) {
					return
				}
			}
		}
	}
}

// MarginsOf returns what stands in the margins of some conversations, by ID.
func (h *Hub) MarginsOf(ctx context.Context, kind deskapi.MarginKind, ids ...string) (map[string]*deskapi.Margin, error) {
	all := map[string]*deskapi.Margin{}
	if len(ids) == 0 {
		return all, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = marginKey(kind, id)
	}
	records, err := h.store.Get(ctx, kindMargin, keys...)
	if err != nil {
		return nil, fmt.Errorf("channel: read margins: %w", err)
	}
	for _, r := range records {
		doc, err := step.Decode[margin](r)
		if err != nil {
			return nil, err
		}
		all[doc.Conversation] = &deskapi.Margin{Conversation: doc.Conversation, At: time.UnixMicro(r.Sort).UTC(), Body: doc.Body}
	}
	return all, nil
}
