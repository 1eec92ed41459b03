package template

import "strings"

// fields says which fields of a ButtonValue are set. A set of bits makes the
// question "what is missing, what is too much" two operations, whatever the kind
// of button.
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

// fieldNames are the JSON names of the fields in the order of their bits.
var fieldNames = [...]string{
	"suffix", "payload", "coupon", "ttl_minutes", "flow_token",
	"flow_data", "thumbnail", "sections", "order_details",
}

// fields returns what is set. A button without value has nothing set.
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

// String lists the fields, for problems.
func (f fields) String() string {
	var list []string
	for i, name := range fieldNames {
		if f&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return strings.Join(list, ", ")
}

// slotsOf returns the fields a button must have and those it may have besides.
// What Meta documents as optional is optional. A Flow must have its token, for
// Meta refuses a Flow button without parameter and an answer without token could
// not be told from any other.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
// (checked 2026-11-22).
func slotsOf(button Button) (must, may fields) {
	switch button.Kind() {
	case ButtonURL:
		if u, ok := button.(*URLButton); ok && hasVariables(u.URL) {
			return hasSuffix, 0
		}
	case ButtonQuickReply:
		return 0, hasPayload
	case ButtonVoiceCall:
		return 0, hasPayload | hasTTL
	case ButtonCopyCode:
		return hasCoupon, 0
	case ButtonOTP:
		return 0, hasSuffix // the code comes from the body; given twice it must agree
	case ButtonFlow:
		return hasToken, hasData
	case ButtonCatalog:
		return 0, hasThumbnail
	case ButtonMultiProduct:
		return hasThumbnail | hasSections, 0
	case ButtonOrderDetails:
		return hasOrder, 0
	}
	return 0, 0
}
