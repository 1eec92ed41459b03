package message_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
)

// golden is a message and its request body, the latter written by hand from
// Meta's documentation.
type golden struct {
	name string
	out  message.Outbound
	json string
}

var toPhone = message.Recipient{Phone: "+16505550123"}

// wrap puts the documented envelope around the part that differs.
func wrap(rest string) string {
	return `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+16505550123",` + rest + `}`
}

func interactive(rest string) string {
	return wrap(`"type":"interactive","interactive":{` + rest + `}`)
}

func plain(c message.Content) message.Outbound { return message.Outbound{To: toPhone, Content: c} }

func templateMessage(t testing.TB, doc string) template.Message {
	t.Helper()
	var m template.Message
	require.NoError(t, json.Unmarshal([]byte(doc), &m))
	return m
}

func goldens(t testing.TB) []golden {
	tmpl := `{"name":"order_update","language":{"code":"en_US"},"components":[
		{"type":"header","parameters":[{"type":"image","image":{"id":"1013859600285441"}}]},
		{"type":"body","parameters":[{"type":"text","parameter_name":"first_name","text":"Pablo"}]},
		{"type":"button","sub_type":"quick_reply","index":0,"parameters":[{"type":"payload","payload":"yes"}]}]}`
	return append(plainGoldens(), append(interactiveGoldens(),
		golden{"a template", plain(&message.Template{Message: templateMessage(t, tmpl)}), wrap(`"type":"template","template":` + tmpl)},
		golden{
			"a marketing template on its own endpoint", message.Outbound{
				To: toPhone, Content: &message.Template{Message: templateMessage(t, `{"name":"sale","language":{"code":"en"}}`)},
				Marketing: &message.Marketing{Strict: true, ShareActivity: new(false)},
			},
			wrap(`"type":"template","template":{"name":"sale","language":{"code":"en"}},"product_policy":"STRICT","message_activity_sharing":false`),
		},
	)...)
}

func plainGoldens() []golden {
	return []golden{
		{"a text", plain(&message.Text{Body: "Hi <b> & ünïcode 👋", PreviewURL: true}), wrap(`"type":"text","text":{"body":"Hi <b> & ünïcode 👋","preview_url":true}`)},
		{"a text with everything on the envelope", message.Outbound{
			To: message.Recipient{Phone: "+16505550123", BSUID: "US.13491208655302741918"}, Content: &message.Text{Body: "Hi"},
			ReplyTo: "wamid.HBgL", OpaqueID: "our-1", IdentityHash: "DF2lS5v2W6x=",
		}, `{"messaging_product":"whatsapp","recipient_type":"individual","to":"+16505550123","recipient":"US.13491208655302741918",
			"type":"text","text":{"body":"Hi"},"context":{"message_id":"wamid.HBgL"},"biz_opaque_callback_data":"our-1",
			"recipient_identity_key_hash":"DF2lS5v2W6x="}`},
		{"a text to a user id", message.Outbound{To: message.Recipient{BSUID: "US.ENT.506847293015824"}, Content: &message.Text{Body: "Hi"}},
			`{"messaging_product":"whatsapp","recipient_type":"individual","recipient":"US.ENT.506847293015824","type":"text","text":{"body":"Hi"}}`},
		{"a text to a group", message.Outbound{To: message.Recipient{Group: "Y2FwaV9ncm91cDox"}, Content: &message.Text{Body: "Hi"}},
			`{"messaging_product":"whatsapp","recipient_type":"group","to":"Y2FwaV9ncm91cDox","type":"text","text":{"body":"Hi"}}`},
		{"a direct send", message.Outbound{
			To: toPhone, Content: &message.Text{Body: "Your order has shipped."}, Category: message.Utility,
			TemplateName: "order_shipped", TTL: 10 * time.Minute,
		}, wrap(`"type":"text","text":{"body":"Your order has shipped."},"category":"utility","ttl_seconds":600,
			"direct_send_config":{"template_name":"order_shipped"}`)},
		{"an image by id", plain(&message.Image{ID: "1013859600285441", Caption: "Cactus"}), wrap(`"type":"image","image":{"id":"1013859600285441","caption":"Cactus"}`)},
		{"a video by link", plain(&message.Video{Link: "https://example.com/v.mp4"}), wrap(`"type":"video","video":{"link":"https://example.com/v.mp4"}`)},
		{"a voice message", plain(&message.Audio{ID: "1", Voice: true}), wrap(`"type":"audio","audio":{"id":"1","voice":true}`)},
		{"a document", plain(&message.Document{ID: "1", Caption: "Receipt", Filename: "receipt.pdf"}), wrap(`"type":"document","document":{"id":"1","caption":"Receipt","filename":"receipt.pdf"}`)},
		{"a sticker", plain(&message.Sticker{ID: "1"}), wrap(`"type":"sticker","sticker":{"id":"1"}`)},
		{"a location", plain(&message.Location{Latitude: 60.1699, Longitude: -24.5, Name: "Kauppatori", Address: "Eteläranta"}),
			wrap(`"type":"location","location":{"latitude":60.1699,"longitude":-24.5,"name":"Kauppatori","address":"Eteläranta"}`)},
		{"contacts", plain(&message.Contacts{Contacts: []message.Contact{{
			Name:     message.ContactName{Formatted: "Nora Example", First: "Nora", Last: "Example"},
			Birthday: "1999-01-23",
			Phones:   []message.ContactPhone{{Phone: "+16505550199", Type: "HOME", WAID: "16505550199"}},
			Emails:   []message.ContactEmail{{Email: "nora@example.com", Type: "WORK"}},
			URLs:     []message.ContactURL{{URL: "https://example.com", Type: "WORK"}},
			Addresses: []message.ContactAddress{{
				Street: "1 Lucky Shrub Way", City: "Menlo Park", State: "CA", Zip: "94025", Country: "United States", CountryCode: "US", Type: "WORK",
			}},
			Org: &message.ContactOrg{Company: "Lucky Shrub", Department: "Legal", Title: "Lead"},
		}}}), wrap(`"type":"contacts","contacts":[{"name":{"formatted_name":"Nora Example","first_name":"Nora","last_name":"Example"},
			"birthday":"1999-01-23","phones":[{"phone":"+16505550199","type":"HOME","wa_id":"16505550199"}],
			"emails":[{"email":"nora@example.com","type":"WORK"}],"urls":[{"url":"https://example.com","type":"WORK"}],
			"addresses":[{"street":"1 Lucky Shrub Way","city":"Menlo Park","state":"CA","zip":"94025","country":"United States","country_code":"US","type":"WORK"}],
			"org":{"company":"Lucky Shrub","department":"Legal","title":"Lead"}}]`)},
		{"a reaction", plain(&message.Reaction{MessageID: "wamid.A", Emoji: "👍"}), wrap(`"type":"reaction","reaction":{"message_id":"wamid.A","emoji":"👍"}`)},
		{"a text for one of several accounts", message.Outbound{To: toPhone, Content: &message.Text{Body: "b"}, MessagingAccount: "102290129340398"}, wrap(`"type":"text","text":{"body":"b"},"messaging_account_id":"102290129340398"`)},
		{"a removed reaction", plain(&message.Reaction{MessageID: "wamid.A"}), wrap(`"type":"reaction","reaction":{"message_id":"wamid.A","emoji":""}`)},
		{"a pin", message.Outbound{To: message.Recipient{Group: "G1"}, Content: &message.Pin{MessageID: "wamid.A", Days: 7}},
			`{"messaging_product":"whatsapp","recipient_type":"group","to":"G1","type":"pin","pin":{"type":"pin","message_id":"wamid.A","expiration_days":7}}`},
		{"an unpin", message.Outbound{To: message.Recipient{Group: "G1"}, Content: &message.Pin{MessageID: "wamid.A", Unpin: true}},
			`{"messaging_product":"whatsapp","recipient_type":"group","to":"G1","type":"pin","pin":{"type":"unpin","message_id":"wamid.A"}}`},
		{"something newer than this version", plain(&message.Unknown{Type: "hologram", Raw: json.RawMessage(`{"shape":[1,2]}`)}), wrap(`"type":"hologram","hologram":{"shape":[1,2]}`)},
		{"an interactive type newer than this version", plain(&message.Unknown{Type: "interactive", Raw: json.RawMessage(`{"type":"poll","action":{"options":["a"]}}`)}),
			interactive(`"type":"poll","action":{"options":["a"]}`)},
	}
}

func interactiveGoldens() []golden {
	return []golden{
		{"buttons with a picture", plain(&message.Buttons{
			Header: message.Header{Image: &message.Image{ID: "2762702990552401"}}, Body: "Hi Pablo!", Footer: "Lucky Shrub",
			Buttons: []message.Button{{ID: "change", Title: "Change"}, {ID: "cancel", Title: "Cancel"}},
		}), interactive(`"type":"button","header":{"type":"image","image":{"id":"2762702990552401"}},"body":{"text":"Hi Pablo!"},"footer":{"text":"Lucky Shrub"},
			"action":{"buttons":[{"type":"reply","reply":{"id":"change","title":"Change"}},{"type":"reply","reply":{"id":"cancel","title":"Cancel"}}]}`)},
		{"buttons of a direct send", message.Outbound{To: toPhone, Category: message.Utility, Content: &message.Buttons{
			Header: message.Header{Document: &message.Document{Link: "https://example.com/a.pdf", Filename: "a.pdf"}}, Body: "Shipped",
			Buttons: []message.Button{{Title: "Track", URL: "https://example.com/t"}, {ID: "ok", Title: "Thanks"}},
		}}, wrap(`"type":"interactive","interactive":{"type":"button","header":{"type":"document","document":{"link":"https://example.com/a.pdf","filename":"a.pdf"}},
			"body":{"text":"Shipped"},"action":{"buttons":[{"type":"cta_url","cta_url":{"url":"https://example.com/t","display_text":"Track"}},
			{"type":"reply","reply":{"id":"ok","title":"Thanks"}}]}},"category":"utility"`)},
		{"a list", plain(&message.List{
			Header: "Shipping", Body: "Which one?", Footer: "Lucky Shrub", Button: "Options",
			Sections: []message.Section{
				{Title: "Fast", Rows: []message.Row{{ID: "express", Title: "Express", Description: "Next day"}}},
				{Title: "Slow", Rows: []message.Row{{ID: "mail", Title: "Mail"}}},
			},
		}), interactive(`"type":"list","header":{"type":"text","text":"Shipping"},"body":{"text":"Which one?"},"footer":{"text":"Lucky Shrub"},
			"action":{"button":"Options","sections":[{"title":"Fast","rows":[{"id":"express","title":"Express","description":"Next day"}]},
			{"title":"Slow","rows":[{"id":"mail","title":"Mail"}]}]}`)},
		{"a link button", plain(&message.CTAURL{Header: message.Header{Video: &message.Video{ID: "7"}}, Body: "Tap", Footer: "Subject to change", Label: "See dates", URL: "https://example.com?x=1&y=2"}),
			interactive(`"type":"cta_url","header":{"type":"video","video":{"id":"7"}},"body":{"text":"Tap"},"footer":{"text":"Subject to change"},
			"action":{"name":"cta_url","parameters":{"display_text":"See dates","url":"https://example.com?x=1&y=2"}}`)},
		{"a flow", plain(&message.Flow{
			Header: message.Header{Text: "Book"}, Body: "Pick a time", FlowID: "1", Label: "Book!", Token: "AQAA", Mode: message.FlowDraft,
			Action: message.FlowNavigate, Screen: "FIRST", Data: json.RawMessage(`{"name":"Nora"}`),
		}), interactive(`"type":"flow","header":{"type":"text","text":"Book"},"body":{"text":"Pick a time"},"action":{"name":"flow","parameters":{
			"flow_message_version":"3","flow_id":"1","flow_cta":"Book!","flow_token":"AQAA","mode":"draft","flow_action":"navigate",
			"flow_action_payload":{"screen":"FIRST","data":{"name":"Nora"}}}}`)},
		{"an order to pay in Brazil", plain(&message.OrderDetails{
			Body: "Your order", ReferenceID: "order-1", Goods: message.DigitalGoods, Currency: "BRL", Total: 50000, PaymentType: "br",
			Payments: []message.Payment{
				{Pix: &message.Pix{Code: "00020101021226700014br.gov.bcb.pix", Merchant: "Lucky Shrub", Key: "39580525000189", KeyType: "CNPJ"}},
				{Boleto: "03399026944140000002628346101018898510000008848"}, {Link: "https://example.com/pay"},
			},
		}), interactive(`"type":"order_details","body":{"text":"Your order"},"action":{"name":"review_and_pay","parameters":{
			"reference_id":"order-1","type":"digital-goods","payment_type":"br","payment_settings":[
			{"type":"pix_dynamic_code","pix_dynamic_code":{"code":"00020101021226700014br.gov.bcb.pix","merchant_name":"Lucky Shrub","key":"39580525000189","key_type":"CNPJ"}},
			{"type":"boleto","boleto":{"digitable_line":"03399026944140000002628346101018898510000008848"}},
			{"type":"payment_link","payment_link":{"uri":"https://example.com/pay"}}],
			"currency":"BRL","total_amount":{"value":50000,"offset":100}}}`)},
		{"an order to pay in India", plain(&message.OrderDetails{
			Header: message.Header{Image: &message.Image{ID: "7"}}, Body: "Your order", Footer: "Thanks", ReferenceID: "r_2", Goods: message.PhysicalGoods, Currency: "INR", Total: 21000,
			Order: &message.Order{
				CatalogID: "9", Items: []message.OrderItem{{RetailerID: "SKU", Name: "Succulent", Quantity: 2, Price: 12000, SalePrice: 10000}},
				Subtotal: 20000, Tax: 1000, Shipping: 500, Discount: 500, DiscountProgram: "Autumn",
				Expires: time.Unix(1795003200, 0).UTC(), ExpiresText: "Expired",
			},
			Payments: []message.Payment{{Gateway: &message.PaymentGateway{Type: "razorpay", Configuration: "main"}}},
		}), interactive(`"type":"order_details","header":{"type":"image","image":{"id":"7"}},"body":{"text":"Your order"},"footer":{"text":"Thanks"},
			"action":{"name":"review_and_pay","parameters":{"reference_id":"r_2","type":"physical-goods","payment_settings":[
			{"type":"payment_gateway","payment_gateway":{"type":"razorpay","configuration_name":"main"}}],"currency":"INR","total_amount":{"value":21000,"offset":100},
			"order":{"status":"pending","catalog_id":"9","expiration":{"timestamp":"1795003200","description":"Expired"},
			"items":[{"retailer_id":"SKU","name":"Succulent","amount":{"value":12000,"offset":100},"sale_amount":{"value":10000,"offset":100},"quantity":2}],
			"subtotal":{"value":20000,"offset":100},"tax":{"value":1000,"offset":100},"shipping":{"value":500,"offset":100},
			"discount":{"value":500,"offset":100,"discount_program_name":"Autumn"}}}}`)},
		{"the state of an order", plain(&message.OrderStatus{
			Body: "On its way", ReferenceID: "r_2", State: message.OrderShipped, Description: "By mail",
			Payment: &message.PaymentState{Status: message.PaymentCaptured, At: time.Unix(1795003200, 0).UTC()},
		}), interactive(`"type":"order_status","body":{"text":"On its way"},"action":{"name":"review_order","parameters":{"reference_id":"r_2",
			"order":{"status":"shipped","description":"By mail"},"payment":{"status":"captured","timestamp":1795003200}}}`)},
		{"a location request", plain(&message.LocationRequest{Body: "Where are you?"}),
			interactive(`"type":"location_request_message","body":{"text":"Where are you?"},"action":{"name":"send_location"}`)},
		{"a contact request", plain(&message.ContactRequest{Body: "May we have your number?"}),
			interactive(`"type":"request_contact_info","body":{"text":"May we have your number?"},"action":{"name":"request_contact_info"}`)},
		{"an address request", plain(&message.AddressRequest{
			Body: "Where to?", Values: map[string]string{"in_pin_code": "400063"},
			Saved:  []message.SavedAddress{{ID: "a1", Value: map[string]string{"city": "Mumbai"}}},
			Errors: map[string]string{"in_pin_code": "We do not deliver there."},
		}), interactive(`"type":"address_message","body":{"text":"Where to?"},"action":{"name":"address_message","parameters":{"country":"IN",
			"values":{"in_pin_code":"400063"},"saved_addresses":[{"id":"a1","value":{"city":"Mumbai"}}],"validation_errors":{"in_pin_code":"We do not deliver there."}}}`)},
		{"a product", plain(&message.Product{Body: "This one", Footer: "Shop", CatalogID: "194836987003835", RetailerID: "di9ozbzfi4"}),
			interactive(`"type":"product","body":{"text":"This one"},"footer":{"text":"Shop"},"action":{"catalog_id":"194836987003835","product_retailer_id":"di9ozbzfi4"}`)},
		{"a product list", plain(&message.ProductList{
			Header: "Succulents", Body: "Have a look", CatalogID: "146265584024623",
			Sections: []message.ProductSection{{Title: "Popular", RetailerIDs: []string{"SKU1", "SKU2"}}, {Title: "New", RetailerIDs: []string{"SKU3"}}},
		}), interactive(`"type":"product_list","header":{"type":"text","text":"Succulents"},"body":{"text":"Have a look"},"action":{"catalog_id":"146265584024623",
			"sections":[{"title":"Popular","product_items":[{"product_retailer_id":"SKU1"},{"product_retailer_id":"SKU2"}]},
			{"title":"New","product_items":[{"product_retailer_id":"SKU3"}]}]}`)},
		{"a catalog", plain(&message.Catalog{Body: "Our shop", Footer: "Best deals", ThumbnailRetailerID: "2lc20305pt"}),
			interactive(`"type":"catalog_message","body":{"text":"Our shop"},"footer":{"text":"Best deals"},"action":{"name":"catalog_message","parameters":{"thumbnail_product_retailer_id":"2lc20305pt"}}`)},
		{"a catalog without a thumbnail", plain(&message.Catalog{Body: "Our shop"}),
			interactive(`"type":"catalog_message","body":{"text":"Our shop"},"action":{"name":"catalog_message"}`)},
		{"a call permission request", plain(&message.CallPermission{Body: "May we call?"}),
			interactive(`"type":"call_permission_request","body":{"text":"May we call?"},"action":{"name":"call_permission_request"}`)},
		{"a call permission request without a text", plain(&message.CallPermission{}),
			interactive(`"type":"call_permission_request","action":{"name":"call_permission_request"}`)},
		{"a voice call button", plain(&message.VoiceCall{Body: "Call us", Label: "Call", TTL: 100 * time.Minute, Payload: "p"}),
			interactive(`"type":"voice_call","body":{"text":"Call us"},"action":{"name":"voice_call","parameters":{"display_text":"Call","ttl_minutes":100,"payload":"p"}}`)},
		{"a carousel of links", plain(&message.Carousel{Body: "Deals", Cards: []message.Card{
			{Image: &message.Image{Link: "https://example.com/1.png"}, Body: "One", Label: "Buy", URL: "https://example.com/1"},
			{Image: &message.Image{Link: "https://example.com/2.png"}, Body: "Two", Label: "Buy", URL: "https://example.com/2"},
		}}), interactive(`"type":"carousel","body":{"text":"Deals"},"action":{"cards":[
			{"card_index":0,"type":"cta_url","header":{"type":"image","image":{"link":"https://example.com/1.png"}},"body":{"text":"One"},"action":{"name":"cta_url","parameters":{"display_text":"Buy","url":"https://example.com/1"}}},
			{"card_index":1,"type":"cta_url","header":{"type":"image","image":{"link":"https://example.com/2.png"}},"body":{"text":"Two"},"action":{"name":"cta_url","parameters":{"display_text":"Buy","url":"https://example.com/2"}}}]}`)},
		{"a carousel of quick replies", plain(&message.Carousel{Body: "Pick", Cards: []message.Card{
			{Video: &message.Video{ID: "1"}, Replies: []message.Button{{ID: "a", Title: "This"}}},
			{Video: &message.Video{ID: "2"}, Replies: []message.Button{{ID: "b", Title: "This"}}},
		}}), interactive(`"type":"carousel","body":{"text":"Pick"},"action":{"cards":[
			{"card_index":0,"type":"cta_url","header":{"type":"video","video":{"id":"1"}},"action":{"buttons":[{"type":"quick_reply","quick_reply":{"id":"a","title":"This"}}]}},
			{"card_index":1,"type":"cta_url","header":{"type":"video","video":{"id":"2"}},"action":{"buttons":[{"type":"quick_reply","quick_reply":{"id":"b","title":"This"}}]}}]}`)},
		{"a carousel of products", plain(&message.ProductCarousel{Body: "Pick", CatalogID: "10", RetailerIDs: []string{"x", "y"}}),
			interactive(`"type":"carousel","body":{"text":"Pick"},"action":{"cards":[
			{"card_index":0,"type":"product","action":{"product_retailer_id":"x","catalog_id":"10"}},
			{"card_index":1,"type":"product","action":{"product_retailer_id":"y","catalog_id":"10"}}]}`)},
	}
}

// sameTemplate compares template messages by what they send: their fields are
// private.
var sameTemplate = cmp.Comparer(func(a, b template.Message) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
})

func decodeAny(t testing.TB, doc []byte) any {
	t.Helper()
	var v any
	require.NoError(t, json.Unmarshal(doc, &v), "%s", doc)
	return v
}

func TestRequestBodiesAreAsDocumented(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, g.out.Validate(), "a golden message must be valid")

			got, err := json.Marshal(g.out)
			require.NoError(t, err)
			// Equal as trees: no key missing, none too many, every value the same.
			require.Empty(t, cmp.Diff(decodeAny(t, []byte(g.json)), decodeAny(t, got)))

			direct, err := g.out.AppendJSON([]byte("prefix"))
			require.NoError(t, err)
			require.Equal(t, "prefix", string(direct[:6]))
			require.Empty(t, cmp.Diff(decodeAny(t, []byte(g.json)), decodeAny(t, direct[6:])))
		})
	}
}

func TestRequestBodiesReadBackAsTheMessage(t *testing.T) {
	t.Parallel()
	for _, g := range goldens(t) {
		t.Run(g.name, func(t *testing.T) {
			t.Parallel()
			var back message.Outbound
			require.NoError(t, json.Unmarshal([]byte(g.json), &back))
			require.Empty(t, cmp.Diff(g.out, back, sameTemplate))

			content, err := message.MarshalContent(g.out.Content)
			require.NoError(t, err)
			again, err := message.UnmarshalContent(content)
			require.NoError(t, err)
			require.Empty(t, cmp.Diff(g.out.Content, again, sameTemplate))
		})
	}
}
