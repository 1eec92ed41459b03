package cloudapitest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/window"
)

// A host's test of what happens around the end of the customer service window: one
// customer writes at 23:59 of it, another does not, and the agent answers both at
// 24:01. It runs in microseconds.
func Example() {
	start := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	sim, _ := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(start)})
	app, account := sim.AddApp(cloudapitest.AppConfig{}), sim.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{})
	dana, sam := sim.AddUser(cloudapitest.UserConfig{Name: "Dana"}), sim.AddUser(cloudapitest.UserConfig{Name: "Sam"})
	client, _ := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: sim.Client()})

	dana.Text(number, "My parcel is late.")
	sam.Text(number, "Mine too.")
	sim.Advance(23*time.Hour + 59*time.Minute)
	dana.Text(number, "Still nothing!")
	sim.Advance(2 * time.Minute)

	for _, customer := range []*cloudapitest.User{dana, sam} {
		_, err := client.Number(number.ID).Send(context.Background(), message.Outbound{
			To: message.Recipient{Phone: customer.Phone()}, Content: &message.Text{Body: "It is on its way."},
		})
		fmt.Println(customer.Name(), "refused:", errors.Is(err, window.ErrClosed))
	}
	sim.Settle()
	fmt.Println("Dana sees", len(dana.Sees(number)), "messages, Sam", len(sam.Sees(number)))
	fmt.Println("rules broken:", sim.Audit()[0].Rule)
	// Output:
	// Dana refused: false
	// Sam refused: true
	// Dana sees 3 messages, Sam 1
	// rules broken: free-form-outside-window
}

// Webhooks reach an http.Handler, signed as Meta signs them. A storm of duplicates
// and losses is one call, and the same for a given seed.
func ExampleWorld_SetFaults() {
	sim, _ := cloudapitest.New(cloudapitest.Config{Seed: 7, Now: cloudapitest.Frozen(time.Unix(1_800_000_000, 0))})
	app, account := sim.AddApp(cloudapitest.AppConfig{VerifyToken: "hello"}), sim.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{})
	posts := 0
	receiver := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet && r.URL.Query().Get("hub.verify_token") == "hello" {
			_, _ = w.Write([]byte(r.URL.Query().Get("hub.challenge")))
			return
		}
		posts++
	})
	if err := sim.Subscribe(app, account, receiver); err != nil {
		fmt.Println(err)
	}
	sim.SetFaults(cloudapitest.Faults{Duplicate: 0.5, Lose: 0.2})
	customer := sim.AddUser(cloudapitest.UserConfig{})
	for range 100 {
		customer.Text(number, "hello")
		sim.Advance(time.Second)
	}
	sim.Advance(time.Hour)
	fmt.Println("more POSTs than messages:", posts > 100)
	// Output:
	// more POSTs than messages: true
}

// An interceptor scripts a single fault: here an answer that is lost although the
// message was accepted.
func ExampleWorld_Intercept() {
	sim, _ := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(time.Unix(1_800_000_000, 0))})
	app, account := sim.AddApp(cloudapitest.AppConfig{}), sim.AddAccount(cloudapitest.AccountConfig{})
	number, customer := account.AddNumber(cloudapitest.NumberConfig{}), sim.AddUser(cloudapitest.UserConfig{})
	client, _ := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: sim.Client()})
	customer.Text(number, "hello")

	sim.Intercept(func(r *cloudapitest.Request) cloudapitest.Verdict {
		if r.Operation != "POST messages" {
			return cloudapitest.Pass()
		}
		return cloudapitest.Lose()
	})
	_, err := client.Number(number.ID).Send(context.Background(), message.Outbound{
		To: message.Recipient{Phone: customer.Phone()}, Content: &message.Text{Body: "hi"}, OpaqueID: "m1",
	})
	sim.Settle()
	fmt.Println("outcome unknown:", errors.Is(err, message.ErrOutcomeUnknown))
	fmt.Println("the phone shows", len(customer.Sees(number)), "messages")
	// Output:
	// outcome unknown: true
	// the phone shows 2 messages
}
