package drivertest_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

func tells(key string) *store.Batch {
	return &store.Batch{Tell: []store.Change{{Kind: "k", Key: key}}}
}

// hear follows to the end and returns what is new.
func hear(t *testing.T, s *sqlstore.Store, cursor *string) (keys []string) {
	for {
		changes, next, err := s.Follow(t.Context(), *cursor, 100)
		require.NoError(t, err)
		*cursor = next
		if len(changes) == 0 {
			return keys
		}
		for _, c := range changes {
			keys = append(keys, c.Key)
		}
	}
}

// A transaction of the host may take long: what it tells comes late, is not missed, and holds
// up nobody else's.
func TestATransactionThatEndsLateIsNotMissed(t *testing.T) {
	t.Parallel()
	s, db := openPostgres(t, pgtest.New(t))
	var cursor string
	for _, committed := range []bool{true, false} {
		var open []*sql.Tx
		for i := range 3 {
			tx, err := db.BeginTx(t.Context(), nil)
			require.NoError(t, err)
			_, err = s.Commit(sqlstore.WithTx(t.Context(), tx), tells(fmt.Sprint("late", i)))
			require.NoError(t, err)
			open = append(open, tx)
			_, err = s.Commit(t.Context(), tells(fmt.Sprint("between", i)))
			require.NoError(t, err)
			require.Equal(t, []string{fmt.Sprint("between", i)}, hear(t, s, &cursor))
		}
		latest, err := s.Latest(t.Context())
		require.NoError(t, err)
		require.Empty(t, hear(t, s, &cursor), "nothing is told twice")
		for i, tx := range open {
			if !committed {
				require.NoError(t, tx.Rollback())
				require.Empty(t, hear(t, s, &cursor))
				continue
			}
			require.NoError(t, tx.Commit())
			require.Equal(t, []string{fmt.Sprint("late", i)}, hear(t, s, &cursor))
			require.Contains(t, hear(t, s, &latest), fmt.Sprint("late", i), "Latest misses nothing that comes later")
		}
	}
}

func TestChangesAreForgottenInTime(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, s *sqlstore.Store, db *sql.DB) {
		cursor, middle := "", ""
		_, err := s.Commit(t.Context(), tells("old"))
		require.NoError(t, err)
		require.Equal(t, []string{"old"}, hear(t, s, &cursor))
		// As many as are worth a sweep, two days old.
		old := time.Now().Add(-48 * time.Hour).UnixMicro()
		for range 5002 {
			_, err = db.Exec(fmt.Sprintf(`INSERT INTO kanava_change (at, told) VALUES (%d, '[["k","x",""]]')`, old))
			require.NoError(t, err)
		}
		_, err = db.Exec(fmt.Sprintf(`UPDATE kanava_change SET at = %d`, old))
		require.NoError(t, err)
		middle = cursor
		require.Len(t, hear(t, s, &middle), 5002)
		require.NoError(t, s.Tidy(t.Context()))
		_, _, err = s.Follow(t.Context(), cursor, 9)
		require.ErrorIs(t, err, store.ErrForgotten)
		_, err = s.Commit(t.Context(), tells("new"))
		require.NoError(t, err)
		require.Equal(t, []string{"new"}, hear(t, s, &middle), "who is up to date goes on")
		beginning := ""
		got := hear(t, s, &beginning)
		require.Less(t, len(got), 10, "the room is free")
		require.Equal(t, "new", got[len(got)-1])
	})
}
