package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/webhook"
)

// forgetAfter is how long the hub remembers which items it has seen. WhatsApp repeats
// deliveries for up to seven days.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview,
// checked 2026-10-06.
const forgetAfter = 8 * 24 * time.Hour

// Accept takes responsibility for a delivery: it masks card numbers, then records every
// item that was not seen before in one atomic step, and returns nil only when that is
// durable. It is a webhook.Sink, and may as well be fed from a log of deliveries, in any
// order and any number of times.
//
// Items are applied later, by [Hub.Run]. Items of numbers that belong to no channel are
// recorded too and end as dead letters, which can be replayed once the channel exists.
func (h *Hub) Accept(ctx context.Context, d *webhook.Delivery) (err error) {
	start := h.now()
	var info AcceptInfo
	defer func() {
		if h.hooks.AcceptDone != nil {
			info.Took = h.now().Sub(start)
			h.hooks.AcceptDone(ctx, info, err)
		}
	}()
	var b Batch
	seen := map[string]bool{}
	for ev := range d.Events() {
		info.Events++
		key := ev.Key()
		if seen[key] {
			continue
		}
		seen[key] = true
		w, masked, err := h.workOf(ev, key)
		if err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		if masked {
			info.Redacted++
		}
		b.Enqueue = append(b.Enqueue, w)
	}
	if len(b.Enqueue) == 0 {
		return nil
	}
	done, err := h.store.Commit(ctx, &b)
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelError, "channel: accept failed", slog.Int("events", info.Events),
			slog.String("reason", reasonOf(err)))
		return fmt.Errorf("channel: accept: %w", err)
	}
	info.Fresh = done.Fresh
	h.wake(queueIn)
	return nil
}

// accepted is the content of work in the inbound queue.
type accepted struct {
	// Body is a webhook body with one item, card numbers masked.
	Body json.RawMessage `json:"body,omitempty"`
	// Masked says that a card number was in it.
	Masked bool `json:"masked,omitempty"`
	// Unreadable is a body that is not JSON, which cannot be cut into items.
	Unreadable string `json:"unreadable,omitempty"`
}

// workOf turns one item into work that holds everything needed to apply it, redacted.
func (h *Hub) workOf(ev *webhook.Event, key string) (w Work, masked bool, err error) {
	w = Work{Queue: queueIn, ID: key, Lane: lane(ev), Once: true}
	ch, ok := h.channels.number(ev.Number.ID)
	if ok {
		w.Group = ch.ID
	} else {
		ch = &Channel{} // masks as the default does
	}
	mask := func(s string) string {
		safe := ch.redactText(s)
		masked = masked || safe != s
		return safe
	}
	var a accepted
	if body := ev.AppendBody(nil); !json.Valid(body) {
		a.Unreadable = mask(string(body))
	} else if a.Body, err = webhook.RedactBody(body, mask); err != nil {
		return w, false, err
	}
	a.Masked = masked
	w.Body, err = json.Marshal(&a)
	return w, masked, err
}

// lane decides which items wait for each other: those of one person on one number, and
// the statuses of one message. Everything is merged so that any order gives the same
// result; the lane only makes the usual order the usual case.
func lane(ev *webhook.Event) string {
	number := ev.Number.ID
	switch p := ev.Payload.(type) {
	case *webhook.Message:
		switch {
		case p.GroupID != "":
			return aliasGroup(number, p.GroupID)
		case p.From.BSUID != "":
			return aliasBSUID(number, p.From.BSUID)
		}
		return aliasPhone(number, p.From.Phone)
	case *webhook.Status:
		return derivedID("k_", number, "status", p.ID)
	default:
		return derivedID("k_", ev.Account, number, ev.Field)
	}
}
