package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// setBackShown is from how much on the database's clock has been set back, and is not only read badly.
const setBackShown = 500 * time.Millisecond

// A setback is what a store knows of its database's clock, by which work is filed: the server's, or on SQLite this
// machine's. It can be set back, or a standby whose clock is behind takes over from its server.
type setback struct {
	mu      sync.Mutex
	there   time.Time // what it showed last
	machine time.Time // when that was, with the monotonic clock; zero: nobody has looked
}

// look notes what the clock shows, which it was asked between two moments, and reports by how much at least it was
// set back since it was last looked at.
func (b *setback) look(there, began, ended time.Time) (back time.Duration) {
	if !b.machine.IsZero() {
		back = b.there.Add(began.Sub(b.machine)).Sub(there)
	}
	b.there, b.machine = there, ended
	return max(0, back)
}

// mindSetback looks at the database's clock, which showed there when it was asked just now. If it was set back, what
// was filed before would not be claimed, nor taken over from a process that died, until it has come that far once more.
func (s *Store) mindSetback(ctx context.Context, there, began, ended time.Time) error {
	b := &s.setback
	if s.host(ctx) != nil || !b.mu.TryLock() {
		return nil // in a transaction of somebody else's, or somebody looks just now
	}
	defer b.mu.Unlock()
	before, machine := b.there, b.machine
	if machine.IsZero() { // it may have been set back while nobody looked
		var seen sql.NullInt64
		if err := s.db.QueryRowContext(ctx, s.sql.newest).Scan(&seen); err != nil {
			return fmt.Errorf("look whether the clock was set back: %w", err)
		}
		b.there, b.machine = timeOf(seen.Int64), began
	}
	if b.look(there, began, ended) < setBackShown {
		return nil
	}
	if _, err := s.db.ExecContext(ctx, s.sql.refile, there.UnixMicro()); err != nil {
		b.there, b.machine = before, machine // next time
		return fmt.Errorf("file work anew after the clock was set back: %w", err)
	}
	return nil
}
