package rules

import (
	"cmp"
	"slices"
)

// Merge returns the state of the one conversation that is left when two customers
// turn out to be the same person, each with a conversation of their own: the
// state with which the surviving conversation goes on. Resolve the other one, if
// it is open, with [Rules.OnResolve], and arm the timer anew with [Rules.NextDue].
//
// Merge is commutative, associative and idempotent, and the zero State changes
// nothing, so that the order in which machines learn who is who does not matter.
// The decisions:
//
//   - An open conversation is preferred to a resolved one, and of two resolved
//     ones the one resolved last. What belongs to the conversation comes from it
//     alone: queue, owner, beginning, answers, resolution.
//   - Two open ones become one: new wins over pending, so that agents look at it;
//     the owner is who was made the owner last; the customer waits since the
//     earlier unanswered message; what agents have been told counts as told.
//   - What belongs to the person is joined always: whether they have written and
//     had been answered, the window with the later end, the suspicion of a machine. What has been
//     sent by itself in either window counts as sent: a merger makes no
//     automatic message go out a second time, though it may withhold one.
//   - AutoReplies is the larger of both numbers, not the sum, which could not be
//     repeated without harm. Of the latest messages, those of the side that was
//     active last are remembered.
func (st State) Merge(o State) State {
	if order := compareConversations(&st, &o); order < 0 {
		return o.joinPerson(&st)
	} else if order > 0 {
		return st.joinPerson(&o)
	}
	m := st.joinPerson(&o)
	switch c := compareQueues(st.Queue, o.Queue); {
	case c < 0:
		m.Queue, m.ReturnAt = o.Queue, o.ReturnAt
	case c == 0:
		m.ReturnAt = earliest(st.ReturnAt, o.ReturnAt)
	}
	if c := st.AssignedAt.Compare(o.AssignedAt); c < 0 || c == 0 && st.Assignee < o.Assignee {
		m.Assignee, m.AssignedAt = o.Assignee, o.AssignedAt
	}
	m.HandedOver = later(st.HandedOver, o.HandedOver)
	m.Taken = st.Taken || o.Taken
	m.OpenedAt = earliest(st.OpenedAt, o.OpenedAt)
	m.LastInbound = later(st.LastInbound, o.LastInbound)
	m.LastOutbound = later(st.LastOutbound, o.LastOutbound)
	m.LastAgentReply = later(st.LastAgentReply, o.LastAgentReply)
	m.LastAutomatic = later(st.LastAutomatic, o.LastAutomatic)
	m.WaitingSince = earliest(st.WaitingSince, o.WaitingSince)
	m.UnansweredSince = earliest(st.UnansweredSince, o.UnansweredSince)
	m.ResolvedAt = later(st.ResolvedAt, o.ResolvedAt)
	if st.Noticed == 0 || o.Noticed > 0 && o.Noticed < st.Noticed {
		m.Noticed = o.Noticed
	}
	m.AutoReplies = max(st.AutoReplies, o.AutoReplies)
	return m
}

// joinPerson takes over from o what belongs to the person.
//
// Each part is the larger of two values, by an order in which any two can be
// compared; parts that only make sense together are compared together. That is
// all the laws of Merge need.
func (st State) joinPerson(o *State) State {
	if c := compareActivity(&st, o); c < 0 {
		st.Seen = o.Seen
	}
	st.ActiveAt = later(st.ActiveAt, o.ActiveAt)
	st.Wrote = st.Wrote || o.Wrote
	st.EarlierReply = later(st.EarlierReply, o.EarlierReply)
	switch c := st.WindowUntil.Compare(o.WindowUntil); {
	case c < 0:
		st.WindowSince, st.WindowUntil = o.WindowSince, o.WindowUntil
	case c == 0:
		st.WindowSince = earliest(st.WindowSince, o.WindowSince)
	}
	st.WindowDone = later(st.WindowDone, o.WindowDone)
	st.Given |= o.Given
	st.BotUntil = later(st.BotUntil, o.BotUntil)
	if compareTexts(&st, o) < 0 {
		st.RateSince, st.RateCount, st.LastText, st.Repeats = o.RateSince, o.RateCount, o.LastText, o.Repeats
	}
	return st
}

// compareConversations orders by what the person is to find again: none, resolved,
// resolved later, open.
func compareConversations(a, b *State) int {
	if c := cmp.Compare(stage(a.Queue), stage(b.Queue)); c != 0 || a.Queue != QueueResolved {
		return c
	}
	return a.ResolvedAt.Compare(b.ResolvedAt)
}

// stage is how far a conversation is from being forgotten.
func stage(q Queue) int {
	switch {
	case q.Open():
		return 2
	case q == QueueResolved:
		return 1
	default:
		return 0
	}
}

// compareQueues orders the queues of one stage: pending, new.
func compareQueues(a, b Queue) int {
	return cmp.Compare(b, a) // as it happens, from Z to A
}

func compareActivity(a, b *State) int {
	return cmp.Or(a.ActiveAt.Compare(b.ActiveAt), slices.Compare(a.Seen[:], b.Seen[:]))
}

func compareTexts(a, b *State) int {
	return cmp.Or(a.RateSince.Compare(b.RateSince), cmp.Compare(a.RateCount, b.RateCount),
		cmp.Compare(a.Repeats, b.Repeats), cmp.Compare(a.LastText, b.LastText))
}
