package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kanava-go/kanava/internal/fixtures"
	"github.com/kanava-go/kanava/webhook"
)

// The whole of a program that listens: answer Meta's handshake, check signatures,
// look at what came.
func Example() {
	h, err := webhook.NewHandler(webhook.Config{
		AppSecrets:  []string{"app-secret"},
		VerifyToken: "verify-token",
		Sink: webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
			for e := range d.Events() {
				switch p := e.Payload.(type) {
				case *webhook.Message:
					if t, ok := p.Content.(*webhook.Text); ok {
						fmt.Println("a text of", len(t.Body), "bytes for number", e.Number.ID)
					}
				case *webhook.Status:
					fmt.Println("our message is", p.Status)
				default:
					fmt.Println("something else in field", e.Field)
				}
			}
			return nil // recorded: Meta may forget it
		}),
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	// What Meta would send.
	body := fixtures.Get("envelope_batch_mixed")
	r := httptest.NewRequest(http.MethodPost, "/whatsapp", strings.NewReader(string(body)))
	r.Header.Set(webhook.SignatureHeader, webhook.Sign("app-secret", body))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	fmt.Println("answered", w.Code)
	// Output:
	// a text of 3 bytes for number 355501440000091
	// a text of 3 bytes for number 355501440000091
	// our message is sent
	// our message is delivered
	// something else in field message_template_status_update
	// something else in field a_future_field
	// answered 200
}

// Without a Handler: a framework has read the body, Parse does the rest.
func ExampleParse() {
	d, err := webhook.Parse(fixtures.Get("messages_text_username_no_phone"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range d.Events() {
		m := e.Payload.(*webhook.Message)
		fmt.Println(m.From.Name, m.From.BSUID, m.From.Phone == "")
	}
	// Output: Dana Whitfield US.90210000000000000143 true
}

// Verify must see the body as it was read, not as it was decoded.
func ExampleVerify() {
	body := []byte(`{"object":"whatsapp_business_account","entry":[]}`)
	header := "sha256=dec6a680679a968e7e0319355b23599cbfc54502c0784668e9618baa0c633756"
	secret, err := webhook.Verify(body, header, "the-new-secret", "test_app_secret")
	fmt.Println(secret, err)
	// Output: 1 <nil>
}

// An event alone, in the form in which to store it.
func ExampleEvent_AppendBody() {
	d, err := webhook.Parse(fixtures.Get("envelope_batch_mixed"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range d.Events() {
		stored := e.AppendBody(nil)
		again, err := webhook.Parse(stored)
		if err != nil {
			fmt.Println(err)
			return
		}
		for e2 := range again.Events() {
			fmt.Println(e.Key() == e2.Key(), again.Len())
		}
		break
	}
	// Output: true 1
}

// Keep card numbers out of a log of bodies.
func ExampleRedactBody() {
	body := []byte(`{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[{"field":"messages","value":` +
		`{"messages":[{"id":"wamid.1","type":"text","text":{"body":"my card is 4111 1111 1111 1111"}}]}}]}]}`)
	clean, err := webhook.RedactBody(body, func(text string) string {
		return strings.ReplaceAll(text, "4111 1111 1111 1111", "●●●● 1111")
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(string(clean), `"body":"my card is ●●●● 1111"`))
	// Output: true
}

// Two systems live off one URL, and one of them sees statuses only.
func ExampleTee() {
	helpdesk := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		fmt.Println("helpdesk gets", d.Len())
		return nil
	})
	analytics := webhook.SinkFunc(func(_ context.Context, d *webhook.Delivery) error {
		fmt.Println("analytics gets", d.Len())
		return nil
	})
	sink := webhook.Tee(helpdesk, webhook.Filter(func(e *webhook.Event) bool {
		_, status := e.Payload.(*webhook.Status)
		return status
	}, analytics))

	d, err := webhook.Parse(fixtures.Get("envelope_batch_mixed"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sink.Accept(context.Background(), d))
	// Output:
	// helpdesk gets 6
	// analytics gets 2
	// <nil>
}
