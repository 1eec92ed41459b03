package conversation

import (
	"slices"
	"time"

	"github.com/kanava-go/kanava/internal/times"
)

// DeliveryState is what became of an outbound message, in one word.
type DeliveryState string

// Delivery states, in the order in which a message usually passes through them.
const (
	// Scheduled waits for its time.
	Scheduled DeliveryState = "scheduled"
	// Queued waits in the outbox.
	Queued DeliveryState = "queued"
	// Uncertain was handed to WhatsApp, but the answer was lost: it may have arrived.
	Uncertain DeliveryState = "uncertain"
	// Accepted was taken by WhatsApp, which has not said more yet.
	Accepted DeliveryState = "accepted"
	// Sent left WhatsApp's servers: one tick.
	Sent DeliveryState = "sent"
	// Delivered reached the customer's phone: two ticks.
	Delivered DeliveryState = "delivered"
	// Read was displayed: blue ticks, for customers who share read receipts.
	Read DeliveryState = "read"
	// Played is a voice message that was listened to.
	Played DeliveryState = "played"
	// Failed will not arrive.
	Failed DeliveryState = "failed"
	// Cancelled was taken back before it was sent.
	Cancelled DeliveryState = "cancelled"
)

// Delivery is everything known about the fate of an outbound message, as facts that
// can be learned in any order and any number of times. The zero Delivery knows
// nothing.
//
// Facts only accumulate: each time is the earliest that was reported. A late "sent"
// therefore neither takes back "read" nor revives a message that failed.
type Delivery struct {
	// ScheduledFor is when a message is to be sent that was written ahead; zero for one that was to go
	// out at once.
	ScheduledFor time.Time `json:"scheduled_for,omitzero"`
	QueuedAt     time.Time `json:"queued_at,omitzero"`
	AcceptedAt   time.Time `json:"accepted_at,omitzero"`
	UncertainAt  time.Time `json:"uncertain_at,omitzero"`
	SentAt       time.Time `json:"sent_at,omitzero"`
	DeliveredAt  time.Time `json:"delivered_at,omitzero"`
	ReadAt       time.Time `json:"read_at,omitzero"`
	PlayedAt     time.Time `json:"played_at,omitzero"`
	FailedAt     time.Time `json:"failed_at,omitzero"`
	CancelledAt  time.Time `json:"cancelled_at,omitzero"`
	// Failure is the reason that was reported first.
	Failure *Failure `json:"failure,omitempty"`
	// Price is what WhatsApp said about the cost.
	Price *Price `json:"price,omitempty"`
}

// Failure is why a message did not go through, in words for an agent.
type Failure struct {
	// Code is Meta's error code, 0 if the hub itself refused the message.
	Code int `json:"code,omitempty"`
	// Class groups codes, such as "window_closed"; see package message. "given_up" says that
	// an agent settled an uncertain message with channel.Hub.GiveUpMessage.
	Class string `json:"class,omitempty"`
	// Title is a short name; Hint says what to do.
	Title string `json:"title,omitempty"`
	Hint  string `json:"hint,omitempty"`
}

// Price is the pricing part of a status.
type Price struct {
	Billable *bool  `json:"billable,omitempty"`
	Category string `json:"category,omitempty"`
	Type     string `json:"type,omitempty"`
	Model    string `json:"model,omitempty"`
}

// State sums the facts up. What the customer saw counts more than a failure that is
// reported as well, because WhatsApp may deliver to one device and fail on another.
func (d *Delivery) State() DeliveryState {
	switch {
	case !d.PlayedAt.IsZero():
		return Played
	case !d.ReadAt.IsZero():
		return Read
	case !d.DeliveredAt.IsZero():
		return Delivered
	case !d.FailedAt.IsZero():
		return Failed
	case !d.SentAt.IsZero():
		return Sent
	case !d.AcceptedAt.IsZero():
		return Accepted
	case !d.CancelledAt.IsZero():
		return Cancelled
	case !d.UncertainAt.IsZero():
		return Uncertain
	case !d.QueuedAt.IsZero():
		return Queued
	case !d.ScheduledFor.IsZero():
		return Scheduled
	}
	return ""
}

// Merge returns the facts of both. It is commutative, associative and idempotent.
func (d Delivery) Merge(o Delivery) Delivery {
	failure := d.Failure
	if failure == nil || o.Failure != nil && earlierFailure(o, d) {
		failure = o.Failure
	}
	return Delivery{
		ScheduledFor: times.Earliest(d.ScheduledFor, o.ScheduledFor),
		QueuedAt:     times.Earliest(d.QueuedAt, o.QueuedAt),
		AcceptedAt:   times.Earliest(d.AcceptedAt, o.AcceptedAt),
		UncertainAt:  times.Earliest(d.UncertainAt, o.UncertainAt),
		SentAt:       times.Earliest(d.SentAt, o.SentAt),
		DeliveredAt:  times.Earliest(d.DeliveredAt, o.DeliveredAt),
		ReadAt:       times.Earliest(d.ReadAt, o.ReadAt),
		PlayedAt:     times.Earliest(d.PlayedAt, o.PlayedAt),
		FailedAt:     times.Earliest(d.FailedAt, o.FailedAt),
		CancelledAt:  times.Earliest(d.CancelledAt, o.CancelledAt),
		Failure:      failure,
		Price:        d.Price.merge(o.Price),
	}
}

// Settled says that WhatsApp has told what became of the message.
func (d *Delivery) Settled() bool {
	switch d.State() {
	case Scheduled, Queued, Uncertain, "":
		return false
	}
	return true
}

// earlierFailure orders failures by time and then by content, so that the choice
// does not depend on which was seen first.
func earlierFailure(a, b Delivery) bool {
	if !a.FailedAt.Equal(b.FailedAt) {
		return b.FailedAt.IsZero() || !a.FailedAt.IsZero() && a.FailedAt.Before(b.FailedAt)
	}
	x, y := a.Failure, b.Failure
	switch {
	case x.Code != y.Code:
		return x.Code < y.Code
	case x.Class != y.Class:
		return x.Class < y.Class
	case x.Title != y.Title:
		return x.Title < y.Title
	}
	return x.Hint < y.Hint
}

// merge keeps what is known; of two different statements the one that charges wins,
// so that a cost is never hidden and the order does not matter.
func (p *Price) merge(o *Price) *Price {
	if p == nil || o == nil {
		if p == nil {
			return o
		}
		return p
	}
	a, b := *p, *o
	m := Price{
		Category: max(a.Category, b.Category),
		Type:     max(a.Type, b.Type),
		Model:    max(a.Model, b.Model),
		Billable: a.Billable,
	}
	if a.Billable == nil || b.Billable != nil && *b.Billable {
		m.Billable = b.Billable
	}
	return &m
}

// Taken is when WhatsApp first showed that it has the message; zero if it never did.
func (d *Delivery) Taken() time.Time {
	at := times.Earliest(d.AcceptedAt, d.SentAt)
	return times.Earliest(times.Earliest(at, d.DeliveredAt), times.Earliest(d.ReadAt, d.PlayedAt))
}

// Reaches says that the message arrives, as far as anybody knows.
func (d *Delivery) Reaches() bool {
	state := d.State()
	return state != Failed && state != Cancelled
}

// Stands says that WhatsApp has the message and that it did not fail.
func (d *Delivery) Stands() bool { return !d.Taken().IsZero() && d.State() != Failed }

// progress is the order of states in which an answer of several messages is as far as the one that is
// least far.
var progress = []DeliveryState{Failed, Uncertain, Cancelled, Scheduled, Queued, Accepted, Sent, Delivered, Read, Played}

// LeastState is the state of an answer that consists of messages: that of the one with which it is worst,
// or which is least far. "" for none.
func LeastState(parts ...*Message) DeliveryState {
	least := len(progress)
	for _, m := range parts {
		if i := slices.Index(progress, m.Delivery.State()); i >= 0 {
			least = min(least, i)
		}
	}
	if least == len(progress) {
		return ""
	}
	return progress[least]
}
