package template

import "encoding/json"

// ParameterType is the type of a parameter on the wire.
type ParameterType string

// The parameter types Bind produces.
const (
	ParamText        ParameterType = "text"
	ParamCurrency    ParameterType = "currency"
	ParamDateTime    ParameterType = "date_time"
	ParamImage       ParameterType = "image"
	ParamVideo       ParameterType = "video"
	ParamGIF         ParameterType = "gif"
	ParamDocument    ParameterType = "document"
	ParamLocation    ParameterType = "location"
	ParamProduct     ParameterType = "product"
	ParamPayload     ParameterType = "payload"
	ParamTTLMinutes  ParameterType = "ttl_minutes"
	ParamCouponCode  ParameterType = "coupon_code"
	ParamAction      ParameterType = "action"
	ParamOffer       ParameterType = "limited_time_offer"
	ParamOrderStatus ParameterType = "order_status"
	ParamTapTarget   ParameterType = "tap_target_configuration"
)

// Parameter is one value of a Message, as it goes on the wire. Which fields are
// set depends on Type. It holds a customer's data.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
type Parameter struct {
	Type ParameterType
	Name string // of the variable, in templates with named ones

	// Text is the text, printed amount, printed date, payload or coupon code.
	Text     string
	Currency string // ISO 4217
	// Number is the amount times 1000, the time to live in minutes, or the end
	// of an offer in Unix milliseconds.
	Number int64

	Media    *Media
	Location *Location
	Product  *Product

	// Raw is the member named like Type for ParamAction, ParamOrderStatus and
	// ParamTapTarget, and the whole parameter if Type is not listed above:
	// one from the future, or "" for one whose shape is not understood.
	Raw json.RawMessage
}

func textParameter(v *Value) Parameter {
	p := Parameter{Type: ParamText, Name: v.Name, Text: v.Text}
	switch {
	case v.Currency != "":
		p.Type, p.Currency, p.Number = ParamCurrency, v.Currency, v.Amount1000
	case v.Date:
		p.Type = ParamDateTime
	}
	return p
}

func (p *Parameter) encode(w *writer) {
	if !p.known() {
		w.element(p.Raw)
		return
	}
	outer := w.begin()
	w.str("type", string(p.Type))
	w.str("parameter_name", p.Name)
	switch p.Type {
	case ParamText, ParamPayload, ParamCouponCode:
		w.str(string(p.Type), p.Text)
	case ParamCurrency:
		w.object("currency", func() {
			w.str("fallback_value", p.Text)
			w.str("code", p.Currency)
			w.key("amount_1000")
			w.buf = appendInt(w.buf, p.Number)
		})
	case ParamDateTime:
		w.object("date_time", func() { w.str("fallback_value", p.Text) })
	case ParamImage, ParamVideo, ParamGIF, ParamDocument:
		w.object(string(p.Type), func() {
			if p.Media != nil {
				w.str("id", p.Media.ID)
				w.str("link", p.Media.Link)
				w.str("filename", p.Media.Filename)
			}
		})
	case ParamLocation:
		w.object("location", func() { p.Location.encode(w) })
	case ParamProduct:
		w.object("product", func() {
			if p.Product != nil {
				w.str("product_retailer_id", p.Product.RetailerID)
				w.str("catalog_id", p.Product.CatalogID)
			}
		})
	case ParamTTLMinutes:
		w.int("ttl_minutes", p.Number)
	case ParamOffer:
		w.object("limited_time_offer", func() { w.int("expiration_time_ms", p.Number) })
	default: // ParamAction, ParamOrderStatus, ParamTapTarget
		w.key(string(p.Type))
		w.element(p.Raw)
	}
	w.end(outer)
}

func (l *Location) encode(w *writer) {
	if l == nil {
		return
	}
	w.float("latitude", l.Latitude)
	w.float("longitude", l.Longitude)
	w.str("name", l.Name)
	w.str("address", l.Address)
}

// known reports whether this version models the type of p.
func (p *Parameter) known() bool {
	switch p.Type {
	case ParamText, ParamCurrency, ParamDateTime, ParamImage, ParamVideo, ParamGIF, ParamDocument,
		ParamLocation, ParamProduct, ParamPayload, ParamTTLMinutes, ParamCouponCode, ParamAction,
		ParamOffer, ParamOrderStatus, ParamTapTarget:
		return true
	}
	return false
}
