package deskapi_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deskapi"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// urgency is the smallest desk: it tags conversations in which somebody says that it is urgent.
type urgency struct{}

func (urgency) Received(s *deskapi.Scene, m *conversation.Message) error {
	if strings.Contains(strings.ToLower(m.Text), "urgent") {
		s.Conversation.Tags = []string{"urgent"}
	}
	return nil
}

func (urgency) Prepare(*settings.Settings, bool) (any, error)           { return nil, nil }
func (urgency) Placeholders(*conversation.Conversation) template.Lookup { return nil }
func (urgency) Contacted(*deskapi.Scene, string) error                  { return nil }
func (urgency) Answered(*deskapi.Scene, *deskapi.Sent) error            { return nil }
func (urgency) Failed(*deskapi.Scene, *deskapi.Sent) error              { return nil }
func (urgency) Held(*deskapi.Scene, conversation.Cause) error           { return nil }
func (urgency) Merged(*deskapi.Scene, *deskapi.Scene) error             { return nil }
func (urgency) Due(*deskapi.Scene) error                                { return nil }

// tickets prints what the hub hands to the ticket system.
type tickets struct{}

func (tickets) Receive(_ context.Context, in *conversation.Received) (string, error) {
	fmt.Println(in.Message.Text, in.Conversation.Tags)
	return "T-1", nil
}

func (tickets) Changed(context.Context, *conversation.Change) error { return nil }

// A desk of one's own takes part in the hub's steps: what it decides is committed with the message.
func ExampleDesk() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// A number and a customer of the simulator.
	world, err := cloudapitest.New(cloudapitest.Config{})
	check(err)
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	check(err)
	hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: tickets{}, Desk: urgency{}, Channels: []channel.Channel{{
		Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true}, Sender: client.Number(number.ID),
	}}})
	check(err)
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
	check(err)
	check(world.Subscribe(app, account, handler))
	ended := make(chan error)
	go func() { ended <- hub.Run(ctx) }()

	robin.Text(number, "Is my bike ready?")
	world.Settle()
	check(hub.Idle(ctx))
	robin.Text(number, "It is urgent")
	world.Settle()
	check(hub.Idle(ctx))
	stop()
	check(<-ended)
	// Output:
	// Is my bike ready? []
	// It is urgent [urgent]
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
