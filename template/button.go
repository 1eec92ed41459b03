package template

import "encoding/json"

// ButtonKind names a kind of button on the wire, in upper case.
type ButtonKind string

// The kinds of button.
const (
	ButtonQuickReply         ButtonKind = "QUICK_REPLY"
	ButtonURL                ButtonKind = "URL"
	ButtonPhoneNumber        ButtonKind = "PHONE_NUMBER"
	ButtonCopyCode           ButtonKind = "COPY_CODE"
	ButtonOTP                ButtonKind = "OTP"
	ButtonFlow               ButtonKind = "FLOW"
	ButtonCatalog            ButtonKind = "CATALOG"
	ButtonMultiProduct       ButtonKind = "MPM"
	ButtonSingleProduct      ButtonKind = "SPM"
	ButtonOrderDetails       ButtonKind = "ORDER_DETAILS"
	ButtonVoiceCall          ButtonKind = "VOICE_CALL"
	ButtonApp                ButtonKind = "APP"
	ButtonRequestContactInfo ButtonKind = "REQUEST_CONTACT_INFO"
)

// Button is one button of a template: [*LabelButton], [*URLButton],
// [*PhoneButton], [*CodeButton], [*OTPButton], [*FlowButton], [*AppButton] or
// [*UnknownButton]. Kinds may be added in minor releases; a switch over buttons
// must have a default branch.
//
//sumtype:decl
type Button interface {
	// Kind returns the wire name, "" for an unknown button without one.
	Kind() ButtonKind
	// Label returns the text on the button; "" where the client chooses it.
	Label() string
	encode(w *writer)
}

// LabelButton is a button that consists of its kind and a label: a quick reply,
// a catalogue, product or order button, a call button, or a request for contact
// data.
type LabelButton struct {
	Of    ButtonKind
	Text  string // at most 25 characters
	Extra Extra
}

// URLButton opens a web page. The URL may end in one variable.
type URLButton struct {
	Text    string   // at most 25 characters
	URL     string   // at most 2000 characters, suffix included
	Example []string // one suffix or full URL if the URL has a variable

	// AppDeepLink opens an app instead; Marketing Messages API only.
	AppDeepLink json.RawMessage

	Extra Extra
}

// PhoneButton calls a number.
type PhoneButton struct {
	Text   string // at most 25 characters
	Number string // at most 20 characters
	Extra  Extra
}

// CodeButton copies a coupon code that is given when sending. The client
// chooses the label.
type CodeButton struct {
	Example string // at most 20 characters
	Extra   Extra
}

// OTPType is how a one-time code reaches the app that asked for it.
type OTPType string

// The one-time code deliveries.
const (
	OTPCopyCode OTPType = "COPY_CODE"
	OTPOneTap   OTPType = "ONE_TAP"
	OTPZeroTap  OTPType = "ZERO_TAP"
)

// OTPButton is the button of an authentication template.
type OTPButton struct {
	Delivery          OTPType
	Text              string // copy label, at most 25 characters; empty means localised default
	AutofillText      string // OneTap and ZeroTap; empty means localised default
	SupportedApps     []SupportedApp
	ZeroTapTermsAgree *bool // must be true for ZeroTap

	// ReadBack is the URL button as which Meta returns an OTP button. While
	// it is set the button is written as that URL button; a definition with
	// it cannot be submitted. nil for a button that was not read from the API.
	ReadBack *URLButton

	Extra Extra
}

// SupportedApp is an Android app that may receive a one-time code.
type SupportedApp struct {
	PackageName   string // at most 224 characters, two or more dotted segments
	SignatureHash string // 11 characters
	Extra         Extra
}

// FlowButton opens a Flow, named in exactly one of three ways.
type FlowButton struct {
	Text     string // at most 25 characters
	FlowID   string
	FlowName string
	FlowJSON string

	Action string // navigate (the default) or data_exchange
	Screen string // first screen, for navigate
	Icon   string // DOCUMENT, PROMOTION or REVIEW; empty for none
	Extra  Extra
}

// AppButton opens an app on the phone. Meta names the kind and publishes no form of it: the
// link is kept as it is, under the key that a URL button has it under (unconfirmed).
// Nothing is given when sending.
type AppButton struct {
	Text string // at most 25 characters

	// AppDeepLink is Meta's object: meta_app_id, android_deep_link and
	// android_fallback_playstore_url in what is known of it.
	AppDeepLink json.RawMessage

	Extra Extra
}

// UnknownButton is a button that this version does not model, or that could not
// be read. Raw is written back as it came.
type UnknownButton struct {
	Name ButtonKind // upper case; "" if the element has no type
	Text string
	Raw  json.RawMessage // any JSON value
}

// Kind implements Button.
func (b *LabelButton) Kind() ButtonKind { return b.Of }

// Kind implements Button.
func (*URLButton) Kind() ButtonKind { return ButtonURL }

// Kind implements Button.
func (*PhoneButton) Kind() ButtonKind { return ButtonPhoneNumber }

// Kind implements Button.
func (*CodeButton) Kind() ButtonKind { return ButtonCopyCode }

// Kind implements Button.
func (*OTPButton) Kind() ButtonKind { return ButtonOTP }

// Kind implements Button.
func (*FlowButton) Kind() ButtonKind { return ButtonFlow }

// Kind implements Button.
func (*AppButton) Kind() ButtonKind { return ButtonApp }

// Kind implements Button.
func (b *UnknownButton) Kind() ButtonKind { return b.Name }

// Label implements Button.
func (b *LabelButton) Label() string { return b.Text }

// Label implements Button.
func (b *URLButton) Label() string { return b.Text }

// Label implements Button.
func (b *PhoneButton) Label() string { return b.Text }

// Label implements Button.
func (*CodeButton) Label() string { return "" }

// Label implements Button.
func (b *OTPButton) Label() string {
	if b.Text == "" && b.ReadBack != nil {
		return b.ReadBack.Text
	}
	return b.Text
}

// Label implements Button.
func (b *FlowButton) Label() string { return b.Text }

// Label implements Button.
func (b *AppButton) Label() string { return b.Text }

// Label implements Button.
func (b *UnknownButton) Label() string { return b.Text }
