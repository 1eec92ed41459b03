package message

import (
	"slices"
	"strings"
)

// What orders may say.
var (
	orderCurrencies = []string{"BRL", "INR", "SGD"}
	orderStates     = []OrderState{OrderPending, OrderProcessing, OrderPartiallyShipped, OrderShipped, OrderCompleted, OrderCanceled}
	paymentStates   = []PaymentStatus{PaymentPending, PaymentCaptured, PaymentFailed}
	pixKeyTypes     = []string{"CPF", "CNPJ", "EMAIL", "PHONE", "EVP"}
)

// optionalOrder is the currency of the country where an order may be left out.
const optionalOrder = "BRL"

const maxItemName, maxDiscountProgram = 60, 60

func (c *checker) reference(s string) {
	const path = pathParams + ".reference_id"
	c.text(path, s, MaxReferenceID)
	odd := func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune("_-.", r)
	}
	if strings.ContainsFunc(s, odd) {
		c.broken(path, RuleFormat)
	}
}

func (c *checker) orderDetails(d *OrderDetails) {
	c.frame(d.Header, d.Body, d.Footer)
	if d.Header.Text != "" || d.Header.Video != nil || d.Header.Document != nil {
		c.broken(pathHeader, RuleForbidden)
	}
	c.reference(d.ReferenceID)
	if d.Goods != DigitalGoods && d.Goods != PhysicalGoods {
		c.broken(pathParams+".type", RuleFormat)
	}
	if !slices.Contains(orderCurrencies, d.Currency) {
		c.broken(pathParams+".currency", RuleFormat)
	}
	if d.Total <= 0 {
		c.broken(pathParams+".total_amount", RuleRange)
	}
	if d.Order == nil {
		if d.Currency != optionalOrder {
			c.broken(pathParams+".order", RuleRequired)
		}
	} else {
		c.order(d.Order, d.Total)
	}
	if len(d.Payments) == 0 && d.Configuration == "" {
		c.broken(pathParams+".payment_settings", RuleRequired)
	}
	for i, p := range d.Payments {
		c.payment(index(pathParams+".payment_settings", i), p)
	}
}

func (c *checker) order(o *Order, total int64) {
	const path = pathParams + ".order"
	if len(o.Items) == 0 {
		c.broken(path+".items", RuleRequired)
	}
	var sum int64
	for i, item := range o.Items {
		at := index(path+".items", i)
		c.need(at+".retailer_id", item.RetailerID)
		c.text(at+".name", item.Name, maxItemName)
		if item.Quantity < 1 {
			c.broken(at+".quantity", RuleRange)
		}
		if item.Price < 0 {
			c.broken(at+".amount", RuleRange)
		}
		price := item.Price
		if item.SalePrice != 0 {
			price = item.SalePrice
			if item.SalePrice < 0 || item.SalePrice > item.Price {
				c.broken(at+".sale_amount", RuleRange)
			}
		}
		sum += price * item.Quantity
	}
	for _, part := range []struct {
		name  string
		value int64
	}{{".tax", o.Tax}, {".shipping", o.Shipping}, {".discount", o.Discount}} {
		if part.value < 0 {
			c.broken(path+part.name, RuleRange)
		}
	}
	if len(o.Items) > 0 && o.Subtotal != sum {
		c.broken(path+".subtotal", RuleSum)
	}
	if total != o.Subtotal+o.Tax+o.Shipping-o.Discount {
		c.broken(pathParams+".total_amount", RuleSum)
	}
	c.atMost(path+".discount.discount_program_name", o.DiscountProgram, maxDiscountProgram)
	if o.DiscountProgram != "" && o.Discount == 0 {
		c.doubt(path+".discount", RuleUseless)
	}
	if !o.Expires.IsZero() {
		c.text(path+".expiration.description", o.ExpiresText, MaxOrderDescription)
	} else if o.ExpiresText != "" {
		c.doubt(path+".expiration.description", RuleUseless)
	}
}

func (c *checker) payment(path string, p Payment) {
	ways := 0
	if p.Pix != nil {
		ways++
		at := path + ".pix_dynamic_code"
		c.need(at+".code", p.Pix.Code)
		c.need(at+".merchant_name", p.Pix.Merchant)
		c.need(at+".key", p.Pix.Key)
		if !slices.Contains(pixKeyTypes, p.Pix.KeyType) {
			c.broken(at+".key_type", RuleFormat)
		}
	}
	if p.Gateway != nil {
		ways++
		c.need(path+".payment_gateway.type", p.Gateway.Type)
		c.need(path+".payment_gateway.configuration_name", p.Gateway.Configuration)
	}
	if p.Boleto != "" {
		ways++
		if strings.Trim(p.Boleto, "0123456789. ") != "" {
			c.broken(path+".boleto.digitable_line", RuleFormat)
		}
	}
	if p.Link != "" {
		ways++
		c.link(path+".payment_link.uri", p.Link)
	}
	switch {
	case ways == 0:
		c.broken(path, RuleRequired)
	case ways > 1:
		c.broken(path, RuleExclusive)
	}
}

func (c *checker) orderStatus(s *OrderStatus) {
	c.text(pathBody, s.Body, MaxBody)
	c.atMost(pathFooter, s.Footer, MaxFooter)
	c.reference(s.ReferenceID)
	if !slices.Contains(orderStates, s.State) {
		c.broken(pathParams+".order.status", RuleFormat)
	}
	c.atMost(pathParams+".order.description", s.Description, MaxOrderDescription)
	if p := s.Payment; p != nil {
		if !slices.Contains(paymentStates, p.Status) {
			c.broken(pathParams+".payment.status", RuleFormat)
		}
		if p.At.Unix() <= 0 {
			c.broken(pathParams+".payment.timestamp", RuleRequired)
		}
	}
}
