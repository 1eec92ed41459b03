package sqlstore

import (
	"database/sql"
	"sync"
)

// writer keeps the connection that writes to SQLite from one transaction to the next, as long as
// callers wait: it has the pages of the database at hand, which each other connection has to read
// anew, since somebody else changed them.
type writer struct {
	mu   sync.Mutex
	conn *sql.Conn
}

// take returns the connection if there is one.
func (w *writer) take() *sql.Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	conn := w.conn
	w.conn = nil
	return conn
}

// keep is the reverse of take.
func (w *writer) keep(conn *sql.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conn = conn
}

// idle gives the connection back to the pool.
func (w *writer) idle() {
	if conn := w.take(); conn != nil {
		_ = conn.Close()
	}
}

// roomy says whether others find a connection in the pool while one is kept.
func (p *pool) roomy(db *sql.DB) bool {
	bound := db.Stats().MaxOpenConnections
	return bound == 0 || bound >= p.size()
}
