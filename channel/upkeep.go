package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/rules"
)

// How often upkeep runs, and how many conversations it looks at in one step.
const (
	upkeepPause = time.Hour
	upkeepStep  = 200
)

// upkeepItem is the content of the upkeep work: where a round of pruning has come to.
type upkeepItem struct {
	Channel string    `json:"channel,omitempty"` // done up to here, in the order of IDs
	Queue   int       `json:"queue,omitempty"`   // index into prunedQueues; behind them: the customers
	After   *Position `json:"after,omitempty"`
}

// prunedQueues are walked one after the other.
var prunedQueues = [...]rules.Queue{rules.QueueResolved, rules.QueuePending, rules.QueueNew}

// startUpkeep sees to it that the store has its one piece of upkeep work.
func startUpkeep(u *unit) {
	u.Enqueue = append(u.Enqueue, Work{Queue: queueUpkeep, ID: "upkeep", Body: []byte("{}")})
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
		h.learnLimits(ctx, now)
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
	err = h.do(ctx, func(u *unit) error {
		u.Later = append(u.Later, Postponed{Lease: w.Lease(), Due: due, Reason: "next step", Body: body})
		return nil
	})
	if err == nil && next == (upkeepItem{}) {
		if t, ok := h.store.(Tidier); ok {
			if err := t.Tidy(ctx); err != nil {
				h.log.LogAttrs(ctx, slog.LevelWarn, "channel: the store could not be tidied up", slog.String("reason", reasonOf(err)))
			}
		}
		h.feel(ctx, pulseUpkeep, pulse{In: h.now().UTC()})
	}
	return err
}

// forget lets go of the memory of items that cannot be repeated any more, and of edits and
// reactions whose message never came.
func (h *Hub) forget(ctx context.Context, now time.Time) error {
	longAgo := now.Add(-forgetAfter)
	for {
		done, err := h.store.Commit(ctx, &Batch{Forget: longAgo})
		if err != nil {
			return fmt.Errorf("channel: forget: %w", err)
		}
		if done.Forgotten == 0 {
			break
		}
	}
	if h.keepStrays > 0 {
		if err := h.pruneDead(ctx, "", before(now, h.keepStrays)); err != nil {
			return err
		}
	}
	for _, s := range h.settings() {
		if err := h.forgetReached(ctx, s.portfolio(), now); err != nil {
			return err
		}
		err := h.erasePending(ctx, s.ID, &Position{Sort: micros(longAgo)}, func(*amendment) bool { return true })
		if err != nil {
			return err
		}
	}
	return nil
}

// prune takes one step: some conversations of one channel and queue. It returns where to
// go on; the zero item when the round is complete.
func (h *Hub) prune(ctx context.Context, at upkeepItem, now time.Time) (upkeepItem, error) {
	for _, s := range h.settings() {
		if s.ID < at.Channel {
			continue
		}
		if s.ID != at.Channel {
			at = upkeepItem{Channel: s.ID}
			if s.Retention.DeadLetters > 0 {
				if err := h.pruneDead(ctx, s.ID, before(now, s.Retention.DeadLetters)); err != nil {
					return at, err
				}
			}
		}
		for (s.Retention.Messages > 0 || s.Retention.Attachments > 0) && at.Queue < len(prunedQueues) {
			last, err := h.pruneSome(ctx, &s, prunedQueues[at.Queue], at.After, now)
			if err != nil {
				return at, err
			}
			if last != nil {
				at.After = last
				return at, nil
			}
			at.Queue, at.After = at.Queue+1, nil
		}
		if s.Retention.Messages > 0 { // when their conversations have gone
			last, err := h.pruneCustomers(ctx, &s, at.After, now)
			if err != nil {
				return at, err
			}
			if last != nil {
				at.After = last
				return at, nil
			}
		}
	}
	return upkeepItem{}, nil
}
