package access

// Role is what a grant confers on one channel. Roles are ordered: each may
// everything that the one before it may. They are strings so that a policy
// reads well as JSON; a value this version does not know confers nothing and is
// reported by [Policy.Validate].
type Role string

// The channel roles, from least to most.
const (
	// NoRole, the zero value, confers nothing. As the value of
	// [Policy.AllUsers] or [Policy.AllTeams] it means the switch is off.
	NoRole Role = ""
	// Viewer reads, sorts and annotates, and cannot reach the customer.
	Viewer Role = "viewer"
	// Contributor is a Viewer who may write to customers.
	Contributor Role = "contributor"
	// Supervisor is a Contributor who may see the reports of the channel.
	Supervisor Role = "supervisor"
)

// rank orders the roles; 0 stands for no role and for unknown ones alike.
func (r Role) rank() int {
	switch r {
	case Viewer:
		return 1
	case Contributor:
		return 2
	case Supervisor:
		return 3
	default:
		return 0
	}
}

// Known reports whether r is one of [Viewer], [Contributor], [Supervisor].
func (r Role) Known() bool { return r.rank() > 0 }

// Covers reports whether holding r is enough where need is asked for. It is
// false whenever either is [NoRole] or unknown: nothing covers a requirement
// that nobody understands.
func (r Role) Covers(need Role) bool {
	return need.rank() > 0 && r.rank() >= need.rank()
}

// May reports whether r alone permits a. It is false for every action that
// needs an account admin.
func (r Role) May(a Action) bool { return r.Covers(a.NeedsRole()) }
