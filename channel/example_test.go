package channel_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// helpdesk is your ticket system.
type helpdesk struct {
	hub  func() *channel.Hub
	done chan bool
}

// Receive files what a customer wrote. This one answers at once.
func (h helpdesk) Receive(ctx context.Context, in *conversation.Received) (ticket string, err error) {
	fmt.Println("customer:", in.Message.Text)
	_, err = h.hub().Reply(ctx, conversation.Author{Kind: conversation.Agent, ID: "you"}, channel.Reply{
		Conversation: in.Conversation.ID,
		Content:      &message.Text{Body: "It is. Come by any time!"}, Key: in.ID,
	})
	return "ticket 1", err
}

// Changed tells what became of an answer.
func (h helpdesk) Changed(_ context.Context, c *conversation.Change) error {
	if c.Kind == conversation.DeliveryChanged {
		fmt.Println("answer:", c.Delivery)
		h.done <- true
	}
	return nil
}

func Example() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()

	// The Cloud API client. Here it talks to a server that accepts everything.
	server := httptest.NewServer(http.HandlerFunc(acceptAll))
	defer server.Close()
	client, err := cloudapi.New(cloudapi.Config{Token: "EAA...", BaseURL: server.URL, InsecureHTTP: true})
	check(err)

	// The hub, with one number.
	var hub *channel.Hub
	tickets := helpdesk{func() *channel.Hub { return hub }, make(chan bool, 9)}
	hub, err = channel.New(channel.Config{
		Store: memstore.New(), Ticketing: tickets,
		Channels: []channel.Channel{{
			Settings: settings.Settings{
				ID: "support", Name: "Support", Number: "106540352242922", Enabled: true,
			},
			Sender: client.Number("106540352242922"),
		}},
	})
	check(err)

	// The webhook. Forged and unsigned requests are refused.
	handler, err := webhook.NewHandler(webhook.Config{
		AppSecrets: []string{"the app secret"}, VerifyToken: "a word of your own", Sink: hub,
	})
	check(err)
	mux := http.NewServeMux()
	mux.Handle("/webhook", handler)
	go hub.Run(ctx) // does the work until ctx is done

	customerWrites(mux, "Hello! Is my bike ready?")
	<-tickets.done
	// Output:
	// customer: Hello! Is my bike ready?
	// answer: accepted
}
