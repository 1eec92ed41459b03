// Package flowdata answers for the screens of WhatsApp Flows: it is the endpoint that a
// phone asks, through Meta, what the next screen shows.
//
//	screens := flowdata.NewScreens()
//	screens.Init(func(ctx context.Context, r *flowdata.Request) (flowdata.Response, error) {
//		return flowdata.Response{Screen: "DETAILS", Data: Slots{Free: free(ctx)}}, nil
//	})
//	flowdata.On(screens, "DETAILS", func(ctx context.Context, r *flowdata.Request, in Details) (flowdata.Response, error) {
//		if !book(ctx, in) {
//			return flowdata.Response{Screen: "DETAILS", Error: "This time is taken."}, nil
//		}
//		return flowdata.Finish(r, map[string]any{"slot": in.Slot}), nil
//	})
//	handler, err := flowdata.NewHandler(flowdata.Config{
//		AppSecrets: []string{secret}, Keys: []*rsa.PrivateKey{key}, Answer: screens.Answer,
//	})
//
// What the phone sends is encrypted with a key of the business, whose public half was
// given to the number (cloudapi.Number.SetPublicKey), and signed with the secret of the
// app that the flow is connected to. The handler checks and opens it, answers health
// checks and reports of errors itself, and encrypts what the host answers.
//
// # Statuses
//
//	200  answered
//	400  signed and opened, but not a request of the documented form
//	405  not a POST
//	408  the body came too slowly
//	413  larger than Config.MaxBody
//	421  cannot be opened with any of the keys: the phone fetches the key and asks again
//	427  the host returned a [TokenError]: the button in the chat is switched off
//	432  not signed, or not with any of the secrets
//	500  the host failed; 503 it ran out of time
//
// # Keys
//
// Phones keep the public key for a while. To change it, add the new key in front of
// Config.Keys, give its public half to the number, and take the old one out days later.
//
// No error, log line or printed value shows what people filled in, a token or a key.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/flows/guides/implementingyourflowendpoint
// (checked 2026-11-29)
package flowdata
