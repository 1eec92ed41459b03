package message_test

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/message"
)

func ExampleOutbound_Validate() {
	out := message.Outbound{
		To: message.Recipient{Phone: "+16505550123"},
		Content: &message.Buttons{
			Body:    "Shall we send it again?",
			Buttons: []message.Button{{ID: "yes", Title: "Yes, please send it again"}, {Title: "No"}},
		},
	}
	var invalid *message.InvalidError
	if errors.As(out.Validate(), &invalid) {
		for _, p := range invalid.Problems {
			fmt.Println(p)
		}
	}
	// Output:
	// interactive.action.buttons[0].reply.title: too-long (limit 20, actual 25)
	// interactive.action.buttons[1].reply.id: required
}

func ExampleOutbound_MarshalJSON() {
	out := message.Outbound{
		To:       message.Recipient{Phone: "16505550123"},
		Content:  &message.Text{Body: "Hello"},
		OpaqueID: "msg-1",
	}
	stored, _ := json.Marshal(out)
	fmt.Println(string(stored))
	// Output:
	// {"messaging_product":"whatsapp","recipient_type":"individual","to":"+16505550123","type":"text","text":{"body":"Hello"},"biz_opaque_callback_data":"msg-1"}
}

// A status webhook says that a message failed with code 131047.
func ExampleClassify() {
	f := message.Classify(131047, 0, 0, false)
	fmt.Println(f.Class)
	fmt.Println(f.Hint)
	// Output:
	// window_closed
	// More than 24 hours have passed since the customer last wrote. Send an approved template instead.
}

// An order to pay, and later the word that it is paid. Amounts are in hundredths.
func ExampleOrderDetails() {
	order := &message.OrderDetails{
		Body: "Here is your order.", ReferenceID: "A-17", Goods: message.PhysicalGoods, Currency: "BRL", Total: 5400,
		Order: &message.Order{
			Items:    []message.OrderItem{{RetailerID: "pot-3", Name: "Flower pot", Quantity: 2, Price: 2500}},
			Subtotal: 5000, Shipping: 400,
		},
		Payments: []message.Payment{{Link: "https://pay.example.org/a-17"}},
	}
	out := message.Outbound{To: message.Recipient{Phone: "5511999990100"}, Content: order}
	fmt.Println(out.Validate())
	order.Total = 5000
	fmt.Println(out.Validate())
	out.Content = &message.OrderStatus{
		Body: "Thank you! It leaves our house today.", ReferenceID: "A-17", State: message.OrderProcessing,
	}
	fmt.Println(out.Validate())
	// Output:
	// <nil>
	// message: outbound is not valid: interactive.action.parameters.total_amount: sum
	// <nil>
}

// What an editor of rich text gives, as WhatsApp shows it.
func ExampleFromHTML() {
	texts := message.FromHTML(`<p>Hello <b>Ann</b>,</p><ul><li>the parcel is <i>here</i></li></ul>
		<p>See <a href="https://example.org/track">where it was</a>.</p>`)
	for _, text := range texts { // more than one if it is longer than a message may be
		fmt.Println(text)
	}
	// Output:
	// Hello *Ann*,
	//
	// - the parcel is _here_
	//
	// See where it was (https://example.org/track).
}

func ExampleSplit() {
	for _, piece := range message.Split("Your parcel is here. Come and get it before six.", 30) {
		fmt.Println(piece)
	}
	// Output:
	// Your parcel is here.
	// Come and get it before six.
}
