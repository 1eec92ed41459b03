package cloudapitest

import (
	"strconv"
	"strings"
)

// templateMessage reads the template object of a send, checks it against the
// definition and renders what the phone will show. The checks are written from
// Meta's documentation and share nothing with the package under test.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/overview
// (checked 2026-11-22)
func (c *call) templateMessage(o *fields, d *draft) {
	name := o.text("name", 1, 512)
	lang := o.child("language")
	code := lang.text("code", 1, 15)
	lang.oneOf("policy", false, "deterministic")
	lang.done()
	// Without name and language there is nothing to compare with.
	if o.err != nil {
		return
	}
	if d.tmpl = c.target.number.account.template(name, code); d.tmpl == nil {
		o.reject(fail(132001, "template name ("+name+") does not exist in "+code))
		return
	}
	// Before the values are looked at: a paused template is refused whatever it says.
	if ge := d.tmpl.sendable(); ge != nil {
		c.checkUnsendable(d.tmpl)
		o.reject(ge)
		return
	}
	b := &binding{fields: o, t: d.tmpl, d: d, buttons: make(map[int]string)}
	list := o.list("components", 0, 30)
	for i := range list {
		b.component(o.element("components", list, i))
	}
	b.finish()
}

// binding matches the components of a send with a definition.
type binding struct {
	*fields
	t                *Template
	d                *draft
	headerOK, bodyOK bool
	headerText, body string
	buttons          map[int]string // index → value
	cards            int
	offerOK          bool
}

// component reads one component of a send. Each fills a slot of the definition; the
// footer has none.
func (b *binding) component(o *fields) {
	switch strings.ToLower(o.text("type", 1, 0)) {
	case "header":
		if b.headerOK {
			o.reject(badParam("There is one header component."))
		}
		b.headerOK = true
		b.headerText = b.headerParams(o, b.t.header, b.d.more())
	case "body":
		if b.bodyOK {
			o.reject(badParam("There is one body component."))
		}
		b.bodyOK = true
		b.body = b.textParams(o, "body", b.t.body)
	case "button":
		b.button(o, b.t.buttons, b.buttons)
	case "carousel":
		b.carousel(o)
	case "limited_time_offer":
		b.offerOK = true
		o.list("parameters", 1, 1)
	// Payments and restricted features: accepted as they come.
	case "order_status", "tap_target_configuration":
		o.list("parameters", 1, 10)
	default:
		o.reject(fail(131009, "Param "+o.at("type")+" is not a known component."))
	}
	o.done()
}

// headerParams fills the header slot and returns its rendered text.
func (b *binding) headerParams(o *fields, h part, into *content) string {
	if h.format == "TEXT" || h.format == "" {
		return b.textParams(o, "header", h)
	}
	list := o.list("parameters", 1, 1)
	if len(list) == 0 {
		return ""
	}
	p := o.element("parameters", list, 0)
	kind := strings.ToLower(p.text("type", 1, 0))
	// The mistake made most often: a document where the definition has an image.
	if strings.ToUpper(kind) != h.format {
		p.reject(fail(132012, "header: Format mismatch, expected "+h.format+", received "+strings.ToUpper(kind)))
		return ""
	}
	slot := p.child(kind)
	switch kind {
	case "location":
		into.place = place(slot)
	case "product":
		id := slot.text("product_retailer_id", 1, 0)
		into.products = append(into.products, id)
		b.d.shows = append(b.d.shows, wantedProduct{slot.text("catalog_id", 0, 0), id})
	default:
		sub := draft{rich: into}
		sub.mediaObject(slot, kind, false)
		b.d.wants = append(b.d.wants, sub.wants...)
	}
	slot.done()
	p.done()
	return ""
}

// textParams checks count, names and values and renders the text.
func (b *binding) textParams(o *fields, where string, p part) string {
	list := o.list("parameters", 0, 100)
	// The count goes first, as on the platform: one value too few is 132000 even if
	// the others are of the wrong kind.
	if len(list) != len(p.vars) {
		o.reject(fail(132000, where+": number of localizable_params ("+itoa(len(list))+
			") does not match the expected number of params ("+itoa(len(p.vars))+")"))
		return ""
	}
	values := make(map[string]string, len(list))
	for i := range list {
		v := o.element("parameters", list, i)
		name := p.vars[i]
		// Named values may come in any order, positional ones only in theirs.
		if b.t.named {
			if name = v.text("parameter_name", 0, 0); name == "" {
				v.reject(badParam("Parameter name is missing or empty"))
			} else if !strings.Contains(p.text, "{{"+name+"}}") {
				v.reject(badParam("Parameter name " + name + " is not in the template"))
			}
		}
		if _, twice := values[name]; twice {
			v.reject(badParam("Parameter name " + name + " occurs twice"))
		}
		values[name] = b.textValue(v, where)
		v.done()
	}
	return render(p, values)
}

// textValue reads one text, currency or date_time parameter.
func (b *binding) textValue(v *fields, where string) string {
	switch kind := strings.ToLower(v.text("type", 1, 0)); kind {
	case "text":
		s := v.text("text", 1, 0)
		// Meta's detail text says so; whether the code is 132018 or 132012 is not
		// confirmed.
		if strings.ContainsAny(s, "\r\n\t") || strings.Contains(s, "     ") {
			v.reject(fail(132018, "Param text cannot have new-line/tab characters or more than 4 consecutive spaces"))
		}
		return s
	case "currency":
		cur := v.child("currency")
		s := cur.text("fallback_value", 1, 0)
		cur.text("code", 3, 3)
		cur.number("amount_1000", true, -1e15, 1e15)
		cur.done()
		return s
	// Only the fallback is shown; the older parts of dates are ignored.
	case "date_time":
		dt := v.child("date_time")
		s := dt.text("fallback_value", 1, 0)
		dt.done()
		return s
	default:
		v.reject(fail(132012, where+": Format mismatch, expected TEXT, received "+strings.ToUpper(kind)))
		return ""
	}
}

// button checks one button component against the button at its index.
func (b *binding) button(o *fields, defined []templateButton, filled map[int]string) {
	sub := strings.ToLower(o.text("sub_type", 1, 0))
	index, err := strconv.Atoi(o.get("index").scalar())
	if err != nil || index < 0 || index >= len(defined) {
		o.reject(fail(131009, "button: index is not that of a button of the template"))
		return
	}
	want, kind := subTypes[defined[index].kind], ""
	// The index selects a button of the definition, so that the two must agree.
	if want.name != sub {
		o.reject(fail(132012, "button: sub_type mismatch at index "+itoa(index)+", expected "+want.name+", received "+sub))
		return
	}
	if _, twice := filled[index]; twice {
		o.reject(badParam("button: index " + itoa(index) + " occurs twice"))
	}
	list := o.list("parameters", want.least, 2)
	for i := range list {
		p := o.element("parameters", list, i)
		kind = strings.ToLower(p.text("type", 1, 0))
		switch {
		case !strings.Contains(want.params, kind) || kind == "":
			p.reject(fail(132012, "button: parameter type mismatch at index "+itoa(index)))
		// Flows, catalogs and orders: the object inside is theirs.
		case kind == "action":
			if p.get("action").kind != jsonObject {
				p.reject(badParam("Param " + p.at("action") + " must be a JSON object."))
			}
		case kind == "ttl_minutes":
			p.number("ttl_minutes", true, 1, 43200)
		case kind == "coupon_code":
			filled[index] = p.text("coupon_code", 1, 20)
		case kind == "text" && sub == "url" && len(defined[index].vars) == 0 && defined[index].kind == "URL":
			p.reject(fail(132000, "button: the URL at index "+itoa(index)+" has no variable"))
		default:
			filled[index] = p.text(kind, 1, 2000)
		}
		p.done()
	}
	o.done()
}

// subTypes maps a button of the definition to what a send may give it.
var subTypes = map[string]struct {
	name   string
	params string
	least  int
}{
	"QUICK_REPLY":   {"quick_reply", "payload", 1},
	"URL":           {"url", "text", 1},
	"OTP":           {"url", "text", 1},
	"COPY_CODE":     {"copy_code", "coupon_code", 1},
	"FLOW":          {"flow", "action", 0},
	"CATALOG":       {"catalog", "action", 0},
	"MPM":           {"mpm", "action", 1},
	"ORDER_DETAILS": {"order_details", "action", 1},
	"VOICE_CALL":    {"voice_call", "payload ttl_minutes", 0},
}

// carousel checks the cards of a carousel template. A carousel of media has the cards of
// its definition; one of products has up to ten like the first.
func (b *binding) carousel(o *fields) {
	list, defined := o.list("cards", 1, 10), b.t.cards
	products := len(defined) > 0 && defined[0].header.format == "PRODUCT"
	if len(list) != len(defined) && !(products && len(list) > 1) {
		o.reject(fail(132000, "carousel: number of cards ("+itoa(len(list))+") does not match the template ("+itoa(len(defined))+")"))
		return
	}
	b.cards = len(list)
	for i := range list {
		f := o.element("cards", list, i)
		f.number("card_index", true, float64(i), float64(i))
		b.card(f, defined[min(i, len(defined)-1)])
		f.done()
	}
}

// card fills and renders one card.
func (b *binding) card(f *fields, def templateCard) {
	rich, filled, headerOK, bodyOK := &content{}, make(map[int]string), false, false
	card := Card{Body: def.body.text}
	parts := f.list("components", 0, 5)
	for j := range parts {
		p := f.element("components", parts, j)
		switch strings.ToLower(p.text("type", 1, 0)) {
		case "header":
			headerOK = true
			b.headerParams(p, def.header, rich)
		case "body":
			bodyOK = true
			card.Body = b.textParams(p, "card body", def.body)
		case "button":
			b.button(p, def.buttons, filled)
		}
		p.done()
	}
	b.missing(headerOK, def.header, "card header")
	b.missing(bodyOK, def.body, "card body")
	card.Media = rich.media.shown()
	if len(rich.products) > 0 {
		card.Product = rich.products[0]
	}
	card.Buttons = shownButtons(def.buttons, filled)
	b.d.more().cards = append(b.d.rich.cards, card)
}

// missing refuses a send without a component that has something to fill in.
func (b *binding) missing(ok bool, p part, where string) {
	switch {
	case ok:
	case len(p.vars) > 0:
		b.reject(fail(132000, where+": number of localizable_params (0) does not match the expected number of params ("+itoa(len(p.vars))+")"))
	case p.format != "" && p.format != "TEXT":
		b.reject(fail(132012, where+": Format mismatch, expected "+p.format+", received UNKNOWN"))
	}
}

// finish checks what is missing and renders the message.
func (b *binding) finish() {
	t, rich := b.t, b.d.more()
	rich.template = t.Name
	b.missing(b.headerOK, t.header, "header")
	b.missing(b.bodyOK, t.body, "body")
	if b.cards == 0 && len(t.cards) > 0 {
		b.reject(fail(131008, "carousel: the template's cards are missing"))
	}
	if t.offer && !b.offerOK {
		b.reject(fail(131008, "limited_time_offer: the expiration is missing"))
	}
	for i, btn := range t.buttons {
		// Quick replies are optional here: their payload is the label then.
		if _, ok := b.buttons[i]; !ok && (len(btn.vars) > 0 || btn.kind == "OTP" || btn.kind == "COPY_CODE") {
			b.reject(fail(131008, "buttons: Button at index "+itoa(i)+" of type "+btn.kind+" requires a parameter"))
		}
	}
	if b.bodyOK {
		b.d.text = b.body
	} else {
		b.d.text = t.body.text
	}
	limit := 1024
	if t.header.format == "" && t.footer == "" && len(t.buttons) == 0 {
		limit = 4096 // the figure for a template of nothing but a body is not published
	}
	if runes(b.d.text) > limit {
		b.reject(fail(132005, "Translated text too long"))
	}
	// What is static needs no component.
	if rich.header = b.headerText; !b.headerOK {
		rich.header = t.header.text
	}
	rich.footer = t.footer
	rich.buttons = shownButtons(t.buttons, b.buttons)
	b.d.otp = t.category == "AUTHENTICATION"
}

// shownButtons renders the buttons as the phone shows and answers them.
func shownButtons(defined []templateButton, filled map[int]string) []Button {
	var out []Button
	for i, d := range defined {
		b := Button{Kind: strings.ToLower(d.kind), Label: d.text}
		switch v := filled[i]; d.kind {
		case "URL":
			b.URL = d.url
			if len(d.vars) == 1 {
				b.URL = strings.TrimSuffix(d.url, "{{"+d.vars[0]+"}}") + v
			}
		case "QUICK_REPLY":
			if b.ID = v; v == "" {
				b.ID = d.text
			}
		default:
			b.ID = v
		}
		out = append(out, b)
	}
	return out
}
