package message

import (
	"strings"
	"time"
	"unicode"
)

const (
	pathBody    = "interactive.body.text"
	pathFooter  = "interactive.footer.text"
	pathHeader  = "interactive.header"
	pathAction  = "interactive.action"
	pathParams  = "interactive.action.parameters"
	pathButtons = "interactive.action.buttons"
)

func (c *checker) interactive(content Content) {
	switch v := content.(type) {
	case *Buttons:
		c.frame(v.Header, v.Body, v.Footer)
		c.buttons(v.Buttons)
	case *List:
		c.atMost(pathHeader+".text", v.Header, MaxHeaderText)
		c.text(pathBody, v.Body, MaxListBody)
		c.atMost(pathFooter, v.Footer, MaxFooter)
		c.text(pathAction+".button", v.Button, MaxButtonTitle)
		c.sections(v.Sections)
	case *CTAURL:
		c.frame(v.Header, v.Body, v.Footer)
		c.text(pathParams+".display_text", v.Label, MaxButtonTitle)
		c.link(pathParams+".url", v.URL)
	case *Flow:
		c.frame(v.Header, v.Body, v.Footer)
		c.flow(v)
	case *OrderDetails:
		c.orderDetails(v)
	case *OrderStatus:
		c.orderStatus(v)
	case *LocationRequest:
		c.text(pathBody, v.Body, MaxBody)
	case *ContactRequest:
		c.text(pathBody, v.Body, MaxBody)
	case *CallPermission:
		c.atMost(pathBody, v.Body, MaxBody)
	case *AddressRequest:
		c.frame(v.Header, v.Body, v.Footer)
		c.address(v)
	case *VoiceCall:
		c.text(pathBody, v.Body, MaxBody)
		c.atMost(pathParams+".display_text", v.Label, MaxButtonTitle)
		c.atMost(pathParams+".payload", v.Payload, MaxCallPayload)
		if v.TTL != 0 && (v.TTL < MinCallTTL || v.TTL > MaxCallTTL || v.TTL%time.Minute != 0) {
			c.broken(pathParams+".ttl_minutes", RuleRange)
		}
	case *Product:
		c.atMost(pathBody, v.Body, MaxBody)
		c.atMost(pathFooter, v.Footer, MaxFooter)
		c.need(pathAction+".catalog_id", v.CatalogID)
		c.need(pathAction+".product_retailer_id", v.RetailerID)
	case *ProductList:
		c.products(v)
	case *Catalog:
		c.text(pathBody, v.Body, MaxBody)
		c.atMost(pathFooter, v.Footer, MaxFooter)
	case *Carousel:
		c.text(pathBody, v.Body, MaxBody)
		c.cards(v.Cards)
	case *ProductCarousel:
		c.text(pathBody, v.Body, MaxBody)
		c.count(pathAction+".cards", len(v.RetailerIDs), MinCards, MaxCards)
		c.need(pathAction+".cards[0].action.catalog_id", v.CatalogID)
		for i, id := range v.RetailerIDs {
			c.need(index(pathAction+".cards", i)+".action.product_retailer_id", id)
		}
	default: // the plain kinds, which check has taken
	}
}

// frame checks header, body and footer of the kinds that allow all three.
func (c *checker) frame(h Header, body, footer string) {
	c.header(h)
	c.text(pathBody, body, MaxBody)
	c.atMost(pathFooter, footer, MaxFooter)
}

func (c *checker) header(h Header) {
	n := 0
	if h.Text != "" {
		n++
		c.text(pathHeader+".text", h.Text, MaxHeaderText)
	}
	if h.Image != nil {
		n++
		c.headerMedia(pathHeader+".image", h.Image.ID, h.Image.Link, h.Image.Caption)
	}
	if h.Video != nil {
		n++
		c.headerMedia(pathHeader+".video", h.Video.ID, h.Video.Link, h.Video.Caption)
	}
	if h.Document != nil {
		n++
		c.headerMedia(pathHeader+".document", h.Document.ID, h.Document.Link, h.Document.Caption)
		c.filename(pathHeader+".document.filename", h.Document.Filename)
	}
	if n > 1 {
		c.broken(pathHeader, RuleExclusive)
	}
}

func (c *checker) headerMedia(path, id, link, caption string) {
	c.media(path, id, link, "")
	if caption != "" {
		c.broken(path+".caption", RuleForbidden)
	}
}

func (c *checker) buttons(list []Button) {
	most := MaxButtons
	if c.out.Category != "" {
		most = MaxDirectButtons
	}
	c.count(pathButtons, len(list), 1, most)
	links, replies := 0, 0
	for i, b := range list {
		path := index(pathButtons, i)
		if b.URL != "" {
			links++
			c.linkButton(path, b, replies > 0)
			continue
		}
		replies++
		c.reply(path+".reply", b, MaxButtonID)
	}
	if links > MaxDirectLinks {
		c.add(Problem{Path: pathButtons, Rule: RuleTooMany, Severity: SeverityError, Limit: MaxDirectLinks, Actual: links})
	}
	c.unique(func(i int) string { return index(pathButtons, i) + ".reply.id" }, len(list), func(i int) string { return list[i].ID })
	c.unique(func(i int) string { return index(pathButtons, i) + ".reply.title" }, len(list), func(i int) string { return list[i].Title })
}

func (c *checker) linkButton(path string, b Button, afterReply bool) {
	path += ".cta_url"
	if c.out.Category == "" {
		c.broken(path, RuleForbidden)
	}
	if afterReply {
		c.broken(path, RuleOrder)
	}
	if b.ID != "" {
		c.broken(path, RuleExclusive)
	}
	c.text(path+".display_text", b.Title, MaxButtonTitle)
	c.link(path+".url", b.URL)
}

func (c *checker) reply(path string, b Button, maxID int) {
	c.text(path+".id", b.ID, maxID)
	if b.ID != strings.TrimSpace(b.ID) {
		c.broken(path+".id", RuleSpace)
	}
	c.text(path+".title", b.Title, MaxButtonTitle)
}

func (c *checker) sections(list []Section) {
	c.count(pathAction+".sections", len(list), 1, MaxSections)
	rows := 0
	seen := make(map[string]struct{})
	for i, s := range list {
		path := index(pathAction+".sections", i)
		c.sectionTitle(path, s.Title, len(list))
		if len(s.Rows) == 0 {
			c.broken(path+".rows", RuleRequired)
		}
		rows += len(s.Rows)
		for j, r := range s.Rows {
			row := index(path+".rows", j)
			c.text(row+".id", r.ID, MaxRowID)
			c.text(row+".title", r.Title, MaxRowTitle)
			c.atMost(row+".description", r.Description, MaxRowDescription)
			if _, ok := seen[r.ID]; ok && r.ID != "" {
				c.broken(row+".id", RuleDuplicate)
			}
			seen[r.ID] = struct{}{}
		}
	}
	if rows > MaxRows {
		c.add(Problem{Path: pathAction + ".sections", Rule: RuleTooMany, Severity: SeverityError, Limit: MaxRows, Actual: rows})
	}
}

func (c *checker) sectionTitle(path, title string, sections int) {
	if sections > 1 {
		c.text(path+".title", title, MaxSectionTitle)
		return
	}
	c.atMost(path+".title", title, MaxSectionTitle)
}

func (c *checker) products(v *ProductList) {
	c.text(pathHeader+".text", v.Header, MaxHeaderText)
	c.text(pathBody, v.Body, MaxBody)
	c.atMost(pathFooter, v.Footer, MaxFooter)
	c.need(pathAction+".catalog_id", v.CatalogID)
	c.count(pathAction+".sections", len(v.Sections), 1, MaxSections)
	items := 0
	for i, s := range v.Sections {
		path := index(pathAction+".sections", i)
		c.sectionTitle(path, s.Title, len(v.Sections))
		if len(s.RetailerIDs) == 0 {
			c.broken(path+".product_items", RuleRequired)
		}
		items += len(s.RetailerIDs)
		for j, id := range s.RetailerIDs {
			c.need(index(path+".product_items", j)+".product_retailer_id", id)
		}
	}
	if items > MaxProducts {
		c.add(Problem{Path: pathAction + ".sections", Rule: RuleTooMany, Severity: SeverityError, Limit: MaxProducts, Actual: items})
	}
}

func (c *checker) flow(f *Flow) {
	switch {
	case f.FlowID == "" && f.FlowName == "":
		c.broken(pathParams+".flow_id", RuleRequired)
	case f.FlowID != "" && f.FlowName != "":
		c.broken(pathParams+".flow_id", RuleExclusive)
	}
	c.text(pathParams+".flow_cta", f.Label, MaxFlowLabel)
	if strings.ContainsFunc(f.Label, emoji) {
		c.doubt(pathParams+".flow_cta", RuleFormat)
	}
	if f.Mode != "" && f.Mode != FlowPublished && f.Mode != FlowDraft {
		c.broken(pathParams+".mode", RuleFormat)
	}
	switch f.Action {
	case "":
	case FlowNavigate:
		c.need(pathParams+".flow_action_payload.screen", f.Screen)
	case FlowDataExchange:
		if f.Screen != "" || len(f.Data) != 0 {
			c.doubt(pathParams+".flow_action_payload", RuleUseless)
		}
	default:
		c.broken(pathParams+".flow_action", RuleFormat)
	}
	if len(f.Data) != 0 {
		c.object(pathParams+".flow_action_payload.data", f.Data)
	}
}

// emoji is a rough test: symbols beyond the Latin ones. It only ever warns.
func emoji(r rune) bool { return r > 0xff && unicode.Is(unicode.So, r) }

func (c *checker) address(v *AddressRequest) {
	if v.Country != "" && v.Country != addressCountry {
		c.broken(pathParams+".country", RuleFormat)
	}
	if pin, ok := v.Values["in_pin_code"]; ok && (len(pin) != 6 || !allDigits(pin)) {
		c.broken(pathParams+".values.in_pin_code", RuleFormat)
	}
	for i, a := range v.Saved {
		c.need(index(pathParams+".saved_addresses", i)+".id", a.ID)
	}
}

func (c *checker) cards(cards []Card) {
	c.count(pathAction+".cards", len(cards), MinCards, MaxCards)
	for i, card := range cards {
		path := index(pathAction+".cards", i)
		c.card(path, card)
		if i > 0 && !sameShape(cards[0], card) {
			c.broken(path, RuleUniform)
		}
	}
}

func (c *checker) card(path string, card Card) {
	switch {
	case card.Image == nil && card.Video == nil:
		c.broken(path+".header", RuleRequired)
	case card.Image != nil && card.Video != nil:
		c.broken(path+".header", RuleExclusive)
	case card.Image != nil:
		c.headerMedia(path+".header.image", card.Image.ID, card.Image.Link, card.Image.Caption)
	default:
		c.headerMedia(path+".header.video", card.Video.ID, card.Video.Link, card.Video.Caption)
	}
	c.atMost(path+".body.text", card.Body, MaxCardBody)
	if n := strings.Count(card.Body, "\n"); n > MaxCardBreaks {
		c.add(Problem{Path: path + ".body.text", Rule: RuleTooMany, Severity: SeverityError, Limit: MaxCardBreaks, Actual: n})
	}
	hasLink := card.Label != "" || card.URL != ""
	switch {
	case hasLink && len(card.Replies) > 0:
		c.broken(path+".action", RuleExclusive)
	case hasLink:
		c.text(path+".action.parameters.display_text", card.Label, MaxButtonTitle)
		c.link(path+".action.parameters.url", card.URL)
	default:
		c.count(path+".action.buttons", len(card.Replies), 1, MaxCardReplies)
	}
	for i, b := range card.Replies {
		at := index(path+".action.buttons", i) + ".quick_reply"
		c.reply(at, b, MaxCardReplyID)
	}
}

// sameShape reports whether two cards have the same kinds and number of buttons. Pictures and
// videos may be mixed, and a body is each card's own matter.
func sameShape(a, b Card) bool {
	return (a.URL == "") == (b.URL == "") && len(a.Replies) == len(b.Replies)
}
