package channel

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/worker"
	"github.com/kanava-go/kanava/channel/store"
)

// arm makes sure that the conversation's one timer goes off when the desk wants to look at it again;
// zero: not at all. A timer that goes off too early does no harm, so that a later time is not worth
// a write.
func (u *unit) arm(ch *Channel, conv *conversation.Conversation, due time.Time) {
	switch {
	case u.timer == conv.ID: // it goes off again then, or is done
	case due.IsZero(), conv.Timer.After(u.now) && !due.Before(conv.Timer):
		return
	default:
		u.Enqueue(store.Work{Queue: workTimer, ID: conv.ID, Group: ch.ID, Due: due, Body: []byte("{}")})
	}
	conv.Timer = due
}

// timer lets the desk look at a conversation when the time it named has come.
func (h *core) timer(ctx context.Context, w *worker.Job) error {
	err := h.settle(ctx, w, func(u *unit) (worker.Outcome, error) {
		var conv conversation.Conversation
		if ok, err := u.Load(kindConversation, w.ID, &conv); err != nil || !ok {
			return worker.Done(), err
		}
		ch, ok := h.channels.get(w.Group)
		if !ok {
			return noSuchChannel(u.now), nil
		}
		customer, err := u.customer(conv.Customer)
		if err != nil || customer == nil {
			return worker.Done(), err
		}
		u.timer = conv.ID
		s := u.scene(ch, customer, &conv, fmt.Sprintf("timer|%s|%d", conv.ID, u.now.Unix()), u.now)
		s.WakeAt(time.Time{}) // unless the desk names another time
		if err := h.desk.Due(&s.Scene); err != nil {
			return worker.Outcome{}, err
		}
		if err := s.finish(); err != nil || conv.Timer.IsZero() || s.Conversation.ID != conv.ID {
			return worker.Done(), err
		}
		return worker.Later(conv.Timer, "armed"), nil
	})
	if errors.Is(err, store.ErrLeaseLost) {
		return nil // somebody armed it anew meanwhile: it will go off again
	}
	return err
}
