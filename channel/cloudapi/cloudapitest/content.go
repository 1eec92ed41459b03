package cloudapitest

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// content is what a message carries beside plain text, in the form a phone needs
// to show it.
type content struct {
	header   string
	footer   string
	media    *mediaRef
	buttons  []Button
	list     string // label of the button that opens the list
	sections []Section
	place    *Place
	people   []string
	products []string
	template string
	cards    []Card
	emoji    string // reaction
	target   string // wamid a reaction or pin refers to
	action   string // kind of the interactive message
	flow     *Flow  // that the message opens
	order    *order
	wire     []byte // members a user's message carries after its type
	tail     []byte // members after that
}

// mediaRef is a file by id or link.
type mediaRef struct {
	kind     string // image, video, audio, document, sticker
	id       string
	link     string
	filename string
	voice    bool
	animated bool
	file     *media // resolved id
}

// draft is a parsed send.
type draft struct {
	kind  string // type of the request
	text  string
	rich  *content
	tmpl  *Template
	otp   bool
	wants []*mediaRef // media that must exist
	shows []wantedProduct
	opens *wantedFlow // may be nil
}

// more returns the part beside the plain text, made on first use: most messages are
// plain texts and do without.
func (d *draft) more() *content {
	if d.rich == nil {
		d.rich = &content{}
	}
	return d.rich
}

// parseContent reads the object named after the type of a message.
func (c *call) parseContent(f *fields, d *draft) {
	if d.kind == "contacts" {
		d.contacts(f)
		return
	}
	o := f.child(d.kind)
	switch d.kind {
	// 4096 is the longest text; a preview is made of the first link only and has no
	// effect that could be seen here.
	case "text":
		d.text = o.text("body", 1, 4096)
		o.flag("preview_url")
	case "image", "video", "audio", "document", "sticker":
		d.text = d.mediaObject(o, d.kind, true)
	case "location":
		d.more().place = place(o)
	// An empty emoji takes the reaction away, but the key must be there: Meta's sample
	// of a removal has it.
	case "reaction":
		d.more().target = o.text("message_id", 1, 0)
		d.rich.emoji = o.text("emoji", 0, 0)
		if !o.has("emoji") {
			o.reject(fail(131008, "The parameter reaction['emoji'] is required."))
		}
	// The limit of three pins per group is not simulated; the oldest would drop out.
	case "pin":
		o.oneOf("type", true, "pin", "unpin")
		d.more().target = o.text("message_id", 1, 0)
		o.number("expiration_days", false, 1, 30)
	case "interactive":
		d.interactive(o)
	case "template":
		c.templateMessage(o, d)
	}
	o.done()
}

// mediaObject reads {"id" or "link", …} and returns the caption.
func (d *draft) mediaObject(o *fields, kind string, captioned bool) (caption string) {
	ref := &mediaRef{kind: kind, id: o.ident("id", 0), link: o.text("link", 0, 0)}
	switch {
	// Exactly one of the two. With both the platform could not tell which is meant.
	case (ref.id == "") == (ref.link == ""):
		o.reject(fail(131009, "Param "+o.path+" needs exactly one of id and link."))
	case ref.link != "" && !webLink(ref.link):
		o.reject(fail(131009, "Param "+o.at("link")+" is not a valid http or https URL."))
	}
	if captioned && (kind == "image" || kind == "video" || kind == "document") {
		caption = o.text("caption", 0, 1024)
	}
	// The limit of a file name is not published; 240 is what clients report.
	if kind == "document" {
		ref.filename = o.text("filename", 0, 240)
	}
	if kind == "audio" {
		ref.voice = o.flag("voice")
	}
	d.more().media = ref
	d.wants = append(d.wants, ref)
	return caption
}

// webLink reports whether s is an absolute http or https URL.
func webLink(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && (u.Scheme == "https" || u.Scheme == "http")
}

// place reads a location; coordinates may be numbers or strings.
func place(o *fields) *Place {
	return &Place{
		Latitude:  o.number("latitude", true, -90, 90),
		Longitude: o.number("longitude", true, -180, 180),
		Name:      o.text("name", 0, 1000), Address: o.text("address", 0, 1000),
	}
}

// contactParts are the lists of a contact card, with the keys of their elements.
var contactParts = [][]string{
	{"addresses", "street", "city", "state", "zip", "country", "country_code", "type"},
	{"emails", "email", "type"},
	{"phones", "phone", "type", "wa_id"},
	{"urls", "url", "type"},
}

// contacts reads contact cards; a card needs a formatted name and one more part.
func (d *draft) contacts(f *fields) {
	cards := f.list("contacts", 1, 257)
	for i := range cards {
		o := f.element("contacts", cards, i)
		name := o.child("name")
		d.more().people = append(d.rich.people, name.text("formatted_name", 1, 0))
		parts := 0
		for _, part := range []string{"first_name", "last_name", "middle_name", "suffix", "prefix"} {
			if name.text(part, 0, 0) != "" {
				parts++
			}
		}
		// A formatted name alone is refused, as partners report; Meta's page only calls
		// it required.
		if parts == 0 {
			o.reject(fail(131009, "Param "+name.path+" needs formatted_name and at least one other part."))
		}
		name.done()
		o.text("birthday", 0, 10)
		for _, part := range contactParts {
			key := part[0]
			parts := o.list(key, 0, 100)
			for j := range parts {
				p := o.element(key, parts, j)
				for _, k := range part[1:] {
					p.text(k, 0, 0)
				}
				p.done()
			}
		}
		if o.has("org") {
			org := o.child("org")
			for _, k := range []string{"company", "department", "title"} {
				org.text(k, 0, 0)
			}
			org.done()
		}
		o.done()
	}
}

// interactiveRule is what differs between the kinds of interactive messages.
type interactiveRule struct {
	headers string // allowed header types
	body    int    // longest body
	bare    bool   // body may be missing
	footer  bool
	action  func(d *draft, o, action *fields)
}

const anyHeader = "text image video document"

// interactive reads every kind of interactive message.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/interactive-list-messages
// and its neighbours (checked 2026-09-11)
func (d *draft) interactive(o *fields) {
	kind := o.text("type", 1, 0)
	rule, ok := interactiveRuleFor(kind)
	if !ok {
		o.reject(fail(131009, "Param interactive['type'] is not a known type."))
		return
	}
	d.more().action = kind
	if o.has("header") {
		d.header(o, rule.headers)
	} else if kind == "product_list" {
		o.reject(fail(131008, "The parameter interactive['header'] is required."))
	}
	if !rule.bare || o.has("body") {
		b := o.child("body")
		d.text = b.text("text", 1, rule.body)
		b.done()
	}
	// Parts that a type does not have are left for done to refuse as unknown keys.
	if rule.footer && o.has("footer") {
		b := o.child("footer")
		d.rich.footer = b.text("text", 1, 60)
		b.done()
	}
	// Cards have actions of their own.
	if kind == "carousel" {
		d.carousel(o.child("action"))
		return
	}
	action := o.child("action")
	rule.action(d, o, action)
	action.done()
}

// header reads the header of an interactive message, of one of the allowed types.
func (d *draft) header(o *fields, allowed string) {
	h := o.child("header")
	kind := h.text("type", 1, 0)
	switch {
	// A product message has no header at all, a list only a text.
	case !strings.Contains(" "+allowed+" ", " "+kind+" ") || kind == "":
		h.reject(fail(131009, "Param interactive['header']['type'] is not allowed for this type."))
	case kind == "text":
		d.rich.header = h.text("text", 1, 60)
	default:
		m := h.child(kind)
		d.mediaObject(m, kind, false)
		m.done()
	}
	h.done()
}

// label reads a button label: no line breaks.
func label(o *fields, key string, limit int) string {
	s := o.text(key, 1, limit)
	if strings.ContainsAny(s, "\r\n") {
		o.reject(fail(131009, "Param "+o.at(key)+" must be a single line."))
	}
	return s
}

// callToAction checks action.name and returns action.parameters.
func callToAction(o *fields, name string, required bool) *fields {
	if got := o.text("name", 1, 0); got != name {
		o.reject(fail(131009, "Param "+o.at("name")+" must be "+name+"."))
	}
	// Without parameters the platform fills in its own texts.
	if !required && !o.has("parameters") {
		return o.object(&node{kind: jsonObject}, o.at("parameters"))
	}
	return o.child("parameters")
}

// replyButtons reads buttons that answer. Titles and ids must differ, or nobody could
// tell which one was tapped.
func (d *draft) replyButtons(o *fields, key, kind string, most int) {
	list := o.list(key, 1, most)
	titles, ids := map[string]bool{}, map[string]bool{}
	for i := range list {
		b := o.element(key, list, i)
		if b.oneOf("type", true, kind) != "" {
			r := b.child(kind)
			id, title := r.text("id", 1, 256), label(r, "title", 20)
			// Documented for buttons; rows have no such rule.
			if strings.TrimSpace(id) != id {
				r.reject(fail(131009, "Param "+r.at("id")+" must not start or end with a space."))
			}
			if titles[title] || ids[id] {
				r.reject(fail(131009, "Buttons must have different ids and titles."))
			}
			titles[title], ids[id] = true, true
			d.rich.buttons = append(d.rich.buttons, Button{Kind: "reply", Label: title, ID: id})
			r.done()
		}
		b.done()
	}
}

// listAction reads the sections of a list. Ten rows is the limit of the whole list,
// not of a section.
func (d *draft) listAction(o *fields) {
	d.rich.list = label(o, "button", 20)
	sections := o.list("sections", 1, 10)
	rows, ids := 0, map[string]bool{}
	for i := range sections {
		s := o.element("sections", sections, i)
		least := 0
		// A title is needed only where there is something to tell apart.
		if len(sections) > 1 {
			least = 1
		}
		sec := Section{Title: s.text("title", least, 24)}
		list := s.list("rows", 1, 10)
		for j := range list {
			r := s.element("rows", list, j)
			row := Row{ID: r.text("id", 1, 200), Title: r.text("title", 1, 24), Description: r.text("description", 0, 72)}
			if ids[row.ID] {
				r.reject(fail(131009, "Rows must have different ids."))
			}
			ids[row.ID] = true
			r.done()
			sec.Rows = append(sec.Rows, row)
		}
		// Counted over all sections below.
		rows += len(list)
		s.done()
		d.rich.sections = append(d.rich.sections, sec)
	}
	if rows > 10 {
		o.reject(fail(131009, "A list has at most 10 rows in total."))
	}
}

// productList reads catalog sections.
func (d *draft) productList(o *fields) {
	catalog := o.ident("catalog_id", 1)
	sections := o.list("sections", 1, 10)
	for i := range sections {
		s := o.element("sections", sections, i)
		s.text("title", min(1, len(sections)-1), 24)
		items := s.list("product_items", 1, 30)
		for j := range items {
			p := s.element("product_items", items, j)
			id := p.text("product_retailer_id", 1, 0)
			d.rich.products = append(d.rich.products, id)
			d.shows = append(d.shows, wantedProduct{catalog, id})
			p.done()
		}
		s.done()
	}
	if len(d.rich.products) > 30 {
		o.reject(fail(131009, "A product list has at most 30 products."))
	}
}

// hasEmoji is a rough test, enough for labels that must not have any.
func hasEmoji(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r >= 0x1f000 || r >= 0x2600 && r < 0x2800 })
}

// runes counts characters the way the limits are meant as far as Meta says: in code
// points.
func runes(s string) int { return utf8.RuneCountInString(s) }
