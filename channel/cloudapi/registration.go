package cloudapi

import (
	"context"
	"net/http"
	"net/url"
)

// CodeMethod is how a verification code is delivered.
type CodeMethod string

// The ways a code is delivered.
const (
	CodeSMS   CodeMethod = "SMS"
	CodeVoice CodeMethod = "VOICE"
)

// pinLength is the number of digits of a PIN, and of a code that proves ownership.
const pinLength = 6

// RequestCode has a verification code sent to the number. locale is the language
// of the text or call, such as "en_US"; empty means that. A number that is
// verified already is refused with 136024.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/registration
// (checked September 2026)
func (n *Number) RequestCode(ctx context.Context, method CodeMethod, locale string) error {
	const op = "request code"
	if method != CodeSMS && method != CodeVoice {
		return invalid(op, "the method must be %s or %s", CodeSMS, CodeVoice)
	}
	if locale == "" {
		locale = "en_US"
	}
	return n.act(ctx, op, url.Values{"code_method": {string(method)}, "language": {locale}}, nil, "request_code")
}

// VerifyCode proves ownership of the number with the code that came by SMS or
// call: six digits, without a dash.
func (n *Number) VerifyCode(ctx context.Context, code string) error {
	const op = "verify code"
	if err := refuse(op, digits("the code", code, pinLength, pinLength)); err != nil {
		return err
	}
	return n.act(ctx, op, nil, map[string]string{"code": code}, "verify_code")
}

// Register switches the number on for the Cloud API. pin is its two-step PIN of
// six digits: the existing one, or a new one that is set by this. region, if not
// empty, stores messages in that country ("DE", "IN", …). Meta allows ten
// registrations and deregistrations in 72 hours, and wrong PINs lock the number:
// do not try again blindly.
func (n *Number) Register(ctx context.Context, pin, region string) error {
	const op = "register number"
	if err := refuse(op, digits("the PIN", pin, pinLength, pinLength)); err != nil {
		return err
	}
	in := struct {
		Product string `json:"messaging_product"`
		PIN     string `json:"pin"`
		Region  string `json:"data_localization_region,omitempty"`
	}{product, pin, region}
	return n.act(ctx, op, nil, in, "register")
}

// Deregister switches the number off for the Cloud API. It does not delete it,
// and is not possible in coexistence.
func (n *Number) Deregister(ctx context.Context) error {
	return n.act(ctx, "deregister number", nil, nil, "deregister")
}

// SetPIN sets or changes the two-step PIN, six digits. It cannot be switched off by
// API.
func (n *Number) SetPIN(ctx context.Context, pin string) error {
	const op = "set PIN"
	if err := refuse(op, digits("the PIN", pin, pinLength, pinLength)); err != nil {
		return err
	}
	return n.change(ctx, op, nil, map[string]string{"pin": pin})
}

// SetDisplayName asks for another display name, 2 to 75 characters. Meta reviews
// it; the result is a webhook and NumberInfo.NewNameStatus. After approval the
// number has to be registered again.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/display-names
// (checked September 2026)
func (n *Number) SetDisplayName(ctx context.Context, name string) error {
	const op = "set display name"
	if err := refuse(op, length("the name", name, minDisplayName, maxDisplayName)); err != nil {
		return err
	}
	return n.change(ctx, op, nil, map[string]string{"messaging_product": product, "new_display_name": name})
}

// Webhook is where webhooks go instead of to the app's own address.
type Webhook struct {
	URL         string // https, at most 200 characters
	VerifyToken string
}

const maxWebhookURL = 200

// check refuses an address that Meta would not call. The zero Webhook is right.
func (w Webhook) check(op string) error {
	if w == (Webhook{}) {
		return nil
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || w.VerifyToken == "" {
		return invalid(op, "an https address and a verify token are needed")
	}
	return refuse(op, length("the address", w.URL, 1, maxWebhookURL))
}

// SetWebhook sends the messages of this number to another address; the zero
// Webhook ends that. It comes before the account's override and the app's
// address.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
// (checked September 2026)
func (n *Number) SetWebhook(ctx context.Context, w Webhook) error {
	const op = "set webhook"
	if err := w.check(op); err != nil {
		return err
	}
	type override struct {
		URL         string `json:"override_callback_uri"`
		VerifyToken string `json:"verify_token,omitempty"`
	}
	in := map[string]override{"webhook_configuration": {w.URL, w.VerifyToken}}
	return n.change(ctx, op, nil, in)
}

// SyncKind is what a number in coexistence can hand over from the phone.
type SyncKind string

// What can be handed over.
const (
	SyncContacts SyncKind = "smb_app_state_sync"
	SyncHistory  SyncKind = "history" // about six months of messages, by webhook
)

// SyncApp starts the handover of data from the WhatsApp Business app. Each kind
// once, in the first 24 hours after onboarding.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/embedded-signup/onboarding-business-app-users
// (checked September 2026)
func (n *Number) SyncApp(ctx context.Context, kind SyncKind) (requestID string, err error) {
	const op = "sync app"
	if kind != SyncContacts && kind != SyncHistory {
		return "", invalid(op, "the kind must be %s or %s", SyncContacts, SyncHistory)
	}
	var out struct {
		RequestID lenientString `json:"request_id"`
	}
	in := map[string]string{"messaging_product": product, "sync_type": string(kind)}
	err = n.client.json(ctx, op, http.MethodPost, n.id, nil, in, &out, "smb_app_data")
	return string(out.RequestID), err
}

// act triggers something, which must not be repeated in doubt.
func (n *Number) act(ctx context.Context, op string, query url.Values, in any, edge ...string) error {
	return n.client.json(ctx, op, http.MethodPost, n.id, query, in, nil, edge...)
}

// change sets something to a value, which may be repeated.
func (n *Number) change(ctx context.Context, op string, query url.Values, in any, edge ...string) error {
	return n.client.set(ctx, op, n.id, query, in, edge...)
}
