package drivertest_test

import (
	"context"
	"database/sql"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// Connections go on with a file that was removed as if nothing had happened, and what they write is gone with them. A webhook
// must not be answered 200 for that.
func TestNothingIsWrittenToAFileThatIsGone(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be removed there")
	}
	for name, do := range map[string]func(path string) error{
		"removed": os.Remove,
		"replaced by a copy": func(path string) error {
			if err := copyFile(path, path+".copy"); err != nil {
				return err
			}
			return os.Rename(path+".copy", path)
		},
		"without its journal":     func(path string) error { return os.Remove(path + "-wal") },
		"in a folder that is not": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "folder", "kanava.db")
			require.NoError(t, os.Mkdir(filepath.Dir(path), 0o700))
			s, db := openSQLite(t, path)
			_, err := s.Commit(t.Context(), hostBatch("before"))
			require.NoError(t, err)
			require.NoError(t, do(path))
			for range 3 {
				_, err = s.Commit(t.Context(), hostBatch("after"))
				require.ErrorIs(t, err, sqlstore.ErrFileGone)
				require.NotContains(t, err.Error(), path, "hosts name files after tenants")
			}
			err = sqlstore.InTx(t.Context(), db, func(ctx context.Context, _ *sql.Tx) error {
				_, err := s.Commit(ctx, hostBatch("after"))
				return err
			})
			require.ErrorIs(t, err, sqlstore.ErrFileGone)
			found, err := s.Get(t.Context(), "message", "before", "after")
			require.NoError(t, err)
			require.Len(t, found, 1, "what is left can be read and saved")
			saved := filepath.Join(t.TempDir(), "saved.db")
			require.NoError(t, s.Backup(t.Context(), saved))
			copied, _ := openSQLite(t, saved)
			found, err = copied.Get(t.Context(), "message", "before")
			require.NoError(t, err)
			require.Len(t, found, 1)
		})
	}
}

func TestAFileThatComesBackIsWrittenTo(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file that is open cannot be moved there")
	}
	path := filepath.Join(t.TempDir(), "kanava.db")
	s, _ := openSQLite(t, path)
	require.NoError(t, os.Rename(path, path+".away"))
	_, err := s.Commit(t.Context(), hostBatch("x"))
	require.ErrorIs(t, err, sqlstore.ErrFileGone)
	require.NoError(t, os.Rename(path+".away", path))
	_, err = s.Commit(t.Context(), hostBatch("x"))
	require.NoError(t, err)
}

// A pool that keeps no connection closes the last one after each call, and SQLite removes the journal then.
func TestAJournalThatSQLiteRemovesIsMissedByNobody(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "kanava.db")) // and transactions begin without a lock
	require.NoError(t, err)
	defer db.Close()
	s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, IdleConns: -1})
	require.NoError(t, err)
	db.SetMaxIdleConns(-1)
	for _, id := range []string{"one", "two", "three"} {
		_, err = s.Commit(t.Context(), hostBatch(id))
		require.NoError(t, err)
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err != nil {
		return err
	}
	return out.Close()
}
