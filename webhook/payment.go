package webhook

import "time"

// PaymentStatus is news about a payment asked for with an order details message
// (payment gateways in India).
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/payments/payments-in/pg
// (checked 2026-10-06).
type PaymentStatus struct {
	// ID is the id of the order details message. It repeats for one order.
	ID string

	// Status is "pending", "captured" or "failed", or a later addition.
	Status string

	Recipient   Identity
	ReferenceID string // the business's own order reference
	Amount      Amount
	Currency    string // ISO 4217
	Transaction Transaction
	Receipt     string
	Notes       map[string]string

	// UDF and AdditionalInfo hold the gateway's free fields udf1…4 and
	// additional_info1…7.
	UDF            [4]string
	AdditionalInfo [7]string

	Refunds []Refund

	// OpaqueID echoes biz_opaque_callback_data of the send call.
	OpaqueID string

	// Errors says why a payment failed, in Meta's words; the gateway's are in
	// Transaction.
	Errors []Error
}

// Amount is a sum in minor units: Value divided by Offset, so 21000/100 is 210.
type Amount struct{ Value, Offset int64 }

// Transaction is one attempt to pay.
type Transaction struct {
	ID        string
	GatewayID string // pg_transaction_id
	Gateway   string // such as "razorpay"
	Status    string // "success", "failed" or "pending"
	Method    string // such as "upi"
	Created   time.Time
	Updated   time.Time

	// ErrorCode and ErrorReason are the gateway's, for a failed attempt.
	ErrorCode, ErrorReason string
}

// Refund is money given back, in part or whole.
type Refund struct {
	ID      string
	Amount  Amount
	Speed   string
	Status  string
	Created time.Time
	Updated time.Time
}

func (*PaymentStatus) payload() {}
