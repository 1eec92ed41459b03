package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/window"
)

// A message that waits in the outbox of a channel which does not send, because of an outage or
// because it was switched off, is not tried, so that nobody would notice that its window
// closes. While that lasts a piece of work goes through the outbox for it: an agent who knows
// can send a template.

// expiryPause is how often the outbox is looked at for messages that came meanwhile. The end of
// a window that is known is not waited for any longer.
const expiryPause = time.Minute

// expire fails the waiting messages of a channel whose window has closed.
func (d *dispatcher) expire(ctx context.Context, w *worker.Job) error {
	ch, ok := d.channels.get(w.Group)
	if !ok {
		return fmt.Errorf("channel: look at windows: %w", ErrNoChannel)
	}
	out, err := d.outagesStored(ctx, []string{ch.ID})
	if err != nil {
		return err
	}
	next, waiting := d.now().Add(expiryPause), false
	if len(out) > 0 || !ch.Enabled {
		err = d.eachWork(ctx, store.WorkQuery{Queue: workOut}, ch.ID, func(page []store.Work) error {
			waiting = true
			closes, err := d.expirePage(ctx, ch, page)
			next = times.Earliest(next, closes)
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(out) == 0 && !waiting { // it sends again, or nothing can come any more
		return d.finish(ctx, w)
	}
	return d.settle(ctx, w, func(*unit) (worker.Outcome, error) {
		return worker.Later(next, "windows of messages that wait"), nil
	})
}

// expirePage fails those of the messages whose window has closed, and returns when the next one
// closes; zero if none does.
func (d *dispatcher) expirePage(ctx context.Context, ch *Channel, page []store.Work) (next time.Time, err error) {
	items, of := make([]outboundItem, len(page)), map[string]bool{}
	for i := range page {
		if err := json.Unmarshal(page[i].Body, &items[i]); err != nil {
			continue // the dispatcher buries it
		}
		of[items[i].Customer] = true
	}
	read := records{}
	read.load(ctx, d.store, kindCustomer, of)
	now := d.now()
	for i := range page {
		if items[i].Outbound.Content == nil || d.mayHaveHappened(&page[i], &items[i]) {
			continue
		}
		r := read[store.RecordKey{Kind: kindCustomer, Key: items[i].Customer}]
		if r != nil {
			c, err := step.Decode[conversation.Customer](*r)
			if err != nil {
				return next, err
			}
			if c.MergedInto == "" && permits(ch, c, &items[i].Outbound, now) == nil {
				next = times.Earliest(next, closesFor(c, &items[i].Outbound, now))
				continue
			}
		}
		closes, err := d.expireOne(ctx, ch, &page[i], &items[i])
		if err != nil {
			return next, err
		}
		next = times.Earliest(next, closes)
	}
	return next, nil
}

// expireOne fails the message if its window has closed, and returns when it does otherwise.
func (d *dispatcher) expireOne(ctx context.Context, ch *Channel, w *store.Work, item *outboundItem) (closes time.Time, err error) {
	err = d.do(ctx, func(u *unit) error {
		closes = time.Time{}
		var m messageRecord
		if ok, err := u.Load(kindMessage, item.Message, &m); err != nil || !ok || m.Sending || m.Delivery.State() != conversation.Queued {
			return err
		}
		customer, err := u.customer(item.Customer)
		if err != nil || customer == nil {
			return err
		}
		err = permits(ch, customer, &item.Outbound, u.now)
		if err == nil {
			closes = closesFor(customer, &item.Outbound, u.now)
			return nil
		}
		// If a worker begins to send at this moment, one of the two commits fails on the
		// message's version and looks again.
		u.Drop(store.WorkKey{Queue: w.Queue, ID: w.ID})
		return u.failed(ch, &m, windowFailure(err))
	})
	return closes, err
}

// closesFor is when a message that needs the customer's window open may not be sent any more:
// shortly before it closes. Zero if that is not to come.
func closesFor(c *conversation.Customer, out *message.Outbound, now time.Time) time.Time {
	at, ok := c.Window.ClosesAt()
	at = at.Add(-window.DefaultMargin)
	if !ok || !at.After(now) || out.Content.Kind() == message.KindTemplate {
		return time.Time{}
	}
	return at
}
