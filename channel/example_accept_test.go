package channel_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/webhook"
)

// receive takes a webhook that another server than net/http has read, and returns the status to answer
// with: 200 says that it is durable, and after anything else WhatsApp repeats it. With fasthttp:
//
//	func(c *fasthttp.RequestCtx) {
//		c.SetStatusCode(receive(hub, c.PostBody(), string(c.Request.Header.Peek(webhook.SignatureHeader))))
//	}
//
// The handshake, a GET, is answered with hub.challenge if hub.verify_token is yours.
func receive(hub *channel.Hub, body []byte, signature string) int {
	if _, err := webhook.Verify(body, signature, "the app secret"); err != nil {
		return http.StatusUnauthorized
	}
	d, err := webhook.Parse(bytes.Clone(body)) // fasthttp uses the buffer again
	if err != nil {
		return http.StatusBadRequest
	}
	// What this secret may speak for, whatever the body names.
	d.Scope = webhook.Scope{Accounts: []string{"102290129340398"}, Numbers: []string{"106540352242922"}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := hub.Accept(ctx, d); err != nil {
		return http.StatusServiceUnavailable
	}
	return http.StatusOK
}

// Webhooks that come by another way than a webhook.Handler: Verify, Parse, Accept.
func ExampleHub_Accept() {
	ctx := context.Background()
	hub, _, closeServer := exampleHub(oneTicket{})
	defer closeServer()
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"102290129340398","changes":[{"field":"messages","value":{
		"metadata":{"phone_number_id":"106540352242922"},"messages":[{"from":"13125550187","id":"wamid.in","timestamp":"1795950000","type":"text","text":{"body":"Hello!"}}]}}]}]}`)
	fmt.Println(receive(hub, body, "sha256=forged"))
	fmt.Println(receive(hub, body, webhook.Sign("the app secret", body)))

	running, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- hub.Run(running) }()
	check(hub.Idle(ctx))
	stop()
	check(<-ended)
	list, err := hub.Conversations(ctx, channel.ConversationQuery{Channel: "support"})
	check(err)
	fmt.Println(list[0].Preview)
	// Output:
	// 401
	// 200
	// Hello!
}
