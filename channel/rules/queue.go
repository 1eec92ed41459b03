package rules

// Queue is where a conversation stands.
type Queue string

// The queues. A conversation begins in new, or in pending if we wrote first, and
// goes
//
//	new      → pending   a person moves it, if so desired until a set time
//	new      → resolved  a person, age or idleness resolves it
//	pending  → new       the customer writes, the time has come, or a person moves it
//	pending  → resolved  a person, age or idleness resolves it
//	resolved → new       the customer writes, or a person reopens it
//
// There is no way from resolved to pending: what is taken up again is looked at
// first.
const (
	// QueueNone, the zero value: there is no conversation yet.
	QueueNone Queue = ""
	// QueueNew waits for somebody on our side.
	QueueNew Queue = "new"
	// QueuePending waits for something else: the customer, a parcel, a time.
	QueuePending Queue = "pending"
	// QueueResolved is done; nothing is due in it.
	QueueResolved Queue = "resolved"
)

// CanMove reports whether there is a way from q to the queue to. It is false for
// staying where one is, and for unknown queues.
func (q Queue) CanMove(to Queue) bool {
	switch q {
	case QueueNone:
		return to == QueueNew || to == QueuePending
	case QueueNew:
		return to == QueuePending || to == QueueResolved
	case QueuePending:
		return to == QueueNew || to == QueueResolved
	case QueueResolved:
		return to == QueueNew
	default:
		return false
	}
}

// Open reports whether q is new or pending.
func (q Queue) Open() bool { return q == QueueNew || q == QueuePending }
