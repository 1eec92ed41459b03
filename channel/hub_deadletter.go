package channel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/internal/usable"
	"github.com/kanava-go/kanava/channel/store"
)

// DeadLetters lists dead letters, oldest first. The error matches ErrUnusable for a query without Work, or with a kind
// of which nobody knows.
func (h *Hub) DeadLetters(ctx context.Context, q deadletter.Query) (letters []deadletter.Letter, err error) {
	if err := usable.Required("kind of work", q.Work); err != nil {
		return nil, fmt.Errorf("channel: list dead letters: %w", err)
	}
	limit := pageSize(q.Limit)
	letters = make([]deadletter.Letter, 0, limit)
	for after := q.After; len(letters) < limit; {
		work, err := h.store.Work(ctx, store.WorkQuery{Queue: q.Work, Dead: true, After: after, Limit: limit})
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
	if len(letters) == 0 && q.After == 0 {
		if err := knownKind(q.Work); err != nil {
			return nil, fmt.Errorf("channel: list dead letters: %w", err)
		}
	}
	return letters, nil
}

// knownKind refuses a kind of work that there is not, since of a mistyped one there are no dead letters. One with dead
// letters may be a newer release's.
func knownKind(work string) error {
	if !slices.Contains(workKinds, work) {
		return &usable.Error{What: "kind of work", Rule: usable.Unknown}
	}
	return nil
}

// ReplayDeadLetters gives dead letters another chance, behind what waits in their conversation.
// Unknown keys are ignored.
func (h *Hub) ReplayDeadLetters(ctx context.Context, keys ...store.WorkKey) error {
	return h.onDead(ctx, "replay", keys, func(u *unit, dead []store.WorkKey) {
		u.Replay(dead...)
		for _, k := range dead {
			u.Wake(k.Queue)
		}
	})
}

// DropDeadLetters removes dead letters for good. Unknown keys are ignored.
func (h *Hub) DropDeadLetters(ctx context.Context, keys ...store.WorkKey) error {
	return h.onDead(ctx, "drop", keys, func(u *unit, dead []store.WorkKey) {
		u.Drop(dead...)
	})
}

// onDead does something with those of keys that are dead letters: living work is somebody's message.
func (h *Hub) onDead(ctx context.Context, verb string, keys []store.WorkKey, do func(*unit, []store.WorkKey)) error {
	return h.do(ctx, func(u *unit) error {
		letters, err := h.deadLettersOf(ctx, keys)
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

// DeadLettersOf returns those of the dead letters with these keys that exist.
func (h *Hub) DeadLettersOf(ctx context.Context, keys ...store.WorkKey) ([]deadletter.Letter, error) {
	return h.deadLettersOf(ctx, keys)
}

func (h *Hub) deadLettersOf(ctx context.Context, keys []store.WorkKey) ([]deadletter.Letter, error) {
	byQueue := map[string][]string{}
	for _, k := range unique(keys) {
		byQueue[k.Queue] = append(byQueue[k.Queue], k.ID)
	}
	var letters []deadletter.Letter
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

func deadLetter(w *store.Work) deadletter.Letter {
	return deadletter.Letter{
		Key: store.WorkKey{Queue: w.Queue, ID: w.ID}, Channel: channelOf(w.Group), Reason: w.Reason, Tries: w.Tries,
		Enqueued: w.Enqueued, Content: w.Body, Seq: w.Seq,
	}
}

// ReplayAllDeadLetters is [Hub.ReplayDeadLetters] for all that a query names, in their order. It
// returns how many. The error matches ErrUnusable for a query without Work, or with a kind of which nobody knows.
func (h *Hub) ReplayAllDeadLetters(ctx context.Context, q deadletter.Replay) (n int, err error) {
	if err := usable.Required("kind of work", q.Work); err != nil {
		return 0, fmt.Errorf("channel: replay: %w", err)
	}
	var keys []store.WorkKey
	err = h.eachWork(ctx, store.WorkQuery{Queue: q.Work, Dead: true}, q.Channel, func(page []store.Work) error {
		for _, w := range page {
			if strings.HasPrefix(w.Reason, q.Reason) && !w.Enqueued.Before(q.From) && (q.Until.IsZero() || w.Enqueued.Before(q.Until)) {
				keys = append(keys, store.WorkKey{Queue: w.Queue, ID: w.ID})
			}
		}
		return nil
	})
	if err == nil && len(keys) == 0 {
		err = knownKind(q.Work)
	}
	if err != nil {
		return 0, fmt.Errorf("channel: replay: %w", err)
	}
	for n < len(keys) {
		step := keys[n:min(n+bulkStep, len(keys))]
		if err := h.ReplayDeadLetters(ctx, step...); err != nil {
			return n, err
		}
		n += len(step)
	}
	return n, nil
}

// RetryNow ends every pause of a channel, "" for all, after an operator has mended something: what is out
// is tried at once (by other processes within Config.Poll), and what failed and waits for its next try is
// due. Nothing is sent twice; a call of the host that begins at this moment may be repeated, with the same
// ID.
func (h *Hub) RetryNow(ctx context.Context, channel string) (err error) {
	for _, queue := range retriedQueues {
		err := h.eachWork(ctx, store.WorkQuery{Queue: queue}, channel, func(page []store.Work) error {
			return h.do(ctx, func(u *unit) error { return u.makeDue(queue, page) })
		})
		if err != nil {
			return fmt.Errorf("channel: retry: %w", err)
		}
	}
	err = h.do(ctx, func(u *unit) error {
		key := aboutRetry + "|" + channel
		if _, err := u.Load(kindShared, key, nil); err != nil {
			return err
		}
		return u.share(key, retry{channel})
	})
	if err != nil {
		return fmt.Errorf("channel: retry: %w", err)
	}
	committed(ctx, func(context.Context) { h.hurry(channel) })
	return nil
}
