package conversation_test

import (
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/conversation"
)

// News about a message come in any order, and more than once: the facts are merged.
func ExampleDelivery_Merge() {
	at := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	news := []conversation.Delivery{
		{ReadAt: at.Add(3 * time.Second)}, // comes before "sent"
		{SentAt: at.Add(time.Second)},
		{DeliveredAt: at.Add(2 * time.Second)},
		{SentAt: at.Add(time.Second)}, // once more
	}
	var d conversation.Delivery
	for _, n := range news {
		d = d.Merge(n)
		fmt.Println(d.State())
	}
	fmt.Println(d.ReadAt.Sub(d.SentAt), "from sent to read")
	// Output:
	// read
	// read
	// read
	// read
	// 2s from sent to read
}

// An answer of several messages stands where the least of them stands.
func ExampleLeastState() {
	at := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	text := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at, AcceptedAt: at, ReadAt: at.Add(time.Minute)}}
	photo := &conversation.Message{Delivery: conversation.Delivery{QueuedAt: at, AcceptedAt: at}}
	fmt.Println(conversation.LeastState(text, photo))
	photo.Delivery.FailedAt = at.Add(time.Minute)
	fmt.Println(conversation.LeastState(text, photo))
	// Output:
	// accepted
	// failed
}

// Printed, a message shows nothing of what was said; as JSON it shows everything.
func ExampleMessage() {
	m := conversation.Message{ID: "m_1", Channel: "support", Direction: conversation.Inbound, Text: "My PIN is 4711"}
	fmt.Printf("%+v\n", m)
	// Output: [id=m_1 conversation= direction=in kind= text_bytes=14 attachments=0]
}
