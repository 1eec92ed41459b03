package template

import (
	"encoding/json"
	"log/slog"
	"time"
)

// Values are what one message puts into a template. The zero Values fit a
// template that has no variables. Bind takes them as they are: nothing is
// trimmed, cut or replaced. They hold a customer's data and must not be logged;
// LogValue shows counts only.
type Values struct {
	Header  HeaderValue   `json:"header,omitzero"`
	Body    []Value       `json:"body,omitempty"`
	Buttons []ButtonValue `json:"buttons,omitempty"` // any order; only buttons that take a value
	Cards   []CardValues  `json:"cards,omitempty"`   // one for each card of a carousel

	// OfferEnds is when a limited-time offer expires, millisecond precision.
	OfferEnds time.Time `json:"offer_ends,omitzero"`
	// OrderStatus is required by order-status templates.
	OrderStatus *OrderStatus `json:"order_status,omitempty"`
	// TapTarget makes the message open a page; restricted access.
	TapTarget []TapTarget `json:"tap_target,omitempty"`
}

// Value fills one variable of a header or body text. Text is always what the
// customer sees. [Text], [NamedText], [Money] and [Date] make the usual ones.
type Value struct {
	// Name is the variable's name in a template with named variables, and
	// must be empty in one with numbered variables.
	Name string `json:"name,omitempty"`
	Text string `json:"text"`

	// Currency, an ISO 4217 code, makes it an amount of money: Amount1000
	// is the amount times 1000 and Text its printed form.
	Currency   string `json:"currency,omitempty"`
	Amount1000 int64  `json:"amount_1000,omitempty"`
	// Date makes it a moment; Text is its printed form, and all that the
	// Cloud API looks at.
	Date bool `json:"date,omitempty"`
}

// Text returns the value of a numbered variable.
func Text(s string) Value { return Value{Text: s} }

// NamedText returns the value of a named variable.
func NamedText(name, s string) Value { return Value{Name: name, Text: s} }

// Money returns an amount: printed is what the customer sees, code is ISO 4217,
// amount1000 is the amount times 1000.
func Money(printed, code string, amount1000 int64) Value {
	return Value{Text: printed, Currency: code, Amount1000: amount1000}
}

// Date returns a moment in its printed form.
func Date(printed string) Value { return Value{Text: printed, Date: true} }

// HeaderValue fills a header. At most one field is set, the one the header's
// format asks for; none for a text without variable.
type HeaderValue struct {
	Text     Value     `json:"text,omitzero"`
	Media    *Media    `json:"media,omitempty"`
	Location *Location `json:"location,omitempty"`
	Product  *Product  `json:"product,omitempty"`
}

// MediaKind is a kind of file in a header.
type MediaKind string

// The kinds of file.
const (
	MediaImage    MediaKind = "image"
	MediaVideo    MediaKind = "video"
	MediaGIF      MediaKind = "gif"
	MediaDocument MediaKind = "document"
)

// Media is a file, named by exactly one of ID and Link.
type Media struct {
	// Kind must agree with the header; empty means whatever the header shows.
	Kind     MediaKind `json:"kind,omitempty"`
	ID       string    `json:"id,omitempty"`       // of an uploaded file
	Link     string    `json:"link,omitempty"`     // public http or https URL
	Filename string    `json:"filename,omitempty"` // documents only; may be empty
}

// Location is a place. WhatsApp templates have no live location.
type Location struct {
	Latitude  float64 `json:"latitude"`  // degrees, -90 to 90
	Longitude float64 `json:"longitude"` // degrees, -180 to 180
	Name      string  `json:"name,omitempty"`
	Address   string  `json:"address,omitempty"`
}

// Product is an item of a catalogue; both ids are required.
type Product struct {
	RetailerID string `json:"product_retailer_id"`
	CatalogID  string `json:"catalog_id"`
}

// ButtonValue fills one button. Besides Index only the fields of the button's
// kind may be set.
type ButtonValue struct {
	// Index is the zero-based position among all the buttons of the template,
	// or of the card. It selects the button, it does not move it.
	Index int `json:"index"`

	Suffix  string `json:"suffix,omitempty"`  // ButtonURL: replaces the variable; percent-encoded
	Payload string `json:"payload,omitempty"` // ButtonQuickReply, ButtonVoiceCall: comes back when tapped, card numbers in it masked
	Coupon  string `json:"coupon,omitempty"`  // ButtonCopyCode: 1 to 20 letters and digits
	// TTLMinutes is how long a ButtonVoiceCall works, 1 to 43200; 0 means
	// Meta's default of 7 days.
	TTLMinutes int `json:"ttl_minutes,omitempty"`

	FlowToken string          `json:"flow_token,omitempty"` // ButtonFlow: comes back with the answers
	FlowData  json.RawMessage `json:"flow_data,omitempty"`  // ButtonFlow: object for the first screen

	Thumbnail string    `json:"thumbnail,omitempty"` // ButtonCatalog, ButtonMultiProduct: retailer id of the item shown
	Sections  []Section `json:"sections,omitempty"`  // ButtonMultiProduct

	OrderDetails json.RawMessage `json:"order_details,omitempty"` // ButtonOrderDetails: object
}

// Section is a titled group of products; up to 10 sections, 30 products in all.
type Section struct {
	Title    string   `json:"title"`
	Products []string `json:"products"` // retailer ids
}

// CardValues fills one card of a carousel.
type CardValues struct {
	Header  HeaderValue   `json:"header,omitzero"`
	Body    []Value       `json:"body,omitempty"`
	Buttons []ButtonValue `json:"buttons,omitempty"`
}

// OrderStatus tells how an order stands.
type OrderStatus struct {
	ReferenceID string `json:"reference_id"`
	// Status is pending, processing, partially-shipped, shipped, completed or
	// canceled.
	Status      string `json:"status"`
	Description string `json:"description,omitempty"`
}

// TapTarget is a page that opens when the message is tapped.
type TapTarget struct {
	URL   string `json:"url"`
	Title string `json:"title"`
}

// LogValue shows how many values there are, not what they say.
func (v Values) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("body", len(v.Body)),
		slog.Int("buttons", len(v.Buttons)),
		slog.Int("cards", len(v.Cards)),
	)
}

// LogValue shows the length, not the text.
func (v Value) LogValue() slog.Value { return slog.GroupValue(slog.Int("length", len(v.Text))) }
