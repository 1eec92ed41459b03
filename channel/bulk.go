package channel

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// bulkStep is how much work one step of a call for many looks at.
const bulkStep = 200

// eachWork calls f for the work of one channel in a queue, "" for all work, in the order in
// which it was committed.
func (h *Hub) eachWork(ctx context.Context, q store.WorkQuery, channel string, f func(page []store.Work) error) error {
	for q.Limit = bulkStep; ; {
		found, err := h.store.Work(ctx, q)
		if err != nil {
			return err
		}
		page := make([]store.Work, 0, len(found))
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

// UncertainMessages lists the [conversation.Uncertain] messages of a channel that can still be settled by
// hand, oldest first, at most limit (0 means 50); Delivery.UncertainAt says since when. The error matches ErrNoChannel.
func (h *Hub) UncertainMessages(ctx context.Context, channel string, limit int) (all []*conversation.Message, err error) {
	if _, ok := h.channels.get(channel); !ok {
		return nil, fmt.Errorf("channel: list uncertain messages: %w", ErrNoChannel)
	}
	most := pageSize(limit)
	err = h.eachWork(ctx, store.WorkQuery{Queue: queueCheck}, channel, func(page []store.Work) error {
		for i := range page {
			m, err := h.message(ctx, page[i].ID)
			switch {
			case errors.Is(err, ErrNotFound):
			case err != nil:
				return err
			case m.Delivery.State() == conversation.Uncertain && !m.Sending:
				all = append(all, &m.Message)
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

// ResendUncertain is [Hub.Resend] for every uncertain message of a channel that became so
// before a moment, in the order in which they did: the customers may get them twice. It
// returns how many it sent again; those that may not be sent any more stay as they are.
func (h *Hub) ResendUncertain(ctx context.Context, by conversation.Author, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, by, channel, before, "resend", h.Resend)
}

// GiveUpUncertain is [Hub.GiveUp] for every uncertain message of a channel that became so
// before a moment. It returns how many it gave up.
func (h *Hub) GiveUpUncertain(ctx context.Context, by conversation.Author, channel string, before time.Time) (n int, err error) {
	return h.settleMany(ctx, by, channel, before, "give up", h.GiveUp)
}

func (h *Hub) settleMany(ctx context.Context, by conversation.Author, channel string, before time.Time, verb string,
	settle func(ctx context.Context, by conversation.Author, id string) error,
) (n int, err error) {
	err = ErrNoChannel
	if _, ok := h.channels.get(channel); ok {
		err = h.eachWork(ctx, store.WorkQuery{Queue: queueCheck}, channel, func(page []store.Work) error {
			for i := range page {
				if !page[i].Enqueued.Before(before) {
					continue
				}
				switch err := settle(ctx, by, page[i].ID); {
				case err == nil:
					n++
				case isRefusal(err) && !errors.Is(err, ErrDisabled):
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
	// Channel is the ID of a channel; "" means all, and what belongs to none.
	Channel string
	// Reason is the beginning of DeadLetter.Reason.
	Reason string
	// From and Until bound DeadLetter.Enqueued; Until is not included.
	From, Until time.Time
}

// ReplayAll is [Hub.Replay] for all dead letters that a query names, in their order. It returns
// how many there were.
func (h *Hub) ReplayAll(ctx context.Context, q ReplayQuery) (n int, err error) {
	var keys []store.WorkKey
	err = h.eachWork(ctx, store.WorkQuery{Queue: q.Queue, Dead: true}, q.Channel, func(page []store.Work) error {
		for _, w := range page {
			if strings.HasPrefix(w.Reason, q.Reason) && !w.Enqueued.Before(q.From) && (q.Until.IsZero() || w.Enqueued.Before(q.Until)) {
				keys = append(keys, store.WorkKey{Queue: w.Queue, ID: w.ID})
			}
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("channel: replay: %w", err)
	}
	for n < len(keys) {
		step := keys[n:min(n+bulkStep, len(keys))]
		if err := h.Replay(ctx, step...); err != nil {
			return n, err
		}
		n += len(step)
	}
	return n, nil
}

// RetryNow ends every pause of a channel: what is out is tried at once by this process, and by
// the others when they next look at the store, which they do every Config.Poll; what failed and
// waits for its next try, calls of the host, sends and downloads, is due. "" is all channels.
// It is for an operator who has just mended something and does
// not want to wait for the minute, or the quarter of an hour, until the hub finds out.
//
// Nothing is sent twice for it. A call of the host that begins at this very moment may be
// repeated, with the same ID, as after a crash.
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
	h.hurry(channel)
	return nil
}

// retriedQueues are those whose work waits after a failure.
var retriedQueues = [...]string{queueHost, queueOut, queueFirst, queueMedia}

// makeDue has those of the works tried at once that wait for a later time and are in nobody's
// hands. Enqueued again under its ID work keeps its place.
//
// A worker may claim one at this moment. Whoever begins to send writes the message, so that one
// of the two commits fails and looks again.
func (u *unit) makeDue(queue string, works []store.Work) error {
	var ids []string
	for i := range works {
		if works[i].Due.After(u.now) {
			ids = append(ids, works[i].ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	sends := queue == queueOut || queue == queueFirst
	if sends {
		if err := u.Prefetch(kindMessage, ids...); err != nil { // the work is named after them
			return err
		}
	}
	works, err := u.hub.store.Work(u.ctx, store.WorkQuery{Queue: queue, IDs: ids, Limit: len(ids)})
	if err != nil {
		return err
	}
	for _, w := range works {
		if !w.Due.After(u.now) {
			continue
		}
		if sends {
			var m messageRecord
			if ok, err := u.Load(kindMessage, w.ID, &m); err != nil {
				return err
			} else if !ok || m.Sending {
				continue
			}
			if err := u.saveMessage(&m); err != nil {
				return err
			}
		}
		u.Enqueue(store.Work{Queue: w.Queue, ID: w.ID, Lane: w.Lane, Group: w.Group, Body: w.Body})
	}
	return nil
}

// aboutRetry begins the keys of shared records that say that somebody wants a channel, "" for
// all, to be tried at once.
const aboutRetry = "retry"

// retry is the content of such a record; the newest counts.
type retry struct {
	Channel string `json:"channel"`
}

// learnRetry does here what RetryNow was asked for elsewhere.
func (h *Hub) learnRetry(r *store.Record) error {
	doc, err := step.Decode[retry](*r)
	if err == nil {
		h.hurry(doc.Channel)
	}
	return err
}

// hurry tries at once what is out for a channel, "" for all.
func (h *Hub) hurry(channel string) {
	h.sending.hurry(channel)
	h.telling.hurry(channel)
	h.storing.hurry("")
	for _, queue := range retriedQueues {
		h.wake(queue)
	}
}
