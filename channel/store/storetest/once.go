package storetest

import (
	"context"
	"fmt"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// once is work that runs once.
func once(id string) store.Work { return store.Work{Queue: "q", ID: id, Once: true} }

const onceReason = "Once makes Enqueue ignore an ID that this queue has seen before, even if that work is long done, until it is forgotten."

var onceCases = []testCase{
	{
		"Once work is ignored while the first is there",
		onceReason + " Fresh counts the enqueued work that was new, Once or not.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			first := once("a")
			first.Body = []byte(`"first"`)
			s.equal("Fresh", s.enqueue(first, store.Work{Queue: "q", ID: "plain"}).Fresh, 2)
			second := once("a")
			second.Body, second.Lane = []byte(`"second"`), "l"
			s.equal("Fresh", s.enqueue(second, once("b")).Fresh, 1)
			w := s.the("a", false)
			s.that(string(w.Body) == `"first"` && w.Lane == "" && w.Once, "the first work became %+v", w)
			s.claims("a", "plain", "b")
			return s.err
		},
	},
	{
		"Once work is ignored after it is done, buried or dropped",
		onceReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(once("done"), once("buried"), once("dropped"))
			ws := s.claims("done", "buried", "dropped")
			s.commit(done(ws[0]))
			s.commit(bury(ws[1], "why"))
			s.commit(store.Batch{Drop: key("q", "dropped")})
			s.equal("Fresh", s.enqueue(once("done"), once("buried"), once("dropped")).Fresh, 0)
			s.claims()
			s.that(s.the("buried", true).Dead, "the dead letter came to life")
			return s.err
		},
	},
	{
		"the memory of Once is per queue",
		"Once makes Enqueue ignore an ID that this queue has seen before.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(once("a"))
			s.equal("Fresh", s.enqueue(store.Work{Queue: "other", ID: "a", Once: true}).Fresh, 1)
			s.claims("a")
			return s.err
		},
	},
	{
		"work without Once replaces what is there",
		"Without Once, work that is still there under the same ID, living or dead, is replaced: new body, lane, group and due time, same Seq, alive, with no lease and no history.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a", Lane: "l", Group: "g", Body: []byte(`1`)}, store.Work{Queue: "q", ID: "b"})
			before := s.the("a", false)
			w := s.claims("a", "b")[0]
			s.commit(store.Batch{Start: []store.Lease{w.Lease()}})
			s.commit(later(w, time.Time{}, "reason"))
			w = s.claims("a")[0]
			s.commit(store.Batch{Start: []store.Lease{w.Lease()}})
			due := s.now.Add(time.Hour)
			s.equal("Fresh", s.enqueue(store.Work{Queue: "q", ID: "a", Lane: "m", Group: "h", Due: due, Body: []byte(`2`)}).Fresh, 0)
			got := s.the("a", false)
			s.equal("replaced work", got, store.Work{
				Queue: "q", ID: "a", Lane: "m", Group: "h", Due: due, Body: []byte(`2`), Seq: before.Seq, Enqueued: before.Enqueued,
			})
			s.refused(store.ErrLeaseLost, done(w))
			s.later(time.Hour)
			s.claims("a", "b") // the lease of b has expired as well
			return s.err
		},
	},
	{
		"work without Once revives what is dead and starts anew what is done",
		"Without Once, work that is still there under the same ID, living or dead, is replaced.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "dead"}, store.Work{Queue: "q", ID: "done"})
			before := s.the("dead", false)
			ws := s.claims("dead", "done")
			s.commit(bury(ws[0], "why"))
			s.commit(done(ws[1]))
			s.equal("Fresh", s.enqueue(store.Work{Queue: "q", ID: "dead"}, store.Work{Queue: "q", ID: "done"}).Fresh, 1)
			s.equal("revived work", s.the("dead", false), before)
			s.that(s.the("done", false).Seq > before.Seq, "work that was done before got no new Seq")
			s.claims("dead", "done")
			return s.err
		},
	},
	{
		"Forget forgets what is old and nothing else",
		"Forget, if not zero, lets the store forget IDs of Once work that it first saw before this time, a bounded number per call.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			var b store.Batch
			for i := range 2500 {
				b.Enqueue = append(b.Enqueue, once(fmt.Sprint("w", i)))
			}
			s.commit(b)
			s.equal("Forgotten", s.commit(store.Batch{Forget: time.Now().Add(-48 * time.Hour)}).Forgotten, 0)
			s.equal("Fresh of what must be remembered", s.commit(b).Fresh, 0)
			for s.err == nil { // settle the work, so that only the memory is left
				ws := s.claimAs(store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 500})
				if len(ws) == 0 {
					break
				}
				s.commit(done(ws...))
			}
			s.equal("Fresh of what was done", s.commit(b).Fresh, 0)
			s.enqueue(store.Work{Queue: "q", ID: "living", Once: true, Body: []byte(`1`)})
			total := 0
			for range 100 {
				n := s.commit(store.Batch{Forget: time.Now().Add(48 * time.Hour)}).Forgotten
				s.that(n <= 2501/2, "one Forget removed %d IDs: that is not a small step", n)
				if total += n; n == 0 {
					break
				}
			}
			s.equal("Forgotten altogether", total, 2501)
			s.equal("Fresh of what was forgotten", s.enqueue(once("w0"), once("w1")).Fresh, 2)
			s.that(string(s.the("living", false).Body) == `1`, "Forget touched living work")
			s.commit(store.Batch{Drop: key("q", "living")})
			s.equal("Fresh of a dropped and forgotten ID", s.enqueue(once("living")).Fresh, 1)
			return s.err
		},
	},
}
