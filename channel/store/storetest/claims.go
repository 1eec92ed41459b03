package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

var claimCases = []testCase{
	{
		"claimed work carries everything",
		"Claim leases due work to the caller and returns it in the order of Seq.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			due := s.now.Add(-time.Second)
			s.enqueue(store.Work{
				Queue: "q", ID: "a", Lane: "l", Group: "g", Due: due, Body: []byte(`{"x":1}`), Once: true,
				Seq: 99, Token: "mine", Started: true, Tries: 7, Dead: true, Reason: "none", Enqueued: s.now.Add(-time.Hour),
			})
			w := s.claims("a")[0]
			s.that(w.Token != "" && w.Token != "mine", "the token is %q", w.Token)
			s.that(w.Seq > 0, "Seq is %d", w.Seq)
			s.that(time.Since(w.Enqueued).Abs() < 30*time.Minute, "Enqueued is %v", w.Enqueued)
			w.Token, w.Seq, w.Enqueued = "", 0, time.Time{}
			s.equal("claimed work", w, store.Work{
				Queue: "q", ID: "a", Lane: "l", Group: "g", Due: due, Body: []byte(`{"x":1}`), Once: true,
			})
			return s.err
		},
	},
	{
		"work is claimed in the order in which it was committed",
		"Seq is the order in which work was committed, unique within the store.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for i := range 30 {
				s.enqueue(store.Work{Queue: []string{"q", "other"}[i%2], ID: fmt.Sprint(9-i%10, "-", i)})
			}
			last := int64(0)
			seen := map[int64]bool{}
			for _, want := range []int{10, 5, 0} {
				ws := s.claim()
				s.that(len(ws) == want, "Claim returned %d, want %d", len(ws), want)
				for _, w := range ws {
					s.that(w.Seq > last, "Seq %d came after %d", w.Seq, last)
					last = w.Seq
					seen[w.Seq] = true
				}
			}
			for _, w := range s.work(store.WorkQuery{Queue: "other", Limit: 99}) {
				s.that(!seen[w.Seq], "two queues share Seq %d", w.Seq)
			}
			return s.err
		},
	},
	{
		"the Limit is kept and the rest stays",
		"Limit is the most to take.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"}, store.Work{Queue: "q", ID: "b"}, store.Work{Queue: "q", ID: "c"})
			ask := store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 2}
			s.ids("Claim", s.claimAs(ask), "a", "b")
			s.ids("Claim", s.claimAs(ask), "c")
			s.ids("Claim", s.claimAs(ask))
			s.ids("Claim of another queue", s.claimAs(store.Claim{Queue: "none", Now: s.now, Lease: time.Minute, Limit: 2}))
			return s.err
		},
	},
	{
		"work is not claimed before it is due",
		"Work is eligible if its Due is not after c.Now.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "later", Due: s.now.Add(time.Hour)}, store.Work{Queue: "q", ID: "now", Due: s.now})
			s.claims("now")
			s.later(time.Hour - time.Microsecond)
			s.claims("now") // its lease is over
			s.later(time.Microsecond)
			s.claims("later")
			return s.err
		},
	},
	{
		"only the given time counts",
		"Now is the present; leases are judged by it.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for _, year := range []int{2001, 2101} {
				s.now = time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
				id := fmt.Sprint(year)
				s.enqueue(store.Work{Queue: "q", ID: id}, store.Work{Queue: "q", ID: "late " + id, Due: s.now.Add(time.Second)})
				s.claims(id)
				s.claims()
				s.later(time.Second)
				w := s.claims("late " + id)[0]
				s.later(time.Minute)
				ws := s.claims(id, "late "+id)
				s.that(ws[1].Token != w.Token, "two claims have the same token")
				s.commit(done(ws...))
			}
			return s.err
		},
	},
	{
		"leased work is not claimed again until the lease ends",
		"Claim leases due work to the caller until c.Now + c.Lease. Work is eligible if it is not leased beyond c.Now. Token proves the claim; a new one with every claim.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			first := s.claims("a")[0]
			s.later(time.Minute - time.Microsecond)
			s.claims()
			s.later(time.Microsecond)
			second := s.claims("a")[0]
			s.that(first.Token != second.Token, "two claims have the same token")
			s.refused(store.ErrLeaseLost, done(first))
			s.commit(done(second))
			return s.err
		},
	},
	{
		"an expired lease that nobody took is still good",
		"ErrLeaseLost says that work is no longer leased under the given token: it expired and went to another worker, or was replaced, settled or dropped.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.now = s.now.Add(-time.Hour)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			w := s.claims("a")[0]
			s.commit(done(w))
			s.that(len(s.work(store.WorkQuery{Queue: "q", Limit: 9})) == 0, "done work is still there")
			return s.err
		},
	},
	{
		"Groups restrict a claim",
		"Groups, if not nil, restricts the claim to these groups.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(
				store.Work{Queue: "q", ID: "a1", Group: "a"}, store.Work{Queue: "q", ID: "b1", Group: "b"},
				store.Work{Queue: "q", ID: "c1", Group: "c"}, store.Work{Queue: "q", ID: "none"},
			)
			ask := store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 10, Groups: []string{}}
			s.ids("Claim of no groups", s.claimAs(ask))
			ask.Groups = []string{"c", "a", "nobody", "a"}
			s.ids("Claim of two groups", s.claimAs(ask), "a1", "c1")
			ask.Groups = []string{""}
			s.ids("Claim of the empty group", s.claimAs(ask), "none")
			s.claims("b1")
			return s.err
		},
	},
	{
		"PerGroup is the most from each group",
		"Groups restricts the claim to these groups and takes at most PerGroup from each, so that a broadcast on one number cannot hold up another. PerGroup is the most to take from one group; 0 means no bound.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			var b store.Batch
			for i := range 40 {
				b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: fmt.Sprint("flood", i), Group: "a"})
			}
			s.commit(b)
			s.enqueue(store.Work{Queue: "q", ID: "b1", Group: "b"}, store.Work{Queue: "q", ID: "b2", Group: "b"}, store.Work{Queue: "q", ID: "b3", Group: "b"})
			ask := store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 10, Groups: []string{"a", "b"}, PerGroup: 2}
			s.ids("Claim", s.claimAs(ask), "flood0", "flood1", "b1", "b2")
			s.ids("Claim", s.claimAs(ask), "flood2", "flood3", "b3")
			ask.Limit = 1
			s.ids("Claim", s.claimAs(ask), "flood4")
			ask.PerGroup, ask.Limit = 0, 5
			s.ids("Claim", s.claimAs(ask), "flood5", "flood6", "flood7", "flood8", "flood9")
			return s.err
		},
	},
	{
		"waiting work does not hide work that is due",
		"Claim leases due work to the caller.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			var b store.Batch
			for i := range 300 {
				b.Enqueue = append(b.Enqueue,
					store.Work{Queue: "q", ID: fmt.Sprint("future", i), Group: "g", Due: s.now.Add(time.Hour)},
					store.Work{Queue: "q", ID: fmt.Sprint("behind", i), Lane: "deep", Group: "g"})
			}
			b.Enqueue = append(b.Enqueue, store.Work{Queue: "q", ID: "due", Group: "g"})
			s.commit(b)
			s.claims("behind0", "due")
			s.later(2 * time.Minute)
			ask := store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 10, Groups: []string{"g"}, PerGroup: 5}
			s.ids("Claim by group", s.claimAs(ask), "behind0", "due")
			return s.err
		},
	},
	{
		"postponed work does not starve",
		"Claim leases due work to the caller. Nothing that is due may be passed over for ever while new work comes.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "old"})
			s.commit(later(s.claims("old")[0], s.now.Add(-time.Hour), "busy"))
			for i := range 50 {
				if s.err != nil {
					break
				}
				s.enqueue(store.Work{Queue: "q", ID: fmt.Sprint("a", i)}, store.Work{Queue: "q", ID: fmt.Sprint("b", i)})
				for _, w := range s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Hour, Limit: 2}) {
					if w.ID == "old" {
						return s.err
					}
				}
			}
			s.fail("work that is due for an hour was passed over a hundred times")
			return s.err
		},
	},
}
