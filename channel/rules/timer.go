package rules

import (
	"time"

	"github.com/kanava-go/kanava/window"
)

// NextDue returns the one moment at which [Rules.OnTimer] has something to do for
// a conversation unless an event comes first, and false if there is none. Arm one
// timer for it after each event and each timer; a time in the past means now.
//
// After OnTimer(now) it is always later than now, so that a host that follows it
// cannot spin.
func (r *Rules) NextDue(st State, w window.State) (time.Time, bool) {
	if !st.Queue.Open() {
		return time.Time{}, false
	}
	r.observe(&st, w)
	due, _ := r.resolveDue(&st)
	if st.Queue == QueuePending {
		due = earliest(due, st.ReturnAt)
	}
	if st.WindowUntil.After(st.WindowDone) {
		if before, ok := r.nextNotice(&st); ok {
			due = earliest(due, st.WindowUntil.Add(-before.std()))
		}
		if r.remindable(&st) {
			due = earliest(due, st.WindowUntil.Add(-r.s.Reminder.Before.std()))
		}
	}
	return due, !due.IsZero()
}

// OnTimer decides what the passing of time does: resolve what has aged, bring a
// pending conversation back, tell agents that the window is about to close,
// remind the customer. Calling it early, late or twice does no harm; what was
// missed because the window has closed by now is dropped.
func (r *Rules) OnTimer(st State, w window.State, now time.Time) (State, []Effect) {
	now = whole(now)
	r.observe(&st, w)
	if !st.Queue.Open() {
		st.settle(now)
		return st, nil
	}
	if due, why := r.resolveDue(&st); !due.IsZero() && !now.Before(due) {
		reason := r.s.AutoResolve.Reason
		if why == WhyIdle {
			reason = r.s.IdleClose.Reason
		}
		return r.resolve(st, why, reason, now)
	}
	var fx []Effect
	if st.Queue == QueuePending && !st.ReturnAt.IsZero() && !now.Before(st.ReturnAt) {
		fx = append(fx, &MoveQueue{From: QueuePending, To: QueueNew, Why: WhyReturnTime})
		st.Queue, st.ReturnAt = QueueNew, time.Time{}
		st.touch(now)
	}
	if st.WindowUntil.After(now) {
		fx = r.closing(&st, w, now, fx)
	}
	st.settle(now)
	return st, fx
}

// closing appends what is due because the window is about to close.
func (r *Rules) closing(st *State, w window.State, now time.Time, fx []Effect) []Effect {
	left := Duration(st.WindowUntil.Sub(now))
	told := Duration(0)
	for { // of several notices that are due, only the last is worth telling
		before, ok := r.nextNotice(st)
		if !ok || left > before {
			break
		}
		st.Noticed, told = before, before
	}
	if told > 0 {
		fx = append(fx, &ClosingNotice{Before: told, ClosesAt: st.WindowUntil, Waiting: !st.WaitingSince.IsZero()})
	}
	if r.remindable(st) && left <= r.s.Reminder.Before {
		// Given even if withheld: the moment has passed. Whether a message can
		// go out is for w to say, not for what the rules remember of it.
		st.Given |= GivenReminder
		sendable := w.Permits(window.Send{Kind: window.SendText}, now).Allowed
		if sendable && !now.Before(st.BotUntil) {
			fx = append(fx, &Remind{Content: r.s.Reminder.Content, ClosesAt: st.WindowUntil})
		}
	}
	return fx
}

// nextNotice returns the largest closing notice that has not been told.
func (r *Rules) nextNotice(st *State) (Duration, bool) {
	if r.s.Closing.OnlyWaiting && st.WaitingSince.IsZero() {
		return 0, false
	}
	for _, before := range r.notices {
		if st.Noticed == 0 || before < st.Noticed {
			return before, true
		}
	}
	return 0, false
}

// remindable reports whether the reminder is still to come in this window.
func (r *Rules) remindable(st *State) bool {
	return r.s.Reminder.Enabled && !st.Given.Has(GivenReminder)
}

// resolveDue returns when an open conversation is resolved by age or idleness,
// and why; zero if never. Where a person has set a time to come back, that time
// is waited for.
func (r *Rules) resolveDue(st *State) (time.Time, Why) {
	age := r.s.AutoResolve.New
	if st.Queue == QueuePending {
		age = r.s.AutoResolve.Pending
		if !st.ReturnAt.IsZero() {
			return time.Time{}, ""
		}
	}
	base := st.base()
	if base.IsZero() {
		return time.Time{}, ""
	}
	idle := r.s.IdleClose.After
	switch {
	case idle > 0 && st.WaitingSince.IsZero() && (age == 0 || idle < age):
		return base.Add(idle.std()), WhyIdle
	case age > 0:
		return base.Add(age.std()), WhyAutoResolve
	default:
		return time.Time{}, ""
	}
}
