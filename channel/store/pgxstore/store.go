package pgxstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// Config says which database a Store uses. The fields that [sqlstore.Config] has as well mean the
// same as there.
type Config struct {
	// Pool leads to the database; required. It stays the host's: the store neither closes it nor
	// changes a setting.
	Pool *pgxpool.Pool
	// Leaders is how many transactions of combined batches that add or finish work may run at a
	// time; 0 means 2.
	Leaders int
	// MaxRows is how many rows a transaction of combined batches may touch; 0 means 1,000.
	MaxRows int
	// Timeout bounds a transaction of combined batches; 0 means 30 s.
	Timeout time.Duration
	// Mark is what Store.Mark once returned for this database, or less; 0: unknown.
	Mark int64
	// KeepChanges is for how long at least changes are remembered for followers; 0 means 24 h.
	KeepChanges time.Duration
	// NoMigrate makes Open refuse tables that are not those of this release with
	// [sqlstore.ErrOutdated], instead of bringing them up to date.
	NoMigrate bool
	// CallersClock judges leases by the clock of each caller, for tests and demonstrations that
	// move their clock.
	CallersClock bool
	// Logger is warned of a pool that may open fewer connections than the store uses; nil means
	// silence.
	Logger *slog.Logger
}

// Store is a [store.Store] on a *pgxpool.Pool. It is safe for concurrent use, also by several
// processes on the same database. Make it with [Open].
type Store struct {
	*sqlstore.Store
	db *sql.DB
}

var (
	_         store.Store      = (*Store)(nil)
	_         store.Timekeeper = (*Store)(nil)
	_         store.Surveyor   = (*Store)(nil)
	_         store.Measurer   = (*Store)(nil)
	_         store.Tidier     = (*Store)(nil)
	_         store.Follower   = (*Store)(nil)
	_         store.Searcher   = (*Store)(nil)
	_         sqlstore.Driver  = (*driver)(nil)
	_         sqlstore.Tx      = (*tx)(nil)
	errNoPool                  = errors.New("field Pool is missing")
)

// Open checks the database, brings its tables up to date unless Config.NoMigrate, and returns a
// Store on it. Several processes may do so at the same time. It starts no goroutine that works.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Pool == nil {
		return nil, fmt.Errorf("pgxstore: open: %w", errNoPool)
	}
	db := open(cfg.Pool)
	st, err := sqlstore.Open(ctx, sqlstore.Config{
		DB: db, Dialect: sqlstore.PostgreSQL, Driver: newDriver(cfg.Pool), IdleConns: -1,
		Leaders: cfg.Leaders, MaxRows: cfg.MaxRows, Timeout: cfg.Timeout, Mark: cfg.Mark, KeepChanges: cfg.KeepChanges,
		NoMigrate: cfg.NoMigrate, CallersClock: cfg.CallersClock, Logger: cfg.Logger,
	})
	if err != nil {
		return nil, fmt.Errorf("pgxstore: %w", errors.Join(err, db.Close()))
	}
	return &Store{st, db}, nil
}

// open returns the pool as database/sql has it, for what is done now and then. It keeps no
// connection.
func open(pool *pgxpool.Pool) *sql.DB {
	db := stdlib.OpenDBFromPool(pool)
	db.SetMaxOpenConns(int(pool.Config().MaxConns))
	return db
}

// Close releases what the store holds. It does not close the pool. No method may be running or be
// called afterwards.
func (s *Store) Close() error { return errors.Join(s.Store.Close(), s.db.Close()) }

// Pending is a dry run of [Migrate]: it returns the steps that Migrate would apply.
func Pending(ctx context.Context, pool *pgxpool.Pool) ([]sqlstore.Migration, error) {
	return migrations(ctx, pool, "look for migrations", sqlstore.Pending)
}

// Migrate brings the tables up to date, all steps in one transaction, and returns those that it
// applied, as [sqlstore.Migrate] does.
func Migrate(ctx context.Context, pool *pgxpool.Pool) ([]sqlstore.Migration, error) {
	return migrations(ctx, pool, "migrate", sqlstore.Migrate)
}

func migrations(ctx context.Context, pool *pgxpool.Pool, doing string,
	do func(context.Context, sqlstore.Config) ([]sqlstore.Migration, error)) ([]sqlstore.Migration, error) {
	if pool == nil {
		return nil, fmt.Errorf("pgxstore: %s: %w", doing, errNoPool)
	}
	db := open(pool)
	steps, err := do(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.PostgreSQL, IdleConns: -1})
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, fmt.Errorf("pgxstore: %w", err)
	}
	return steps, nil
}
