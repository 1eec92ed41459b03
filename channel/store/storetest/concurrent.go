package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// together runs f in n goroutines that start at the same time and returns their errors
// joined. Every second goroutine works on another store on the same data.
func together(h harness, n int, f func(i int, st store.Store) error) error {
	stores := []store.Store{h.store, h.reopen()}
	var start, end sync.WaitGroup
	start.Add(1)
	errs := make([]error, n)
	for i := range n {
		end.Go(func() {
			start.Wait()
			errs[i] = f(i, stores[i%2])
		})
	}
	start.Done()
	end.Wait()
	return errors.Join(errs...)
}

const safeReason = "All methods are safe for concurrent use, by several processes sharing the same data as well."

var concurrentCases = []testCase{
	{
		"of concurrent puts one wins",
		"It returns an error matching ErrConflict when the Version of a Put is not current. " + safeReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for round := range int64(15) {
				var won atomic.Int64
				err := together(h, 8, func(i int, st store.Store) error {
					_, err := st.Commit(ctx, &store.Batch{
						Put: []store.Record{{Kind: "k", Key: "a", Version: round, Body: fmt.Append(nil, i)}},
					})
					switch {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, store.ErrConflict):
						return fmt.Errorf("a losing Commit returned %w", err)
					}
					return nil
				})
				s.that(err == nil, "%v", err)
				s.that(won.Load() == 1, "%d of 8 concurrent puts of one version succeeded", won.Load())
				s.equal("version", s.record("k", "a").Version, round+1)
			}
			return s.err
		},
	},
	{
		"no update is lost",
		"Put writes records whose Version is still current. " + safeReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const accounts, workers, transfers = 4, 6, 25
			for i := range accounts {
				s.put(store.Record{Kind: "k", Key: fmt.Sprint(i), Sort: 100})
			}
			err := together(h, workers, func(worker int, st store.Store) error {
				r := rand.New(rand.NewPCG(uint64(worker), 3))
				for n := 0; n < transfers; {
					from := r.IntN(accounts)
					to := (from + 1 + r.IntN(accounts-1)) % accounts
					records, err := st.Get(ctx, "k", fmt.Sprint(from), fmt.Sprint(to))
					if err != nil || len(records) != 2 {
						return fmt.Errorf("of 2 records Get returned %d: %w", len(records), err)
					}
					records[0].Sort--
					records[1].Sort++
					_, err = st.Commit(ctx, &store.Batch{Put: records})
					switch {
					case err == nil:
						n++
					case !errors.Is(err, store.ErrConflict):
						return err
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			var sum, versions int64
			for _, r := range s.list(store.Query{Kind: "k", Limit: 99}) {
				sum += r.Sort
				versions += r.Version
			}
			s.equal("sum over all accounts", sum, int64(accounts*100))
			s.equal("sum of all versions", versions, int64(accounts+2*workers*transfers))
			return s.err
		},
	},
	{
		"concurrent additions are all counted",
		"Add raises the Version, never conflicts, and commutes with every other Add.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const workers, times = 8, 30
			err := together(h, workers, func(worker int, st store.Store) error {
				for i := range times {
					keys := []string{"a", fmt.Sprint("day", i%3)}
					if worker%2 == 0 {
						keys[0], keys[1] = keys[1], keys[0]
					}
					_, err := st.Commit(ctx, &store.Batch{Add: []store.Record{
						{Kind: "k", Key: keys[0], N: int64(worker + 1)}, {Kind: "k", Key: keys[1], N: int64(worker + 1)},
					}})
					if err != nil {
						return err
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			r := s.record("k", "a")
			s.equal("N", r.N, int64(times*workers*(workers+1)/2))
			s.equal("Version", r.Version, int64(times*workers))
			return s.err
		},
	},
	{
		"concurrent claimants never share work",
		"Claim leases due work to the caller. " + safeReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const total = 400
			var b store.Batch
			for i := range total {
				b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(i), Group: fmt.Sprint("g", i%3)})
			}
			s.commit(b)
			var mu sync.Mutex
			taken := map[string]int{}
			err := together(h, 8, func(worker int, st store.Store) error {
				ask := store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: 1 + worker}
				if worker >= 4 {
					ask.Groups, ask.PerGroup = []string{"g0", "g1", "g2"}, 3
				}
				for idle := 0; idle < 3; {
					works, err := st.Claim(ctx, ask)
					if err != nil {
						return err
					}
					if len(works) > ask.Limit {
						return fmt.Errorf("got %d pieces of work from a Claim of at most %d", len(works), ask.Limit)
					}
					if idle++; len(works) > 0 {
						idle = 0
					}
					mu.Lock()
					for _, w := range works {
						taken[w.ID]++
					}
					mu.Unlock()
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			for _, w := range s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: total}) {
				taken[w.ID]++ // passed over while others held its neighbours
			}
			for id, n := range taken {
				s.that(n == 1, "work %s was claimed %d times", id, n)
			}
			s.equal("claimed work", len(taken), total)
			return s.err
		},
	},
	{
		"lanes keep their order under load",
		laneReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const workers, lanes, each = 6, 5, 20 // half of the workers enqueue, half claim
			var mu sync.Mutex
			running, last := map[string]string{}, map[string]int64{}
			take := func(w store.Work) error {
				mu.Lock()
				defer mu.Unlock()
				if other := running[w.Lane]; other != "" {
					return fmt.Errorf("lane %s handed out %s while %s was being worked on", w.Lane, w.ID, other)
				}
				if w.Seq < last[w.Lane] {
					return fmt.Errorf("lane %s handed out Seq %d after %d", w.Lane, w.Seq, last[w.Lane])
				}
				running[w.Lane], last[w.Lane] = w.ID, w.Seq
				return nil
			}
			settle := func(st store.Store, r *rand.Rand, w store.Work) error {
				b := done(w)
				switch r.IntN(8) {
				case 0:
					b = later(w, time.Time{}, "again")
				case 1:
					b = bury(w, "dead")
				}
				mu.Lock()
				delete(running, w.Lane)
				mu.Unlock()
				_, err := st.Commit(ctx, &b)
				return err
			}
			err := together(h, 2*workers, func(i int, st store.Store) error {
				r := rand.New(rand.NewPCG(uint64(i), 5))
				if i >= workers {
					for n := range lanes * each / workers {
						var b store.Batch
						for k := range 1 + n%3 {
							b.Enqueue = append(b.Enqueue, store.Work{
								Queue: "q", ID: fmt.Sprintf("%d-%d-%d", i, n, k), Lane: fmt.Sprint("l", r.IntN(lanes)), Once: n%2 == 0,
							})
						}
						if _, err := st.Commit(ctx, &b); err != nil {
							return err
						}
					}
					return nil
				}
				for idle := 0; idle < 50; {
					works, err := st.Claim(ctx, store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: 1 + i})
					if err != nil {
						return err
					}
					if idle++; len(works) > 0 {
						idle = 0
					}
					for _, w := range works {
						if err := take(w); err != nil {
							return err
						}
					}
					for _, w := range works {
						if err := settle(st, r, w); err != nil {
							return err
						}
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			for n := range 2 * lanes { // the workers may have met each other too seldom
				s.enqueue(store.Work{Queue: "q", ID: fmt.Sprint("more", n), Lane: fmt.Sprint("l", n%lanes)})
			}
			for s.err == nil { // these, and whatever the workers left when they gave up
				works := s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: 100})
				if len(works) == 0 {
					break
				}
				for _, w := range works {
					err := take(w)
					s.that(err == nil, "%v", err)
				}
				s.commit(done(works...))
				clear(running)
			}
			s.that(len(s.work(store.WorkQuery{Queue: "q", Limit: 9})) == 0, "work is stuck in its lane")
			return s.err
		},
	},
	{
		"Once holds against concurrent callers",
		onceReason + " Fresh counts the enqueued work that was new. A batch is applied once, however often the store tries.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const ids = 120
			var fresh atomic.Int64
			err := together(h, 8, func(i int, st store.Store) error {
				r := rand.New(rand.NewPCG(uint64(i), 9))
				order := r.Perm(ids)
				for n := 0; n < ids; n += 10 {
					b := store.Batch{Add: []store.Record{{Kind: "k", Key: "batches", N: 1}}}
					for _, id := range order[n : n+10] {
						b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint(id), Lane: fmt.Sprint(id % 5), Once: true})
					}
					c, err := st.Commit(ctx, &b)
					if err != nil {
						return err
					}
					fresh.Add(int64(c.Fresh))
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			s.equal("Fresh altogether", fresh.Load(), int64(ids))
			s.equal("batches", s.record("k", "batches").N, int64(8*ids/10))
			s.that(len(s.work(store.WorkQuery{Queue: "q", Limit: 9 * ids})) == ids, "the number of pieces of work is wrong")
			for handled := 0; s.err == nil && handled < ids; {
				works := s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: 100})
				s.that(len(works) > 0, "only %d of %d pieces of work could be claimed", handled, ids)
				s.commit(done(works...))
				handled += len(works)
			}
			return s.err
		},
	},
	{
		"a failing batch takes no other with it",
		"An implementation may combine the batches of concurrent callers into one transaction; a failing batch must not take others with it.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "old"})
			s.put(store.Record{Kind: "k", Key: "old", Version: 1})
			s.enqueue(store.Work{Queue: "q", ID: "lost"})
			lost := s.claims("lost")[0]
			s.commit(done(lost))
			const workers, times = 12, 12
			err := together(h, workers, func(i int, st store.Store) error {
				for n := range times {
					id := fmt.Sprintf("%d-%d", i, n)
					b := store.Batch{
						Put: []store.Record{{Kind: "k", Key: id}}, Add: []store.Record{{Kind: "k", Key: "sum", N: 1}},
						Enqueue: []store.Work{{Queue: "good", ID: id}},
					}
					var want error
					switch i % 4 {
					case 1:
						want = store.ErrConflict
						b.Put = append(b.Put, store.Record{Kind: "k", Key: "old", Version: 1})
					case 2:
						want = store.ErrLeaseLost
						b.Done = []store.Lease{lost.Lease()}
					}
					c, err := st.Commit(ctx, &b)
					if want == nil && (err != nil || c.Fresh != 1) {
						return fmt.Errorf("a good batch beside bad ones: %d fresh, error %w", c.Fresh, err)
					}
					if want != nil && !errors.Is(err, want) {
						return fmt.Errorf("a bad batch must fail with %w and returned: %w", want, err)
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			good := workers / 2 * times
			s.equal("N", s.record("k", "sum").N, int64(good))
			s.equal("records", len(s.list(store.Query{Kind: "k", Limit: 9999})), good+2)
			s.equal("work", len(s.work(store.WorkQuery{Queue: "good", Limit: 9999})), good)
			return s.err
		},
	},
	{
		"a caller who leaves does no harm to others",
		"A cancelled context makes a method return early with the context's error; whether a Commit that was cancelled has happened is then unknown.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const workers, times = 12, 15
			var kept, left atomic.Int64
			err := together(h, workers, func(i int, st store.Store) error {
				r := rand.New(rand.NewPCG(uint64(i), 11))
				for n := range times {
					callCtx, cancel := context.WithCancel(ctx)
					stop := func() {}
					if i%2 == 0 {
						timer := time.AfterFunc(time.Duration(r.IntN(2000))*time.Microsecond, cancel)
						stop = func() { timer.Stop() }
					}
					_, err := st.Commit(callCtx, &store.Batch{
						Put: []store.Record{{Kind: "k", Key: fmt.Sprintf("%d-%d", i, n), Parent: fmt.Sprint(i % 2)}},
					})
					stop()
					cancel()
					switch {
					case err == nil && i%2 == 0:
						left.Add(1)
					case err == nil:
						kept.Add(1)
					case i%2 == 1 || !errors.Is(err, context.Canceled):
						return fmt.Errorf("unexpected outcome of Commit: %w", err)
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			s.equal("kept", kept.Load(), int64(workers/2*times))
			s.equal("records of those who stayed", len(s.list(store.Query{Kind: "k", Parent: "1", Limit: 9999})), int(kept.Load()))
			s.that(len(s.list(store.Query{Kind: "k", Parent: "0", Limit: 9999})) >= int(left.Load()), "an acknowledged record is missing")
			return s.err
		},
	},
}
