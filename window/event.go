package window

import "time"

// Kind says what happened, as far as the window cares. Unknown kinds are legal
// and never open a window.
type Kind string

// User actions that open or refresh the window.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
// and .../calling/pricing, checked 2026-11-22.
const (
	// KindMessage is an ordinary user message: text, image, audio, video,
	// document, sticker, location. A duplicate delivery changes nothing.
	KindMessage Kind = "message"
	// KindReply is a tap on a reply button or list row, a tap on a template's
	// quick-reply button, or a completed Flow.
	KindReply Kind = "reply"
	// KindOrder is a cart sent by the user.
	KindOrder Kind = "order"
	// KindContacts is a contact card or a shared contact detail. That the
	// latter counts is unconfirmed: see Options.IgnoreContacts.
	KindContacts Kind = "contacts"
	// KindRequestWelcome is the notice that a user opened the chat for the
	// first time.
	KindRequestWelcome Kind = "request_welcome"
	// KindCall is a call from the user, answered or not. Event.At is the
	// earliest time that the call's webhooks give: the instant from which Meta
	// counts is not documented, and the earliest is the cautious reading.
	KindCall Kind = "call"
	// KindCallAccepted is a business-initiated call that the user accepted.
	KindCallAccepted Kind = "call_accepted"
)

// User actions whose effect on the window Meta does not state. Each counts only
// if Options says so.
const (
	// KindReaction is an emoji reaction to a message, or its removal.
	KindReaction Kind = "reaction"
	// KindCallPermissionReply is the answer to a call permission request.
	KindCallPermissionReply Kind = "call_permission_reply"
	// KindUnsupported is a message that the Cloud API cannot express. See
	// Options.UnsupportedOpens.
	KindUnsupported Kind = "unsupported"
	// KindEdit is the notice that a user edited a message.
	KindEdit Kind = "edit"
	// KindRevoke is the notice that a user deleted a message.
	KindRevoke Kind = "revoke"
)

// Events that never open or refresh the window.
const (
	// KindSystem is a system notice, such as a changed number or identity. See
	// Options.Transfer for the state of the new identity.
	KindSystem Kind = "system"
	// KindPreferences is a marketing stop or resume.
	KindPreferences Kind = "preferences"
	// KindStatus is a status of a business message. With FreeEntryUntil it
	// tells when a free entry point window ends.
	KindStatus Kind = "status"
	// KindSent is a message, of any type, that the business sent through the
	// API. With AnswersReferral it may start a free entry point window.
	KindSent Kind = "sent"
	// KindEcho is a message that the business typed in its WhatsApp app.
	KindEcho Kind = "echo"
	// KindHistory is an item of the chat history synchronised at onboarding:
	// it predates the number's use of the API.
	KindHistory Kind = "history"
	// KindCallMissed is a business-initiated call that the user did not accept.
	KindCallMissed Kind = "call_missed"
)

// KindOther stands in for a stored kind that this version does not know.
const KindOther Kind = "other"

// Binary codes of the kinds that can open a window. They are stored: never
// renumber them.
const (
	codeNone uint8 = iota
	codeMessage
	codeReply
	codeOrder
	codeContacts
	codeRequestWelcome
	codeCall
	codeCallAccepted
	codeReaction
	codeCallPermissionReply
	codeUnsupported
	codeEdit
	codeRevoke
	codeEnd

	codeOther uint8 = 255
)

// kindOf returns the kind stored as code.
func kindOf(code uint8) Kind {
	switch code {
	case codeNone:
		return ""
	case codeMessage:
		return KindMessage
	case codeReply:
		return KindReply
	case codeOrder:
		return KindOrder
	case codeContacts:
		return KindContacts
	case codeRequestWelcome:
		return KindRequestWelcome
	case codeCall:
		return KindCall
	case codeCallAccepted:
		return KindCallAccepted
	case codeReaction:
		return KindReaction
	case codeCallPermissionReply:
		return KindCallPermissionReply
	case codeUnsupported:
		return KindUnsupported
	case codeEdit:
		return KindEdit
	case codeRevoke:
		return KindRevoke
	default:
		return KindOther
	}
}

// Referral says through what a user's message came, from the webhook's
// referral.source_type. The zero value is "no referral".
type Referral string

// Sources of a referral.
const (
	// ReferralAd is a Click-to-WhatsApp ad.
	ReferralAd Referral = "ad"
	// ReferralPost is a post, boosted or not.
	ReferralPost Referral = "post"
	// ReferralPage is the call-to-action button of a Facebook Page.
	ReferralPage Referral = "page"
)

// An Event is one fact that may change a window. Build it from a webhook item
// or from a send of one's own; it carries no identity and no content.
type Event struct {
	// Kind is what happened. The zero value is ignored.
	Kind Kind
	// At is when it happened by Meta's timestamp, never the time of receipt:
	// retried webhooks can be days late. Fractions of a second are dropped.
	At time.Time
	// Referral tells through what a user's message came, if anything.
	Referral Referral
	// Standby marks an event that arrived on the standby field, while another
	// application controlled the thread. See Options.StandbyOpens.
	Standby bool
	// AnswersReferral belongs to KindSent: the State.ReferralAt of the state
	// that was current when the message was sent. The pair makes the fact
	// independent of the order in which events are observed. Zero means that
	// the message answers no ad.
	AnswersReferral time.Time
	// FreeEntryUntil belongs to KindStatus: conversation.expiration_timestamp
	// where conversation.origin.type is "referral_conversion". Zero means that
	// the status states none.
	FreeEntryUntil time.Time
}
