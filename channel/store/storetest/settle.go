package storetest

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

var settleCases = []testCase{
	{
		"done work is gone",
		"Done removes finished work.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			w := s.claims("a")[0]
			s.commit(done(w))
			s.later(24 * time.Hour)
			s.claims()
			s.refused(store.ErrLeaseLost, done(w))
			s.that(len(s.backlog(s.now)) == 0, "an empty queue has a backlog")
			return s.err
		},
	},
	{
		"begun work is known as begun to the next claimant",
		"Start marks claimed work as begun, so that whoever claims it after a crash knows that its effect may have happened.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			w := s.claims("a")[0]
			s.that(!w.Started, "new work is marked as begun")
			s.commit(store.Batch{Start: []store.Lease{w.Lease()}})
			s.later(time.Hour)
			again := s.claims("a")[0]
			s.that(again.Started, "the mark of Start is lost")
			s.commit(later(again, time.Time{}, ""))
			s.that(!s.claims("a")[0].Started, "Later did not clear the mark of Start")
			return s.err
		},
	},
	{
		"Start keeps the lease",
		"Start marks claimed work as begun.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			w := s.claims("a")[0]
			s.commit(store.Batch{Start: []store.Lease{w.Lease()}})
			s.claims()
			s.commit(store.Batch{Start: []store.Lease{w.Lease()}, Done: []store.Lease{w.Lease()}})
			return s.err
		},
	},
	{
		"postponed work comes back when it is due",
		"Later gives work back, to be claimed again when it is due. Reason replaces the previous one. Body replaces the work's body if not nil. Tries counts how often the work was given back by Later or revived by Replay.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a", Body: []byte(`1`)})
			w := s.claims("a")[0]
			due := s.now.Add(time.Hour)
			s.commit(later(w, due, "first"))
			s.refused(store.ErrLeaseLost, done(w))
			got := s.the("a", false)
			s.that(got.Tries == 1 && got.Reason == "first" && got.Due.Equal(due) && string(got.Body) == "1" && got.Seq == w.Seq,
				"postponed work is %+v", got)
			s.claims()
			s.later(time.Hour)
			w = s.claims("a")[0]
			s.commit(store.Batch{Later: []store.Postponed{{Lease: w.Lease(), Due: s.now.Add(-time.Hour), Body: []byte(`2`)}}})
			w = s.claims("a")[0]
			s.that(w.Tries == 2 && w.Reason == "" && string(w.Body) == "2", "work postponed twice is %+v", w)
			return s.err
		},
	},
	{
		"a dead letter stays to be looked at",
		"Bury takes work out of its lane, for an operator to look at: a dead letter.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a", Group: "g", Body: []byte(`1`)})
			w := s.claims("a")[0]
			s.commit(bury(w, "no such number"))
			s.later(24 * time.Hour)
			s.claims()
			s.refused(store.ErrLeaseLost, done(w))
			dead := s.the("a", true)
			s.that(dead.Dead && dead.Reason == "no such number" && string(dead.Body) == "1" && dead.Group == "g" && dead.Seq == w.Seq,
				"the dead letter is %+v", dead)
			s.that(len(s.work(store.WorkQuery{Queue: "q", Limit: 9})) == 0, "Work shows a dead letter as living")
			return s.err
		},
	},
	{
		"a replayed dead letter runs again",
		"Replay revives dead letters: due at once. Later and Replay clear Started.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a", Due: s.now, Body: []byte(`1`)})
			w := s.claims("a")[0]
			b := bury(w, "why")
			b.Start = []store.Lease{w.Lease()}
			s.commit(b)
			s.commit(store.Batch{Replay: key("q", "a")})
			s.now = s.now.Add(-time.Hour) // due at once, whatever the time
			w = s.claims("a")[0]
			s.that(!w.Started && w.Tries == 1 && !w.Dead && string(w.Body) == "1", "replayed work is %+v", w)
			s.commit(done(w))
			s.that(len(s.work(store.WorkQuery{Queue: "q", Dead: true, Limit: 9})) == 0, "a replayed dead letter is still there")
			return s.err
		},
	},
	{
		"dropped work is gone whatever its state",
		"Drop removes work, living or dead, leased or not. A missing one is not an error.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "dead"}, store.Work{Queue: "q", ID: "leased"})
			ws := s.claims("dead", "leased")
			s.commit(bury(ws[0], "why"))
			s.enqueue(store.Work{Queue: "q", ID: "waiting"})
			var b store.Batch
			for _, id := range []string{"waiting", "nobody", "leased", "dead"} {
				b.Drop = append(b.Drop, key("q", id)...)
			}
			s.commit(b)
			s.refused(store.ErrLeaseLost, done(ws[1]))
			s.later(24 * time.Hour)
			s.claims()
			s.that(len(s.backlog(s.now)) == 0, "dropped work is in the backlog")
			s.equal("Fresh after Drop", s.enqueue(store.Work{Queue: "q", ID: "leased"}).Fresh, 1)
			return s.err
		},
	},
	{
		"a lease is proved by its token",
		"It returns an error matching ErrLeaseLost when a reference to claimed work is no longer valid; nothing was written then.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"}, store.Work{Queue: "q", ID: "b"}, store.Work{Queue: "q", ID: "idle", Due: s.now.Add(time.Hour)})
			ws := s.claims("a", "b")
			token := ws[0].Token
			for _, l := range []store.Lease{
				{Queue: "q", ID: "a", Token: "wrong"}, {Queue: "q", ID: "a"}, {Queue: "q", ID: "b", Token: token},
				{Queue: "q", ID: "nobody", Token: token}, {Queue: "other", ID: "a", Token: token}, {Queue: "q", ID: "idle"},
				{Queue: "q", ID: "a", Token: token + "0"},
			} {
				s.refused(store.ErrLeaseLost, store.Batch{Start: []store.Lease{l}})
				s.refused(store.ErrLeaseLost, store.Batch{Done: []store.Lease{l}})
				s.refused(store.ErrLeaseLost, store.Batch{Later: []store.Postponed{{Lease: l}}})
				s.refused(store.ErrLeaseLost, store.Batch{Bury: []store.Buried{{Lease: l}}})
			}
			s.that(!s.the("a", false).Started && s.the("b", false).Tries == 0, "a refused batch changed work")
			s.commit(done(ws...))
			return s.err
		},
	},
}
