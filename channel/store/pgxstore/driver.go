package pgxstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

// driver carries statements to the server in pipelines.
type driver struct {
	pool *pgxpool.Pool
	// stale is how many connections of the pool may be dead without its knowing: it looks at
	// those only that were idle for a second.
	stale int
}

func newDriver(pool *pgxpool.Pool) *driver { return &driver{pool, int(pool.Config().MaxConns)} }

// Send implements [sqlstore.Link].
func (d *driver) Send(ctx context.Context, statements ...*sqlstore.Statement) error {
	conn, err := d.send(ctx, statements)
	if conn != nil {
		conn.Release()
	}
	return err
}

// send sends statements on a connection that lives, which it returns.
func (d *driver) send(ctx context.Context, statements []*sqlstore.Statement) (*pgxpool.Conn, error) {
	for tried := 0; ; tried++ {
		conn, err := d.acquire(ctx)
		if err != nil {
			return nil, err
		}
		heard, err := send(ctx, conn, statements)
		if err == nil || heard || tried == d.stale || ctx.Err() != nil || !conn.Conn().IsClosed() {
			return conn, err
		}
		conn.Release() // the server has not said a word
	}
}

// crowded is how often, and how long apart, a connection is asked for while the server has no room for one more:
// those that there are become free soon.
const (
	crowdedTries = 20
	crowdedPause = 50 * time.Millisecond
)

// acquire takes a connection of the pool.
func (d *driver) acquire(ctx context.Context) (conn *pgxpool.Conn, err error) {
	for range crowdedTries {
		conn, err = d.pool.Acquire(ctx)
		if state, ok := errors.AsType[*pgconn.PgError](err); !ok || state.Code != "53300" {
			break
		}
		select {
		case <-ctx.Done():
			return nil, err
		case <-time.After(crowdedPause):
		}
	}
	return conn, err
}

// Host implements [sqlstore.Driver].
func (*driver) Host(ctx context.Context) sqlstore.Link {
	if h, ok := ctx.Value(hostKey{}).(*host); ok {
		return h
	}
	return nil
}

// Begin implements [sqlstore.Driver]. Nothing is sent yet.
func (d *driver) Begin(context.Context) (sqlstore.Tx, error) { return &tx{driver: d}, nil }

// tx is a transaction of the store. It has no connection before it has something to send.
type tx struct {
	driver *driver
	conn   *pgxpool.Conn
	ended  bool
}

const begin = "begin isolation level read committed"

// Send implements [sqlstore.Link]. BEGIN goes with what is sent first.
func (t *tx) Send(ctx context.Context, statements ...*sqlstore.Statement) (err error) {
	if t.conn == nil {
		t.conn, err = t.driver.send(ctx, append([]*sqlstore.Statement{{SQL: begin}}, statements...))
		return err
	}
	_, err = send(ctx, t.conn, statements)
	return err
}

// Commit implements [sqlstore.Tx].
func (t *tx) Commit(ctx context.Context) error {
	if t.conn == nil {
		return nil
	}
	t.ended = true
	tag, err := t.conn.Exec(ctx, "commit")
	if err == nil && tag.String() != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

// undoWithin bounds how long a connection may take to roll back. Then the server does.
const undoWithin = 5 * time.Second

// Rollback implements [sqlstore.Tx], and gives the connection back. The pool closes one that is in
// no state for others.
func (t *tx) Rollback() {
	if t.conn == nil {
		return
	}
	if !t.ended && !t.conn.Conn().IsClosed() {
		ctx, cancel := context.WithTimeout(context.Background(), undoWithin)
		defer cancel()
		_, _ = t.conn.Exec(ctx, "rollback")
	}
	t.conn.Release()
}

// batcher is a connection or a transaction.
type batcher interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// send runs statements in one round trip, or two if the connection has not prepared them before. It
// reports whether the server has answered any of them.
func send(ctx context.Context, to batcher, statements []*sqlstore.Statement) (heard bool, err error) {
	if s := statements[0]; len(statements) == 1 && s.Row != nil && len(s.Args) == 0 {
		// It has its values in it, like a search, and is not worth keeping prepared.
		rows, err := to.Query(ctx, s.SQL, pgx.QueryExecModeExec)
		err = read(rows, err, s, &heard)
		return heard, err
	}
	batch := &pgx.Batch{}
	for _, s := range statements {
		batch.Queue(s.SQL, s.Args...)
	}
	results := to.SendBatch(ctx, batch)
	for _, s := range statements {
		if err = answer(results, s, &heard); err != nil {
			break
		}
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return heard, err
}

// answer has a statement deal with what came of it.
func answer(results pgx.BatchResults, s *sqlstore.Statement, heard *bool) error {
	if s.Row == nil {
		tag, err := results.Exec()
		*heard = *heard || err == nil
		if err == nil && s.Done != nil {
			err = s.Done(int(tag.RowsAffected()))
		}
		return err
	}
	rows, err := results.Query()
	return read(rows, err, s, heard)
}

// read gives the rows to a statement.
func read(rows pgx.Rows, err error, s *sqlstore.Statement, heard *bool) error {
	if err != nil {
		return err
	}
	for err == nil && rows.Next() {
		*heard = true
		err = s.Row(rows)
	}
	rows.Close()
	if err == nil {
		err = rows.Err()
	}
	*heard = *heard || err == nil
	return err
}
