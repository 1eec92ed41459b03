package hubtest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/cloudapi"
	"github.com/kanava-go/kanava/channel/cloudapi/cloudapitest"
	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/kanava-go/kanava/webhook"
)

// ticketing is a ticket system with one ticket.
type ticketing struct{}

func (ticketing) Receive(context.Context, *conversation.Received) (string, error) { return "T-1", nil }
func (ticketing) Changed(context.Context, *conversation.Change) error             { return nil }

// The body is shown in the documentation of pgtest.
func TestAHubOnPostgreSQL(t *testing.T) {
	db, err := pgtest.New(t).Open() // an empty schema, gone when the test ends
	require.NoError(t, err)
	defer db.Close()
	store, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
	require.NoError(t, err)
	world, err := cloudapitest.New(cloudapitest.Config{})
	require.NoError(t, err)
	app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
	number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{})
	client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
	require.NoError(t, err)
	hub, err := channel.New(channel.Config{
		Store: store, Ticketing: ticketing{}, Now: world.Now,
		Channels: []channel.Channel{{
			Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true},
			Sender:   client.Number(number.ID),
		}},
	})
	require.NoError(t, err)
	handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
	require.NoError(t, err)
	require.NoError(t, world.Subscribe(app, account, handler))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- hub.Run(ctx) }()

	robin.Text(number, "Is my bike ready?")
	world.Settle()                            // the webhook has arrived
	require.NoError(t, hub.Idle(t.Context())) // and is filed
	list, err := hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support"})
	require.NoError(t, err)
	require.Equal(t, "T-1", list[0].Ticket)
	_, err = hub.Reply(t.Context(), conversation.Author{Kind: conversation.Agent, ID: "you"}, channel.Reply{
		Conversation: list[0].ID, Content: &message.Text{Body: "It is!"},
	})
	require.NoError(t, err)
	require.NoError(t, hub.Idle(t.Context()))
	world.Settle()
	require.Equal(t, "It is!", robin.Sees(number)[1].Text)
	stop()
	require.NoError(t, <-ended)
}
