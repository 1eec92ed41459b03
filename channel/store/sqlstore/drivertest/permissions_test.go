package drivertest_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/stretchr/testify/require"
)

func TestTheFilesOfSQLiteAreReadableForTheirOwnerOnly(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("access is not a matter of modes on Windows")
	}
	open := func(t *testing.T, path string, insecure bool) error {
		t.Helper()
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
		require.NoError(t, err)
		t.Cleanup(func() { db.Close() })
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, InsecureReadableFiles: insecure})
		if err != nil {
			return err
		}
		_, err = s.Commit(t.Context(), &store.Batch{Add: []store.Record{{Kind: "k", Key: "a", N: 1}}})
		return err
	}
	mode := func(t *testing.T, path string) os.FileMode {
		t.Helper()
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Mode().Perm()
	}
	folder := func(t *testing.T, perm os.FileMode) string {
		t.Helper()
		dir := t.TempDir()
		require.NoError(t, os.Chmod(dir, perm))
		return filepath.Join(dir, "kanava.db")
	}
	t.Run("new files have mode 0600", func(t *testing.T) {
		t.Parallel()
		path := folder(t, 0o755)
		require.NoError(t, open(t, path, false))
		for _, suffix := range []string{"", "-wal", "-shm"} {
			require.Equal(t, os.FileMode(0o600), mode(t, path+suffix), suffix)
		}
		require.NoError(t, open(t, path, false), "and it opens again")
	})
	t.Run("an existing file that others can read is refused", func(t *testing.T) {
		t.Parallel()
		for _, perm := range []os.FileMode{0o644, 0o640, 0o604, 0o666} {
			path := folder(t, 0o755)
			require.NoError(t, open(t, path, false))
			require.NoError(t, os.Chmod(path, perm))
			err := open(t, path, false)
			require.ErrorContains(t, err, "others")
			require.NotContains(t, err.Error(), path)
			require.NoError(t, open(t, path, true), "unless that is switched off")
			require.Equal(t, perm, mode(t, path), "the mode stays as it is")
		}
	})
	t.Run("a folder that others cannot enter is enough", func(t *testing.T) {
		t.Parallel()
		path := folder(t, 0o700)
		require.NoError(t, open(t, path, false))
		require.NoError(t, os.Chmod(path, 0o644))
		require.NoError(t, open(t, path, false))
	})
}
