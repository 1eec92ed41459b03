// Package redislimit is a cloudapi.Limiter that any number of processes share through Redis: the
// throughput of a number, the pair limit of a number and a user, and the hourly quota of
// management calls hold for all of them together. It is package sharelimit with a ledger in Redis,
// for those who have one; sharelimit alone does the same in the hub's store.
//
//	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{"redis:6379"}})
//	limiter, err := redislimit.New(redislimit.Config{Client: client, Processes: 8})
//	graph, err := cloudapi.New(cloudapi.Config{Token: token, Limiter: limiter})
//
// How it works, and what goes out while Redis is away, is said in package sharelimit. Each step is
// one call of one script, timed by the clock of the server.
//
// Redis holds hashes of numbers and users, counts and times. Keys of one number share a slot, as
// a cluster wants it.
//
// A Redis that lost its data (a restart without persistence, a failover to a replica that lagged)
// knows no loans: until they would have been paid back, a user may get as many messages more as
// Limits.PairBurst allows, and Meta may refuse some of them. The throughput of a number is off
// for less than a second: what it may do the server hears again from those who ask.
package redislimit
