// Package window answers whether a business may write to a WhatsApp user now,
// and until when. It is pure arithmetic on Meta's timestamps: no clock, no I/O,
// no dependencies.
//
//	var opts window.Options // cautious defaults
//	st = opts.Observe(st, window.Event{Kind: window.KindMessage, At: msg.SentAt}, now)
//
//	if d := st.Permits(window.Send{Kind: window.SendText}, now); !d.Allowed {
//		return d.Err() // matches window.ErrClosed; offer templates instead
//	}
//
// A user's message or call opens a customer service window of 24 hours; each
// further one resets it to a full 24 hours. While it is open the business may
// send anything; afterwards only templates. No endpoint and no webhook tells
// when it closes, so that it has to be derived, and this package is the
// derivation. Keep one [State] per business phone number and user, or per
// business phone number and group; feed it with [Options.Observe] and combine
// copies with [State.Merge].
//
// Beside it a State keeps the free entry point window: the days after the first
// reply to a message that came through an ad, in which messages are not
// charged. It never allows a free-form message by itself.
//
// What a send costs is a different question with different, dated rules: see
// package channel/pricing.
//
// Rules as of developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages,
// .../calling/pricing and .../groups/pricing, checked 2026-11-22.
package window
