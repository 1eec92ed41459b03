package access

// Action is something an actor asks to do on a channel. The list is closed: an
// action this version does not know is refused to everyone.
type Action string

// Actions of a [Viewer]: nothing here reaches the customer.
const (
	// Read sees conversations, messages, attachments and customers.
	Read Action = "read"
	// MoveQueue moves a conversation between New and Pending, with or
	// without a time at which it comes back.
	MoveQueue Action = "move_queue"
	// Resolve closes a conversation.
	Resolve Action = "resolve"
	// Reopen undoes [Resolve]. It is a Viewer's action too, so that whoever
	// resolved by mistake can put it right.
	Reopen Action = "reopen"
	// Tag adds and removes tags.
	Tag Action = "tag"
	// Note writes internal notes.
	Note Action = "note"
	// Topic sets what a conversation is about.
	Topic Action = "topic"
)

// Actions of a [Contributor]: they reach the customer, cost money, or make
// somebody responsible for an answer.
const (
	// Reply sends a free-form message in a conversation.
	Reply Action = "reply"
	// SendTemplate sends a template in a conversation.
	SendTemplate Action = "send_template"
	// Notify sends a template to a customer without a conversation.
	Notify Action = "notify"
	// MarkRead shows the customer a read receipt or the typing indicator.
	MarkRead Action = "mark_read"
	// Assign gives a conversation to an agent or takes it away.
	Assign Action = "assign"
	// CancelQueued withdraws a message that has not been sent yet.
	CancelQueued Action = "cancel_queued"
	// Resend settles a message of uncertain outcome by sending it again or
	// by giving it up.
	Resend Action = "resend"
	// RecordConsent notes an opt-in or an opt-out of a customer.
	RecordConsent Action = "record_consent"
)

// Report reads figures about a channel and the people on it; it takes a
// [Supervisor].
const Report Action = "report"

// Block keeps a customer from writing to the number, or lifts that; it takes a [Supervisor].
const Block Action = "block"

// Actions of an account admin. No channel role permits them.
const (
	// ManageSettings adds, changes, disables and removes channels, their
	// policies and their rules.
	ManageSettings Action = "manage_settings"
	// ReadHealth sees the state of queues and channels.
	ReadHealth Action = "read_health"
	// ReadDeadLetters lists and inspects items that could not be delivered.
	ReadDeadLetters Action = "read_dead_letters"
	// ReplayDeadLetters hands such items in again.
	ReplayDeadLetters Action = "replay_dead_letters"
	// DropDeadLetters gives such items up for good.
	DropDeadLetters Action = "drop_dead_letters"
	// Erase removes a customer and everything of his from all stores.
	Erase Action = "erase"
	// ReadAudit sees who did what.
	ReadAudit Action = "read_audit"
	// Export hands out everything that is stored about one customer.
	Export Action = "export"
)

// requirement is the row of one action; the zero row is that of an unknown one.
type requirement struct {
	role   Role // lowest role that permits it, NoRole if no role does
	admin  bool // an account admin may
	system bool // the hub's own rules may
}

// require is the whole table of rights. It is a switch and not a map: no global
// state, no initialisation, no allocation.
func (a Action) require() requirement {
	switch a {
	case Read, MoveQueue, Resolve, Reopen:
		return requirement{role: Viewer, system: true}
	case Tag, Note, Topic:
		return requirement{role: Viewer}
	case Reply, SendTemplate, Assign, CancelQueued, Resend, RecordConsent:
		return requirement{role: Contributor, system: true}
	case Notify, MarkRead:
		return requirement{role: Contributor}
	case Report, Block:
		return requirement{role: Supervisor}
	case ManageSettings, ReadHealth, ReadDeadLetters, ReplayDeadLetters, DropDeadLetters, ReadAudit, Erase, Export:
		return requirement{admin: true}
	default:
		return requirement{}
	}
}

// Known reports whether a is an action of this version.
func (a Action) Known() bool { return a.require() != requirement{} }

// NeedsRole returns the lowest role that permits a, or [NoRole] if no role does:
// the action needs an account admin, or is unknown.
func (a Action) NeedsRole() Role { return a.require().role }

// NeedsAdmin reports whether a takes an account admin.
func (a Action) NeedsAdmin() bool { return a.require().admin }

// Actions returns every known action, from those of a [Viewer] to those of an
// account admin. The slice is the caller's: an admin page may range over it to
// draw its table, a user interface to grey out buttons.
func Actions() []Action {
	return []Action{
		Read, MoveQueue, Resolve, Reopen, Tag, Note, Topic,
		Reply, SendTemplate, Notify, MarkRead, Assign, CancelQueued, Resend, RecordConsent,
		Report, Block,
		ManageSettings, ReadHealth, ReadDeadLetters, ReplayDeadLetters, DropDeadLetters, ReadAudit, Erase, Export,
	}
}
