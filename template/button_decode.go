package template

import "encoding/json"

// decodeButton reads one button. What has no known type, and what is no object,
// becomes an UnknownButton: types that this package does not know are seen in
// webhooks, among them EXTENSION, POSTBACK, REMINDER and SEND_LOCATION.
func decodeButton(raw json.RawMessage) Button {
	o, err := parseObject(raw)
	if err != nil {
		return &UnknownButton{Raw: compact(raw)}
	}
	var kind ButtonKind
	takeEnum(o, "type", &kind)
	switch kind {
	case ButtonQuickReply, ButtonCatalog, ButtonMultiProduct, ButtonSingleProduct, ButtonOrderDetails, ButtonVoiceCall, ButtonRequestContactInfo:
		b := &LabelButton{Of: kind}
		take(o, "text", &b.Text)
		b.Extra = o.rest()
		return b
	case ButtonURL:
		// The variable, if there is one, stays in the URL.
		var b URLButton
		take(o, "text", &b.Text)
		take(o, "url", &b.URL)
		takeStrings(o, "example", &b.Example)
		if b.Example == nil { // Meta tolerates a bare string
			var bare string
			if take(o, "example", &bare); bare != "" {
				b.Example = []string{bare}
			}
		}
		takeRaw(o, "app_deep_link", &b.AppDeepLink)
		b.Extra = o.rest()
		return &b
	case ButtonApp:
		var b AppButton
		take(o, "text", &b.Text)
		takeRaw(o, "app_deep_link", &b.AppDeepLink)
		b.Extra = o.rest()
		return &b
	case ButtonPhoneNumber:
		var b PhoneButton
		take(o, "text", &b.Text)
		take(o, "phone_number", &b.Number)
		b.Extra = o.rest()
		return &b
	case ButtonCopyCode:
		var b CodeButton
		take(o, "example", &b.Example)
		// Created with a bare string, read back as a list of one.
		if b.Example == "" {
			var list []string
			if take(o, "example", &list); len(list) == 1 {
				b.Example = list[0]
			} else if len(list) > 1 {
				o["example"] = appendStrings(nil, list)
			}
		}
		b.Extra = o.rest()
		return &b
	case ButtonOTP:
		return decodeOTP(o)
	case ButtonFlow:
		var b FlowButton
		take(o, "text", &b.Text)
		takeID(o, "flow_id", &b.FlowID)
		take(o, "flow_name", &b.FlowName)
		take(o, "flow_json", &b.FlowJSON)
		take(o, "flow_action", &b.Action)
		take(o, "navigate_screen", &b.Screen)
		takeEnum(o, "icon", &b.Icon)
		b.Extra = o.rest()
		return &b
	}
	// Raw is the whole button; the label is only taken out to be shown.
	b := &UnknownButton{Name: kind, Raw: compact(raw)}
	take(o, "text", &b.Text)
	return b
}

// decodeOTP reads the button of an authentication template as it is created.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22).
func decodeOTP(o object) *OTPButton {
	var b OTPButton
	takeEnum(o, "otp_type", &b.Delivery)
	take(o, "text", &b.Text)
	take(o, "autofill_text", &b.AutofillText)
	take(o, "zero_tap_terms_accepted", &b.ZeroTapTermsAgree)
	takeList(o, "supported_apps", func(o object) {
		var a SupportedApp
		take(o, "package_name", &a.PackageName)
		take(o, "signature_hash", &a.SignatureHash)
		a.Extra = o.rest()
		b.SupportedApps = append(b.SupportedApps, a)
	})
	b.Extra = o.rest()
	return &b
}
