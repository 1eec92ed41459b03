package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// purgeEvery is how often the index of words lets go of what was removed, and purgePages how many
// pages of it are written in one step, while which nobody else writes.
const (
	purgeEvery = 24 * time.Hour
	purgePages = 100
)

// purge is how far a store has come with that.
type purge struct {
	mu    sync.Mutex
	ended time.Time // the last that was complete
	begun bool      // one is under way
}

// purgeWords has SQLite's index of words let go of the words of entries that are gone: it only
// marks these, and keeps what they said until it happens to merge the pages that they stand on. It
// writes the index anew, in small steps between which others have their turn, and goes on next time
// where ctx ends it.
func (s *Store) purgeWords(ctx context.Context) (err error) {
	p := &s.purge
	p.mu.Lock()
	defer p.mu.Unlock()
	if s.sql.search.fileWords == "" || time.Since(p.ended) < purgeEvery {
		return nil
	}
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // only gives it back
	for {
		pages := purgePages
		if !p.begun {
			pages = -pages // all of it, and not what is due to be merged
		}
		began := time.Now()
		changed, err := changesOf(ctx, conn, fmt.Sprintf(`INSERT INTO kanava_words (kanava_words, rank) VALUES ('merge', %d)`, pages))
		switch {
		case ctx.Err() != nil, err != nil && isTransient(err):
			return nil
		case err != nil:
			return fmt.Errorf("purge the index of words: %w", err)
		}
		p.begun = true
		if changed < 2 { // what the statement itself counts for
			p.begun, p.ended = false, time.Now()
			return nil
		}
		rest := time.NewTimer(time.Since(began))
		select {
		case <-rest.C:
		case <-ctx.Done():
			rest.Stop()
			return nil
		}
	}
}

// changesOf executes a statement and returns how many rows it changed, those of virtual tables' own
// tables among them.
func changesOf(ctx context.Context, conn *sql.Conn, statement string) (n int64, err error) {
	var before, after int64
	if err := conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&before); err != nil {
		return 0, err
	}
	if _, err := conn.ExecContext(ctx, statement); err != nil {
		return 0, err
	}
	err = conn.QueryRowContext(ctx, `SELECT total_changes()`).Scan(&after)
	return after - before, err
}
