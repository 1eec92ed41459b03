package message

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// The lookup is a binary search: an unsorted row would silently never be found.
func TestTheCodeTablesAreSortedAndUnique(t *testing.T) {
	t.Parallel()
	for _, table := range [][]entry{generalCodes[:], messageCodes[:], accountCodes[:], callCodes[:]} {
		require.True(t, slices.IsSortedFunc(table, func(a, b entry) int { return a.code - b.code }))
		for i := 1; i < len(table); i++ {
			require.NotEqual(t, table[i-1].code, table[i].code)
		}
		for _, e := range table {
			require.Same(t, &table[slices.IndexFunc(table, func(o entry) bool { return o.code == e.code })], findCode(e.code, 401))
		}
	}
}
