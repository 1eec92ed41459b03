package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/kanava-go/kanava/channel/store"
)

type hostTxKey struct{}

// host is a transaction of the host, and what hubs put off until it has ended.
type host struct {
	tx       *sql.Tx
	deferred *store.Deferred
}

// WithTx returns a context under which every method of a [Store] works inside tx, a
// transaction that the host began on the same database: a change of the host's own
// tables and what the hub writes for it then happen together or not at all.
//
//	tx, err := db.BeginTx(ctx, nil)
//	…                                // the host's own statements
//	ctx = sqlstore.WithTx(ctx, tx)
//	m, err := hub.Reply(ctx, …)      // its row in the outbox
//	…
//	err = tx.Commit()
//	sqlstore.Ended(ctx, err == nil)  // now it is sent
//
// [InTx] does all of that around a function.
//
// [Ended] tells hubs how the transaction ended. Without it nothing is lost, but what was
// written waits until its queue is polled, and refusals are noted nowhere.
//
// The store neither commits nor rolls back tx, does not share it with other callers
// and repeats nothing. A batch that fails with [store.ErrConflict],
// [store.ErrLeaseLost] or [store.ErrExceeded] leaves tx usable and without a trace of the batch; after other
// errors PostgreSQL accepts only a rollback. How durable the outcome is depends on how
// the host commits. tx must not be used by two goroutines at once, must be READ
// COMMITTED on PostgreSQL, and should be short: work for the same conversations waits
// for it, on SQLite everybody who writes.
//
// After a rollback hubs are as they were before: channels and settings included. What they have done elsewhere
// stays done: WhatsApp has blocked whom it was asked to block and has what was uploaded, and a cursor of the feed
// that was asked for in tx is not to be used.
func WithTx(ctx context.Context, tx *sql.Tx) context.Context {
	ctx, d := store.Defer(ctx)
	return context.WithValue(ctx, hostTxKey{}, &host{tx, d})
}

// Ended says that the transaction of a context of [WithTx] has ended, and whether it was
// committed. What hubs wrote in it is worked on at once then, what somebody was refused in
// it is noted in either case, and hooks are told. The context must not be used afterwards;
// calling Ended again, or with another context, does nothing.
func Ended(ctx context.Context, committed bool) {
	if h, ok := ctx.Value(hostTxKey{}).(*host); ok {
		h.deferred.End(committed)
	}
}

// InTx runs f in a transaction that it begins on db, under a context of [WithTx]: f gives the context
// to hubs and tx to the host's own statements. If f returns nil the transaction is committed, otherwise,
// and if f panics, it is rolled back; [Ended] is called in any case. The error is that of f, or of the
// database. A context that has a transaction already is refused: it would wait for itself.
func InTx(ctx context.Context, db *sql.DB, f func(ctx context.Context, tx *sql.Tx) error) (err error) {
	if hostTx(ctx) != nil {
		return errors.New("sqlstore: begin: the context has a transaction already")
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("sqlstore: begin: %w", err)
	}
	ctx, committed := WithTx(ctx, tx), false
	defer func() {
		if !committed {
			if undoErr := tx.Rollback(); undoErr != nil && !errors.Is(undoErr, sql.ErrTxDone) {
				err = errors.Join(err, fmt.Errorf("sqlstore: roll back: %w", undoErr))
			}
		}
		Ended(ctx, committed)
	}()
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("sqlstore: commit: %w", err)
	}
	committed = true
	return nil
}

func hostTx(ctx context.Context) *sql.Tx {
	if h, ok := ctx.Value(hostTxKey{}).(*host); ok {
		return h.tx
	}
	return nil
}

// commitInside applies r in the host's transaction, with a savepoint to undo it alone.
func (s *Store) commitInside(ctx context.Context, link Link, r *request) (result, error) {
	t := &transaction{Store: s, ctx: ctx, link: link}
	t.exec(nil, "SAVEPOINT kanava")
	if err := t.flush(); err != nil {
		return result{}, err
	}
	results, err := t.members([]*waiter{{request: r}})
	if errors.Is(err, errAgain) {
		err = store.ErrConflict // the hub reads again and repeats
	}
	if err == nil {
		err = s.file.there()
	}
	if err != nil {
		// What was half done must go, above all now.
		undoErr := link.Send(context.WithoutCancel(ctx), &Statement{SQL: "ROLLBACK TO SAVEPOINT kanava"}, &Statement{SQL: "RELEASE SAVEPOINT kanava"})
		return result{}, errors.Join(err, undoErr)
	}
	t.exec(nil, "RELEASE SAVEPOINT kanava")
	return results[0], t.flush()
}
