package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

//go:embed migrations
var migrations embed.FS

const (
	migrationsSQLite   = "migrations/sqlite"
	migrationsPostgres = "migrations/postgres"
)

// migrate brings the tables up to date: it applies, in the order of their names, the
// files of dir that this database has not seen, all in one transaction. It never goes
// back. Whoever comes second waits and then finds nothing to do.
func (s *Store) migrate(ctx context.Context, dir string) error {
	for attempt := 0; ; attempt++ {
		err := s.migrateOnce(ctx, dir)
		if err == nil || !isTransient(err) || attempt == maxAttempts || pause(ctx, attempt) != nil {
			if err != nil {
				err = fmt.Errorf("bring tables up to date: %w", err)
			}
			return err
		}
	}
}

func (s *Store) migrateOnce(ctx context.Context, dir string) (err error) {
	files, err := fs.ReadDir(migrations, dir)
	if err != nil {
		return err
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // only gives it back
	begin := "BEGIN"
	if s.dialect == SQLite {
		begin = "BEGIN IMMEDIATE"
		if err := ensureSynchronous(ctx, conn); err != nil {
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			if _, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); undo != nil {
				_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // so that nobody else gets it
			}
		}
	}()
	if s.dialect == PostgreSQL {
		for _, statement := range []string{
			fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", idleLimit.Milliseconds()),
			fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, -1)", s.lockClass),
		} {
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return err
			}
		}
	}
	done, err := doneMigrations(ctx, conn)
	if err != nil {
		return err
	}
	if done > len(files) {
		return fmt.Errorf("the tables were made by a later release: they are at step %d, this one knows %d", done, len(files))
	}
	for i := done; i < len(files); i++ {
		text, err := fs.ReadFile(migrations, dir+"/"+files[i].Name())
		if err != nil {
			return err
		}
		for statement := range strings.SplitSeq(string(text), ";\n") {
			if strings.TrimSpace(statement) == "" {
				continue
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", files[i].Name(), err)
			}
		}
		mark := fmt.Sprintf("INSERT INTO kanava_migration (step, name) VALUES (%d, '%s')", i+1, files[i].Name())
		if _, err := conn.ExecContext(ctx, mark); err != nil {
			return err
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return err
}

// doneMigrations returns how many files were applied before.
func doneMigrations(ctx context.Context, conn *sql.Conn) (int, error) {
	_, err := conn.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS kanava_migration (step INTEGER PRIMARY KEY, name TEXT NOT NULL)`)
	if err != nil {
		return 0, err
	}
	var n int
	err = conn.QueryRowContext(ctx, `SELECT COALESCE(max(step), 0) FROM kanava_migration`).Scan(&n)
	return n, err
}
