package drivertest_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// Work is filed at the database's present, which goes on while a question waits for a connection: a bound that the
// caller brought along would take what was filed meanwhile for work of the future.
func TestWorkFiledWhileASurveyWaitsForAConnectionIsDue(t *testing.T) {
	t.Parallel()
	survey := func(t *testing.T, s store.Store, db *sql.DB) {
		db.SetMaxOpenConns(1)
		_, err := s.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "one", Body: []byte("{}")}}})
		require.NoError(t, err)
		conn, err := db.Conn(t.Context())
		require.NoError(t, err)
		waiting := db.Stats().WaitCount
		found := make(chan []store.Backlog, 1)
		go func() {
			work, err := s.(store.Surveyor).Survey(context.WithoutCancel(t.Context()), store.SurveyQuery{Now: time.Now(), Queues: []string{"q"}, Most: 10})
			if err != nil {
				t.Error(err)
			}
			found <- work
		}()
		for db.Stats().WaitCount == waiting {
			runtime.Gosched()
		}
		_, err = conn.ExecContext(t.Context(), "UPDATE kanava_task SET ready = $1", time.Now().UnixMicro())
		require.NoError(t, err)
		require.NoError(t, conn.Close())
		work := <-found
		require.Len(t, work, 1)
		require.Equal(t, 1, work[0].Due)
	}
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		s, db := openSQLite(t, filepath.Join(t.TempDir(), "kanava.db"))
		survey(t, s, db)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		s, db := openPostgres(t, pgtest.New(t))
		survey(t, s, db)
	})
}
