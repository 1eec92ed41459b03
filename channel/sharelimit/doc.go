// Package sharelimit is a cloudapi.Limiter that any number of processes share: the throughput of a
// number, the pair limit of a number and a user, and the hourly quota of management calls hold for
// all of them together. What is shared is kept in the store of the hub, so that a fleet on
// PostgreSQL needs no other server:
//
//	limiter, err := sharelimit.New(sharelimit.Config{Ledger: sharelimit.InStore(st)})
//	graph, err := cloudapi.New(cloudapi.Config{Token: token, Limiter: limiter})
//
// Package redislimit keeps it in Redis, and a [Ledger] of your own anywhere else. Messaging limits
// and budgets need nothing of this: the hub counts them in the steps that send.
//
// # How it works
//
// Those who wait for a number in one process ask together, in one step of the ledger: it grants
// as many of them as may go within the next tenth of a second, each at its own moment, and takes
// the permits of their pairs in the same step. So a number at 80 messages a second costs some ten
// steps a second in each process, and no permit is granted that nobody uses. A ledger that takes
// long to answer is asked for more at a time, up to a second's worth. Everything is timed
// by the clock of the ledger; those of the processes may differ by hours, and that of the ledger may
// be set back. A number uses 95 % of
// its limit. What Meta refuses slows the number down in every process, and so does what it
// teaches about limits. A process that was frozen with permits in hand asks again for those whose
// moment is over by half a second.
//
// # While the ledger is away
//
// A process that does not reach the ledger cannot know whether the others do. Config.AloneShare sets
// a part of every limit aside for such processes, in percent, divided by Config.Processes; the
// rest is what all share. So the sum holds whichever of them are cut off, from
// the ledger or from each other: with 10 percent and eight processes a number at 80 messages a second
// has 68 of them through the ledger, and one more in each process that is alone. The price
// is the share, all the time, and a slow pace while the ledger is away. A user gets one message from
// each process that is alone, and the next only after a long while.
//
// With AloneShare 0, as it is by default, nothing goes out while the ledger is away: Acquire refuses
// with a *cloudapi.LimitError that says to try again in a second, and what waits in an outbox
// waits. With the ledger in the hub's own store that costs nothing: a hub without its store sends
// nothing anyway.
//
// # In the store
//
// [InStore] writes one record for each number and one for each user that was written to lately, in
// one commit for each step, and reads them before. If two processes ask at the same moment, one of
// them asks again. A database that was restored from a backup knows no loans: until they would have
// been paid back, a user may get as many messages more as Limits.PairBurst allows, and Meta may
// refuse some of them. Records hold hashes of numbers and users, counts and times.
package sharelimit
