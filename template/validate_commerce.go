package template

// displayOrder is the display_format and the sub_category of templates that ask
// for a payment.
const displayOrder = "ORDER_DETAILS"

// commerce checks what may stand beside buttons that sell.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/mpm-templates
// and its siblings (checked 2026-11-22).
func (c *checker) commerce() {
	d := c.d
	has := make(map[ButtonKind]bool)
	for _, b := range d.Buttons() {
		if b != nil {
			has[b.Kind()] = true
		}
	}
	h, path := d.Header(), c.pathOf(TypeHeader)
	product := h != nil && h.Format == HeaderProduct
	switch {
	case has[ButtonCatalog] && h != nil:
		c.warn(path, RuleComponentMix).kinds("no HEADER", string(ButtonCatalog))
	case has[ButtonMultiProduct] && h != nil && h.Format != HeaderText:
		c.error(path+".format", RuleHeaderFormat).kinds(string(HeaderText), string(h.Format)).sub(subHeaderFormat)
	case has[ButtonSingleProduct] && !product:
		c.error("components", RuleComponentMissing).kinds("HEADER PRODUCT", "")
	case product && !has[ButtonSingleProduct]:
		c.error(c.pathOf(TypeHeader), RuleComponentMissing).kinds(string(ButtonSingleProduct)+" button", "")
	}
	if has[ButtonOrderDetails] && d.Category == Marketing && d.DisplayFormat != displayOrder { // as in samples of Meta's
		c.warn("display_format", RuleComponentMissing).kinds(displayOrder, "")
	}
	// A checkout template has one such button and up to nine quick replies.
	for i, b := range d.Buttons() {
		if has[ButtonOrderDetails] && b != nil && b.Kind() != ButtonOrderDetails && b.Kind() != ButtonQuickReply {
			c.error(indexed(c.pathOf(TypeButtons)+".buttons", i), RuleButtonAlone).kinds(string(ButtonQuickReply), string(b.Kind()))
		}
	}
	// The status itself comes with each message, in a component of its own.
	if d.SubCategory == "ORDER_STATUS" {
		for _, kind := range []ComponentType{TypeHeader, TypeButtons} {
			if at := c.pathOf(kind); at != "" {
				c.error(at, RuleComponentMix).kinds("no "+string(kind), "ORDER_STATUS")
			}
		}
	}
}

// pathOf returns the path of the first component of a kind outside of cards, ""
// if there is none.
func (c *checker) pathOf(kind ComponentType) string {
	for _, p := range c.places {
		if p.card < 0 && p.Component != nil && p.Type() == kind {
			return p.path
		}
	}
	return ""
}
