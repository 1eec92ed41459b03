package cloudapi_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// offline stands for Meta in the examples, so that they run anywhere.
type offline struct{}

func (offline) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"success":true}`
	switch {
	case strings.HasSuffix(r.URL.Path, "/106540352242922"):
		body = `{"status":"CONNECTED","quality_rating":"GREEN","name_status":"APPROVED","id":"106540352242922"}`
	case strings.HasSuffix(r.URL.Path, "/debug_token"):
		body = `{"data":{"is_valid":true,"expires_at":1793491200}}`
	case strings.HasSuffix(r.URL.Path, "/messages"):
		body = acceptedJSON
	case strings.HasSuffix(r.URL.Path, "/media"):
		body = `{"id":"1013859600285441"}`
	case strings.HasSuffix(r.URL.Path, "/message_templates"):
		body = `{"data":[{"id":"1","name":"order_update","language":"en","status":"APPROVED","category":"UTILITY","components":[{"type":"BODY","text":"It is on its way."}]},
			{"id":"2","name":"survey","language":"en","status":"PAUSED","category":"MARKETING","components":[]}]}`
	}
	return (&script{t: noTest{}, answers: []answer{ok(body)}}).RoundTrip(r)
}

// A bot that answers: what a webhook receiver calls with each text.
func Example() {
	client, err := cloudapi.New(cloudapi.Config{
		Token:      "EAAexample",
		HTTPClient: &http.Client{Transport: offline{}}, // leave it out to reach WhatsApp
	})
	if err != nil {
		log.Fatal(err)
	}
	number := client.Number("106540352242922")

	answer := func(ctx context.Context, from, wamid, text string) error {
		if err := number.MarkRead(ctx, wamid, true); err != nil {
			return err
		}
		receipt, err := number.Send(ctx, message.Outbound{
			To:       message.Recipient{Phone: from},
			Content:  &message.Text{Body: "You said: " + text},
			ReplyTo:  wamid,
			OpaqueID: "answer-to-" + wamid[6:], // comes back with every status
		})
		switch {
		case errors.Is(err, message.ErrOutcomeUnknown):
			return nil // it may have been sent: wait for its status
		case errors.Is(err, window.ErrClosed):
			return nil // too late for free text: offer a template
		case err != nil:
			return err
		}
		fmt.Println("accepted as", receipt.ID)
		return nil
	}
	if err := answer(context.Background(), "16505550123", "wamid.HBgLIn", "hello"); err != nil {
		log.Fatal(err)
	}
	// Output: accepted as wamid.HBgL
}

// Send a file: upload it once, use its id as often as you like for 30 days.
func ExampleNumber_Upload() {
	client, err := cloudapi.New(cloudapi.Config{Token: "EAAexample", HTTPClient: &http.Client{Transport: offline{}}})
	if err != nil {
		log.Fatal(err)
	}
	ctx, number := context.Background(), client.Number("106540352242922")

	file := strings.NewReader("%PDF-1.7 …") // an *os.File in real life
	id, err := number.Upload(ctx, message.Upload{
		Name: "invoice.pdf", MIME: "application/pdf", Size: file.Size(), Body: file,
		Progress: func(sent int64) { fmt.Println(sent, "bytes") },
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = number.Send(ctx, message.Outbound{
		To:      message.Recipient{Phone: "+16505550123"},
		Content: &message.Document{ID: id, Filename: "invoice.pdf", Caption: "Your invoice"},
	})
	fmt.Println(id, err)
	// Output:
	// 12 bytes
	// 1013859600285441 <nil>
}

// What a monitor asks about a number now and then.
func ExampleNumber_Info() {
	client, err := cloudapi.New(cloudapi.Config{Token: "EAAexample", HTTPClient: &http.Client{Transport: offline{}}})
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	number, err := client.Number("106540352242922").Info(ctx, "status", "quality_rating", "name_status")
	if err != nil {
		log.Fatal(err)
	}
	token, err := client.App("634974688087057").DebugToken(ctx, "") // the client's own
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(number.Status, number.Quality, number.NameStatus)
	fmt.Println("token valid:", token.Valid, "until", token.Expires.Format(time.DateOnly))
	// Output:
	// CONNECTED GREEN APPROVED
	// token valid: true until 2026-11-01
}

// Walk through the templates of an account: pages are fetched as the loop goes.
func ExampleAccount_Templates() {
	client, err := cloudapi.New(cloudapi.Config{Token: "EAAexample", HTTPClient: &http.Client{Transport: offline{}}})
	if err != nil {
		log.Fatal(err)
	}
	for d, err := range client.Account("102290129340398").Templates(context.Background(), cloudapi.TemplateQuery{}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(d.Name, d.Language, d.Sendable(time.Now()).Err() == nil)
		if d.Category == template.Marketing {
			break // stops fetching
		}
	}
	// Output:
	// order_update en true
	// survey en false
}
