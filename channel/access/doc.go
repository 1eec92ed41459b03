// Package access decides who may do what on which channel.
//
// It is arithmetic on values the caller already holds: a [Policy] (one per
// channel, plain JSON, edited on an admin page), an [Actor] (who is asking, as
// the host vouches) and an [Action]. [Decide] answers with a [Decision] that
// says yes or no, why, and which grant the answer came from. Nothing here does
// I/O, keeps state or looks at a clock, and the decision allocates nothing.
//
//	policy := access.Policy{
//		AllUsers: access.Viewer,
//		Teams:    map[string]access.Role{"billing": access.Contributor},
//	}
//	err := access.Check(policy, actor, access.Reply)
//	if errors.Is(err, access.ErrDenied) { … }
//
// Three channel roles build on each other, so that a higher one never may less:
//
//	Viewer       reads; moves to pending or resolved and back; tags, notes, topics
//	Contributor  Viewer, and everything that reaches the customer
//	Supervisor   Contributor, and the reports of the channel
//
// Beside them stands the account admin, who changes settings, handles dead
// letters and answers privacy requests, but reads and writes conversations only
// with a role of his own: the two kinds of power are given out separately, as
// helpdesks do. [Actor.AdminOf] gives that power on some channels only.
//
// # What the zero values mean
//
// The zero [Policy] permits nobody. The zero [Actor], the zero [Action] and the
// zero [Role] are refused under every policy. Two rights do not come from a
// policy, because without them no channel could be set up or run; both are
// vouched for by the host's own code, never by data that an admin page can
// edit: [Actor.Admin], and [System] for the rules of the hub itself.
//
// There are no deny entries: rights only add up, so adding a grant never takes
// anything away, and the order of grants does not matter.
package access
