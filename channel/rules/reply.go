package rules

import "time"

// OnAgentReply decides what an answer by a person does: the customer no longer
// waits, and the agent may become the owner. A resolved conversation stays
// resolved and without an owner; the customer's next message reopens it.
// Messages that a person typed on the business's own phone count too.
//
// Without a conversation it begins one, in pending, because now it is the
// customer's turn.
func (r *Rules) OnAgentReply(st State, out Outbound, now time.Time) (State, []Effect) {
	st, fx, fresh := r.reply(st, &out, now)
	if !fresh {
		return st, nil
	}
	st.LastAgentReply = later(st.LastAgentReply, out.At)
	if !st.Queue.Open() || out.Agent == "" || out.Agent == st.Assignee {
		return st, fx
	}
	mode := r.s.Assign.OnReply
	if mode == AssignAlways || mode == AssignUnowned && st.Assignee == "" {
		fx = append(fx, &Assign{To: out.Agent, From: st.Assignee, Why: WhyAnswered})
		st.assign(out.Agent, whole(now))
	}
	return st, fx
}

// OnBotReply decides what an answer by an automation of the host does: it counts
// as an answer, and makes nobody the owner. The automatic replies and reminders
// of these rules are no answers; nothing is to be reported about them.
func (r *Rules) OnBotReply(st State, out Outbound, now time.Time) (State, []Effect) {
	st, fx, _ := r.reply(st, &out, now)
	return st, fx
}

// reply is what answers have in common. It sets out.At to the time that counts
// and reports whether the message was new.
func (r *Rules) reply(st State, out *Outbound, now time.Time) (State, []Effect, bool) {
	key := eventKey(out.ID)
	if st.knows(key) {
		return st, nil, false
	}
	now = whole(now)
	out.At = eventTime(out.At, now)
	var fx []Effect
	if !st.Queue.Open() && st.Queue != QueueResolved {
		fx = append(fx, &NewConversation{Queue: QueuePending, Why: WhyContacted})
		st = st.successor(QueuePending, out.At)
	}
	st.remember(key)
	st.LastOutbound = later(st.LastOutbound, out.At)
	// An echo may arrive late; it does not answer what came after it.
	if !out.At.Before(st.LastInbound) {
		st.WaitingSince = time.Time{}
	}
	st.touch(now)
	st.settle(now)
	return st, fx, true
}

// OnNotify decides what a proactive message does, such as a template about a
// parcel: it answers nothing, makes nobody the owner and keeps no conversation
// from aging. Without a conversation, or after one that a message could no longer
// reopen, it begins one in pending; a younger resolved conversation stays resolved.
func (r *Rules) OnNotify(st State, out Outbound, now time.Time) (State, []Effect) {
	key := eventKey(out.ID)
	if st.knows(key) {
		return st, nil
	}
	now = whole(now)
	at := eventTime(out.At, now)
	var fx []Effect
	if !st.Queue.Open() && (st.Queue != QueueResolved || r.late(&st, at)) {
		fx = append(fx, &NewConversation{Queue: QueuePending, Why: WhyContacted})
		st = st.successor(QueuePending, at)
		st.touch(now)
	}
	st.remember(key)
	st.settle(now)
	return st, fx
}
