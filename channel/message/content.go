package message

import (
	"encoding/json"
	"reflect"
)

// Content is what a message carries. It is one of
// *[Text], *[Image], *[Audio], *[Video], *[Document], *[Sticker], *[Location],
// *[Contacts], *[Reaction], *[Pin], *[Buttons], *[List], *[CTAURL], *[Flow],
// *[LocationRequest], *[ContactRequest], *[AddressRequest], *[Product],
// *[ProductList], *[Catalog], *[CallPermission], *[VoiceCall], *[Carousel],
// *[ProductCarousel], *[OrderDetails], *[OrderStatus], *[Template] or *[Unknown].
//
// Minor releases may add kinds: a switch over Content needs a default branch.
// Contents are data; a sender must not change one that it was handed.
//
//sumtype:decl
type Content interface {
	// Kind names the kind of content, for metrics, logs and rules.
	Kind() Kind

	content()
}

// Kind names a kind of [Content]. For plain messages it is the wire type, for
// interactive ones the interactive type, as Meta spells them; the one exception
// is [KindProductCarousel], which shares "carousel" on the wire.
type Kind string

// The kinds of content this version can build.
const (
	KindText            Kind = "text"
	KindImage           Kind = "image"
	KindAudio           Kind = "audio"
	KindVideo           Kind = "video"
	KindDocument        Kind = "document"
	KindSticker         Kind = "sticker"
	KindLocation        Kind = "location"
	KindContacts        Kind = "contacts"
	KindReaction        Kind = "reaction"
	KindPin             Kind = "pin"
	KindButtons         Kind = "button"
	KindList            Kind = "list"
	KindCTAURL          Kind = "cta_url"
	KindFlow            Kind = "flow"
	KindLocationRequest Kind = "location_request_message"
	KindContactRequest  Kind = "request_contact_info"
	KindAddressRequest  Kind = "address_message"
	KindProduct         Kind = "product"
	KindProductList     Kind = "product_list"
	KindCatalog         Kind = "catalog_message"
	KindCallPermission  Kind = "call_permission_request"
	KindVoiceCall       Kind = "voice_call"
	KindCarousel        Kind = "carousel"
	KindProductCarousel Kind = "product_carousel"
	KindOrderDetails    Kind = "order_details"
	KindOrderStatus     Kind = "order_status"
	KindTemplate        Kind = "template"
	KindUnknown         Kind = "unknown"
)

// Interactive reports whether the kind travels inside Meta's "interactive"
// envelope. Such messages cannot be sent to groups.
func (k Kind) Interactive() bool {
	switch k {
	case KindButtons, KindList, KindCTAURL, KindFlow, KindLocationRequest, KindContactRequest, KindAddressRequest,
		KindProduct, KindProductList, KindCatalog, KindCallPermission, KindVoiceCall, KindCarousel, KindProductCarousel,
		KindOrderDetails, KindOrderStatus:
		return true
	default:
		return false
	}
}

// missing reports whether there is no content: nil, or a nil pointer to one.
func missing(c Content) bool { return c == nil || reflect.ValueOf(c).IsNil() }

// Unknown is content that this version does not model: written by a newer
// version, or a type of Meta's that a host wants to send today. It is sent and
// stored as {"type": Type, Type: Raw}.
type Unknown struct {
	// Type is the wire type, lower-case letters, digits and underscores.
	Type string
	// Raw is the object under the key Type. It may hold personal data.
	Raw json.RawMessage
}

func (*Text) content()            {}
func (*Image) content()           {}
func (*Audio) content()           {}
func (*Video) content()           {}
func (*Document) content()        {}
func (*Sticker) content()         {}
func (*Location) content()        {}
func (*Contacts) content()        {}
func (*Reaction) content()        {}
func (*Pin) content()             {}
func (*Buttons) content()         {}
func (*List) content()            {}
func (*CTAURL) content()          {}
func (*Flow) content()            {}
func (*LocationRequest) content() {}
func (*ContactRequest) content()  {}
func (*AddressRequest) content()  {}
func (*Product) content()         {}
func (*ProductList) content()     {}
func (*Catalog) content()         {}
func (*CallPermission) content()  {}
func (*VoiceCall) content()       {}
func (*Carousel) content()        {}
func (*ProductCarousel) content() {}
func (*OrderDetails) content()    {}
func (*OrderStatus) content()     {}
func (*Unknown) content()         {}

// Kind implements [Content].
func (*Text) Kind() Kind { return KindText }

// Kind implements [Content].
func (*Image) Kind() Kind { return KindImage }

// Kind implements [Content].
func (*Audio) Kind() Kind { return KindAudio }

// Kind implements [Content].
func (*Video) Kind() Kind { return KindVideo }

// Kind implements [Content].
func (*Document) Kind() Kind { return KindDocument }

// Kind implements [Content].
func (*Sticker) Kind() Kind { return KindSticker }

// Kind implements [Content].
func (*Location) Kind() Kind { return KindLocation }

// Kind implements [Content].
func (*Contacts) Kind() Kind { return KindContacts }

// Kind implements [Content].
func (*Reaction) Kind() Kind { return KindReaction }

// Kind implements [Content].
func (*Pin) Kind() Kind { return KindPin }

// Kind implements [Content].
func (*Buttons) Kind() Kind { return KindButtons }

// Kind implements [Content].
func (*List) Kind() Kind { return KindList }

// Kind implements [Content].
func (*CTAURL) Kind() Kind { return KindCTAURL }

// Kind implements [Content].
func (*Flow) Kind() Kind { return KindFlow }

// Kind implements [Content].
func (*LocationRequest) Kind() Kind { return KindLocationRequest }

// Kind implements [Content].
func (*ContactRequest) Kind() Kind { return KindContactRequest }

// Kind implements [Content].
func (*AddressRequest) Kind() Kind { return KindAddressRequest }

// Kind implements [Content].
func (*Product) Kind() Kind { return KindProduct }

// Kind implements [Content].
func (*ProductList) Kind() Kind { return KindProductList }

// Kind implements [Content].
func (*Catalog) Kind() Kind { return KindCatalog }

// Kind implements [Content].
func (*CallPermission) Kind() Kind { return KindCallPermission }

// Kind implements [Content].
func (*VoiceCall) Kind() Kind { return KindVoiceCall }

// Kind implements [Content].
func (*OrderDetails) Kind() Kind { return KindOrderDetails }

// Kind implements [Content].
func (*OrderStatus) Kind() Kind { return KindOrderStatus }

// Kind implements [Content].
func (*Carousel) Kind() Kind { return KindCarousel }

// Kind implements [Content].
func (*ProductCarousel) Kind() Kind { return KindProductCarousel }

// Kind implements [Content]. It is always [KindUnknown]; the wire type is in the
// field Type.
func (*Unknown) Kind() Kind { return KindUnknown }
