package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// A process that freezes inside a transaction (SIGSTOP, a paused virtual machine, a network
// that swallows everything) keeps its locks. On PostgreSQL each of our transactions
// therefore says how long the server shall bear that, and whoever waits for a lock gives
// way soon, so that only batches that need the same lock are held up.
const (
	// idleLimit is how long a transaction of ours may stand idle before the server ends it.
	// Between two statements of one we do nothing that takes time.
	idleLimit = 5 * time.Second
	// silenceLimit is how long the server waits for the network to take what it sent.
	silenceLimit = 10 * time.Second
	// lockPatience is how long a transaction of combined batches waits for a lock, as a rule
	// a thousand times what the transaction before it takes; stuckPatience is the same once
	// something is known to be stuck.
	lockPatience  = time.Second
	stuckPatience = 25 * time.Millisecond
	// wary is how long something is taken to be stuck after a lock was not to be had.
	wary = idleLimit
)

// errStuck says that a batch needs a lock that a transaction elsewhere does not give up.
var errStuck = errors.New("another transaction does not let go of what it needs")

// begin starts a transaction. On SQLite it makes sure that the connection waits for the disk when
// it commits.
func (s *Store) begin(ctx context.Context) (Tx, error) {
	if s.driver != nil {
		return s.driver.Begin(ctx)
	}
	if s.dialect == PostgreSQL {
		var tx *sql.Tx
		err := connected(ctx, func() (err error) {
			tx, err = s.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
			return err
		})
		return sqlTx{sqlLink{s: s, tx: tx}, func() {}}, err
	}
	conn, err := s.writer.take(), error(nil)
	if conn == nil {
		if conn, err = s.db.Conn(ctx); err != nil {
			return nil, err
		}
	}
	var tx *sql.Tx
	if err = ensureSynchronous(ctx, conn); err == nil {
		tx, err = conn.BeginTx(ctx, nil)
	}
	if err != nil {
		_ = conn.Close() // only gives it back
		return nil, err
	}
	return sqlTx{sqlLink{s: s, tx: tx}, func() {
		if s.pool.roomy(s.db) {
			s.writer.keep(conn)
		} else {
			_ = conn.Close()
		}
	}}, nil
}

// guard has PostgreSQL wait for each lock no longer than patience, and bounds the rest.
func (t *transaction) guard(patience time.Duration) {
	t.query(func(Row) error { return nil }, t.sql.guard, patience.Milliseconds(), idleLimit.Milliseconds(),
		t.timeout.Milliseconds(), silenceLimit.Milliseconds())
}

// patience is how long a group waits for a lock at present.
func (s *Store) patience() time.Duration {
	if time.Since(time.Unix(0, s.stuckAt.Load())) < wary {
		return stuckPatience
	}
	return lockPatience
}

// commitShared has r carried out with the batches of other callers. A batch that is stuck
// steps aside, and is tried again among others of its kind while the rest goes on.
func (s *Store) commitShared(ctx context.Context, r *request) (result, error) {
	c := s.combiner
	if s.orderless != nil && !r.ordered() {
		c = s.orderless
	}
	begun := time.Now()
	res, err := c.do(ctx, &waiter{request: r})
	for errors.Is(err, errStuck) && time.Since(begun) < s.timeout && pause(ctx, stuckPause) == nil {
		res, err = s.stuck.do(ctx, &waiter{request: r})
	}
	return res, err
}

// stuckPause is the attempt after which [pause] waits as long as it does between two tries of
// a stuck batch: about 50 ms.
const stuckPause = 6
