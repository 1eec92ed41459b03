package webhook

import "time"

// StatusKind is how far an outgoing message got. Other values may appear, among
// them the old "deleted" and "warning".
type StatusKind string

// The statuses of the Cloud API.
const (
	StatusSent      StatusKind = "sent"
	StatusDelivered StatusKind = "delivered"
	StatusRead      StatusKind = "read"
	StatusPlayed    StatusKind = "played" // first play of a voice message
	StatusFailed    StatusKind = "failed"
)

// Rank orders the statuses that follow one another: sent 1, delivered 2, read 3,
// played 4. It is 0 for StatusFailed, which may come at any time, and for unknown
// values. Statuses arrive out of order and may be skipped (read implies
// delivered), so keep the highest rank seen.
func (k StatusKind) Rank() int {
	switch k {
	case StatusSent:
		return 1
	case StatusDelivered:
		return 2
	case StatusRead:
		return 3
	case StatusPlayed:
		return 4
	default:
		return 0
	}
}

// Status is news about a message the business sent. It never carries the text.
// It may concern a message unknown to this program: one sent by another app, or
// one whose sending has not been recorded yet.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
// (checked 2026-09-14).
type Status struct {
	// ID is the message id ("wamid.…") that sending returned, never empty.
	ID     string
	Status StatusKind

	// Time is when it happened, by the status's own timestamp. Zero if missing.
	Time time.Time

	// Recipient is the person; in a group the participant, and zero if the
	// status is about the group as a whole. A failed message to a phone number
	// names the phone only: correlate by ID.
	Recipient Identity

	// GroupID is set if the message was sent to a group.
	GroupID string

	// OpaqueID echoes biz_opaque_callback_data of the send call.
	OpaqueID string

	// Errors says why a message failed.
	Errors []Error

	// Pricing comes on any one status of a message, or on several; nil says
	// nothing.
	Pricing *Pricing

	// Conversation is sent by API versions up to v23.0, and later only in a free
	// entry point window.
	Conversation *Conversation

	// TemplateID is set for messages of the Direct Send API.
	TemplateID string

	// IdentityKeyHash is the recipient's, if the identity check is enabled.
	IdentityKeyHash string
}

// Values of [Pricing.Type].
const (
	PricingRegular          = "regular"
	PricingFreeService      = "free_customer_service"
	PricingFreeEntryPoint   = "free_entry_point"
	PricingFreeGroupService = "free_group_customer_service"
)

// Pricing says how Meta will bill a message. From 2026-10-01 messages inside the
// customer service window can be PricingRegular as well, beyond a number's free
// tier.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/pricing
// (checked 2026-10-06).
type Pricing struct {
	// Billable is Meta's flag; where Meta leaves it out, whether Type is
	// PricingRegular.
	Billable bool
	// Model is "PMP" (per message); "CBP" before July 2025.
	Model string
	// Type is one of the constants above, or a later addition.
	Type string
	// Category is such as "utility", "marketing", "authentication-international"
	// or "group_service".
	Category string
}

// Conversation is a billing window of the former pricing model.
type Conversation struct {
	ID string
	// Origin is the category that opened it, such as "referral_conversion".
	Origin string
	// Expires is given on sent statuses only.
	Expires time.Time
}

func (*Status) payload() {}
