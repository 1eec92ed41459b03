// Package redact takes payment-card numbers out of text that people wrote, and
// leaves everything else as it is.
//
//	clean := redact.Cards("my card is 4242 4242 4242 4242 exp 03/27 cvv 123")
//	// my card is XXXX XXXX XXXX 4242 exp 03/27 cvv XXX
//
// [Cards] is the zero [Redactor]; its fields are the options. [Redactor.Bytes]
// works in place, [Redactor.Find] tells what would be masked and why,
// [Redactor.NewWriter] and [Redactor.NewReader] are for streams,
// [Redactor.ReplaceAttr] and [Redactor.Handler] for log/slog,
// [Redactor.Values] for the human text inside a JSON document, and a [Trail]
// recognises a number sent in several messages.
//
// Only digits change, each into one mask character, so the text keeps its length
// in characters. Text without a card number is returned as it is, without an
// allocation, and redacted text comes out of a second pass unchanged. The time taken
// is linear in the length of the text, whatever is in it.
//
// # What counts as a card number
//
// Groups of digits joined by short gaps make a chain. A gap is one to four
// separators: white space with at most one line break, dashes, dots, commas,
// bullets and their kin, - . , _ / | * : ~ but never the mask. Invisible
// characters inside a number are ignored, and digits of every script count,
// those on emoji key caps too. A candidate is a row of whole groups with 12 to 19
// digits; inside an unbroken run of digits nothing is looked for. It is a card if
// all of this holds:
//
//   - Its prefix and length are in the table of issuer ranges, and the Luhn check
//     digit is right. UnionPay numbers may fail the check if UnionPay is named.
//   - It is grouped as on a card, in one run, or in equal groups of one, two or
//     eight digits; or it is grouped in another way and a card word is near.
//   - No further group of three or more digits is joined to it in the same way,
//     as in tracking and account numbers, unless that is an expiry date, a
//     security code, or another card. Equal groups tolerate no further group.
//   - No Latin letter touches it and no identifier, URL or e-mail address
//     contains it, unless the word or the parameter speaks of a card. It is no
//     IBAN, and no telephone number with a plus sign or 00.
//   - In one run, it is not labelled as something else, such as "order" or
//     "IMEI", unless a card word is near. [Redactor.Strict] ignores labels.
//   - Numbers of a rare length or an ambiguous range are [Weak]: they need a card
//     word in the 64 characters before or the 40 after. This keeps bare telephone
//     numbers, WhatsApp and Graph API ids and timestamps intact.
//
// Near a card, within 4,096 bytes, security codes and PINs with a label are
// masked, and without one where they follow the expiry date; so is the data that
// follows a card number on a magnetic stripe.
//
// What counts of the text around a number reaches at most 2,048 bytes; within one
// chain, cards are taken from the left.
//
// # What is promised for PCI DSS, and what is not
//
// What stays readable is inside the truncation rules of the card brands (PCI DSS
// v4.0.1, requirement 3.5.1, with the council's FAQ 1091; checked 2026-11-22):
//
//	digits   KeepLast4   KeepFirst6Last4   the rules allow at most
//	12, 13   last 4      last 4            last 4 is inside all of them
//	14       last 4      first 6 + last 4  first 6 + any other 4
//	15       last 4      first 6 + last 4  first 6 + last 4 (American Express)
//	16       last 4      first 6 + last 4  first 8 + any other 4
//	17 to 19 last 4      first 6 + last 4  no longer listed; 6 + 4 is the baseline
//
// The digits are removed, not encrypted: nothing can bring them back, and text
// that is redacted before it is stored holds a truncated number only. Use one
// format everywhere, since two truncations of one number can be put together, and
// keep no plain hash of the number beside it. Sensitive authentication data next
// to a card is removed entirely (requirement 3.3.1). Expiry date and name stay;
// beside a truncated number they are not sensitive.
//
// Not promised: that every card number is found. Numbers spelled out in words,
// with letters for digits, as superscripts or circled digits, in pictures, audio
// and files, percent-encoded, or spread over messages other than a [Trail] can see,
// stay; so do weak numbers without a card word, labelled ones unless Strict, and
// those that the options let through. Nor that only cards are masked: about one
// in thirty unlabelled identifiers of 16 digits cannot be told from a card.
// Redaction narrows what is in scope of PCI DSS. It replaces neither an
// assessment nor a better way to ask for payment than a chat.
package redact
