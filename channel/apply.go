package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// apply brings one accepted item into the conversations. The item is merged, never just
// written: applying it again, or in another order, gives the same result.
func (h *Hub) apply(ctx context.Context, w *Work) (err error) {
	ev, masked, err := eventOf(w)
	if err != nil {
		return h.bury(ctx, w, err)
	}
	if h.hooks.ApplyDone != nil {
		defer func() {
			info := ApplyInfo{Channel: w.Group, Field: ev.Field, Age: h.now().Sub(ev.Time)}
			h.hooks.ApplyDone(ctx, info, err)
		}()
	}
	if ev.Number.ID == "" {
		return h.do(ctx, func(u *unit) error {
			u.Done = append(u.Done, w.Lease())
			return u.accountEvent(ev)
		})
	}
	ch, ok := h.channels.number(ev.Number.ID)
	if !ok {
		return h.bury(ctx, w, errUnknownNumber)
	}
	return h.do(ctx, func(u *unit) error {
		u.Done = append(u.Done, w.Lease())
		return u.event(&incoming{ch: ch, ev: ev, at: u.at(ev), id: w.ID, masked: masked}, w)
	})
}

// eventOf reads the one event that a piece of work holds.
func eventOf(w *Work) (ev *webhook.Event, masked bool, err error) {
	var a accepted
	if err := json.Unmarshal(w.Body, &a); err != nil || a.Body == nil {
		return nil, false, errDamaged
	}
	d, err := webhook.Parse(a.Body)
	if err != nil {
		return nil, false, errDamaged
	}
	for ev := range d.Events() {
		return ev, a.Masked, nil
	}
	return nil, false, errDamaged
}

// incoming is one item on its way into the conversations.
type incoming struct {
	ch     *Channel
	ev     *webhook.Event
	at     time.Time // when it happened, by WhatsApp's clock
	id     string    // identifies the item
	masked bool      // a card number was in it
}

// event applies an item that concerns a number of the hub.
func (u *unit) event(in *incoming, w *Work) error {
	switch p := in.ev.Payload.(type) {
	case *webhook.Message:
		return u.inbound(in, p, false)
	case *webhook.StandbyMessage:
		return u.inbound(in, &p.Message, true)
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
	case *webhook.Unknown:
		return u.unknown(in, p, w)
	}
	// Known, and nothing that conversations depend on.
	u.count(in.ch.ID, "events_"+in.ev.Field, in.at, 1)
	return nil
}

// unknown keeps what could not be understood as a dead letter, so that a later version
// can replay it, and says so.
func (u *unit) unknown(in *incoming, p *webhook.Unknown, w *Work) error {
	u.Done = u.Done[:0]
	reason := "unknown " + nonEmpty(p.Type, in.ev.Field)
	if p.Err != nil {
		reason = "malformed " + in.ev.Field + ": " + p.Err.Error()
	}
	u.Bury = append(u.Bury, Buried{Lease: w.Lease(), Reason: reason})
	u.count(in.ch.ID, "events_unknown", u.now, 1)
	return nil
}

// at is the time of an event, or now if WhatsApp gave none.
func (u *unit) at(ev *webhook.Event) time.Time {
	if ev.Time.IsZero() {
		return u.now.UTC()
	}
	return ev.Time.UTC()
}

// lookupWAMID finds the message behind a wamid on a channel, sent or received.
func (u *unit) lookupWAMID(channel, wamid string) (*Message, error) {
	if wamid == "" {
		return nil, nil
	}
	key := inboundMessageID(channel, wamid)
	id := key
	var at wamidOf
	if ok, err := u.load(kindWAMID, key, &at); err != nil {
		return nil, err
	} else if ok {
		id = at.Message
	}
	m := new(Message)
	ok, err := u.load(kindMessage, id, m)
	if err != nil || !ok {
		return nil, err
	}
	if m.Channel != channel {
		return nil, fmt.Errorf("channel: message of another channel: %w", ErrNotFound)
	}
	return m, nil
}
