package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// SQLiteDSN returns the data source name with which modernc.org/sqlite opens the file
// at path as a [Store] wants it, on every connection of the pool: WAL mode, waiting for
// the disk at each commit, waiting up to five seconds for another process that writes,
// transactions that take the write lock when they begin, and a journal of about 16 MB. SQLite's
// own 4 MB are full after a few dozen busy commits, and each time it is emptied costs two waits
// for the disk and all pages that changed, most of which soon change again.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("kanava.db"))
//
// With another driver set the same pragmas in its own way.
func SQLiteDSN(path string) string {
	q := url.Values{
		"_pragma": {"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(4000)"},
		"_txlock": {"immediate"},
	}
	// In an SQLite URI these would end the path or be read as an escape.
	path = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23").Replace(path)
	return "file:" + path + "?" + q.Encode()
}

// SQLite releases with the fix of a race between writer and checkpoint that can corrupt
// a database in WAL mode (sqlite.org/changes.html, checked 2026-11-22).
const (
	fixedSQLite     = 3_051_003
	firstWithJSONB  = 3_051_000 // jsonb_each
	firstWithEnough = 3_045_000 // unixepoch('subsec'), unhex, RETURNING, UPDATE FROM, ->>
)

// meetSQLite finds out which release of SQLite it is.
func (s *Store) meetSQLite(ctx context.Context, cfg *Config) error {
	var text string
	if err := s.db.QueryRowContext(ctx, `SELECT sqlite_version()`).Scan(&text); err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	version := versionNumber(text)
	switch {
	case version < firstWithEnough:
		return fmt.Errorf("SQLite %s is too old: 3.51.3 or later is needed", text)
	case !soundSQLite(version) && !cfg.InsecureAllowOldSQLite:
		return fmt.Errorf("SQLite %s can corrupt a database in WAL mode: use 3.51.3, 3.53.0 or later", text)
	}
	each := "jsonb_each"
	if version < firstWithJSONB {
		each = "json_each"
	}
	s.sql = newStatements(sqliteDialect(each))
	return nil
}

// prepareFile gives the file of a SQLite database its mode and its journal.
func (s *Store) prepareFile(ctx context.Context, cfg *Config) error {
	if s.dialect != SQLite {
		return nil
	}
	if !cfg.InsecureReadableFiles {
		if err := s.ensurePrivate(ctx); err != nil {
			return err
		}
	}
	return s.ensureWAL(ctx)
}

// soundSQLite says whether the release has the fix: 3.51 from 3.51.3 on, and all from
// 3.53.0 on. 3.52 was withdrawn.
func soundSQLite(version int) bool {
	return version >= fixedSQLite && (version < 3_052_000 || version >= 3_053_000)
}

// versionNumber turns "3.53.3" into 3053003; 0 if it is no version.
func versionNumber(text string) int {
	n := 0
	parts := strings.SplitN(text, ".", 3)
	for i := range 3 {
		v := 0
		if i < len(parts) {
			v, _ = strconv.Atoi(parts[i])
		}
		n = n*1000 + v
	}
	return n
}

// ensureWAL puts the file into WAL mode, in which readers do not disturb the writer.
func (s *Store) ensureWAL(ctx context.Context) error {
	var mode string
	for attempt := range maxAttempts {
		err := s.db.QueryRowContext(ctx, `PRAGMA journal_mode = WAL`).Scan(&mode)
		if err == nil {
			break
		}
		if !isTransient(err) || pause(ctx, attempt) != nil {
			return fmt.Errorf("switch to WAL mode: %w", err)
		}
	}
	if mode != "wal" {
		return fmt.Errorf("the database is in journal mode %q and cannot be in WAL mode: it must be a file", mode)
	}
	return nil
}

// synchronousFull is the level at which SQLite waits for the disk at each commit.
const synchronousFull = 2

// ensureSynchronous makes the connection wait for the disk when it commits. The host's
// data source name should do so already; this is the second lock on the door.
func ensureSynchronous(ctx context.Context, conn *sql.Conn) error {
	var level int
	if err := conn.QueryRowContext(ctx, `PRAGMA synchronous`).Scan(&level); err != nil {
		return fmt.Errorf("read synchronous level: %w", err)
	}
	if level >= synchronousFull {
		return nil
	}
	if _, err := conn.ExecContext(ctx, `PRAGMA synchronous = FULL`); err != nil {
		return fmt.Errorf("raise synchronous level: %w", err)
	}
	return nil
}
