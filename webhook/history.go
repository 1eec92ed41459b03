package webhook

import "encoding/json"

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

// PastKind is the kind of a [PastContent]. Other values may appear.
type PastKind string

// The kinds that only a history has.
const (
	PastGIF         PastKind = "gif"
	PastLinkPreview PastKind = "link_preview" // a text with a picture of the page it links to
	PastList        PastKind = "list"         // a list message of the business
	PastTemplate    PastKind = "hsm"
	PastPoll        PastKind = "poll_creation"
	PastProduct     PastKind = "product"
)

// PastContent is a message of the chat history of a kind that is not passed on when it is
// sent. Meta names the kinds and does not describe them: what is known from recorded traffic
// is read, and the whole is in Raw. Errors are not one of them: such a message is an
// *[Unsupported] with the Errors.
type PastContent struct {
	Kind PastKind

	// Text is what the message says: a text, caption, question or name. May be empty.
	Text string

	// Options are what could be chosen, of a list or poll.
	Options []string

	// URL is the page of a link preview or product; may be empty.
	URL string

	// Media is the file of a GIF, nil without one.
	Media *Media

	// Raw is the JSON as received. Personal data.
	Raw json.RawMessage
}

func (*PastContent) content() {}

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
