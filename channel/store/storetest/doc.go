// Package storetest holds an implementation of [store.Store] to its contract.
//
// An adapter's test calls [Run] with a function that opens a store on empty data:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) (store.Store, func() store.Store) {
//			path := filepath.Join(t.TempDir(), "data")
//			reopen := func() store.Store { … } // another store on the same data
//			return reopen(), reopen
//		})
//	}
//
// Each case is named after what it checks and, when it fails, quotes the sentence of
// the contract that was broken. The suite has been seen to catch mistakes: its own tests
// hold at least one broken store against every case.
package storetest
