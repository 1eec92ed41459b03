package template

import (
	"encoding/json"
	"log/slog"
	"slices"
)

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
// set depends on Type. It holds a customer's data and must not be logged; LogValue
// shows the type only.
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

// LogValue shows the type, not the value.
func (p Parameter) LogValue() slog.Value { return slog.GroupValue(slog.String("type", string(p.Type))) }

// param is how a Message holds a parameter: most are a text and need no more
// than that.
type param struct {
	kind       ParameterType // ParamText, ParamPayload or ParamCouponCode; otherwise see full
	name, text string
	full       *Parameter
}

// stored returns the form in which a message holds p.
func (p Parameter) stored() param {
	switch p.Type {
	case ParamText, ParamPayload, ParamCouponCode:
		return param{kind: p.Type, name: p.Name, text: p.Text}
	}
	return param{full: &p}
}

// public returns a copy: who changes it does not change the message.
func (p *param) public() Parameter {
	if p.full != nil {
		c := *p.full
		c.Media, c.Location, c.Product = clonePointer(c.Media), clonePointer(c.Location), clonePointer(c.Product)
		c.Raw = slices.Clone(c.Raw)
		return c
	}
	return Parameter{Type: p.kind, Name: p.name, Text: p.text}
}

// param returns the parameter that carries the value.
func (v *Value) param() param {
	switch {
	case v.Currency != "":
		return Parameter{Type: ParamCurrency, Name: v.Name, Text: v.Text, Currency: v.Currency, Number: v.Amount1000}.stored()
	case v.Date:
		return Parameter{Type: ParamDateTime, Name: v.Name, Text: v.Text}.stored()
	}
	return param{kind: ParamText, name: v.Name, text: v.Text}
}

// encode writes the parameter as it goes on the wire.
func (p *param) encode(w *writer) {
	if p.full != nil {
		p.full.encode(w)
		return
	}
	outer := w.begin(nil)
	w.str("type", string(p.kind))
	w.str("parameter_name", p.name)
	w.str(string(p.kind), p.text)
	w.end(outer)
}

// encode writes a parameter of any type. Members that are absent are left out,
// except for numbers whose zero means something.
func (p *Parameter) encode(w *writer) {
	if !p.known() {
		w.element(p.Raw)
		return
	}
	outer := w.begin(nil)
	w.str("type", string(p.Type))
	w.str("parameter_name", p.Name)
	switch p.Type {
	case ParamCurrency:
		w.object("currency", nil, func() {
			w.str("fallback_value", p.Text)
			w.str("code", p.Currency)
			w.key("amount_1000")
			w.buf = appendInt(w.buf, p.Number)
		})
	case ParamDateTime:
		w.object("date_time", nil, func() { w.str("fallback_value", p.Text) })
	case ParamImage, ParamVideo, ParamGIF, ParamDocument:
		w.object(string(p.Type), nil, func() {
			if p.Media != nil {
				w.str("id", p.Media.ID)
				w.str("link", p.Media.Link)
				w.str("filename", p.Media.Filename)
			}
		})
	case ParamLocation:
		w.object("location", nil, func() { p.Location.encode(w) })
	case ParamProduct:
		w.object("product", nil, func() {
			if p.Product != nil {
				w.str("product_retailer_id", p.Product.RetailerID)
				w.str("catalog_id", p.Product.CatalogID)
			}
		})
	case ParamTTLMinutes:
		w.int("ttl_minutes", p.Number)
	case ParamOffer:
		w.object("limited_time_offer", nil, func() { w.int("expiration_time_ms", p.Number) })
	default: // ParamAction, ParamOrderStatus, ParamTapTarget
		w.key(string(p.Type))
		w.element(p.Raw)
	}
	w.end(outer)
}

// encode writes the members of a place.
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
