package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrBehind is returned by [Open] for a database that knows less than Config.Mark says it did.
var ErrBehind = errors.New("sqlstore: the database has lost what it knew before")

// Backup writes a copy of a SQLite database, as it is at one instant, to a new file at path,
// while everybody goes on reading and writing. It returns when the copy is complete, sound and on
// the disk; otherwise there is no file at path. One that is killed leaves a file beside it whose name
// ends in .part, which may be removed. The copy is as compact as the data allows, holds
// what customers wrote, and only its owner may read it. Copying the file of a database in use by
// other means gives a copy that is damaged or lacks the newest changes, without an error.
//
// To restore, stop every process, put the copy in the place of the database, remove the files
// beside it whose names end in -wal and -shm, and start with channel.Config.RestoredAt.
//
// PostgreSQL has pg_dump and pg_basebackup; Backup refuses it.
func (s *Store) Backup(ctx context.Context, path string) error {
	if s.dialect != SQLite {
		return errors.New("sqlstore: back up: for PostgreSQL use pg_dump or pg_basebackup")
	}
	if err := s.backup(ctx, path); err != nil {
		return wrap(ctx, "back up", err)
	}
	return nil
}

func (s *Store) backup(ctx context.Context, path string) (err error) {
	if _, err := os.Lstat(path); err == nil {
		return os.ErrExist
	}
	// A name of its own: what a killed backup left is in nobody's way.
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.part")
	if err != nil {
		return withoutPath(err)
	}
	part := file.Name()
	defer func() {
		if closeErr := file.Close(); err == nil {
			err = closeErr
		}
		if err != nil {
			_ = os.Remove(part)
		}
	}()
	if err := s.copyInto(ctx, part); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return withoutPath(err)
	}
	if err := os.Rename(part, path); err != nil {
		return errors.Unwrap(err)
	}
	return syncFolder(filepath.Dir(path))
}

// copyInto fills the empty file at path and looks whether what is in it is sound.
func (s *Store) copyInto(ctx context.Context, path string) (err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // only gives it back
	if _, err := conn.ExecContext(ctx, `VACUUM INTO ?`, path); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if _, err := conn.ExecContext(ctx, `ATTACH ? AS kanava_backup`, path); err != nil {
		return fmt.Errorf("open the copy: %w", err)
	}
	defer func() {
		if _, detachErr := conn.ExecContext(context.WithoutCancel(ctx), `DETACH kanava_backup`); err == nil {
			err = detachErr
		}
	}()
	var verdict string
	if err := conn.QueryRowContext(ctx, `PRAGMA kanava_backup.quick_check(1)`).Scan(&verdict); err != nil {
		return fmt.Errorf("check the copy: %w", err)
	}
	if verdict != "ok" {
		return errors.New("the database is damaged")
	}
	return nil
}

// syncFolder makes a new name in a folder outlive a crash.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return withoutPath(err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) {
		return withoutPath(err)
	}
	return nil
}

// Mark returns a number that grows with the work that the store takes on. A host that keeps it
// elsewhere, every minute say, and gives it to Config.Mark notices that a damaged disk or a
// wrong copy has lost the end of the data, of which SQLite itself says nothing.
func (s *Store) Mark(ctx context.Context) (int64, error) {
	var mark sql.NullInt64
	err := s.each(ctx, func(row Row) error { return row.Scan(&mark) }, s.sql.mark)
	return mark.Int64, wrap(ctx, "read the mark", err)
}

// checkMark refuses a database that knows less than it should.
func (s *Store) checkMark(ctx context.Context, least int64) error {
	if least <= 0 {
		return nil
	}
	mark, err := s.Mark(ctx)
	if err == nil && mark < least {
		err = fmt.Errorf("mark %d of at least %d: %w", mark, least, ErrBehind)
	}
	return err
}

// Compact gives the space of what was removed back to the file system: SQLite otherwise keeps
// it for what comes. Nothing of what was removed is in the file afterwards, nor in its WAL or
// the index of words. It takes about as long as a backup, needs as much space beside the
// database while it works, and keeps all writers waiting; incremental work is not possible,
// since the mode for it has to be chosen when the file is made. PostgreSQL reuses the space by
// its own autovacuum; Compact does nothing there.
func (s *Store) Compact(ctx context.Context) error {
	if s.dialect != SQLite {
		return nil
	}
	var err error
	if s.sql.search.fileWords != "" {
		_, err = s.db.ExecContext(ctx, `INSERT INTO kanava_words (kanava_words) VALUES ('optimize')`)
	}
	if err == nil {
		_, err = s.db.ExecContext(ctx, `VACUUM`)
	}
	if err == nil {
		_, err = s.db.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	}
	return wrap(ctx, "compact", err)
}

// tidyWAL is how large SQLite's WAL may stay, in bytes.
const tidyWAL = 4 << 20

// Tidy implements [store.Tidier]: it forgets changes that are older than Config.KeepChanges, and
// on SQLite gives back the room of a WAL that a burst has made large, if nobody reads or writes
// just then, and once a day takes out of the index of words what was removed since.
func (s *Store) Tidy(ctx context.Context) error {
	if err := s.forgetChanges(ctx); err != nil {
		return wrap(ctx, "forget changes", err)
	}
	if s.dialect != SQLite {
		return nil
	}
	if err := s.purgeWords(ctx); err != nil {
		return wrap(ctx, "tidy up", err)
	}
	size, err := s.Measure(ctx)
	if err != nil || size.Log <= tidyWAL {
		return err
	}
	return wrap(ctx, "tidy up", s.truncateWAL(ctx))
}

func (s *Store) truncateWAL(ctx context.Context) (err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // only gives it back
	var patience int
	if err := conn.QueryRowContext(ctx, `PRAGMA busy_timeout`).Scan(&patience); err != nil {
		return err
	}
	// Otherwise it would keep writers out while it waits for readers.
	if _, err := conn.ExecContext(ctx, `PRAGMA busy_timeout = 0`); err != nil {
		return err
	}
	defer func() {
		_, undoErr := conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf(`PRAGMA busy_timeout = %d`, patience))
		err = errors.Join(err, undoErr)
	}()
	var busy, frames, moved int
	err = conn.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved)
	if err != nil && isTransient(err) {
		return nil // next time
	}
	return err
}
