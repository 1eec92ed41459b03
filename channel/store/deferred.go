package store

import (
	"context"
	"slices"
	"sync"
)

// Deferred holds what hubs have to do once a transaction of the host has ended, for a [Store]
// that lets its commits become part of one: until then nobody else sees what was written, and
// it may be rolled back. It is safe for concurrent use.
type Deferred struct {
	outside context.Context // of the host, without the transaction

	mu                       sync.Mutex
	committed, undo, however []func()
	ended                    bool
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
// refused, behind what takes back. If something panics, a hook say, the rest is done before the panic goes on.
// Called again it does nothing.
func (d *Deferred) End(committed bool) {
	d.mu.Lock()
	first := d.committed
	if !committed {
		first = d.undo
		slices.Reverse(first)
	}
	all := slices.Concat(first, d.however)
	d.committed, d.undo, d.however, d.ended = nil, nil, nil, true
	d.mu.Unlock()
	doAll(all)
}

// doAll calls all functions, whatever becomes of one.
func doAll(all []func()) {
	for i, f := range all {
		func() {
			returned := false
			defer func() {
				if !returned {
					doAll(all[i+1:])
				}
			}()
			f()
			returned = true
		}()
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

// Undo puts off what takes back something that was done already, should the transaction be rolled
// back: what was done last is taken back first. It is for a hub.
func (d *Deferred) Undo(f func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.undo = append(d.undo, f)
}

// Outside returns the host's context without the transaction, for what must not be part of it.
func (d *Deferred) Outside() context.Context { return d.outside }

// DeferredIn returns what [Defer] put into the context; nil if the host has no transaction open.
func DeferredIn(ctx context.Context) *Deferred {
	d, _ := ctx.Value(deferredKey{}).(*Deferred)
	return d
}
