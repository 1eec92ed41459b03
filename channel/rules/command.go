package rules

import "time"

// MaxReturn is how far ahead the time may lie at which a pending conversation
// comes back.
const MaxReturn = 366 * 24 * time.Hour

// OnResolve decides what a person's resolution does; reason is the host's own
// code or text for it, "" for none. Resolving what is resolved, or does not
// exist, changes nothing.
func (r *Rules) OnResolve(st State, reason string, now time.Time) (State, []Effect) {
	if !st.Queue.Open() {
		return st, nil
	}
	return r.resolve(st, WhyByHand, reason, whole(now))
}

// resolve resolves an open conversation and releases its owner.
func (r *Rules) resolve(st State, why Why, reason string, now time.Time) (State, []Effect) {
	fx := []Effect{&Resolve{From: st.Queue, Why: why, Reason: reason}}
	if r.s.Assign.Release && st.Assignee != "" {
		fx = append(fx, &Unassign{From: st.Assignee, Why: WhyResolved})
		st.assign("", now)
	}
	st.Queue, st.ResolvedAt = QueueResolved, now
	st.WaitingSince, st.UnansweredSince, st.ReturnAt = time.Time{}, time.Time{}, time.Time{}
	if r.farewell(&st, why, now) {
		st.Given |= GivenFarewell
		fx = append(fx, &Farewell{r.s.Farewell.Content})
	}
	st.touch(now)
	st.settle(now)
	return st, fx
}

// farewell says whether the customer is written to because the conversation was resolved.
func (r *Rules) farewell(st *State, why Why, now time.Time) bool {
	f := &r.s.Farewell
	switch {
	case !f.Enabled, f.ByHand && why != WhyByHand, !st.Wrote, st.Given.Has(GivenFarewell), now.Before(st.BotUntil):
		return false
	}
	return f.Text == "" || now.Before(st.WindowUntil)
}

// OnReopen takes a resolved conversation up again because a person says so. Any
// other conversation is left as it is.
func (r *Rules) OnReopen(st State, now time.Time) (State, []Effect) {
	if st.Queue != QueueResolved {
		return st, nil
	}
	now = whole(now)
	st.reopen()
	st.touch(now)
	st.settle(now)
	return st, []Effect{&Reopen{Why: WhyByHand}}
}

// OnMove moves an open conversation because a person says so. Into pending it may
// carry the time back at which it comes back to new by itself, up to [MaxReturn]
// ahead; zero means that it waits. Moving where it already is only sets that
// time. Moving to resolved is [Rules.OnResolve] without a reason.
//
// The errors are [ErrNotOpen], [ErrQueue] and [ErrReturnTime]; the state is then
// unchanged.
func (r *Rules) OnMove(st State, to Queue, back, now time.Time) (State, []Effect, error) {
	now = whole(now)
	if !back.IsZero() {
		back = whole(back)
		if to != QueuePending || !back.After(now) || back.Sub(now) > MaxReturn {
			return st, nil, ErrReturnTime
		}
	}
	switch {
	case to == QueueResolved && st.Queue == QueueResolved:
		return st, nil, nil
	case !st.Queue.Open():
		return st, nil, ErrNotOpen
	case to == st.Queue:
		if back != st.ReturnAt {
			st.ReturnAt = back
			st.touch(now)
		}
		st.settle(now)
		return st, nil, nil
	case !st.Queue.CanMove(to):
		return st, nil, ErrQueue
	case to == QueueResolved:
		st, fx := r.resolve(st, WhyByHand, "", now)
		return st, fx, nil
	}
	fx := []Effect{&MoveQueue{From: st.Queue, To: to, Why: WhyByHand}}
	st.Queue, st.ReturnAt = to, back
	st.touch(now)
	st.settle(now)
	return st, fx, nil
}

// OnAssign gives an open conversation to an agent because a person says so, or
// takes the owner away if to is "". Assigning a conversation that is not open is
// [ErrNotOpen]; taking away is always possible.
func (r *Rules) OnAssign(st State, to string, now time.Time) (State, []Effect, error) {
	if to == st.Assignee {
		return st, nil, nil
	}
	var fx []Effect
	switch {
	case to == "":
		fx = []Effect{&Unassign{From: st.Assignee, Why: WhyByHand}}
	case !st.Queue.Open():
		return st, nil, ErrNotOpen
	default:
		fx = []Effect{&Assign{To: to, From: st.Assignee, Why: WhyByHand}}
	}
	now = whole(now)
	st.assign(to, now)
	st.touch(now)
	st.settle(now)
	return st, fx, nil
}
