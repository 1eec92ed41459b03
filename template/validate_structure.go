package template

// structure checks which components there are and how many.
func (c *checker) structure() {
	count := make(map[ComponentType]int)
	for _, p := range c.places {
		if p.card >= 0 { // see card
			continue
		}
		switch p.Component.(type) {
		case nil:
			c.error(p.path, RuleComponentMissing)
			continue
		case *UnknownComponent:
			c.warn(p.path, RuleComponentUnknown)
			continue
		default:
		}
		kind := p.Type()
		if count[kind]++; count[kind] == 2 {
			c.error(p.path, RuleComponentCount).kinds("one "+string(kind), "several")
		}
	}
	if count[TypeBody] == 0 {
		c.error("components", RuleComponentMissing).kinds(string(TypeBody), "")
	}
}

// categories checks which components the category allows. What UTILITY allows is
// listed; MARKETING allows everything but one-time codes.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/utility-templates/utility-templates
// (checked 2026-11-22).
func (c *checker) categories() {
	// AUTHENTICATION has rules of its own, see authentication.
	for _, p := range c.places {
		switch t := p.Component.(type) {
		case *LimitedTimeOffer, *Carousel:
			if c.d.Category == Utility {
				c.error(p.path, RuleComponentCategory).kinds(string(Marketing), string(Utility))
			}
		case *Header:
			if t.Format == HeaderGIF && c.d.Category == Utility {
				c.error(p.path+".format", RuleComponentCategory).kinds(string(Marketing), string(Utility))
			}
		case *Body:
			if t.AddSecurityRecommendation != nil {
				c.error(p.path+".add_security_recommendation", RuleComponentField)
			}
		case *Footer:
			if t.ExpirationMinutes != 0 {
				c.error(p.path+".code_expiration_minutes", RuleComponentField)
			}
		default: // the others are at home in both
		}
	}
}

// offer checks what may stand beside a limited-time offer.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates
// (checked 2026-11-22).
func (c *checker) offer() {
	if c.d.Offer() == nil {
		return
	}
	// Without a button the offer could not be taken.
	var hasButtons bool
	for _, p := range c.places {
		if p.card >= 0 {
			continue
		}
		switch t := p.Component.(type) {
		case *Footer, *Carousel, *CallPermissionRequest:
			c.error(p.path, RuleComponentMix).kinds("no "+string(p.Type()), string(TypeLimitedTimeOffer))
		case *Header:
			if t.Format != HeaderImage && t.Format != HeaderVideo {
				c.error(p.path+".format", RuleHeaderFormat).kinds("IMAGE or VIDEO", string(t.Format)).sub(subHeaderFormat)
			}
		case *Buttons:
			hasButtons = true
			if !offerButtons(t.Buttons) {
				c.error(p.path+".buttons", RuleOfferButtons)
			}
		default: // body and the offer itself
		}
	}
	if !hasButtons {
		c.error("components", RuleOfferButtons)
	}
}

// offerButtons reports whether list is a URL, or a code and a URL. The order is
// fixed because a message refers to them by index.
func offerButtons(list []Button) bool {
	if len(list) == 2 && list[0] != nil && list[0].Kind() == ButtonCopyCode {
		list = list[1:]
	}
	return len(list) == 1 && list[0] != nil && list[0].Kind() == ButtonURL
}

// carousel checks number and shape of cards.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates
// (checked 2026-11-22).
func (c *checker) carousel() {
	for _, p := range c.places {
		cs, ok := p.Component.(*Carousel)
		if !ok || p.card >= 0 { // one inside a card is reported with the card
			continue
		}
		if n := len(cs.Cards); n < 2 || n > MaxCards {
			c.error(p.path+".cards", RuleCards).measure(MaxCards, n)
		} else if h := cs.Cards[0].Header(); h != nil && h.Format == HeaderProduct && n != 2 {
			c.warn(p.path+".cards", RuleCards).measure(2, n) // two stand for any number
		}
		for i := range cs.Cards {
			c.card(indexed(p.path+".cards", i), &cs.Cards[i], &cs.Cards[0])
		}
		c.alone(string(TypeCarousel))
	}
}

// alone warns of components that Meta's page does not show beside a carousel.
func (c *checker) alone(with string) {
	for _, p := range c.places {
		if p.card >= 0 {
			continue
		}
		switch p.Component.(type) {
		case *Header, *Footer, *Buttons:
			c.warn(p.path, RuleComponentMix).kinds("no "+string(p.Type()), with)
		default:
		}
	}
}

// card checks one card, and that it is built like the first. The texts of cards
// are checked together with all others.
func (c *checker) card(path string, k, model *Card) {
	h := k.Header()
	if h == nil {
		c.error(path, RuleCardComponent).kinds(string(TypeHeader), "")
		return
	}
	product := h.Format == HeaderProduct
	count := make(map[ComponentType]int)
	for i, comp := range k.Components {
		at := indexed(path+".components", i)
		switch t := comp.(type) {
		case *Header:
			if t.Format != HeaderImage && t.Format != HeaderVideo && t.Format != HeaderProduct {
				c.error(at+".format", RuleHeaderFormat).kinds("IMAGE, VIDEO or PRODUCT", string(t.Format)).sub(subHeaderFormat)
			}
		case *Body:
			if product {
				c.error(at, RuleCardComponent).kinds("no "+string(TypeBody), string(HeaderProduct))
			}
		case *Buttons:
			c.cardButtons(at+".buttons", t.Buttons, product)
		case *UnknownComponent:
			if t.Name == TypeCarousel { // read as unknown, see decodeComponent
				c.error(at, RuleCardComponent)
			} else {
				c.warn(at, RuleComponentUnknown)
			}
		default:
			c.error(at, RuleCardComponent)
			continue
		}
		if count[comp.Type()]++; count[comp.Type()] == 2 {
			c.error(at, RuleComponentCount).kinds("one "+string(comp.Type()), "several")
		}
	}
	if product && len(k.Buttons()) == 0 { // without it the product could not be opened
		c.error(path, RuleCardComponent).kinds(string(TypeButtons), "")
	}
	if !sameShape(k, model) {
		c.error(path, RuleCardShape)
	}
}

// maxCardButtons is how many buttons a card may have.
const maxCardButtons = 2

// cardButtons checks number and kinds: product cards have one button, which shows
// the product or opens a page.
func (c *checker) cardButtons(path string, list []Button, product bool) {
	limit := maxCardButtons
	if product {
		limit = 1
	}
	if len(list) > limit {
		c.error(path, RuleButtonCount).measure(limit, len(list))
	}
	for i, b := range list {
		if b == nil {
			continue
		}
		switch k := b.Kind(); {
		case k == ButtonOrderDetails && !product: // in a sample of Meta's, though not in its rules
			c.warn(indexed(path, i), RuleCardComponent).kinds("another kind of button", string(k))
		case k == ButtonURL, product && k == ButtonSingleProduct, !product && (k == ButtonQuickReply || k == ButtonPhoneNumber):
		default:
			c.error(indexed(path, i), RuleCardComponent).kinds("another kind of button", string(k))
		}
	}
}

// sameShape reports whether two cards have the same header format, both or none
// a body, and the same kinds of buttons.
func sameShape(a, b *Card) bool {
	ha, hb := a.Header(), b.Header()
	if (ha == nil) != (hb == nil) || ha != nil && ha.Format != hb.Format {
		return false
	}
	if (a.Body() == nil) != (b.Body() == nil) {
		return false
	}
	// Labels and links may differ, the kinds and their order may not.
	x, y := a.Buttons(), b.Buttons()
	if len(x) != len(y) {
		return false
	}
	for i := range x {
		if x[i] == nil || y[i] == nil || x[i].Kind() != y[i].Kind() {
			return false
		}
	}
	return true
}
