package cloudapitest

import "strings"

// interactiveRuleFor returns the rules of an interactive type.
func interactiveRuleFor(kind string) (interactiveRule, bool) {
	r := interactiveRule{headers: anyHeader, body: 1024, footer: true}
	switch kind {
	// Reply buttons: what most helpdesks use, three at most.
	case "button":
		r.action = func(d *draft, _, a *fields) { d.replyButtons(a, "buttons", "reply", 3) }
	// The one type with a body of 4,096 characters.
	case "list":
		r.headers, r.body = "text", 4096
		r.action = func(d *draft, _, a *fields) { d.listAction(a) }
	case "cta_url":
		r.action = func(d *draft, _, a *fields) { d.linkButton(a) }
	case "flow":
		r.action = func(d *draft, _, a *fields) { d.flowAction(a) }
	// These three are answered by a gesture of the phone, not by a text of one's own.
	case "location_request_message":
		r.headers, r.footer = "", false
		r.action = func(d *draft, _, a *fields) { d.named(a, "send_location", "Send location") }
	case "request_contact_info":
		r.headers, r.footer = "", false
		r.action = func(d *draft, _, a *fields) { d.named(a, "request_contact_info", "Share contact info") }
	// The body may be missing: the phone has a sentence of its own.
	case "call_permission_request":
		r.headers, r.footer, r.bare = "", false, true
		r.action = func(d *draft, _, a *fields) { d.named(a, "call_permission_request", "Choose preference") }
	case "voice_call":
		r.headers, r.footer = "", false
		r.action = func(d *draft, _, a *fields) { d.callButton(a) }
	case "address_message":
		r.headers = ""
		r.action = func(d *draft, _, a *fields) { d.addressAction(a) }
	// Shows what the catalog says; everything else is optional.
	case "product":
		r.headers, r.bare = "", true
		r.action = func(d *draft, _, a *fields) {
			catalog, id := a.ident("catalog_id", 1), a.text("product_retailer_id", 1, 0)
			d.rich.products = append(d.rich.products, id)
			d.shows = append(d.shows, wantedProduct{catalog, id})
		}
	// Needs a header, checked where headers are read.
	case "product_list":
		r.headers = "text"
		r.action = func(d *draft, _, a *fields) { d.productList(a) }
	case "catalog_message":
		r.headers = ""
		r.action = func(d *draft, _, a *fields) {
			p := callToAction(a, "catalog_message", false)
			d.shows = append(d.shows, wantedProduct{"", p.text("thumbnail_product_retailer_id", 0, 0)})
			p.done()
			d.rich.buttons = append(d.rich.buttons, Button{Kind: "catalog", Label: "View catalog"})
		}
	case "order_details":
		r.headers = "image"
		r.action = func(d *draft, _, a *fields) { d.orderDetails(a) }
	case "order_status":
		r.headers = ""
		r.action = func(d *draft, _, a *fields) { d.orderState(a) }
	case "carousel":
		r.headers, r.footer = "", false
	default:
		return r, false
	}
	return r, true
}

// named reads an action that consists of its name.
func (d *draft) named(a *fields, name, shown string) {
	if got := a.text("name", 1, 0); got != name {
		a.reject(fail(131009, "Param "+a.at("name")+" must be "+name+"."))
	}
	d.rich.buttons = append(d.rich.buttons, Button{Kind: name, Label: shown})
}

// linkButton reads a button that opens a page. Taps on it are never reported.
func (d *draft) linkButton(a *fields) {
	p := callToAction(a, "cta_url", true)
	b := Button{Kind: "url", Label: label(p, "display_text", 20), URL: p.text("url", 1, 2000)}
	if !webLink(b.URL) {
		p.reject(fail(131009, "Param "+p.at("url")+" is not a valid http or https URL."))
	}
	d.rich.buttons = append(d.rich.buttons, b)
	p.done()
}

// callButton reads a button that calls the business; its payload comes back with the
// call.
func (d *draft) callButton(a *fields) {
	p := callToAction(a, "voice_call", false)
	b := Button{Kind: "voice_call", Label: p.text("display_text", 0, 20), ID: p.text("payload", 0, 512)}
	p.number("ttl_minutes", false, 1, 43200)
	// The phone's own text.
	if b.Label == "" {
		b.Label = "Call Now"
	}
	d.rich.buttons = append(d.rich.buttons, b)
	p.done()
}

// flowAction reads a flow. The token that comes back with the answers is "unused" if
// none was given.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/sendingaflow
// (checked 2026-09-11)
func (d *draft) flowAction(a *fields) {
	p := callToAction(a, "flow", true)
	// 3 is the only version in service.
	p.oneOf("flow_message_version", true, "3")
	if id, name := p.ident("flow_id", 0), p.text("flow_name", 0, 0); (id == "") == (name == "") {
		p.reject(fail(131009, "Param "+p.path+" needs exactly one of flow_id and flow_name."))
	}
	b := Button{Kind: "flow", Label: label(p, "flow_cta", 30), ID: p.text("flow_token", 0, 0)}
	if hasEmoji(b.Label) {
		p.reject(fail(131009, "Param "+p.at("flow_cta")+" must not contain emoji."))
	}
	d.opens = &wantedFlow{id: p.text("flow_id", 0, 0), name: p.text("flow_name", 0, 0), draft: p.oneOf("mode", false, "published", "draft") == "draft"}
	p.oneOf("flow_action", false, "navigate", "data_exchange")
	if p.has("flow_action_payload") {
		// Data for the first screen: an empty object is refused, a missing one is not.
		pay := p.child("flow_action_payload")
		pay.text("screen", 0, 0)
		if data := pay.get("data"); data.kind != jsonAbsent && (data.kind != jsonObject || len(data.items) == 0) {
			pay.reject(fail(131009, "Param "+pay.at("data")+" must be a non-empty object."))
		}
		pay.done()
	}
	d.rich.buttons = append(d.rich.buttons, b)
	p.done()
}

// addressAction reads an address form, which exists for India only.
func (d *draft) addressAction(a *fields) {
	p := callToAction(a, "address_message", true)
	p.oneOf("country", true, "IN")
	for _, key := range []string{"values", "validation_errors"} {
		if n := p.get(key); n.kind != jsonAbsent && n.kind != jsonObject {
			p.reject(badParam("Param " + p.at(key) + " must be a JSON object."))
		}
	}
	// The contents of addresses are not checked: forms differ and Meta documents
	// few rules for them.
	p.list("saved_addresses", 0, 100)
	d.rich.buttons = append(d.rich.buttons, Button{Kind: "address_message", Label: "Provide address"})
	p.done()
}

// carousel reads 2 to 10 cards of one shape.
func (d *draft) carousel(o *fields) {
	list := o.list("cards", 2, 10)
	first := ""
	for i := range list {
		f := o.element("cards", list, i)
		// Indexes count from 0 in the order of the cards.
		if n := f.number("card_index", true, 0, 9); int(n) != i {
			f.reject(fail(131009, "Param "+f.at("card_index")+" must count from 0."))
		}
		card, shape := d.card(f)
		if i == 0 {
			first = shape
		} else if shape != first {
			f.reject(fail(131009, "All cards of a carousel must have the same kinds and number of buttons."))
		}
		d.rich.cards = append(d.rich.cards, card)
		f.done()
	}
	o.done()
}

// card reads one card and describes its shape: what must be alike on all cards, which is the
// kind and number of its buttons.
func (d *draft) card(f *fields) (card Card, shape string) {
	kind := f.oneOf("type", true, "cta_url", "product")
	shape = kind
	// Product cards take text and picture from the catalog.
	if kind == "product" {
		a := f.child("action")
		card.Product = a.text("product_retailer_id", 1, 0)
		catalog := a.ident("catalog_id", 1)
		d.shows = append(d.shows, wantedProduct{catalog, card.Product})
		shape += "/" + catalog
		a.done()
		return card, shape
	}
	sub := &draft{kind: "card", rich: &content{}}
	if f.has("header") {
		sub.header(f, "image video")
		card.Media = sub.rich.media.shown()
	} else {
		f.reject(fail(131008, "The parameter "+f.at("header")+" is required."))
	}
	d.wants = append(d.wants, sub.wants...)
	if f.has("body") {
		b := f.child("body")
		card.Body = b.text("text", 1, 160)
		if strings.Count(card.Body, "\n") > 2 {
			b.reject(fail(131009, "Param "+b.at("text")+" has at most two line breaks."))
		}
		b.done()
	}
	a := f.child("action")
	if a.has("buttons") {
		sub.replyButtons(a, "buttons", "quick_reply", 3)
	} else {
		sub.linkButton(a)
	}
	a.done()
	card.Buttons = sub.rich.buttons
	return card, shape + "+" + itoa(len(card.Buttons)) + strings.Join(kinds(card.Buttons), ",")
}

// kinds lists the kinds of buttons, for comparing cards.
func kinds(buttons []Button) []string {
	out := make([]string, len(buttons))
	for i, b := range buttons {
		out[i] = b.Kind
	}
	return out
}
