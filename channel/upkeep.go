package channel

import (
	"context"
	"encoding/json"
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

// How often upkeep runs, and how many conversations it looks at in one step.
const (
	upkeepPause = time.Hour
	upkeepStep  = 200
)

// upkeepItem is the content of the upkeep work: where a round of pruning has come to.
type upkeepItem struct {
	Channel string    `json:"channel,omitempty"` // done up to here, in the order of IDs
	Queue   int       `json:"queue,omitempty"`   // index into prunedQueues
	After   *Position `json:"after,omitempty"`
}

// prunedQueues are walked one after the other.
var prunedQueues = [...]rules.Queue{rules.QueueResolved, rules.QueuePending, rules.QueueNew}

// startUpkeep makes sure that the store has its one piece of upkeep work.
func (h *Hub) startUpkeep(ctx context.Context) error {
	_, err := h.store.Commit(ctx, &Batch{Enqueue: []Work{{Queue: queueUpkeep, ID: "upkeep", Body: []byte("{}")}}})
	if err != nil {
		return fmt.Errorf("channel: start upkeep: %w", err)
	}
	return nil
}

// upkeep forgets and prunes in small steps; one process at a time does it, and another can
// go on where it stopped.
func (h *Hub) upkeep(ctx context.Context, w *Work) error {
	var at upkeepItem
	if err := json.Unmarshal(w.Body, &at); err != nil {
		at = upkeepItem{}
	}
	now := h.now()
	if at == (upkeepItem{}) {
		if err := h.forget(ctx, now); err != nil {
			return err
		}
	}
	next, err := h.prune(ctx, at, now)
	if err != nil {
		return err
	}
	due := now
	if next == (upkeepItem{}) {
		due = now.Add(upkeepPause)
	}
	body, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("channel: encode upkeep: %w", err)
	}
	return h.do(ctx, func(u *unit) error {
		u.Later = append(u.Later, Postponed{Lease: w.Lease(), Due: due, Reason: "next step", Body: body})
		return nil
	})
}

// forget lets go of the memory of items that cannot be repeated any more, and of edits and
// reactions whose message never came.
func (h *Hub) forget(ctx context.Context, now time.Time) error {
	before := now.Add(-forgetAfter)
	for {
		done, err := h.store.Commit(ctx, &Batch{Forget: before})
		if err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
		if done.Forgotten == 0 {
			break
		}
	}
	for _, s := range h.Channels() {
		stubs, err := list[Message](ctx, h.store, Query{
			Kind: kindMessage, Parent: stubParent(s.ID), Before: &Position{Sort: micros(before)}, Limit: 5000,
		})
		if err != nil {
			return err
		}
		b := &Batch{}
		for _, m := range stubs {
			if m.Pending != nil {
				b.Delete = append(b.Delete, RecordKey{kindMessage, m.ID})
			}
		}
		if len(b.Delete) == 0 {
			continue
		}
		if _, err := h.store.Commit(ctx, b); err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
	}
	return nil
}

// prune takes one step: some conversations of one channel and queue. It returns where to
// go on; the zero item when the round is complete.
func (h *Hub) prune(ctx context.Context, at upkeepItem, now time.Time) (upkeepItem, error) {
	for _, s := range h.Channels() {
		if s.ID < at.Channel {
			continue
		}
		if s.ID != at.Channel {
			at = upkeepItem{Channel: s.ID}
			if s.Retention.DeadLetters > 0 {
				if err := h.pruneDead(ctx, s.ID, now.Add(-s.Retention.DeadLetters)); err != nil {
					return at, err
				}
			}
		}
		for s.Retention.Messages > 0 && at.Queue < len(prunedQueues) {
			last, err := h.pruneSome(ctx, s.ID, prunedQueues[at.Queue], at.After, now.Add(-s.Retention.Messages))
			if err != nil {
				return at, err
			}
			if last != nil {
				at.After = last
				return at, nil
			}
			at.Queue, at.After = at.Queue+1, nil
		}
	}
	return upkeepItem{}, nil
}

// pruneSome removes what is older than the channel keeps from the next few conversations,
// and the conversations that are over altogether. It returns the position of the last one,
// nil at the end of the queue.
func (h *Hub) pruneSome(ctx context.Context, channel string, queue rules.Queue, after *Position, before time.Time) (*Position, error) {
	page, err := list[Conversation](ctx, h.store, Query{
		Kind: kindConversation, Parent: conversationParent(channel, string(queue)), After: after, Limit: upkeepStep,
	})
	if err != nil || len(page) == 0 {
		return nil, err
	}
	receipt := &Erased{}
	for _, c := range page {
		switch {
		case queue == rules.QueueResolved && c.LastActivity.Before(before):
			err = h.eraseConversation(ctx, channel, c.ID, receipt)
		case c.State.OpenedAt.Before(before):
			err = h.eraseMessages(ctx, channel, c.ID, &Position{Sort: micros(before)}, receipt)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(page) < upkeepStep {
		return nil, nil
	}
	last := page[len(page)-1]
	return &Position{micros(last.LastActivity), last.ID}, nil
}

// pruneDead removes dead letters of a channel that are older than it keeps.
func (h *Hub) pruneDead(ctx context.Context, channel string, before time.Time) error {
	queues, err := h.store.Backlog(ctx, h.now())
	if err != nil {
		return fmt.Errorf("channel: prune dead letters: %w", err)
	}
	for _, q := range queues {
		after := int64(0)
		for q.Dead > 0 {
			dead, err := h.store.Work(ctx, WorkQuery{Queue: q.Queue, Dead: true, After: after, Limit: 500})
			if err != nil {
				return fmt.Errorf("channel: prune dead letters: %w", err)
			}
			b := &Batch{}
			for _, w := range dead {
				after = w.Seq
				if w.Group == channel && w.Enqueued.Before(before) {
					b.Drop = append(b.Drop, WorkKey{w.Queue, w.ID})
				}
			}
			if len(b.Drop) > 0 {
				if _, err := h.store.Commit(ctx, b); err != nil {
					return fmt.Errorf("channel: prune dead letters: %w", err)
				}
			}
			if len(dead) < 500 {
				break
			}
		}
	}
	return nil
}
