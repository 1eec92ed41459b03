package message

import (
	"strconv"
	"time"
)

// offset is what amounts are divided by; Meta takes no other.
const offset = 100

type wireMoney struct {
	Value   int64  `json:"value"`
	Offset  int64  `json:"offset"`
	Program string `json:"discount_program_name,omitempty"`
}

func money(v int64) *wireMoney { return &wireMoney{Value: v, Offset: offset} }

// moneyOrNil leaves nothing out but nothing.
func moneyOrNil(v int64) *wireMoney {
	if v == 0 {
		return nil
	}
	return money(v)
}

func (m *wireMoney) value() int64 {
	if m == nil {
		return 0
	}
	return m.Value
}

type wireOrder struct {
	Status      OrderState      `json:"status"`
	Description string          `json:"description,omitempty"` // of an order status
	CatalogID   string          `json:"catalog_id,omitempty"`
	Expiration  *wireExpiration `json:"expiration,omitempty"`
	Items       []wireItem      `json:"items,omitempty"`
	Subtotal    *wireMoney      `json:"subtotal,omitempty"`
	Tax         *wireMoney      `json:"tax,omitempty"`
	Shipping    *wireMoney      `json:"shipping,omitempty"`
	Discount    *wireMoney      `json:"discount,omitempty"`
}

type wireExpiration struct {
	Timestamp   string `json:"timestamp"` // seconds
	Description string `json:"description"`
}

type wireItem struct {
	RetailerID string     `json:"retailer_id"`
	Name       string     `json:"name"`
	Amount     *wireMoney `json:"amount"`
	Sale       *wireMoney `json:"sale_amount,omitempty"`
	Quantity   int64      `json:"quantity"`
}

type wirePayment struct {
	Type    string       `json:"type"`
	Pix     *wirePix     `json:"pix_dynamic_code,omitempty"`
	Boleto  *wireBoleto  `json:"boleto,omitempty"`
	Link    *wirePayLink `json:"payment_link,omitempty"`
	Gateway *wireGateway `json:"payment_gateway,omitempty"`
}

type wirePix struct {
	Code     string `json:"code"`
	Merchant string `json:"merchant_name"`
	Key      string `json:"key"`
	KeyType  string `json:"key_type"`
}

type wireBoleto struct {
	Line string `json:"digitable_line"`
}

type wirePayLink struct {
	URI string `json:"uri"`
}

type wireGateway struct {
	Type          string `json:"type"`
	Configuration string `json:"configuration_name"`
}

type wirePaid struct {
	Status PaymentStatus `json:"status"`
	At     int64         `json:"timestamp"` // seconds
}

func (d *OrderDetails) wire() *wireInteractive {
	p := &wireParameters{
		ReferenceID: d.ReferenceID, Goods: d.Goods, PaymentType: d.PaymentType, Configuration: d.Configuration,
		Currency: d.Currency, Total: money(d.Total), Order: d.Order.wire(),
	}
	for _, pay := range d.Payments {
		p.Payments = append(p.Payments, pay.wire())
	}
	return shell("order_details", d.Header, d.Body, d.Footer).do("review_and_pay", p)
}

func (o *Order) wire() *wireOrder {
	if o == nil {
		return nil
	}
	w := &wireOrder{
		Status: OrderPending, CatalogID: o.CatalogID, Subtotal: money(o.Subtotal), Tax: money(o.Tax),
		Shipping: moneyOrNil(o.Shipping), Discount: moneyOrNil(o.Discount),
	}
	if w.Discount != nil {
		w.Discount.Program = o.DiscountProgram
	}
	if !o.Expires.IsZero() {
		w.Expiration = &wireExpiration{Timestamp: strconv.FormatInt(o.Expires.Unix(), 10), Description: o.ExpiresText}
	}
	for _, i := range o.Items {
		w.Items = append(w.Items, wireItem{
			RetailerID: i.RetailerID, Name: i.Name, Amount: money(i.Price), Sale: moneyOrNil(i.SalePrice), Quantity: i.Quantity,
		})
	}
	return w
}

func (p Payment) wire() wirePayment {
	switch {
	case p.Pix != nil:
		return wirePayment{Type: "pix_dynamic_code", Pix: &wirePix{Code: p.Pix.Code, Merchant: p.Pix.Merchant, Key: p.Pix.Key, KeyType: p.Pix.KeyType}}
	case p.Gateway != nil:
		return wirePayment{Type: "payment_gateway", Gateway: &wireGateway{Type: p.Gateway.Type, Configuration: p.Gateway.Configuration}}
	case p.Boleto != "":
		return wirePayment{Type: "boleto", Boleto: &wireBoleto{Line: p.Boleto}}
	default:
		return wirePayment{Type: "payment_link", Link: &wirePayLink{URI: p.Link}}
	}
}

func (s *OrderStatus) wire() *wireInteractive {
	p := &wireParameters{ReferenceID: s.ReferenceID, Order: &wireOrder{Status: s.State, Description: s.Description}}
	if s.Payment != nil {
		p.Paid = &wirePaid{Status: s.Payment.Status, At: s.Payment.At.Unix()}
	}
	return shell("order_status", Header{}, s.Body, s.Footer).do("review_order", p)
}

// orderDetails and orderStatus are the inverses.
func (p *wireParameters) orderDetails(header Header, body, footer string) Content {
	d := &OrderDetails{
		Header: header, Body: body, Footer: footer, ReferenceID: p.ReferenceID, Goods: p.Goods, Currency: p.Currency,
		Total: p.Total.value(), PaymentType: p.PaymentType, Configuration: p.Configuration, Order: p.Order.value(),
	}
	for _, w := range p.Payments {
		var pay Payment
		if w.Pix != nil {
			pay.Pix = &Pix{Code: w.Pix.Code, Merchant: w.Pix.Merchant, Key: w.Pix.Key, KeyType: w.Pix.KeyType}
		}
		if w.Boleto != nil {
			pay.Boleto = w.Boleto.Line
		}
		if w.Link != nil {
			pay.Link = w.Link.URI
		}
		if w.Gateway != nil {
			pay.Gateway = &PaymentGateway{Type: w.Gateway.Type, Configuration: w.Gateway.Configuration}
		}
		d.Payments = append(d.Payments, pay)
	}
	return d
}

func (w *wireOrder) value() *Order {
	if w == nil {
		return nil
	}
	o := &Order{
		CatalogID: w.CatalogID, Subtotal: w.Subtotal.value(), Tax: w.Tax.value(), Shipping: w.Shipping.value(), Discount: w.Discount.value(),
	}
	if w.Discount != nil {
		o.DiscountProgram = w.Discount.Program
	}
	if e := w.Expiration; e != nil {
		o.ExpiresText = e.Description
		if at, err := strconv.ParseInt(e.Timestamp, 10, 64); err == nil {
			o.Expires = time.Unix(at, 0).UTC()
		}
	}
	for _, i := range w.Items {
		o.Items = append(o.Items, OrderItem{RetailerID: i.RetailerID, Name: i.Name, Quantity: i.Quantity, Price: i.Amount.value(), SalePrice: i.Sale.value()})
	}
	return o
}

func (p *wireParameters) orderStatus(body, footer string) Content {
	s := &OrderStatus{Body: body, Footer: footer, ReferenceID: p.ReferenceID}
	if p.Order != nil {
		s.State, s.Description = p.Order.Status, p.Order.Description
	}
	if p.Paid != nil {
		s.Payment = &PaymentState{Status: p.Paid.Status, At: time.Unix(p.Paid.At, 0).UTC()}
	}
	return s
}
