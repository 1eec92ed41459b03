package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/rules"
)

// Retention says how long a channel keeps things. Zero means for ever.
type Retention struct {
	// Messages is the age, by WhatsApp's timestamp, at which messages go. A resolved
	// conversation without newer ones goes with them.
	Messages time.Duration `json:"messages,omitempty"`
	// DeadLetters is the age at which dead letters go.
	DeadLetters time.Duration `json:"dead_letters,omitempty"`
}

// minRetention keeps a typing error from emptying a store.
const minRetention = 24 * time.Hour

func (r *Retention) validate() error {
	for name, d := range map[string]time.Duration{"messages": r.Messages, "dead_letters": r.DeadLetters} {
		if d != 0 && d < minRetention {
			return fmt.Errorf("retention: %s: below 24 hours", name)
		}
	}
	return nil
}

// How often upkeep runs and how much it does at a time.
const (
	upkeepPause = time.Hour
	upkeepSteps = 200
)

// startUpkeep makes sure that the store has its one piece of upkeep work.
func (h *Hub) startUpkeep(ctx context.Context) error {
	_, err := h.store.Commit(ctx, &Batch{Enqueue: []Work{{Queue: queueUpkeep, ID: "upkeep", Body: []byte("{}")}}})
	if err != nil {
		return fmt.Errorf("channel: start upkeep: %w", err)
	}
	return nil
}

// upkeep forgets and prunes, in small steps; one process at a time does it.
func (h *Hub) upkeep(ctx context.Context, w *Work) error {
	now := h.now()
	if _, err := h.store.Commit(ctx, &Batch{Forget: now.Add(-forgetAfter)}); err != nil {
		return fmt.Errorf("channel: forget: %w", err)
	}
	more := false
	for _, s := range h.Channels() {
		if s.Retention.Messages > 0 {
			again, err := h.pruneMessages(ctx, s.ID, now.Add(-s.Retention.Messages))
			if err != nil {
				return err
			}
			more = more || again
		}
		if s.Retention.DeadLetters > 0 {
			if err := h.pruneDead(ctx, s.ID, now.Add(-s.Retention.DeadLetters)); err != nil {
				return err
			}
		}
	}
	due := now.Add(upkeepPause)
	if more {
		due = now.Add(time.Second)
	}
	return h.do(ctx, func(u *unit) error {
		u.Later = append(u.Later, Postponed{Lease: w.Lease(), Due: due, Reason: "next round"})
		return nil
	})
}

// pruneMessages removes what is older than the channel keeps and reports whether there
// may be more.
func (h *Hub) pruneMessages(ctx context.Context, channel string, before time.Time) (more bool, err error) {
	receipt := &Erased{}
	cut := &Position{Sort: micros(before)}
	old, err := list[Conversation](ctx, h.store, Query{
		Kind: kindConversation, Parent: conversationParent(channel, string(rules.QueueResolved)), Before: cut,
		Limit: upkeepSteps,
	})
	if err != nil {
		return false, err
	}
	for _, c := range old {
		if err := h.eraseConversation(ctx, channel, c.ID, receipt); err != nil {
			return false, err
		}
	}
	// Conversations that go on lose their early messages.
	for _, queue := range []rules.Queue{rules.QueueNew, rules.QueuePending, rules.QueueResolved} {
		var after *Position
		for {
			page, err := list[Conversation](ctx, h.store, Query{
				Kind: kindConversation, Parent: conversationParent(channel, string(queue)), After: after, Limit: 500,
			})
			if err != nil {
				return false, err
			}
			for _, c := range page {
				if !c.State.OpenedAt.Before(before) {
					continue
				}
				if err := h.eraseMessages(ctx, channel, c.ID, cut, receipt); err != nil {
					return false, err
				}
			}
			if len(page) < 500 {
				break
			}
			last := page[len(page)-1]
			after = &Position{micros(last.LastActivity), last.ID}
		}
	}
	return len(old) == upkeepSteps, nil
}

func (h *Hub) pruneDead(ctx context.Context, channel string, before time.Time) error {
	queues, err := h.store.Backlog(ctx, h.now())
	if err != nil {
		return fmt.Errorf("channel: prune dead letters: %w", err)
	}
	var problems []error
	for _, q := range queues {
		if q.Dead == 0 {
			continue
		}
		dead, err := h.store.Work(ctx, WorkQuery{Queue: q.Queue, Dead: true, Limit: 1000})
		if err != nil {
			problems = append(problems, err)
			continue
		}
		b := &Batch{}
		for _, w := range dead {
			if w.Group == channel && w.Enqueued.Before(before) {
				b.Drop = append(b.Drop, WorkKey{w.Queue, w.ID})
			}
		}
		if len(b.Drop) > 0 {
			_, err = h.store.Commit(ctx, b)
			problems = append(problems, err)
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("channel: prune dead letters: %w", err)
	}
	return nil
}
