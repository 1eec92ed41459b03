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
// What a store may offer besides is looked for when the hub starts or needs it: [Timekeeper] (one
// clock for all machines), [Surveyor] and [Measurer] (figures at little cost), [Tidier] (upkeep).
package store
