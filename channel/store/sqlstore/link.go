package sqlstore

import (
	"context"
	"database/sql"
)

// A Driver carries the statements of a Store to PostgreSQL in place of database/sql, several of
// them in one round trip: package [github.com/kanava-go/kanava/channel/store/pgxstore] is one on pgx. All methods are safe for
// concurrent use. Arguments of statements are strings, integers, bools, and slices of these, or of
// *string, for texts that may be NULL. Errors of the server have a method SQLState.
type Driver interface {
	// Link outside of transactions: what is sent together happens together.
	Link
	// Begin starts a transaction at READ COMMITTED.
	Begin(ctx context.Context) (Tx, error)
	// Host returns the transaction of the host that the context carries, or nil.
	Host(ctx context.Context) Link
}

// A Link leads to the database.
type Link interface {
	// Send runs the statements in their order, in one round trip if it can, and has them deal with
	// the answers in that order. It returns the first error, be it of the database or of a
	// statement's functions, after which none of them is called any more.
	Send(ctx context.Context, statements ...*Statement) error
}

// A Tx is a transaction.
type Tx interface {
	Link
	// Commit ends the transaction. An error says that it was rolled back or, if the connection
	// broke, that nobody knows.
	Commit(ctx context.Context) error
	// Rollback undoes it if it was not committed. It is called in any case.
	Rollback()
}

// A Statement is one for the database, and what becomes of its answer.
type Statement struct {
	SQL  string
	Args []any
	// Row is called for each row; without it there are none.
	Row func(Row) error
	// Done, if not nil, is called when a statement without rows has ended, with the number of
	// those that it changed.
	Done func(changed int) error
}

// Row is what a statement returned, to be read once while Statement.Row runs.
type Row interface{ Scan(dest ...any) error }

// sqlLink is the Link of database/sql: outside of transactions if tx is nil.
type sqlLink struct {
	s  *Store
	tx *sql.Tx
	// hosts says that the transaction is the host's, which has no prepared statements of ours.
	hosts bool
}

// Send implements [Link], with a round trip for each.
func (l sqlLink) Send(ctx context.Context, statements ...*Statement) error {
	for _, statement := range statements {
		if err := connected(ctx, func() error { return l.send(ctx, statement) }); err != nil {
			return err
		}
	}
	return nil
}

// queryer is a way to run a statement.
type queryer interface {
	query(ctx context.Context, statement *Statement) (*sql.Rows, error)
	exec(ctx context.Context, statement *Statement) (sql.Result, error)
}

func (l sqlLink) send(ctx context.Context, statement *Statement) error {
	q := l.queryer(ctx, statement.SQL)
	if statement.Row != nil {
		rows, err := q.query(ctx, statement)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := statement.Row(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	res, err := q.exec(ctx, statement)
	if err != nil || statement.Done == nil {
		return err
	}
	changed, err := res.RowsAffected()
	if err != nil {
		return err
	}
	return statement.Done(int(changed))
}

// queryer chooses the way: prepared if it can be.
func (l sqlLink) queryer(ctx context.Context, text string) queryer {
	prepared := l.s.stmts[text]
	switch {
	case l.hosts, prepared == nil && l.tx != nil:
		return unprepared{l.tx}
	case prepared == nil:
		return unprepared{l.s.db}
	case l.tx != nil:
		return withStmt{l.tx.StmtContext(ctx, prepared)} // the transaction closes it
	}
	return withStmt{prepared}
}

type withStmt struct{ stmt *sql.Stmt }

func (q withStmt) query(ctx context.Context, s *Statement) (*sql.Rows, error) {
	return q.stmt.QueryContext(ctx, s.Args...)
}

func (q withStmt) exec(ctx context.Context, s *Statement) (sql.Result, error) {
	return q.stmt.ExecContext(ctx, s.Args...)
}

// unprepared is a *sql.DB or a *sql.Tx.
type unprepared struct {
	db interface {
		QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
		ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	}
}

func (q unprepared) query(ctx context.Context, s *Statement) (*sql.Rows, error) {
	return q.db.QueryContext(ctx, s.SQL, s.Args...)
}

func (q unprepared) exec(ctx context.Context, s *Statement) (sql.Result, error) {
	return q.db.ExecContext(ctx, s.SQL, s.Args...)
}

// sqlTx is a transaction of the store on database/sql.
type sqlTx struct {
	sqlLink
	release func() // what it holds besides
}

// Commit implements [Tx].
func (t sqlTx) Commit(context.Context) error {
	if err := t.s.file.there(); err != nil {
		return err
	}
	return t.tx.Commit()
}

// Rollback implements [Tx].
func (t sqlTx) Rollback() {
	_ = t.tx.Rollback() // after a Commit it does nothing
	t.release()
}
