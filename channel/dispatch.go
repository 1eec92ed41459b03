package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// Automatic repeats of a send that is known not to have been accepted.
const (
	maxSendTries     = 8   // unless the failure says otherwise
	maxThrottleTries = 100 // being asked to slow down says nothing against the message
	maxResends       = 3   // of a message that may have arrived, where the channel wants that at all
)

// dispatch sends one message of the outbox and settles its work.
func (h *Hub) dispatch(ctx context.Context, w *Work) error {
	var item outboundItem
	if err := json.Unmarshal(w.Body, &item); err != nil {
		return h.bury(ctx, w, errDamaged)
	}
	ch, ok := h.channels.get(w.Group)
	if !ok || !ch.Enabled {
		return fmt.Errorf("channel: send: %w", ErrDisabled) // it comes back when the channel does
	}
	if w.Started {
		return h.uncertain(ctx, ch, w, &item)
	}
	ready, waited, err := h.begin(ctx, ch, w, &item)
	if err != nil || !ready {
		return err
	}
	info := SendInfo{
		Channel: ch.ID, Message: item.Message, Kind: string(item.Outbound.Content.Kind()),
		Try: item.Tries + 1, Waited: waited,
	}
	sendCtx := ctx
	if h.hooks.SendStart != nil {
		sendCtx = h.hooks.SendStart(ctx, info)
	}
	receipt, err := h.handOver(sendCtx, ch, &item, info)
	// The outcome must be written down although the hub is stopping.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), h.lease/10+time.Second)
	defer cancel()
	if err == nil {
		return h.accepted(ctx, ch, w, &item, receipt)
	}
	f, known := message.FailureOf(err)
	switch {
	case !known || f.Uncertain || errors.Is(err, message.ErrOutcomeUnknown):
		return h.uncertain(ctx, ch, w, &item)
	case f.Retry.Automatic() && item.Tries+1 < triesFor(f):
		return h.sendLater(ctx, w, &item, f)
	}
	return h.failed(ctx, ch, w, item.Message, f)
}

// handOver calls the Sender. A panic leaves the outcome open, like an answer that was lost.
func (h *Hub) handOver(ctx context.Context, ch *Channel, item *outboundItem, info SendInfo) (receipt message.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			h.log.LogAttrs(ctx, slog.LevelError, "channel: panic while sending",
				slog.String("channel", ch.ID), slog.String("stack", string(debug.Stack())))
			err = message.ErrOutcomeUnknown
		}
		if h.hooks.SendDone != nil {
			h.hooks.SendDone(ctx, info, err)
		}
	}()
	return ch.Sender.Send(ctx, item.Outbound)
}

func triesFor(f message.Failure) int {
	switch {
	case f.Retry.Max > 0:
		return f.Retry.Max + 1
	case f.Class == message.ClassThrottledPair, f.Class == message.ClassThrottledNumber,
		f.Class == message.ClassThrottledAccount:
		return maxThrottleTries
	}
	return maxSendTries
}

// begin marks the message as being sent, durably, so that a crash from here on is
// known to leave the outcome open. It reports false if there is nothing to send any
// more, and refuses what the window no longer permits.
func (h *Hub) begin(ctx context.Context, ch *Channel, w *Work, item *outboundItem) (ready bool, waited time.Duration, err error) {
	err = h.do(ctx, func(u *unit) error {
		ready = false
		var m Message
		ok, err := u.load(kindMessage, item.Message, &m)
		if err != nil {
			return err
		}
		if state := m.Delivery.State(); !ok || state != Queued && state != Uncertain {
			u.Done = append(u.Done, w.Lease()) // erased, cancelled, or settled meanwhile
			return nil
		}
		customer, err := u.customer(item.Customer)
		if err != nil {
			return err
		}
		if customer == nil {
			u.Done = append(u.Done, w.Lease())
			return nil
		}
		if m.Sending {
			// An earlier attempt began and nobody wrote down how it ended.
			return u.doubt(ch, w, &m, item)
		}
		if err := permits(ch, customer, &item.Outbound, u.now); err != nil {
			if m.Delivery.State() == Uncertain { // it may have arrived while the window was open
				u.Done = append(u.Done, w.Lease())
				return nil
			}
			return u.fail(ch, w, &m, windowFailure(err))
		}
		m.Sending = true
		u.Start = append(u.Start, w.Lease())
		ready, waited = true, u.now.Sub(m.Delivery.QueuedAt)
		return u.saveMessage(&m)
	})
	return ready && err == nil, waited, err
}

// windowFailure is the failure of a message that waited until its window closed.
func windowFailure(err error) message.Failure {
	f := message.Classify(131047, 0, 0, false)
	f.Code = 0 // we refused, not Meta
	if c, ok := errors.AsType[*window.ClosedError](err); ok && c.LastInbound.IsZero() {
		f.Title = "Never written to"
	}
	return f
}

// accepted records that WhatsApp took the message.
func (h *Hub) accepted(ctx context.Context, ch *Channel, w *Work, item *outboundItem, receipt message.Receipt) error {
	return h.settle(ctx, w, item.Message, func(u *unit, m *Message) error {
		m.WAMID = nonEmpty(m.WAMID, receipt.ID)
		m.Delivery = m.Delivery.Merge(Delivery{AcceptedAt: u.now.UTC()})
		if err := u.indexWAMID(ch.ID, m); err != nil {
			return err
		}
		if err := u.answersAd(ch, item); err != nil {
			return err
		}
		return u.delivery(ch, m, Accepted, u.now)
	})
}

// answersAd notes the first answer to a customer who came through an advertisement: it
// begins a time in which messages are not charged.
func (u *unit) answersAd(ch *Channel, item *outboundItem) error {
	if item.Ad.IsZero() {
		return nil
	}
	customer, err := u.customer(item.Customer)
	if err != nil || customer == nil {
		return err
	}
	before := customer.Window
	u.observe(ch, customer, window.Event{Kind: window.KindSent, At: u.now, AnswersReferral: item.Ad})
	if customer.Window == before {
		return nil
	}
	return u.saveCustomer(customer)
}

// failed records that the message will not go out.
func (h *Hub) failed(ctx context.Context, ch *Channel, w *Work, id string, f message.Failure) error {
	return h.do(ctx, func(u *unit) error {
		var m Message
		if ok, err := u.load(kindMessage, id, &m); err != nil || !ok {
			u.Done = append(u.Done, w.Lease())
			return err
		}
		return u.fail(ch, w, &m, f)
	})
}

func (u *unit) fail(ch *Channel, w *Work, m *Message, f message.Failure) error {
	u.Done = append(u.Done, w.Lease())
	m.Sending = false
	m.Delivery = m.Delivery.Merge(Delivery{FailedAt: u.now.UTC(), Failure: failureOf(f)})
	u.bookStatus(ch, m)
	if err := u.noteOptOut(m); err != nil {
		return err
	}
	if err := u.saveMessage(m); err != nil {
		return err
	}
	return u.delivery(ch, m, Failed, u.now)
}

// uncertain records that nobody knows whether WhatsApp took the message, frees its
// conversation, and arranges for the question to be looked at again.
func (h *Hub) uncertain(ctx context.Context, ch *Channel, w *Work, item *outboundItem) error {
	return h.do(ctx, func(u *unit) error {
		var m Message
		if ok, err := u.load(kindMessage, item.Message, &m); err != nil || !ok {
			u.Done = append(u.Done, w.Lease())
			return err
		}
		return u.doubt(ch, w, &m, item)
	})
}

func (u *unit) doubt(ch *Channel, w *Work, m *Message, item *outboundItem) error {
	u.Done = append(u.Done, w.Lease())
	m.Sending = false
	if !m.Delivery.settled() { // a status may have been faster
		m.Delivery = m.Delivery.Merge(Delivery{UncertainAt: u.now.UTC()})
		body, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("channel: encode message: %w", err)
		}
		wait := ch.UncertainWait
		if wait == 0 {
			wait = 2 * time.Minute
		}
		u.enqueue(Work{Queue: queueCheck, ID: m.ID, Group: ch.ID, Due: u.now.Add(wait), Body: body})
		if err := u.delivery(ch, m, Uncertain, u.now); err != nil {
			return err
		}
	}
	return u.saveMessage(m)
}

// settle ends outbox work together with a change of its message. If the lease was lost
// while the message was being sent, what is known about it is written all the same.
func (h *Hub) settle(ctx context.Context, w *Work, id string, change func(u *unit, m *Message) error) error {
	step := func(lease []Lease) error {
		return h.do(ctx, func(u *unit) error {
			u.Done = lease
			var m Message
			if ok, err := u.load(kindMessage, id, &m); err != nil || !ok {
				return err
			}
			m.Sending = false
			if err := change(u, &m); err != nil {
				return err
			}
			return u.saveMessage(&m)
		})
	}
	err := step([]Lease{w.Lease()})
	if errors.Is(err, ErrLeaseLost) {
		return step(nil)
	}
	return err
}

// sendLater gives the message back to the outbox: WhatsApp did not take it, but may
// take it later.
func (h *Hub) sendLater(ctx context.Context, w *Work, item *outboundItem, f message.Failure) error {
	tries := item.Tries
	item.Tries++
	body, err := json.Marshal(item)
	if err != nil {
		return fmt.Errorf("channel: encode message: %w", err)
	}
	return h.do(ctx, func(u *unit) error {
		var m Message
		if ok, err := u.load(kindMessage, item.Message, &m); err != nil || !ok {
			u.Done = append(u.Done, w.Lease())
			return err
		}
		m.Sending = false
		u.Later = append(u.Later, Postponed{
			Lease: w.Lease(), Due: u.now.Add(max(f.Retry.After, pause(tries))), Body: body,
			Reason: fmt.Sprintf("code %d: %s", f.Code, f.Class),
		})
		return u.saveMessage(&m)
	})
}

// check looks at a message whose fate was open when the wait is over.
func (h *Hub) check(ctx context.Context, w *Work) error {
	return h.do(ctx, func(u *unit) error {
		u.Done = append(u.Done, w.Lease())
		var m Message
		if ok, err := u.load(kindMessage, w.ID, &m); err != nil || !ok || m.Delivery.settled() {
			return err
		}
		ch, ok := h.channels.get(w.Group)
		if !ok {
			u.Done = nil
			u.Later = append(u.Later, Postponed{Lease: w.Lease(), Due: u.now.Add(time.Minute), Reason: "no such channel here"})
			return nil
		}
		var item outboundItem
		if err := json.Unmarshal(w.Body, &item); err != nil {
			return fmt.Errorf("channel: check message: %w", errDamaged)
		}
		if ch.Uncertain != Resend || item.Resends >= maxResends {
			return nil // it stays visibly uncertain; a status or an agent settles it
		}
		item.Resends++
		body, err := json.Marshal(item)
		if err != nil {
			return fmt.Errorf("channel: encode message: %w", err)
		}
		u.enqueue(Work{Queue: queueOut, ID: w.ID, Lane: m.Conversation, Group: w.Group, Body: body})
		return nil
	})
}

// delivery tells the host what became of a message.
func (u *unit) delivery(ch *Channel, m *Message, state DeliveryState, at time.Time) error {
	u.count(ch.ID, "delivery_"+string(state), at, 1)
	item := hostItem{
		Kind: DeliveryChanged, Conversation: m.Conversation, Message: m.ID, At: at.UTC(), Delivery: state,
	}
	if state == Failed {
		item.Failure = m.Delivery.Failure
	}
	return u.tellHost(ch.ID, "delivery|"+m.ID+"|"+string(state), item)
}

// indexWAMID lets statuses, quotes and reactions find the message by WhatsApp's ID, and
// applies what reactions have overtaken it.
func (u *unit) indexWAMID(channel string, m *Message) error {
	if m.WAMID == "" {
		return nil
	}
	stub := Message{ID: inboundMessageID(channel, m.WAMID)}
	if stub.ID == m.ID {
		return nil
	}
	if _, err := u.load(kindMessage, stub.ID, &stub); err != nil || stub.SameAs != "" {
		return err
	}
	if stub.Pending != nil {
		m.amend(*stub.Pending)
	}
	return u.save(kindMessage, stub.ID, stubParent(channel), micros(m.At), Message{ID: stub.ID, Channel: channel, SameAs: m.ID})
}

func failureOf(f message.Failure) *Failure {
	return &Failure{Code: f.Code, Class: string(f.Class), Title: f.Title, Hint: f.Hint}
}

// bury makes work a dead letter.
func (h *Hub) bury(ctx context.Context, w *Work, cause error) error {
	reason := reasonOf(cause)
	err := h.do(ctx, func(u *unit) error {
		u.Bury = append(u.Bury, Buried{Lease: w.Lease(), Reason: reason})
		return nil
	})
	if err == nil {
		h.hooks.deadLetter(ctx, DeadLetterInfo{Queue: w.Queue, ID: w.ID, Channel: w.Group, Reason: reason})
	}
	return err
}

var (
	errDamaged       = errors.New("channel: stored work is damaged")
	errUnknownNumber = errors.New("channel: the number belongs to no channel")
)
