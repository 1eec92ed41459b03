package channel

import (
	"log/slog"
	"reflect"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
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
func (in *incoming) status(p *webhook.Status) (worker.Outcome, error) {
	m, err := in.messageOf(in.ch.ID, p)
	if err == nil && m == nil {
		m, err = in.twinOf(in.ch, p)
	}
	switch {
	case err != nil:
		return worker.Outcome{}, err
	case m != nil:
		news, err := in.learnStatus(p, m)
		return worker.Merged(news), err
	case in.work.Tries < statusPatience && !isMessageID(p.OpaqueID):
		return worker.Later(in.now.Add(statusPause), "status of a message that is not known yet"), nil
	}
	in.count(in.ch.ID, "status_elsewhere", in.at, 1)
	in.core.log.LogAttrs(in.ctx, slog.LevelDebug, "channel: status of a message that was sent elsewhere",
		slog.String("channel", in.ch.ID), slog.String("status", string(p.Status)))
	return worker.Done(), nil
}

// learnStatus merges a status into its message. There is no news in one that came before: nothing but
// the message remembers which did.
func (in *incoming) learnStatus(p *webhook.Status, m *messageRecord) (news bool, err error) {
	known := m.Delivery
	m.Delivery = m.Delivery.Merge(factsOf(p, in.at))
	if err := in.freeEntry(p, m); err != nil {
		return false, err
	}
	if m.WAMID != "" && reflect.DeepEqual(known, m.Delivery) {
		return false, nil
	}
	return true, in.statusChanged(p, m, known)
}

// statusChanged follows what a status says that is new.
func (in *incoming) statusChanged(p *webhook.Status, m *messageRecord, known conversation.Delivery) error {
	before := known.State()
	in.bookStatus(in.ch, m)
	if err := in.learnWAMID(in.ch.ID, m, p.ID); err != nil {
		return err
	}
	if err := in.outcome(in.ch, m, known); err != nil {
		return err
	}
	if err := in.giveMessage(m); err != nil {
		return err
	}
	if err := in.noteRefusal(m); err != nil {
		return err
	}
	switch state := m.Delivery.State(); {
	case state != before:
		return in.delivery(in.ch, m, state, in.at)
	case known.Failure != m.Delivery.Failure: // beside a delivery, or an earlier reason for the same end
		return in.tellFailure(in.ch, m, state, in.at)
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
func (in *incoming) freeEntry(p *webhook.Status, m *messageRecord) error {
	if p.Conversation == nil || p.Conversation.Origin != "referral_conversion" || p.Conversation.Expires.IsZero() {
		return nil
	}
	_, customer, err := in.talkOf(m.Conversation)
	if err != nil || customer == nil {
		return err
	}
	before := customer.Window
	in.observe(in.ch, customer, window.Event{
		Kind: window.KindStatus, At: in.at, FreeEntryUntil: p.Conversation.Expires,
	})
	if customer.Window == before {
		return nil
	}
	return in.saveCustomer(customer)
}
