package drivertest_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
)

// A backup under load has everything that was acknowledged before it began, and no half step.
func TestABackupUnderLoadIsWhole(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, _ := openSQLite(t, filepath.Join(folder, "kanava.db"))
	var mu sync.Mutex
	acked := map[string]string{}
	w := workload{store: s, name: "w", acked: func(what, id string) {
		mu.Lock()
		defer mu.Unlock()
		if acked[id] != "consumed" {
			acked[id] = what
		}
	}, failed: func(error) bool { return true }}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { w.run(ctx) })
	snapshot := func() map[string]string {
		mu.Lock()
		defer mu.Unlock()
		known := map[string]string{}
		for id, step := range acked {
			known[id] = step
		}
		return known
	}
	for _, name := range []string{"one", "two", "three"} {
		require.Eventually(t, func() bool { return len(snapshot()) > 50 }, patience, tick)
		before := snapshot()
		mark, err := s.Mark(t.Context())
		require.NoError(t, err)
		path := filepath.Join(folder, name)
		require.NoError(t, s.Backup(t.Context(), path))
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		require.ErrorIs(t, s.Backup(t.Context(), path), os.ErrExist, "nothing is overwritten")
		copied, db := openSQLite(t, path)
		audit(t, copied, before)
		restored, err := copied.Mark(t.Context())
		require.NoError(t, err)
		require.GreaterOrEqual(t, restored, mark)
		var sound string
		require.NoError(t, db.QueryRow("PRAGMA integrity_check").Scan(&sound))
		require.Equal(t, "ok", sound)
	}
	stop()
	work.Wait()
	left, err := filepath.Glob(filepath.Join(folder, "*.part"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestABackupThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, _ := openSQLite(t, filepath.Join(folder, "kanava.db"))
	require.Error(t, s.Backup(t.Context(), filepath.Join(folder, "nowhere", "copy")))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Backup(ctx, filepath.Join(folder, "copy")), context.Canceled)
	left, err := filepath.Glob(filepath.Join(folder, "copy*"))
	require.NoError(t, err)
	require.Empty(t, left)
	p, _ := openPostgres(t, pgtest.New(t))
	require.Error(t, p.Backup(t.Context(), filepath.Join(folder, "postgres")))
}

func TestWhatAKilledBackupLeftIsInNobodysWay(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s, _ := openSQLite(t, filepath.Join(folder, "kanava.db"))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "copy.part"), []byte("half"), 0o600))
	path := filepath.Join(folder, "copy")
	require.NoError(t, s.Backup(t.Context(), path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.ErrorIs(t, s.Backup(t.Context(), path), os.ErrExist, "a backup replaces none")
}

// The end of a WAL is damaged, and SQLite opens what is before it without a word.
func TestALossAtTheEndIsNoticedByTheMark(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path, damaged := filepath.Join(folder, "kanava.db"), filepath.Join(folder, "damaged.db")
	s, _ := openSQLite(t, path)
	for i := range 20 {
		require.NoError(t, enqueueIn(t.Context(), s, "", string(rune('a'+i)), ""))
	}
	mark, err := s.Mark(t.Context())
	require.NoError(t, err)
	for _, suffix := range []string{"", "-wal"} { // nobody writes: this copy is whole
		raw, err := os.ReadFile(path + suffix)
		require.NoError(t, err)
		if suffix == "-wal" {
			raw[len(raw)-100] ^= 0xff // in the last frame
		}
		require.NoError(t, os.WriteFile(damaged+suffix, raw, 0o600))
	}
	open := func(least int64) error {
		db, err := sql.Open("sqlite", sqlstore.SQLiteDSN(damaged))
		require.NoError(t, err)
		defer db.Close()
		s, err := sqlstore.Open(t.Context(), sqlstore.Config{DB: db, Dialect: sqlstore.SQLite, Mark: least})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	require.ErrorIs(t, open(mark), sqlstore.ErrBehind)
	require.NoError(t, open(0), "nobody knows better")
	p, _ := openPostgres(t, pgtest.New(t))
	require.NoError(t, enqueueIn(t.Context(), p, "", "a", ""))
	mark, err = p.Mark(t.Context())
	require.NoError(t, err)
	require.Positive(t, mark)
}

func TestCompactGivesSpaceBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	s, _ := openSQLite(t, path)
	size := func() int64 {
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Size()
	}
	var put, del store.Batch
	for i := range 500 {
		key := string(rune('a'+i%26)) + string(rune('a'+i/26))
		put.Put = append(put.Put, store.Record{Kind: "k", Key: key, Body: []byte(`"` + strings.Repeat("a", 2000) + `"`)})
		del.Delete = append(del.Delete, store.RecordKey{Kind: "k", Key: key})
	}
	for _, b := range []*store.Batch{&put, &del} {
		_, err := s.Commit(t.Context(), b)
		require.NoError(t, err)
	}
	require.NoError(t, s.Compact(t.Context()))
	require.Less(t, size(), int64(300_000))
}

func TestTidyTruncatesALargeWALAndWaitsForNobody(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kanava.db")
	s, db := openSQLite(t, path)
	reader, err := db.BeginTx(t.Context(), &sql.TxOptions{ReadOnly: true})
	require.NoError(t, err)
	var n int
	require.NoError(t, reader.QueryRow("SELECT count(*) FROM kanava_record").Scan(&n))
	b := store.Batch{}
	for i := range 300 {
		b.Put = append(b.Put, store.Record{Kind: "k", Key: string(rune('a'+i%26)) + string(rune('a'+i/26)), Body: []byte(`"` + strings.Repeat("a", 20_000) + `"`)})
	}
	_, err = s.Commit(t.Context(), &b)
	require.NoError(t, err)
	log := func() int64 {
		size, err := s.Measure(t.Context())
		require.NoError(t, err)
		return size.Log
	}
	require.Greater(t, log(), int64(4<<20))
	require.NoError(t, s.Tidy(t.Context()), "somebody reads: next time")
	require.Greater(t, log(), int64(4<<20))
	require.NoError(t, reader.Rollback())
	require.NoError(t, s.Tidy(t.Context()))
	require.Zero(t, log())
	var patience int
	require.NoError(t, db.QueryRow("PRAGMA busy_timeout").Scan(&patience))
	require.Equal(t, 5000, patience)
}
