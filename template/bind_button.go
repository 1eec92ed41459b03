package template

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// buttons binds the buttons of the template or of one card.
func (b *binder) buttons(path string, list []Button, vals []ButtonValue) []PreviewButton {
	for i := range vals {
		bad := vals[i].Index < 0 || vals[i].Index >= len(list)
		for j := range i {
			bad = bad || vals[j].Index == vals[i].Index
		}
		if bad {
			b.problem(Problem{Path: indexed(path, vals[i].Index), Rule: RuleButtonIndex, Limit: len(list) - 1, Actual: vals[i].Index, Code: CodeInvalidValue})
			return nil
		}
	}
	if len(list) == 0 {
		return nil
	}
	shown := make([]PreviewButton, len(list))
	for i, button := range list {
		var v *ButtonValue
		for j := range vals {
			if vals[j].Index == i {
				v = &vals[j]
			}
		}
		shown[i] = b.button(path, i, button, v)
	}
	return shown
}

// fields says which fields of a ButtonValue are set.
type fields uint16

const (
	hasSuffix fields = 1 << iota
	hasPayload
	hasCoupon
	hasTTL
	hasToken
	hasData
	hasThumbnail
	hasSections
	hasOrder
)

func (v *ButtonValue) fields() (f fields) {
	if v == nil {
		return 0
	}
	for i, set := range [...]bool{
		v.Suffix != "", v.Payload != "", v.Coupon != "", v.TTLMinutes != 0, v.FlowToken != "",
		len(v.FlowData) > 0, v.Thumbnail != "", len(v.Sections) > 0, len(v.OrderDetails) > 0,
	} {
		if set {
			f |= 1 << i
		}
	}
	return f
}

// slotsOf returns the fields a button must have and those it may have besides.
func slotsOf(button Button) (must, may fields) {
	switch k := button.Kind(); k {
	case URL:
		if u, ok := button.(*URLButton); ok && hasAnyVariable(u.URL) {
			return hasSuffix, 0
		}
	case QuickReply:
		return 0, hasPayload
	case VoiceCall:
		return 0, hasPayload | hasTTL
	case CopyCode:
		return hasCoupon, 0
	case OTP:
		return 0, hasSuffix // the code comes from the body
	case Flow:
		return hasToken, hasData
	case CatalogView:
		return 0, hasThumbnail
	case MultiProduct:
		return hasThumbnail | hasSections, 0
	case OrderDetails:
		return hasOrder, 0
	}
	return 0, 0
}

func hasAnyVariable(text string) bool {
	_, ok := nextVariable(text, 0)
	return ok
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
		b.problem(Problem{Path: indexed(path, i), Rule: RuleButtonUnknown, Severity: SeverityWarning})
	default: // the others lead nowhere
	}
	must, may := slotsOf(button)
	got := v.fields()
	if missing := must &^ got; missing != 0 {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueMissing, Want: missing.String(), Code: CodeMissing})
	}
	if odd := got &^ (must | may); odd != 0 {
		b.problem(Problem{Path: indexed(path, i), Rule: RuleValueUnexpected, Want: must.String(), Got: odd.String(), Code: CodeKindMismatch})
	}
	if must&^got != 0 || got&^(must|may) != 0 {
		return p
	}
	if p.Kind == OTP {
		b.otp(indexed(path, i), i, v)
		return p
	}
	if got == 0 {
		return p
	}
	b.filledButton(indexed(path, i), i, button, v, &p)
	return p
}

// filledButton binds a button whose value has the right fields.
func (b *binder) filledButton(path string, i int, button Button, v *ButtonValue, p *PreviewButton) {
	switch p.Kind {
	case URL:
		if u, ok := button.(*URLButton); ok {
			p.URL = b.suffix(path, u.URL, v.Suffix)
		}
		b.buttonPart(i, "url", Parameter{Type: ParamText, Text: v.Suffix})
	case QuickReply:
		b.checkPayload(path, v.Payload, maxPayload, maxPayloadSafe)
		b.buttonPart(i, "quick_reply", Parameter{Type: ParamPayload, Text: v.Payload})
	case VoiceCall:
		b.voiceCall(path, i, v)
	case CopyCode:
		if !coupon(v.Coupon) {
			b.problem(Problem{Path: path, Rule: RuleCoupon, Limit: MaxCoupon, Actual: runes(v.Coupon), Code: CodeInvalidValue})
		}
		p.Code = v.Coupon
		b.buttonPart(i, "copy_code", Parameter{Type: ParamCouponCode, Text: v.Coupon})
	case Flow:
		b.action(path, i, "flow", func(w *writer) {
			w.str("flow_token", v.FlowToken)
			b.rawObject(w, path, "flow_action_data", v.FlowData)
		})
	case CatalogView:
		b.action(path, i, "catalog", func(w *writer) { w.str("thumbnail_product_retailer_id", v.Thumbnail) })
	case MultiProduct:
		p.Products = b.sections(path, i, v)
	case OrderDetails:
		b.action(path, i, "order_details", func(w *writer) { b.rawObject(w, path, "order_details", v.OrderDetails) })
	}
	b.checkUTF8(path, v.Payload, v.FlowToken, v.Thumbnail)
}

// checkUTF8 reports texts that would not arrive as they are.
func (b *binder) checkUTF8(path string, texts ...string) {
	for _, s := range texts {
		if !utf8.ValidString(s) {
			b.problem(Problem{Path: path, Rule: RuleValueEncoding, Code: CodeInvalidParameter})
		}
	}
}

func (b *binder) buttonPart(i int, sub string, ps ...Parameter) {
	list := b.params(len(ps))
	for j := range ps {
		list[j] = ps[j].stored()
	}
	b.parts = append(b.parts, part{kind: "button", sub: sub, index: i, params: list})
}

// action adds a button component whose one parameter is an object.
func (b *binder) action(path string, i int, sub string, members func(w *writer)) {
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
	w.raw(key, compact(raw))
}

// suffix returns the URL with its variable replaced.
func (b *binder) suffix(path, url, suffix string) string {
	v, _ := nextVariable(url, 0)
	base, tail := url[:v.start], url[v.end:]
	full := base + suffix + tail
	switch {
	case strings.TrimSpace(suffix) == "":
		b.problem(Problem{Path: path, Rule: RuleValueBlank, Code: CodeMissing})
	case strings.ContainsAny(suffix, "\r\n\t"):
		b.problem(Problem{Path: path, Rule: RuleValueBreak, Code: CodeInvalidText})
	case !urlText(suffix), strings.HasSuffix(base, "/") && suffix[0] == '/':
		b.problem(Problem{Path: path, Rule: RuleURLSuffix, Code: CodeInvalidValue})
	case len(full) > MaxURL:
		b.problem(Problem{Path: path, Rule: RuleValueLength, Limit: MaxURL, Actual: len(full), Code: CodeInvalidValue})
	}
	return full
}

// otp adds the button of an authentication template, which carries the same
// code as the body. A suffix, if given, must be that code.
func (b *binder) otp(path string, i int, v *ButtonValue) {
	if v.fields() != 0 && v.Suffix != b.code {
		b.problem(Problem{Path: path, Rule: RuleValueKind, Want: "the code in the body", Code: CodeInvalidValue})
	}
	if b.code != "" { // otherwise the body has been reported
		b.buttonPart(i, "url", Parameter{Type: ParamText, Text: b.code})
	}
}

// Limits of what comes back when a button is tapped, in characters. Meta
// publishes none for quick replies: beyond the lower figure Bind warns.
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
const maxCallMinutes = 43200

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

// coupon reports whether s may be a coupon code.
func coupon(s string) bool {
	for i := range len(s) {
		c := s[i] | 0x20
		if (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return s != "" && len(s) <= MaxCoupon
}

// Limits of a multi-product message.
const (
	maxSections = 10
	maxProducts = 30
)

// sections adds the products of a multi-product button and returns how many
// there are.
func (b *binder) sections(path string, i int, v *ButtonValue) int {
	total, blank := 0, false
	for s := range v.Sections {
		total += len(v.Sections[s].Products)
		blank = blank || v.Sections[s].Title == "" && len(v.Sections) > 1 || len(v.Sections[s].Products) == 0
		b.checkUTF8(path, v.Sections[s].Title)
		for _, id := range v.Sections[s].Products {
			blank = blank || id == ""
			b.checkUTF8(path, id)
		}
	}
	switch {
	case len(v.Sections) > maxSections:
		b.problem(Problem{Path: path, Rule: RuleSections, Limit: maxSections, Actual: len(v.Sections), Code: CodeInvalidValue})
	case total > maxProducts:
		b.problem(Problem{Path: path, Rule: RuleSections, Limit: maxProducts, Actual: total, Code: CodeInvalidValue})
	case blank:
		b.problem(Problem{Path: path, Rule: RuleValueBlank, Code: CodeMissing})
	}
	b.action(path, i, "mpm", func(w *writer) {
		w.str("thumbnail_product_retailer_id", v.Thumbnail)
		w.list("sections", len(v.Sections), func(s int) {
			outer := w.begin(nil)
			w.str("title", v.Sections[s].Title)
			products := v.Sections[s].Products
			w.list("product_items", len(products), func(j int) {
				inner := w.begin(nil)
				w.str("product_retailer_id", products[j])
				w.end(inner)
			})
			w.end(outer)
		})
	})
	return total
}
