package webhook

import "time"

// QuickReply is a tap on a quick-reply button of a template (wire type
// "button"). Context names the tapped message.
type QuickReply struct {
	// Text is the label, Payload the developer's value for the button (the label
	// again if none was set when sending).
	Text, Payload string
}

// ButtonReply is a tap on a button of an interactive message.
type ButtonReply struct{ ID, Title string }

// ListReply is a choice from a list message.
type ListReply struct{ ID, Title, Description string }

// FlowReply is a completed form: a Flow, or an address message.
type FlowReply struct {
	// Name is "flow" or "address_message".
	Name string

	// Body is the line shown in the chat; "Sent" for Flows.
	Body string

	// Response is the answers as a JSON text, as the form produced it. It is
	// written by the person and may not be valid JSON.
	Response string
}

// CallPermission answers a request to call the person, or reports a permission
// that was granted automatically (by calling the business).
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/user-call-permissions
// (checked 2026-10-06).
type CallPermission struct {
	Accepted  bool
	Permanent bool

	// Response is the answer as sent: "accept", "reject", or a later addition.
	Response string

	// Expires is when a temporary permission ends; zero if permanent or refused.
	Expires time.Time

	// Source is "user_action" or "automatic".
	Source string
}

// PaymentMethod is the payment credential chosen for a one-click payment in
// Brazil.
type PaymentMethod struct {
	Method         string
	Time           time.Time
	ReferenceID    string
	LastFourDigits string
	CredentialID   string
}

// ProductReply is a product the person picked. Meta documents the kind; its keys
// are not confirmed.
type ProductReply struct{ Product Product }

func (*QuickReply) content()     {}
func (*ButtonReply) content()    {}
func (*ListReply) content()      {}
func (*FlowReply) content()      {}
func (*CallPermission) content() {}
func (*PaymentMethod) content()  {}
func (*ProductReply) content()   {}
