package pricing

import "strings"

// StatusPricing is the pricing object of a status webhook, field for field.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status,
// checked 2026-11-22.
type StatusPricing struct {
	Billable *bool  `json:"billable,omitempty"` // announced for removal
	Model    string `json:"pricing_model,omitempty"`
	Type     string `json:"type,omitempty"`
	Category string `json:"category,omitempty"`
}

// Observed is what status webhooks have told about the price of one message so
// far. The zero Observed knows nothing. It is comparable.
type Observed struct {
	Category Category `json:"category,omitempty"`
	Billable Billable `json:"billable,omitempty"`
	// Type and Model are Meta's words, kept even if unknown: "regular",
	// "free_entry_point"; "PMP", "CBP".
	Type  string `json:"type,omitempty"`
	Model string `json:"model,omitempty"`
}

// Observed returns what the object says. A nil object says nothing: webhooks
// may leave it out, and then an earlier answer for the message stands, see
// [Observed.Merge]. A message counts as charged only once it is delivered or
// read.
//
// The type decides: "regular" is charged, "free_…" is not. A type that this
// version does not know leaves the answer to the field billable.
//
// Do not count the month's free service messages from the type: what they carry
// is not documented for certain.
func (p *StatusPricing) Observed() Observed {
	if p == nil {
		return Observed{}
	}
	o := Observed{Category: CategoryOf(p.Category), Type: p.Type, Model: p.Model}
	switch {
	case p.Type == "regular":
		o.Billable = BillableYes
	case strings.HasPrefix(p.Type, "free_"):
		o.Billable = BillableNo
	case p.Billable == nil:
	case *p.Billable:
		o.Billable = BillableYes
	default:
		o.Billable = BillableNo
	}
	return o
}

// Merge returns what both know. Something known replaces something unknown; of
// two contradicting statements the charging one wins, so that a cost is never
// hidden; of two categories the one later in the alphabet, so that everybody
// chooses the same. Merge is commutative, associative and idempotent.
func (o Observed) Merge(p Observed) Observed {
	return Observed{
		Category: max(o.Category, p.Category),
		Billable: max(o.Billable, p.Billable), // "" < "no" < "yes"
		Type:     max(o.Type, p.Type),
		Model:    max(o.Model, p.Model),
	}
}
