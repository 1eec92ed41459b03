package message_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func x(n int) string { return strings.Repeat("x", n) }

func some[T any](n int, make func(i int) T) []T {
	var list []T
	for i := range n {
		list = append(list, make(i))
	}
	return list
}

func num(i int) string { return string(rune('a'+i%26)) + string(rune('a'+i/26)) }

// TestEveryDocumentedLimitHolds breaks one rule per case; the neighbours that are
// just within the limits are in TestValuesAtTheLimitAreValid.
func TestEveryDocumentedLimitHolds(t *testing.T) {
	t.Parallel()
	button := func(i int) message.Button { return message.Button{ID: num(i), Title: num(i)} }
	row := func(i int) message.Row { return message.Row{ID: num(i), Title: "r"} }
	card := func(i int) message.Card {
		return message.Card{Image: &message.Image{ID: "1"}, Label: "Buy", URL: "https://example.com"}
	}
	group := message.Recipient{Group: "G"}
	direct := func(c message.Content) message.Outbound {
		return message.Outbound{To: toPhone, Content: c, Category: message.Utility}
	}
	list := func(sections ...message.Section) message.Outbound {
		return plain(&message.List{Body: "b", Button: "open", Sections: sections})
	}
	carousel := func(cards ...message.Card) message.Outbound {
		return plain(&message.Carousel{Body: "b", Cards: cards})
	}
	products := func(sections ...message.ProductSection) message.Outbound {
		return plain(&message.ProductList{Header: "h", Body: "b", CatalogID: "1", Sections: sections})
	}
	order := func(edit func(*message.OrderDetails)) message.Outbound {
		d := &message.OrderDetails{
			Body: "b", ReferenceID: "r", Goods: message.DigitalGoods, Currency: "INR", Total: 100,
			Order:    &message.Order{Items: []message.OrderItem{{RetailerID: "a", Name: "n", Quantity: 1, Price: 100}}, Subtotal: 100},
			Payments: []message.Payment{{Gateway: &message.PaymentGateway{Type: "payu", Configuration: "c"}}},
		}
		edit(d)
		return plain(d)
	}
	state := func(edit func(*message.OrderStatus)) message.Outbound {
		s := &message.OrderStatus{Body: "b", ReferenceID: "r", State: message.OrderShipped}
		edit(s)
		return plain(s)
	}
	pay := func(p message.Payment) message.Outbound {
		return order(func(d *message.OrderDetails) { d.Payments = []message.Payment{p} })
	}
	flow := func(edit func(*message.Flow)) message.Outbound {
		f := &message.Flow{Body: "b", FlowID: "1", Label: "go"}
		edit(f)
		return plain(f)
	}
	contact := func(edit func(*message.Contact)) message.Outbound {
		c := message.Contact{Name: message.ContactName{Formatted: "N E", First: "N"}}
		edit(&c)
		return plain(&message.Contacts{Contacts: []message.Contact{c}})
	}

	cases := []struct {
		name string
		out  message.Outbound
		want string // the only error, as String prints it
	}{
		{"no recipient", message.Outbound{Content: &message.Text{Body: "b"}}, "to: required"},
		{"a group and a phone", message.Outbound{To: message.Recipient{Group: "G", Phone: "+16505550123"}, Content: &message.Text{Body: "b"}}, "to: exclusive"},
		{"a phone with letters", message.Outbound{To: message.Recipient{Phone: "+1650CALLME"}, Content: &message.Text{Body: "b"}}, "to: format"},
		{"a phone with a trunk zero", message.Outbound{To: message.Recipient{Phone: "06505550123"}, Content: &message.Text{Body: "b"}}, "to: format"},
		{"a phone of sixteen digits", message.Outbound{To: message.Recipient{Phone: "1234567890123456"}, Content: &message.Text{Body: "b"}}, "to: format"},
		{"a lone plus", message.Outbound{To: message.Recipient{Phone: "+"}, Content: &message.Text{Body: "b"}}, "to: format"},
		{"a user id without country", message.Outbound{To: message.Recipient{BSUID: "13491208655302741918"}, Content: &message.Text{Body: "b"}}, "recipient: format"},
		{"a user id that is too long", message.Outbound{To: message.Recipient{BSUID: "US." + x(129)}, Content: &message.Text{Body: "b"}}, "recipient: format"},
		{"no content", message.Outbound{To: toPhone}, "type: required"},
		{"a nil pointer as content", plain((*message.Text)(nil)), "type: required"},
		{"a long opaque id", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, OpaqueID: x(513)}, "biz_opaque_callback_data: too-long (limit 512, actual 513)"},
		{"a reaction as a reply", message.Outbound{To: toPhone, ReplyTo: "wamid.A", Content: &message.Reaction{MessageID: "wamid.B"}}, "context.message_id: forbidden"},
		{"buttons to a group", message.Outbound{To: group, Content: &message.LocationRequest{Body: "b"}}, "type: forbidden"},
		{"a pin outside of groups", plain(&message.Pin{MessageID: "wamid.A", Days: 1}), "recipient_type: forbidden"},
		{"a text as marketing", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Marketing: &message.Marketing{}}, "product_policy: forbidden"},

		{"a ttl without category", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, TTL: time.Minute}, "ttl_seconds: forbidden"},
		{"an account that is no id", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, MessagingAccount: "a1"}, "messaging_account_id: format"},
		{"a template name without category", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, TemplateName: "n"}, "direct_send_config.template_name: forbidden"},
		{"an unknown category", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: "marketing"}, "category: format"},
		{"a direct send of a picture", direct(&message.Image{ID: "1"}), "category: forbidden"},
		{"a direct send to a group", message.Outbound{To: group, Content: &message.Text{Body: "b"}, Category: message.Utility}, "recipient_type: forbidden"},
		{"a direct send that is too long", direct(&message.Text{Body: x(1025)}), "text.body: too-long (limit 1024, actual 1025)"},
		{"a bad template name", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Utility, TemplateName: "Order"}, "direct_send_config.template_name: format"},
		{"a ttl of 29 seconds", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Utility, TTL: 29 * time.Second}, "ttl_seconds: range"},
		{"a ttl beyond twelve hours", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Utility, TTL: 12*time.Hour + time.Second}, "ttl_seconds: range"},
		{"a ttl with fractions", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Utility, TTL: 30*time.Second + 1}, "ttl_seconds: range"},
		{"a code that lives too long", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Authentication, TTL: 16 * time.Minute}, "ttl_seconds: range"},
		{"a code to a user id", message.Outbound{To: message.Recipient{BSUID: "US.1"}, Content: &message.Text{Body: "b"}, Category: message.Authentication}, "to: required"},
		{"a code by buttons", message.Outbound{To: toPhone, Category: message.Authentication, Content: &message.Buttons{Body: "b", Buttons: some(1, button)}}, "category: forbidden"},
		{"a named code", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Authentication, TemplateName: "n"}, "direct_send_config.template_name: forbidden"},

		{"an empty text", plain(&message.Text{}), "text.body: required"},
		{"a blank text", plain(&message.Text{Body: " \n\t"}), "text.body: required"},
		{"a long text", plain(&message.Text{Body: x(4097)}), "text.body: too-long (limit 4096, actual 4097)"},
		{"an image without a file", plain(&message.Image{}), "image: required"},
		{"an image with two files", plain(&message.Image{ID: "1", Link: "https://example.com/a.png"}), "image: exclusive"},
		{"an image on a disk", plain(&message.Image{Link: "file:///etc/passwd"}), "image.link: format"},
		{"a long caption", plain(&message.Image{ID: "1", Caption: x(1025)}), "image.caption: too-long (limit 1024, actual 1025)"},
		{"a video without a file", plain(&message.Video{}), "video: required"},
		{"an audio without a file", plain(&message.Audio{}), "audio: required"},
		{"a document without a file", plain(&message.Document{}), "document: required"},
		{"a sticker without a file", plain(&message.Sticker{}), "sticker: required"},
		{"a place beyond the pole", plain(&message.Location{Latitude: 90.1}), "location.latitude: range"},
		{"a place that is no number", plain(&message.Location{Longitude: math.NaN()}), "location.longitude: range"},
		{"no contacts", plain(&message.Contacts{}), "contacts: required"},
		{"too many contacts", plain(&message.Contacts{Contacts: some(258, func(int) message.Contact {
			return message.Contact{Name: message.ContactName{Formatted: "N", First: "N"}}
		})}), "contacts: too-many (limit 257, actual 258)"},
		{"a contact without a name", contact(func(c *message.Contact) { c.Name.Formatted = " " }), "contacts[0].name.formatted_name: required"},
		{"a contact born on a bad day", contact(func(c *message.Contact) { c.Birthday = "23.01.1999" }), "contacts[0].birthday: format"},
		{"a contact with a bad id", contact(func(c *message.Contact) { c.Phones = []message.ContactPhone{{WAID: "+1"}} }), "contacts[0].phones[0].wa_id: format"},
		{"a reaction to nothing", plain(&message.Reaction{Emoji: "👍"}), "reaction.message_id: required"},
		{"a pin to nothing", message.Outbound{To: group, Content: &message.Pin{Days: 1}}, "pin.message_id: required"},
		{"a pin for 31 days", message.Outbound{To: group, Content: &message.Pin{MessageID: "m", Days: 31}}, "pin.expiration_days: range"},
		{"a pin for no days", message.Outbound{To: group, Content: &message.Pin{MessageID: "m"}}, "pin.expiration_days: range"},
		{"an unknown type that is no key", plain(&message.Unknown{Type: `a":1`, Raw: json.RawMessage(`{}`)}), "type: format"},
		{"an unknown type that hides the recipient", plain(&message.Unknown{Type: "to", Raw: json.RawMessage(`"+1"`)}), "type: format"},
		{"an unknown object that is no JSON", plain(&message.Unknown{Type: "poll", Raw: json.RawMessage(`{`)}), "poll: format"},
		{"a zero template", plain(&message.Template{}), "template.name: format; template.language.code: required"},

		{"buttons without a text", plain(&message.Buttons{Buttons: some(1, button)}), "interactive.body.text: required"},
		{"buttons with a long text", plain(&message.Buttons{Body: x(1025), Buttons: some(1, button)}), "interactive.body.text: too-long (limit 1024, actual 1025)"},
		{"buttons with a long footer", plain(&message.Buttons{Body: "b", Footer: x(61), Buttons: some(1, button)}), "interactive.footer.text: too-long (limit 60, actual 61)"},
		{"buttons with a long header", plain(&message.Buttons{Header: message.Header{Text: x(61)}, Body: "b", Buttons: some(1, button)}), "interactive.header.text: too-long (limit 60, actual 61)"},
		{"buttons with two headers", plain(&message.Buttons{Header: message.Header{Text: "h", Image: &message.Image{ID: "1"}}, Body: "b", Buttons: some(1, button)}), "interactive.header: exclusive"},
		{"buttons with a caption in the header", plain(&message.Buttons{Header: message.Header{Video: &message.Video{ID: "1", Caption: "c"}}, Body: "b", Buttons: some(1, button)}), "interactive.header.video.caption: forbidden"},
		{"buttons with an empty header", plain(&message.Buttons{Header: message.Header{Document: &message.Document{}}, Body: "b", Buttons: some(1, button)}), "interactive.header.document: required"},
		{"no buttons", plain(&message.Buttons{Body: "b"}), "interactive.action.buttons: required"},
		{"four buttons", plain(&message.Buttons{Body: "b", Buttons: some(4, button)}), "interactive.action.buttons: too-many (limit 3, actual 4)"},
		{"a button without an id", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{Title: "t"}}}), "interactive.action.buttons[0].reply.id: required"},
		{"a button id with a space", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a ", Title: "t"}}}), "interactive.action.buttons[0].reply.id: space"},
		{"a long button id", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: x(257), Title: "t"}}}), "interactive.action.buttons[0].reply.id: too-long (limit 256, actual 257)"},
		{"a long button title", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a", Title: x(21)}}}), "interactive.action.buttons[0].reply.title: too-long (limit 20, actual 21)"},
		{"two buttons with one id", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a", Title: "t"}, {ID: "a", Title: "u"}}}), "interactive.action.buttons[1].reply.id: duplicate"},
		{"two buttons with one title", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a", Title: "t"}, {ID: "b", Title: "t"}}}), "interactive.action.buttons[1].reply.title: duplicate"},
		{"a link button outside of direct send", plain(&message.Buttons{Body: "b", Buttons: []message.Button{{Title: "t", URL: "https://example.com"}}}), "interactive.action.buttons[0].cta_url: forbidden"},
		{"a link after a reply", direct(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a", Title: "t"}, {Title: "u", URL: "https://example.com"}}}), "interactive.action.buttons[1].cta_url: order"},
		{"a link with an id", direct(&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "a", Title: "u", URL: "https://example.com"}}}), "interactive.action.buttons[0].cta_url: exclusive"},
		{"three links", direct(&message.Buttons{Body: "b", Buttons: some(3, func(i int) message.Button {
			return message.Button{Title: num(i), URL: "https://example.com"}
		})}), "interactive.action.buttons: too-many (limit 2, actual 3)"},
		{"eleven buttons of a direct send", direct(&message.Buttons{Body: "b", Buttons: some(11, button)}), "interactive.action.buttons: too-many (limit 10, actual 11)"},

		{"a list without rows", list(message.Section{}), "interactive.action.sections[0].rows: required"},
		{"a list without sections", list(), "interactive.action.sections: required"},
		{"a list with a long text", plain(&message.List{Body: x(4097), Button: "o", Sections: []message.Section{{Rows: some(1, row)}}}), "interactive.body.text: too-long (limit 4096, actual 4097)"},
		{"a list without a button", plain(&message.List{Body: "b", Sections: []message.Section{{Rows: some(1, row)}}}), "interactive.action.button: required"},
		{"a list with eleven rows", list(message.Section{Rows: some(11, row)}), "interactive.action.sections: too-many (limit 10, actual 11)"},
		{"a list with eleven rows in two sections", list(message.Section{Title: "a", Rows: some(6, row)}, message.Section{Title: "b", Rows: some(5, func(i int) message.Row { return row(i + 6) })}), "interactive.action.sections: too-many (limit 10, actual 11)"},
		{"two sections without a title", list(message.Section{Title: "a", Rows: some(1, row)}, message.Section{Rows: []message.Row{{ID: "z", Title: "t"}}}), "interactive.action.sections[1].title: required"},
		{"a long section title", list(message.Section{Title: x(25), Rows: some(1, row)}), "interactive.action.sections[0].title: too-long (limit 24, actual 25)"},
		{"a long row id", list(message.Section{Rows: []message.Row{{ID: x(201), Title: "t"}}}), "interactive.action.sections[0].rows[0].id: too-long (limit 200, actual 201)"},
		{"a long row title", list(message.Section{Rows: []message.Row{{ID: "a", Title: x(25)}}}), "interactive.action.sections[0].rows[0].title: too-long (limit 24, actual 25)"},
		{"a long row description", list(message.Section{Rows: []message.Row{{ID: "a", Title: "t", Description: x(73)}}}), "interactive.action.sections[0].rows[0].description: too-long (limit 72, actual 73)"},
		{"two rows with one id", list(message.Section{Rows: []message.Row{{ID: "a", Title: "t"}, {ID: "a", Title: "u"}}}), "interactive.action.sections[0].rows[1].id: duplicate"},

		{"a link button without address", plain(&message.CTAURL{Body: "b", Label: "l"}), "interactive.action.parameters.url: required"},
		{"a link button to a script", plain(&message.CTAURL{Body: "b", Label: "l", URL: "javascript:alert(1)"}), "interactive.action.parameters.url: format"},
		{"a link button with a long label", plain(&message.CTAURL{Body: "b", Label: x(21), URL: "https://example.com"}), "interactive.action.parameters.display_text: too-long (limit 20, actual 21)"},
		{"a flow without a flow", flow(func(f *message.Flow) { f.FlowID = "" }), "interactive.action.parameters.flow_id: required"},
		{"a flow with two flows", flow(func(f *message.Flow) { f.FlowName = "n" }), "interactive.action.parameters.flow_id: exclusive"},
		{"a flow with a long label", flow(func(f *message.Flow) { f.Label = x(31) }), "interactive.action.parameters.flow_cta: too-long (limit 30, actual 31)"},
		{"a flow in an unknown mode", flow(func(f *message.Flow) { f.Mode = "m" }), "interactive.action.parameters.mode: format"},
		{"a flow with an unknown action", flow(func(f *message.Flow) { f.Action = "a" }), "interactive.action.parameters.flow_action: format"},
		{"a flow that navigates nowhere", flow(func(f *message.Flow) { f.Action = message.FlowNavigate }), "interactive.action.parameters.flow_action_payload.screen: required"},
		{"a flow with empty data", flow(func(f *message.Flow) { f.Data = json.RawMessage(`{}`) }), "interactive.action.parameters.flow_action_payload.data: format"},
		{"a flow with data that is no object", flow(func(f *message.Flow) { f.Data = json.RawMessage(`[1]`) }), "interactive.action.parameters.flow_action_payload.data: format"},
		{"an order without a reference", order(func(d *message.OrderDetails) { d.ReferenceID = "" }), "interactive.action.parameters.reference_id: required"},
		{"a reference with a space", order(func(d *message.OrderDetails) { d.ReferenceID = "a b" }), "interactive.action.parameters.reference_id: format"},
		{"a long reference", order(func(d *message.OrderDetails) { d.ReferenceID = x(36) }), "interactive.action.parameters.reference_id: too-long (limit 35, actual 36)"},
		{"goods of no kind", order(func(d *message.OrderDetails) { d.Goods = "" }), "interactive.action.parameters.type: format"},
		{"an order in euros", order(func(d *message.OrderDetails) { d.Currency = "EUR" }), "interactive.action.parameters.currency: format"},
		{"an order with a text above", order(func(d *message.OrderDetails) { d.Header.Text = "h" }), "interactive.header: forbidden"},
		{"an order abroad without lines", order(func(d *message.OrderDetails) { d.Order = nil }), "interactive.action.parameters.order: required"},
		{"an order that nobody can pay", order(func(d *message.OrderDetails) { d.Payments = nil }), "interactive.action.parameters.payment_settings: required"},
		{"items that do not make the subtotal", order(func(d *message.OrderDetails) { d.Order.Items[0].Quantity = 2 }), "interactive.action.parameters.order.subtotal: sum"},
		{"parts that do not make the total", order(func(d *message.OrderDetails) { d.Order.Tax = 1 }), "interactive.action.parameters.total_amount: sum"},
		{"a sale that costs more", order(func(d *message.OrderDetails) { d.Order.Items[0].SalePrice = 101; d.Order.Subtotal, d.Total = 101, 101 }), "interactive.action.parameters.order.items[0].sale_amount: range"},
		{"an item without a name", order(func(d *message.OrderDetails) { d.Order.Items[0].Name = " " }), "interactive.action.parameters.order.items[0].name: required"},
		{"an end without a text", order(func(d *message.OrderDetails) { d.Order.Expires = time.Unix(1, 0) }), "interactive.action.parameters.order.expiration.description: required"},
		{"a negative discount", order(func(d *message.OrderDetails) { d.Order.Discount, d.Total = -1, 101 }), "interactive.action.parameters.order.discount: range"},
		{"no way to pay", pay(message.Payment{}), "interactive.action.parameters.payment_settings[0]: required"},
		{"two ways to pay in one", pay(message.Payment{Boleto: "1", Link: "https://example.com"}), "interactive.action.parameters.payment_settings[0]: exclusive"},
		{"a payment slip with letters", pay(message.Payment{Boleto: "12a"}), "interactive.action.parameters.payment_settings[0].boleto.digitable_line: format"},
		{"a page to pay that is none", pay(message.Payment{Link: "javascript:x"}), "interactive.action.parameters.payment_settings[0].payment_link.uri: format"},
		{"a Pix key of no kind", pay(message.Payment{Pix: &message.Pix{Code: "c", Merchant: "m", Key: "k"}}), "interactive.action.parameters.payment_settings[0].pix_dynamic_code.key_type: format"},
		{"an order in no state", state(func(s *message.OrderStatus) { s.State = "lost" }), "interactive.action.parameters.order.status: format"},
		{"a long state of an order", state(func(s *message.OrderStatus) { s.Description = x(121) }), "interactive.action.parameters.order.description: too-long (limit 120, actual 121)"},
		{"a payment in no state", state(func(s *message.OrderStatus) { s.Payment = &message.PaymentState{Status: "p", At: time.Unix(1, 0)} }), "interactive.action.parameters.payment.status: format"},
		{"a payment at no time", state(func(s *message.OrderStatus) { s.Payment = &message.PaymentState{Status: message.PaymentFailed} }), "interactive.action.parameters.payment.timestamp: required"},
		{"an empty location request", plain(&message.LocationRequest{}), "interactive.body.text: required"},
		{"an empty contact request", plain(&message.ContactRequest{}), "interactive.body.text: required"},
		{"a long call permission request", plain(&message.CallPermission{Body: x(1025)}), "interactive.body.text: too-long (limit 1024, actual 1025)"},
		{"an address abroad", plain(&message.AddressRequest{Body: "b", Country: "FI"}), "interactive.action.parameters.country: format"},
		{"an address with a bad pin code", plain(&message.AddressRequest{Body: "b", Values: map[string]string{"in_pin_code": "12345"}}), "interactive.action.parameters.values.in_pin_code: format"},
		{"a saved address without an id", plain(&message.AddressRequest{Body: "b", Saved: []message.SavedAddress{{}}}), "interactive.action.parameters.saved_addresses[0].id: required"},
		{"a call button with a long label", plain(&message.VoiceCall{Body: "b", Label: x(21)}), "interactive.action.parameters.display_text: too-long (limit 20, actual 21)"},
		{"a call button for 31 days", plain(&message.VoiceCall{Body: "b", TTL: 31 * 24 * time.Hour}), "interactive.action.parameters.ttl_minutes: range"},
		{"a call button for 90 seconds", plain(&message.VoiceCall{Body: "b", TTL: 90 * time.Second}), "interactive.action.parameters.ttl_minutes: range"},
		{"a call button with a long payload", plain(&message.VoiceCall{Body: "b", Payload: x(513)}), "interactive.action.parameters.payload: too-long (limit 512, actual 513)"},
		{"a product without a catalog", plain(&message.Product{RetailerID: "1"}), "interactive.action.catalog_id: required"},
		{"a product without an id", plain(&message.Product{CatalogID: "1"}), "interactive.action.product_retailer_id: required"},
		{"a product list without a header", plain(&message.ProductList{Body: "b", CatalogID: "1", Sections: []message.ProductSection{{RetailerIDs: []string{"a"}}}}), "interactive.header.text: required"},
		{"a product list without products", products(message.ProductSection{}), "interactive.action.sections[0].product_items: required"},
		{"a product list with 31 products", products(message.ProductSection{RetailerIDs: some(31, num)}), "interactive.action.sections: too-many (limit 30, actual 31)"},
		{"a product list with eleven sections", products(some(11, func(i int) message.ProductSection {
			return message.ProductSection{Title: "t", RetailerIDs: []string{"a"}}
		})...), "interactive.action.sections: too-many (limit 10, actual 11)"},
		{"a catalog without a text", plain(&message.Catalog{}), "interactive.body.text: required"},

		{"one card", carousel(some(1, card)...), "interactive.action.cards: too-few (limit 2, actual 1)"},
		{"eleven cards", carousel(some(11, card)...), "interactive.action.cards: too-many (limit 10, actual 11)"},
		{"a card without a picture", carousel(card(0), message.Card{Label: "l", URL: "https://example.com"}), "interactive.action.cards[1].header: required"},
		{"cards of two kinds of buttons", carousel(card(0), message.Card{Image: &message.Image{ID: "1"}, Replies: some(1, button)}), "interactive.action.cards[1]: uniform"},
		{"a card with a picture and a film", carousel(card(0), message.Card{Image: &message.Image{ID: "1"}, Video: &message.Video{ID: "1"}, Label: "l", URL: "https://example.com"}), "interactive.action.cards[1].header: exclusive"},
		{"a long card", carousel(some(2, func(int) message.Card { c := card(0); c.Body = x(161); return c })...), "interactive.action.cards[0].body.text: too-long (limit 160, actual 161); interactive.action.cards[1].body.text: too-long (limit 160, actual 161)"},
		{"a card of four lines", carousel(some(2, func(int) message.Card { c := card(0); c.Body = "1\n2\n3\n4"; return c })...), "interactive.action.cards[0].body.text: too-many (limit 2, actual 3); interactive.action.cards[1].body.text: too-many (limit 2, actual 3)"},
		{"a card without buttons", carousel(some(2, func(int) message.Card { return message.Card{Image: &message.Image{ID: "1"}} })...), "interactive.action.cards[0].action.buttons: required; interactive.action.cards[1].action.buttons: required"},
		{"a card with a link and replies", carousel(some(2, func(int) message.Card { c := card(0); c.Replies = some(1, button); return c })...), "interactive.action.cards[0].action: exclusive; interactive.action.cards[1].action: exclusive"},
		{"one product card", plain(&message.ProductCarousel{Body: "b", CatalogID: "1", RetailerIDs: []string{"a"}}), "interactive.action.cards: too-few (limit 2, actual 1)"},
		{"product cards without a catalog", plain(&message.ProductCarousel{Body: "b", RetailerIDs: []string{"a", "b"}}), "interactive.action.cards[0].action.catalog_id: required"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.out.Validate()
			require.ErrorIs(t, err, message.ErrInvalid)
			require.Equal(t, "message: outbound is not valid: "+c.want, err.Error())
			f, ok := message.FailureOf(err)
			require.True(t, ok)
			require.Equal(t, message.ClassParameter, f.Class)
			require.False(t, f.Uncertain)
		})
	}
}

func TestValuesAtTheLimitAreValid(t *testing.T) {
	t.Parallel()
	direct := message.Outbound{To: toPhone, Category: message.Utility, TemplateName: x(512), TTL: 12 * time.Hour, Content: &message.Buttons{
		Header: message.Header{Text: x(60)}, Body: x(1024), Footer: x(60),
		Buttons: append(some(2, func(i int) message.Button { return message.Button{Title: num(i), URL: "http://example.com"} }),
			some(8, func(i int) message.Button { return message.Button{ID: x(200) + num(i), Title: num(i + 2)} })...),
	}}
	for name, out := range map[string]message.Outbound{
		"text":      {To: toPhone, Content: &message.Text{Body: x(4096)}, OpaqueID: x(512)},
		"wide text": {To: toPhone, Content: &message.Text{Body: strings.Repeat("ä", 4096)}},
		"no plus":   {To: message.Recipient{Phone: "123456789012345"}, Content: &message.Text{Body: "b"}},
		"parent id": {To: message.Recipient{BSUID: "US.ENT." + x(128)}, Content: &message.Text{Body: "b"}},
		"list": plain(&message.List{Body: x(4096), Button: x(20), Sections: some(10, func(i int) message.Section {
			return message.Section{Title: x(24), Rows: []message.Row{{ID: x(198) + num(i), Title: x(24), Description: x(72)}}}
		})}),
		"products": plain(&message.ProductList{Header: x(60), Body: x(1024), CatalogID: "1", Sections: []message.ProductSection{{RetailerIDs: some(30, num)}}}),
		"call":     plain(&message.VoiceCall{Body: "b", Label: x(20), TTL: 30 * 24 * time.Hour, Payload: x(512)}),
		"flow":     plain(&message.Flow{Body: "b", FlowName: "f", Label: x(30)}),
		"carousel": plain(&message.Carousel{Body: x(1024), Cards: some(10, func(int) message.Card {
			return message.Card{Image: &message.Image{ID: "1"}, Body: x(158) + "\n\n", Label: x(20), URL: "https://e.xample"}
		})}),
		"code":       {To: toPhone, Content: &message.Text{Body: "b"}, Category: message.Authentication, TTL: 15 * time.Minute},
		"direct":     direct,
		"no content": plain(&message.CallPermission{}),
		"cards with a picture and a film, one with a text": plain(&message.Carousel{Body: "b", Cards: []message.Card{
			{Image: &message.Image{ID: "1"}, Body: "b", Label: "l", URL: "https://example.com"},
			{Video: &message.Video{ID: "2"}, Label: "l", URL: "https://example.com"},
		}}),
		"a reply id of 256 characters on a card": plain(&message.Carousel{Body: "b", Cards: some(2, func(int) message.Card {
			return message.Card{Image: &message.Image{ID: "1"}, Replies: []message.Button{{ID: x(256), Title: "t"}}}
		})}),
	} {
		require.NoError(t, out.Validate(), name)
		require.Empty(t, out.Problems(), name)
	}
}

func TestDoubtsAreWarningsAndDoNotRefuse(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  message.Outbound
		want string
	}{
		"emoji count twice in UTF-16":  {plain(&message.Text{Body: strings.Repeat("👋", 2049)}), "text.body: too-long (limit 4096, actual 4098) [warning]"},
		"a long file name":             {plain(&message.Document{ID: "1", Filename: x(241)}), "document.filename: too-long (limit 240, actual 241) [warning]"},
		"a file name with a path":      {plain(&message.Document{ID: "1", Filename: "../a.pdf"}), "document.filename: format [warning]"},
		"an address that is not shown": {plain(&message.Location{Address: "a"}), "location.address: useless [warning]"},
		"a name of one part":           {plain(&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "N"}}}}), "contacts[0].name: required [warning]"},
		"a preview in a direct send":   {message.Outbound{To: toPhone, Category: message.Utility, Content: &message.Text{Body: "b", PreviewURL: true}}, "text.preview_url: useless [warning]"},
		"an emoji on a flow":           {plain(&message.Flow{Body: "b", FlowID: "1", Label: "Go ☀"}), "interactive.action.parameters.flow_cta: format [warning]"},
		"a payload nobody reads":       {plain(&message.Flow{Body: "b", FlowID: "1", Label: "Go", Action: message.FlowDataExchange, Screen: "S"}), "interactive.action.parameters.flow_action_payload: useless [warning]"},
	} {
		require.NoError(t, c.out.Validate(), name)
		problems := c.out.Problems()
		require.Len(t, problems, 1, name)
		require.Equal(t, c.want, problems[0].String(), name)
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	out := message.Outbound{
		To: message.Recipient{Phone: "x"}, OpaqueID: x(600), TTL: time.Second,
		Content: &message.List{Footer: x(100), Sections: []message.Section{{Title: x(30)}}},
	}
	err := out.Validate()
	var invalid *message.InvalidError
	require.ErrorAs(t, err, &invalid)
	require.Len(t, invalid.Problems, 8)
}
