package drivertest_test

import (
	"database/sql"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// A clock that was an hour ahead is set right while no process runs, or a standby that is behind takes over from a server:
// all that was filed before was filed an hour from now. What waits for a time of its own goes on waiting for that.
func TestWorkIsNotHeldUpByAClockThatWasSetBack(t *testing.T) {
	t.Parallel()
	setBack := func(t *testing.T, s *sqlstore.Store, db *sql.DB, again func() *sqlstore.Store) {
		now := time.Now()
		ids := func(works []store.Work) (ids []string) {
			for i := range works {
				ids = append(ids, works[i].ID)
			}
			return ids
		}
		claim := func(s *sqlstore.Store, owner string) []string {
			works, err := s.Claim(t.Context(), store.Claim{Queue: "q", Owner: owner, Now: time.Now(), Lease: 2 * time.Hour, Limit: 9})
			require.NoError(t, err)
			return ids(works)
		}
		commit := func(s *sqlstore.Store, b *store.Batch) {
			_, err := s.Commit(t.Context(), b)
			require.NoError(t, err)
		}
		commit(s, &store.Batch{Enqueue: []store.Work{
			{Queue: "q", ID: "claimed", Body: []byte("{}")}, {Queue: "q", ID: "came back", Due: now.Add(-time.Second), Body: []byte("{}")},
		}})
		require.ElementsMatch(t, []string{"claimed", "came back"}, claim(s, "killed"))
		commit(s, &store.Batch{Enqueue: []store.Work{
			{Queue: "q", ID: "one", Lane: "l", Once: true, Body: []byte("{}")}, {Queue: "q", ID: "two", Lane: "l", Once: true, Body: []byte("{}")},
			{Queue: "q", ID: "scheduled", Due: now.Add(-time.Second), Body: []byte("{}")},
		}})
		hour := time.Hour.Microseconds()
		for _, table := range []string{
			`UPDATE kanava_task SET ready = ready + $1, due = CASE WHEN due > 0 THEN due + $1 ELSE 0 END, until = CASE WHEN until > 0 THEN until + $1 ELSE 0 END`,
			`UPDATE kanava_seen SET seen = seen + $1`,
		} {
			_, err := db.ExecContext(t.Context(), table, hour)
			require.NoError(t, err)
		}
		next := again()
		require.Empty(t, claim(next, "next"), "so it would be for an hour")
		_, err := next.Now(t.Context())
		require.NoError(t, err)
		require.Equal(t, []string{"one"}, claim(next, "next"), "the first of its lane")
		commit(next, &store.Batch{Release: []store.Claimant{{Queue: "q", Owner: "killed", Now: time.Now()}}})
		require.ElementsMatch(t, []string{"claimed", "came back"}, claim(next, "next"), "taken over from the one that was killed")
		_, err = next.Now(t.Context())
		require.NoError(t, err)
		require.Empty(t, claim(next, "next"))
		left, err := next.Work(t.Context(), store.WorkQuery{Queue: "q", Limit: 9})
		require.NoError(t, err)
		require.Len(t, left, 5)
		for i := range left {
			if left[i].ID == "scheduled" {
				require.WithinDuration(t, now.Add(time.Hour), left[i].Due, 2*time.Second, "at its time")
			}
		}
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "kanava.db")
		s, db := openSQLite(t, file)
		setBack(t, s, db, func() *sqlstore.Store {
			next, _ := openSQLite(t, file)
			return next
		})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		schema := pgtest.New(t)
		s, db := openPostgres(t, schema)
		setBack(t, s, db, func() *sqlstore.Store {
			next, _ := openPostgres(t, schema)
			return next
		})
	})
}
