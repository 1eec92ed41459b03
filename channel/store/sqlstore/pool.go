package sqlstore

import (
	"context"
	"database/sql"
	"log/slog"
	"runtime"
)

// A pool that keeps fewer idle connections than are used at a time closes and opens them all day
// long: database/sql keeps two unless it is told, and on SQLite, which parses every statement anew
// for a connection, a hub was three times as slow with that. So the store bounds how many it uses,
// and has the pool keep as many.
type pool struct {
	reading chan struct{} // a place for each reading statement
	writing int           // connections that transactions use
}

func (cfg *Config) pool() pool {
	if cfg.Dialect == SQLite {
		// One writer; more readers than the processors can serve would only wait for each other.
		return pool{make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0))), 1}
	}
	leaders := cfg.leaders()
	return pool{make(chan struct{}, leaders+4), 2*leaders + 1}
}

// size is how many connections are used at a time, with one for the host's own statements.
func (p *pool) size() int { return cap(p.reading) + p.writing + 1 }

// prepare has db keep the connections that the store uses, and warns of a bound that is below.
func (p *pool) prepare(ctx context.Context, db *sql.DB, idle int, log *slog.Logger) {
	if idle == 0 {
		idle = p.size()
	}
	if idle > 0 {
		db.SetMaxIdleConns(idle)
	}
	if bound := db.Stats().MaxOpenConnections; bound > 0 && bound < p.size() && log != nil {
		log.LogAttrs(ctx, slog.LevelWarn, "sqlstore: the pool may open fewer connections than the store uses at a time",
			slog.Int("max_open_conns", bound), slog.Int("wanted", p.size()))
	}
}

// enter waits for a place to read; the caller gives it back by leave.
func (p *pool) enter(ctx context.Context) error {
	select {
	case p.reading <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (p *pool) leave() { <-p.reading }
