package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ErrPooler is returned by [Open], and by any method if Open could not see it, when a pooler in
// transaction mode (such as pgbouncer) leads to PostgreSQL, and the driver prepares a statement in one
// step and runs it in a later one. By then the connection of the server may be another, or somebody
// else's statement may be the one that is prepared there. The error says what to set.
var ErrPooler = errors.New("sqlstore: a pooler in transaction mode does not keep what the driver prepares: set default_query_exec_mode=exec with pgx, binary_parameters=yes with lib/pq, or have the pooler work in session mode")

// probe is a statement with a parameter, which drivers prepare if they prepare any. It says which
// connection of the server it came to.
const probe = `SELECT pg_backend_pid() + CAST($1 AS integer)`

// mixUps is how often the statements of two connections get the chance to be taken for each other.
const mixUps = 200

// meeting is how long finding out about a pooler may take.
const meeting = 5 * time.Second

// meetPooler finds out whether a pooler in transaction mode leads to PostgreSQL and is in the
// driver's way. What it cannot find out at once is no error.
func (s *Store) meetPooler(ctx context.Context) error {
	if s.db.Stats().MaxOpenConnections == 1 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, meeting)
	defer cancel()
	var conns [2]*sql.Conn
	var at [2]int
	for i := range conns {
		conn, err := s.db.Conn(ctx)
		if err != nil {
			return nil // somebody else uses the pool, or the server has no room
		}
		defer func() { _ = conn.Close() }() // only gives it back
		conns[i] = conn
		if err := conn.QueryRowContext(ctx, probe, 0).Scan(&at[i]); err != nil {
			return onlyPooler(err)
		}
	}
	if at[0] != at[1] {
		return nil
	}
	// Both are open, and yet the server has one: that is a pooler which passes on each transaction by itself.
	var errs [2]error
	var both sync.WaitGroup
	var tried [2]atomic.Int32
	more := func() bool { return min(tried[0].Load(), tried[1].Load()) < mixUps && ctx.Err() == nil }
	for i, statement := range []string{probe, `SELECT CAST($1 AS integer), CAST($2 AS integer)`} {
		args, got := []any{0, 0}[:i+1], []any{new(int), new(int)}[:i+1]
		both.Go(func() {
			for ; more() && errs[i] == nil; tried[i].Add(1) {
				errs[i] = conns[i].QueryRowContext(ctx, statement, args...).Scan(got...)
			}
			tried[i].Store(mixUps)
		})
	}
	both.Wait()
	return cmp.Or(onlyPooler(errs[0]), onlyPooler(errs[1]))
}

// onlyPooler returns err if a pooler is to blame.
func onlyPooler(err error) error {
	if isPooler(err) {
		return err
	}
	return nil
}

// isPooler says that a statement was not there that the driver had prepared, or another in its place.
func isPooler(err error) bool {
	state, ok := errors.AsType[stateError](err)
	if !ok {
		return false
	}
	switch state.SQLState() {
	case "26000", "42P05": // there is no such statement, or one already
		return true
	case "08P01": // the parameters are those of another
		return strings.Contains(state.Error(), "prepared statement")
	}
	return false
}
