package message

import (
	"encoding/json"
	"time"
)

// Limits of messages that ask the user for something.
const (
	// MaxFlowLabel is a recommendation of the guide that the API reference
	// enforces.
	MaxFlowLabel    = 30
	MaxCallPayload  = 512
	MinCallTTL      = time.Minute
	MaxCallTTL      = 30 * 24 * time.Hour
	DefaultFlowMode = FlowPublished
)

// Flow opens a WhatsApp Flow, a form of several screens.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/sendingaflow
// (checked September 2026)
type Flow struct {
	Header Header
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters

	// FlowID or FlowName says which flow; exactly one is set.
	FlowID   string
	FlowName string
	// Label is the button, 1 to [MaxFlowLabel] characters, no emoji.
	Label string
	// Token comes back with the answer, so that the answer can be matched.
	// Empty means Meta's default, "unused".
	Token string
	// Mode is FlowPublished (also if empty) or FlowDraft.
	Mode FlowMode
	// Action is FlowNavigate, FlowDataExchange, or empty for Meta's default.
	Action FlowAction
	// Screen is the first screen, for FlowNavigate.
	Screen string
	// Data is a non-empty JSON object handed to the first screen, or nil.
	Data json.RawMessage
	// Version of the flow message; empty means "3".
	Version string
}

// FlowMode selects the published flow or its draft.
type FlowMode string

// The modes of a flow.
const (
	FlowPublished FlowMode = "published"
	FlowDraft     FlowMode = "draft"
)

// FlowAction is how a flow starts.
type FlowAction string

// The ways a flow starts.
const (
	FlowNavigate     FlowAction = "navigate"
	FlowDataExchange FlowAction = "data_exchange"
)

// LocationRequest asks the user to share a location.
type LocationRequest struct {
	Body string // 1 to MaxBody characters
}

// ContactRequest asks a user who is known by BSUID only to share the phone
// number; the answer is an inbound contacts message.
//
// The shape is known from third-party clients of 2026 only (unconfirmed).
type ContactRequest struct {
	Body string // 1 to MaxBody characters
}

// AddressRequest asks the user for a postal address by a form. India only.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/address-messages
// (checked March 2026)
type AddressRequest struct {
	Header Header
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters
	// Country is an ISO code; empty means "IN", the only one supported.
	Country string
	// Values prefills the form: "name", "phone_number", "in_pin_code" (six
	// digits), "house_number", "address", "city", "state" and so on.
	Values map[string]string
	// Saved are addresses the user can pick instead of filling the form.
	Saved []SavedAddress
	// Errors marks fields of Values as wrong, with a text for the user.
	Errors map[string]string
}

// SavedAddress is an address known already.
type SavedAddress struct {
	ID    string            `json:"id"`
	Value map[string]string `json:"value"`
}

// CallPermission asks whether the business may call. Meta allows one request per
// user in 24 hours and two in 7 days.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
// (checked September 2026)
type CallPermission struct {
	Body string // at most MaxBody characters; may be empty
}

// VoiceCall puts a button under a text that calls the business.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-button-messages-deep-links
// (checked September 2026)
type VoiceCall struct {
	Body string // 1 to MaxBody characters
	// Label is at most [MaxButtonTitle] characters; empty means "Call Now".
	Label string
	// TTL is how long the button works, in whole minutes, [MinCallTTL] to
	// [MaxCallTTL]. 0 means 7 days.
	TTL time.Duration
	// Payload comes back in the call webhook, at most [MaxCallPayload] characters.
	Payload string
}
