package hooks_test

import (
	"context"
	"fmt"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// tickets is a ticket system that files nothing.
type tickets struct{}

func (tickets) Receive(context.Context, *conversation.Received) (string, error) { return "T-1", nil }
func (tickets) Changed(context.Context, *conversation.Change) error             { return nil }

// Counters of a monitoring system hang on the hooks: how much comes in, what the ticket system does with it.
func ExampleHooks() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	observed := hooks.Hooks{
		AcceptDone: func(_ context.Context, i hooks.AcceptInfo, err error) {
			fmt.Println("accepted:", i.Fresh, "of them masked:", i.Redacted, err)
		},
		HostDone: func(_ context.Context, i hooks.HostInfo, err error) {
			fmt.Println("told the ticket system, try", i.Try, err)
			stop()
		},
	}
	// A number and a customer of the simulator.
	world, err := cloudapitest.New(cloudapitest.Config{})
	check(err)
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	check(err)
	hub, err := channel.New(channel.Config{
		Store: memstore.New(), Ticketing: tickets{}, Hooks: observed,
		Channels: []channel.Channel{{
			Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true}, Sender: client.Number(number.ID),
		}},
	})
	check(err)
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
	check(err)
	check(world.Subscribe(app, account, handler))

	robin.Text(number, "My card is 4111 1111 1111 1111")
	world.Settle()
	check(hub.Run(ctx))
	// Output:
	// accepted: 1 of them masked: 1 <nil>
	// told the ticket system, try 1 <nil>
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
