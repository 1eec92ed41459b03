package drivertest_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/channel/store/sqlstore"
	"github.com/kanava-go/kanava/channel/store/sqlstore/drivertest/pgtest"
	"github.com/stretchr/testify/require"
)

// A workload is many callers who write at the same time, and a few who work off what
// was written. Each step leaves traces that must agree, so that half a step shows.
type workload struct {
	store store.Store
	name  string // tells the runs on one database apart
	// acked is called after each Commit that returned nil.
	acked func(what, id string)
	// failed is called with each error; it says whether to go on.
	failed func(error) bool
}

const (
	producers = 8
	consumers = 3
	lanesUsed = 5
)

// run works until ctx is done or failed says stop.
func (w *workload) run(ctx context.Context) {
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if !w.produce(ctx, fmt.Sprintf("%s-%d-%d", w.name, p, i), i) {
					return
				}
			}
		})
	}
	for c := range consumers {
		wg.Go(func() {
			r := rand.New(rand.NewPCG(uint64(c), 1))
			for ctx.Err() == nil {
				if !w.consume(ctx, r) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// produce writes a record, counts it and enqueues work for it, in one step.
func (w *workload) produce(ctx context.Context, id string, i int) bool {
	_, err := w.store.Commit(ctx, &store.Batch{
		Put:     []store.Record{{Kind: "item", Key: id, Body: eventBody}},
		Add:     []store.Record{{Kind: "count", Key: "produced", N: 1}},
		Enqueue: []store.Work{{Queue: "q", ID: id, Lane: fmt.Sprint(i % lanesUsed), Body: eventBody, Once: true}},
	})
	if err != nil {
		return w.failed(err)
	}
	w.acked("produced", id)
	return true
}

// consume claims work and settles each piece together with a change of its record.
func (w *workload) consume(ctx context.Context, r *rand.Rand) bool {
	works, err := w.store.Claim(ctx, store.Claim{Queue: "q", Now: time.Now(), Lease: time.Minute, Limit: 4})
	if err != nil {
		return w.failed(err)
	}
	for _, work := range works {
		b := store.Batch{
			Put:  []store.Record{{Kind: "item", Key: work.ID, Version: 1, Parent: "done"}},
			Add:  []store.Record{{Kind: "count", Key: "consumed", N: 1}},
			Done: []store.Lease{work.Lease()},
		}
		if r.IntN(4) == 0 {
			b = store.Batch{Later: []store.Postponed{{Lease: work.Lease(), Reason: "again"}}}
		}
		if _, err := w.store.Commit(ctx, &b); err != nil {
			if !w.failed(err) {
				return false
			}
			continue
		}
		if len(b.Done) > 0 {
			w.acked("consumed", work.ID)
		}
	}
	return true
}

// audit checks that every acknowledged step is there and that no step is there by half.
// acked maps IDs to the last step that was acknowledged.
func audit(tb testing.TB, s store.Store, acked map[string]string) {
	tb.Helper()
	ctx := tb.Context()
	items := map[string]store.Record{}
	for q := (store.Query{Kind: "item", Limit: 1000}); ; {
		page, err := s.List(ctx, q)
		require.NoError(tb, err)
		for _, r := range page {
			items[r.Key] = r
		}
		if len(page) < q.Limit {
			break
		}
		q.After = &store.Position{Sort: page[len(page)-1].Sort, Key: page[len(page)-1].Key}
	}
	works := map[string]bool{}
	for q := (store.WorkQuery{Queue: "q", Limit: 1000}); ; {
		page, err := s.Work(ctx, q)
		require.NoError(tb, err)
		for _, w := range page {
			works[w.ID] = true
		}
		if len(page) < q.Limit {
			break
		}
		q.After = page[len(page)-1].Seq
	}
	for id, step := range acked {
		item, there := items[id]
		require.True(tb, there, "acknowledged record is lost")
		if step == "consumed" {
			require.Equal(tb, "done", item.Parent, "acknowledged change of a record is lost")
		}
	}
	consumed := 0
	for id, item := range items {
		if item.Parent == "done" {
			consumed++
			require.False(tb, works[id], "a record is done and its work is still there")
		} else {
			require.True(tb, works[id], "a record has no work")
		}
	}
	require.Equal(tb, len(items)-consumed, len(works), "work without a record")
	counts, err := s.Get(ctx, "count", "produced", "consumed")
	require.NoError(tb, err)
	n := map[string]int64{}
	for _, c := range counts {
		n[c.Key] = c.N
	}
	require.Equal(tb, int64(len(items)), n["produced"], "the counter of records is wrong")
	require.Equal(tb, int64(consumed), n["consumed"], "the counter of done records is wrong")
}

// drain works off everything that is left, lane by lane: nothing may be stuck.
func drain(tb testing.TB, s store.Store) {
	tb.Helper()
	later := time.Now().Add(time.Hour) // when all leases have expired
	for {
		works, err := s.Claim(tb.Context(), store.Claim{Queue: "q", Now: later, Lease: time.Minute, Limit: 200})
		require.NoError(tb, err)
		if len(works) == 0 {
			break
		}
		var b store.Batch
		for _, w := range works {
			b.Done = append(b.Done, w.Lease())
		}
		_, err = s.Commit(tb.Context(), &b)
		require.NoError(tb, err)
	}
	left, err := s.Backlog(tb.Context(), later)
	require.NoError(tb, err)
	require.Empty(tb, left, "work is stuck")
}

// drainPostgres does so on PostgreSQL, where only a store that goes by the caller's clock
// lets leases end early.
func drainPostgres(tb testing.TB, schema pgtest.Schema) {
	tb.Helper()
	s, _ := openPostgresAs(tb, schema, sqlstore.Config{CallersClock: true})
	drain(tb, s)
}
