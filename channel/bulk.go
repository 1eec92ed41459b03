package channel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
)

// bulkStep is how much work one step of a call for many looks at.
const bulkStep = 200

// eachWork calls f for the work of one channel in a queue, "" for all work, in the order in
// which it was committed.
func (h *Hub) eachWork(ctx context.Context, q WorkQuery, channel string, f func(page []Work) error) error {
	for q.Limit = bulkStep; ; {
		found, err := h.store.Work(ctx, q)
		if err != nil {
			return err
		}
		page := make([]Work, 0, len(found))
		for _, w := range found {
			q.After = w.Seq
			if channel == "" || channelOf(w.Group) == channel {
				page = append(page, w)
			}
		}
		if len(page) > 0 {
			if err := f(page); err != nil {
				return err
			}
		}
		if len(found) < bulkStep {
			return nil
		}
	}
}

// UncertainMessages lists the [Uncertain] messages of a channel that can still be settled by
// hand, oldest first, at most limit (0 means 50); Delivery.UncertainAt says since when. The actor must have the right to settle
// them. The error matches ErrNoChannel or access.ErrDenied.
func (h *Hub) UncertainMessages(ctx context.Context, actor access.Actor, channel string, limit int) (all []*Message, err error) {
	if err := h.maySettle(actor, channel); err != nil {
		return nil, fmt.Errorf("channel: list uncertain messages: %w", err)
	}
	most := pageSize(limit)
	err = h.eachWork(ctx, WorkQuery{Queue: queueCheck}, channel, func(page []Work) error {
		for i := range page {
			m, err := h.message(ctx, page[i].ID)
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			case m.Delivery.State() == Uncertain && !m.Sending:
				all = append(all, m)
			}
			if len(all) == most {
				return errEnough
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, fmt.Errorf("channel: list uncertain messages: %w", err)
	}
	return all, nil
}

var errEnough = errors.New("channel: enough")

func (h *Hub) maySettle(actor access.Actor, channel string) error {
	ch, ok := h.channels.get(channel)
	if !ok {
		return ErrNoChannel
	}
	return access.Check(ch.Access, actor.On(channel), access.Resend)
}

// ResendUncertain is [Hub.Resend] for every uncertain message of a channel that became so
// before a moment, in the order in which they did: the customers may get them twice. It
// returns how many it sent again; those that may not be sent any more stay as they are.
func (h *Hub) ResendUncertain(ctx context.Context, actor access.Actor, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, actor, channel, before, "resend", h.Resend)
}

// GiveUpUncertain is [Hub.GiveUp] for every uncertain message of a channel that became so
// before a moment. It returns how many it gave up.
func (h *Hub) GiveUpUncertain(ctx context.Context, actor access.Actor, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, actor, channel, before, "give up", h.GiveUp)
}

func (h *Hub) settleMany(ctx context.Context, actor access.Actor, channel string, before time.Time, verb string,
	settle func(ctx context.Context, actor access.Actor, id string) error,
) (n int, err error) {
	if err = h.maySettle(actor, channel); err == nil {
		err = h.eachWork(ctx, WorkQuery{Queue: queueCheck}, channel, func(page []Work) error {
			for i := range page {
				if !page[i].Enqueued.Before(before) {
					continue
				}
				switch err := settle(ctx, actor, page[i].ID); {
				case err == nil:
					n++
				case isRefusal(err) && !errors.Is(err, ErrDisabled) && !errors.Is(err, access.ErrDenied):
				default:
					return err
				}
			}
			return nil
		})
	}
	if err != nil {
		return n, fmt.Errorf("channel: %s uncertain messages: %w", verb, err)
	}
	return n, nil
}

// ReplayQuery says which dead letters are to be revived. Each field that is set narrows it.
type ReplayQuery struct {
	// Queue is the name of a queue as [Hub.Health] lists it; required.
	Queue string
	// Channel is the ID of a channel; "" means all that the actor administers.
	Channel string
	// Reason is the beginning of DeadLetter.Reason.
	Reason string
	// From and Until bound DeadLetter.Enqueued; Until is not included.
	From, Until time.Time
}

// ReplayAll is [Hub.Replay] for all dead letters that a query names, in their order. It returns
// how many there were.
func (h *Hub) ReplayAll(ctx context.Context, actor access.Actor, q ReplayQuery) (n int, err error) {
	if err := access.Check(access.Policy{}, actor.On(q.Channel), access.ReplayDeadLetters); err != nil {
		h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: access.ReplayDeadLetters, Channel: q.Channel}, &err)
		return 0, fmt.Errorf("channel: replay: %w", err)
	}
	var keys []WorkKey
	err = h.eachWork(ctx, WorkQuery{Queue: q.Queue, Dead: true}, q.Channel, func(page []Work) error {
		for _, w := range page {
			if strings.HasPrefix(w.Reason, q.Reason) && !w.Enqueued.Before(q.From) && (q.Until.IsZero() || w.Enqueued.Before(q.Until)) {
				keys = append(keys, WorkKey{w.Queue, w.ID})
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("channel: replay: %w", err)
	}
	for n < len(keys) {
		step := keys[n:min(n+bulkStep, len(keys))]
		if err := h.Replay(ctx, actor, step...); err != nil {
			return n, err
		}
		n += len(step)
	}
	return n, nil
}

// RetryNow ends every pause of a channel: what is out is tried at once by this process, and
// what failed and waits for its next try, calls of the host, sends and downloads, is due. "" is
// all channels. The actor must administer them. It is for an operator who has just mended
// something and does not want to wait for the minute, or the quarter of an hour, until the hub
// finds out.
func (h *Hub) RetryNow(ctx context.Context, actor access.Actor, channel string) (err error) {
	defer h.hooks.audit(ctx, &AuditInfo{Actor: actor, Action: access.ReplayDeadLetters, Channel: channel}, &err)
	if err := access.Check(access.Policy{}, actor.On(channel), access.ReplayDeadLetters); err != nil {
		return fmt.Errorf("channel: retry: %w", err)
	}
	h.sending.hurry(channel)
	h.telling.hurry(channel)
	for _, queue := range []string{queueHost, queueOut, queueFirst, queueMedia} {
		err := h.eachWork(ctx, WorkQuery{Queue: queue}, channel, func(page []Work) error {
			// What waits for a later time is in nobody's hands. Enqueued again under its ID it
			// keeps its place, and is due.
			b := &Batch{}
			now := h.now()
			for i := range page {
				if w := &page[i]; w.Due.After(now) && !w.Once {
					b.Enqueue = append(b.Enqueue, Work{Queue: w.Queue, ID: w.ID, Lane: w.Lane, Group: w.Group, Body: w.Body})
				}
			}
			if len(b.Enqueue) == 0 {
				return nil
			}
			_, err := h.store.Commit(ctx, b)
			return err
		})
		if err != nil {
			return fmt.Errorf("channel: retry: %w", err)
		}
		h.wake(queue)
	}
	return nil
}
