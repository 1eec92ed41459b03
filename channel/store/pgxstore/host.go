package pgxstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
)

type hostKey struct{}

// host is a transaction of the host, and what hubs put off until it has ended.
type host struct {
	tx       pgx.Tx
	deferred *store.Deferred
}

// Send implements [sqlstore.Link].
func (h *host) Send(ctx context.Context, statements ...*sqlstore.Statement) error {
	_, err := send(ctx, h.tx, statements)
	return err
}

// WithTx returns a context under which every method of a [Store] works inside tx, a transaction that
// the host began on the same database: a change of the host's own tables and what the hub writes for
// it then happen together or not at all.
//
//	tx, err := pool.Begin(ctx)
//	…                                // the host's own statements
//	ctx = pgxstore.WithTx(ctx, tx)
//	m, err := hub.Reply(ctx, …)      // its row in the outbox
//	…
//	err = tx.Commit(ctx)
//	pgxstore.Ended(ctx, err == nil)  // now it is sent
//
// [InTx] does all of that around a function.
//
// [Ended] tells hubs how the transaction ended. Without it nothing is lost, but what was written
// waits until its queue is polled, and refusals are noted nowhere.
//
// The store neither commits nor rolls back tx, does not share it with other callers and repeats
// nothing. A batch that fails with [store.ErrConflict], [store.ErrLeaseLost], [store.ErrExceeded] or
// [store.ErrMustQueue] leaves tx usable and without a trace of the batch; after other errors the
// server accepts only a rollback. tx must not be used by two goroutines at once, must be READ
// COMMITTED, and should be short: work for the same conversations waits for it.
//
// After a rollback hubs are as they were before: channels and settings included. What they have done elsewhere
// stays done: WhatsApp has blocked whom it was asked to block and has what was uploaded, and a cursor of the feed
// that was asked for in tx is not to be used.
func WithTx(ctx context.Context, tx pgx.Tx) context.Context {
	ctx, d := store.Defer(ctx)
	return context.WithValue(ctx, hostKey{}, &host{tx, d})
}

// Ended says that the transaction of a context of [WithTx] has ended, and whether it was committed.
// What hubs wrote in it is worked on at once then, what somebody was refused in it is noted in
// either case, and hooks are told. The context must not be used afterwards; calling Ended again, or
// with another context, does nothing.
func Ended(ctx context.Context, committed bool) {
	if h, ok := ctx.Value(hostKey{}).(*host); ok {
		h.deferred.End(committed)
	}
}

// InTx runs f in a transaction that it begins on pool, under a context of [WithTx]: f gives the
// context to hubs and tx to the host's own statements. If f returns nil the transaction is committed,
// otherwise, and if f panics, it is rolled back; [Ended] is called in any case. The error is that of
// f, or of the database. A context that has a transaction already is refused: it would wait for
// itself.
func InTx(ctx context.Context, pool *pgxpool.Pool, f func(ctx context.Context, tx pgx.Tx) error) (err error) {
	if _, inside := ctx.Value(hostKey{}).(*host); inside {
		return errors.New("pgxstore: begin: the context has a transaction already")
	}
	tx, err := pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.ReadCommitted})
	if err != nil {
		return fmt.Errorf("pgxstore: begin: %w", err)
	}
	outside := context.WithoutCancel(ctx)
	ctx, committed := WithTx(ctx, tx), false
	defer func() {
		if !committed {
			if undoErr := tx.Rollback(outside); undoErr != nil && !errors.Is(undoErr, pgx.ErrTxClosed) {
				err = errors.Join(err, fmt.Errorf("pgxstore: roll back: %w", undoErr))
			}
		}
		Ended(ctx, committed)
	}()
	if err := f(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return fmt.Errorf("pgxstore: commit: %w", err)
	}
	committed = true
	return nil
}
