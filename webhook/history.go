package webhook

// HistoryMessage is a past message of a conversation held in the WhatsApp
// Business app before the number joined the API, up to 180 days back. It does not
// open the customer service window. Chunks arrive in any order.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users
// (checked 2026-10-06).
type HistoryMessage struct {
	ID string // never empty

	// Outbound is set for messages the business sent.
	Outbound bool

	// User is the person, whichever side wrote.
	User Identity

	// Content is never nil. A *[MediaPlaceholder] may be followed by a message
	// with the same ID and the *[Media].
	Content Content
	Context *Context
	Errors  []Error

	// Status is "DELIVERED", "ERROR", "PENDING", "PLAYED", "READ" or "SENT", and
	// empty for files that follow a placeholder.
	Status string

	// Chunk is the part of the history the message came in; zero for files that
	// follow a placeholder.
	Chunk HistoryChunk
}

// HistoryChunk is the position of a part of the history. As an event of its own
// it means that the part had no messages.
type HistoryChunk struct {
	Phase    int // 0: last day, 1: up to 90 days, 2: up to 180 days
	Order    int // number of the chunk within the phase
	Progress int // percent
}

// HistoryDeclined says that the business does not share its history (error code
// 2593109).
type HistoryDeclined struct{ Errors []Error }

// ContactSync is a change in the address book of the WhatsApp Business app.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_app_state_sync
// (checked 2026-10-06).
type ContactSync struct {
	// Action is ContactAdded (also after an edit) or ContactRemoved.
	Action string

	// Contact's Name is the full name in the business's address book.
	Contact   Identity
	FirstName string
}

// Values of [ContactSync.Action].
const (
	ContactAdded   = "add"
	ContactRemoved = "remove"
)

func (*HistoryMessage) payload()  {}
func (*HistoryChunk) payload()    {}
func (*HistoryDeclined) payload() {}
func (*ContactSync) payload()     {}
