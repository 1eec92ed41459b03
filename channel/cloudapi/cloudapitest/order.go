package cloudapitest

import (
	"slices"
	"strings"
)

// order is an order that a message asks to pay for, or a change of its state.
type order struct {
	reference string
	currency  string
	total     int64 // hundredths
	state     string
	paid      string // payment state; "" = not told
	change    bool   // it changes the order of this reference
	gateway   string // type of the payment gateway; "" = paid elsewhere
	message   *message
	tries     int
}

// orderStates are the states of an order; from the last two there is no way on.
var orderStates = []string{"pending", "processing", "partially-shipped", "shipped", "completed", "canceled"}

// orderCurrencies are the currencies of the countries that have payments.
var orderCurrencies = []string{"BRL", "INR", "SGD"}

// amount reads a sum in hundredths.
func amount(f *fields, key string, required bool) int64 {
	if !required && !f.has(key) {
		return 0
	}
	a := f.child(key)
	v := a.number("value", true, 0, 1e12)
	a.number("offset", true, 100, 100)
	a.text("description", 0, 120)
	a.text("discount_program_name", 0, 60)
	a.done()
	return int64(v)
}

// reference reads the business's own id of an order.
func reference(p *fields) string {
	ref := p.text("reference_id", 1, 35)
	if strings.Trim(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.") != "" {
		p.reject(fail(131009, "Param "+p.at("reference_id")+" has characters that are not allowed."))
	}
	return ref
}

// orderDetails reads an order to review and pay.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/offsite-pix
// (checked 2026-11-29)
func (d *draft) orderDetails(a *fields) {
	p := callToAction(a, "review_and_pay", true)
	o := &order{reference: reference(p), state: "pending"}
	p.oneOf("type", true, "digital-goods", "physical-goods")
	p.text("payment_type", 0, 0)
	configured := p.text("payment_configuration", 0, 60) != ""
	o.currency = p.oneOf("currency", true, orderCurrencies...)
	if o.total = amount(p, "total_amount", true); o.total == 0 {
		p.reject(fail(131009, "Param "+p.at("total_amount")+" must be more than 0."))
	}
	if p.has("order") || o.currency != "BRL" {
		d.orderLines(p, o.total)
	}
	list := p.list("payment_settings", 0, 10)
	for i := range list {
		o.paymentSetting(p.element("payment_settings", list, i))
	}
	if len(list) == 0 && !configured {
		p.reject(fail(131008, "The parameter "+p.at("payment_settings")+" is required."))
	}
	p.get("beneficiaries")
	p.done()
	d.rich.order = o
	d.rich.buttons = append(d.rich.buttons, Button{Kind: "review_and_pay", Label: "Review and Pay", ID: o.reference})
}

// paymentSetting reads one way to pay.
func (o *order) paymentSetting(f *fields) {
	switch kind := f.oneOf("type", true, "pix_dynamic_code", "payment_link", "boleto", "payment_gateway", "offsite_card_pay"); kind {
	case "pix_dynamic_code":
		x := f.child(kind)
		x.text("code", 1, 0)
		x.text("merchant_name", 1, 0)
		x.text("key", 1, 0)
		x.oneOf("key_type", true, "CPF", "CNPJ", "EMAIL", "PHONE", "EVP")
		x.done()
	case "payment_link":
		x := f.child(kind)
		if !webLink(x.text("uri", 1, 2000)) {
			x.reject(fail(131009, "Param "+x.at("uri")+" is not a valid http or https URL."))
		}
		x.done()
	case "boleto":
		x := f.child(kind)
		x.text("digitable_line", 1, 0)
		x.done()
	case "payment_gateway":
		x := f.child(kind)
		o.gateway = x.text("type", 1, 0)
		x.text("configuration_name", 1, 60)
		x.get(o.gateway) // what the gateway wants to know
		x.done()
	case "":
	default:
		f.get(kind)
	}
	f.done()
}

// orderLines reads what is bought and checks the sums.
func (d *draft) orderLines(p *fields, total int64) {
	o := p.child("order")
	o.oneOf("status", true, "pending")
	o.text("catalog_id", 0, 0)
	if o.has("expiration") {
		x := o.child("expiration")
		x.number("timestamp", true, 0, 1e11)
		x.text("description", 1, 120)
		x.done()
	}
	list := o.list("items", 1, 999)
	var sum int64
	for i := range list {
		item := o.element("items", list, i)
		item.text("retailer_id", 1, 0)
		d.rich.products = append(d.rich.products, item.text("name", 1, 60))
		price := amount(item, "amount", true)
		if sale := amount(item, "sale_amount", false); item.has("sale_amount") {
			price = sale
		}
		sum += price * int64(item.number("quantity", true, 1, 1e6))
		for _, key := range []string{"image", "country_of_origin", "importer_name", "importer_address"} {
			item.get(key)
		}
		item.done()
	}
	subtotal := amount(o, "subtotal", true)
	rest := amount(o, "tax", false) + amount(o, "shipping", false) - amount(o, "discount", false)
	o.done()
	switch {
	case subtotal != sum:
		o.reject(fail(131009, "Param "+o.at("subtotal")+" is not the sum of the items."))
	case total != subtotal+rest:
		o.reject(fail(131009, "Param "+p.at("total_amount")+" is not subtotal plus tax plus shipping minus discount."))
	}
}

// orderState reads how an order stands.
func (d *draft) orderState(a *fields) {
	p := callToAction(a, "review_order", true)
	o := &order{reference: reference(p), change: true}
	x := p.child("order")
	o.state = x.oneOf("status", true, orderStates...)
	x.text("description", 0, 120)
	x.done()
	if p.has("payment") {
		pay := p.child("payment")
		o.paid = pay.oneOf("status", true, "pending", "captured", "failed")
		pay.number("timestamp", true, 1, 1e11)
		pay.done()
	}
	p.done()
	d.rich.order = o
}

// checkOrder refuses an order whose reference was used before, and a state that cannot
// follow the one before it.
func (c *call) checkOrder(d *draft) *graphError {
	if d.rich == nil || d.rich.order == nil {
		return nil
	}
	o := d.rich.order
	known := c.target.number.orders[o.reference]
	switch {
	case !o.change && known != nil:
		return fail(131009, "Param reference_id was used before.")
	case !o.change:
	case known == nil:
		return fail(131009, "There is no order with this reference_id.")
	case known.state != o.state && (known.state == "completed" || known.state == "canceled"),
		o.state != "canceled" && slices.Index(orderStates, o.state) < slices.Index(orderStates, known.state):
		return fail(2046, "The order cannot go from "+known.state+" to "+o.state+".")
	}
	return nil
}

// noteOrder keeps what an accepted message says about an order.
func (m *message) noteOrder() {
	if m.rich == nil || m.rich.order == nil {
		return
	}
	n, o := m.number, m.rich.order
	if o.change {
		known := n.orders[o.reference]
		known.state = o.state
		if o.paid != "" {
			known.paid = o.paid
		}
		return
	}
	o.message = m
	if n.orders == nil {
		n.orders = make(map[string]*order)
	}
	n.orders[o.reference] = o
}

// Pay pays for the newest order in the chat, or tries in vain. The business is told by a
// payment status if the order names a payment gateway; other payments happen where
// WhatsApp does not see them.
// https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg
// (checked 2026-10-06)
func (u *User) Pay(n *Number, works bool) error {
	w := u.w
	w.mu.Lock()
	defer w.mu.Unlock()
	m, _ := u.newestButton(n, func(b Button) bool { return b.Kind == "review_and_pay" })
	if m == nil {
		return notOnScreen("nothing to pay")
	}
	o := m.rich.order
	if o.paid == "captured" || o.state == "canceled" {
		return notOnScreen("the order is paid or canceled")
	}
	status, outcome := "pending", "failed"
	if works {
		status, outcome = "captured", "success"
	}
	if works {
		o.paid = status
	}
	if o.gateway == "" {
		return nil
	}
	o.tries++
	now := w.now()
	e := enc{}
	e.obj(func() {
		e.key("id").str(m.id)
		e.key("recipient_id").str(u.phone)
		e.key("type").str("payment")
		e.key("status").str(status)
		e.key("payment").obj(func() {
			e.key("reference_id").str(o.reference)
			e.key("amount").obj(func() {
				e.key("value").num(o.total)
				e.key("offset").num(100)
			})
			e.key("currency").str(o.currency)
			e.key("transaction").obj(func() {
				e.key("id").str("order_" + o.reference + "_" + itoa(o.tries))
				e.key("type").str(o.gateway)
				e.key("status").str(outcome)
				e.key("created_timestamp").num(now / 1e9)
				e.key("updated_timestamp").num(now / 1e9)
				if !works {
					e.key("error").obj(func() {
						e.key("code").str("payment_declined")
						e.key("reason").str("declined_by_bank")
					})
				}
			})
		})
		e.key("timestamp").secs(now)
	})
	w.emit(&item{
		account: n.account, number: n, field: "messages", list: "statuses", elem: e.b, user: u, wamid: m.id, nth: 200 + uint64(o.tries),
		contact: m.chat.contactCard(now, cardLater),
	})
	return nil
}
