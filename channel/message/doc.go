// Package message is the vocabulary of what a business can send on WhatsApp:
// the kinds of content, who receives it, what comes back, and what can go wrong.
//
// The hub and every sender share these types, so that neither knows the other:
// the hub builds an [Outbound], keeps its JSON in a durable outbox, and hands it
// to a sender; the sender answers with a [Receipt] or an error that carries a
// [Failure].
//
//	out := message.Outbound{
//		To:       message.Recipient{Phone: "+16505550123"},
//		Content:  &message.Text{Body: "Your parcel left the depot."},
//		OpaqueID: "msg-7f3a",
//	}
//	if err := out.Validate(); err != nil {
//		return err // every broken limit at once, see InvalidError
//	}
//
// # Content
//
// [Content] is a sealed union of pointers. An Outbound encodes to the body of
// Meta's POST /{phone-number-id}/messages, and reads back as the same value; a
// type that this version does not know comes back as [*Unknown] with its bytes
// intact, so a row written by a newer version is never damaged.
//
// [FromHTML] makes texts of what an editor of rich text produces, and [Split] cuts one that
// is longer than a message may be.
//
// # Failures
//
// [Classify] turns a code of Meta's error table into a [Failure]: a class to
// branch on, whether and when a repeat makes sense, and a plain sentence for the
// agent. The same function reads a synchronous error of the Graph API and an
// asynchronous one in a status webhook, because Meta reports many failures in
// either way.
//
// Nothing in this package does I/O, and nothing but the values of the caller is
// ever changed. All functions are safe for concurrent use; a value must not be
// changed while another goroutine reads it.
package message
