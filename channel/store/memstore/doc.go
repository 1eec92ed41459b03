// Package memstore is a [store.Store] in memory: the reference that says what the
// contract means, for tests, demonstrations and programs that may forget.
//
//	hub, err := channel.New(channel.Config{Store: memstore.New(), …})
//
// It keeps every promise of the contract except durability: what it holds ends with
// the process. Costs grow with the logarithm of what is stored, or not at all, so that
// a million conversations are as quick to serve as ten. One lock guards everything;
// reads share it.
//
// As an extra help against mistakes it refuses what the contract forbids callers to
// do: names that are empty, too long or not valid UTF-8, the same record or work twice
// in one field of a batch, and limits that are not positive.
package memstore
