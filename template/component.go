package template

import "encoding/json"

// ComponentType names a component on the wire, in upper case.
type ComponentType string

// The component types a definition may hold.
const (
	TypeHeader                ComponentType = "HEADER"
	TypeBody                  ComponentType = "BODY"
	TypeFooter                ComponentType = "FOOTER"
	TypeButtons               ComponentType = "BUTTONS"
	TypeCarousel              ComponentType = "CAROUSEL"
	TypeLimitedTimeOffer      ComponentType = "LIMITED_TIME_OFFER"
	TypeCallPermissionRequest ComponentType = "CALL_PERMISSION_REQUEST"
)

// Component is one part of a template: [*Header], [*Body], [*Footer],
// [*Buttons], [*Carousel], [*LimitedTimeOffer], [*CallPermissionRequest] or
// [*UnknownComponent]. Kinds may be added in minor releases; a switch over
// components must have a default branch.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
//
//sumtype:decl
type Component interface {
	// Type returns the wire name, "" for an unknown component without one.
	Type() ComponentType
	encode(w *writer)
}

// Header stands above the body: a line of text with at most one variable, or a
// file, place or product that is chosen when sending.
type Header struct {
	Format  HeaderFormat
	Text    string // HeaderText only, at most 60 characters
	Example HeaderExample
	Extra   Extra
}

// HeaderExample shows Meta's reviewers what a header will hold.
type HeaderExample struct {
	Text   []string       // positional variable
	Named  []NamedExample // named variable
	Handle []string       // media: upload handle when creating, CDN URL when read back
	Extra  Extra
}

// NamedExample is the sample value of one named variable.
type NamedExample struct {
	Name    string
	Example string
	Extra   Extra
}

// Body is the main text, the only component every template has. For
// authentication templates Meta writes the text; only the recommendation can
// be chosen.
type Body struct {
	Text    string // at most 1024 characters, fewer in some kinds of template
	Example BodyExample

	// AddSecurityRecommendation appends Meta's do-not-share sentence.
	// Authentication templates only; nil means not stated.
	AddSecurityRecommendation *bool

	Extra Extra
}

// BodyExample shows Meta's reviewers what the variables of a body will hold.
type BodyExample struct {
	Positional []string // body_text[0]
	Named      []NamedExample
	Extra      Extra // also body_text, when it is not one list in a list
}

// Footer stands small beneath the body, without variables.
type Footer struct {
	Text string // at most 60 characters

	// ExpirationMinutes is the validity of a one-time code, 1 to 90.
	// Authentication templates only; 0 means not stated.
	ExpirationMinutes int64

	Extra Extra
}

// Buttons holds all the buttons of a template or of a card.
type Buttons struct {
	Buttons []Button
	Extra   Extra
}

// Carousel holds the cards of a carousel template.
type Carousel struct {
	Cards []Card
	Extra Extra
}

// Card is one card of a carousel: a header, for media cards perhaps a body,
// and buttons.
type Card struct {
	Components []Component
	Extra      Extra
}

// Header returns the header of the card, nil if it has none.
func (c *Card) Header() *Header { return first[*Header](c.Components) }

// Body returns the body of the card, nil if it has none.
func (c *Card) Body() *Body { return first[*Body](c.Components) }

// Buttons returns the buttons of the card; their indexes count from 0 in each card.
func (c *Card) Buttons() []Button {
	if b := first[*Buttons](c.Components); b != nil {
		return b.Buttons
	}
	return nil
}

// LimitedTimeOffer shows an offer above the body, perhaps with a countdown.
type LimitedTimeOffer struct {
	Text          string // at most 16 characters
	HasExpiration *bool  // true: the moment is given when sending
	Extra         Extra  // beside the inner limited_time_offer object
	InnerExtra    Extra  // inside it
}

// CallPermissionRequest asks the customer to allow calls. It has no fields.
type CallPermissionRequest struct{ Extra Extra }

// UnknownComponent is a component that this version does not model, or that
// could not be read. Raw is written back as it came.
type UnknownComponent struct {
	Name ComponentType   // upper case; "" if the element has no type
	Raw  json.RawMessage // any JSON value
}

// Type implements Component.
func (*Header) Type() ComponentType { return TypeHeader }

// Type implements Component.
func (*Body) Type() ComponentType { return TypeBody }

// Type implements Component.
func (*Footer) Type() ComponentType { return TypeFooter }

// Type implements Component.
func (*Buttons) Type() ComponentType { return TypeButtons }

// Type implements Component.
func (*Carousel) Type() ComponentType { return TypeCarousel }

// Type implements Component.
func (*LimitedTimeOffer) Type() ComponentType { return TypeLimitedTimeOffer }

// Type implements Component.
func (*CallPermissionRequest) Type() ComponentType { return TypeCallPermissionRequest }

// Type implements Component.
func (c *UnknownComponent) Type() ComponentType { return c.Name }
