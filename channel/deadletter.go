package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// DeadLetter is work that the hub gave up on: an item that could not be understood or
// belongs to no channel, a call of the host's Ticketing or a download that kept failing.
// Nothing of it is lost; an operator decides.
type DeadLetter struct {
	// Key names it, for Replay and Drop.
	Key store.WorkKey
	// Channel is the ID of the channel, "" if it belongs to none.
	Channel string
	// Reason says why, free of personal data.
	Reason string
	// Tries counts the failed attempts before it was given up.
	Tries int
	// Enqueued is when the work was recorded.
	Enqueued time.Time
	// Content is what the work holds, as JSON, card numbers masked. Personal data.
	Content json.RawMessage
	// Seq continues a list; see DeadLetterQuery.
	Seq int64
}

// DeadLetterQuery asks for dead letters of one queue.
type DeadLetterQuery struct {
	// Channel restricts to dead letters of one channel; "" lists those of all channels and of
	// none.
	Channel string
	// Queue is the name of a queue as [Hub.Health] lists it; required.
	Queue string
	// After is the Seq of the last one of the previous page.
	After int64
	// Limit is the most to return, 1 to 1000; 0 means 50.
	Limit int
}

// DeadLetters lists dead letters, oldest first.
func (h *Hub) DeadLetters(ctx context.Context, q DeadLetterQuery) (letters []DeadLetter, err error) {
	limit := pageSize(q.Limit)
	letters = make([]DeadLetter, 0, limit)
	for after := q.After; len(letters) < limit; {
		work, err := h.store.Work(ctx, store.WorkQuery{Queue: q.Queue, Dead: true, After: after, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("channel: list dead letters: %w", err)
		}
		for i := range work {
			w := &work[i]
			after = w.Seq
			if q.Channel != "" && channelOf(w.Group) != q.Channel || len(letters) == limit {
				continue
			}
			letters = append(letters, deadLetter(w))
		}
		if len(work) < limit {
			break
		}
	}
	return letters, nil
}

// Replay gives dead letters another chance, at the end of their conversation's queue. Unknown
// keys are ignored.
func (h *Hub) Replay(ctx context.Context, keys ...store.WorkKey) error {
	return h.onDead(ctx, "replay", keys, func(u *unit, dead []store.WorkKey) {
		u.Replay(dead...)
		for _, k := range dead {
			u.Wake(k.Queue)
		}
	})
}

// Drop removes dead letters for good. Unknown keys are ignored.
func (h *Hub) Drop(ctx context.Context, keys ...store.WorkKey) error {
	return h.onDead(ctx, "drop", keys, func(u *unit, dead []store.WorkKey) {
		u.Drop(dead...)
	})
}

// onDead does something with those of keys that are dead letters: living work is somebody's message.
func (h *Hub) onDead(ctx context.Context, verb string, keys []store.WorkKey, do func(*unit, []store.WorkKey)) error {
	return h.do(ctx, func(u *unit) error {
		letters, err := h.DeadLettersOf(ctx, keys...)
		if err != nil {
			return fmt.Errorf("channel: %s: %w", verb, err)
		}
		dead := make([]store.WorkKey, len(letters))
		for i := range letters {
			dead[i] = letters[i].Key
		}
		do(u, dead)
		return nil
	})
}

// DeadLettersOf returns those of the dead letters with the given keys that there are.
func (h *Hub) DeadLettersOf(ctx context.Context, keys ...store.WorkKey) ([]DeadLetter, error) {
	byQueue := map[string][]string{}
	for _, k := range unique(keys) {
		byQueue[k.Queue] = append(byQueue[k.Queue], k.ID)
	}
	var letters []DeadLetter
	for _, queue := range slices.Sorted(maps.Keys(byQueue)) {
		ids := byQueue[queue]
		work, err := h.store.Work(ctx, store.WorkQuery{Queue: queue, IDs: ids, Dead: true, Limit: len(ids)})
		if err != nil {
			return nil, fmt.Errorf("channel: read dead letters: %w", err)
		}
		for i := range work {
			letters = append(letters, deadLetter(&work[i]))
		}
	}
	return letters, nil
}

func deadLetter(w *store.Work) DeadLetter {
	return DeadLetter{
		Key: store.WorkKey{Queue: w.Queue, ID: w.ID}, Channel: channelOf(w.Group), Reason: w.Reason, Tries: w.Tries,
		Enqueued: w.Enqueued, Content: w.Body, Seq: w.Seq,
	}
}

// unique keeps the first of equal keys.
func unique[K comparable](keys []K) []K {
	all := make([]K, 0, len(keys))
	seen := make(map[K]bool, len(keys))
	for _, k := range keys {
		if !seen[k] {
			seen[k] = true
			all = append(all, k)
		}
	}
	return all
}

// bury makes work a dead letter.
func (h *Hub) bury(ctx context.Context, w *worker.Job, cause error) error {
	return h.buryWith(ctx, w, cause, func(*unit) {})
}

// buryWith does so together with something else.
func (h *Hub) buryWith(ctx context.Context, w *worker.Job, cause error, also func(u *unit)) error {
	reason := reasonOf(cause)
	err := h.do(ctx, func(u *unit) error {
		u.Bury(w.Lease(), reason)
		also(u)
		return nil
	})
	if err == nil {
		h.hooks.deadLetter(ctx, DeadLetterInfo{Queue: w.Queue, ID: w.ID, Channel: channelOf(w.Group), Reason: reason})
	}
	return err
}

var (
	errDamaged       = errors.New("channel: stored work is damaged")
	errNoNumber      = errors.New("channel: the item names no number")
	errUnknownNumber = errors.New("channel: the number belongs to no channel")
)
