package storetest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// busy fills a store with one of everything and returns a batch that changes all of it.
func busy(s *script) store.Batch {
	s.commit(store.Batch{
		Put: []store.Record{{Kind: "k", Key: "put"}, {Kind: "k", Key: "deleted"}},
		Add: []store.Record{{Kind: "k", Key: "added", N: 1}},
		Enqueue: []store.Work{
			{Queue: "q", ID: "started"}, {Queue: "q", ID: "done", Lane: "l"}, {Queue: "q", ID: "later"}, {Queue: "q", ID: "buried"},
			{Queue: "q", ID: "dead"}, {Queue: "q", ID: "next", Lane: "l"},
		},
	})
	ws := s.claims("started", "done", "later", "buried", "dead")
	s.commit(bury(ws[4], "x"))
	s.enqueue(store.Work{Queue: "q", ID: "dropped", Due: s.now.Add(time.Hour)})
	return store.Batch{
		Put:     []store.Record{{Kind: "k", Key: "put", Version: 1, Body: []byte(`1`)}, {Kind: "k", Key: "new"}},
		Add:     []store.Record{{Kind: "k", Key: "added", N: 1}, {Kind: "k", Key: "added new", N: 1}},
		Delete:  []store.RecordKey{{Kind: "k", Key: "deleted"}},
		Enqueue: []store.Work{{Queue: "q", ID: "enqueued"}},
		Start:   []store.Lease{ws[0].Lease()},
		Done:    []store.Lease{ws[1].Lease()},
		Later:   []store.Postponed{{Lease: ws[2].Lease(), Due: s.now.Add(time.Hour), Reason: "later"}},
		Bury:    []store.Buried{{Lease: ws[3].Lease(), Reason: "buried"}},
		Replay:  key("q", "dead"),
		Drop:    key("q", "dropped"),
	}
}

// picture is everything that can be read, to compare before and after.
func (s *script) picture() string {
	s.that(true, "")
	return fmt.Sprintf("%+v\n%+v\n%+v\n%+v", s.list(store.Query{Kind: "k", Limit: 99}),
		s.work(store.WorkQuery{Queue: "q", Limit: 99}), s.work(store.WorkQuery{Queue: "q", Dead: true, Limit: 99}),
		s.backlog(s.now))
}

const atomicReason = "Commit applies every part of b, or nothing."

var batchCases = []testCase{
	{
		"every part of a batch is applied",
		atomicReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			b := busy(s)
			s.equal("Fresh", s.commit(b).Fresh, 1)
			s.equal("records", keysOf(s.list(store.Query{Kind: "k", Limit: 99})), []string{"added", "added new", "new", "put"})
			s.equal("N", s.record("k", "added").N, int64(2))
			s.ids("living", s.work(store.WorkQuery{Queue: "q", Limit: 99}), "started", "later", "next", "enqueued", "dead")
			s.ids("dead", s.work(store.WorkQuery{Queue: "q", Dead: true, Limit: 99}), "buried")
			s.claims("next", "enqueued", "dead")
			return s.err
		},
	},
	{
		"a conflict undoes the whole batch",
		atomicReason + " It returns an error matching ErrConflict when the Version of a Put is not current; nothing was written then.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			b := busy(s)
			good := b.Put
			before := s.picture()
			b.Put = append(good[:len(good):len(good)], store.Record{Kind: "k", Key: "deleted"})
			s.refused(store.ErrConflict, b)
			s.equal("everything after a conflict", s.picture(), before)
			b.Put = good
			s.commit(b) // all leases and versions are still good
			return s.err
		},
	},
	{
		"a lost lease undoes the whole batch",
		atomicReason + " It returns an error matching ErrLeaseLost when a reference to claimed work is no longer valid; nothing was written then.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			b := busy(s)
			good := b.Bury
			before := s.picture()
			lost := b.Start[0]
			lost.Token += "x"
			b.Bury = append(good[:1:1], store.Buried{Lease: lost})
			s.refused(store.ErrLeaseLost, b)
			s.equal("everything after a lost lease", s.picture(), before)
			b.Bury = good
			s.commit(b)
			return s.err
		},
	},
	{
		"an empty batch does nothing",
		atomicReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.equal("Committed", s.commit(store.Batch{}), store.Committed{})
			return s.err
		},
	},
	{
		"large batches are one step",
		atomicReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			var b store.Batch
			for i := range 2000 {
				b.Put = append(b.Put, store.Record{Kind: "k", Key: fmt.Sprint(i), Sort: int64(i)})
				b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Lane: fmt.Sprint(i % 7)})
			}
			s.equal("Fresh", s.commit(b).Fresh, 2000)
			last := int64(0)
			works := s.work(store.WorkQuery{Queue: "q", Limit: 5000})
			s.that(len(works) == 2000, "%d of 2000 pieces of work are there", len(works))
			for i, w := range works {
				s.that(w.ID == fmt.Sprint(i) && w.Seq > last, "work %d is %q with Seq %d after %d", i, w.ID, w.Seq, last)
				last = w.Seq
			}
			s.that(len(s.list(store.Query{Kind: "k", Limit: 5000})) == 2000, "records are missing")
			b = store.Batch{Put: b.Put}
			b.Put[1999].Version = 7
			for i := range 1999 {
				b.Put[i].Version = 1
			}
			s.refused(store.ErrConflict, b)
			s.equal("version after a late conflict", s.record("k", "0").Version, int64(1))
			return s.err
		},
	},
	{
		"a cancelled context ends every method early",
		"A cancelled context makes a method return early with the context's error.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			gone, cancel := context.WithCancel(ctx)
			cancel()
			calls := map[string]func() error{
				"Commit": func() error {
					_, err := h.store.Commit(gone, &store.Batch{Put: []store.Record{{Kind: "k", Key: "a"}}})
					return err
				},
				"Claim": func() error {
					_, err := h.store.Claim(gone, store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 1})
					return err
				},
				"Get":     func() error { _, err := h.store.Get(gone, "k", "a"); return err },
				"List":    func() error { _, err := h.store.List(gone, store.Query{Kind: "k", Limit: 1}); return err },
				"Work":    func() error { _, err := h.store.Work(gone, store.WorkQuery{Queue: "q", Limit: 1}); return err },
				"Backlog": func() error { _, err := h.store.Backlog(gone, s.now); return err },
			}
			for name, call := range calls {
				if err := call(); !errors.Is(err, context.Canceled) {
					s.fail("%s returned %v under a cancelled context", name, err)
				}
			}
			return s.err
		},
	},
	{
		"another store on the same data knows everything",
		"It returns nil only when the outcome survives a crash of the process. All methods are safe for concurrent use, by several processes sharing the same data as well.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(store.Batch{
				Put:     []store.Record{{Kind: "k", Key: "a", Parent: "p", Sort: 4, Body: []byte(`1`)}},
				Add:     []store.Record{{Kind: "k", Key: "n", N: 3}},
				Enqueue: []store.Work{once("done"), once("leased"), inLane("first"), inLane("second")},
			})
			ws := s.claims("done", "leased", "first")
			s.commit(done(ws[0]))
			s.commit(bury(ws[2], "x"))
			before := s.picture()
			s.store = h.reopen()
			s.equal("everything after opening again", s.picture(), before)
			s.equal("Fresh", s.enqueue(once("done"), once("leased")).Fresh, 0)
			s.claims("second")
			s.commit(done(ws[1])) // the lease is good in any process
			s.store = h.store
			s.that(len(s.work(store.WorkQuery{Queue: "q", Limit: 9})) == 1, "the first store does not see what the second did")
			s.refused(store.ErrConflict, store.Batch{Put: []store.Record{{Kind: "k", Key: "a"}}})
			return s.err
		},
	},
}
