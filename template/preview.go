package template

import (
	"log/slog"
	"strconv"
	"time"
)

// Preview is what the customer will see of a bound template, as far as it can
// be known here. It holds a customer's data and must not be logged; LogValue
// shows counts only. The caller owns it.
type Preview struct {
	Template string   `json:"template,omitempty"`
	Language string   `json:"language,omitempty"`
	Category Category `json:"category,omitempty"`

	Header *PreviewHeader `json:"header,omitempty"` // nil if there is none
	Offer  *PreviewOffer  `json:"offer,omitempty"`  // nil if there is none

	// Body is the text with its values, WhatsApp's formatting marks kept.
	Body string `json:"body,omitempty"`
	// Preset says that Body is only the variable part and that Meta writes a
	// sentence around it: an authentication template not read back from Meta.
	Preset bool `json:"preset,omitempty"`

	Footer      string          `json:"footer,omitempty"`
	Buttons     []PreviewButton `json:"buttons,omitempty"`
	Cards       []PreviewCard   `json:"cards,omitempty"`
	OrderStatus *OrderStatus    `json:"order_status,omitempty"` // nil if there is none
	TapTargets  []TapTarget     `json:"tap_targets,omitempty"`
	// CallPermission says that the message asks the customer to allow calls.
	CallPermission bool `json:"call_permission,omitempty"`

	// Warnings are what Meta might refuse but does not say so.
	Warnings Problems `json:"warnings,omitempty"`
}

// PreviewHeader is a header with its value: one of Text, Media, Location and
// Product, as Format says.
type PreviewHeader struct {
	Format   HeaderFormat `json:"format,omitempty"`
	Text     string       `json:"text,omitempty"`
	Media    *Media       `json:"media,omitempty"`
	Location *Location    `json:"location,omitempty"`
	Product  *Product     `json:"product,omitempty"`
}

// PreviewOffer is a limited-time offer.
type PreviewOffer struct {
	Text string    `json:"text,omitempty"`
	Ends time.Time `json:"ends,omitzero"` // zero if it does not end
}

// PreviewButton is a button as the customer meets it.
type PreviewButton struct {
	Kind     ButtonKind `json:"kind,omitempty"`
	Label    string     `json:"label,omitempty"`    // empty where the client chooses it
	URL      string     `json:"url,omitempty"`      // where it leads, the value in place
	Phone    string     `json:"phone,omitempty"`    // whom it calls
	Code     string     `json:"code,omitempty"`     // what it copies; not for one-time codes
	Products int        `json:"products,omitempty"` // how many products it lists
}

// PreviewCard is one card of a carousel.
type PreviewCard struct {
	Header  *PreviewHeader  `json:"header,omitempty"`
	Body    string          `json:"body,omitempty"`
	Buttons []PreviewButton `json:"buttons,omitempty"`
}

// LogValue shows the template's name and counts, none of the texts.
func (p Preview) LogValue() slog.Value {
	return slog.GroupValue(
		slog.String("template", p.Template),
		slog.String("language", p.Language),
		slog.Int("body_length", len(p.Body)),
		slog.Int("buttons", len(p.Buttons)),
		slog.Int("cards", len(p.Cards)),
	)
}

// String names the template and counts, without any of the texts.
func (p Preview) String() string {
	return "preview of " + p.Template + " (" + p.Language + "), body of " + strconv.Itoa(len(p.Body)) + " bytes"
}
