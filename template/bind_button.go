package template

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// buttons binds the buttons of the template or of one card.
func (b *binder) buttons(path string, list []Button, vals []ButtonValue) []PreviewButton {
	for i := range vals {
		bad := vals[i].Index < 0 || vals[i].Index >= len(list)
		for j := range i {
			bad = bad || vals[j].Index == vals[i].Index
		}
		if bad { // and whatever else is wrong may only follow from it
			b.problem(Problem{
				Path: indexed(path, vals[i].Index), Rule: RuleButtonIndex,
				Limit: len(list) - 1, Actual: vals[i].Index, Code: CodeInvalidValue,
			})
			return nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	shown := make([]PreviewButton, len(list))
	for i, button := range list {
		var v *ButtonValue
		for j := range vals { // at most 10
			if vals[j].Index == i {
				v = &vals[j]
			}
		}
		shown[i] = b.button(path, i, button, v)
	}
	return shown
}

// button binds one button. v is nil if there is no value for it.
func (b *binder) button(path string, i int, button Button, v *ButtonValue) PreviewButton {
	if button == nil {
		return PreviewButton{}
	}
	p := PreviewButton{Kind: button.Kind(), Label: button.Label()}
	switch t := button.(type) {
	case *URLButton:
		p.URL = t.URL
	case *PhoneButton:
		p.Phone = t.Number
	case *UnknownButton:
		// It may want a value that this version cannot give it.
		b.problem(Problem{Path: indexed(path, i), Rule: RuleButtonUnknown, Severity: SeverityWarning})
	default: // the others lead nowhere
	}
	must, may := slotsOf(button)
	got := v.fields()
	missing, odd := must&^got, got&^(must|may)
	if missing != 0 {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueMissing, Want: missing.String(), Code: CodeMissing})
	}
	if odd != 0 {
		b.problem(Problem{
			Path: indexed(path, i), Rule: RuleValueUnexpected,
			Want: must.String(), Got: odd.String(), Code: CodeKindMismatch,
		})
	}
	switch {
	case missing != 0 || odd != 0:
	case p.Kind == ButtonOTP:
		b.otp(indexed(path, i), i, v)
	case got != 0:
		// Buttons without value need no component: Meta knows them.
		b.filledButton(indexed(path, i), i, v, &p)
	}
	return p
}

// filledButton binds a button whose value has the right fields.
func (b *binder) filledButton(path string, i int, v *ButtonValue, p *PreviewButton) {
	switch p.Kind {
	case ButtonURL:
		p.URL = b.suffix(path, p.URL, v.Suffix)
		b.buttonPart(i, "url", Parameter{Type: ParamText, Text: v.Suffix})
	case ButtonQuickReply:
		b.checkPayload(path, v.Payload, maxPayload, maxPayloadSafe)
		b.buttonPart(i, "quick_reply", Parameter{Type: ParamPayload, Text: v.Payload})
	case ButtonVoiceCall:
		b.voiceCall(path, i, v)
	case ButtonCopyCode:
		if !coupon(v.Coupon) {
			b.problem(Problem{Path: path, Rule: RuleCoupon, Limit: MaxCoupon, Actual: runes(v.Coupon), Code: CodeInvalidValue})
		}
		p.Code = v.Coupon // shown, because it is what the customer will copy
		b.buttonPart(i, "copy_code", Parameter{Type: ParamCouponCode, Text: v.Coupon})
	case ButtonFlow:
		b.action(i, "flow", func(w *writer) {
			w.str("flow_token", v.FlowToken)
			b.rawObject(w, path, "flow_action_data", v.FlowData)
		})
	case ButtonCatalog:
		b.action(i, "catalog", func(w *writer) { w.str("thumbnail_product_retailer_id", v.Thumbnail) })
	case ButtonMultiProduct:
		p.Products = b.sections(path, i, v) // which ones the client shows when tapped
	case ButtonOrderDetails:
		b.action(i, "order_details", func(w *writer) { b.rawObject(w, path, "order_details", v.OrderDetails) })
	}
	b.checkUTF8(path, v.Payload, v.FlowToken, v.Thumbnail)
}

// checkUTF8 reports texts that would not arrive as they are: JSON can only
// carry UTF-8.
func (b *binder) checkUTF8(path string, texts ...string) {
	for _, s := range texts {
		if !utf8.ValidString(s) {
			b.problem(Problem{Path: path, Rule: RuleValueEncoding, Code: CodeInvalidParameter})
		}
	}
}

// buttonPart adds a button component. Every button is one of its own.
func (b *binder) buttonPart(i int, sub string, ps ...Parameter) {
	list := b.params(len(ps))
	for j := range ps {
		list[j] = ps[j].stored()
	}
	b.parts = append(b.parts, part{kind: "button", sub: sub, index: i, params: list})
}

// action adds a button component whose one parameter is an object.
func (b *binder) action(i int, sub string, members func(w *writer)) {
	w := &writer{}
	outer := w.begin(nil)
	members(w)
	w.end(outer)
	b.buttonPart(i, sub, Parameter{Type: ParamAction, Raw: w.buf})
}

// rawObject writes a member that the host gave as JSON and that must be an object.
func (b *binder) rawObject(w *writer, path, key string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	if !utf8.Valid(raw) || !json.Valid(raw) || !bytes.HasPrefix(bytes.TrimLeft(raw, " \t\r\n"), []byte("{")) {
		b.problem(Problem{Path: path, Rule: RuleValueEncoding, Want: "JSON object", Code: CodeInvalidParameter})
		return
	}
	w.raw(key, compact(raw)) // a copy: the host may reuse its bytes
}

// otp adds the button of an authentication template, which carries the same
// code as the body. A suffix, if given, must be that code.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/authentication-templates/authentication-templates
// (checked 2026-11-22).
func (b *binder) otp(path string, i int, v *ButtonValue) {
	if v.fields() != 0 && v.Suffix != b.code {
		b.problem(Problem{Path: path, Rule: RuleValueKind, Want: "the code in the body", Code: CodeInvalidValue})
	}
	if b.code != "" { // otherwise the body has been reported
		b.buttonPart(i, "url", Parameter{Type: ParamText, Text: b.code})
	}
}

// Limits of what comes back when a button is tapped, in characters. Meta
// publishes none for quick replies: 128 always worked, 256 has been seen to.
// Beyond the lower figure Bind warns, beyond the higher it refuses.
const (
	maxPayloadSafe = 128
	maxPayload     = 256
	maxCallPayload = 512
)

func (b *binder) checkPayload(path, s string, limit, warnAt int) {
	switch n := runes(s); {
	case n > limit:
		b.problem(Problem{Path: path, Rule: RuleValueLength, Limit: limit, Actual: n, Code: CodeInvalidValue})
	case n > warnAt:
		b.problem(Problem{Path: path, Rule: RuleValueLength, Severity: SeverityWarning, Limit: warnAt, Actual: n})
	}
}

// maxCallMinutes is the longest life of a call button: 30 days.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/calling/call-button-messages-deep-links
// (checked 2026-11-22).
const maxCallMinutes = 43200

// voiceCall adds the button that calls the business on WhatsApp.
func (b *binder) voiceCall(path string, i int, v *ButtonValue) {
	var list []Parameter
	if v.TTLMinutes != 0 {
		if v.TTLMinutes < 1 || v.TTLMinutes > maxCallMinutes {
			b.problem(Problem{Path: path, Rule: RuleMinutes, Limit: maxCallMinutes, Actual: v.TTLMinutes, Code: CodeInvalidValue})
		}
		list = append(list, Parameter{Type: ParamTTLMinutes, Number: int64(v.TTLMinutes)})
	}
	if v.Payload != "" {
		b.checkPayload(path, v.Payload, maxCallPayload, maxCallPayload)
		list = append(list, Parameter{Type: ParamPayload, Text: v.Payload})
	}
	b.buttonPart(i, "voice_call", list...)
}
