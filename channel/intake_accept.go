package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/redact"
	"github.com/kanava-go/kanava/webhook"
)

// maxCommit bounds what one commit of Accept writes, in bytes of items.
const maxCommit = 4 << 20

// accepted is an item of a delivery with its card numbers masked, and the work that it makes.
type accepted struct {
	work store.Work // without its body, see encode
	inItem
	// ev is the item as it came, if nothing in it had to be masked: then Body is empty. nil: Body has it.
	ev *webhook.Event
}

// encode is the body of the work.
func (a *accepted) encode() ([]byte, error) {
	item := a.inItem
	if a.ev != nil {
		item.Body = a.ev.AppendBody(nil)
	}
	return json.Marshal(&item)
}

// record commits items of a delivery.
func (it *intake) record(ctx context.Context, items []accepted, info *hooks.AcceptInfo) error {
	if len(items) == 0 {
		return nil
	}
	if fresh, ok := it.atOnce(ctx, items); ok {
		it.works(ctx, "channel: accept failed", "")
		info.Fresh += fresh
		return nil
	}
	b, size := new(store.Batch), 0
	for i := range items {
		w := items[i].work
		var err error
		if w.Body, err = items[i].encode(); err != nil {
			return fmt.Errorf("channel: accept: %w", err)
		}
		if size += len(w.Body); size > maxCommit && len(b.Enqueue) > 0 {
			if err := it.enqueue(ctx, b, info); err != nil {
				return err
			}
			b, size = new(store.Batch), len(w.Body)
		}
		b.Enqueue = append(b.Enqueue, w)
	}
	return it.enqueue(ctx, b, info)
}

// enqueue commits the work of items.
func (it *intake) enqueue(ctx context.Context, b *store.Batch, info *hooks.AcceptInfo) error {
	b.Add = it.strangersIn(b.Enqueue)
	done, err := it.store.Commit(ctx, b)
	if err != nil {
		it.fails(ctx, slog.LevelError, "channel: accept failed", "", err, slog.Int("events", info.Events))
		return fmt.Errorf("channel: accept: %w", err)
	}
	it.works(ctx, "channel: accept failed", "")
	info.Fresh += done.Fresh
	committed(ctx, func(context.Context) { it.wake(workIn) })
	return nil
}

// itemOf turns one item of a delivery into what is needed to apply it, redacted, and says how many bytes
// that is.
func (it *intake) itemOf(ctx context.Context, d *webhook.Delivery, ev *webhook.Event) (a accepted, size int, err error) {
	v := voucherOf(d.Scope, ev)
	a.work = store.Work{Queue: workIn, ID: ev.Key(), Lane: lane(ev), Once: true}
	ch, ok := it.channels.number(ev.Number.ID)
	switch {
	case v == vouchedByNobody:
		// It must not stand in the way of the true one, nor among a channel's own.
		a.work.ID, a.work.Lane, ch = "not-covered."+a.work.ID, "not-covered", &Channel{}
	case ok:
		a.work.Group = ch.ID
	default:
		if isNumber(ev.Number.ID) {
			a.work.Group = strangeGroup(ev.Number.ID)
		}
		ch = &Channel{} // masks as the default does
	}
	masked := ev.Masked() // by a log that it came through
	mask := func(s string) string {
		safe := it.mask(ctx, ch, s)
		masked = masked || safe != s
		return safe
	}
	room := bodies.Get().(*[]byte)
	body := ev.AppendBody((*room)[:0])
	safe, err := webhook.RedactBody(body, mask)
	switch {
	case err != nil && !json.Valid(body): // redacted as well, with an error that says so
		a.Unreadable, err = string(safe), nil
	case err == nil && &safe[0] == &body[0] && len(d.Body) <= maxHeld:
		a.ev = ev
	default:
		a.Body = slices.Clone(safe)
	}
	if cap(body) <= 4*maxHeld {
		*room = body
		bodies.Put(room)
	}
	a.Voucher, a.Masked, a.carried = v, masked, carried{it.hooks.carry(ctx)}
	return a, len(safe), err
}

// mask is the channel's redactText. If that panics, in a detector of the host for example, nothing of the text
// stays readable: otherwise the delivery, with all others in it, would be refused whenever it comes.
func (it *intake) mask(ctx context.Context, ch *Channel, s string) (safe string) {
	defer func() {
		if recover() == nil {
			return
		}
		it.log.LogAttrs(ctx, slog.LevelError, "channel: panic while masking",
			slog.String("channel", ch.ID), slog.String("stack", string(debug.Stack())))
		safe = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsNumber(r) {
				return rune(redact.DefaultMask)
			}
			return r
		}, s)
	}()
	return ch.redactText(s)
}

// maxHeld is the size of a delivery, in bytes, up to which its events are applied as they came: what is
// remembered of one holds all of it.
const maxHeld = 8 << 10

// bodies are buffers for items while they are redacted.
var bodies = sync.Pool{New: func() any { return new([]byte) }}

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
