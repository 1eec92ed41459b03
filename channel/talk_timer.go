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
	case u.timerWork != nil && !due.IsZero():
		u.Postpone(store.Postponed{Lease: u.timerWork.Lease(), Due: due, Reason: "armed"})
	case u.timerWork != nil:
		u.Finish(u.timerWork.Lease())
	case due.IsZero(), conv.Timer.After(u.now) && !due.Before(conv.Timer):
		return
	default:
		u.Enqueue(store.Work{Queue: workTimer, ID: conv.ID, Group: ch.ID, Due: due, Body: []byte("{}")})
	}
	conv.Timer = due
}

// timer lets the desk look at a conversation when the time it named has come.
func (h *core) timer(ctx context.Context, w *worker.Job) error {
	err := h.do(ctx, func(u *unit) error {
		var conv conversation.Conversation
		ok, err := u.Load(kindConversation, w.ID, &conv)
		if err != nil {
			return err
		}
		ch, exists := h.channels.get(w.Group)
		var customer *conversation.Customer
		if ok {
			if customer, err = u.customer(conv.Customer); err != nil {
				return err
			}
		}
		if ok && !exists {
			u.Postpone(store.Postponed{Lease: w.Lease(), Due: u.now.Add(time.Minute), Reason: "no such channel here"})
			return nil
		}
		if !ok || customer == nil {
			u.Finish(w.Lease())
			return nil
		}
		u.timerWork = w
		s := u.scene(ch, customer, &conv, fmt.Sprintf("timer|%s|%d", conv.ID, u.now.Unix()), u.now)
		s.WakeAt(time.Time{}) // unless the desk names another time
		if err := h.desk.Due(s); err != nil {
			return err
		}
		return s.finish()
	})
	if errors.Is(err, store.ErrLeaseLost) {
		return nil // somebody armed it anew meanwhile: it will go off again
	}
	return err
}
