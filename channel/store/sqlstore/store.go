package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// Config says which database a Store uses.
type Config struct {
	// DB is the database; required. It stays the host's: the store does not close it, and changes
	// no setting of it but that of IdleConns. How to open it is said at [SQLite] and [PostgreSQL].
	DB *sql.DB
	// Dialect says which engine it is; required.
	Dialect Dialect
	// Driver, if not nil, carries what is done all day long to PostgreSQL in place of DB, which
	// then is for the rest.
	Driver Driver
	// Leaders is how many transactions of combined batches that add or finish work may run
	// at a time on PostgreSQL, besides as many of other batches and as many statements of
	// combined lookups; 0 means 2. Batches that change the same lanes wait for each other
	// in any case, so that more of them pays for few callers only. SQLite always has one
	// transaction, since it has one writer, and combines no lookups.
	Leaders int
	// MaxRows is how many records and pieces of work a transaction of combined batches
	// may touch, and how many records combined lookups may ask for; 0 means 1,000. A
	// single batch or lookup may be larger.
	MaxRows int
	// IdleConns is how many idle connections Open has the pool of DB keep
	// (sql.DB.SetMaxIdleConns). database/sql keeps two unless it is told, and making a connection
	// costs more than many commits. 0 means as many as the store uses at a time, and one for the
	// host; give more if the host's own statements use the same pool. Negative leaves the pool as
	// it is.
	IdleConns int
	// Logger is warned of a pool that may open fewer connections than the store uses
	// (sql.DB.SetMaxOpenConns), with the number to set; nil means silence.
	Logger *slog.Logger
	// Timeout bounds a transaction of combined batches, including all waiting for locks
	// and all repeats, and a statement of combined lookups; 0 means 30 s. A caller's own
	// context may end its waiting earlier.
	Timeout time.Duration
	// Mark is what [Store.Mark] once returned for this database, or less; 0: unknown. A database
	// with a smaller one has lost something: Open returns an error that matches [ErrBehind].
	// After a restore on purpose it is that of the backup.
	Mark int64
	// KeepChanges is for how long at least the store remembers what batches told (store.Follower),
	// if Tidy is called now and then, as a hub does; 0 means 24 h. Whoever follows with an older
	// cursor starts afresh.
	KeepChanges time.Duration
	// NoMigrate makes Open refuse tables that are not those of this release, with
	// [ErrOutdated], instead of bringing them up to date: somebody else does that, with
	// [Migrate] or the SQL of [Script].
	NoMigrate bool
	// CallersClock judges leases on PostgreSQL by store.Claim.Now, the clock of each
	// caller, and not by the server's. It is for tests and demonstrations that move their
	// clock: processes whose clocks differ take work from each other that is in good hands.
	// SQLite goes by the callers' clock in any case, since they share the machine.
	CallersClock bool
	// InsecureAllowOldSQLite accepts a SQLite older than 3.51.3, in which a race between
	// a writer and a checkpoint can corrupt a database in WAL mode.
	InsecureAllowOldSQLite bool
	// InsecureReadableFiles accepts an existing SQLite database that others than its owner
	// can read, and leaves the mode of a new one to the umask of the process. Otherwise new
	// files get mode 0600, and an existing file and folder that others can read are refused.
	InsecureReadableFiles bool
}

// Store is a [store.Store] on database/sql. It is safe for concurrent use, also by
// several processes on the same database. Make it with [Open].
type Store struct {
	db        *sql.DB
	driver    Driver // nil: database/sql
	dialect   Dialect
	sql       *statements
	stmts     map[string]*sql.Stmt // SQLite: all statements, prepared
	combiner  *combiner            // of commits and claims
	orderless *combiner            // PostgreSQL: of commits that change no lane
	stuck     *combiner            // PostgreSQL: of commits that wait for a lock for long
	readers   *combiner            // PostgreSQL: of lookups
	lockClass int32
	pool      pool
	writer    writer // SQLite
	file      file   // SQLite
	setback   setback
	timeout   time.Duration
	stuckAt   atomic.Int64 // when a lock was not to be had, in nanoseconds since 1970
	ownClock  bool
	unfiled   atomic.Int64 // SQLite: about how many entries wait for the index of words
	purge     purge        // SQLite

	keepChanges time.Duration
}

var _ store.Store = (*Store)(nil)

// Open checks the database, brings its tables up to date unless Config.NoMigrate, and
// returns a Store on it. Several processes may do so at the same time. Tables that are up to
// date are opened with the right to read and change rows alone. It starts no goroutine.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s, err := newStore(ctx, &cfg)
	if err == nil {
		err = s.open(ctx, &cfg)
	}
	if err != nil {
		return nil, fmt.Errorf("sqlstore: open: %w", known(err))
	}
	return s, nil
}

// newStore checks cfg and which database it is, of which it changes nothing.
func newStore(ctx context.Context, cfg *Config) (*Store, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	s := &Store{db: cfg.DB, driver: cfg.Driver, dialect: cfg.Dialect, pool: cfg.pool(), timeout: cmp.Or(cfg.Timeout, 30*time.Second)}
	s.pool.prepare(ctx, s.db, cfg.IdleConns, cfg.Logger)
	s.keepChanges = cmp.Or(cfg.KeepChanges, 24*time.Hour)
	s.ownClock = s.dialect == PostgreSQL && !cfg.CallersClock
	s.combiner = cfg.combiner(s.run)
	if s.dialect == SQLite {
		s.combiner.most, s.combiner.idle = 1, s.writer.idle
		return s, s.meetSQLite(ctx, cfg)
	}
	// Transactions that change lanes mostly wait for each other, so that one with many
	// members is better than two with few, unless somebody else holds it up.
	s.combiner.crowd, s.combiner.patience = 0, 250*time.Millisecond
	s.stuck = cfg.combiner(s.run)
	s.stuck.most = 1
	s.orderless, s.readers = cfg.combiner(s.run), cfg.combiner(s.runLookups)
	return s, s.meetPostgres(ctx)
}

// open makes the store ready for use.
func (s *Store) open(ctx context.Context, cfg *Config) error {
	err := s.prepareFile(ctx, cfg)
	if err == nil {
		err = s.ensureTables(ctx, !cfg.NoMigrate)
	}
	if err == nil && s.dialect == SQLite {
		err = s.rememberFile(ctx)
	}
	if err == nil && s.dialect == SQLite {
		err = s.meetIndex(ctx)
	}
	if err == nil && s.dialect == SQLite {
		err = s.prepareAll(ctx)
	}
	if err == nil {
		err = s.checkMark(ctx, cfg.Mark)
	}
	if err != nil {
		_ = s.Close()
	}
	return err
}

// combiner returns one in which a further leader sets out soon.
func (cfg *Config) combiner(run func(context.Context, []*waiter)) *combiner {
	return &combiner{
		run: run, most: cfg.leaders(), rows: cmp.Or(cfg.MaxRows, 1000), timeout: cmp.Or(cfg.Timeout, 30*time.Second),
		crowd: 64, patience: 3 * time.Millisecond,
	}
}

func (cfg *Config) leaders() int { return cmp.Or(cfg.Leaders, 2) }

// Now returns the time by the clock that leases go by: on PostgreSQL that of the server,
// which all processes share. It is zero if that is the clock of each caller. Where the clock by which work is
// filed was set back since Now was called last, by an hour say, or is that of a standby which is behind, Now sees to
// it that work is not held up for as long.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	began := time.Now()
	if s.dialect == SQLite {
		_ = s.mindSetback(ctx, began.Round(0), began, began) // next time
	}
	if !s.ownClock {
		return time.Time{}, ctx.Err()
	}
	var now int64
	scan := func(row Row) error { return row.Scan(&now) }
	if err := s.each(ctx, scan, s.sql.clock); err != nil {
		return time.Time{}, wrap(ctx, "ask for the time", err)
	}
	_ = s.mindSetback(ctx, timeOf(now), began, time.Now()) // next time
	return timeOf(now), nil
}

func (cfg *Config) check() error {
	var errs []error
	if cfg.DB == nil {
		errs = append(errs, errors.New("field DB is missing"))
	}
	if cfg.Dialect != SQLite && cfg.Dialect != PostgreSQL {
		errs = append(errs, errors.New("field Dialect is neither SQLite nor PostgreSQL"))
	}
	if cfg.Driver != nil && cfg.Dialect != PostgreSQL {
		errs = append(errs, errors.New("field Driver is for PostgreSQL"))
	}
	if cfg.Leaders < 0 {
		errs = append(errs, errors.New("field Leaders is negative"))
	}
	if cfg.MaxRows < 0 {
		errs = append(errs, errors.New("field MaxRows is negative"))
	}
	if cfg.Timeout < 0 {
		errs = append(errs, errors.New("field Timeout is negative"))
	}
	if cfg.KeepChanges < 0 {
		errs = append(errs, errors.New("field KeepChanges is negative"))
	}
	return errors.Join(errs...)
}

// Close releases what the store holds in the database's connections. It does not close
// the database. No method may be running or be called afterwards.
func (s *Store) Close() error {
	var errs []error
	for _, stmt := range s.stmts {
		errs = append(errs, stmt.Close())
	}
	s.stmts = nil
	return errors.Join(errs...)
}

// prepareAll prepares every statement, so that SQLite need not parse them each time.
func (s *Store) prepareAll(ctx context.Context) error {
	s.stmts = map[string]*sql.Stmt{}
	var texts []string
	for _, text := range s.sql.texts() {
		texts = append(texts, *text)
	}
	for _, statement := range s.sql.byRow() {
		texts = append(texts, statement.text, statement.wide)
	}
	texts = append(texts, s.sql.search.fileWords, s.sql.search.file, s.sql.search.recent, s.sql.search.find)
	texts = append(texts, s.sql.getMany...)
	for _, text := range s.sql.list {
		texts = append(texts, text)
	}
	for _, text := range texts {
		if text == "" {
			continue
		}
		stmt, err := s.db.PrepareContext(ctx, text) //nolint:sqlclosecheck // kept until Close
		if err != nil {
			return fmt.Errorf("prepare statement: %w", err)
		}
		s.stmts[text] = stmt
	}
	return nil
}

// meetPostgres finds out which server and schema it is.
func (s *Store) meetPostgres(ctx context.Context) error {
	var version int
	var schema sql.NullString
	var encoding string
	err := s.db.QueryRowContext(ctx, `SELECT CAST(current_setting('server_version_num') AS integer), current_schema(), current_setting('server_encoding')`).
		Scan(&version, &schema, &encoding)
	if err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	if version < 130000 {
		return fmt.Errorf("PostgreSQL %d is too old: 13 or later is needed", version/10000)
	}
	if encoding != "UTF8" { // what somebody wrote could not be stored, each time it comes
		return fmt.Errorf("the database keeps text in %s, which does not hold every character: it must be made with ENCODING 'UTF8'", encoding)
	}
	if !schema.Valid {
		return errors.New("the search path names no schema to keep tables in")
	}
	h := fnv.New32a()
	h.Write([]byte("kanava\x00" + schema.String))
	s.lockClass = int32(h.Sum32())
	s.sql = newStatements(postgresDialect(!s.ownClock, s.driver != nil))
	return s.meetPooler(ctx)
}
