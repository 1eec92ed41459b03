package channel

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/webhook"
)

// An intake takes in what WhatsApp tells, and brings it into the conversations.
type intake struct{ *core }

// apply brings one accepted item into the conversations. The item is merged, never just
// written: applying it again, or in another order, gives the same result.
func (it *intake) apply(ctx context.Context, w *worker.Job) (err error) {
	ev, a, err := eventOf(&w.Work)
	if err != nil {
		return it.bury(ctx, w, err)
	}
	ctx = it.hooks.resume(ctx, a.Carried)
	ch, ok := it.channels.number(ev.Number.ID)
	switch {
	case ok && it.fleet.waitsForHome(w):
		return it.postpone(ctx, w, 0) // what came before it is just being revived
	case ok && !a.Voucher.covers(ch, ev.Account):
		return it.notCovered(ctx, w, ch.ID)
	case a.Voucher == vouchedByNobody:
		return it.notCovered(ctx, w, "")
	}
	if p, ok := ev.Payload.(*webhook.Unknown); ok && !acquaints(p) {
		return it.bury(ctx, w, &notUnderstood{p, ev.Field})
	}
	err = worker.ErrPanic // unless the end is reached
	defer func() { it.applied(ctx, ev, ch, err) }()
	if longID(ev.Payload) {
		return it.bury(ctx, w, errLongID)
	}
	if ev.Number.ID == "" {
		if ofPerson(ev.Payload) {
			return it.bury(ctx, w, errNoNumber)
		}
		return it.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
			return worker.Done(), u.accountEvent(ev, w.ID)
		})
	}
	if !ok {
		return it.unknownNumber(ctx, w, ev.Number.ID)
	}
	return it.file(ctx, w, ch, ev, a.Masked)
}

// file applies an item that concerns a channel of this process.
func (it *intake) file(ctx context.Context, w *worker.Job, ch *Channel, ev *webhook.Event, masked bool) error {
	err := it.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		return it.incoming(u, w, ch, ev, masked).apply()
	})
	if err == nil {
		it.feel(ctx, ch.ID, pulse{In: it.now().UTC()})
	}
	return err
}

// incoming is an item in a step.
func (it *intake) incoming(u *unit, w *worker.Job, ch *Channel, ev *webhook.Event, masked bool) *incoming {
	in := &incoming{unit: u, ch: ch, ev: ev, at: u.at(ev), id: strings.TrimPrefix(w.ID, latePrefix), masked: masked, work: w}
	u.cause = in.at
	return in
}

// applied tells how applying an item ended.
func (it *intake) applied(ctx context.Context, ev *webhook.Event, ch *Channel, err error) {
	if it.hooks.ApplyDone == nil {
		return
	}
	info := hooks.ApplyInfo{Field: word(ev.Field), Age: max(0, it.now().Sub(ev.Time))}
	if ch != nil {
		info.Channel = ch.ID
	}
	it.hooks.ApplyDone(ctx, info, err)
}

// ofPerson says that an item is part of a conversation, so that it must not be passed over
// because it names no number.
func ofPerson(p webhook.Payload) bool {
	switch p.(type) {
	case *webhook.Message, *webhook.StandbyMessage, *webhook.Status, *webhook.Echo, *webhook.HistoryMessage,
		*webhook.Call, *webhook.CallStatus, *webhook.UserPreference, *webhook.UserIDUpdate:
		return true
	default:
		return false
	}
}

// incoming is one item on its way into the conversations, in one step.
type incoming struct {
	*unit
	ch     *Channel
	ev     *webhook.Event
	at     time.Time   // when it happened, by WhatsApp's clock
	id     string      // identifies the item
	masked bool        // a card number was in it
	sender string      // who wrote it in a group, see Message.SenderKey
	work   *worker.Job // that it came with
}

// apply applies an item that concerns a number of the hub.
func (in *incoming) apply() (worker.Outcome, error) {
	switch p := in.ev.Payload.(type) {
	case *webhook.Message:
		return in.inbound(p, false)
	case *webhook.StandbyMessage:
		return in.inbound(&p.Message, true)
	case *webhook.Status:
		return in.status(p)
	case *webhook.Echo:
		return worker.Done(), in.echo(p)
	case *webhook.Call:
		return worker.Done(), in.call(p)
	case *webhook.CallStatus:
		return worker.Done(), in.callStatus(p)
	case *webhook.UserPreference:
		return worker.Done(), in.preference(p)
	case *webhook.UserIDUpdate:
		return worker.Done(), in.link(p.Previous, p.Current)
	case *webhook.HistoryMessage:
		return worker.Done(), in.history(p)
	case *webhook.ErrorNotice:
		in.count(in.ch.ID, "errors", in.at, 1)
		in.core.log.LogAttrs(in.ctx, slog.LevelError, "channel: WhatsApp reports a problem of the number",
			slog.String("channel", in.ch.ID), slog.Int("code", p.Error.Code))
		return worker.Done(), nil
	default: // known, or a mere acquaintance, and nothing that conversations depend on
		in.count(in.ch.ID, "events_"+word(in.ev.Field), in.at, 1)
		return worker.Done(), in.notify(in.ev, in.id, in.ch.ID)
	}
}

// acquaints says that an item is what WhatsApp tells of a person beside items that are about
// somebody else, such as the notice of a changed number. Nothing happened in it.
func acquaints(p *webhook.Unknown) bool { return p.Type == "contacts" && p.Err == nil }
