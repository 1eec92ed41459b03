// Package rules decides what a support channel does by itself: who gets a
// conversation, in which queue it stands, when it is resolved, which automatic
// messages go out and what agents are told.
//
// It decides and does nothing else: facts and the time go in, the conversation's
// new [State] and a list of [Effect] values come out, each with its reason. No
// I/O, no clock, no goroutine. The settings of a channel are plain JSON
// ([Settings]); [New] checks them and makes the [Rules] that decide:
//
//	r, err := rules.New(rules.Default())
//	…
//	st, effects := r.OnInbound(st, rules.Inbound{ID: id, At: sentAt, Window: win, Text: text}, now)
//	for _, e := range effects {
//		switch e := e.(type) {
//		case *rules.NewConversation: …
//		case *rules.AutoReply: …
//		default: // kinds of later versions
//		}
//	}
//	due, ok := r.NextDue(st, win) // arm one timer
//
// A host calls one method per event ([Rules.OnInbound], [Rules.OnAgentReply],
// [Rules.OnBotReply], [Rules.OnAutomatic], [Rules.OnFailed], [Rules.OnNotify],
// [Rules.OnMove], [Rules.OnAssign], [Rules.OnResolve], [Rules.OnReopen]) and [Rules.OnTimer] when the time has come
// that [Rules.NextDue] named: exactly one timer per conversation, no scan over
// all of them. It stores the State and what follows from the effects in one
// transaction. Since every method is a function of its arguments, losing a race
// means reading again and deciding again.
//
// # What can be relied on
//
// Applying an event or a timer twice equals once: the second time nothing changes
// and nothing follows. Of the latest [SeenEvents] messages this holds even after
// other events. A resolved conversation is never assigned, reminded or told about, and
// has no timer. A customer who waits is never closed on for idleness, but only by age and by
// [UntakenRule]. Every kind
// of automatic message goes out at most once per window, so that two machines
// cannot keep each other busy. NextDue after OnTimer lies in the future.
//
// When two customers turn out to be one, [State.Merge] gives the state with which
// their conversation goes on: the same on every machine, in whatever order they
// learn of it.
//
// # What the zero values mean
//
// The zero [Settings] and the zero [Rules] switch everything off: the host is
// master of its tickets. [Default] is what a channel of a helpdesk starts with, and
// [Settings.Filled] takes it for what a host leaves open. The zero [State] is a
// customer never heard of.
//
// The queue after an event does not depend on settings: a message of the customer
// always brings a conversation back to new, so that no combination of rules can
// hide one from the agents.
package rules
