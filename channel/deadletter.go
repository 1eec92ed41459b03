package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/access"
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
	// Actor must administer the channel; without one, all channels.
	Actor access.Actor
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
	defer h.hooks.audit(ctx, &AuditInfo{Actor: q.Actor, Action: access.ReadDeadLetters, Channel: q.Channel}, &err)
	if err := access.Check(access.Policy{}, q.Actor.On(q.Channel), access.ReadDeadLetters); err != nil {
		return nil, fmt.Errorf("channel: list dead letters: %w", err)
	}
	limit := pageSize(q.Limit)
	letters = make([]DeadLetter, 0, limit)
	for after := q.After; len(letters) < limit; {
		work, err := h.store.Work(ctx, store.WorkQuery{Queue: q.Queue, Dead: true, After: after, Limit: limit})
		if err != nil {
			return nil, fmt.Errorf("channel: list dead letters: %w", err)
		}
		for _, w := range work {
			after = w.Seq
			if q.Channel != "" && channelOf(w.Group) != q.Channel || len(letters) == limit {
				continue
			}
			letters = append(letters, DeadLetter{
				Key: store.WorkKey{Queue: w.Queue, ID: w.ID}, Channel: channelOf(w.Group), Reason: w.Reason, Tries: w.Tries,
				Enqueued: w.Enqueued, Content: w.Body, Seq: w.Seq,
			})
		}
		if len(work) < limit {
			break
		}
	}
	return letters, nil
}

// Replay gives dead letters another chance, at the end of their conversation's queue.
// Unknown keys, and those of channels that the actor does not administer, are ignored.
func (h *Hub) Replay(ctx context.Context, actor access.Actor, keys ...store.WorkKey) (err error) {
	defer h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: access.ReplayDeadLetters}, &err)
	return h.onDead(ctx, "replay", actor, access.ReplayDeadLetters, keys, func(u *unit, dead []store.WorkKey) {
		u.Replay(dead...)
		for _, k := range dead {
			u.Wake(k.Queue)
		}
	})
}

// Drop removes dead letters for good. Unknown keys, and those of channels that the actor does
// not administer, are ignored.
func (h *Hub) Drop(ctx context.Context, actor access.Actor, keys ...store.WorkKey) (err error) {
	defer h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: access.DropDeadLetters}, &err)
	return h.onDead(ctx, "drop", actor, access.DropDeadLetters, keys, func(u *unit, dead []store.WorkKey) {
		u.Drop(dead...)
	})
}

// onDead does something with those of keys that are dead letters (living work is somebody's
// message) and on whose channel the actor may do it.
func (h *Hub) onDead(
	ctx context.Context, verb string, actor access.Actor, action access.Action, keys []store.WorkKey, do func(*unit, []store.WorkKey),
) error {
	may := func(channel string) bool { return access.Check(access.Policy{}, actor.On(channel), action) == nil }
	if err := access.Check(access.Policy{}, actor, action); err != nil && !slices.ContainsFunc(actor.AdminOf, may) {
		return fmt.Errorf("channel: %s: %w", verb, err)
	}
	byQueue := map[string][]string{}
	for _, k := range unique(keys) {
		byQueue[k.Queue] = append(byQueue[k.Queue], k.ID)
	}
	return h.do(ctx, func(u *unit) error {
		var dead []store.WorkKey
		for _, queue := range slices.Sorted(maps.Keys(byQueue)) {
			ids := byQueue[queue]
			work, err := h.store.Work(ctx, store.WorkQuery{Queue: queue, IDs: ids, Dead: true, Limit: len(ids)})
			if err != nil {
				return fmt.Errorf("channel: %s: %w", verb, err)
			}
			for _, w := range work {
				if may(channelOf(w.Group)) {
					dead = append(dead, store.WorkKey{Queue: w.Queue, ID: w.ID})
				}
			}
		}
		do(u, dead)
		return nil
	})
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
