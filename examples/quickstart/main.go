// Command quickstart is the smallest support channel: it takes a customer's message,
// opens a ticket in memory, and answers it. WhatsApp is simulated in the same process;
// the comments say what changes for a real number.
//
//	go run ./examples/quickstart
package main

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// tickets is the host's ticket system.
type tickets struct{ received chan *conversation.Received }

func (t tickets) Receive(_ context.Context, in *conversation.Received) (string, error) {
	fmt.Printf("ticket 1: %s wrote: %s\n", in.Customer.Name, in.Message.Text)
	t.received <- in
	return "1", nil
}

func (t tickets) Changed(_ context.Context, c *conversation.Change) error {
	if c.Kind == conversation.DeliveryChanged {
		fmt.Printf("ticket 1: the answer is %s\n", c.Delivery)
	}
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context) error {
	// A business number and a customer. With a real number this part goes away.
	world, err := cloudapitest.New(cloudapitest.Config{})
	if err != nil {
		return err
	}
	app := world.AddApp(cloudapitest.AppConfig{})
	account := world.AddAccount(cloudapitest.AccountConfig{})
	number := account.AddNumber(cloudapitest.NumberConfig{})
	customer := world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})

	// The client. A real one needs the Token only.
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	if err != nil {
		return err
	}
	// The hub: a store, a ticket system, and a channel. A real one uses sqlstore.
	own := tickets{make(chan *conversation.Received, 1)}
	hub, err := channel.New(channel.Config{
		Store: memstore.New(), Ticketing: own,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: number.ID, Enabled: true,
			},
			Sender: client.Number(number.ID),
		}},
	})
	if err != nil {
		return err
	}
	// The webhook. A real one is served at a public address: http.Handle("/webhook", handler).
	handler, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub,
	})
	if err != nil {
		return err
	}
	if err := world.Subscribe(app, account, handler); err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, 20*time.Second)
	defer stop()
	done := make(chan error, 1)
	go func() { done <- hub.Run(ctx) }()
	go func() { _ = world.Run(ctx) }() // it returns nil once ctx is done

	customer.Text(number, "Hello! Is my bike ready?")
	in := <-own.received
	_, err = hub.Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "you"}, channel.Reply{
		Conversation: in.Conversation.ID,
		Content:      &message.Text{Body: "It is. Come by any time!"},
	})
	if err != nil {
		return err
	}
	for len(customer.Sees(number)) < 2 { // until the phone shows the answer
		if ctx.Err() != nil {
			return ctx.Err()
		}
		time.Sleep(10 * time.Millisecond)
	}
	fmt.Println("the phone shows:", customer.Sees(number)[1].Text)
	stop()
	return <-done
}
