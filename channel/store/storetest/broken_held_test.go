package storetest_test

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// heldBreaks are wrong stores of what is expected, claimed at once and let through.
var heldBreaks = []struct {
	store, caught string
	break_        func(s *faulty)
}{
	{"expects nothing", "a batch that expects another version conflicts", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) { b.Expect = nil })
	}},
	{"expects eight at most", "one wrong version among many that are expected conflicts", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) { b.Expect = b.Expect[:min(8, len(b.Expect))] })
	}},
	{"claims each piece of work before it knows the next", "work that comes into a lane is before what a batch would claim there", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (all store.Committed, err error) {
			one := *b
			for i := 0; i == 0 || i < len(b.Enqueue) && err == nil; i++ {
				var done store.Committed
				if len(b.Enqueue) > 0 {
					one.Enqueue = b.Enqueue[i : i+1]
				}
				done, err = s.Store.Commit(ctx, &one)
				all.Fresh, all.Claimed = all.Fresh+done.Fresh, append(all.Claimed, done.Claimed...)
				one = store.Batch{Now: b.Now, Owner: b.Owner}
			}
			return all, err
		}
	}},
	{"claims one of each lane", "of one lane a batch claims all that stands behind one another", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.Clone(b.Enqueue)
			held := map[string]bool{}
			for i := range b.Enqueue {
				if w := &b.Enqueue[i]; w.Hold > 0 && w.Lane != "" && held[w.Lane] {
					w.Hold = 0
				} else {
					held[w.Lane] = true
				}
			}
		})
	}},
	{"claims all of a lane", "behind its own work a batch claims none that other work is between", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.Clone(b.Enqueue)
			for i := range b.Enqueue {
				if w := &b.Enqueue[i]; w.Hold > 0 && i > 0 && b.Enqueue[i-1].Lane == w.Lane {
					w.Lane = ""
				}
			}
		})
	}},
	{"claims behind whatever its caller claimed", "work is claimed behind the last of one's own only", func(s *faulty) {
		var last sync.Map // of what was claimed together, by the token of each
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			with := *b
			with.Enqueue = slices.Clone(b.Enqueue)
			for i := range with.Enqueue {
				if token, ok := last.Load(with.Enqueue[i].Behind); ok {
					with.Enqueue[i].Behind = token.(string)
				}
			}
			done, err := s.Store.Commit(ctx, &with)
			for _, l := range done.Claimed {
				last.Store(l.Token, done.Claimed[len(done.Claimed)-1].Token)
			}
			return done, err
		}
	}},
	{"tells of no claim", "work is claimed as it is enqueued", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			done.Claimed = nil
			return done, err
		}
	}},
	{"claims for half the time", "work that was claimed as it was enqueued is free when the lease ends", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Hold /= 2 })
	}},
	{"claims whatever is enqueued", "work that must wait is not claimed as it is enqueued", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			for _, w := range b.Enqueue {
				if w.Hold > 0 && len(done.Claimed) == 0 {
					done.Claimed = append(done.Claimed, store.Lease{Queue: w.Queue, ID: w.ID, Token: "t"})
				}
			}
			return done, err
		}
	}},
	{"claims whatever comes at once", "of callers who add to a lane at once only the first claims what it adds", func(s *faulty) {
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			done, err := s.Store.Commit(ctx, b)
			if len(done.Claimed) == 0 && len(b.Enqueue) > 0 {
				w := &b.Enqueue[0]
				done.Claimed = append(done.Claimed, store.Lease{Queue: w.Queue, ID: w.ID, Token: "t"})
			}
			return done, err
		}
	}},
	{"forgets who claimed", "work that was claimed as it was enqueued has an owner", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) { b.Owner = "" })
	}},
	{"claims nothing behind other work", "work may be claimed behind one's own", func(s *faulty) {
		mapEnqueue(s, func(w *store.Work) { w.Behind = "" })
	}},
	{"claims behind work that it has just added", "a batch claims what follows its caller's work, and nothing behind other work that it adds", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Enqueue = slices.Clone(b.Enqueue)
			for i := range b.Enqueue {
				if w := &b.Enqueue[i]; w.Behind != "" && i > 0 && b.Enqueue[i-1].Lane == w.Lane {
					w.Lane = ""
				}
			}
		})
	}},
	{"forgets what it let through", "work that was let through is remembered", func(s *faulty) {
		var mu sync.Mutex
		s.commit = func(ctx context.Context, b *store.Batch) (store.Committed, error) {
			mu.Lock()
			defer mu.Unlock()
			pass := b.Pass
			if done, err := s.Store.Commit(ctx, b); err != nil || len(pass) == 0 {
				return done, err
			}
			_, err := s.Store.Commit(ctx, &store.Batch{Forget: time.Now().Add(time.Hour)})
			return store.Committed{}, err
		}
	}},
	{"does not look at lanes", "work is not let past its lane", func(s *faulty) {
		mapBatch(s, func(_ context.Context, b *store.Batch) {
			b.Pass = slices.Clone(b.Pass)
			for i := range b.Pass {
				b.Pass[i].Lane = ""
			}
		})
	}},
}
