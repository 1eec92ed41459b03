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
// allocation, and redacted text comes out of a second pass unchanged. The time
// taken is linear in the length of the text, whatever is in it.
//
// # What counts as a card number
//
// Digits of every script count, and so do number words, three or more in a row, between
// two groups of four digits or more ("4950 two one zero one 5522"). Invisible characters
// and accents do not count at all, up to eight in a row. Runs of digits are groups; a row
// of whole groups with 12 to 19 digits is a candidate. It is a card as this table says,
// read from the top:
//
//	what is seen                                            | with a card word near | without one
//	--------------------------------------------------------|-----------------------|------------
//	no issuer has the prefix and the length                 | no                    | no
//	wrong check digit; UnionPay's may be, if it is named    | no                    | no
//	within 15 digits behind + or 00; in an IBAN, a URL but  |                       |
//	for a card's parameter, an e-mail address               | no                    | no
//	one of many equal groups of one, two or eight digits    | no                    | no
//	words between the groups, not grouped as on a card      | no                    | no
//	a label says what else it is, nearer than a card word   | no                    | no
//	a rare length or an ambiguous prefix ([Weak])           | card                  | no
//	grouped as no card is, in six groups at most            | card                  | no
//	so grouped, in more                                     | no                    | no
//	four of many equal groups of four                       | card                  | no
//	two halves of eight with / , ; | & between              | card                  | no
//	different wide gaps between the groups                  | card                  | no
//	Latin letters touch it, or it ends an identifier        | card                  | no
//	the fraction behind a decimal point                     | card                  | no
//	anything else                                           | card                  | card
//
// Grouped as a card are one run; 4-4-4-4 with one to three digits more or one less;
// 4-6-5, 4-6-4, 4-5-6 and 6-13; groups of one, two or eight digits joined alike; and
// sixteen digits in fours but for one slip with spaces. A gap is narrow if it is one to
// four separators, - . , _ / | * : ~ and their kin or white space with one line break;
// wide if it is up to 40 characters of any kind, such as brackets, quotes or "then".
// Wide gaps must be alike without a card word, or begin or end with the same one, such as
// "ok then" and "and then".
//
// A card word stands in the 64 characters before or the 40 after; one that announces a
// security code and no other code is one too. A label stands up to 48 characters before,
// with no digit, no end of a sentence and few words between, none of which says that what
// follows is paid with; or, if it speaks of a number ("order number", "IMEI"), up to 32
// behind, with no digits of its own: "4539…, order no. 88213" is a card. "Card number"
// outweighs a label between it and the number that does not. A word that makes another
// card of a card, such as "gift", makes a label of the two. [Redactor.Strict] ignores
// labels. The words are those of some 70 languages, in the tables europe and world;
// [Redactor.CardWords] and its neighbours add some and take some away.
//
// Other groups beside a card veto nothing. Cards are taken from the left; one that
// needs no word goes before one that does, and a strong one before a weak one. What the
// mask hides counts like the digits it stands for.
//
// Near a card, within 4,096 bytes, a row of three or four digits, of up to six for a
// PIN, is removed if a label up to 28 characters before or 14 behind calls it a code, in
// any language and in words ("the last three on the back"), or if such a label stands
// before the card and up to three words between the two ("the CVV of 4539… is 731"); so
// is one without a label that follows the expiry date, or a card grouped as printed; and
// so is the data that follows a card number on a magnetic stripe.
//
// # What is promised for PCI DSS, and what is not
//
// What stays readable is inside the truncation rules of the card brands (PCI DSS
// v4.0.1, requirement 3.5.1, with the council's FAQ 1091; checked 2026-11-29):
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
// Not promised: that every card number is found. Numbers spelled out in words, whole or at
// either end, with letters for digits, as superscripts or circled digits, in pictures,
// audio and files, percent-encoded, or spread over messages other than a [Trail] can
// see, stay; so do weak numbers without a card word, those that a label names unless
// Strict, and those that the options let through. Where number words stand between the
// digits of a card, the digits are masked, and the words can still be read. Nor that only
// cards are masked: about one in thirty unlabelled identifiers of 16 digits cannot be told
// from a card.
// Redaction narrows what is in scope of PCI DSS. It replaces neither an
// assessment nor a better way to ask for payment than a chat.
package redact
