package channel

import (
	"context"
	"errors"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/internal/circuit"
)

// A host may have one ticket system, or one for each channel: the circuit of a channel opens
// when calls for it fail, that of "" when calls for several channels do.

// careTelling says how careful to be with what the host is to be told about a channel.
func (t *teller) careTelling(group string) worker.Care { return t.telling.care(channelOf(group)) }

// waitsForHost reports whether the call must wait, because the ticketing is out, for the
// channel or altogether, and another call tries it.
func (t *teller) waitsForHost(w *worker.Job) bool {
	ok, all := t.telling.enter("", w.ID)
	if !ok {
		return true
	}
	if ok, _ = t.telling.enter(channelOf(w.Group), w.ID); !ok && !all {
		return true
	}
	return false
}

// toldHost draws conclusions from how a call of the host ended. A host that answers at all,
// be it with ErrPermanent, is not out; a call that fails again and again while others go well is
// itself at fault.
func (t *teller) toldHost(ctx context.Context, w *worker.Job, item *hostItem, err error) error {
	ch := channelOf(w.Group)
	switch {
	case err == nil, errors.Is(err, ErrPermanent):
		t.telling.worked(ctx, "")
		t.telling.worked(ctx, ch)
		return err
	case errors.Is(context.Cause(ctx), worker.ErrDrained):
		t.telling.abandon("", w.ID)
		t.telling.abandon(ch, w.ID)
		return err
	}
	alone, all := t.telling.out(ch), t.telling.out("")
	if !alone && !all && t.telling.atFault(ch, item.Failing) {
		return err
	}
	reason := reasonOf(err)
	if !alone || all { // of a channel that is out more cannot be learned about the others
		all = t.telling.failed(ctx, "", circuit.Failure{Of: ch}, health.OutageTicketing, reason)
	}
	if alone = t.telling.failed(ctx, ch, circuit.Failure{Of: w.ID, Since: item.Failing}, health.OutageTicketing, reason); alone || all {
		return errors.Join(errOut, err)
	}
	return err
}
