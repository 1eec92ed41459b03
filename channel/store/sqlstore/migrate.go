package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"
)

//go:embed migrations
var migrations embed.FS

// migrationsOf are the folders of the steps.
var migrationsOf = map[Dialect]string{SQLite: "migrations/sqlite", PostgreSQL: "migrations/postgres"}

// ErrOutdated is returned by [Open] with Config.NoMigrate for tables that an earlier release
// made, or nobody yet. The error says at which step they are and what brings them up to date.
var ErrOutdated = errors.New("sqlstore: the tables are not up to date")

// addsOnly ends the name of a step that releases before it need not know: it adds tables, indexes, or
// columns that may be empty, and takes nothing away. So processes of an older release that are
// restarted in the middle of a rolling upgrade go on.
const addsOnly = "_adds.sql"

// Migration is one step from no tables to those of this release.
type Migration struct {
	Step int    // counts from 1
	Name string // of the file, such as "0001_start.sql"
	SQL  string // statements, each ending with a semicolon at the end of a line
}

// Migrations returns all steps in their order, for whoever applies or reviews SQL with a tool
// of their own: [Script] makes a file of them. A step never changes once it was released. The
// result is nil for an unknown dialect.
func Migrations(d Dialect) []Migration {
	dir := migrationsOf[d]
	files, err := fs.ReadDir(migrations, dir)
	if err != nil {
		return nil
	}
	steps := make([]Migration, len(files))
	for i, file := range files {
		text, _ := fs.ReadFile(migrations, dir+"/"+file.Name()) // it is part of the program
		steps[i] = Migration{i + 1, file.Name(), string(text)}
	}
	return steps
}

// Script returns the SQL that brings tables from a step, 0 for none, to this release: one
// transaction, which also notes the steps as done, so that [Open] finds the tables up to date.
// Give it to psql or sqlite3, with a role that may make tables in the first schema of the search
// path. It returns "" if there is nothing to do. Do not run it beside [Migrate].
func Script(d Dialect, from int) string {
	steps := Migrations(d)
	if from >= len(steps) {
		return ""
	}
	var b strings.Builder
	b.WriteString("BEGIN;\n" + migrationTable + ";\n")
	for _, m := range steps[max(from, 0):] {
		fmt.Fprintf(&b, "\n-- Step %d: %s\n%s\n%s;\n", m.Step, m.Name, strings.TrimSpace(m.SQL), m.mark())
	}
	b.WriteString("\nCOMMIT;\n")
	return b.String()
}

// Pending is a dry run of [Migrate]: it returns the steps that Migrate would apply to cfg.DB, in
// their order, and changes nothing. Tables of a later release are an error, unless all that was done
// to them since is to add something.
func Pending(ctx context.Context, cfg Config) ([]Migration, error) {
	s, err := newStore(ctx, &cfg)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: look for migrations: %w", known(err))
	}
	pending, err := s.pending(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: look for migrations: %w", known(err))
	}
	return pending, nil
}

// Migrate brings the tables up to date, all steps in one transaction, and returns those that it
// applied: none if there was nothing to do. It never goes back. Several processes may do so at
// the same time: whoever comes second waits, and finds nothing to do. It needs a role that may
// make tables; processes that open with Config.NoMigrate need none of that. Of cfg it reads DB,
// Dialect, and what says Insecure.
func Migrate(ctx context.Context, cfg Config) ([]Migration, error) {
	s, err := newStore(ctx, &cfg)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", known(err))
	}
	if err := s.prepareFile(ctx, &cfg); err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", known(err))
	}
	applied, err := s.migrate(ctx)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: migrate: %w", known(err))
	}
	return applied, nil
}

// migrationTable is where the steps are noted.
const migrationTable = `CREATE TABLE IF NOT EXISTS kanava_migration (step INTEGER PRIMARY KEY, name TEXT NOT NULL)`

// onWords finds statements that deal with SQLite's index of words, beyond what is said about it.
var onWords = regexp.MustCompile(`(?m)^[^-\n].*\bkanava_words`)

// mark notes the step as done.
func (m Migration) mark() string {
	return fmt.Sprintf("INSERT INTO kanava_migration (step, name) VALUES (%d, '%s')", m.Step, m.Name)
}

// ensureTables sees to it that the tables are those of this release. Tables that are need no
// right to change them.
func (s *Store) ensureTables(ctx context.Context, migrate bool) error {
	pending, err := s.pending(ctx)
	if err != nil || len(pending) == 0 {
		return err
	}
	if migrate {
		if _, err = s.migrate(ctx); err == nil || isReadOnly(err) {
			return err
		}
	} else {
		err = ErrOutdated
	}
	from := pending[0].Step - 1
	return fmt.Errorf("%w (the tables are at step %d, this release needs step %d: run sqlstore.Migrate, or the SQL of sqlstore.Script(sqlstore.%s, %d), with a role that may make tables)",
		err, from, pending[len(pending)-1].Step, s.dialect, from)
}

// pending returns the steps that the database has not seen. It only reads.
func (s *Store) pending(ctx context.Context) ([]Migration, error) {
	done, mark, err := s.state(ctx)
	if err == nil && mark != "" {
		err = errMarked(mark)
	}
	if err != nil {
		return nil, err
	}
	return stepsAfter(ctx, s.db, s.dialect, done)
}

// asker is a database or a connection.
type asker interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// state returns how many steps the tables have seen, 0 if there are none, and the mark of a move
// in which the database takes part. It only reads.
func (s *Store) state(ctx context.Context) (done int, mark string, err error) {
	exists := `SELECT CASE WHEN to_regclass('kanava_migration') IS NULL THEN 0 ELSE 1 END`
	if s.dialect == SQLite {
		exists = `SELECT count(*) FROM sqlite_master WHERE name = 'kanava_migration'`
	}
	var found int
	for attempt := 0; ; attempt++ {
		err := s.db.QueryRowContext(ctx, exists).Scan(&found)
		if err == nil && found > 0 {
			done, mark, err = doneSteps(ctx, s.db)
		}
		if err == nil {
			return done, mark, nil
		}
		if !isTransient(err) || attempt == maxAttempts || pause(ctx, attempt) != nil {
			return 0, "", fmt.Errorf("ask for the tables: %w", err)
		}
	}
}

// stepsAfter returns what is to be done when so many steps are.
func stepsAfter(ctx context.Context, db asker, d Dialect, done int) ([]Migration, error) {
	steps := Migrations(d)
	if done <= len(steps) {
		return steps[done:], nil
	}
	var changed int
	err := db.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM kanava_migration
		WHERE step > %d AND step < %d AND replace(name || '|', '%s|', '') = name || '|'`, len(steps), movedStep, addsOnly)).Scan(&changed)
	if err == nil && changed > 0 {
		err = fmt.Errorf("the tables were made by a later release: they are at step %d, this one knows %d", done, len(steps))
	}
	return nil, err
}

// doneSteps returns how many steps were applied before, and the mark of a move.
func doneSteps(ctx context.Context, db asker) (n int, mark string, err error) {
	err = db.QueryRowContext(ctx, fmt.Sprintf(`SELECT COALESCE(max(CASE WHEN step < %[1]d THEN step END), 0),
		COALESCE(max(CASE WHEN step = %[1]d THEN name END), '') FROM kanava_migration`, movedStep)).Scan(&n, &mark)
	return n, mark, err
}

// migrate applies the steps that this database has not seen, all in one transaction.
func (s *Store) migrate(ctx context.Context) (applied []Migration, err error) {
	for attempt := 0; ; attempt++ {
		applied, err = s.migrateOnce(ctx)
		if err == nil || !isTransient(err) || attempt == maxAttempts || pause(ctx, attempt) != nil {
			if err != nil {
				err = fmt.Errorf("bring tables up to date: %w", err)
			}
			return applied, err
		}
	}
}

func (s *Store) migrateOnce(ctx context.Context) (applied []Migration, err error) {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }() // only gives it back
	begin := "BEGIN"
	if s.dialect == SQLite {
		begin = "BEGIN IMMEDIATE"
		if err := ensureSynchronous(ctx, conn); err != nil {
			return nil, err
		}
	}
	if _, err := conn.ExecContext(ctx, begin); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			if _, undo := conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); undo != nil {
				_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // so that nobody else gets it
			}
		}
	}()
	before := []string{migrationTable}
	if s.dialect == PostgreSQL {
		before = []string{
			fmt.Sprintf("SET LOCAL idle_in_transaction_session_timeout = %d", idleLimit.Milliseconds()),
			fmt.Sprintf("SELECT pg_advisory_xact_lock(%d, -1)", s.lockClass), migrationTable,
		}
	}
	for _, statement := range before {
		if _, err := conn.ExecContext(ctx, statement); err != nil {
			return nil, err
		}
	}
	done, mark, err := doneSteps(ctx, conn)
	if err == nil && mark != "" {
		err = errMarked(mark)
	}
	if err != nil {
		return nil, err
	}
	steps, err := stepsAfter(ctx, conn, s.dialect, done)
	if err != nil {
		return nil, err
	}
	withoutFTS := false
	if s.dialect == SQLite {
		var modules int
		if err := conn.QueryRowContext(ctx, `SELECT count(*) FROM pragma_module_list WHERE name = 'fts5'`).Scan(&modules); err != nil {
			return nil, err
		}
		withoutFTS = modules == 0
	}
	for _, m := range steps {
		for statement := range strings.SplitSeq(m.SQL+";\n"+m.mark(), ";\n") {
			if strings.TrimSpace(statement) == "" || withoutFTS && onWords.MatchString(statement) {
				continue
			}
			if _, err := conn.ExecContext(ctx, statement); err != nil {
				return nil, fmt.Errorf("%s: %w", m.Name, err)
			}
		}
	}
	_, err = conn.ExecContext(ctx, "COMMIT")
	return steps, err
}
