// Package redislimit is a cloudapi.Limiter that any number of processes share through Redis: the
// throughput of a number, the pair limit of a number and a user, and the hourly quota of
// management calls hold for all of them together.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"redis:6379"}})
//	limiter, err := redislimit.New(redislimit.Config{Client: client, Processes: 8})
//	graph, err := cloudapi.New(cloudapi.Config{Token: token, Limiter: limiter})
//
// # How it works
//
// Those who wait for a number in one process ask together, with one call of one script: it grants
// as many of them as may go within the next tenth of a second, each at its own moment, and takes
// the permits of their pairs in the same step. So a number at 80 messages a second costs some ten
// calls a second in each process, and no permit is granted that nobody uses. Everything is timed
// by the clock of the server; those of the processes may differ by hours. A number uses 95 % of
// its limit. What Meta refuses slows the number down in every process, and so does what it
// teaches about limits.
//
// Redis holds hashes of numbers and users, counts and times. Keys of one number share a slot, as
// a cluster wants it.
//
// # While Redis is away
//
// A process that does not reach Redis cannot know whether the others do. Config.AloneShare sets a
// part of every limit aside for such processes, in percent, divided by Config.Processes; the
// rest is what all share through Redis. So the sum holds whichever of them are cut off, from
// Redis or from each other: with 10 percent and eight processes a number at 80 messages a second
// has 68 of them through Redis, and one more in each process that is alone. The price
// is the share, all the time, and a slow pace while Redis is away. A user gets one message from
// each process that is alone, and the next only after a long while.
//
// With AloneShare 0, as it is by default, nothing goes out while Redis is away: Acquire refuses
// with a *cloudapi.LimitError that says to try again in a second, and what waits in an outbox
// waits.
//
// A Redis that lost its data (a restart without persistence, a failover to a replica that lagged)
// knows no loans: until they would have been paid back, a user may get as many messages more as
// Limits.PairBurst allows, and Meta may refuse some of them. The throughput of a number is off
// for less than a second.
package redislimit
