// Package webhook receives WhatsApp webhooks: it answers Meta's handshake,
// checks the signature of every POST, and turns the body into typed events
// without losing one.
//
// Most programs need one function, [NewHandler]:
//
//	h, err := webhook.NewHandler(webhook.Config{
//		AppSecrets:  []string{os.Getenv("WHATSAPP_APP_SECRET")},
//		VerifyToken: os.Getenv("WHATSAPP_VERIFY_TOKEN"),
//		Sink: webhook.SinkFunc(func(ctx context.Context, d *webhook.Delivery) error {
//			for e := range d.Events() {
//				switch p := e.Payload.(type) {
//				case *webhook.Message: // somebody wrote to e.Number
//				case *webhook.Status: // something we sent got further, or failed
//				default: // everything else, *webhook.Unknown included
//				}
//			}
//			return nil // nil means: recorded for good, Meta may forget it
//		}),
//	})
//	http.Handle("/whatsapp", h)
//
// # What comes out
//
// One POST is a [Delivery]; one item in it (a message, a status, a template
// decision) is an [Event]. The envelope of an event says which account and
// number it belongs to and when it happened by Meta's clock; its Payload is one
// variant of a closed set, listed at [Payload]. A *[Message] in turn carries one
// variant of [Content]. Kinds this version does not know, and items it could not
// read, arrive as *[Unknown] with their bytes; they never make their neighbours
// fail.
//
// # What the platform promises, and what it does not
//
// Meta delivers at least once, concurrently and in no order, and repeats what was
// not answered with 200 for up to seven days. [Event.Key] is the identity to
// deduplicate on. A person is a set of identifiers ([Identity]) and may come
// without a phone number.
// Source: https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/overview
// (checked 2026-10-06).
//
// # Who may speak for whom
//
// A signature proves who signed a body, not that they may speak for the accounts and numbers
// that it names. Config.AppSecrets speak for everything behind the handler. Where tenants
// bring apps of their own, bind each [Secret] to its accounts and numbers; Delivery.Scope
// carries that to the sink, which checks each event with [Scope.Covers]. A program that
// verifies and parses by itself sets the scope:
//
//	d, err := webhook.Parse(body) // after webhook.Verify
//	d.Scope = webhook.Scope{Accounts: []string{tenant.WABA}, Numbers: tenant.Numbers}
//
// # Between those who receive and those who work
//
// A [Sink] may be a log, from which other processes feed theirs. [Recorder] turns deliveries into
// records, redacted and with their scope, [Feeder] hands records to a sink and says what is to
// become of each. The logs of webhook/natslog and webhook/kafkalog are made of them, and
// webhook/logtest proves one of your own.
//
// # Personal data
//
// Bodies, names, phone numbers and message ids (a wamid embeds the phone number)
// are personal data. No error or log record of this package contains them, and
// every event type implements [log/slog.LogValuer] so that logging an event shows
// its kind and shortened hashes only. [RedactBody] rewrites the human text of a
// body before it is kept.
//
// The strings of an event are cut from one copy of the body: keep one of them and
// all of that copy stays in memory. Clone what must live long.
package webhook
