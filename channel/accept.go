package channel

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/webhook"
)

// forgetAfter is how long the hub remembers which items it has seen. WhatsApp repeats
// deliveries for up to seven days.
//
// Source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview,
// checked 2026-10-06.
const forgetAfter = 8 * 24 * time.Hour

// ErrNoScope is returned by [Hub.Accept] for a delivery that does not say what whoever signed
// it may speak for.
var ErrNoScope = errors.New("channel: the delivery's Scope covers nothing")

// maxCommit bounds what one commit of Accept writes, in bytes of items.
const maxCommit = 4 << 20

// Accept takes responsibility for a delivery: it masks card numbers, then records every
// item that was not seen before, and returns nil only when that is durable. What fits into 4 MB
// is recorded in one atomic step. It is a webhook.Sink, and may as well be fed from a log of
// deliveries, in any order and any number of times.
//
// An item is believed only if the delivery's Scope covers the account and the number that it
// names and if that account is the channel's, where [Settings] know it. Everything else becomes
// a dead letter that belongs to no channel, and is counted in [Health]; replaying it helps once the
// channel's Account was corrected, while what a secret covers was settled when the item came. A webhook.Handler sets the
// Scope. Whoever verifies and parses bodies by other means sets it too; without one Accept
// refuses the delivery with [ErrNoScope].
//
// Items are applied later, by [Hub.Run]. Items of numbers that belong to no channel here are
// recorded too: a process that has the channel applies them. Once no process on the store has
// had the number for some minutes they become dead letters, which come back to life in their
// order when a channel with the number is added.
//
// Accept ends with ctx; what it has recorded by then stays, and does no harm when the delivery
// comes again.
func (h *Hub) Accept(ctx context.Context, d *webhook.Delivery) (err error) {
	start := h.now()
	var info AcceptInfo
	defer func() {
		if h.hooks.AcceptDone != nil {
			info.Took = h.now().Sub(start)
			h.hooks.AcceptDone(ctx, info, err)
		}
	}()
	if d.Scope.IsZero() {
		return fmt.Errorf("channel: accept: %w", ErrNoScope)
	}
	var b store.Batch
	size := 0
	seen := map[string]bool{}
	for ev := range d.Events() {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		info.Events++
		w, masked, err := h.workOf(ev, voucherOf(d.Scope, ev))
		if err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		if seen[w.ID] {
			continue
		}
		seen[w.ID] = true
		if masked {
			info.Redacted++
		}
		if size += len(w.Body); size > maxCommit && len(b.Enqueue) > 0 {
			if err := h.record(ctx, &b, &info); err != nil {
				return err
			}
			b, size = store.Batch{}, len(w.Body)
		}
		b.Enqueue = append(b.Enqueue, w)
	}
	return h.record(ctx, &b, &info)
}

// record commits items of a delivery.
func (h *Hub) record(ctx context.Context, b *store.Batch, info *AcceptInfo) error {
	if len(b.Enqueue) == 0 {
		return nil
	}
	b.Add = h.strangersIn(b.Enqueue)
	done, err := h.store.Commit(ctx, b)
	if err != nil {
		h.fails(ctx, slog.LevelError, "channel: accept failed", "", err, slog.Int("events", info.Events))
		return fmt.Errorf("channel: accept: %w", err)
	}
	h.works(ctx, "channel: accept failed", "")
	info.Fresh += done.Fresh
	h.wake(queueIn)
	return nil
}

// accepted is the content of work in the inbound queue.
type accepted struct {
	// Body is a webhook body with one item, card numbers masked.
	Body json.RawMessage `json:"body,omitempty"`
	// Voucher is how far whoever signed the item may speak for what it names.
	Voucher voucher `json:"voucher,omitempty"`
	// Masked says that a card number was in it.
	Masked bool `json:"masked,omitempty"`
	// Unreadable is a body that is not JSON, which cannot be cut into items.
	Unreadable string `json:"unreadable,omitempty"`
}

// workOf turns one item into work that holds everything needed to apply it, redacted.
func (h *Hub) workOf(ev *webhook.Event, v voucher) (w store.Work, masked bool, err error) {
	w = store.Work{Queue: queueIn, ID: ev.Key(), Lane: lane(ev), Once: true}
	ch, ok := h.channels.number(ev.Number.ID)
	switch {
	case v == vouchedByNobody:
		// It must not stand in the way of the true one, nor among a channel's own.
		w.ID, w.Lane, ch = "not-covered."+w.ID, "not-covered", &Channel{}
	case ok:
		w.Group = ch.ID
	default:
		if isNumber(ev.Number.ID) {
			w.Group = strangeGroup(ev.Number.ID)
		}
		ch = &Channel{} // masks as the default does
	}
	mask := func(s string) string {
		safe := ch.redactText(s)
		masked = masked || safe != s
		return safe
	}
	a := accepted{Voucher: v}
	if body := ev.AppendBody(nil); !json.Valid(body) {
		safe, _ := webhook.RedactBody(body, mask) // of what is not JSON, too, with an error that says so
		a.Unreadable = string(safe)
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
		return opaque.ID("k_", number, "status", p.ID)
	default:
		return opaque.ID("k_", ev.Account, number, ev.Field)
	}
}
