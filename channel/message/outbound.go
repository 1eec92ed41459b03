package message

import "time"

// Limits of the envelope.
const (
	// MaxOpaqueID is the length of the opaque id Meta carries along.
	MaxOpaqueID = 512
	// MinTTL, MaxTTLUtility and MaxTTLAuthentication bound [Outbound.TTL].
	MinTTL               = 30 * time.Second
	MaxTTLUtility        = 12 * time.Hour
	MaxTTLAuthentication = 15 * time.Minute
)

// Outbound is one message to one recipient. [Outbound.AppendJSON] gives the body
// of Meta's POST /{phone-number-id}/messages. Its JSON is the same with the lane
// added, and reads back as the same Outbound, so that an outbox can keep it.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
// (checked September 2026)
type Outbound struct {
	// To is who receives the message.
	To Recipient
	// Content is what is sent; never nil in a valid Outbound.
	Content Content
	// ReplyTo is the wamid of the message to quote; empty quotes nothing. Not for
	// reactions. If the quoted message is gone or older than about 30 days the
	// message arrives without the quote.
	ReplyTo string
	// OpaqueID is the sender's own id of this message, at most [MaxOpaqueID]
	// characters. Meta repeats it in every status webhook, to every subscribed
	// app: that is how a send whose answer was lost finds its message again, so
	// set it always, and put no personal data into it.
	OpaqueID string
	// MessagingAccount is the id of the Messaging Account (the former WABA id) that the
	// message is sent for and charged to: needed where the token sees several of them on
	// one number. Digits; empty leaves it to Meta. A template is one of this account.
	//
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/account-model-evolution/messaging
	// (checked 2026-11-29)
	MessagingAccount string
	// IdentityHash makes Meta deliver only if the user's identity key still has
	// this hash (code 137000 otherwise). Empty skips the check.
	IdentityHash string

	// Category makes this a Direct Send: business-initiated text or buttons
	// without a template made beforehand, for accounts Meta has admitted. Empty
	// means an ordinary message.
	//
	// https://developers.facebook.com/documentation/business-messaging/whatsapp/direct-send/send-utility-and-authentication-messages
	// (checked 2026-11-22)
	Category Category
	// TemplateName names the template that Direct Send makes out of the message;
	// empty lets Meta choose. Only with Category Utility.
	TemplateName string
	// TTL is how long Meta tries to deliver, in whole seconds. Only with
	// Category: [MinTTL] to [MaxTTLUtility] or [MaxTTLAuthentication]. 0 means
	// Meta's default (30 days; 10 minutes for authentication). An expired message
	// vanishes without a status. For templates the TTL is part of the definition.
	TTL time.Duration

	// Lane is how urgent the message is among those that wait for a rate permit
	// of the same number. It is stored, but never sent to the platform.
	Lane Lane

	// Marketing, if not nil, sends the (marketing) template through the Marketing
	// Messages API instead of the ordinary endpoint.
	Marketing *Marketing
}

// Lane is how urgent a message is among those that wait for a rate permit. A
// value that is not one of the constants counts as LaneBulk.
type Lane uint8

// The lanes, most urgent first.
const (
	LaneReply  Lane = iota // an answer in a conversation: overtakes the others
	LaneNotify             // a single proactive message
	LaneBulk               // one of many alike, a broadcast
)

// Category is the category of a Direct Send.
type Category string

// The categories Direct Send knows.
const (
	Utility        Category = "utility"
	Authentication Category = "authentication" // by invitation only, as of July 2026
)

// Marketing holds what only the Marketing Messages API understands.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/marketing-messages/send-marketing-messages
// (checked February 2026)
type Marketing struct {
	// Strict refuses the send if the Marketing Messages API cannot take it;
	// false lets Meta fall back to the Cloud API.
	Strict bool
	// ShareActivity says whether Meta may use the message's activity; nil leaves
	// the account's setting.
	ShareActivity *bool
}

// Recipient is who receives a message. Either Group is set, or at least one of
// Phone and BSUID; with both, Meta uses the phone number.
type Recipient struct {
	// Phone is an international number, E.164, with or without the leading plus
	// and without other punctuation. It is always sent with the plus: Meta puts
	// the sender's own country code before a number without one.
	Phone string
	// BSUID is a business-scoped user id or parent id, complete with its country
	// prefix ("US.13491208655302741918"). It is valid within one business
	// portfolio and changes when the user changes the number. One-time-password
	// templates refuse it (131062).
	BSUID string
	// Group is the id of a group.
	Group string
}

// IsZero reports whether the recipient names nobody.
func (r Recipient) IsZero() bool { return r == Recipient{} }

// Receipt is the platform's acceptance of one message. It does not mean
// delivery: many failures arrive later, in a status webhook.
type Receipt struct {
	// ID is the wamid, the key of later status webhooks. It contains the
	// recipient's phone number in a readable form: treat it as one.
	ID string
	// WAID is the recipient's WhatsApp id, digits only. It may differ from the
	// number addressed (Brazil, Mexico). Empty when addressed by BSUID.
	WAID string
	// BSUID is the recipient's business-scoped user id, if Meta named it.
	BSUID string
	// Group is the id of the group, for a message to one.
	Group string
	// Status is empty or, for templates, one of the Accepted constants or
	// something newer.
	Status AcceptStatus
}

// AcceptStatus is what Meta intends to do with an accepted template message.
type AcceptStatus string

// The statuses known as of September 2026.
const (
	Accepted AcceptStatus = "accepted"
	// Held means Meta paces the template: the message goes out later, or fails
	// by webhook with code 132015.
	Held AcceptStatus = "held_for_quality_assessment"
	// Paused means the template is paused.
	Paused AcceptStatus = "paused"
)
