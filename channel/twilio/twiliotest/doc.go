// Package twiliotest is Twilio's WhatsApp in a box: the REST API, people with phones, and
// signed webhooks, in memory.
//
// Give [Sim.Client] to the client under test (or serve [Sim] on a socket), connect the webhook
// receiver under test, let people act, and let the webhooks arrive with [Sim.Settle]:
//
//	sim := twiliotest.New(twiliotest.Config{Now: now})
//	sim.AddSender("+13125550142")
//	sim.Connect("https://desk.example/twilio", handler) // an http.Handler
//	dana := sim.AddUser(twiliotest.UserConfig{Name: "Dana"})
//
//	dana.Text("+13125550142", "hello")
//	sim.Settle()                       // the webhook arrives, statuses of answers too
//	seen := dana.Sees("+13125550142")  // what is on the screen
//	broken := sim.Audit()              // which rules the code under test broke
//
// With a hub, call channel.Hub.Idle and then Settle until Settle returns 0: Settle does not wait
// for what the hub has yet to send.
//
// Nothing happens by itself, and nothing has a clock but Config.Now. Errors come back with
// Twilio's codes: those of the API in the answer, those of WhatsApp in a later status, as with
// Twilio. It follows Twilio's documentation and shares no code and no JSON structures with the
// package it judges.
package twiliotest
