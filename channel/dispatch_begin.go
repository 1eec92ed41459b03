package channel

import (
	"cmp"
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// begun is a message that is being sent, as it is stored.
type begun struct {
	known  step.Known
	waited time.Duration // in the outbox
}

// begin marks the message as being sent, durably, so that a crash from here on is
// known to leave the outcome open. It returns nil if there is nothing to send any more,
// and refuses what may no longer be sent.
func (d *dispatcher) begin(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem) (b *begun, err error) {
	if begins, _ := w.Begun.(*beginning); begins != nil {
		return begins.begun, nil
	}
	err = d.settleGuessing(ctx, w, w.Ahead, func(u *unit) (o worker.Outcome, err error) {
		b, o, err = u.begin(ch, w, item)
		return o, err
	})
	return b, err
}

// beginning says that begin was called, with which channel, and what it returned.
type beginning struct {
	*begun
	with *Channel
}

// beginAll is begin for those of which everything was read ahead. If one of them stands in
// the way of the others, each is left to its worker.
func (d *dispatcher) beginAll(ctx context.Context, works []worker.Job) {
	var guess []step.Known
	for i := range works {
		guess = append(guess, works[i].Ahead...)
	}
	done := make([]*beginning, len(works))
	err := d.steps.Try(ctx, guess, d.unit(func(u *unit) error {
		for i := range works {
			w := &works[i]
			ch, ok := d.channels.get(w.Group)
			if !ok || !ch.Enabled || d.sending.out(ch.ID) || w.Started || !isAhead(w, kindMessage) || !isAhead(w, kindCustomer) {
				continue
			}
			b, o, err := u.begin(ch, w, w.Item.(*outboundItem))
			if err != nil {
				return err
			}
			if err := w.Settle(u.Step, o); err != nil {
				return err
			}
			done[i] = &beginning{b, ch}
		}
		return nil
	}))
	if err != nil {
		return
	}
	for i := range works {
		works[i].Begun = done[i]
	}
}

// begin marks the message as being sent: then the work is started and stays in hand. Otherwise it
// returns nil and what becomes of the work.
func (u *unit) begin(ch *Channel, w *worker.Job, item *outboundItem) (*begun, worker.Outcome, error) {
	var m messageRecord
	ok, err := u.Load(kindMessage, item.Message, &m)
	if err != nil {
		return nil, worker.Outcome{}, err
	}
	if state := m.Delivery.State(); !ok || state != conversation.Queued && state != conversation.Uncertain {
		return nil, worker.Done(), nil // erased, cancelled, or settled meanwhile
	}
	customer, err := u.customer(item.Customer)
	if err != nil || customer == nil {
		return nil, worker.Done(), err
	}
	if m.Sending || u.core.mayHaveHappened(&w.Work, item) {
		// An earlier attempt began, or may have, and nobody wrote down how it ended.
		return nil, worker.Done(), u.doubt(ch, w, &m, item)
	}
	switch f := u.objection(ch, customer, &item.Outbound); {
	case f != nil && m.Delivery.State() == conversation.Uncertain: // it may have arrived while it was allowed
		return nil, worker.Done(), nil
	case f != nil:
		return nil, worker.Done(), u.failed(ch, &m, *f)
	}
	if m.Redacted { // maybe while nobody here could read what waits, as one of an older release beside a newer one
		if _, err := item.maskSent(&m); err != nil {
			return nil, worker.Outcome{}, err
		}
	}
	item.Outbound.To = customer.Recipient() // the person's number may have changed
	if err := u.route(ch, &item.Outbound); err != nil {
		return nil, worker.Outcome{}, err
	}
	m.Sending = true
	u.Start(w.Lease())
	if err := u.giveMessage(&m); err != nil {
		return nil, worker.Outcome{}, err
	}
	b := &begun{u.Stored(kindMessage, m.ID), u.now.Sub(m.Delivery.QueuedAt)}
	return b, worker.Outcome{}, nil
}

// objection is why a message that was allowed when it was queued may not go out any more:
// its window has closed, its template was paused or deleted, or the customer has stopped
// marketing or withdrawn a consent that it needs. nil: nothing is in the way.
func (u *unit) objection(ch *Channel, customer *conversation.Customer, out *message.Outbound) *message.Failure {
	if err := permits(ch, customer, out, u.now); err != nil {
		f := windowFailure(err)
		return &f
	}
	t, ok := out.Content.(*message.Template)
	if !ok || ch.Templates == nil {
		return nil
	}
	code := 0
	def, known := ch.Templates.Lookup(t.Message.Name(), t.Message.Language())
	switch {
	case !known && ch.Templates.Synced().IsZero():
		return nil // the catalog does not know better than WhatsApp
	case !known:
		code = codeNoTemplate
	case mayMarket(customer, def.Category) != nil:
		code = codeOptedOut
	case needsConsent(customer, out, def.Category, u.now) && consents(ch, customer, def.Category) != nil:
		return &message.Failure{
			Class: message.Class(conversation.CauseNoConsent), Retry: message.Retry{Advice: message.RetryFixed}, Title: "No consent",
			Hint: "The customer has withdrawn the consent that this message needs. Ask for a new one first.",
		}
	default:
		s := def.Sendable(u.now)
		if s.OK {
			return nil
		}
		code = cmp.Or(s.Code, codeNoTemplate)
	}
	f := refusedLike(code)
	return &f
}

// needsConsent says that a message is one that only goes to people who agreed to such ones: a
// notification, or marketing outside the window.
func needsConsent(customer *conversation.Customer, out *message.Outbound, category template.Category, now time.Time) bool {
	return out.Lane == message.LaneNotify || category == template.Marketing && !customer.WindowOpenAt(now)
}
