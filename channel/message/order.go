package message

import "time"

// Limits of orders.
const (
	MaxReferenceID      = 35  // characters
	MaxOrderDescription = 120 // characters
	MinOrderLife        = 5 * time.Minute
)

// OrderDetails asks the user to review an order and to pay for it. The payment is reported
// by webhook (webhook.PaymentStatus), or not at all where it happens elsewhere: then the
// business says so with an [OrderStatus]. Brazil, India and Singapore only.
//
// All amounts are in hundredths of the currency: 12.50 is 1250.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-br/offsite-pix
// and its sister pages (checked 2026-11-29)
type OrderDetails struct {
	Header Header // none, or a picture
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters

	// ReferenceID is the business's own and never used twice: 1 to MaxReferenceID of
	// letters, digits, underscore, dash and dot.
	ReferenceID string
	Goods       Goods
	Currency    string // BRL, INR or SGD
	Total       int64  // what is to be paid, more than 0
	// Order says what is bought; nil only in Brazil.
	Order *Order
	// PaymentType is Meta's word for the way, such as "br" or "upi"; may be empty.
	PaymentType string
	// Configuration is the name of the payment configuration of the account, where the
	// country's guide asks for it beside or instead of Payments.
	Configuration string
	// Payments are the ways to pay.
	Payments []Payment
}

// Goods says what kind of goods an order has.
type Goods string

// The kinds of goods.
const (
	DigitalGoods  Goods = "digital-goods"
	PhysicalGoods Goods = "physical-goods"
)

// Order is what is bought. Total of the [OrderDetails] is Subtotal and Tax and Shipping less
// Discount, and Subtotal the sum of the items.
type Order struct {
	// CatalogID is the catalog of the items; empty if they are in none.
	CatalogID string
	Items     []OrderItem // at least one
	Subtotal  int64
	Tax       int64
	Shipping  int64
	Discount  int64
	// DiscountProgram is the name of the discount, at most 60 characters.
	DiscountProgram string
	// Expires is when the order can no longer be paid, at least MinOrderLife from now, to
	// the second; zero means never. ExpiresText is shown then, and needed with it.
	Expires     time.Time
	ExpiresText string // at most MaxOrderDescription characters
}

// OrderItem is one line of an [Order].
type OrderItem struct {
	RetailerID string // the article's id in the catalog (SKU), or the business's own
	Name       string // 1 to 60 characters
	Quantity   int64  // at least 1
	Price      int64  // of one
	SalePrice  int64  // of one, if lower; 0 means none
}

// Payment is one way to pay. Exactly one field is set.
type Payment struct {
	Pix     *Pix            // Brazil
	Boleto  string          // digits of a Brazilian payment slip
	Link    string          // address of a page to pay on, https
	Gateway *PaymentGateway // India, Singapore
}

// Pix is a code of Brazil's instant payments, made by the business's bank.
type Pix struct {
	Code     string
	Merchant string // name of the receiver
	Key      string
	KeyType  string // CPF, CNPJ, EMAIL, PHONE or EVP
}

// PaymentGateway is a provider that the account is connected to.
type PaymentGateway struct {
	Type          string // such as "razorpay" or "payu"
	Configuration string // name of the payment configuration
}

// OrderStatus tells the user how an order stands, and whether it is paid. Which step may
// follow which is known to Meta only: it answers 2046 if not. The same country rules hold
// as for [OrderDetails].
type OrderStatus struct {
	Body   string // 1 to MaxBody characters
	Footer string // at most MaxFooter characters
	// ReferenceID is that of the OrderDetails.
	ReferenceID string
	State       OrderState
	Description string // at most MaxOrderDescription characters
	// Payment tells of the payment; nil leaves it as it is.
	Payment *PaymentState
}

// OrderState is how an order stands.
type OrderState string

// The states of an order.
const (
	OrderPending          OrderState = "pending"
	OrderProcessing       OrderState = "processing"
	OrderPartiallyShipped OrderState = "partially-shipped"
	OrderShipped          OrderState = "shipped"
	OrderCompleted        OrderState = "completed"
	OrderCanceled         OrderState = "canceled"
)

// PaymentState is how the payment of an order stands, as the business knows it.
type PaymentState struct {
	Status PaymentStatus
	At     time.Time // to the second; needed
}

// PaymentStatus is a word for how a payment stands.
type PaymentStatus string

// The states of a payment.
const (
	PaymentPending  PaymentStatus = "pending"
	PaymentCaptured PaymentStatus = "captured"
	PaymentFailed   PaymentStatus = "failed"
)
