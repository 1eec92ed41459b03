package channel

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
)

// pruneSome removes what is older than the channel keeps from the next few conversations,
// and the conversations that are over altogether. It returns the position of the last one,
// nil at the end of the shelf.
func (k *keeper) pruneSome(ctx context.Context, s *settings.Settings, at shelf, after *store.Position, now time.Time) (*store.Position, error) {
	page, err := step.List[conversation.Conversation](ctx, k.store, store.Query{
		Kind: kindConversation, Parent: conversationParent(s.ID, at), After: after, Limit: upkeepStep,
	})
	if err != nil || len(page) == 0 {
		return nil, err
	}
	lanes, err := k.busy(ctx) // mostly few of them, and each would be asked for every conversation
	if err != nil {
		return nil, err
	}
	err = inParallel(len(page), func(i int) error { return k.pruneConversation(ctx, s, page[i], lanes, now) })
	if err != nil {
		return nil, err
	}
	if len(page) < upkeepStep {
		return nil, nil
	}
	last := page[len(page)-1]
	return &store.Position{Sort: micros(last.LastActivity), Key: last.ID}, nil
}

// pruneConversation removes what is older than the channel keeps from one conversation.
func (k *keeper) pruneConversation(ctx context.Context, s *settings.Settings, c *conversation.Conversation, lanes []store.WorkQuery, now time.Time) (err error) {
	messages, files := before(now, s.Retention.Messages), before(now, s.Retention.Attachments)
	receipt := &conversation.Erased{} // for nobody to see
	stays := func(c *conversation.Conversation) bool {
		return c.State.Queue.Open() || !times.Latest(c.LastActivity, c.Planned).Before(messages)
	}
	switch {
	case !stays(c):
		err = k.eraseConversation(ctx, s.ID, c.ID, lanes, receipt, stays)
	case c.Opened.Before(messages):
		until := &store.Position{Sort: micros(messages)}
		if err = k.eraseMessages(ctx, s.ID, c.ID, until, receipt, nil); err == nil {
			err = k.eraseMessages(ctx, s.ID, reactionParent(c.ID), until, receipt, nil)
		}
		if err == nil && c.LastActivity.Before(messages) {
			err = k.showAnother(ctx, c.ID)
		}
	}
	if bodies := before(now, s.Retention.Bodies); err == nil && c.Opened.Before(bodies) && !c.LastActivity.Before(messages) {
		err = k.dropBodies(ctx, c, lanes, bodies)
	}
	if err == nil && c.Opened.Before(files) {
		err = k.pruneFiles(ctx, c, files)
	}
	return err
}

// pruneFiles removes the files of a conversation's messages from before a time. How far it
// has come is kept with the conversation, so that no message is looked at twice.
func (k *keeper) pruneFiles(ctx context.Context, c *conversation.Conversation, until time.Time) error {
	if _, ok := k.attachments.(Remover); !ok {
		return nil
	}
	q := store.Query{Kind: kindMessage, Parent: c.ID, Before: &store.Position{Sort: micros(until)}, Limit: 200}
	if !c.FilesUntil.IsZero() {
		q.After = &store.Position{Sort: micros(c.FilesUntil)}
	}
	seen := false
	for page, err := range step.Documents[messageRecord](ctx, k.store, q) {
		if err != nil {
			return err
		}
		seen = true
		for _, m := range page {
			if err := k.pruneFilesOf(ctx, m); err != nil {
				return err
			}
		}
	}
	if !seen {
		return nil // most conversations, most of the time: not worth a write
	}
	return k.do(ctx, func(u *unit) error {
		var now conversation.Conversation
		if ok, err := u.Load(kindConversation, c.ID, &now); err != nil || !ok {
			return err
		}
		now.FilesUntil = until.UTC().Truncate(time.Second)
		return u.saveConversation(&now)
	})
}

// pruneFilesOf removes the files of one message: first the files, then what leads to them.
func (k *keeper) pruneFilesOf(ctx context.Context, m *messageRecord) error {
	refs := m.FileRefs()
	if len(refs) == 0 {
		return nil
	}
	if err := k.removeFiles(ctx, refs); err != nil {
		return err
	}
	return k.do(ctx, func(u *unit) error {
		var now messageRecord
		if ok, err := u.Load(kindMessage, m.ID, &now); err != nil || !ok {
			return err
		}
		for i := range now.Attachments {
			if a := &now.Attachments[i]; slices.Contains(refs, a.Ref) {
				a.Ref, a.Failed = "", fileRemoved
			}
		}
		return u.saveMessage(&now)
	})
}

// pruneDead removes dead letters of a channel that are older than it keeps.
func (k *keeper) pruneDead(ctx context.Context, channel string, before time.Time) error {
	queues, err := k.store.Backlog(ctx, k.now())
	if err != nil {
		return fmt.Errorf("channel: prune dead letters: %w", err)
	}
	for _, q := range queues {
		if q.Dead == 0 {
			continue
		}
		for dead, err := range step.Works(ctx, k.store, store.WorkQuery{Queue: q.Queue, Dead: true, Limit: 500}) {
			if err != nil {
				return err
			}
			b := &store.Batch{}
			for i := range dead {
				if w := &dead[i]; channelOf(w.Group) == channel && w.Enqueued.Before(before) {
					b.Drop = append(b.Drop, store.WorkKey{Queue: w.Queue, ID: w.ID})
				}
			}
			if len(b.Drop) > 0 {
				if _, err := k.store.Commit(ctx, b); err != nil {
					return fmt.Errorf("channel: prune dead letters: %w", err)
				}
			}
		}
	}
	return nil
}
