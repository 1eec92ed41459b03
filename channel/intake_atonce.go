package channel

import (
	"context"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
)

// mostAtOnce is how many statuses one step applies at most: an answer may have to wait for the step.
const mostAtOnce = 16

// ready is an item that can be applied in the step that accepts it.
type ready struct {
	job    *worker.Job
	ch     *Channel
	ev     *webhook.Event
	masked bool
}

// atOnce applies items in the step that accepts them, and reports whether that was possible: if the hub
// runs, nothing is before them in their lanes, and nothing is special about any of them. That is one
// item, or several statuses of one channel. Should it not be possible workers do it, each item alone.
// Fresh is how many had not come before.
//
// A status whose message is known goes past its lane, and is not remembered: see [worker.Merged].
func (it *intake) atOnce(ctx context.Context, all []accepted) (fresh int, done bool) {
	if store.DeferredIn(ctx) != nil || len(all) > mostAtOnce {
		return 0, false
	}
	end, ok := it.runners[workIn].Pass(all[0].work.Group)
	if !ok {
		return 0, false
	}
	defer end()
	items := make([]ready, len(all))
	for i := range all {
		if !it.ready(&all[i], &items[i]) || items[i].ch != items[0].ch {
			return 0, false
		}
		if _, status := items[i].ev.Payload.(*webhook.Status); !status && len(all) > 1 {
			return 0, false
		}
	}
	defer func() {
		if recover() != nil { // a worker will say so
			fresh, done = 0, false
		}
	}()
	ctx = it.hooks.resume(ctx, all[0].Carried)
	if it.fileAll(ctx, items) != nil {
		return 0, false // a worker will try it again
	}
	for i := range items {
		if !items[i].job.Stale() {
			it.applied(ctx, items[i].ev, items[i].ch, nil)
			fresh++
		}
	}
	return fresh, true
}

// ready looks whether an item can be applied at once.
func (it *intake) ready(a *accepted, r *ready) bool {
	ev := a.ev
	if ev == nil {
		var err error
		if ev, err = theEvent(a.Body); err != nil {
			return false
		}
	}
	job := worker.Passing(a.work)
	job.Item = a
	ch, ok := it.channels.number(ev.Number.ID)
	_, unknown := ev.Payload.(*webhook.Unknown)
	if !ok || unknown || a.Voucher == vouchedByNobody || !a.Voucher.covers(ch, ev.Account) || longID(ev.Payload) ||
		it.fleet.waitsForHome(job) {
		return false
	}
	*r = ready{job, ch, ev, a.Masked}
	return true
}

// fileAll applies items of one channel in one step.
func (it *intake) fileAll(ctx context.Context, items []ready) error {
	if len(items) == 1 {
		r := &items[0]
		return it.file(ctx, r.job, r.ch, r.ev, r.masked)
	}
	ch := items[0].ch
	err := it.do(ctx, func(u *unit) error {
		if err := u.messagesAhead(ch.ID, items); err != nil {
			return err
		}
		for i := range items {
			r := &items[i]
			own := *u // each item is applied as if it were alone
			o, err := it.incoming(&own, r.job, r.ch, r.ev, r.masked).apply()
			if err == nil {
				err = r.job.Settle(u.Step, o)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		it.feel(ctx, ch.ID, pulse{In: it.now().UTC()})
	}
	return err
}

// messagesAhead reads the messages that statuses are about.
func (u *unit) messagesAhead(channel string, items []ready) error {
	keys := make([]string, 0, 2*len(items))
	for i := range items {
		p := items[i].ev.Payload.(*webhook.Status)
		if isMessageID(p.OpaqueID) {
			keys = append(keys, p.OpaqueID)
		}
		keys = append(keys, inboundMessageID(channel, p.ID))
	}
	return u.Ahead(kindMessage, unique(keys)...)
}
