// Package store is what a hub asks of whoever keeps its data: the contract [Store], and the
// words of it. The hub's records and work are documents here, whose meaning a store does not know.
//
// Package memstore keeps them in memory, sqlstore in SQLite or PostgreSQL, and storetest proves an
// implementation of your own:
//
//	read          Get, List             records by key, or in order
//	look          Work, Backlog         work, without taking it
//	take          Claim                 due work, leased to the caller
//	write         Commit                a Batch: all of it or nothing
//
// A store of one's own begins with these six methods, of which [Batch.Validate] and its like refuse what no
// store may take, and with a look at memstore, the shortest. What a store may offer besides is looked for
// when the hub starts or needs it: [Timekeeper] (one clock for all machines), [Follower] (a feed of what
// changes), [Searcher] (finding by words), [Surveyor] and [Measurer] (figures at little cost), [Tidier]
// (upkeep). A store without them leaves what a [Batch] has for them out.
package store
