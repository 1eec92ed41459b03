// Package cloudapi is a client of WhatsApp's Cloud API that keeps every rate limit
// and does not send a message twice.
//
//	client, err := cloudapi.New(cloudapi.Config{Token: os.Getenv("WHATSAPP_TOKEN")})
//	if err != nil {
//		return err
//	}
//	receipt, err := client.Number("106540352242922").Send(ctx, message.Outbound{
//		To:       message.Recipient{Phone: "+16505550123"},
//		Content:  &message.Text{Body: "Your parcel left the depot."},
//		OpaqueID: "msg-7f3a",
//	})
//
// Operations hang on views of what they belong to: [Client.Number] sends and
// manages a business phone number, [Client.Account] its account (WABA) with the
// templates, [Client.App] the app with uploads and tokens, [Client.Business] the
// portfolio, [Account.Flow] a form and [Number.Group] a group. A *[Number] is a complete sender and media store for the hub of
// package channel.
//
// # Errors
//
// Every error of a call implements message.Failer: a class to branch on, whether and when a
// repeat makes sense, and a sentence for an agent. errors.Is works with
// window.ErrClosed, template.ErrNotSendable, message.ErrInvalid and
// message.ErrOutcomeUnknown. The last one means that a message may have been
// accepted although no answer says so; the client never repeats such a send.
//
// # Limits
//
// A [Limiter] makes each call wait for its turn: per number by throughput, per
// pair of number and user, and per account for management calls. Replies overtake
// broadcasts (message.Lane). A call that would wait longer than Config.MaxWait
// returns a [LimitError] at once, so that a queue can come back later.
//
// # Secrets
//
// The token goes to the Graph host (of Meta's, graph.facebook.com and, for the archive of
// templates, api.facebook.com) and to the media hosts on the allow-list, and nowhere else; redirects are not followed there. No error, log line or printed
// configuration shows a token, a text, a name, a phone number or a wamid.
//
// # Logs
//
// Config.Logger gets warnings only, with these keys: op (operation), class and
// code of a throttling answer, configured and served (versions of the API).
package cloudapi
