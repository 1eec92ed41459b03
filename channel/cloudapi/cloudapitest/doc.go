// Package cloudapitest is WhatsApp in a box: Meta's Graph API, people with
// phones, and signed webhooks, in memory and in virtual time.
//
// Give World.Client to the client under test, Subscribe the webhook receiver under
// test, let users act, and let time pass with Settle or Advance:
//
//	w, _ := cloudapitest.New(cloudapitest.Config{Now: cloudapitest.Frozen(t0)})
//	app := w.AddApp(cloudapitest.AppConfig{})
//	account := w.AddAccount(cloudapitest.AccountConfig{})
//	number := account.AddNumber(cloudapitest.NumberConfig{})
//	user := w.AddUser(cloudapitest.UserConfig{Name: "Dana"})
//	_ = w.Subscribe(app, account, receiver) // an http.Handler
//
//	user.Text(number, "hello")
//	w.Settle()                   // the webhook arrives, statuses of answers too
//	w.Advance(24 * time.Hour)    // the service window closes
//	seen := user.Sees(number)    // what the person has on screen
//	broken := w.Audit()          // which rules the code under test broke
//
// # Time
//
// Nothing happens by itself. A test moves time with Step, Settle and Advance, and
// hands World.Now to code that takes a clock. Inside a testing/synctest bubble, or in
// a program, Run lets the world live in the time that passes, and Advance still
// jumps. The command examples/kanava simulate does the latter behind a socket, for code in
// any language.
//
// Chance is drawn from Config.Seed and from what it is drawn for, so that the same acts
// give the same ids, latencies and faults under Run too, however fast the receiver is.
// Without faults, what one person does is told in the order it was done.
//
// # A hub in a test
//
// A whole support channel, with the world around it, in the time of a bubble:
//
//	func TestAHubInABubble(t *testing.T) {
//		synctest.Test(t, func(t *testing.T) { // time stands still until everybody waits
//			world, err := cloudapitest.New(cloudapitest.Config{})
//			require.NoError(t, err)
//			app, account := world.AddApp(cloudapitest.AppConfig{}), world.AddAccount(cloudapitest.AccountConfig{})
//			number, robin := account.AddNumber(cloudapitest.NumberConfig{}), world.AddUser(cloudapitest.UserConfig{})
//			client, err := cloudapi.New(cloudapi.Config{Token: app.Token(account), HTTPClient: world.Client()})
//			require.NoError(t, err)
//
//			tickets := &robot{} // your Ticketing
//			tickets.hub, err = channel.New(channel.Config{
//				Store: memstore.New(), Ticketing: tickets,
//				Channels: []channel.Channel{{
//					Settings: settings.Settings{ID: "support", Name: "Support", Number: number.ID, Enabled: true, BotFirst: true},
//					Sender:   client.Number(number.ID),
//				}},
//			})
//			require.NoError(t, err)
//			handler, err := webhook.NewHandler(webhook.Config{
//				AppSecrets: []string{app.Secret}, VerifyToken: app.VerifyToken, Sink: tickets.hub,
//			})
//			require.NoError(t, err)
//			require.NoError(t, world.Subscribe(app, account, handler))
//
//			ctx, stop := context.WithCancel(t.Context())
//			defer synctest.Wait() // until both have ended
//			defer stop()
//			go tickets.hub.Run(ctx)
//			go world.Run(ctx)
//
//			robin.Text(number, "Is my bike ready?")
//			time.Sleep(time.Minute) // of the bubble: it costs nothing
//			require.Equal(t, "We call you back.", robin.Sees(number)[1].Text)
//			require.Empty(t, world.Audit(), "nothing was done that a careful client does not do")
//		})
//	}
//
// # Judgement
//
// Meta's own errors come back as Meta would send them. Beyond that the world watches:
// Audit lists what code under test did that no careful client does, from double sends
// to ignored opt-outs, each with cases that name what and where; Rule.Advice tells what
// works today and is unwise from what is wrong. SetFaults disturbs the webhooks,
// Intercept single calls, and Probe attacks a receiver as a stranger would.
//
// # Any client
//
// Parameters may come as JSON, a form, a multipart form or in the query, as Graph takes
// them; paths, errors and headers are Graph's, and a page in a browser may call. Clients
// that others wrote, in other languages, run against it unchanged: see
// examples/kanava simulate.
//
// # Figures
//
// One core of a busy 2.8 GHz server did 15,000 to 20,000 messages a second with one
// item per webhook, 26,000 to 30,000 with a hundred: each with its send, three statuses
// and their signatures. A day of a number at its limit of 80 messages a second took
// under six minutes. A message that is kept takes about 520 bytes, a user with a chat
// and a message about 1.4 kB; Config.Retain bounds the messages. See the benchmarks.
//
// The simulator follows Meta's documentation, error codes included, and shares no
// code and no JSON structures with the packages it judges. Where the documentation
// is silent it takes the reading that is stricter for the sender.
package cloudapitest
