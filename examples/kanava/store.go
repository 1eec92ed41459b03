package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // PostgreSQL
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	_ "modernc.org/sqlite" // SQLite
)

// openedStore is a store with its database.
type openedStore struct {
	*sqlstore.Store
	db *sql.DB
}

func (s *openedStore) close() { _ = s.db.Close() } // what was committed is safe

// openDatabase opens the database without a look at our tables. A file of SQLite in which others have
// tables and we have none is refused before anything is changed in it, unless ours are to stand beside.
func (p *program) openDatabase(ctx context.Context, where string, beside bool) (*sql.DB, sqlstore.Dialect, error) {
	driver, source, dialect, err := p.source(where)
	if err != nil {
		return nil, 0, err
	}
	if dialect == sqlstore.SQLite && !beside {
		if err := refuseForeign(ctx, where); err != nil {
			return nil, 0, err
		}
	}
	db, err := sql.Open(driver, source)
	if err != nil {
		return nil, 0, wrong("%s", databaseProblem(where, err))
	}
	return db, dialect, nil
}

// refuseForeign refuses a file of SQLite that is another program's. It only reads.
func refuseForeign(ctx context.Context, where string) error {
	file, err := filepath.Abs(strings.TrimPrefix(where, "sqlite:"))
	if err != nil {
		return err
	}
	if _, err := os.Stat(file); err != nil {
		return nil // it is not there yet, or whoever opens it hears why not
	}
	path, _, _ := strings.Cut(sqlstore.SQLiteDSN(file), "?")
	db, err := sql.Open("sqlite", path+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	var ours, others int
	err = db.QueryRowContext(ctx, `SELECT count(CASE WHEN name = 'kanava_migration' THEN 1 END), count(CASE WHEN name NOT LIKE 'kanava~_%' ESCAPE '~' THEN 1 END)
		FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'`).Scan(&ours, &others)
	switch {
	case err != nil:
		return errors.New(databaseProblem(where, err))
	case ours == 0 && others > 0:
		return wrong("%s is the database of another program, without a table of Kanava: name a file of its own, or have the tables made beside the others with kanava migrate --beside", where)
	}
	return nil
}

// openStore opens the store in a SQLite file, or in PostgreSQL by its URL. Whoever only
// looks after a store of others does not change its tables.
func (p *program) openStore(ctx context.Context, where string, own bool) (*openedStore, error) {
	db, dialect, err := p.openDatabase(ctx, where, false)
	if err != nil {
		return nil, err
	}
	cfg := sqlstore.Config{DB: db, Dialect: dialect, NoMigrate: !own}
	st, err := sqlstore.Open(ctx, cfg)
	if err == nil {
		return &openedStore{st, db}, nil
	}
	empty := false
	if errors.Is(err, sqlstore.ErrOutdated) {
		pending, look := sqlstore.Pending(ctx, cfg)
		empty = look == nil && len(pending) == len(sqlstore.Migrations(dialect))
	}
	_ = db.Close()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, sqlstore.ErrMoved):
		return nil, err
	case errors.Is(err, sqlstore.ErrOutdated) && empty:
		text := "the database holds no channel yet: name another one, or kanava migrate makes the tables"
		if dialect == sqlstore.SQLite {
			text += "; a file that was copied without the one beside it that ends in -wal looks like that, too"
		}
		return nil, errors.New(text)
	case errors.Is(err, sqlstore.ErrOutdated):
		return nil, errors.New("the tables of the database are not those of this release: kanava migrate brings them up to date")
	}
	return nil, errors.New(databaseProblem(where, err))
}

// onServer reports whether a database is one of PostgreSQL, and no file.
func onServer(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}

// source reads what the user calls a database: a file, or postgres://….
func (p *program) source(where string) (driver, source string, dialect sqlstore.Dialect, err error) {
	where = strings.TrimPrefix(where, "sqlite:")
	if !onServer(where) {
		if strings.Contains(where, "://") {
			return "", "", 0, wrong("the database is a file of SQLite, or postgres://user@host/name; others are not known")
		}
		file, err := filepath.Abs(where)
		if err != nil {
			return "", "", 0, err
		}
		return "sqlite", sqlstore.SQLiteDSN(file), sqlstore.SQLite, nil
	}
	u, err := url.Parse(where)
	if err != nil {
		return "", "", 0, wrong("the database is a file or postgres://user@host/name, which this is not")
	}
	_, has := u.User.Password()
	if has || u.Query().Has("password") || u.Query().Has("sslpassword") {
		if where != p.getenv("KANAVA_DATABASE") && where != p.getenv("KANAVA_MOVE_TO") {
			return "", "", 0, wrong("a password does not belong on the command line, where others can read it: put the whole address into KANAVA_DATABASE, or the password into PGPASSWORD")
		}
	}
	return "pgx", where, sqlstore.PostgreSQL, nil
}

// databaseProblem says that a database cannot be opened, without its address: that may
// hold a password, between the slashes and the host or in the query.
func databaseProblem(where string, err error) string {
	text := sentence(err)
	if onServer(where) {
		shown := "postgres://…"
		if u, err := url.Parse(where); err == nil {
			shown += "@" + u.Host + u.Path
		}
		where, text = shown, "it does not answer, or refuses the user" // the driver's words may quote the address
	}
	if folder := filepath.Dir(strings.TrimPrefix(where, "sqlite:")); !strings.Contains(where, "://") {
		if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
			text = "there is no folder " + folder + "; make it first, or correct the path"
		} else if errors.Is(err, os.ErrPermission) {
			text = "the folder " + folder + " may not be entered; look at its rights"
		}
	}
	code, ok := errors.AsType[interface {
		error
		Code() int
	}](err)
	if errors.Is(err, sqlstore.ErrDamaged) || ok && (code.Code()&0xff == 11 || code.Code()&0xff == 26) { // SQLITE_CORRUPT, SQLITE_NOTADB
		return fmt.Sprintf("the database %s is damaged, or none: stop every process, keep the file, and restore the last backup", where)
	}
	return fmt.Sprintf("the database %s cannot be opened: %s", where, text)
}

// mustExist refuses a file that is not there, which SQLite would make.
func mustExist(where string) error {
	where = strings.TrimPrefix(where, "sqlite:")
	if strings.Contains(where, "://") {
		return nil
	}
	if _, err := os.Stat(where); err != nil {
		return wrong("there is no database %s: name the one of your channel with --database, or in KANAVA_DATABASE", where)
	}
	return nil
}
