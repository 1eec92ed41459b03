package rules

import (
	"time"

	"github.com/kanava-go/kanava/window"
)

// Handover is that people get a conversation which a bot had.
type Handover struct {
	// Waits says that the customer waits for them: not if one of them answered, which is how people
	// take a conversation.
	Waits bool
	// Window and AllAway are as in [Inbound].
	Window  window.State
	AllAway bool
}

// OnHandover decides what follows when people get a conversation that a bot had. If the customer waits
// for them, it goes to new, a resolved one is reopened, and outside the opening hours, or if all are
// away, the customer is told.
func (r *Rules) OnHandover(st State, h Handover, now time.Time) (State, []Effect) {
	now = whole(now)
	st.HandedOver = now
	var fx []Effect
	if h.Waits {
		switch st.Queue {
		case QueueResolved:
			fx = append(fx, &Reopen{Why: WhyHandedOver})
			st.reopen()
		case QueuePending:
			fx = append(fx, &MoveQueue{From: QueuePending, To: QueueNew, Why: WhyHandedOver})
			st.Queue, st.ReturnAt = QueueNew, time.Time{}
		}
		st.WaitingSince = earliest(st.WaitingSince, now)
		r.observe(&st, h.Window)
		if reply := r.autoReply(&st, Inbound{Window: h.Window, AllAway: h.AllAway}, false, now, now); reply != nil {
			fx = append(fx, reply)
		}
	}
	st.touch(now)
	st.settle(now)
	return st, fx
}

// OnHandBack decides what follows when a bot gets a conversation that people had: it has no owner any
// more.
func (r *Rules) OnHandBack(st State, now time.Time) (State, []Effect) {
	now = whole(now)
	st.HandedOver = time.Time{}
	var fx []Effect
	if st.Assignee != "" {
		fx = append(fx, &Unassign{From: st.Assignee, Why: WhyHandedBack})
		st.assign("", now)
	}
	st.touch(now)
	st.settle(now)
	return st, fx
}
