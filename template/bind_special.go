package template

import (
	"slices"
	"time"
)

// offer binds the end of a limited-time offer. Whether that is still to come is
// not asked: Bind knows no time, and a message may wait in a queue.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/limited-time-offer-templates
// (checked 2026-11-22).
func (b *binder) offer(o *LimitedTimeOffer, ends time.Time) *PreviewOffer {
	counts := o != nil && o.HasExpiration != nil && *o.HasExpiration
	switch {
	case counts && ends.IsZero():
		b.problem(Problem{Path: "offer_ends", Rule: RuleValueMissing, Want: "moment", Code: CodeMissing})
	case counts && ends.UnixMilli() <= 0:
		b.problem(Problem{Path: "offer_ends", Rule: RuleValueKind, Want: "moment after 1970", Code: CodeInvalidValue})
	case !counts && !ends.IsZero():
		b.problem(Problem{Path: "offer_ends", Rule: RuleValueUnexpected, Got: "moment", Code: CodeCountMismatch})
	case counts:
		b.part("limited_time_offer", Parameter{Type: ParamOffer, Number: ends.UnixMilli()})
	}
	if o == nil {
		return nil
	}
	return &PreviewOffer{Text: o.Text, Ends: ends}
}

// carousel binds the cards. Media cards are as many as were approved; of
// product cards two are approved and stand for any number from 2 to MaxCards.
// Indexes of buttons begin at 0 in each card.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/marketing-templates/media-card-carousel-templates
// (checked 2026-11-22).
func (b *binder) carousel(c *Carousel, vals []CardValues) []PreviewCard {
	if c == nil || len(c.Cards) == 0 {
		if len(vals) > 0 {
			b.problem(Problem{Path: "cards", Rule: RuleValueUnexpected, Actual: len(vals), Code: CodeCountMismatch})
		}
		return nil
	}
	// All cards have the same shape, so that the first one tells the kind.
	h := c.Cards[0].Header()
	open := h != nil && h.Format == HeaderProduct
	switch {
	case open && (len(vals) < 2 || len(vals) > MaxCards):
		b.problem(Problem{Path: "cards", Rule: RuleCardCount, Limit: MaxCards, Actual: len(vals), Code: CodeCountMismatch})
		return nil
	case !open && len(vals) != len(c.Cards):
		b.problem(Problem{Path: "cards", Rule: RuleCardCount, Limit: len(c.Cards), Actual: len(vals), Code: CodeCountMismatch})
		return nil
	}
	outer := b.parts // while the parts of a card are being collected
	cards := make([]card, len(vals))
	shown := make([]PreviewCard, len(vals))
	for i := range vals {
		def, path := &c.Cards[min(i, len(c.Cards)-1)], indexed("cards", i)
		b.parts = nil
		shown[i].Header = b.header(path+".header", def.Header(), &vals[i].Header)
		if body := def.Body(); body != nil {
			shown[i].Body = b.text(path+".body", "body", body.Text, vals[i].Body, MaxCardBody)
		} else if len(vals[i].Body) > 0 {
			b.problem(Problem{Path: path + ".body", Rule: RuleValueCount, Actual: len(vals[i].Body), Code: CodeCountMismatch})
		}
		shown[i].Buttons = b.buttons(path+".buttons", def.Buttons(), vals[i].Buttons)
		cards[i] = card{index: i, parts: b.parts}
	}
	b.parts = append(outer, part{kind: "carousel", cards: cards})
	return shown
}

// orderStatuses are the steps of an order that Meta knows.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/orderdetailstemplate
// (checked 2026-11-22).
var orderStatuses = []string{"pending", "processing", "partially-shipped", "shipped", "completed", "canceled"}

// orderStatusTemplate reports whether messages of the template carry the status
// of an order.
func (d *Definition) orderStatusTemplate() bool {
	return d.SubCategory == "ORDER_STATUS" || d.SubCategory == "RICH_ORDER_STATUS"
}

// orderStatus binds how an order stands, which templates of that sub-category
// must carry and others must not. Whether the step may follow the one before it
// is known to Meta only, which answers error 2046 if not.
func (b *binder) orderStatus(s *OrderStatus) *OrderStatus {
	const path = "order_status"
	wanted := b.def.orderStatusTemplate()
	switch {
	case s == nil && wanted:
		b.problem(Problem{Path: path, Rule: RuleValueMissing, Want: "order status", Code: CodeMissing})
		return nil
	case s == nil:
		return nil
	case !wanted:
		b.problem(Problem{Path: path, Rule: RuleValueUnexpected, Got: "order status", Code: CodeCountMismatch})
		return nil
	}
	if s.ReferenceID == "" {
		b.problem(Problem{Path: path, Rule: RuleValueBlank, Want: "reference id", Code: CodeMissing})
	}
	if !slices.Contains(orderStatuses, s.Status) {
		b.problem(Problem{Path: path, Rule: RuleOrderStatus, Code: CodeInvalidValue})
	}
	b.checkUTF8(path, s.ReferenceID, s.Description)
	w := &writer{}
	outer := w.begin(nil)
	w.str("reference_id", s.ReferenceID)
	w.object("order", nil, func() {
		w.str("status", s.Status)
		w.str("description", s.Description)
	})
	w.end(outer)
	b.part("order_status", Parameter{Type: ParamOrderStatus, Raw: w.buf})
	return clonePointer(s)
}

// tapTarget binds the pages that open when the message is tapped. Access is
// restricted: whether this business has it only Meta can tell.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/tap-target-url-title-override
// (checked 2026-11-22).
func (b *binder) tapTarget(list []TapTarget) []TapTarget {
	if len(list) == 0 {
		return nil
	}
	for i := range list {
		path := indexed("tap_target", i)
		if !webURL(list[i].URL) {
			b.problem(Problem{Path: path, Rule: RuleMediaLink, Code: CodeInvalidValue})
		}
		b.checkText("tap_target", i, list[i].Title)
	}
	w := &writer{buf: []byte{'['}}
	for i := range list {
		if i > 0 {
			w.buf = append(w.buf, ',')
		}
		outer := w.begin(nil)
		w.str("url", list[i].URL)
		w.str("title", list[i].Title)
		w.end(outer)
	}
	b.part("tap_target_configuration", Parameter{Type: ParamTapTarget, Raw: append(w.buf, ']')})
	return slices.Clone(list)
}
