package channel

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/internal/times"
)

// Automatic repeats of a send that is known not to have been accepted.
const (
	maxSendTries     = 8         // unless the failure says otherwise
	maxThrottleTries = 100       // being asked to slow down says nothing against the message
	maxRetryAfter    = time.Hour // the longest that a message waits because somebody says so
	maxResends       = 3         // of a message that may have arrived, where the channel wants that at all
)

// A dispatcher sends what is in the outbox, and finds out what became of it.
type dispatcher struct{ *core }

// send sends one message of the outbox and settles its work.
func (d *dispatcher) send(ctx context.Context, w *worker.Job) error {
	item, err := itemOf[outboundItem](w)
	if err != nil {
		return d.bury(ctx, w, errDamaged)
	}
	ctx = d.hooks.resume(ctx, item.Carried)
	ch, ok := d.channels.get(w.Group)
	begins, _ := w.Begun.(*beginning)
	switch {
	case begins != nil:
		ch = begins.with // what has begun ends, whatever became of the channel since
	case !ok || !ch.Enabled:
		return fmt.Errorf("channel: send: %w", ErrDisabled) // it comes back when the channel does
	case w.Started:
		return d.uncertain(ctx, ch, w, item)
	}
	if held, err := d.waitsForNumber(ctx, ch, w, item, begins != nil && begins.begun != nil); held {
		return err
	}
	defer d.sending.abandon(ch.ID, w.ID) // unless it was sent
	begun, err := d.begin(ctx, ch, w, item)
	if err != nil || begun == nil {
		return err
	}
	if d.life.over() { // somebody else may have the message by now
		ctx, cancel := d.afterwards(ctx)
		defer cancel()
		return d.unbegin(ctx, w, item)
	}
	info := hooks.SendInfo{
		Channel: ch.ID, Message: item.Message, Kind: string(item.Outbound.Content.Kind()),
		Try: item.Tries + 1, Waited: begun.waited,
	}
	sendCtx := ctx
	if d.hooks.SendStart != nil {
		sendCtx = d.hooks.SendStart(ctx, info)
	}
	receipt, err := d.handOver(sendCtx, ch, item, info)
	out := d.sendEnded(ctx, ch, item, err)
	ctx, cancel := d.afterwards(ctx)
	defer cancel()
	if err == nil {
		return d.taken(ctx, ch, w, item, receipt, begun)
	}
	f, known := message.FailureOf(err)
	switch {
	case !known || f.Uncertain || errors.Is(err, message.ErrOutcomeUnknown):
		return d.uncertain(ctx, ch, w, item)
	case out:
		return d.unbegin(ctx, w, item)
	case f.Retry.Automatic() && item.Tries+1 < triesFor(f):
		return d.sendLater(ctx, ch, w, item, f)
	}
	return d.failed(ctx, ch, w, item, f)
}

// afterwards is the context in which an outcome is written down although the hub is stopping.
func (d *dispatcher) afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), d.lease/10+time.Second)
}

// handOver calls the Sender. A panic leaves the outcome open, like an answer that was lost.
func (d *dispatcher) handOver(ctx context.Context, ch *Channel, item *outboundItem, info hooks.SendInfo) (receipt message.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			d.log.LogAttrs(ctx, slog.LevelError, "channel: panic while sending",
				slog.String("channel", ch.ID), slog.String("stack", string(debug.Stack())))
			err = message.ErrOutcomeUnknown
		}
		if d.hooks.SendDone != nil {
			d.hooks.SendDone(ctx, info, err)
		}
	}()
	receipt, err = ch.Sender.Send(ctx, item.Outbound)
	if d.elsewhere(ctx, ch, &item.Outbound, err) {
		receipt, err = ch.Sender.Send(ctx, item.Outbound)
	}
	return receipt, err
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

// sendLater gives the message back to the outbox: WhatsApp did not take it, but may
// take it later.
func (d *dispatcher) sendLater(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem, f message.Failure) error {
	tries, reason := item.Tries, failureReason(f)
	item.Tries++
	if tell, n := d.quiet.failed("put off|"+ch.ID+"|"+reason, reason, d.now()); tell {
		d.log.LogAttrs(ctx, slog.LevelWarn, "channel: messages wait and are tried again",
			slog.String("channel", ch.ID), slog.String("reason", reason), slog.Int("times", n))
	}
	return d.settleSend(ctx, w, item, func(u *unit, m *messageRecord) (worker.Outcome, error) {
		m.Sending = false
		if _, err := item.maskSent(m); err != nil {
			return worker.Outcome{}, err
		}
		body, err := item.encode(nil) // Settle keeps the rest
		if err != nil {
			return worker.Outcome{}, err
		}
		due := u.now.Add(max(min(f.Retry.After, maxRetryAfter), worker.Pause(tries)))
		if customer, err := u.customer(item.Customer); err != nil {
			return worker.Outcome{}, err
		} else if customer != nil { // it fails when its window closes, not later
			due = times.Earliest(due, closesFor(customer, &item.Outbound, u.now))
		}
		return worker.LaterAs(due, reason, body), u.saveMessage(m)
	})
}
