package storetest

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// inLane is work of lane l.
func inLane(id string) store.Work { return store.Work{Queue: "q", ID: id, Lane: "l"} }

const laneReason = "No living work with a smaller Seq exists in the same Queue and (non-empty) Lane: a lane hands out one piece of work at a time, in the order it was committed, and waits for it."

var laneCases = []testCase{
	{
		"a lane hands out one piece of work at a time",
		laneReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"))
			s.enqueue(inLane("c"), store.Work{Queue: "q", ID: "free1"}, store.Work{Queue: "q", ID: "free2"})
			ws := s.claims("a", "free1", "free2")
			s.claims()
			s.commit(done(ws...))
			for _, id := range []string{"b", "c"} {
				ws := s.claims(id)
				s.claims()
				s.commit(done(ws...))
			}
			s.claims()
			return s.err
		},
	},
	{
		"a batch keeps its order within a lane",
		"In the order it was committed.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			ids := []string{"z", "m", "a", "k", "b", "y", "c"}
			var b store.Batch
			for _, id := range ids {
				b.Enqueue = append(b.Enqueue, inLane(id))
			}
			s.commit(b)
			for _, id := range ids {
				s.commit(done(s.claims(id)...))
			}
			return s.err
		},
	},
	{
		"a lane waits for its first work although it is not due",
		laneReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			first := inLane("a")
			first.Due = s.now.Add(time.Hour)
			s.enqueue(first, inLane("b"))
			s.claims()
			s.later(time.Hour)
			w := s.claims("a")[0]
			s.commit(later(w, s.now.Add(time.Hour), "busy"))
			s.claims()
			s.later(time.Hour)
			s.commit(done(s.claims("a")...))
			s.claims("b")
			return s.err
		},
	},
	{
		"a dead letter leaves its lane",
		"Bury takes work out of its lane, for an operator to look at.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"))
			s.commit(bury(s.claims("a")[0], "poison"))
			s.claims("b")
			return s.err
		},
	},
	{
		"dropping the first work frees the lane",
		"Drop removes work, living or dead, leased or not.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"), inLane("c"))
			s.claims("a")
			s.commit(store.Batch{Drop: append(key("q", "b"), key("q", "a")...)})
			s.claims("c")
			return s.err
		},
	},
	{
		"an expired lease keeps the order of its lane",
		laneReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"))
			s.claims("a")
			s.later(time.Hour)
			s.claims("a")
			return s.err
		},
	},
	{
		"lanes of different queues do not wait for each other",
		"The same Queue and (non-empty) Lane.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "other", ID: "x", Lane: "l"}, inLane("a"), store.Work{Queue: "q", ID: "b", Lane: "m"})
			s.claims("a", "b")
			return s.err
		},
	},
	{
		"replayed work goes to the end of its lane",
		"Replay revives dead letters: due at once, at the end of their lane. A missing one is not an error.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"), inLane("c"))
			before := s.the("a", false)
			s.commit(bury(s.claims("a")[0], "first"))
			s.commit(bury(s.claims("b")[0], "second"))
			s.commit(store.Batch{Replay: append(key("q", "never was"), append(key("q", "b"), key("q", "a")...)...)})
			a := s.the("a", false)
			s.that(a.Seq > before.Seq, "replayed work kept Seq %d", a.Seq)
			s.that(!a.Dead && a.Tries == 1 && a.Due.IsZero() && a.Reason == "first", "replayed work is %+v", a)
			for _, id := range []string{"c", "b", "a"} {
				s.commit(done(s.claims(id)...))
			}
			return s.err
		},
	},
	{
		"replay touches dead letters only",
		"Replay revives dead letters.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"))
			before := s.the("a", false)
			w := s.claims("a")[0]
			s.commit(store.Batch{Replay: key("q", "a")})
			s.equal("living work after Replay", s.the("a", false), before)
			s.commit(done(w))
			return s.err
		},
	},
	{
		"replaced work takes its place in its new lane",
		"Replaced: new body, lane, group and due time, same Seq, alive.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			moved := inLane("a")
			s.enqueue(moved, inLane("b"), store.Work{Queue: "q", ID: "x", Lane: "m"}, store.Work{Queue: "q", ID: "y", Lane: "m"})
			moved.Lane = "m"
			s.enqueue(moved) // now before x in lane m, and b is first in lane l
			ws := s.claims("a", "b")
			s.commit(done(ws...))
			ws = s.claims("x")
			s.commit(done(ws...))
			s.claims("y")
			return s.err
		},
	},
	{
		"a dead letter that is enqueued again returns to its place",
		"Work that is still there under the same ID, living or dead, is replaced: same Seq, alive.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"), inLane("b"))
			s.commit(bury(s.claims("a")[0], "why"))
			s.enqueue(inLane("a"))
			s.commit(done(s.claims("a")...))
			s.claims("b")
			return s.err
		},
	},
	{
		"work enqueued together with the end of the work before it is not stuck",
		laneReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(inLane("a"))
			for _, id := range []string{"b", "c", "d"} {
				b := done(s.claim()...)
				b.Enqueue = []store.Work{inLane(id)}
				s.commit(b)
			}
			s.claims("d")
			return s.err
		},
	},
}
