// Package sqlstore keeps what a hub must not forget in a SQL database: a
// [store.Store] on database/sql, for SQLite and PostgreSQL. The host brings the
// *sql.DB and with it the driver, so that this package requires none. A host that works with
// pgx's own pool takes package pgxstore, a module of its own, on the same tables.
//
//	db, err := sql.Open("sqlite", sqlstore.SQLiteDSN("kanava.db")) // modernc.org/sqlite
//	…
//	store, err := sqlstore.Open(ctx, sqlstore.Config{DB: db, Dialect: sqlstore.SQLite})
//
// [Open] makes the tables, whose names begin with kanava_, and later releases bring
// them up to date. They only ever go forward: after a release that changed them an
// older one refuses to open them, but not after one that only added to them.
//
// # SQLite
//
// The database must be a file on a local disk, and SQLite 3.51.3 or later, since a race
// in earlier ones can corrupt it (sqlite.org/changes.html, checked 2026-11-22). Several
// processes on one machine may share the file. Open puts it into WAL mode, and every
// transaction makes sure that its connection waits for the disk when it commits
// (synchronous=FULL); a data source name like that of [SQLiteDSN] makes both the rule
// for the host's own statements too. The pool may be limited to one connection. A new
// database and the files beside it get mode 0600; one that others than its owner can
// read, in a folder that they can enter, is refused. The moment between making an empty
// file and giving it that mode is the driver's.
//
// A file that is removed or replaced while it is open, or whose journal is, takes no commit any more ([ErrFileGone]):
// to restore, stop every process first.
//
// # PostgreSQL
//
// PostgreSQL 13 or later, by pgx (its stdlib) or lib/pq, with each of which the tests run; any
// number of processes may share it. The database must be one of UTF-8, with any collation: another encoding
// does not hold all that people write, and is refused. The tables live in the
// first schema of the search path. How durable a commit is follows the server's settings
// (fsync, synchronous_commit). Transactions are READ COMMITTED, whatever the session's
// default.
//
// Leases go by the server's clock, which all processes share ([Store.Now]), so that a machine
// whose clock is wrong takes no work from others.
//
// A process that freezes or loses its network in the middle of a transaction keeps locks.
// Each transaction of the store therefore tells the server to end it when it has stood idle
// for 5 seconds (idle_in_transaction_session_timeout) or when the network has taken nothing
// for 10 (tcp_user_timeout), and to let no statement run longer than Config.Timeout
// (statement_timeout). It waits for a lock for a second at most (lock_timeout); then the
// batches that need the lock step aside and are tried again, and the others go on. The host's
// own transactions have none of that: see [WithTx]. Against connections that died between
// transactions set the server's tcp_keepalives_idle to about 60 s, whose default is two hours.
//
// max_connections of the server has to hold as many connections as the pool of each process, two
// generations of them during a rolling deploy, and some for operators. Where there is no room for one
// more, calls wait for those that there are, for two seconds or so, and fail then.
//
// A database that takes no changes (a standby, default_transaction_read_only) can be opened and read, if
// its tables are there; whatever changes something fails with [ErrReadOnly], with which [Open] says so if it had to make them.
//
// # A pooler in front of PostgreSQL
//
// In session mode pgbouncer and its like are nothing special. In transaction mode nothing of the store's is
// missed, since it keeps nothing for a session, but drivers prepare statements on connections that are not theirs: pgx needs
// default_query_exec_mode=exec in its DSN, lib/pq binary_parameters=yes. [Open] refuses others with [ErrPooler]. In
// either mode the schema must be said on the server (ALTER ROLE … SET search_path): a pooler refuses search_path
// in a DSN or, if told to ignore it, leads to the tables of another schema.
//
// # The pool
//
// The store uses a bounded number of connections at a time: on PostgreSQL 3 × Config.Leaders + 5, on
// SQLite one that writes and two for each processor (four at least) that read. database/sql would
// close all but two of them as soon as they are idle, and making one costs more than many commits:
// [Open] therefore has the pool keep them, with one for the host (Config.IdleConns). A host whose
// own statements use the same pool gives more.
//
// # Backup and restore
//
// [Store.Backup] copies a SQLite database while it is used. On PostgreSQL use pg_dump
// (--serializable-deferrable is not needed: one snapshot is consistent) or pg_basebackup with an
// archive of the WAL, which loses the least. What is restored knows nothing of what happened
// after it was saved: start the hubs with channel.Config.RestoredAt, so that the outbox is not sent
// again. Messages that came in between are lost with the data, since WhatsApp does not deliver
// them again after they were answered 200; a log of deliveries in front of the hub keeps them.
// [Store.Mark] lets the host notice a loss that nobody intended.
//
// # From one engine to the other
//
// [Move] copies a whole store into an empty database, from SQLite to PostgreSQL mostly: what was
// interrupted goes on, both are compared at the end, and no program opens the old one by mistake, or
// writes to it that had it open.
//
// # Space
//
// What is removed, by retention say, leaves room that new data fills; the files do not shrink, and
// until then they hold what was there. SQLite's index of words lets go of it once a day.
// [Store.Compact] shrinks the file of SQLite and leaves nothing of it. On PostgreSQL autovacuum makes the room usable again, and
// the tables bring settings that make it come often enough; only VACUUM FULL or pg_repack shrinks
// them, and no process may run meanwhile with the former.
//
// # Group commit
//
// Waiting for the disk is what a durable write costs. Concurrent callers of Commit
// therefore share transactions: the first to come writes, those that come meanwhile
// gather, and one of them writes for all. Nobody waits for company, and a batch that
// fails is taken out without harm to the others. No goroutine runs between calls. A
// caller whose context ends returns at once, unless it writes for others just then;
// then it returns when they are served, at most after Config.Timeout.
//
// # Order
//
// Within a lane, Seq is the order of commit: a transaction that changes a lane locks it
// until its end. Across lanes PostgreSQL may commit a smaller Seq a moment after a
// larger one.
//
// # Changes and words
//
// The store is a [store.Follower]. On PostgreSQL changes are numbered when they are told, and
// appear when their transactions end, so that a cursor knows which numbers may still come: a
// transaction of the host that takes minutes holds nobody up. Followers ask; there is no LISTEN,
// which database/sql cannot do and a pooler in transaction mode does not carry.
//
// It is a [store.Searcher], too: with FTS5 on SQLite, which modernc.org/sqlite has (without it
// every entry is looked at), and with an index of words (GIN) on PostgreSQL. FTS5 takes up some
// hundreds of entries at a time, within a commit; a search finds those that wait all the same. A
// word that many have is found among the newest entries, without the index.
//
// # Reports
//
// For a company's own reports there are views over what the hub keeps: kanava_conversations,
// kanava_messages, kanava_customers, kanava_deliveries and kanava_counters. They only read, and
// their columns stay when the documents behind them change; the documents themselves promise
// nothing. They hold what customers wrote: grant SELECT on them, not on the tables. A report over
// everything reads everything, at best on a replica.
//
//	SELECT channel, date_trunc('day', at), count(*) FROM kanava_messages WHERE direction = 'in' GROUP BY 1, 2;
//
// # Costs
//
// What is done per record or piece of work costs a few index lookups, however much is
// stored. Three questions cost more: Backlog reads an index of all work, List without a
// Parent sorts all records of the kind, and Work without IDs and Lane sorts what lives
// in the queue. An ID of Once work costs about a hundred bytes until it is forgotten. On
// PostgreSQL the tables are kept half empty, so that what changes stays on its page.
//
// # The host's transaction
//
// In [InTx], or under a context of [WithTx], everything happens inside a transaction of the host, so
// that its own business and what the hub is to send about it are one step. [Ended] tells
// the hub when it is over: workers wake, hooks hear, and refusals are noted then.
package sqlstore
