// Package twilio connects WhatsApp numbers that are with Twilio to the hub of package channel:
// a sender on Twilio's Messages API, and the endpoint of its webhooks.
//
//	templates := new(twilio.Templates)
//	client, err := twilio.New(twilio.Config{
//		AccountSID: os.Getenv("TWILIO_ACCOUNT_SID"),
//		AuthToken:  os.Getenv("TWILIO_AUTH_TOKEN"),
//		StatusURL:  "https://desk.example/twilio",
//		Templates:  templates,
//	})
//	catalog, err := template.NewCatalog(template.CatalogConfig{})
//	err = client.SyncTemplates(ctx, time.Now(), catalog) // again at every start, and now and then
//	number := client.Number("+13125550142")
//
//	hub, err := channel.New(channel.Config{…, Channels: []channel.Channel{{
//		Settings: settings.Settings{ID: "support", Name: "Support", Number: "13125550142", Account: os.Getenv("TWILIO_ACCOUNT_SID"), Enabled: true},
//		Sender:   number, Media: number, Templates: catalog,
//	}}})
//
//	handler, err := twilio.NewHandler(twilio.HandlerConfig{
//		PublicURL:  "https://desk.example/twilio",
//		AuthTokens: []string{os.Getenv("TWILIO_AUTH_TOKEN")},
//		Sink:       hub,
//	})
//	http.Handle("/twilio", handler)
//
// Settings.Number is the number's digits and Settings.Account the AccountSid, unless
// HandlerConfig.Numbers says otherwise. SyncTemplates fills Templates, too, by which a template
// finds its content: a catalog that was restored from a snapshot does not.
//
// # The same channel
//
// What comes in becomes the same events as Meta's webhooks give, and a failure is of the same
// class, with the same words for an agent, whoever reports it. So the rest of the hub does not
// know who carries the messages, and a channel moves from one to the other with one call:
//
//	hub.ReplaceChannel(ctx, channel.Channel{Settings: settings, Sender: number, Media: number, Templates: catalog})
//
// Conversations go on if the channel keeps its names: tell HandlerConfig.Numbers which
// phone_number_id and which account the channel has. What is under way while it moves stays with
// whom it was given to: keep the old webhook connected for some days, and move when no file of a
// customer is still to be fetched.
//
// # What is different
//
// Twilio does not say when something happened: events are dated by their arrival. It does not
// repeat webhooks unless it is told to, see [Handler]. It takes files by address only, see
// Config.Publish; what a text may be is narrower ([MaxText], [MaxMenuBody]); and some kinds of
// message cannot be sent at all, see [Number.Send]; [Number.Check] says so beforehand. Which files may go out is the channel's
// FilePolicy. Brand and department are settings of the channel.
//
// # Money
//
// [Credits] watches the balance of the account: it says when to top up, keeps a budget that
// counts every message in step, and lets nothing out once the credit is used up.
//
// # Secrets and people
//
// Credentials go to Twilio's API and nowhere else, and redirects are not followed with them. No
// error, log line or printed configuration shows a token, a text, a name or a phone number.
package twilio
