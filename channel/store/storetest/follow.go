package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"github.com/kanava-go/kanava/channel/store"
)

// follower walks along what was told.
type follower struct {
	*script
	store.Follower
	cursor string
}

// follows returns a follower of the store, nil if the store is none.
func (s *script) follows(st store.Store) *follower {
	f, ok := st.(store.Follower)
	if !ok {
		return nil
	}
	return &follower{script: s, Follower: f}
}

// all returns the keys of what there is behind the cursor, one commit at a time.
func (f *follower) all() (keys []string) {
	for f.err == nil {
		changes, next, err := f.Follow(f.ctx, f.cursor, 1)
		if err != nil {
			f.fail("Follow failed: %w", err)
			break
		}
		f.cursor = next
		if len(changes) == 0 {
			break
		}
		for _, c := range changes {
			keys = append(keys, c.Key)
		}
	}
	return keys
}

func tell(keys ...string) store.Batch {
	var b store.Batch
	for _, key := range keys {
		b.Tell = append(b.Tell, store.Change{Kind: "k", Key: key, Group: "g"})
	}
	return b
}

const followReason = "Whoever goes on from cursor to cursor hears of every batch that was committed, by whichever process."

var followCases = []testCase{
	{
		"what batches tell is followed from cursor to cursor",
		followReason + " No changes mean that there are none yet. An empty cursor is the beginning of what is remembered.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			s.equal("changes of an empty store", f.all(), []string(nil))
			s.commit(tell("a", "b"))
			s.put(store.Record{Kind: "k", Key: "untold"})
			s.commit(tell("c"))
			changes, next, err := f.Follow(ctx, f.cursor, 9)
			s.that(err == nil, "Follow failed: %v", err)
			s.equal("changes", changes, []store.Change{
				{Kind: "k", Key: "a", Group: "g"}, {Kind: "k", Key: "b", Group: "g"}, {Kind: "k", Key: "c", Group: "g"},
			})
			again, _, err := f.Follow(ctx, f.cursor, 1)
			s.that(err == nil && len(again) == 2, "of one commit %d changes were told, want 2 (%v)", len(again), err)
			f.cursor = next
			s.equal("changes behind the last", f.all(), []string(nil))
			s.commit(tell("a"))
			s.equal("the next change", f.all(), []string{"a"})
			f.cursor = ""
			s.equal("changes from the beginning", f.all(), []string{"a", "b", "c", "a"})
			return s.err
		},
	},
	{
		"a cursor is good in another process",
		"The cursor to go on from is good in every process and after a restart.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			s.commit(tell("a"))
			s.equal("changes", f.all(), []string{"a"})
			other := s.follows(h.reopen())
			other.cursor = f.cursor
			s.equal("changes of another process", other.all(), []string(nil))
			s.commit(tell("b"))
			s.equal("changes of another process", other.all(), []string{"b"})
			return s.err
		},
	},
	{
		"a batch that fails tells nothing",
		"Commit applies every part of b, or nothing.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			s.put(store.Record{Kind: "k", Key: "a"})
			b := tell("a")
			b.Put = []store.Record{{Kind: "k", Key: "a"}}
			s.refused(store.ErrConflict, b)
			s.equal("changes", f.all(), []string(nil))
			return s.err
		},
	},
	{
		"followers miss nothing of concurrent commits",
		followReason + " Of a batch all is told or nothing.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			const writers, rounds = 8, 12
			var done atomic.Int64
			heard := map[string]bool{}
			hear := func() {
				for _, key := range f.all() {
					heard[key] = true
				}
			}
			err := together(h, writers+1, func(i int, st store.Store) error {
				if i == writers {
					for done.Load() < writers && s.err == nil {
						hear()
					}
					return nil
				}
				defer done.Add(1)
				for n := range rounds {
					b := tell(fmt.Sprint(i, "-", n), fmt.Sprint(i, "-", n, "+"))
					if _, err := st.Commit(ctx, &b); err != nil {
						return err
					}
				}
				return nil
			})
			s.that(err == nil, "Commit failed: %v", err)
			hear()
			s.equal("changes heard of", len(heard), 2*writers*rounds)
			return s.err
		},
	},
	{
		"the latest cursor is behind everything and before what comes",
		"Latest returns the cursor behind what was told up to now. Nothing that is told later is missed.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			for i := range 5 {
				s.commit(tell(fmt.Sprint("old", i)))
			}
			var err error
			f.cursor, err = f.Latest(ctx)
			s.that(err == nil, "Latest failed: %v", err)
			s.commit(tell("new"))
			got := f.all()
			s.that(len(got) > 0 && got[len(got)-1] == "new", "behind Latest came %v, want new at the end", got)
			s.that(!slices.Contains(got, "old0"), "behind Latest came what was told long before")
			return s.err
		},
	},
	{
		"cursors that are none are refused",
		"The error matches ErrCursor for a cursor that is none of this store's, or that is ahead of it.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			f := s.follows(h.store)
			if f == nil {
				return nil
			}
			s.commit(tell("a"))
			_, good, err := f.Follow(ctx, "", 9)
			s.that(err == nil && good != "", "Follow gave no cursor (%v)", err)
			ahead := "z" + good
			for _, odd := range []string{"x y", "-1", "0.-1", good + "\x00", good + "'", ahead} {
				_, _, err := f.Follow(ctx, odd, 9)
				s.that(errors.Is(err, store.ErrCursor), "Follow from %q returned %v, want an error matching ErrCursor", odd, err)
			}
			_, _, err = f.Follow(ctx, good, 0)
			s.that(err != nil, "Follow without a limit was answered")
			return s.err
		},
	},
}
