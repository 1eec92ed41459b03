package channel

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/webhook"
)

// maxCommit bounds what one commit of Accept writes, in bytes of items.
const maxCommit = 4 << 20

// record commits items of a delivery.
func (it *intake) record(ctx context.Context, b *store.Batch, info *hooks.AcceptInfo) error {
	if len(b.Enqueue) == 0 {
		return nil
	}
	if it.atOnce(ctx, b.Enqueue) {
		it.works(ctx, "channel: accept failed", "")
		info.Fresh += len(b.Enqueue)
		return nil
	}
	b.Add = it.strangersIn(b.Enqueue)
	done, err := it.store.Commit(ctx, b)
	if err != nil {
		it.fails(ctx, slog.LevelError, "channel: accept failed", "", err, slog.Int("events", info.Events))
		return fmt.Errorf("channel: accept: %w", err)
	}
	it.works(ctx, "channel: accept failed", "")
	info.Fresh += done.Fresh
	it.wake(workIn)
	return nil
}

// workOf turns one item into work that holds everything needed to apply it, redacted.
func (it *intake) workOf(ctx context.Context, ev *webhook.Event, v voucher) (w store.Work, masked bool, err error) {
	w = store.Work{Queue: workIn, ID: ev.Key(), Lane: lane(ev), Once: true}
	ch, ok := it.channels.number(ev.Number.ID)
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
	masked = ev.Masked() // by a log that it came through
	a := inItem{Voucher: v, carried: carried{it.hooks.carry(ctx)}}
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
