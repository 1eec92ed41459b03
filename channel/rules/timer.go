package rules

import (
	"time"

	"github.com/kanava-go/kanava/channel/duration"
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
			due = earliest(due, st.WindowUntil.Add(-before.Std()))
		}
		if r.remindable(&st) {
			due = earliest(due, st.WindowUntil.Add(-r.s.Reminder.Before.Std()))
		}
	}
	if at, ok := r.followUpDue(&st); ok {
		due = earliest(due, at)
	}
	return due, !due.IsZero()
}

// OnTimer decides what the passing of time does: resolve what has aged, bring a
// pending conversation back, tell agents that the window is about to close,
// remind the customer, follow up after it has closed. Calling it early, late or twice does no harm; what was
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
		var notice []Effect
		switch why {
		case WhyIdle:
			reason = r.s.IdleClose.Reason
		case WhyUntaken:
			reason, notice = r.s.Untaken.Reason, r.untakenNotice(&st, w, now)
		}
		st, fx := r.resolve(st, why, reason, now)
		return st, append(notice, fx...)
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
	if due, ok := r.followUpDue(&st); ok && !now.Before(due) {
		st.Given |= GivenFollowUp // even if withheld: the moment has passed
		if now.Sub(due) <= MaxFollowUpDelay && !now.Before(st.BotUntil) {
			fx = append(fx, &FollowUp{Content: r.s.FollowUp.Content, ClosedAt: st.WindowUntil})
		}
	}
	st.settle(now)
	return st, fx
}

// closing appends what is due because the window is about to close.
func (r *Rules) closing(st *State, w window.State, now time.Time, fx []Effect) []Effect {
	left := duration.Duration(st.WindowUntil.Sub(now))
	told := duration.Duration(0)
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
func (r *Rules) nextNotice(st *State) (duration.Duration, bool) {
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

// MaxFollowUpDelay is how late a follow-up may be and still go out.
const MaxFollowUpDelay = 24 * time.Hour

// followUpDue returns when the follow-up goes out, if it is still to come in this window.
func (r *Rules) followUpDue(st *State) (time.Time, bool) {
	f := &r.s.FollowUp
	if !f.Enabled || st.Given.Has(GivenFollowUp) || st.WindowUntil.IsZero() || f.OnlyWaiting && st.WaitingSince.IsZero() {
		return time.Time{}, false
	}
	return st.WindowUntil.Add(f.After.Std()), true
}

// untakenNotice tells the customer that nobody took the conversation.
func (r *Rules) untakenNotice(st *State, w window.State, now time.Time) []Effect {
	if r.s.Untaken.Notice.isZero() || st.Given.Has(GivenUntaken) || now.Before(st.BotUntil) ||
		!w.Permits(window.Send{Kind: window.SendText}, now).Allowed {
		return nil
	}
	st.Given |= GivenUntaken
	st.AutoReplies++
	return []Effect{&AutoReply{Content: r.s.Untaken.Notice, Why: WhyUntaken, Count: st.AutoReplies}}
}

func (c *Content) isZero() bool { return c.Text == "" && c.Template == "" }

// resolveDue returns when an open conversation is resolved by age or idleness or because
// nobody took it, and why; zero if never. Where a person has set a time to come back, that time
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
	idle, untaken := r.s.IdleClose.After, r.s.Untaken.After
	switch {
	case untaken > 0 && st.Queue == QueueNew && !st.WaitingSince.IsZero() && !st.Taken && (age == 0 || untaken < age):
		return base.Add(untaken.Std()), WhyUntaken
	case idle > 0 && st.WaitingSince.IsZero() && (age == 0 || idle < age):
		return base.Add(idle.Std()), WhyIdle
	case age > 0:
		return base.Add(age.Std()), WhyAutoResolve
	default:
		return time.Time{}, ""
	}
}
