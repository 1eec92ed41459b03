// Package conversation is what agents see of a support channel: people, what was said, and what
// became of it.
//
//	who        Customer, Identity, Consent
//	where      Conversation
//	what       Message with its Attachments, Reactions, …, and its Delivery
//	news       Received (a customer's message) and Change (anything else) for the ticket system
//	asked for  Found, Talk, Erased, and Handover, which is said
//	record     LogEntry: what happened to a conversation that is no message
//
// Package channel fills these values and hands them out; the field tags are how they are stored and
// exported.
//
// # Laws
//
// WhatsApp reports in any order, and more than once. What is learned is therefore merged by pure
// functions that give the same result for every order and number of times: [Delivery.Merge],
// [Identity.Merge], [Customer.Learn], [Amendment.Merge] and [Message.Amend], and the customer's
// wishes by [Customer.StopMarketing] and [Customer.ResumeMarketing].
//
// # Printing
//
// However a value is printed, by itself or inside of something else, it shows what its LogValue
// shows: no text, name, phone number or wamid. Encoding it as JSON shows everything.
package conversation
