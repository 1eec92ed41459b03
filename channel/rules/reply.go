package rules

import (
	"log/slog"
	"time"
)

// OnAgentReply decides what an answer by a person does once WhatsApp has accepted it (one
// that waits to be sent is no answer yet): the customer no longer waits, and the agent may become the owner. A resolved conversation stays
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
	st.Taken = st.Taken || st.Queue.Open()
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
// as an answer, and makes nobody the owner. Once it has handed over, what it wrote before is
// no answer to a customer who waits for people. The automatic replies and reminders
// of these rules are no answers: see [Rules.OnAutomatic].
func (r *Rules) OnBotReply(st State, out Outbound, now time.Time) (State, []Effect) {
	if !st.HandedOver.IsZero() {
		return r.OnAutomatic(st, out, now)
	}
	st, fx, _ := r.reply(st, &out, now)
	return st, fx
}

// OnAutomatic decides what an automatic message does that WhatsApp accepted, such as an
// automatic reply or a reminder of these rules: the customer goes on waiting for a person,
// but not without any answer, and nothing is kept from aging.
func (r *Rules) OnAutomatic(st State, out Outbound, now time.Time) (State, []Effect) {
	key := eventKey(out.ID)
	if st.knows(key) {
		return st, nil
	}
	now = whole(now)
	at := eventTime(out.At, now)
	st.remember(key)
	st.LastAutomatic = later(st.LastAutomatic, at)
	if !at.Before(st.LastInbound) {
		st.UnansweredSince = time.Time{}
	}
	st.settle(now)
	return st, nil
}

// Failed is a message of ours that was taken for an answer and did not arrive after all.
type Failed struct {
	// ID identifies it, as in [Outbound.ID].
	ID string
	// LastOutbound, LastAgentReply and LastAutomatic are the latest of what stands without
	// it, as in [State]; zero if nothing does.
	LastOutbound, LastAgentReply, LastAutomatic time.Time
	// WaitingSince and UnansweredSince are since when the customer waits again; zero if
	// another answer stands, or if nothing was asked.
	WaitingSince, UnansweredSince time.Time
	// Agent is who became the owner by it, at AssignedAt, and Before who was the owner until
	// then. "" if it made nobody the owner.
	Agent, Before string
	AssignedAt    time.Time
}

// LogValue implements [slog.LogValuer]; it shows no identifiers.
func (f Failed) LogValue() slog.Value {
	return slog.GroupValue(slog.Time("waiting_since", f.WaitingSince), slog.Bool("agent", f.Agent != ""))
}

// String shows what [Failed.LogValue] shows.
func (f Failed) String() string { return f.LogValue().String() }

// GoString is [Failed.String], so that %#v shows no more.
func (f Failed) GoString() string { return f.String() }

// OnFailed takes an answer back: what it made of the conversation is undone as far as
// nothing else has happened to it since. If the customer waits again, the conversation goes
// to new, and a resolved one is reopened: somebody believes it to be answered.
func (r *Rules) OnFailed(st State, f Failed, now time.Time) (State, []Effect) {
	now = whole(now)
	st.forget(eventKey(f.ID))
	st.LastOutbound, st.LastAgentReply, st.LastAutomatic = f.LastOutbound, f.LastAgentReply, f.LastAutomatic
	st.UnansweredSince = earliest(st.UnansweredSince, f.UnansweredSince)
	var fx []Effect
	if f.Agent != "" && st.Queue.Open() && st.Assignee == f.Agent && st.AssignedAt.Equal(f.AssignedAt) {
		if f.Before == "" {
			fx = append(fx, &Unassign{From: f.Agent, Why: WhyFailed})
		} else {
			fx = append(fx, &Assign{To: f.Before, From: f.Agent, Why: WhyFailed})
		}
		st.assign(f.Before, now)
	}
	st.Taken = st.Taken && (st.Assignee != "" || !st.LastAgentReply.IsZero())
	if f.WaitingSince.IsZero() {
		st.settle(now)
		return st, fx
	}
	st.WaitingSince = earliest(st.WaitingSince, f.WaitingSince)
	switch st.Queue {
	case QueueResolved:
		fx = append(fx, &Reopen{Why: WhyFailed})
		st.reopen()
	case QueuePending:
		fx = append(fx, &MoveQueue{From: QueuePending, To: QueueNew, Why: WhyFailed})
		st.Queue, st.ReturnAt = QueueNew, time.Time{}
	}
	st.touch(now)
	st.settle(now)
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
		st.WaitingSince, st.UnansweredSince = time.Time{}, time.Time{}
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
