package drivertest_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// A disk overwrites pages in the middle of a file: what stands on them is an error that says so, the rest goes on.
func TestADamagedFileIsCalledDamaged(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	fill := func() {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(path))
		require.NoError(t, err)
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Timeout: patience})
		require.NoError(t, err)
		b := &store.Batch{}
		for i := range 200 {
			b.Put = append(b.Put, store.Record{Kind: "k", Key: fmt.Sprintf("%03d", i), Body: bytes.Repeat([]byte(`1`), 900)})
		}
		_, err = s.Commit(t.Context(), b)
		require.NoError(t, err)
		_, err = db.ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)")
		require.NoError(t, err)
		require.NoError(t, s.Close())
		require.NoError(t, db.Close())
	}
	fill()
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	const page = 4096
	overwritten := 0
	for at := 0; at < len(raw); at += page {
		if bytes.Count(raw[at:at+page], []byte(`1111111111`)) > 90 { // it holds these records
			copy(raw[at:at+page], bytes.Repeat([]byte{0xA5}, page))
			overwritten++
		}
	}
	require.Greater(t, overwritten, 10)
	require.NoError(t, os.WriteFile(path, raw, 0o600))
	s, _ := openSQLite(t, path)
	_, err = s.List(t.Context(), store.Query{Kind: "k", Limit: 200})
	require.ErrorIs(t, err, sqlstore.ErrDamaged)
	_, err = s.Get(t.Context(), "k", "199")
	require.ErrorIs(t, err, sqlstore.ErrDamaged)
	_, err = s.Commit(t.Context(), &store.Batch{Put: []store.Record{{Kind: "k", Key: "199", Version: 1, Body: []byte(`2`)}}})
	require.ErrorIs(t, err, sqlstore.ErrDamaged)
	_, err = s.Commit(t.Context(), &store.Batch{Enqueue: []store.Work{{Queue: "q", ID: "taken in", Body: []byte(`{}`)}}})
	require.NoError(t, err)
	require.ErrorIs(t, s.Backup(t.Context(), path+".copy"), sqlstore.ErrDamaged, "a copy would be as damaged")
	require.NoFileExists(t, path+".copy")

	junk := filepath.Join(t.TempDir(), "junk.db")
	require.NoError(t, os.WriteFile(junk, bytes.Repeat([]byte("no database "), 400), 0o600))
	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(junk))
	require.NoError(t, err)
	defer db.Close()
	_, err = sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
	require.ErrorIs(t, err, sqlstore.ErrDamaged)
}
