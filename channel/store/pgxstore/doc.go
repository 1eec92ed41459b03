// Package pgxstore keeps what a hub must not forget in PostgreSQL by pgx: for hosts that work with
// a *pgxpool.Pool, whose own transactions can carry what the hub writes, and for those who want the
// most of a server.
//
//	pool, err := pgxpool.New(ctx, "postgres://…")
//	…
//	store, err := pgxstore.Open(ctx, pgxstore.Config{Pool: pool})
//
// It is the store of package [github.com/kanava-go/kanava/channel/store/sqlstore] with another way
// to the server: what a commit does takes two or three round trips however much it is, since
// statements go in pipelines, and rows go as arrays in the binary format. Everything else is as that
// package says, which see: the tables and their migrations, so that a database is opened by either,
// also at the same time; group commit, leases, limits of waiting, the feed of changes, search.
//
// # The pool
//
// The store uses 3 × Config.Leaders + 5 connections at a time; pgxpool opens four, or one for each
// processor, unless pool_max_conns says more. With fewer, down to one, it is slower. Every
// pgx.QueryExecMode will do; behind a pooler in transaction mode use pgx.QueryExecModeExec
// (default_query_exec_mode=exec in the DSN): with one that prepares, Open returns [sqlstore.ErrPooler].
//
// # The host's transaction
//
// In [InTx], or under a context of [WithTx], everything happens inside a pgx.Tx of the host, so that
// its own business and what the hub is to send about it are one step. [Ended] tells the hub when it
// is over.
package pgxstore
