// Package pgtest gives tests a real PostgreSQL: the server named by the environment
// variable KANAVA_POSTGRES_DSN, or else one that it starts itself from the binaries of
// the machine, in a temporary folder, on a free port of the loopback interface.
//
// Without either the tests skip and say what is missing; under
// KANAVA_REQUIRE_SERVICES=1 they fail instead.
//
// # A hub in a test
//
// A package that uses pgtest has a TestMain, which stops the server:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
//
// A database has no place in the bubbles of testing/synctest. Hub.Idle and the simulated WhatsApp's
// Settle say when all is done:
//
//	func TestAHubOnPostgreSQL(t *testing.T) {
//		db, err := pgtest.New(t).Open() // an empty schema, gone when the test ends
//		require.NoError(t, err)
//		defer db.Close()
//		store, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL})
//		require.NoError(t, err)
//		world, err := cloudapitest.New(cloudapitest.Config{})
//		require.NoError(t, err)
//		app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
//		number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{})
//		client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
//		require.NoError(t, err)
//		hub, err := channel.New(channel.Config{
//			Store: store, Ticketing: ticketing{}, Now: world.Now,
//			Channels: []channel.Channel{{
//				Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true},
//				Sender:   client.Number(number.ID),
//			}},
//		})
//		require.NoError(t, err)
//		handler, err := webhook.NewHandler(webhook.Config{AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: hub})
//		require.NoError(t, err)
//		require.NoError(t, world.Subscribe(app, account, handler))
//		ctx, stop := context.WithCancel(t.Context())
//		ended := make(chan error, 1)
//		go func() { ended <- hub.Run(ctx) }()
//
//		robin.Text(number, "Is my bike ready?")
//		world.Settle()                            // the webhook has arrived
//		require.NoError(t, hub.Idle(t.Context())) // and is filed
//		list, err := hub.Conversations(t.Context(), channel.ConversationQuery{Channel: "support"})
//		require.NoError(t, err)
//		require.Equal(t, "T-1", list[0].Ticket)
//		_, err = hub.Reply(t.Context(), conversation.Author{Kind: conversation.Agent, ID: "you"}, channel.Reply{
//			Conversation: list[0].ID, Content: &message.Text{Body: "It is!"},
//		})
//		require.NoError(t, err)
//		require.NoError(t, hub.Idle(t.Context()))
//		world.Settle()
//		require.Equal(t, "It is!", robin.Sees(number)[1].Text)
//		stop()
//		require.NoError(t, <-ended)
//	}
package pgtest
