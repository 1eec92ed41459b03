package drivertest_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
)

// A full disk fails what cannot be written, and nothing else; when there is room again the same
// store goes on.
func TestAFullDiskLosesNothing(t *testing.T) {
	t.Parallel()
	s, db := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
	db.SetMaxOpenConns(1) // the limit belongs to a connection
	var pages int
	require.NoError(t, db.QueryRow("PRAGMA page_count").Scan(&pages))
	_, err := db.Exec(fmt.Sprintf("PRAGMA max_page_count = %d", pages+40))
	require.NoError(t, err)
	put := func(i int) error {
		_, err := s.Commit(t.Context(), &store.Batch{
			Put:     []store.Record{{Kind: "k", Key: fmt.Sprint(i), Body: []byte(`"` + strings.Repeat("a", 5000) + `"`)}},
			Enqueue: []store.Work{{Queue: "q", ID: fmt.Sprint(i), Once: true}},
		})
		return err
	}
	written := map[int]bool{}
	for i := range 60 {
		written[i] = put(i) == nil
	}
	require.True(t, written[0])
	require.False(t, written[59], "the disk is full")
	check := func() {
		works, err := s.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 100})
		require.NoError(t, err)
		n := 0
		for i, ok := range written {
			records, err := s.Get(t.Context(), "k", fmt.Sprint(i))
			require.NoError(t, err)
			require.Equal(t, ok, len(records) == 1, "what was acknowledged is there, and nothing else")
			if ok {
				n++
			}
		}
		require.Len(t, works, n)
	}
	check()
	_, err = db.Exec("PRAGMA max_page_count = 100000")
	require.NoError(t, err)
	for i, ok := range written {
		if !ok {
			require.NoError(t, put(i))
			written[i] = true
		}
	}
	check()
}
