package webhook

import "time"

// Message is something a person sent to a business number.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
// (checked 2026-10-06).
type Message struct {
	// ID is the message id ("wamid.…"), unique, never empty. Personal data.
	ID string

	// Time is when the message reached WhatsApp's servers, by the message's own
	// timestamp. It counts for the customer service window. Zero if missing.
	Time time.Time

	// From is the sender. Zero for system messages about a person who hides the
	// phone number: see *[System] for the identifiers those carry.
	From Identity

	// GroupID is set if the message was written in a group.
	GroupID string

	// Content is what was sent, never nil.
	Content Content

	// Context is set for replies, button taps, forwards and product enquiries.
	Context *Context

	// Referral is set on the first messages after the person tapped an ad or a
	// post that leads to WhatsApp.
	Referral *Referral

	// Errors says why content is missing; comes with *[Unsupported].
	Errors []Error

	// Summary is the summary of the conversation so far, written by a model,
	// where a conversation was routed here from another responder. May be empty.
	Summary string

	// IdentityKeyHash changes when the person's security code changes; only if
	// the identity check is enabled for the number.
	IdentityKeyHash string

	// LogicalID is Meta's from_logical_id, seen on button and payment replies
	// and not described by Meta.
	LogicalID string
}

// Context links a message to what it refers to. All fields are optional.
type Context struct {
	// ID is the quoted or tapped message; a call id ("wacid.…") for automatic
	// call permission replies.
	ID string

	// From is the phone number of the author of the quoted message: normally the
	// business number.
	From string

	// Forwarded is set for any forwarded message, FrequentlyForwarded for one
	// that was forwarded more than five times before.
	Forwarded           bool
	FrequentlyForwarded bool

	// Product is set if the person wrote from a product page of the catalog.
	Product *Product
}

// Product points into a catalog.
type Product struct {
	CatalogID string
	// RetailerID is the product's id in the business's own system (its SKU).
	RetailerID string
}

// Referral describes the ad or post a conversation started from. The texts are
// the advertiser's, not the person's. All fields are optional.
type Referral struct {
	SourceURL  string
	SourceID   string
	SourceType string // "ad" or "post"
	Headline   string
	Body       string
	MediaType  string // "image" or "video"
	ImageURL   string
	VideoURL   string
	ThumbURL   string

	// ClickID identifies the click (ctwa_clid) for the Conversions API; absent
	// for ads placed in WhatsApp Status.
	ClickID string

	// Welcome is the greeting the ad showed above the conversation.
	Welcome string
	Ref     string
}

// Error is a problem as Meta describes it. Branch on Code: the texts change, and
// may quote what was sent.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-10-06).
type Error struct {
	Code    int
	Title   string
	Message string
	Details string
	Href    string
}

// ErrorNotice is a problem that belongs to no message: of the number, the account
// or the app.
type ErrorNotice struct{ Error Error }

func (*Message) payload()     {}
func (*ErrorNotice) payload() {}
