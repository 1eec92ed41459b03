package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
)

// ErrFileGone is returned by whatever changes something in a SQLite database whose file is no longer
// where it was opened: it, its folder, or its journal (-wal) was removed, or another file was put in its place, by a restore for
// instance. The connections still have the old one, and what they wrote would be lost when they are closed. It is no
// longer returned once the file is back; until the process ends [Store.Backup] saves what is in it.
var ErrFileGone = errors.New("sqlstore: the file of the database is not the one that was opened: it was removed or replaced while in use")

// file is the file of a SQLite database.
type file struct {
	path string
	info os.FileInfo
}

// rememberFile notes which file it is that was opened.
func (s *Store) rememberFile(ctx context.Context) error {
	path, _, err := s.mainFile(ctx)
	if err != nil || path == "" {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at the file: %w", withoutPath(err))
	}
	s.file = file{path, info}
	return nil
}

// there is nil if the file and its journal are still in their place. It is for a transaction in which something was
// done, so that both are open. Elsewhere than in SQLite it is always nil.
func (f *file) there() error {
	if f.path == "" {
		return nil
	}
	info, err := os.Stat(f.path)
	if err == nil && !os.SameFile(info, f.info) {
		err = syscall.ESTALE
	}
	if err == nil {
		_, err = os.Stat(f.path + "-wal")
	}
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESTALE) {
		return fmt.Errorf("%w (%w)", ErrFileGone, withoutPath(err))
	}
	return nil // what else may be wrong the engine says
}
