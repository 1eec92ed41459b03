package conversation

import (
	"time"

	"github.com/kanava-go/kanava/channel/duration"
)

// Attachment is a file that a message carries.
type Attachment struct {
	// MediaID is WhatsApp's ID, usable for 7 days (inbound) or 30 days (outbound).
	MediaID string `json:"media_id,omitempty"`
	MIME    string `json:"mime,omitempty"`
	Name    string `json:"name,omitempty"`
	// SafeName is a name that fits the content, to store and to show: see File.SafeName.
	SafeName string `json:"safe_name,omitempty"`
	SHA256   string `json:"sha256,omitempty"` // base64, as WhatsApp reports it
	Size     int64  `json:"size,omitempty"`   // bytes; 0 until fetched
	// Voice marks a voice message; Animated an animated sticker.
	Voice    bool `json:"voice,omitempty"`
	Animated bool `json:"animated,omitempty"`
	// Ref is what the host's Attachments returned when it stored the file or, of a file that was sent,
	// what message.Upload gave.
	Ref string `json:"ref,omitempty"`
	// Failed says in a plain sentence why the file could not be fetched or was refused.
	Failed string `json:"failed,omitempty"`
}

// Location is a place that a customer shared. Degrees, WGS 84.
type Location struct {
	Latitude  float64 `json:"latitude"`
	Longitude float64 `json:"longitude"`
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Contact is an address card that a customer shared.
type Contact struct {
	Name   string   `json:"name,omitempty"`
	Phones []string `json:"phones,omitempty"`
	Emails []string `json:"emails,omitempty"`
	// WAIDs are those of the numbers of which WhatsApp says that they are on WhatsApp: digits
	// without "+". Origin is "contact_request" for a card that the customer sent because they
	// were asked for their number, "other" for one that they picked, "" if it is not known.
	WAIDs  []string `json:"wa_ids,omitempty"`
	Origin string   `json:"origin,omitempty"`
}

// Order is a cart that a customer sent from a catalogue.
type Order struct {
	Catalog string      `json:"catalog,omitempty"`
	Items   []OrderItem `json:"items,omitempty"`
}

// OrderItem is one line of an Order. Price is a decimal number as written by
// WhatsApp, so that nothing is rounded.
type OrderItem struct {
	Product  string `json:"product"`
	Quantity string `json:"quantity,omitempty"`
	Price    string `json:"price,omitempty"`
	Currency string `json:"currency,omitempty"`
}

// Reaction is an emoji that somebody put on a message.
type Reaction struct {
	// By is "customer" or "business".
	By    string    `json:"by"`
	Emoji string    `json:"emoji"` // empty: removed
	At    time.Time `json:"at"`
}

// Call is a voice call as far as a conversation shows it.
type Call struct {
	// Missed is true for a call that nobody answered.
	Missed   bool              `json:"missed,omitempty"`
	Duration duration.Duration `json:"duration,omitempty"`
}

// Referral says which advertisement or post led the customer here.
type Referral struct {
	Source   string `json:"source,omitempty"` // "ad" or "post"
	ID       string `json:"id,omitempty"`
	URL      string `json:"url,omitempty"`
	Headline string `json:"headline,omitempty"`
	ClickID  string `json:"click_id,omitempty"` // ctwa_clid
}

// Equal says that both are one reaction.
func (r Reaction) Equal(o Reaction) bool {
	return r.By == o.By && r.Emoji == o.Emoji && r.At.Equal(o.At)
}
