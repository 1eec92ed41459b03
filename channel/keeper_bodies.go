package channel

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// dropBodies drops what was said in a conversation before a time, up to the first message that is not
// settled yet. How far it has come is kept with the conversation, so that no message is looked at twice.
func (k *keeper) dropBodies(ctx context.Context, c *conversation.Conversation, lanes []store.WorkQuery, until time.Time) error {
	for _, q := range lanes {
		if q.Queue != workHost {
			continue
		}
		q.Lane, q.Limit = c.ID, 1
		waiting, err := k.store.Work(ctx, q)
		if err != nil {
			return fmt.Errorf("channel: list work: %w", err)
		}
		if len(waiting) > 0 {
			return nil // the host has not heard of everything
		}
	}
	q := store.Query{Kind: kindMessage, Parent: c.ID, Before: &store.Position{Sort: micros(until)}, Limit: 200}
	if !c.BodiesUntil.IsZero() {
		q.After = &store.Position{Sort: micros(c.BodiesUntil)}
	}
	come := time.Time{}
pages:
	for page, err := range step.Documents[messageRecord](ctx, k.store, q) {
		if err != nil {
			return err
		}
		for _, m := range page {
			if !m.settled() {
				break pages
			}
			if come = m.At; !m.Dropped.IsZero() {
				continue
			}
			if err := k.dropBody(ctx, m.ID); err != nil {
				return err
			}
		}
	}
	if come = come.UTC().Truncate(time.Second); !come.After(c.BodiesUntil) {
		return nil // most conversations, most of the time: not worth a write
	}
	return k.do(ctx, func(u *unit) error {
		var now conversation.Conversation
		if ok, err := u.Load(kindConversation, c.ID, &now); err != nil || !ok {
			return err
		}
		now.BodiesUntil = come
		if now.LastActivity.Before(until) {
			now.Preview = ""
		}
		return u.saveConversation(&now)
	})
}

func (k *keeper) dropBody(ctx context.Context, id string) error {
	return k.do(ctx, func(u *unit) error {
		var m messageRecord
		if ok, err := u.Load(kindMessage, id, &m); err != nil || !ok || !m.settled() {
			return err
		}
		m.DropBody(u.now.UTC())
		return u.saveMessage(&m)
	})
}

// settled says that nothing has to be done with what the message says any more.
func (m *messageRecord) settled() bool {
	return m.Direction != conversation.Outbound || m.Delivery.Settled() && !m.Sending
}
