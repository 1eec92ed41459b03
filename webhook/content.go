package webhook

// Content is what a message carries. It is one of
//
// *[Text], *[Media], *[Location], *[Contacts], *[Reaction], *[Order];
//
// taps and forms: *[QuickReply], *[ButtonReply], *[ListReply], *[FlowReply],
// *[CallPermission], *[PaymentMethod], *[ProductReply];
//
// about other messages: *[Edit], *[Revoke];
//
// about the person or the conversation: *[System], *[Welcome];
//
// of the history only: *[PastContent];
//
// what cannot be shown: *[Unsupported], *[MediaPlaceholder], *[Unknown].
//
// Kinds may be added in minor releases: a switch over contents must have a
// default branch.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages
// and its sub-pages (checked 2026-10-06).
//
//sumtype:decl
type Content interface{ content() }

// Text is a written message.
type Text struct{ Body string }

// MediaKind is the kind of a media message. Other values may appear.
type MediaKind string

// The media kinds of WhatsApp.
const (
	MediaImage    MediaKind = "image"
	MediaVideo    MediaKind = "video"
	MediaAudio    MediaKind = "audio"
	MediaDocument MediaKind = "document"
	MediaSticker  MediaKind = "sticker"
)

// Media is a file. Fetch it soon: the id in a webhook is valid for seven days,
// the URL for five minutes.
type Media struct {
	Kind MediaKind

	// ID is the media id to ask the Graph API for a fresh URL.
	ID string

	// URL, where present, needs the access token to be read.
	URL string

	// MIMEType may carry parameters, as in "audio/ogg; codecs=opus".
	MIMEType string

	// SHA256 is the hash of the file in base64.
	SHA256 string

	// Caption is text written with an image, video or document.
	Caption string

	// Filename is the name of a document.
	Filename string

	// Voice is set for audio recorded in WhatsApp rather than sent as a file.
	Voice bool

	// Animated is set for moving stickers.
	Animated bool
}

// Location is a place, in degrees. A bare pin has no name and address.
type Location struct {
	Latitude, Longitude float64
	Name, Address, URL  string
}

// Reaction is an emoji put on a message, or taken off it.
type Reaction struct {
	// MessageID is the message reacted to.
	MessageID string

	// Emoji is empty if the reaction was removed.
	Emoji string
}

// Removed reports whether an earlier reaction was taken back.
func (r *Reaction) Removed() bool { return r.Emoji == "" }

// Order is a cart sent from the catalog.
type Order struct {
	CatalogID string
	Text      string
	Items     []OrderItem
}

// OrderItem is one line of an order.
type OrderItem struct {
	RetailerID string
	Quantity   float64
	// Price is the price of one, in units of Currency (not cents).
	Price    float64
	Currency string
}

// Welcome is the first contact of a person while welcome messages are enabled:
// the chat was opened, nothing was written. It opens the customer service window.
type Welcome struct{}

// Edit replaces an earlier message of the same sender. It may arrive before the
// message it edits.
type Edit struct {
	OriginalID string

	// Content is the new content, never nil.
	Content Content

	// QuotedID is the message the edited one replies to; Meta's samples print
	// "M0" for none.
	QuotedID string
}

// Revoke deletes an earlier message of the same sender for everyone. It wins over
// an edit and may arrive before the message it deletes.
type Revoke struct{ OriginalID string }

// Unsupported stands for a message the Cloud API cannot deliver; the Errors of
// the message say why.
type Unsupported struct {
	// Type is what it was, such as "poll_creation", or "video" for one that is
	// too large (code 131052). May be empty.
	Type string
}

// MediaPlaceholder stands for a file in the chat history whose content follows
// separately, or never if it is older than two weeks.
type MediaPlaceholder struct{}

func (*Text) content()             {}
func (*Media) content()            {}
func (*Location) content()         {}
func (*Reaction) content()         {}
func (*Order) content()            {}
func (*Welcome) content()          {}
func (*Edit) content()             {}
func (*Revoke) content()           {}
func (*Unsupported) content()      {}
func (*MediaPlaceholder) content() {}
