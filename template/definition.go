package template

import (
	"encoding/json"
	"time"
)

// Definition is one template in one language, as it is submitted to Meta and as
// the API returns it. The triple (account, name, language) identifies it.
//
// Reading is lenient and lossless: enumerations may come in any case, ids as
// numbers or strings, and whatever is not modelled is kept in Extra or in an
// [*UnknownComponent] and written back. A Definition read from JSON is not yet
// known to be good; see [Definition.Validate] and [Definition.Sendable].
//
// The zero value of an optional field means absent and is not written. A
// Definition is plain data: it may be read from many goroutines as long as
// nobody changes it. Those a [Catalog] returns are shared and must not be changed.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
// (checked 2026-11-22).
type Definition struct {
	ID       string // digits; empty before creation
	Name     string // ^[a-z0-9_]{1,512}$
	Language string // such as "en_GB"; see CanonicalLanguage

	// Category is the one asked for when creating and the one Meta assigned
	// when read back: only the latter counts for prices and opt-outs.
	Category         Category
	SubCategory      string   // such as ORDER_STATUS; open set
	PreviousCategory Category // before the last change by Meta
	CorrectCategory  Category // non-empty and other than Category: a change is announced

	Status     Status
	Format     Format // empty means Positional to Meta; see UsesNames
	Components []Component

	// TTL is how long Meta tries to deliver, in seconds: 0 means the default
	// of the category, -1 means 30 days.
	TTL int64

	DisplayFormat         string // ORDER_DETAILS for an order-details template in MARKETING
	ProductSetID          string // catalogue templates
	ClickTrackingOptedOut *bool  // true switches link click tracking off
	Optimization          *Optimization
	DegreesOfFreedom      json.RawMessage // automatic creative optimisation, as sent
	Library               Library         // set when created from Meta's template library

	// The rest is only ever read from the API.

	Quality        *Quality // nil if not asked for
	RejectedReason string   // such as INVALID_FORMAT; "NONE" or empty if not rejected
	Health         *Health  // nil if not asked for
	LastUpdated    time.Time
	Source         string // AUTO_GENERATED for templates made by Direct Send

	// Observed is what webhooks told about the template. It is no part of
	// Meta's JSON; a Catalog fills it and keeps it in its snapshot.
	Observed Observed

	Extra Extra
}

// Optimization is the max-price setting of a marketing template. It was named
// bid_spec until 2026-07-31; both names are read, the new one is written.
type Optimization struct {
	BidAmount   int64 // in the account's currency, in Meta's minor unit
	BidStrategy string
	Extra       Extra
}

// Library is where a template comes from if it was made from Meta's template
// library. The inputs are kept as sent.
type Library struct {
	TemplateName string
	ButtonInputs json.RawMessage // array, one object for each button that needs input
	BodyInputs   json.RawMessage // object of switches such as add_contact_number
}

// Quality is Meta's rating of a template by what recipients do with it.
type Quality struct {
	Score   Score
	Date    time.Time // second precision; zero if not given
	Reasons []string  // what recipients said when blocking
	Extra   Extra
}

// Health says whether messages can be sent with a template, and which node
// beneath it is to blame if not.
type Health struct {
	CanSend  HealthState
	Entities []HealthEntity
	Extra    Extra
}

// HealthEntity is the health of one node that takes part in sending.
type HealthEntity struct {
	Type    string // MESSAGE_TEMPLATE, WABA, BUSINESS, APP, PHONE_NUMBER
	ID      string
	CanSend HealthState
	Extra   Extra // errors and advice, in Meta's words
}

// Header returns the header, nil if the template has none. Of several, which
// Validate reports, it returns the first; so do the accessors below.
func (d *Definition) Header() *Header { return first[*Header](d.Components) }

// Body returns the body, nil if the template has none.
func (d *Definition) Body() *Body { return first[*Body](d.Components) }

// Footer returns the footer, nil if the template has none.
func (d *Definition) Footer() *Footer { return first[*Footer](d.Components) }

// Carousel returns the cards, nil if the template has none.
func (d *Definition) Carousel() *Carousel { return first[*Carousel](d.Components) }

// Offer returns the limited-time offer, nil if the template has none.
func (d *Definition) Offer() *LimitedTimeOffer { return first[*LimitedTimeOffer](d.Components) }

// Buttons returns the buttons in the order that button indexes count.
func (d *Definition) Buttons() []Button {
	if b := first[*Buttons](d.Components); b != nil {
		return b.Buttons
	}
	return nil
}

func first[C Component](list []Component) C {
	for _, c := range list {
		if c, ok := c.(C); ok {
			return c
		}
	}
	var none C
	return none
}

// UsesNames reports whether the variables are named: because Format says so or,
// if it says nothing, because the first variable of a text is no number.
func (d *Definition) UsesNames() bool {
	if d.Format != "" {
		return d.Format == Named
	}
	var texts [2]string
	if h := d.Header(); h != nil {
		texts[0] = h.Text
	}
	if b := d.Body(); b != nil {
		texts[1] = b.Text
	}
	for _, s := range texts {
		if v, ok := nextVariable(s, 0); ok {
			return !digits(v.name)
		}
	}
	return false
}
