package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"time"

	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
)

// deedsAtOnce is how many deeds are read at a time.
const deedsAtOnce = 200

// NoteDeed keeps what somebody did at a [deskapi.Desk]. ID and At are filled in; a channel that the hub
// does not know counts as none.
func (h *Hub) NoteDeed(ctx context.Context, d deskapi.Deed) error {
	if _, ok := h.channels.get(d.Channel); !ok { // callers may name anything
		d.Channel, d.Conversation, d.Message = "", "", ""
	}
	d.At = h.now().UTC().Truncate(time.Microsecond)
	d.ID = opaque.Random("d_")
	if d.Outcome == deskapi.Denied {
		// Whoever is refused can ask again for ever, and must not fill the store with it.
		d.ID = opaque.ID("d_", d.Actor.Kind, d.Actor.ID, d.Action, d.Channel, d.At.Format("2006-01-02T15"))
		d.Conversation, d.Message = "", ""
	}
	body, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("channel: note deed: %w", err)
	}
	_, err = h.store.Commit(ctx, &store.Batch{Put: []store.Record{{
		Kind: kindDeed, Key: d.ID, Parent: deedParent(d.Channel), Sort: micros(d.At), Body: body,
	}}})
	if err != nil && (d.Outcome != deskapi.Denied || !errors.Is(err, store.ErrConflict)) {
		return fmt.Errorf("channel: note deed: %w", err)
	}
	return nil
}

// Deeds returns what was done, the latest first. It reads on for as long as the loop goes on, and ends with the
// first error. Deeds of all channels at once cost a store a look at all that there are.
func (h *Hub) Deeds(ctx context.Context, q deskapi.DeedQuery) iter.Seq2[*deskapi.Deed, error] {
	list := store.Query{Kind: kindDeed, Descending: true, Limit: deedsAtOnce}
	if q.Channel != "" {
		list.Parent = deedParent(q.Channel)
	}
	if !q.From.IsZero() {
		list.After = &store.Position{Sort: micros(q.From)}
	}
	if !q.To.IsZero() {
		list.Before = &store.Position{Sort: micros(q.To)}
	}
	if b := q.Before; b != nil && (list.Before == nil || micros(b.At) < list.Before.Sort) {
		list.Before = &store.Position{Sort: micros(b.At), Key: b.ID}
	}
	return func(yield func(*deskapi.Deed, error) bool) {
		for page, err := range step.Documents[deskapi.Deed](ctx, h.store, list) {
			if err != nil {
				yield(nil, fmt.Errorf("channel: list deeds: %w", err))
				return
			}
			for _, d := range page {
				if matches(&q, d) && !yield(d, nil) {
					return
				}
			}
		}
	}
}

// matches says whether a deed is asked for, apart from channel and time.
func matches(q *deskapi.DeedQuery, d *deskapi.Deed) bool {
	return (q.Actor == "" || d.Actor.ID == q.Actor) && (q.Action == "" || d.Action == q.Action)
}
