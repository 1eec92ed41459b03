package channel

import (
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// A status can overtake the answer to the send that it is about. If neither our own ID
// nor the wamid leads to a message, the status waits for a while before it is taken to be
// about a message that another application sent.
const (
	statusPatience = 6
	statusPause    = 5 * time.Second
)

// status merges what WhatsApp says about an outgoing message.
func (u *unit) status(in *incoming, p *webhook.Status, w *worker.Job) error {
	m, err := u.messageOf(in.ch.ID, p)
	if err != nil {
		return err
	}
	if m == nil {
		m, err = u.twinOf(in.ch, p)
	}
	if err != nil {
		return err
	}
	if m == nil {
		return u.stranger(in, p, w)
	}
	before := m.Delivery.State()
	known := m.Delivery
	m.Delivery = m.Delivery.Merge(factsOf(p, in.at))
	u.bookStatus(in.ch, m)
	if m.WAMID == "" {
		m.WAMID = p.ID
	}
	if err := u.indexWAMID(in.ch.ID, m); err != nil {
		return err
	}
	if err := u.outcome(in.ch, m, known); err != nil {
		return err
	}
	if err := u.saveMessage(m); err != nil {
		return err
	}
	if err := u.freeEntry(in, p, m); err != nil {
		return err
	}
	if err := u.noteOptOut(m); err != nil {
		return err
	}
	switch state := m.Delivery.State(); {
	case state != before:
		return u.delivery(in.ch, m, state, in.at)
	case known.Failure != m.Delivery.Failure: // beside a delivery, or an earlier reason for the same end
		return u.tellFailure(in.ch, m, state, in.at)
	}
	return nil
}

// messageOf finds the message that a status is about: by the ID that we sent along, or
// by WhatsApp's own.
func (u *unit) messageOf(channel string, p *webhook.Status) (*messageRecord, error) {
	if isMessageID(p.OpaqueID) {
		m := new(messageRecord)
		ok, err := u.Load(kindMessage, p.OpaqueID, m)
		if err != nil || ok && m.Channel == channel && m.Direction == conversation.Outbound {
			return m, err
		}
	}
	return u.lookupWAMID(channel, p.ID)
}

// twinOf finds the message of a status that names it by its other wamid.
func (u *unit) twinOf(ch *Channel, p *webhook.Status) (*messageRecord, error) {
	if wamidToken(p.ID) == "" {
		return nil, nil
	}
	customer, err := u.addresseeOf(ch, who{Identity: p.Recipient, Group: p.GroupID})
	if err != nil || customer == nil {
		return nil, err
	}
	return u.lookupTwin(customer, p.ID)
}

// stranger deals with a status of an unknown message.
func (u *unit) stranger(in *incoming, p *webhook.Status, w *worker.Job) error {
	if w.Tries < statusPatience && !isMessageID(p.OpaqueID) {
		in.later = &store.Postponed{
			Lease: w.Lease(), Due: u.now.Add(statusPause), Reason: "status of a message that is not known yet",
		}
		return nil
	}
	u.count(in.ch.ID, "status_elsewhere", in.at, 1)
	u.core.log.LogAttrs(u.ctx, slog.LevelDebug, "channel: status of a message that was sent elsewhere",
		slog.String("channel", in.ch.ID), slog.String("status", string(p.Status)))
	return nil
}

// factsOf turns a status into facts about the delivery.
func factsOf(p *webhook.Status, at time.Time) conversation.Delivery {
	var d conversation.Delivery
	switch p.Status {
	case webhook.StatusSent:
		d.SentAt = at
	case webhook.StatusDelivered:
		d.DeliveredAt = at
	case webhook.StatusRead:
		d.ReadAt = at
	case webhook.StatusPlayed:
		d.PlayedAt = at
	case webhook.StatusFailed:
		d.FailedAt = at
		f := message.Classify(0, 0, 0, false)
		if len(p.Errors) > 0 {
			f = message.Classify(p.Errors[0].Code, 0, 0, false)
		}
		d.Failure = failureOf(f)
	}
	if p.Pricing != nil {
		d.Price = &conversation.Price{
			Billable: &p.Pricing.Billable, Category: p.Pricing.Category, Type: p.Pricing.Type, Model: p.Pricing.Model,
		}
	}
	return d
}

// freeEntry notes how long messages to the customer are free, which a status may state.
func (u *unit) freeEntry(in *incoming, p *webhook.Status, m *messageRecord) error {
	if p.Conversation == nil || p.Conversation.Origin != "referral_conversion" || p.Conversation.Expires.IsZero() {
		return nil
	}
	var conv conversation.Conversation
	if ok, err := u.Load(kindConversation, m.Conversation, &conv); err != nil || !ok {
		return err
	}
	customer, err := u.customer(conv.Customer)
	if err != nil || customer == nil {
		return err
	}
	before := customer.Window
	u.observe(in.ch, customer, window.Event{
		Kind: window.KindStatus, At: in.at, FreeEntryUntil: p.Conversation.Expires,
	})
	if customer.Window == before {
		return nil
	}
	return u.saveCustomer(customer)
}
