package channel

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/times"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// MaxAhead is how far ahead a message can be scheduled.
const MaxAhead = 30 * 24 * time.Hour

// A message that was written ahead stands in its conversation under the time for which it is meant,
// and waits as work of its own, so that what is sent meanwhile does not wait for it. When its time has
// come it is asked again whether it may go, what it costs is set aside, and it goes into the outbox like
// any other.

// sendTime is when an answer is to be sent.
func (u *unit) sendTime(r *Reply) (time.Time, error) {
	if r.At.IsZero() {
		return u.now, nil
	}
	if _, ok := r.Content.(*message.Reaction); ok {
		return u.now, invalidAt("at", message.RuleForbidden) // no message of the conversation
	}
	switch ahead := r.At.Sub(u.now); {
	case ahead <= 0:
		return u.now, invalidAt("at", message.RulePast)
	case ahead > MaxAhead:
		const day = 24 * time.Hour
		return u.now, &message.InvalidError{Problems: []message.Problem{{
			Path: "at", Rule: message.RuleTooFar, Severity: message.SeverityError,
			Limit: int(MaxAhead / day), Actual: int((ahead + day - 1) / day),
		}}}
	}
	return r.At, nil
}

// schedule adds an answer to the conversation that is to be sent later.
func (u *unit) schedule(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation,
	out *message.Outbound, msg *messageRecord, r *Reply,
) error {
	msg.At, msg.Delivery.ScheduledFor = r.At.UTC(), r.At.UTC()
	conv.LastSeq++
	msg.Seq = conv.LastSeq
	if err := u.ownTrail(ch, conv, msg, out); err != nil {
		return err
	}
	if err := u.saveMessage(msg); err != nil {
		return err
	}
	conv.Planned = times.Latest(conv.Planned, msg.At)
	if conv.LastActivity.IsZero() { // it began with this
		conv.LastActivity = u.now.UTC()
	}
	if !r.notify {
		if err := u.saveConversation(conv); err != nil {
			return err
		}
	}
	item := outboundItem{Message: msg.ID, Customer: customer.ID, Outbound: *out, carried: carried{u.core.hooks.carry(u.ctx)}}
	body, err := item.encode(nil)
	if err != nil {
		return err
	}
	// What is meant for the same time goes in the order in which it was written.
	lane := msg.Conversation + "|" + strconv.FormatInt(msg.At.UnixMicro(), 10)
	u.Enqueue(store.Work{Queue: workLater, ID: msg.ID, Lane: lane, Group: ch.ID, Due: msg.At, Body: body})
	return u.tellHost(ch.ID, "scheduled|"+msg.ID, hostItem{
		Kind: conversation.MessageScheduled, Conversation: msg.Conversation, Message: msg.ID, At: u.now.UTC(),
	})
}

// release puts a message into the outbox whose time has come, or lets it fail.
func (o *outbox) release(ctx context.Context, w *worker.Job) error {
	if strings.HasPrefix(w.ID, windowPrefix) {
		err := o.settle(ctx, w, func(u *unit) (worker.Outcome, error) { return worker.Done(), u.closing(w) })
		if errors.Is(err, store.ErrLeaseLost) {
			return nil // the customer wrote at this moment
		}
		return err
	}
	item, err := itemOf[outboundItem](w)
	if err != nil {
		return o.bury(ctx, w, errDamaged)
	}
	ctx = o.hooks.resume(ctx, item.Carried)
	err = o.settle(ctx, w, func(u *unit) (worker.Outcome, error) { return worker.Done(), u.release(w, item) })
	if !isRefusal(err) || errors.Is(err, ErrDisabled) { // it comes back when the channel does
		return err
	}
	limit, limited := errors.AsType[*pricing.LimitError](err)
	return o.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		var m messageRecord
		ok, failed := u.Load(kindMessage, item.Message, &m)
		ch, here := o.channels.get(w.Group)
		if failed != nil || !ok || !here || m.Delivery.State() != conversation.Scheduled {
			return worker.Done(), failed
		}
		if limited { // it waits until somebody's day is over, if that is soon
			next := times.Latest(limit.Next, u.now.Add(time.Minute))
			if next.Before(m.Delivery.ScheduledFor.Add(reachLife)) {
				return worker.Later(next, "messaging limit reached"), nil
			}
		}
		m.At = u.now.UTC()
		return worker.Done(), u.failed(ch, &m, refusedWhenDue(err))
	})
}

func (u *unit) release(w *worker.Job, item *outboundItem) error {
	m, conv := new(messageRecord), new(conversation.Conversation)
	if ok, err := u.Load(kindMessage, item.Message, m); err != nil || !ok || m.Delivery.State() != conversation.Scheduled {
		return err // erased, cancelled, or done
	}
	if ok, err := u.Load(kindConversation, m.Conversation, conv); err != nil || !ok {
		return err
	}
	if err := u.follow(conv); err != nil {
		return err
	}
	customer, err := u.customer(item.Customer)
	if err != nil || customer == nil {
		return err
	}
	ch, err := u.core.enabled(w.Group)
	if err != nil {
		return err
	}
	u.author = m.Author
	out := &item.Outbound
	if out.Lane != message.LaneNotify {
		if err := u.mayAnswer(conv); err != nil {
			return err
		}
	}
	category, err := u.mayGoNow(ch, customer, out)
	if err != nil {
		return err
	}
	m.At, m.Delivery.QueuedAt, m.AnswersAd = u.now.UTC(), u.now.UTC(), customer.Window.ReferralAt()
	if err := u.reserve(ch, customer, out, category, m); err != nil {
		return err
	}
	if err := u.reach(ch, customer, out, m); err != nil {
		return err
	}
	u.cause = w.Due // before a restore it may have been sent
	return u.deliver(ch, customer, conv, out, m, w.Body)
}

// deliver files a message whose time has come as if it had just been written, and posts it. stored is what it
// waited in.
func (u *unit) deliver(ch *Channel, customer *conversation.Customer, conv *conversation.Conversation, out *message.Outbound, m *messageRecord, stored []byte) error {
	notify := out.Lane == message.LaneNotify
	s := u.scene(ch, customer, conv, m.ID+"|due", u.now)
	if notify && u.core.desk != nil {
		if err := u.core.desk.Contacted(&s.Scene, s.id); err != nil {
			return err
		}
		conv = s.Conversation
	}
	if !notify {
		if u.takes(conv) {
			if err := s.take(); err != nil {
				return err
			}
		}
		if u.core.desk != nil {
			m.Answer = asks(conv)
		}
	}
	if m.Conversation != conv.ID { // the talk went on in another one
		m.Conversation = conv.ID
		conv.LastSeq++
		m.Seq = conv.LastSeq
	}
	if err := u.ownTrail(ch, conv, m, out); err != nil {
		return err
	}
	if err := u.saveMessage(m); err != nil {
		return err
	}
	conv.Note(&m.Message)
	conv.Outbound++
	if err := s.finish(); err != nil {
		return err
	}
	if err := u.saveCustomer(customer); err != nil {
		return err
	}
	return u.post(customer, out, m, notify, stored)
}

// mayGoNow asks of a message whose time has come what is asked of one that is written now.
func (u *unit) mayGoNow(ch *Channel, customer *conversation.Customer, out *message.Outbound) (template.Category, error) {
	var category template.Category
	if t, ok := out.Content.(*message.Template); ok {
		def, err := boundFor(ch, customer, t, u.now)
		if err != nil {
			return "", err
		}
		if category = def.Category; out.Lane == message.LaneNotify {
			if err := consents(ch, customer, category); err != nil {
				return "", err
			}
		}
	}
	return category, permits(ch, customer, out, u.now)
}

// refusedWhenDue is the failure of a message that was allowed when it was written.
func refusedWhenDue(err error) message.Failure {
	cause, sentence := refusal(err)
	switch {
	case errors.Is(err, window.ErrClosed), errors.Is(err, ErrBlocked):
		return windowFailure(err)
	case errors.Is(err, ErrOptedOut):
		return refusedLike(codeOptedOut)
	case errors.Is(err, template.ErrNotSendable):
		return refusedLike(codeNoTemplate)
	}
	return message.Failure{
		Class: message.Class(cause), Retry: message.Retry{Advice: message.RetryFixed}, Title: "Not sent when it was due",
		Hint: "When its time had come it could not be sent: " + sentence + ".",
	}
}
