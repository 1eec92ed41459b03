package webhook

import "encoding/json"

// Echo is a copy of a message that left the business number by another way: the
// WhatsApp Business app on a phone (field smb_message_echoes), or another sender
// such as Meta's bot (message_echoes). A person answered; show it as outgoing.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/smb_message_echoes
// (checked 2026-10-06).
type Echo struct {
	// ID is the message id, never empty. The same message may also come in the
	// chat history.
	ID string

	// From is the business number, as digits.
	From string

	// To is the person written to.
	To Identity

	GroupID string

	// Content is what was sent, edits and revokes included; never nil.
	Content Content
	Context *Context
	Errors  []Error

	// CreationType says what made the message, such as "created_by_1p_bot".
	CreationType string
}

// StandbyMessage is a copy of a message to a number of ours while another
// responder owns the conversation (field standby). Do not answer it.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/standby
// (checked 2026-10-06).
type StandbyMessage struct{ Message Message }

// StandbyStatus is a copy of a status of the owner's message.
type StandbyStatus struct{ Status Status }

// StandbyEcho is a copy of a message the owner of the conversation sent.
type StandbyEcho struct {
	// ID is the message id, never empty.
	ID string
	To Identity

	// Type is the message type of the send request, such as "text".
	Type string

	// Text is the body of a text message.
	Text string

	// TemplateName and TemplateLanguage are set for a template message, FlowID
	// for one that opens a Flow.
	TemplateName, TemplateLanguage string
	FlowID                         string

	// QuotedID is the message it replies to.
	QuotedID string

	// Request is the send request in full, Template and Flow the definitions it
	// used where sent along; nil if absent. Personal data.
	Request, Template, Flow json.RawMessage
}

// Handover reports that the ownership of a conversation passed to another
// responder. There is no call to ask who owns one: these events are the record.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/conversation-routing/thread-control
// (checked 2026-10-06).
type Handover struct {
	// Kind is HandoverPassed or HandoverTaken.
	Kind HandoverKind

	// User is the person; documented with the phone number only.
	User Identity

	// Roles are such as "customer_service", "ai_agent" or "escalation".
	PreviousRole, NewRole string

	// App ids; PreviousApp is deprecated by Meta.
	PreviousApp, NewApp string

	// Metadata is a note of the previous owner, at most 2000 characters.
	Metadata string

	// Summary of the conversation so far, written by a model.
	Summary string
}

// HandoverKind says how a conversation changed hands. Other values may appear.
type HandoverKind string

// How a conversation changes hands.
const (
	HandoverPassed HandoverKind = "control_passed"
	HandoverTaken  HandoverKind = "control_taken"
)

func (*Echo) payload()           {}
func (*StandbyMessage) payload() {}
func (*StandbyStatus) payload()  {}
func (*StandbyEcho) payload()    {}
func (*Handover) payload()       {}
