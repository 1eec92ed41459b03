// Package pricing tells what WhatsApp messages cost: before they are sent, by
// dated rules, and afterwards, by what Meta said. It does no I/O.
//
//	charge := rules.Charge(msg, windowState, now, accountZone)  // is it charged, and why
//	market, ok := markets.Of(recipient)                         // at which row of the card
//	cost, ok := card.Cost(charge, market, 0)                    // how much
//
// [DefaultRules] are rows with effective dates, so that the next change of the
// price model is a new row. [Markets] is the same for the assignment of calling
// codes. Prices are not shipped: [ReadRateCard] reads the files that Meta
// publishes. A webhook's pricing object, the truth about one message, is read
// by [StatusPricing.Observed].
//
// Whether a message may be sent is a different question, answered by package
// window.
//
// # Books and budgets
//
// An [Entry] holds what is known of one message: the cost set aside, the
// delivery, Meta's statement, the release. Entries merge in any order and any
// number of times. A [Ledger] sums them up in memory, applies each channel's
// [Budget] before a charged send, and calls for a top-up.
//
// # Several processes, or a store
//
// A Ledger is one process's. A program that keeps its data in a store shared by
// several processes does without it and uses the same parts:
//
//   - Keep the Entry as JSON with the message's record. To add a fact, read the
//     record, merge, and write it under the condition that its version is
//     still current.
//   - In the same transaction add [Diff] of the two entries to running totals,
//     number by number under the names that [Row.Counters] gives. Since the
//     entry's version guards the transaction, every change is added exactly
//     once, and the additions commute. [ParseCounter] reads them back.
//   - Before a send, sum up the channel's totals and ask [Budget.Admit]. Two
//     processes that ask at the same moment may both be admitted: the overdraft
//     is at most what is in flight at once. Where that is too much, keep what
//     [Budget.Used] makes of every change as one more running total, ask
//     [Budget.Need] of it, and let the transaction that adds to it fail if it
//     comes out above the limit. Package channel does that.
//   - After a transaction ask [Budget.Low] of the new sum: that is the moment to
//     call for a top-up.
//
// A [Reach] counts within one process. Where several share a portfolio, keep one
// record per portfolio and user with the latest time, and their number as a
// running total with the tier as its bound.
//
// Message ids in entries and users in a Reach should be ids of the program's
// own: a wamid contains a phone number.
package pricing
