package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// maxAttempts is how often a transaction is tried when the database asks for a repeat.
const maxAttempts = 20

// stateError is what the errors of PostgreSQL's drivers are.
type stateError interface {
	error
	SQLState() string
}

// codeError is what the errors of SQLite's drivers are, as far as they show their codes
// through a method.
type codeError interface {
	error
	Code() int
}

// Result codes of SQLite (sqlite.org/rescode.html); the low byte is the class.
const (
	sqliteError      = 1
	sqliteBusy       = 5
	sqliteLocked     = 6
	sqliteReadOnly   = 8
	sqliteCorrupt    = 11
	sqliteTooBig     = 18
	sqliteConstraint = 19
	sqliteMismatch   = 20
	sqliteNotADB     = 26
)

// isTransient says that the same transaction may succeed if it is tried again: it lost
// against another one and left no trace.
func isTransient(err error) bool {
	if state, ok := errors.AsType[stateError](err); ok {
		switch state.SQLState() {
		case "40001", "40P01", // serialization failure, deadlock
			"25P03": // idle in transaction for too long: this process stood still before its commit
			return true
		}
		return false
	}
	if code, ok := errors.AsType[codeError](err); ok {
		c := code.Code() & 0xff
		return c == sqliteBusy || c == sqliteLocked
	}
	// Drivers that keep the code in a field (mattn/go-sqlite3) have SQLite's wording.
	return err != nil && strings.Contains(err.Error(), "database is locked")
}

// ErrReadOnly is returned by whatever changes something in a database that takes no changes: a standby of
// PostgreSQL, default_transaction_read_only, or a file of SQLite that may only be read. What only reads works.
var ErrReadOnly = errors.New("sqlstore: the database takes no changes: it is a standby, or read-only")

// isReadOnly says that the database takes no changes.
func isReadOnly(err error) bool {
	if state, ok := errors.AsType[stateError](err); ok {
		return state.SQLState() == "25006"
	}
	code, ok := errors.AsType[codeError](err)
	return ok && code.Code()&0xff == sqliteReadOnly
}

// ErrDamaged is returned by whatever comes upon a damaged page of the database, or a file that is none. The rest of it may
// still be read and written, so that a process goes on with what it can. Stop all, keep what is there, and restore the
// last backup.
var ErrDamaged = errors.New("sqlstore: the database is damaged")

// isDamaged says that the database came upon something that it never wrote so.
func isDamaged(err error) bool {
	if state, ok := errors.AsType[stateError](err); ok {
		return state.SQLState() == "XX001" || state.SQLState() == "XX002" // a table, an index
	}
	code, ok := errors.AsType[codeError](err)
	return ok && (code.Code()&0xff == sqliteCorrupt || code.Code()&0xff == sqliteNotADB)
}

// isCrowded says that the server, or the role, has as many connections as it may: there is no room
// for another, and those that are there become free soon.
func isCrowded(err error) bool {
	state, ok := errors.AsType[stateError](err)
	return ok && state.SQLState() == "53300"
}

// connected has f, which needs a connection, repeated for about two seconds while the server has no room for one more.
func connected(ctx context.Context, f func() error) error {
	for attempt := 0; ; attempt++ {
		err := f()
		if !isCrowded(err) || attempt == maxAttempts || pause(ctx, attempt) != nil {
			return err
		}
	}
}

// isStuck says that somebody does not let go of a lock.
func isStuck(err error) bool {
	state, ok := errors.AsType[stateError](err)
	return ok && state.SQLState() == "55P03" // lock not available
}

// isStatementError says that the data or the statement is at fault and not the
// connection or the server, so that other batches may well succeed.
func isStatementError(err error) bool {
	if state, ok := errors.AsType[stateError](err); ok && len(state.SQLState()) == 5 {
		switch state.SQLState()[:2] {
		case "21", "22", "23", "54": // cardinality, data, constraint, program limit
			return true
		}
	}
	if code, ok := errors.AsType[codeError](err); ok {
		switch code.Code() & 0xff {
		case sqliteError, sqliteTooBig, sqliteConstraint, sqliteMismatch:
			return true
		}
	}
	return false
}

// pause waits before another attempt: about 1 ms at first, at most about 100 ms.
func pause(ctx context.Context, attempt int) error {
	most := time.Millisecond << min(attempt, 7)
	timer := time.NewTimer(most/2 + rand.N(most))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// wrap adds to an error what was being done. Once the caller's context has ended, that
// is the error, whatever the driver made of it.
func wrap(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	switch {
	case ctx.Err() != nil && !isAnswer(err):
		err = ctx.Err()
	case strings.Contains(err.Error(), barred):
		err = errMarked(movedTo)
	}
	return fmt.Errorf("sqlstore: %s: %w", doing, known(err))
}

// known says what to do about an error, where that is known.
func known(err error) error {
	switch {
	case isPooler(err):
		return fmt.Errorf("%w (%w)", ErrPooler, err)
	case isReadOnly(err):
		return fmt.Errorf("%w (%w)", ErrReadOnly, err)
	case isDamaged(err):
		return fmt.Errorf("%w (%w)", ErrDamaged, err)
	}
	return err
}

// isAnswer says that the database was asked and said no.
func isAnswer(err error) bool {
	return errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrLeaseLost) || errors.Is(err, store.ErrExceeded) ||
		errors.Is(err, store.ErrMustQueue)
}
