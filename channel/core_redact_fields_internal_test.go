package channel

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/message"
)

func buttons(titles ...string) (all []message.Button) {
	for i, title := range titles {
		all = append(all, message.Button{ID: string(rune('a' + i)), Title: title})
	}
	return all
}

func rows(titles ...string) (all []message.Row) {
	for i, title := range titles {
		all = append(all, message.Row{ID: string(rune('a' + i)), Title: title})
	}
	return all
}

func TestACardNumberOverTheFieldsOfOneMessageIsMasked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		content message.Content
		want    []string
	}{
		"header and body": {
			&message.Buttons{Header: message.Header{Text: "4539 1488"}, Body: "0343 6467", Buttons: buttons("Yes")},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"body and footer": {
			&message.Buttons{Body: "Your card is 4539 1488 0343", Footer: "6467, is it?", Buttons: buttons("Yes")},
			[]string{"Your card is XXXX XXXX XXXX", "6467, is it?"},
		},
		"header, body, footer and a button": {
			&message.CTAURL{Header: message.Header{Text: "4539"}, Body: "1488", Footer: "0343", Label: "6467", URL: "https://example.com/4539"},
			[]string{`"text":"XXXX"`, `"body":{"text":"XXXX"}`, `"footer":{"text":"XXXX"}`, `"display_text":"6467"`, "https://example.com/4539"},
		},
		"titles of buttons": {
			&message.Buttons{Body: "Which one?", Buttons: buttons("45391488", "03436467")},
			[]string{"XXXXXXXX", "XXXX6467"},
		},
		"rows and their descriptions": {
			&message.List{Body: "Which?", Button: "Cards", Sections: []message.Section{{Title: "4539", Rows: []message.Row{{ID: "1488", Title: "1488", Description: "0343 6467"}}}}},
			[]string{`"title":"XXXX"`, `{"id":"1488","title":"XXXX","description":"XXXX 6467"}`},
		},
		"cards of a carousel": {
			&message.Carousel{Body: "Look", Cards: []message.Card{
				{Body: "4539 1488", Replies: buttons("0343 6467")}, {Body: "of the same", Replies: buttons("No")},
			}},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"caption and name of a file": {
			&message.Document{ID: "7", Caption: "4539 1488", Filename: "0343_6467.pdf"},
			[]string{"XXXX XXXX", "XXXX_6467.pdf"},
		},
		"name and caption of a file": {
			&message.Document{ID: "7", Caption: "0343 6467", Filename: "4539_1488.pdf"},
			[]string{"XXXX_XXXX.pdf", "XXXX 6467"},
		},
		"name and address of a place": {
			&message.Location{Latitude: 60.1, Longitude: 24.9, Name: "4539 1488", Address: "0343 6467"},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"parts of a name": {
			&message.Contacts{Contacts: []message.Contact{{Name: message.ContactName{Formatted: "4539 1488 0343 6467", First: "4539 1488 0343", Last: "6467"}}}},
			[]string{`"formatted_name":"XXXX XXXX XXXX 6467"`, `"first_name":"XXXX XXXX XXXX"`, `"last_name":"6467"`},
		},
		"body and footer of an order": {
			&message.OrderDetails{Body: "4539 1488", Footer: "0343 6467", ReferenceID: "7", Order: &message.Order{Items: []message.OrderItem{{Name: "Shoes"}}}},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"state of an order": {
			&message.OrderStatus{Body: "4539 1488", Footer: "0343 6467", ReferenceID: "7"},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"data of a Flow": {
			&message.Flow{Body: "Fill in", FlowID: "7", Label: "Open", Screen: "A", Data: json.RawMessage(`{"part_1":"4539 1488","part_2":"0343 6467","code":"45391488"}`)},
			[]string{"XXXX XXXX", "XXXX 6467", `"45391488"`},
		},
		"data of a Flow under words that speak of a card": {
			&message.Flow{Body: "Fill in", FlowID: "7", Label: "Open", Screen: "A", Data: json.RawMessage(`{"cardBegin":"4539 1488","card_end":"0343 6467"}`)},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"body and label of a Flow": {
			&message.Flow{Footer: "4539 1488", FlowID: "7", Label: "0343 6467", Body: "Fill in"},
			[]string{"XXXX XXXX", "XXXX 6467"},
		},
		"the code of a card in another field": {
			&message.Buttons{Body: "Your card 4539 1488 0343 6467", Footer: "cvv 123", Buttons: buttons("PIN 4821")},
			[]string{"XXXX XXXX XXXX 6467", "cvv XXX", "PIN XXXX"},
		},
		"the code of a card in two fields": {
			&message.Buttons{Header: message.Header{Text: "4539 1488"}, Body: "0343 6467", Footer: "cvv 123", Buttons: buttons("Yes")},
			[]string{"XXXX XXXX", "XXXX 6467", "cvv XXX"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := message.Outbound{To: message.Recipient{Phone: "358401234567"}, Content: tt.content}
			masked, err := (&Channel{}).redactOutbound(&out)
			require.NoError(t, err)
			require.True(t, masked)
			raw, err := message.MarshalContent(out.Content)
			require.NoError(t, err)
			for _, want := range tt.want {
				require.Contains(t, string(raw), want)
			}
			again, err := (&Channel{}).redactOutbound(&out)
			require.NoError(t, err)
			require.False(t, again)
		})
	}
}

func TestNumbersOfNoCardBesideEachOtherStay(t *testing.T) {
	t.Parallel()
	card := message.Contact{
		Name:      message.ContactName{Formatted: "Kim 4539", First: "1488"},
		Phones:    []message.ContactPhone{{Phone: "45391488"}},
		Addresses: []message.ContactAddress{{Street: "4539 1488", Zip: "0343 6467", City: "45391488", State: "03436467"}},
	}
	for name, content := range map[string]message.Content{
		"numbers of no card":                  &message.Buttons{Body: "45391488", Footer: "03436468", Buttons: buttons("Yes")},
		"an order and a date":                 &message.List{Body: "Which?", Button: "Show", Sections: []message.Section{{Rows: []message.Row{{ID: "a", Title: "453914880343", Description: "6467-01-10"}}}}},
		"a price":                             &message.Buttons{Body: "4539 1488 0343", Footer: "6467.50 EUR", Buttons: buttons("Yes")},
		"a date before":                       &message.Buttons{Body: "30.11.4539", Footer: "1488 0343 6467", Buttons: buttons("Yes")},
		"what a label says to be none":        &message.Buttons{Header: message.Header{Text: "Order"}, Body: "45391488", Footer: "03436467", Buttons: buttons("Yes")},
		"orders that came one after another":  &message.List{Body: "Which?", Button: "Show", Sections: []message.Section{{Rows: rows("45000013", "45000017")}}},
		"the same with spaces":                &message.Buttons{Body: "Which?", Buttons: buttons("4500 0018", "4500 0020")},
		"many numbers of orders":              &message.List{Body: "Which?", Button: "Show", Sections: []message.Section{{Rows: rows("45391488", "03436467", "12345678")}}},
		"the ends of cards":                   &message.List{Body: "Which card?", Button: "Show", Sections: []message.Section{{Rows: rows("Visa 4539", "Visa 1488", "Visa 0343", "Visa 6467")}}},
		"the ends of cards with masks":        &message.List{Body: "Which card?", Button: "Show", Sections: []message.Section{{Rows: rows("**** 4539", "**** 1488", "**** 0343", "**** 6467")}}},
		"texts with words between them":       &message.Buttons{Body: "Row 45391488 or", Footer: "03436467", Buttons: buttons("Yes")},
		"fields of a Flow":                    &message.Flow{Body: "Fill in", FlowID: "7", Label: "Open", Screen: "A", Data: json.RawMessage(`{"customer":"45391488","ticket":"03436467"}`)},
		"an address card":                     &message.Contacts{Contacts: []message.Contact{card}},
		"a number with the code of a country": &message.Buttons{Body: "Call +45391488", Footer: "03436467", Buttons: buttons("Yes")},
		"a code without any card":             &message.Buttons{Body: "Your order 12345678", Footer: "PIN 4821", Buttons: buttons("12345678")},
		"file and caption":                    &message.Document{ID: "7", Caption: "Invoice 45391488", Filename: "IMG-20261130-WA0001.pdf"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out := message.Outbound{To: message.Recipient{Phone: "358401234567"}, Content: content}
			masked, err := (&Channel{}).redactOutbound(&out)
			require.NoError(t, err)
			require.False(t, masked)
			require.Same(t, content, out.Content)
		})
	}
}
