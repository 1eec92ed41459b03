package channel

import (
	"context"
	"errors"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/store"
)

// taken records that WhatsApp took the message, even if the lease was lost while it was
// being sent. It guesses that the message is still as begin left it, that nothing came for
// its wamid before, and that the conversation that it answers is as it was read ahead: all of
// them are written, so that a wrong guess is a conflict.
func (d *dispatcher) taken(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem, receipt message.Receipt, b *begun) error {
	stub := step.Known{Record: store.Record{Kind: kindMessage, Key: inboundMessageID(ch.ID, receipt.ID)}}
	assigned := step.Known{Record: store.Record{Kind: kindLog, Key: changeID(conversation.Assigned, item.Message, 0)}} // not yet
	guess := []step.Known{b.known, stub, assigned}
	for _, k := range w.Ahead {
		if k.Kind != kindMessage {
			guess = append(guess, k)
		}
	}
	accept := func(u *unit) error {
		var m messageRecord
		if ok, err := u.Load(kindMessage, item.Message, &m); err != nil || !ok {
			return err
		}
		return u.taken(ch, receipt, &m)
	}
	err := d.settleGuessing(ctx, w, guess, func(u *unit) (worker.Outcome, error) { return worker.Done(), accept(u) })
	if errors.Is(err, store.ErrLeaseLost) {
		err = d.doGuessing(ctx, guess, accept)
	}
	if err == nil {
		d.feel(ctx, ch.ID, pulse{Out: d.now().UTC()})
	}
	return err
}

// settleSend settles the work of a message that is being sent; f says what becomes of it. Of one that
// was erased meanwhile nothing is left to do.
func (d *dispatcher) settleSend(ctx context.Context, w *worker.Job, item *outboundItem,
	f func(u *unit, m *messageRecord) (worker.Outcome, error),
) error {
	return d.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		m := new(messageRecord)
		if ok, err := u.Load(kindMessage, item.Message, m); err != nil || !ok {
			return worker.Done(), err
		}
		return f(u, m)
	})
}

// failed records that the message will not go out.
func (d *dispatcher) failed(ctx context.Context, ch *Channel, w *worker.Job, item *outboundItem, f message.Failure) error {
	return d.settleSend(ctx, w, item, func(u *unit, m *messageRecord) (worker.Outcome, error) {
		return worker.Done(), u.failed(ch, m, f)
	})
}
