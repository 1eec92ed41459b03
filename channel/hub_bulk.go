package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

func (h *Hub) settleMany(ctx context.Context, by conversation.Author, channel string, before time.Time, verb string,
	settle func(ctx context.Context, by conversation.Author, id string) error,
) (n int, err error) {
	err = ErrNoChannel
	if _, ok := h.channels.get(channel); ok {
		err = h.eachWork(ctx, store.WorkQuery{Queue: workCheck}, channel, func(page []store.Work) error {
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

// retriedQueues are those whose work waits after a failure.
var retriedQueues = [...]string{workHost, workOut, workFirst, workMedia}

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
	sends := queue == workOut || queue == workFirst
	if sends {
		if err := u.Prefetch(kindMessage, ids...); err != nil { // the work is named after them
			return err
		}
	}
	works, err := u.Work(queue, ids...)
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
