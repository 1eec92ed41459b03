// Package sqlstore keeps what a hub must not forget in a SQL database: a
// [channel.Store] on database/sql, for SQLite and PostgreSQL. The host brings the
// *sql.DB and with it the driver, so that this package requires none.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("kanava.db")) // modernc.org/sqlite
//	…
//	store, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
//
// # Group commit
//
// Waiting for the disk is what a durable write costs. Concurrent callers of Commit
// therefore share transactions: the first to come writes, those that come meanwhile
// gather, and one of them writes for all. Nobody waits for company, and a batch that
// fails is taken out without harm to the others. No goroutine runs between calls.
//
// # The host's transaction
//
// Under a context of [WithTx] everything happens inside a transaction of the host, so
// that its own business and what the hub is to send about it are one step.
package sqlstore
