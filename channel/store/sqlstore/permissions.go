package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// private is the mode of the files, which hold what customers wrote.
const private fs.FileMode = 0o600

// others are the permissions of everybody but the owner.
const others fs.FileMode = 0o077

// ensurePrivate sees to it that nobody but the owner reads the database. A new one gets mode
// 0600; SQLite gives the files beside it the mode that the database has. One that is there
// already keeps its mode, which is somebody's decision, and is refused if others can reach it.
func (s *Store) ensurePrivate(ctx context.Context) error {
	if runtime.GOOS == "windows" {
		return nil // access is not a matter of modes there
	}
	path, tables, err := s.mainFile(ctx)
	if err != nil {
		return fmt.Errorf("ask for the file: %w", err)
	}
	if path == "" {
		return nil // in memory
	}
	if tables == 0 {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if err := os.Chmod(path+suffix, private); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("make the file private: %w", withoutPath(err))
			}
		}
	}
	file, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at the file: %w", withoutPath(err))
	}
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("look at the folder: %w", withoutPath(err))
	}
	if file.Mode().Perm()&others != 0 && folder.Mode().Perm()&others != 0 {
		return fmt.Errorf("the file has mode %04o and its folder %04o, so that others than its owner can read it: "+
			"give the file mode 0600 or the folder 0700, or set InsecureReadableFiles", file.Mode().Perm(), folder.Mode().Perm())
	}
	return nil
}

// mainFile returns the path of the database and how many tables and indexes are in it.
func (s *Store) mainFile(ctx context.Context) (path string, tables int, err error) {
	for attempt := range maxAttempts {
		err = s.db.QueryRowContext(ctx, `
			SELECT coalesce((SELECT file FROM pragma_database_list WHERE name = 'main'), ''),
			       (SELECT count(*) FROM sqlite_master)`).Scan(&path, &tables)
		if err == nil || !isTransient(err) || pause(ctx, attempt) != nil {
			break
		}
	}
	return path, tables, err
}

// withoutPath takes the name of the file out of an error: hosts name files after tenants.
func withoutPath(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
