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
	Template string
	Language string
	Category Category

	Header *PreviewHeader // nil if there is none
	Offer  *PreviewOffer  // nil if there is none

	// Body is the text with its values, WhatsApp's formatting marks kept.
	Body string
	// Preset says that Body is only the variable part and that Meta writes a
	// sentence around it: an authentication template not read back from Meta.
	Preset bool

	Footer      string
	Buttons     []PreviewButton
	Cards       []PreviewCard
	OrderStatus *OrderStatus // nil if there is none
	TapTargets  []TapTarget
	// CallPermission says that the message asks the customer to allow calls.
	CallPermission bool

	// Warnings are what Meta might refuse but does not say so.
	Warnings Problems
}

// PreviewHeader is a header with its value: one of Text, Media, Location and
// Product, as Format says.
type PreviewHeader struct {
	Format   HeaderFormat
	Text     string
	Media    *Media
	Location *Location
	Product  *Product
}

// PreviewOffer is a limited-time offer.
type PreviewOffer struct {
	Text string
	Ends time.Time // zero if it does not end
}

// PreviewButton is a button as the customer meets it.
type PreviewButton struct {
	Kind     ButtonKind
	Label    string // empty where the client chooses it
	URL      string // where it leads, the value in place
	Phone    string // whom it calls
	Code     string // what it copies; not for one-time codes
	Products int    // how many products it lists
}

// PreviewCard is one card of a carousel.
type PreviewCard struct {
	Header  *PreviewHeader
	Body    string
	Buttons []PreviewButton
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
