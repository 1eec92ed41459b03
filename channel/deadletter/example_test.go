package deadletter_test

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/deadletter"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/memstore"
	"github.com/kanava-go/kanava/webhook"
)

// tickets is a ticket system that lacks a field until somebody adds it.
type tickets struct{ mended atomic.Bool }

func (t *tickets) Receive(_ context.Context, in *conversation.Received) (string, error) {
	if !t.mended.Load() {
		return "", fmt.Errorf("tickets: no such field: %w", channel.ErrPermanent)
	}
	fmt.Println("filed:", in.Message.Text)
	return "T-1", nil
}

func (*tickets) Changed(context.Context, *conversation.Change) error { return nil }

// An operator looks at what was given up, mends the reason, and has all of it tried again.
func ExampleReplay() {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	// A number and a customer of the simulator.
	world, err := cloudapitest.New(cloudapitest.Config{})
	check(err)
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{Name: "Robin Sample"})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	check(err)
	host := &tickets{}
	hub, err := channel.New(channel.Config{Store: memstore.New(), Ticketing: host, Channels: []channel.Channel{{
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
	letters, err := hub.DeadLetters(ctx, deadletter.Query{Work: "host"})
	check(err)
	for _, l := range letters {
		fmt.Println("given up:", l.Channel, l.Reason)
	}
	host.mended.Store(true)
	n, err := hub.ReplayAllDeadLetters(ctx, deadletter.Replay{Work: "host", Channel: "support"})
	check(err)
	check(hub.Idle(ctx))
	fmt.Println("tried again:", n)
	stop()
	check(<-ended)
	// Output:
	// given up: support host: permanent failure
	// filed: Is my bike ready?
	// tried again: 1
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
