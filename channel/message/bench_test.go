package message_test

import (
	"encoding/json"
	"testing"

	"github.com/kanava-go/kanava/channel/message"
)

var text = message.Outbound{
	To: message.Recipient{Phone: "+16505550123"}, OpaqueID: "our-1",
	Content: &message.Text{Body: "Hello, your order 1234 left the depot this morning and arrives tomorrow."},
}

// BenchmarkEncode compares a text message with the way most clients build one.
func BenchmarkEncode(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		buf := make([]byte, 0, 512)
		for b.Loop() {
			if _, err := text.AppendJSON(buf); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("map baseline", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := json.Marshal(map[string]any{
				"messaging_product": "whatsapp", "recipient_type": "individual", "to": text.To.Phone, "type": "text",
				"text":                     map[string]any{"body": text.Content.(*message.Text).Body},
				"biz_opaque_callback_data": text.OpaqueID,
			})
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkValidate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := text.Validate(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		message.Classify(131047, 0, 400, false)
	}
}
