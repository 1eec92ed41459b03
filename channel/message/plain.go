package message

// Limits of plain messages. Lengths count Unicode code points; Meta does not
// publish its unit.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
// (checked September 2026)
const (
	MaxTextBody = 4096
	MaxCaption  = 1024
	MaxContacts = 257
	// MaxFilename is not in Meta's documentation: longer names give a warning.
	MaxFilename = 240
	// MaxPinDays is the longest time a message stays pinned in a group.
	MaxPinDays = 30
)

// Text is a plain text. WhatsApp renders *bold*, _italic_, ~strike~ and `code`.
type Text struct {
	// Body is 1 to [MaxTextBody] characters.
	Body string `json:"body"`
	// PreviewURL asks for a preview of the first http(s) link in Body.
	PreviewURL bool `json:"preview_url,omitempty"`
}

// Location is a point on the map.
type Location struct {
	Latitude  float64 `json:"latitude"`  // degrees, -90 to 90
	Longitude float64 `json:"longitude"` // degrees, -180 to 180
	Name      string  `json:"name,omitempty"`
	// Address is shown by WhatsApp only if Name is set too.
	Address string `json:"address,omitempty"`
}

// Reaction puts an emoji on a message of the user, or removes it. The message
// must be at most 30 days old and not itself a reaction; Meta reports a bad
// target later, by webhook with code 131009. Only the status "sent" comes back.
type Reaction struct {
	// MessageID is the wamid of the message reacted to.
	MessageID string `json:"message_id"`
	// Emoji is one emoji; empty removes the reaction.
	Emoji string `json:"emoji"`
}

// Pin pins a message in a group, or takes the pin off. A group holds three pins;
// the oldest makes room.
type Pin struct {
	// MessageID is the wamid of the message to pin.
	MessageID string
	// Unpin removes the pin instead.
	Unpin bool
	// Days is how long the pin stays, 1 to [MaxPinDays]. Ignored by Unpin.
	Days int
}

// Contacts sends 1 to [MaxContacts] contact cards.
type Contacts struct {
	Contacts []Contact
}

// Contact is one contact card.
type Contact struct {
	Name      ContactName      `json:"name"`
	Birthday  string           `json:"birthday,omitempty"` // YYYY-MM-DD
	Phones    []ContactPhone   `json:"phones,omitempty"`
	Emails    []ContactEmail   `json:"emails,omitempty"`
	URLs      []ContactURL     `json:"urls,omitempty"`
	Addresses []ContactAddress `json:"addresses,omitempty"`
	Org       *ContactOrg      `json:"org,omitempty"`
}

// ContactName is the name on a contact card. Formatted is required, and
// WhatsApp refuses a card that has no other part beside it.
type ContactName struct {
	Formatted string `json:"formatted_name"`
	First     string `json:"first_name,omitempty"`
	Middle    string `json:"middle_name,omitempty"`
	Last      string `json:"last_name,omitempty"`
	Prefix    string `json:"prefix,omitempty"`
	Suffix    string `json:"suffix,omitempty"`
}

// ContactPhone is a number on a contact card.
type ContactPhone struct {
	Phone string `json:"phone,omitempty"`
	Type  string `json:"type,omitempty"` // CELL, MAIN, IPHONE, HOME, WORK
	// WAID is the WhatsApp id of the number, digits only. Without it the card
	// offers to invite the person instead of to write.
	WAID string `json:"wa_id,omitempty"`
}

// ContactEmail is an e-mail address on a contact card.
type ContactEmail struct {
	Email string `json:"email,omitempty"`
	Type  string `json:"type,omitempty"` // HOME, WORK
}

// ContactURL is a web address on a contact card.
type ContactURL struct {
	URL  string `json:"url,omitempty"`
	Type string `json:"type,omitempty"` // HOME, WORK
}

// ContactAddress is a postal address on a contact card.
type ContactAddress struct {
	Street      string `json:"street,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Zip         string `json:"zip,omitempty"`
	Country     string `json:"country,omitempty"`
	CountryCode string `json:"country_code,omitempty"`
	Type        string `json:"type,omitempty"` // HOME, WORK
}

// ContactOrg is the employer on a contact card.
type ContactOrg struct {
	Company    string `json:"company,omitempty"`
	Department string `json:"department,omitempty"`
	Title      string `json:"title,omitempty"`
}
