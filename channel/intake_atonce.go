package channel

import (
	"context"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// atOnce applies an item in the step that accepts it, and reports whether that was possible: if the
// hub runs, nothing is before it in its lane, and nothing is special about it.
func (it *intake) atOnce(ctx context.Context, w store.Work) (done bool) {
	if store.DeferredIn(ctx) != nil {
		return false
	}
	end, ok := it.runners[workIn].Pass(w.Group)
	if !ok {
		return false
	}
	defer end()
	job := worker.Passing(w)
	ev, a, err := eventOf(&w)
	if err != nil {
		return false
	}
	ch, ok := it.channels.number(ev.Number.ID)
	_, unknown := ev.Payload.(*webhook.Unknown)
	if !ok || unknown || a.Voucher == vouchedByNobody || !a.Voucher.covers(ch, ev.Account) || longID(ev.Payload) ||
		it.fleet.waitsForHome(job) {
		return false
	}
	defer func() {
		if recover() != nil { // a worker will say so
			done = false
		}
	}()
	ctx = it.hooks.resume(ctx, a.Carried)
	if it.file(ctx, job, ch, ev, a.Masked) != nil {
		return false // a worker will try it again
	}
	it.applied(ctx, ev, ch, nil)
	return true
}
