package channel

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/webhook"
	"github.com/kanava-go/kanava/window"
)

// apply brings one accepted item into the conversations. The item is merged, never just
// written: applying it again, or in another order, gives the same result.
func (h *Hub) apply(ctx context.Context, w *worker.Job) (err error) {
	ev, a, err := eventOf(&w.Work)
	if err != nil {
		return h.bury(ctx, w, err)
	}
	ch, ok := h.channels.number(ev.Number.ID)
	switch {
	case ok && h.fleet.waitsForHome(w):
		return h.postpone(ctx, w, 0) // what came before it is just being revived
	case ok && !a.Voucher.covers(ch, ev.Account):
		return h.notCovered(ctx, w, ch.ID)
	case a.Voucher == vouchedByNobody:
		return h.notCovered(ctx, w, "")
	}
	if p, ok := ev.Payload.(*webhook.Unknown); ok && !acquaints(p) {
		return h.bury(ctx, w, &notUnderstood{p, ev.Field})
	}
	if h.hooks.ApplyDone != nil {
		err = worker.ErrPanic // unless the end is reached
		defer func() {
			info := ApplyInfo{Field: word(ev.Field), Age: max(0, h.now().Sub(ev.Time))}
			if ok {
				info.Channel = ch.ID
			}
			h.hooks.ApplyDone(ctx, info, err)
		}()
	}
	if longID(ev.Payload) {
		return h.bury(ctx, w, errLongID)
	}
	if ev.Number.ID == "" {
		if ofPerson(ev.Payload) {
			return h.bury(ctx, w, errNoNumber)
		}
		return h.do(ctx, func(u *unit) error {
			u.Finish(w.Lease())
			return u.accountEvent(ev, w.ID)
		})
	}
	if !ok {
		return h.unknownNumber(ctx, w, ev.Number.ID)
	}
	err = h.do(ctx, func(u *unit) error {
		in := &incoming{ch: ch, ev: ev, at: u.at(ev), id: strings.TrimPrefix(w.ID, latePrefix), masked: a.Masked, work: w}
		u.cause = in.at
		if err := u.event(in, w); err != nil {
			return err
		}
		if in.later != nil {
			u.Postpone(*in.later)
		} else {
			u.Finish(w.Lease())
		}
		return nil
	})
	if err == nil {
		h.feel(ctx, ch.ID, pulse{In: h.now().UTC()})
	}
	return err
}

// eventOf reads the one event that a piece of work holds.
func eventOf(w *store.Work) (ev *webhook.Event, a accepted, err error) {
	if err := json.Unmarshal(w.Body, &a); err != nil || a.Body == nil {
		return nil, a, errDamaged
	}
	d, err := webhook.Parse(a.Body)
	if err != nil {
		return nil, a, errDamaged
	}
	for ev := range d.Events() {
		return ev, a, nil
	}
	return nil, a, errDamaged
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

// incoming is one item on its way into the conversations.
type incoming struct {
	ch     *Channel
	ev     *webhook.Event
	at     time.Time        // when it happened, by WhatsApp's clock
	id     string           // identifies the item
	masked bool             // a card number was in it
	sender string           // who wrote it in a group, see Message.SenderKey
	work   *worker.Job      // that it came with
	later  *store.Postponed // it comes again then, if not nil
}

// event applies an item that concerns a number of the hub.
func (u *unit) event(in *incoming, w *worker.Job) error {
	switch p := in.ev.Payload.(type) {
	case *webhook.Message:
		return u.inbound(in, p, false, w)
	case *webhook.StandbyMessage:
		return u.inbound(in, &p.Message, true, w)
	case *webhook.Status:
		return u.status(in, p, w)
	case *webhook.Echo:
		return u.echo(in, p)
	case *webhook.Call:
		return u.call(in, p)
	case *webhook.CallStatus:
		return u.callStatus(in, p)
	case *webhook.UserPreference:
		return u.preference(in, p)
	case *webhook.UserIDUpdate:
		return u.link(in, p.Previous, p.Current)
	case *webhook.HistoryMessage:
		return u.history(in, p)
	case *webhook.ErrorNotice:
		u.count(in.ch.ID, "errors", in.at, 1)
		u.hub.log.LogAttrs(u.ctx, slog.LevelError, "channel: WhatsApp reports a problem of the number",
			slog.String("channel", in.ch.ID), slog.Int("code", p.Error.Code))
		return nil
	default: // known, or a mere acquaintance, and nothing that conversations depend on
		u.count(in.ch.ID, "events_"+word(in.ev.Field), in.at, 1)
		return u.notify(in.ev, in.id, in.ch.ID)
	}
}

// acquaints says that an item is what WhatsApp tells of a person beside items that are about
// somebody else, such as the notice of a changed number. Nothing happened in it.
func acquaints(p *webhook.Unknown) bool { return p.Type == "contacts" && p.Err == nil }

// notUnderstood is the cause of dead letters that a later version may be able to read.
type notUnderstood struct {
	what  *webhook.Unknown
	field string
}

func (e *notUnderstood) Error() string {
	if e.what.Err != nil {
		return "malformed " + word(e.field) + ": " + e.what.Err.Error()
	}
	return "unknown " + word(cmp.Or(e.what.Type, e.field))
}

// word makes a name from outside fit for a reason, a counter or a metric: it may be anything,
// a card number too.
func word(s string) string {
	many := len(digits(s)) > maxWordDigits
	s = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' && !many || r == '_' || r == '.' {
			return r
		}
		return '?'
	}, s)
	return s[:min(len(s), 64)]
}

// maxWordDigits is how many digits a word of the protocol may have.
const maxWordDigits = 4

// at is the time of an event, or now if WhatsApp gave none or one that is not to be believed.
func (u *unit) at(ev *webhook.Event) time.Time {
	if ev.Time.IsZero() {
		return u.now.UTC()
	}
	return believed(ev.Time, u.now)
}

// believed is a time from outside as far as it can be true: one that lies ahead by more than
// clocks differ is taken for now. Otherwise it would stand above everything that happens until
// then: a message in lists, a wish, an edit, a name.
func believed(t, now time.Time) time.Time {
	if t.After(now.Add(window.DefaultMaxSkew)) {
		t = now
	}
	return t.UTC()
}

// lookupWAMID finds the message behind a wamid on a channel, sent or received.
func (u *unit) lookupWAMID(channel, wamid string) (*messageRecord, error) {
	if wamid == "" {
		return nil, nil
	}
	m := new(messageRecord)
	ok, err := u.Load(kindMessage, inboundMessageID(channel, wamid), m)
	if err == nil && ok && m.SameAs != "" {
		id := m.SameAs
		m = new(messageRecord)
		ok, err = u.Load(kindMessage, id, m)
	}
	if err != nil || !ok || m.Direction == "" {
		return nil, err // unknown, or only what overtook it is known
	}
	if m.Channel != channel {
		return nil, fmt.Errorf("channel: message of another channel: %w", ErrNotFound)
	}
	return m, nil
}
