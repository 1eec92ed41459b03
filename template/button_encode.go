package template

import "encoding/json"

// Buttons are written with their type first, as in Meta's examples, and with
// the members that creation reads.

func (b *LabelButton) encode(w *writer) {
	w.typed(string(b.Of), b.Extra, func() { w.str("text", b.Text) })
}

func (b *URLButton) encode(w *writer) {
	w.typed(string(ButtonURL), b.Extra, func() {
		w.str("text", b.Text)
		w.str("url", b.URL)
		w.strings("example", b.Example)
		w.raw("app_deep_link", b.AppDeepLink)
	})
}

func (b *AppButton) encode(w *writer) {
	w.typed(string(ButtonApp), b.Extra, func() {
		w.str("text", b.Text)
		w.raw("app_deep_link", b.AppDeepLink)
	})
}

func (b *PhoneButton) encode(w *writer) {
	w.typed(string(ButtonPhoneNumber), b.Extra, func() {
		w.str("text", b.Text)
		w.str("phone_number", b.Number)
	})
}

// encode writes the example as a bare string, unlike that of a URL button.
func (b *CodeButton) encode(w *writer) {
	w.typed(string(ButtonCopyCode), b.Extra, func() { w.str("example", b.Example) })
}

// encode writes a button that was read from the API as the URL button it was.
func (b *OTPButton) encode(w *writer) {
	if b.ReadBack != nil {
		b.ReadBack.encode(w)
		return
	}
	w.typed(string(ButtonOTP), b.Extra, func() {
		w.str("otp_type", string(b.Delivery))
		w.str("text", b.Text)
		w.str("autofill_text", b.AutofillText)
		w.bool("zero_tap_terms_accepted", b.ZeroTapTermsAgree)
		if len(b.SupportedApps) > 0 {
			w.list("supported_apps", len(b.SupportedApps), func(i int) {
				a := &b.SupportedApps[i]
				outer := w.begin(a.Extra)
				w.str("package_name", a.PackageName)
				w.str("signature_hash", a.SignatureHash)
				w.end(outer)
			})
		}
	})
}

func (b *FlowButton) encode(w *writer) {
	w.typed(string(ButtonFlow), b.Extra, func() {
		w.str("text", b.Text)
		w.str("flow_id", b.FlowID)
		w.str("flow_name", b.FlowName)
		w.str("flow_json", b.FlowJSON)
		w.str("flow_action", b.Action)
		w.str("navigate_screen", b.Screen)
		w.str("icon", b.Icon)
	})
}

func (b *UnknownButton) encode(w *writer) { w.element(b.Raw) }

// element writes a raw element as it came, null if it is no JSON: what a host
// put there by mistake must not break the document around it.
func (w *writer) element(raw json.RawMessage) {
	if !json.Valid(raw) {
		raw = json.RawMessage("null")
	}
	w.buf = append(w.buf, raw...)
}
