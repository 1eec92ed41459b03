package channel

import (
	"context"
	"errors"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/circuit"
)

// verdict is what the end of one send says about the number.
type verdict int

const (
	saysNothing verdict = iota
	saysWorks           // WhatsApp answered, if only to refuse this message
	saysUnsent          // WhatsApp was out of reach: the message is known not to have been accepted
	saysUnknown         // nobody knows whether it was accepted
	saysRefused         // the number or its token is refused, whatever is sent
)

// judge draws the conclusion.
func judge(err error) (v verdict, kind health.OutageKind, reason string) {
	if err == nil {
		return saysWorks, "", ""
	}
	f, known := message.FailureOf(err)
	kind = health.OutageUnreachable
	switch {
	case !known:
		return saysUnknown, kind, "no answer"
	case f.Uncertain || errors.Is(err, message.ErrOutcomeUnknown):
		v = saysUnknown
	case f.Class == message.ClassAuth, f.Class == message.ClassPermission:
		v, kind = saysRefused, health.OutageUnauthorized
	case accountOut[f.Code], f.Code >= 141000 && f.Code <= 141014:
		v, kind = saysRefused, health.OutageAccount
	case f.Class == message.ClassTemporary && f.Retry.Automatic():
		v = saysUnsent
	case f.Code != 0 || f.HTTPStatus != 0:
		v = saysWorks
	}
	return v, kind, failureReason(f)
}

// accountOut are the codes that say that the number cannot send, whatever and to whomever.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-11-29)
var accountOut = map[int]bool{
	33:     true, // number deleted
	368:    true, // account restricted for violating a policy
	131031: true, // account locked
	131037: true, // display name not approved
	131042: true, // payment problem
	131045: true, // number not registered correctly
	133000: true, // earlier deregistration incomplete
	133006: true, // number must be verified first
	133010: true, // number not registered
	134011: true, // payment terms not accepted
}

// waitsForNumber gives a message back if its number is out, and reports whether it did. While it is out
// one message at a time is let through to try it, after WhatsApp was asked in a way that does
// no harm, if there is one.
//
// Messages that were claimed together begin together, and some may have failed since.
func (d *dispatcher) waitsForNumber(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem, begun bool) (held bool, err error) {
	ok, trial := d.sending.enter(ch.ID, w.ID)
	prober, _ := ch.Sender.(message.Prober)
	switch {
	case !ok && begun:
		return true, d.unbegin(context.WithoutCancel(ctx), w, item)
	case !ok:
		return true, errOut
	case !trial || begun || prober == nil:
		return false, nil
	}
	err = probe(ctx, prober)
	switch v, kind, reason := judge(err); {
	case errors.Is(context.Cause(ctx), worker.ErrDrained):
		return true, errOut
	case v == saysUnknown, v == saysUnsent, v == saysRefused && kind == health.OutageUnauthorized && isAuth(err):
		d.sending.failed(ctx, ch.ID, circuit.Failure{Of: w.ID}, kind, reason)
		return true, errOut
	}
	return false, nil
}

// isAuth tells a token that is refused from one that may send but not ask.
func isAuth(err error) bool {
	f, _ := message.FailureOf(err)
	return f.Class == message.ClassAuth
}

// probe contains a panic of the host's Sender.
func probe(ctx context.Context, p message.Prober) (err error) {
	defer func() {
		if recover() != nil {
			err = worker.ErrPanic
		}
	}()
	return p.Probe(ctx)
}

// sendEnded draws conclusions about the number from how a send ended. It returns whether the
// message is known not to have been accepted through no fault of its own and is to be held.
func (d *dispatcher) sendEnded(ctx context.Context, ch *Channel, item *outboundItem, err error) (out bool) {
	if err != nil && errors.Is(context.Cause(ctx), worker.ErrDrained) {
		return false // this hub broke it off
	}
	v, kind, reason := judge(err)
	switch v {
	case saysWorks:
		d.sending.worked(ctx, ch.ID)
	case saysUnknown:
		d.sending.failed(ctx, ch.ID, circuit.Failure{Of: item.Customer, Costly: true}, kind, reason)
	case saysUnsent:
		return d.sending.failed(ctx, ch.ID, circuit.Failure{Of: item.Customer}, kind, reason)
	case saysRefused:
		return d.sending.failed(ctx, ch.ID, circuit.Failure{Of: item.Customer, Certain: true}, kind, reason)
	}
	return false
}

// unbegin gives a message back that had begun to be sent and was not accepted.
func (d *dispatcher) unbegin(ctx context.Context, w *worker.Job, item *outboundItem) error {
	return d.settleSend(ctx, w, item, func(u *unit, m *messageRecord) (worker.Outcome, error) {
		m.Sending = false
		o := worker.Later(u.now, errOut.Error())
		if masked, err := item.maskSent(m); err != nil {
			return o, err
		} else if masked {
			body, err := item.encode(nil) // Settle keeps the rest
			if err != nil {
				return o, err
			}
			o = worker.LaterAs(u.now, errOut.Error(), body)
		}
		return o, u.saveMessage(m)
	})
}
