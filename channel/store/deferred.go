package store

import (
	"context"
	"sync"
)

// Deferred holds what hubs have to do once a transaction of the host has ended, for a [Store]
// that lets its commits become part of one: until then nobody else sees what was written, and
// it may be rolled back. It is safe for concurrent use.
type Deferred struct {
	outside context.Context // of the host, without the transaction

	mu                 sync.Mutex
	committed, however []func()
	ended              bool
}

type deferredKey struct{}

// Defer returns a context under which hubs put off what follows a commit until
// [Deferred.End] is called: waking their workers, telling hooks, noting refusals.
func Defer(ctx context.Context) (context.Context, *Deferred) {
	d := &Deferred{outside: ctx}
	return context.WithValue(ctx, deferredKey{}, d), d
}

// End says how the host's transaction ended. What was put off is done now: all of it after a
// commit; after a rollback only what is true all the same, such as that a message was
// refused. Called again it does nothing.
func (d *Deferred) End(committed bool) {
	d.mu.Lock()
	all := d.however
	if committed {
		all = append(d.committed, all...)
	}
	ended := d.ended
	d.committed, d.however, d.ended = nil, nil, true
	d.mu.Unlock()
	if ended {
		return
	}
	for _, f := range all {
		f()
	}
}

// Add puts off what is to be done after a commit, and what is to be done however the
// transaction ends; it is for a hub. Either may be nil.
func (d *Deferred) Add(committed, however func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if committed != nil {
		d.committed = append(d.committed, committed)
	}
	if however != nil {
		d.however = append(d.however, however)
	}
}

// Outside returns the host's context without the transaction, for what must not be part of it.
func (d *Deferred) Outside() context.Context { return d.outside }

// DeferredIn returns what [Defer] put into the context; nil if the host has no transaction open.
func DeferredIn(ctx context.Context) *Deferred {
	d, _ := ctx.Value(deferredKey{}).(*Deferred)
	return d
}
