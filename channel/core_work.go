package channel

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// eachWork calls f for the work of one channel in a queue, "" for all work, in the order in
// which it was committed.
func (h *core) eachWork(ctx context.Context, q store.WorkQuery, channel string, f func(page []store.Work) error) error {
	q.Limit = bulkStep
	for found, err := range step.Works(ctx, h.store, q) {
		if err != nil {
			return err
		}
		page := slices.DeleteFunc(found, func(w store.Work) bool { return channel != "" && channelOf(w.Group) != channel })
		if len(page) == 0 {
			continue
		}
		if err := f(page); err != nil {
			return err
		}
	}
	return nil
}

var errEnough = errors.New("channel: enough")

// bulkStep is how much work one step of a call for many looks at.
const bulkStep = 200

// eventOf reads the one event that a piece of work holds.
func eventOf(w *store.Work) (ev *webhook.Event, a inItem, err error) {
	if err := json.Unmarshal(w.Body, &a); err != nil || a.Body == nil {
		return nil, a, errDamaged
	}
	ev, err = theEvent(a.Body)
	return ev, a, err
}

// theEvent reads a body with one event.
func theEvent(body []byte) (*webhook.Event, error) {
	d, err := webhook.Parse(body)
	if err != nil {
		return nil, errDamaged
	}
	for ev := range d.Events() {
		return ev, nil
	}
	return nil, errDamaged
}

// forgetAfter is how long the hub remembers which items it has seen. WhatsApp repeats
// deliveries for up to seven days.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview,
// checked 2026-10-06.
const forgetAfter = 8 * 24 * time.Hour

func (a *attempts) failedAt(now time.Time) {
	if a.Tries++; a.Failing.IsZero() {
		a.Failing = now.UTC()
	}
}

// attempted is an item that counts its own attempts.
type attempted interface {
	// failedAgain returns how often the work had failed by its own fault and the item as it is
	// stored after another time.
	failedAgain(now time.Time) (before int, body []byte)
}

func (i *hostItem) failedAgain(now time.Time) (before int, body []byte) {
	next := *i
	next.failedAt(now)
	return i.Tries, encoded(&next)
}

func (i *fetchItem) failedAgain(now time.Time) (before int, body []byte) {
	next := *i
	next.failedAt(now)
	return i.Tries, encoded(&next)
}

// encoded is nil for what cannot be encoded: it is counted the next time.
func encoded(item any) []byte {
	body, err := json.Marshal(item)
	if err != nil {
		return nil
	}
	return body
}

// longLease is for work that may take long: a file of 100 MB, a round of pruning.
const longLease = 15 * time.Minute

// before is the time before which something goes; zero if nothing does.
func before(now time.Time, age duration.Duration) time.Time {
	if age == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(age))
}
