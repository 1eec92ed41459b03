package channel_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/internal/channeltest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/window"
)

// shown are the parts of a message that agents see.
func shown(m *conversation.Message) conversation.Message {
	return conversation.Message{
		Kind: m.Kind, Text: m.Text, Choice: m.Choice, Options: m.Options, Attachments: m.Attachments, Location: m.Location,
		Contacts: m.Contacts, Order: m.Order, Referral: m.Referral, Forwarded: m.Forwarded, Many: m.Many, Call: m.Call,
	}
}

func TestEveryKindOfMessageIsShownToAgents(t *testing.T) {
	t.Parallel()
	type object = map[string]any
	for name, tt := range map[string]struct {
		kind    string
		content any
		extra   []any
		want    conversation.Message
		closed  bool // it opens no window
	}{
		"text": {"text", object{"body": "hello"}, nil, conversation.Message{Text: "hello"}, false},
		"a text that was forwarded": {
			"text", object{"body": "hello"}, []any{"context", object{"forwarded": true}}, conversation.Message{Text: "hello", Forwarded: true}, false,
		},
		"a chain letter": {
			"text", object{"body": "hello"}, []any{"context", object{"frequently_forwarded": true}},
			conversation.Message{Text: "hello", Forwarded: true, Many: true}, false,
		},
		"a text after a tap on an advertisement": {
			"text", object{"body": "hello"},
			[]any{"referral", object{"source_type": "ad", "source_id": "7", "source_url": "https://fb.me/x", "headline": "Bikes", "ctwa_clid": "c"}},
			conversation.Message{Text: "hello", Referral: &conversation.Referral{Source: "ad", ID: "7", URL: "https://fb.me/x", Headline: "Bikes", ClickID: "c"}}, false,
		},
		"picture": {
			"image", object{"id": "77", "mime_type": "image/png", "sha256": "abc=", "caption": "the chain"}, nil,
			conversation.Message{Text: "the chain", Attachments: []conversation.Attachment{{MediaID: "77", MIME: "image/png", SHA256: "abc="}}}, false,
		},
		"voice message": {
			"audio", object{"id": "78", "mime_type": "audio/ogg", "voice": true}, nil,
			conversation.Message{Attachments: []conversation.Attachment{{MediaID: "78", MIME: "audio/ogg", Voice: true}}}, false,
		},
		"document": {
			"document", object{"id": "79", "mime_type": "application/pdf", "filename": "bill.pdf"}, nil,
			conversation.Message{Attachments: []conversation.Attachment{{MediaID: "79", MIME: "application/pdf", Name: "bill.pdf"}}}, false,
		},
		"animated sticker": {
			"sticker", object{"id": "80", "mime_type": "image/webp", "animated": true}, nil,
			conversation.Message{Attachments: []conversation.Attachment{{MediaID: "80", MIME: "image/webp", Animated: true}}}, false,
		},
		"place": {
			"location", object{"latitude": 60.17, "longitude": 24.94, "name": "Station", "address": "1 Sample Street"}, nil,
			conversation.Message{
				Text:     "Station\n1 Sample Street",
				Location: &conversation.Location{Latitude: 60.17, Longitude: 24.94, Name: "Station", Address: "1 Sample Street"},
			}, false,
		},
		"address card": {
			"contacts", []any{object{
				"name": object{"formatted_name": "Lee Sample"}, "phones": []any{object{"phone": "+1 312 555 0111"}, object{"wa_id": "13125550112"}},
				"emails": []any{object{"email": "lee@example.com"}},
			}}, nil,
			conversation.Message{Contacts: []conversation.Contact{{
				Name: "Lee Sample", Phones: []string{"+1 312 555 0111", "13125550112"}, Emails: []string{"lee@example.com"}, WAIDs: []string{"13125550112"},
			}}}, false,
		},
		"order": {
			"order", object{"catalog_id": "5", "text": "as soon as possible", "product_items": []any{
				object{"product_retailer_id": "chain-9", "quantity": 2, "item_price": 12.5, "currency": "EUR"},
			}}, nil,
			conversation.Message{Text: "as soon as possible", Order: &conversation.Order{Catalog: "5", Items: []conversation.OrderItem{
				{Product: "chain-9", Quantity: "2", Price: "12.5", Currency: "EUR"},
			}}}, false,
		},
		"tap on a button of a template": {
			"button", object{"text": "Tell me", "payload": "tell"}, nil, conversation.Message{Text: "Tell me", Choice: "tell"}, false,
		},
		"tap on a quick reply": {
			"interactive", object{"type": "button_reply", "button_reply": object{"id": "y", "title": "Yes"}}, nil,
			conversation.Message{Text: "Yes", Choice: "y"}, false,
		},
		"choice out of a list": {
			"interactive", object{"type": "list_reply", "list_reply": object{"id": "m", "title": "Monday", "description": "before noon"}}, nil,
			conversation.Message{Text: "Monday\nbefore noon", Choice: "m"}, false,
		},
		"filled-in form": {
			"interactive", object{"type": "nfm_reply", "nfm_reply": object{"name": "flow", "body": "Sent", "response_json": `{"day":"Monday"}`}}, nil,
			conversation.Message{Text: "Sent\nday: Monday", Choice: `{"day":"Monday"}`}, false,
		},
		"permission to be called": {
			"interactive", object{"type": "call_permission_reply", "call_permission_reply": object{"response": "accept"}}, nil,
			conversation.Message{Text: "[May be called]", Choice: "accept"}, true,
		},
		"refusal to be called": {
			"interactive", object{"type": "call_permission_reply", "call_permission_reply": object{"response": "reject"}}, nil,
			conversation.Message{Text: "[May not be called]", Choice: "reject"}, true,
		},
		"way of payment": {
			"interactive", object{"type": "payment_method", "payment_method": object{"payment_method": "upi"}}, nil,
			conversation.Message{Text: "[Payment method chosen]"}, false,
		},
		"product": {
			"interactive", object{"type": "product", "product": object{"product_retailer_id": "chain-9"}}, nil,
			conversation.Message{Text: "[Product chosen]", Choice: "chain-9"}, false,
		},
		"opened chat": {"request_welcome", object{}, nil, conversation.Message{Text: "[Opened the chat]"}, false},
		"what WhatsApp does not pass on": {
			"unsupported", object{"type": "poll_creation"}, []any{"errors", []any{object{"code": 131051, "title": "Unsupported"}}},
			conversation.Message{Text: "[Sent something that WhatsApp does not pass on to businesses (poll creation)]"}, true,
		},
		"a kind of the future": {"hologram", object{"angle": 7}, nil, conversation.Message{Text: "[Sent something this version cannot show]"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
				l.Post(channeltest.Kim.Message(time.Now(), "wamid.1", tt.kind, tt.content, tt.extra...))
				l.Pass(5 * time.Second)
				tt.want.Kind = tt.kind
				messages := l.Messages(l.Conversation().ID)
				require.Len(t, messages, 1)
				require.Empty(t, cmp.Diff(tt.want, shown(messages[0]), cmpopts.EquateEmpty()))
				require.Len(t, l.Host.Received, 1, "the host gets it")
				require.NotEmpty(t, l.Conversation().Preview, "a list shows something")
				_, customer, err := l.Hub.Conversation(t.Context(), l.Conversation().ID)
				require.NoError(t, err)
				require.Equal(t, !tt.closed, customer.Window.OpenAt(time.Now()))
			})
		})
	}
}

func TestEveryKindOfAnswerIsShownToAgents(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content message.Content
		want    conversation.Message
	}{
		"text":     {&message.Text{Body: "hi"}, conversation.Message{Text: "hi"}},
		"picture":  {&message.Image{ID: "1", Caption: "c"}, conversation.Message{Text: "c", Attachments: []conversation.Attachment{{MediaID: "1"}}}},
		"film":     {&message.Video{ID: "1", Caption: "c"}, conversation.Message{Text: "c", Attachments: []conversation.Attachment{{MediaID: "1"}}}},
		"voice":    {&message.Audio{ID: "1", Voice: true}, conversation.Message{Attachments: []conversation.Attachment{{MediaID: "1", Voice: true}}}},
		"document": {&message.Document{ID: "1", Filename: "a.pdf"}, conversation.Message{Attachments: []conversation.Attachment{{MediaID: "1", Name: "a.pdf"}}}},
		"sticker":  {&message.Sticker{ID: "1"}, conversation.Message{Attachments: []conversation.Attachment{{MediaID: "1"}}}},
		"place": {
			&message.Location{Latitude: 1, Longitude: 2, Name: "n", Address: "a"},
			conversation.Message{Location: &conversation.Location{Latitude: 1, Longitude: 2, Name: "n", Address: "a"}},
		},
		"address card": {
			&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "Lee", First: "Lee"}}}},
			conversation.Message{Contacts: []conversation.Contact{{Name: "Lee"}}},
		},
		"buttons": {
			&message.Buttons{Body: "b", Buttons: []message.Button{{ID: "y", Title: "Yes"}, {ID: "n", Title: "No"}}},
			conversation.Message{Text: "b", Options: []string{"Yes", "No"}},
		},
		"list": {
			&message.List{Body: "b", Button: "Days", Sections: []message.Section{{Rows: []message.Row{{ID: "m", Title: "Monday"}}}}},
			conversation.Message{Text: "b", Options: []string{"Monday"}},
		},
		"link": {
			&message.CTAURL{Body: "b", Label: "Look", URL: "https://example.com"}, conversation.Message{Text: "b", Options: []string{"Look"}},
		},
		"form":            {&message.Flow{Body: "b", Label: "Fill in", FlowID: "1"}, conversation.Message{Text: "b", Options: []string{"Fill in"}}},
		"call permission": {&message.CallPermission{Body: "May we call?"}, conversation.Message{Text: "May we call?"}},
		"contact request": {&message.ContactRequest{Body: "Your number?"}, conversation.Message{Text: "Your number?"}},
		"catalog":         {&message.Catalog{Body: "All we have"}, conversation.Message{Text: "All we have"}},
		"products": {
			&message.ProductList{Header: "h", Body: "Some", CatalogID: "5", Sections: []message.ProductSection{{Title: "t", RetailerIDs: []string{"chain-9"}}}},
			conversation.Message{Text: "Some", Options: []string{"chain-9"}},
		},
		"one product":               {&message.Product{Body: "This one?", CatalogID: "5", RetailerID: "chain-9"}, conversation.Message{Text: "This one?", Options: []string{"chain-9"}}},
		"one product without words": {&message.Product{CatalogID: "5", RetailerID: "chain-9"}, conversation.Message{Text: "[Product]", Options: []string{"chain-9"}}},
		"product carousel": {
			&message.ProductCarousel{Body: "Which chain?", CatalogID: "5", RetailerIDs: []string{"chain-9", "chain-10"}},
			conversation.Message{Text: "Which chain?", Options: []string{"chain-9", "chain-10"}},
		},
		"carousel with links": {
			&message.Carousel{Body: "Our bicycles", Cards: []message.Card{
				{Image: &message.Image{Link: "https://example.com/1.jpg"}, Body: "Red", Label: "See red", URL: "https://example.com/red"},
				{Image: &message.Image{Link: "https://example.com/2.jpg"}, Label: "See blue", URL: "https://example.com/blue"},
			}},
			conversation.Message{Text: "Our bicycles\nRed", Options: []string{"See red", "See blue"}},
		},
		"carousel with replies": {
			&message.Carousel{Body: "Our bicycles", Cards: []message.Card{
				{Image: &message.Image{Link: "https://example.com/1.jpg"}, Body: "Red", Replies: []message.Button{{ID: "r", Title: "Take red"}}},
				{Video: &message.Video{Link: "https://example.com/2.mp4"}, Body: "Blue", Replies: []message.Button{{ID: "b", Title: "Take blue"}}},
			}},
			conversation.Message{Text: "Our bicycles\nRed\nBlue", Options: []string{"Take red", "Take blue"}},
		},
		"address request": {&message.AddressRequest{Body: "Where to?"}, conversation.Message{Text: "Where to?"}},
		"call button":     {&message.VoiceCall{Body: "Call us", Label: "Call"}, conversation.Message{Text: "Call us", Options: []string{"Call"}}},
		"address card with a number": {
			&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "Lee", First: "Lee"}, Phones: []message.ContactPhone{{Phone: "+1 312 555 0111"}}}}},
			conversation.Message{Contacts: []conversation.Contact{{Name: "Lee", Phones: []string{"+1 312 555 0111"}}}},
		},
		"order": {
			&message.OrderDetails{
				Body: "Your order", ReferenceID: "r1", Goods: message.DigitalGoods, Currency: "BRL", Total: 1250,
				Order:    &message.Order{Items: []message.OrderItem{{RetailerID: "4111111111111111", Name: "Cake", Quantity: 1, Price: 1250}}, Subtotal: 1250},
				Payments: []message.Payment{{Boleto: "4111111111111111"}, {Pix: &message.Pix{Code: "4111111111111111", Merchant: "Shop", Key: "4111111111111111", KeyType: "EVP"}}},
			},
			conversation.Message{Text: "Your order", Options: []string{"Cake"}},
		},
		"state of an order": {
			&message.OrderStatus{Body: "On its way", ReferenceID: "r1", State: message.OrderShipped, Description: "By mail"},
			conversation.Message{Text: "On its way\nBy mail"},
		},
		"request for place": {&message.LocationRequest{Body: "where?"}, conversation.Message{Text: "where?"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
				l.Say(channeltest.Kim, "wamid.1", "hello")
				m, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: l.Conversation().ID, Content: tt.content})
				require.NoError(t, err)
				tt.want.Kind = string(tt.content.Kind())
				require.Empty(t, cmp.Diff(tt.want, shown(m), cmpopts.EquateEmpty()))
				l.Pass(5 * time.Second)
				require.Len(t, l.Line.Sent, 1)
				require.Empty(t, cmp.Diff(tt.content, l.Line.Sent[0].Content, cmpopts.EquateEmpty()), "the outbox keeps all of it")
				l.Pass(30 * time.Hour)
				_, err = l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: l.Conversation().ID, Content: tt.content})
				require.ErrorIs(t, err, window.ErrClosed)
			})
		})
	}
}

// A card number in what people read of an order is masked; codes that banks read are left as
// they are, for one with a masked digit pays nobody.
func TestCardNumbersInOrdersAreMaskedWhereAPersonReadsThem(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{Config: channeltest.SlowPolls}, func(t *testing.T, l *lab) {
		const card = "4111 1111 1111 1111"
		l.Say(channeltest.Kim, "wamid.1", "hello")
		_, err := l.Hub.Reply(t.Context(), alice, channel.Reply{Conversation: l.Conversation().ID, Content: &message.OrderDetails{
			Body: "Card " + card, ReferenceID: "r1", Goods: message.DigitalGoods, Currency: "BRL", Total: 1250,
			Order: &message.Order{
				Items: []message.OrderItem{{RetailerID: "a", Name: card, Quantity: 1, Price: 1250}}, Subtotal: 1250,
				Expires: time.Unix(4111111111, 0).UTC(), ExpiresText: card,
			},
			Payments: []message.Payment{{Boleto: card}},
		}})
		require.NoError(t, err)
		l.Pass(5 * time.Second)
		require.Len(t, l.Line.Sent, 1)
		sent, ok := l.Line.Sent[0].Content.(*message.OrderDetails)
		require.True(t, ok)
		for _, text := range []string{sent.Body, sent.Order.Items[0].Name, sent.Order.ExpiresText} {
			require.NotContains(t, text, "1111 1111")
			require.NotEmpty(t, text)
		}
		require.Equal(t, card, sent.Payments[0].Boleto)
		require.Equal(t, int64(4111111111), sent.Order.Expires.Unix())
	})
}

// Everything that Meta's documentation shows goes through the hub: what can be understood
// is applied, what cannot is kept, and nothing harms its neighbours.
func TestEveryWebhookOfMetasDocumentationIsTakenIn(t *testing.T) {
	t.Parallel()
	experiment(t, channeltest.LabOptions{}, func(t *testing.T, l *lab) {
		numbers := map[string]bool{channeltest.LabNumber: true}
		for _, f := range fixtures.All() {
			if err := l.Accept(f.Body); err != nil {
				require.False(t, json.Valid(f.Body), f.Name)
			}
			for _, part := range strings.Split(string(f.Body), `"phone_number_id"`)[1:] {
				if id := strings.Trim(strings.SplitN(part, `"`, 3)[1], `"`); !numbers[id] {
					numbers[id] = true
				}
			}
		}
		n := 0
		for id := range numbers {
			if n++; id != channeltest.LabNumber && id != "" {
				require.NoError(t, l.Hub.AddChannel(t.Context(), channel.Channel{Settings: settings.Settings{
					ID: fmt.Sprint("n", n), Name: fmt.Sprint("Number ", n), Number: id,
				}}))
			}
		}
		l.Say(channeltest.Kim, "wamid.after", "still working?")
		l.Pass(10 * time.Minute)
		require.Contains(t, l.Host.Texts(), "still working?")
		require.NotContains(t, l.Logs.String(), "panic")
		for _, dead := range l.Letters("in") {
			require.Contains(t, dead.Reason, "unknown ", "only what this version does not know is put aside")
		}
		require.Empty(t, l.Letters("host"))
		require.Empty(t, l.Letters("media"))
		health := l.health()
		for _, q := range health.Work {
			require.Zero(t, q.Due, q.Queue)
		}
	})
}
