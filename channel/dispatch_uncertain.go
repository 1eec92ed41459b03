package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store"
)

// uncertain records that nobody knows whether WhatsApp took the message, frees its
// conversation, and arranges for the question to be looked at again.
func (d *dispatcher) uncertain(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem) error {
	return d.settleSend(ctx, w, item, func(u *unit, m *messageRecord) (worker.Outcome, error) {
		return worker.Done(), u.doubt(ch, w, m, item)
	})
}

func (u *unit) doubt(ch *Channel, w *worker.Job, m *messageRecord, item *outboundItem) error {
	m.Sending = false
	if !m.Delivery.Settled() { // a status may have been faster
		m.Delivery = m.Delivery.Merge(conversation.Delivery{UncertainAt: u.now.UTC()})
		wait := time.Duration(cmp.Or(ch.UncertainWait, 2*duration.Minute))
		if u.core.mayHaveHappened(&w.Work, item) { // its status may have come in the time that was lost
			item.Left, wait = true, keepUncertain
		}
		if _, err := item.maskSent(m); err != nil {
			return err
		}
		body, err := item.encode(w.Body)
		if err != nil {
			return err
		}
		u.Enqueue(store.Work{Queue: workCheck, ID: m.ID, Group: ch.ID, Due: u.now.Add(wait), Body: body})
		if err := u.delivery(ch, m, conversation.Uncertain, u.now); err != nil {
			return err
		}
	}
	return u.saveMessage(m)
}

// keepUncertain is how long a message whose fate stays open is kept, so that an agent can
// have it sent again.
const keepUncertain = 7 * 24 * time.Hour

// check looks at a message whose fate was open when the wait is over.
func (d *dispatcher) check(ctx context.Context, w *worker.Job) error {
	return d.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		var m messageRecord
		if ok, err := u.Load(kindMessage, w.ID, &m); err != nil || !ok || m.Delivery.Settled() {
			return worker.Done(), err
		}
		ch, ok := d.channels.get(w.Group)
		if !ok {
			return noSuchChannel(u.now), nil
		}
		var item outboundItem
		if err := json.Unmarshal(w.Body, &item); err != nil {
			return worker.Outcome{}, fmt.Errorf("channel: check message: %w", errDamaged)
		}
		switch {
		case item.Left:
			return worker.Done(), nil // nobody settled it; it stays uncertain
		case ch.Uncertain == settings.Resend && item.Resends < maxResends && !d.mayHaveHappened(&w.Work, &item):
			return worker.Done(), u.again(&m, &item, w.Body)
		}
		item.Left = true
		body, err := item.encode(w.Body)
		if err != nil {
			return worker.Outcome{}, err
		}
		return worker.LaterAs(u.now.Add(keepUncertain), "held for an agent", body), nil
	})
}

// again puts an uncertain message, as it is stored, back into the outbox.
func (u *unit) again(m *messageRecord, item *outboundItem, stored []byte) error {
	item.Resends++
	item.Left, item.Perhaps = false, false
	body, err := item.encode(stored)
	if err != nil {
		return err
	}
	u.Enqueue(store.Work{Queue: workOut, ID: m.ID, Lane: m.Conversation, Group: m.Channel, Body: body})
	return nil
}

// mayGoAgain refuses what Reply or Notify would refuse for the same cause, with the same error.
func (u *unit) mayGoAgain(ch *Channel, customer *conversation.Customer, out *message.Outbound) error {
	if !ch.Enabled {
		return ErrDisabled
	}
	if _, err := u.mayGoNow(ch, customer, out); err != nil {
		return err
	}
	return u.fits(ch, out.Content, u.now)
}

// settleByHand lets an actor decide on an uncertain message. It writes the message in any
// case, so that of two agents, or an agent and a status, one comes first.
func (d *dispatcher) settleByHand(ctx context.Context, by conversation.Author, id string,
	decide func(u *unit, ch *Channel, m *messageRecord) error,
) (err error) {
	what := deed{by: by, message: id}
	defer func() { d.refused(ctx, &what, err) }()
	return d.do(ctx, func(u *unit) error {
		ch, m, err := u.actOn(&what)
		if err != nil {
			return err
		}
		if m.Direction != conversation.Outbound || m.Delivery.State() != conversation.Uncertain || m.Sending {
			return ErrNotUncertain
		}
		if err := decide(u, ch, m); err != nil {
			return err
		}
		return u.saveMessage(m)
	})
}
