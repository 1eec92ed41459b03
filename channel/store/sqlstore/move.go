package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
)

// ErrMoved is returned by [Open], [Migrate] and [Move] for a database whose content was moved to
// another one, and for one into which a move is not finished. The error says which. A [Store] that was
// open meanwhile returns it for whatever it is to write.
var ErrMoved = errors.New("sqlstore: the database takes part in a move")

// Moved counts what is in the database to which a store moves.
type Moved struct {
	Records int64 // documents and running totals
	Work    int64 // work, living and dead
	Names   int64 // IDs of work that are remembered
	Entries int64 // what a search finds
}

// Move copies all that a store keeps from one database into an empty one, of the same or of the
// other engine: a desk that grows out of SQLite goes on in PostgreSQL with its conversations, its
// outbox, its dead letters, what it has seen before, and what is found by its words. The host's own
// tables and files are the host's to move.
//
// Stop every process first: Move refuses a source in which somebody is writing just then, but sees
// nobody who is silent. From the first moment on [Open] refuses the source, and the target until all
// is there, and whoever has the source open still can write nothing there any more, so that two stores
// never send the same answers, and nothing is taken in by one that nobody reads. What is interrupted goes on where it was when Move is called again with the same
// two databases. At the end counts and sums of both are compared. Then the target opens as the
// source did, and cursors of store.Follower start afresh; the source stays as it was, but for the
// mark, which [CancelMove] takes off.
//
// Both tables have to be of this release: [Migrate] brings a source up to date; those of the target
// are made. Both need a role that owns the tables. A target that is refused is left as it was. Of the configurations it reads DB, Dialect, and what says Insecure. progress, if not
// nil, hears of every page.
func Move(ctx context.Context, from, to Config, progress func(Moved)) (Moved, error) {
	m, err := newMove(ctx, from, to)
	if err == nil {
		m.progress = progress
		err = m.run(ctx)
	}
	if err != nil {
		return Moved{}, wrap(ctx, "move", err)
	}
	return m.moved, nil
}

// CancelMove takes the mark off a database whose content was moved, or was to be moved, so that it
// can be opened again. Nothing that happened in the other one since comes with it. Never let both be
// used: each would send what was waiting to be sent.
func CancelMove(ctx context.Context, cfg Config) error {
	s, err := newStore(ctx, &cfg)
	var mark string
	if err == nil {
		_, mark, err = s.state(ctx)
	}
	switch {
	case err != nil:
	case strings.HasPrefix(mark, movedFrom):
		err = errors.New("it was to be filled, and holds a part only: remove its tables")
	case mark != "":
		err = s.inOne(ctx, append(s.unbar(), unmark)...)
	}
	return wrap(ctx, "cancel move", err)
}

// inOne runs statements in one transaction.
func (s *Store) inOne(ctx context.Context, statements ...string) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	for _, statement := range statements {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// A database that takes part in a move has a step behind all others, which no release knows: its
// name says which part, and the number of the move.
const (
	movedStep          = 1_000_000_000
	movedTo, movedFrom = "to ", "from "
)

var unmark = fmt.Sprintf(`DELETE FROM kanava_migration WHERE step = %d`, movedStep)

// setMark notes that the database takes part in a move.
func setMark(name string) string {
	return fmt.Sprintf(`INSERT INTO kanava_migration (step, name) VALUES (%d, '%s')`, movedStep, name)
}

func errMarked(mark string) error {
	if strings.HasPrefix(mark, movedFrom) {
		return fmt.Errorf("%w: not everything has come from the other one yet, Move goes on", ErrMoved)
	}
	return fmt.Errorf("%w: it goes on in another one, and CancelMove lets it be used again", ErrMoved)
}

// barred is what the engine says to whoever writes to a database that was moved.
const barred = "kanava: moved to another database"

// bar are the statements that let nobody write any more, and unbar those that take them back. Nothing
// is sent, taken in or settled without a change of these tables.
func (s *Store) bar() (statements []string) {
	if s.dialect == PostgreSQL {
		statements = append(statements, `CREATE OR REPLACE FUNCTION kanava_moved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '`+barred+`'; END $$`)
	}
	for _, table := range []string{"task", "record"} {
		if s.dialect == PostgreSQL {
			statements = append(statements, `CREATE TRIGGER kanava_moved BEFORE INSERT OR UPDATE OR DELETE ON kanava_`+table+` EXECUTE FUNCTION kanava_moved()`)
			continue
		}
		for _, what := range []string{"INSERT", "UPDATE", "DELETE"} {
			statements = append(statements, `CREATE TRIGGER kanava_moved_`+table+`_`+what+` BEFORE `+what+` ON kanava_`+table+` BEGIN SELECT RAISE(ABORT, '`+barred+`'); END`)
		}
	}
	return statements
}

func (s *Store) unbar() (statements []string) {
	for _, table := range []string{"task", "record", "work"} { // the last is that of an earlier release
		if s.dialect == PostgreSQL {
			statements = append(statements, `DROP TRIGGER IF EXISTS kanava_moved ON kanava_`+table)
			continue
		}
		for _, what := range []string{"INSERT", "UPDATE", "DELETE"} {
			statements = append(statements, `DROP TRIGGER IF EXISTS kanava_moved_`+table+`_`+what)
		}
	}
	if s.dialect == PostgreSQL {
		statements = append(statements, `DROP FUNCTION IF EXISTS kanava_moved()`)
	}
	return statements
}

// A move is one call of Move.
type move struct {
	from, to *Store
	cfg      Config    // of the target
	source   *sql.Conn // holds everybody else up
	progress func(Moved)
	moved    Moved
}

func newMove(ctx context.Context, from, to Config) (*move, error) {
	from.Driver, to.Driver = nil, nil
	if from.DB != nil && from.DB == to.DB {
		return nil, errSame
	}
	source, err := newStore(ctx, &from)
	if err != nil {
		return nil, fmt.Errorf("source: %w", err)
	}
	target, err := newStore(ctx, &to)
	if err != nil {
		return nil, fmt.Errorf("target: %w", err)
	}
	return &move{from: source, to: target, cfg: to}, nil
}

func (m *move) run(ctx context.Context) (err error) {
	if err := m.begin(ctx); err != nil {
		return err
	}
	for _, s := range []*Store{m.from, m.to} {
		if s.dialect == SQLite {
			if err := s.meetIndex(ctx); err != nil {
				return err
			}
		}
	}
	if err := m.lock(ctx); err != nil {
		return err
	}
	defer m.unlock(ctx)
	for _, table := range m.tables() {
		if err := m.copy(ctx, &table); err != nil {
			return fmt.Errorf("copy %s: %w", table.name, err)
		}
	}
	for _, table := range m.tables() {
		if err := m.compare(ctx, &table); err != nil {
			return fmt.Errorf("compare %s: %w", table.name, err)
		}
	}
	return m.finish(ctx)
}

// begin marks both databases, if an earlier move has not.
func (m *move) begin(ctx context.Context) error {
	steps, from, err := m.from.state(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("source: %w", err)
	case strings.HasPrefix(from, movedFrom):
		return fmt.Errorf("source: %w", errMarked(from))
	case steps != len(Migrations(m.from.dialect)):
		return fmt.Errorf("source: %w (they are at step %d, this release needs step %d: run sqlstore.Migrate)", ErrOutdated, steps, len(Migrations(m.from.dialect)))
	}
	made, to, err := m.to.state(ctx)
	switch {
	case err != nil:
		return fmt.Errorf("target: %w", err)
	case strings.HasPrefix(to, movedTo):
		return fmt.Errorf("target: %w", errMarked(to))
	case to != "" && strings.TrimPrefix(to, movedFrom) != strings.TrimPrefix(from, movedTo):
		return fmt.Errorf("target: %w: it is being filled from a database that is not this one, or has been used since", ErrMoved)
	case to != "":
		return nil // as far as an earlier one came
	}
	if made > 0 {
		if err := m.mustBeEmpty(ctx, made, from); err != nil {
			return fmt.Errorf("target: %w", err)
		}
	}
	if err := m.to.prepareFile(ctx, &m.cfg); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	if _, err := m.to.migrate(ctx); err != nil {
		return fmt.Errorf("target: %w", err)
	}
	number := strings.TrimPrefix(from, movedTo)
	if number == "" {
		number = rand.Text()
		if err := m.lock(ctx); err != nil { // a source in use is left alone
			return err
		}
		defer m.unlock(ctx)
		for _, statement := range append(m.from.bar(), setMark(movedTo+number), "COMMIT") {
			if _, err := m.source.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("source: mark it: %w", err)
			}
		}
	}
	if _, to, err = m.to.state(ctx); err == nil && to == movedTo+number {
		return errors.Join(errSame, m.to.inOne(ctx, append(m.to.unbar(), unmark)...))
	}
	if err == nil {
		_, err = m.to.db.ExecContext(ctx, setMark(movedFrom+number))
	}
	if err != nil {
		return fmt.Errorf("target: mark it: %w", err)
	}
	return nil
}

var errSame = errors.New("source and target are one database")

// mustBeEmpty refuses a target that somebody has used, whose tables have seen so many steps.
func (m *move) mustBeEmpty(ctx context.Context, steps int, from string) error {
	something := `EXISTS (SELECT 1 FROM kanava_record) OR EXISTS (SELECT 1 FROM kanava_task) OR EXISTS (SELECT 1 FROM kanava_seen)`
	if steps < map[Dialect]int{SQLite: 8, PostgreSQL: 7}[m.to.dialect] { // 000…_ids.sql
		something = `EXISTS (SELECT 1 FROM kanava_record) OR EXISTS (SELECT 1 FROM kanava_work) OR EXISTS (SELECT 1 FROM kanava_name)`
	}
	if steps >= 3 { // 0003_change.sql
		something += ` OR EXISTS (SELECT 1 FROM kanava_change)`
	}
	var used bool
	err := m.to.db.QueryRowContext(ctx, `SELECT `+something).Scan(&used)
	switch {
	case err != nil:
		return err
	case used && from != "":
		return fmt.Errorf("it holds a store, and the source was moved before: %w", errMarked(from))
	case used:
		return errors.New("it holds a store already, which would be overwritten")
	}
	return nil
}

// lock keeps everybody from writing to the source, or reports that somebody does.
func (m *move) lock(ctx context.Context) (err error) {
	if m.source, err = m.from.db.Conn(ctx); err != nil {
		return fmt.Errorf("source: %w", err)
	}
	statements := []string{"BEGIN IMMEDIATE"}
	if m.from.dialect == PostgreSQL {
		statements = []string{
			"BEGIN ISOLATION LEVEL REPEATABLE READ", "SET LOCAL lock_timeout = '5s'", "SET LOCAL idle_in_transaction_session_timeout = 0",
			"LOCK TABLE kanava_record, kanava_task, kanava_seen, kanava_change, kanava_entry, kanava_migration IN SHARE ROW EXCLUSIVE MODE",
		}
	}
	for _, statement := range statements {
		if _, err := m.source.ExecContext(ctx, statement); err != nil {
			m.unlock(ctx)
			if isTransient(err) || isStuck(err) {
				return fmt.Errorf("source: somebody is writing to it, stop every process first: %w", err)
			}
			return fmt.Errorf("source: lock it: %w", err)
		}
	}
	return nil
}

// unlock ends what lock began, and leaves no trace of it in the connection.
func (m *move) unlock(ctx context.Context) {
	if _, err := m.source.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); err != nil && m.from.dialect == PostgreSQL {
		_ = m.source.Raw(func(any) error { return driver.ErrBadConn }) // so that nobody else gets it
	}
	_ = m.source.Close() // only gives it back
}

// pageRows and pageBytes bound what a transaction of the target takes on.
const pageRows, pageBytes = 500, 2 << 20

// copy copies what the target does not have yet.
func (m *move) copy(ctx context.Context, t *moving) error {
	if err := m.to.db.QueryRowContext(ctx, `SELECT count(*) FROM kanava_`+t.table).Scan(t.n); err != nil {
		return err
	}
	if err := m.to.db.QueryRowContext(ctx, t.last).Scan(t.key...); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	rows, err := m.source.QueryContext(ctx, t.rows, t.key...)
	if err != nil {
		return err
	}
	defer rows.Close()
	var page []values
	size := 0
	for rows.Next() {
		row, err := t.scan(rows)
		if err != nil {
			return err
		}
		page = append(page, row)
		for _, v := range row {
			text, _ := v.(string)
			size += len(text)
		}
		if len(page) == pageRows || size >= pageBytes {
			if err := m.put(ctx, t, page); err != nil {
				return err
			}
			page, size = nil, 0
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return m.put(ctx, t, page)
}

// put writes a page.
func (m *move) put(ctx context.Context, t *moving, page []values) error {
	if len(page) == 0 {
		return nil
	}
	tx, err := m.to.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	w := &transaction{Store: m.to, ctx: ctx, link: sqlLink{s: m.to, tx: tx, hosts: true}}
	w.change(nil, &t.insert, page)
	for _, statement := range t.then {
		w.exec(nil, statement)
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return err
	}
	*t.n += int64(len(page))
	if m.progress != nil {
		m.progress(m.moved)
	}
	return nil
}

// compare refuses a copy that is not like the source.
func (m *move) compare(ctx context.Context, t *moving) error {
	var there, here [4]int64
	for _, c := range []struct {
		row *sql.Row
		to  *[4]int64
	}{{m.source.QueryRowContext(ctx, t.sums), &there}, {m.to.db.QueryRowContext(ctx, t.sums), &here}} {
		if err := c.row.Scan(&c.to[0], &c.to[1], &c.to[2], &c.to[3]); err != nil {
			return err
		}
	}
	if there != here {
		return fmt.Errorf("the target has %d of %d, or others: the source was used while it moved; remove the tables of the target, then CancelMove, then Move", here[0], there[0])
	}
	return nil
}

// finish sees to it that what comes next gets numbers behind those that are there, and lets the
// target be opened.
func (m *move) finish(ctx context.Context) error {
	var work, told, found int64
	for query, to := range map[string]*int64{
		m.from.sql.mark: &work,
		`SELECT COALESCE(max(seq), 0) FROM kanava_change`: &told,
		`SELECT COALESCE(max(id), 0) FROM kanava_entry`:   &found,
	} {
		if err := m.source.QueryRowContext(ctx, query).Scan(to); err != nil {
			return err
		}
	}
	// Followers with a cursor of the source hear that everything up to here is forgotten.
	statements := []string{
		fmt.Sprintf(`UPDATE kanava_counter SET seq = %d`, work),
		`DELETE FROM kanava_change`,
		fmt.Sprintf(`INSERT INTO kanava_change (seq, at, told) VALUES (%d, CAST(unixepoch('subsec') * 1000000 AS INTEGER), '')`, told+1),
		unmark,
	}
	if m.to.dialect == PostgreSQL {
		statements = []string{
			fmt.Sprintf(`SELECT setval('kanava_seq', %d)`, (work/seqBlock+1)*seqBlock),
			fmt.Sprintf(`SELECT setval('kanava_entry_id', %d)`, found+1),
			`DELETE FROM kanava_change`,
			fmt.Sprintf(`INSERT INTO kanava_change (seq, at, told) OVERRIDING SYSTEM VALUE VALUES (%d, %s, '')`, told+1, postgresNow),
			fmt.Sprintf(`SELECT setval(pg_get_serial_sequence('kanava_change', 'seq'), %d)`, told+1),
			unmark,
		}
	}
	if err := m.to.inOne(ctx, statements...); err != nil {
		return err
	}
	if m.to.dialect == PostgreSQL { // the planner knows nothing of the rows; autovacuum would tell it in a minute
		_, _ = m.to.db.ExecContext(ctx, `ANALYZE kanava_record, kanava_task, kanava_seen, kanava_entry`)
	}
	return nil
}
