package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/kanava-go/kanava/channel/store"
)

const boundReason = "Bound names records of Add whose N must not be larger than Max once Add is applied. It returns an error matching ErrExceeded when a Bound would not be kept; nothing was written then."

// spend adds n to the total "a", which may come to most.
func spend(n, most int64, more ...store.Record) store.Batch {
	return store.Batch{
		Put: more, Add: []store.Record{{Kind: "k", Key: "a", N: n}},
		Bound: []store.Bound{{Kind: "k", Key: "a", Max: most}},
	}
}

var boundCases = []testCase{
	{
		"a running total keeps to its bound",
		boundReason + " Nothing holds an addition back that comes without a Bound.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(spend(3, 3))
			s.refused(store.ErrExceeded, spend(1, 3, store.Record{Kind: "k", Key: "beside"}))
			s.missing("k", "beside")
			s.equal("N after a refusal", s.record("k", "a").N, int64(3))
			s.commit(spend(1, 4))
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", N: 10}}})
			s.refused(store.ErrExceeded, spend(1, 14))
			s.refused(store.ErrExceeded, spend(0, 13))
			s.commit(spend(-5, 9))
			s.equal("N", s.record("k", "a").N, int64(9))
			s.refused(store.ErrExceeded, store.Batch{
				Add:   []store.Record{{Kind: "k", Key: "new", N: 2}},
				Bound: []store.Bound{{Kind: "k", Key: "new", Max: 1}},
			})
			s.missing("k", "new")
			return s.err
		},
	},
	{
		"of concurrent additions as many succeed as fit",
		"The store decides that together with the addition: of batches that come at the same time, from any number of processes, as many succeed as fit below the bound. " + safeReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			const workers, times, most = 12, 6, 7
			var won atomic.Int64
			err := together(h, workers, func(i int, st store.Store) error {
				for n := range times {
					id := fmt.Sprintf("%d-%d", i, n)
					b := spend(1, most, store.Record{Kind: "won", Key: id})
					b.Enqueue = []store.Work{{Queue: "q", ID: id}}
					switch _, err := st.Commit(ctx, &b); {
					case err == nil:
						won.Add(1)
					case !errors.Is(err, store.ErrExceeded):
						return fmt.Errorf("an addition beyond the bound must fail with ErrExceeded and returned: %w", err)
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			s.equal("batches that succeeded", won.Load(), int64(most))
			s.equal("N", s.record("k", "a").N, int64(most))
			s.equal("records of those that succeeded", len(s.list(store.Query{Kind: "won", Limit: 999})), most)
			s.equal("their work", len(s.work(store.WorkQuery{Queue: "q", Limit: 999})), most)
			return s.err
		},
	},
	{
		"what exceeds its bound takes no other with it",
		"An implementation may combine the batches of concurrent callers into one transaction; a failing batch must not take others with it.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.commit(spend(1, 1))
			const workers, times = 8, 8
			err := together(h, workers, func(i int, st store.Store) error {
				for n := range times {
					if i%2 == 0 {
						b := spend(1, 1)
						if _, err := st.Commit(ctx, &b); !errors.Is(err, store.ErrExceeded) {
							return fmt.Errorf("an addition beyond the bound returned: %w", err)
						}
						continue
					}
					_, err := st.Commit(ctx, &store.Batch{
						Put: []store.Record{{Kind: "good", Key: fmt.Sprintf("%d-%d", i, n)}},
						Add: []store.Record{{Kind: "k", Key: "free", N: 1}},
					})
					if err != nil {
						return err
					}
				}
				return nil
			})
			s.that(err == nil, "%v", err)
			s.equal("records", len(s.list(store.Query{Kind: "good", Limit: 999})), workers/2*times)
			s.equal("N without a bound", s.record("k", "free").N, int64(workers/2*times))
			return s.err
		},
	},
}
