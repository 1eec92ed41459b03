package storetest

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// heldReason is what Work.Hold says.
const heldReason = "Hold asks Enqueue to claim the work for the caller as Claim would; it is claimed only if it is new and due, and if no living work is before it in its lane, or just such as the caller has claimed itself."

// behindReason is what it says of Behind.
const behindReason = " Behind is the token of the last before it, unless that is work of the same batch which is claimed with it."

// passReason is what Batch.Pass says.
const passReason = "Pass lets work through that the batch itself does: its ID is remembered like that of Once work. It must be new to its queue, and its lane must be empty; else Commit returns ErrMustQueue and nothing was written."

// expect is a batch that expects records of kind "k" and puts one.
func expect(put string, all ...store.Expected) store.Batch {
	return store.Batch{Expect: all, Put: []store.Record{{Kind: "k", Key: put}}}
}

func expected(key string, version int64) store.Expected {
	return store.Expected{RecordKey: store.RecordKey{Kind: "k", Key: key}, Version: version}
}

// hold enqueues work and claims it at once, behind other work of the caller's if a token is given.
func (s *script) hold(id, lane, behind string) store.Committed {
	return s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{{Queue: "q", ID: id, Lane: lane, Hold: time.Minute, Behind: behind}}})
}

// held must claim what it enqueues.
func (s *script) held(id, lane, behind string) store.Lease {
	done := s.hold(id, lane, behind)
	if s.err == nil && (len(done.Claimed) != 1 || done.Claimed[0].Queue != "q" || done.Claimed[0].ID != id || done.Claimed[0].Token == "") {
		s.fail("Claimed does not hold the claim of %q", id)
	}
	if s.err != nil {
		return store.Lease{}
	}
	return done.Claimed[0]
}

func idsOf(leases []store.Lease) []string {
	ids := make([]string, len(leases))
	for i := range leases {
		ids[i] = leases[i].ID
	}
	return ids
}

// unheld must not claim what it enqueues.
func (s *script) unheld(what string, done store.Committed) {
	s.that(len(done.Claimed) == 0, "%s was claimed as it was enqueued", what)
}

var heldCases = []testCase{
	{
		"a batch that expects another version conflicts",
		"Commit returns ErrConflict when the Version of an Expect is not current, 0 if there is no such record; nothing was written then.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "a"})
			s.put(store.Record{Kind: "k", Key: "a", Version: 1})
			s.commit(expect("b", expected("a", 2), expected("none", 0)))
			for _, e := range []store.Expected{expected("a", 1), expected("a", 3), expected("a", 0), expected("none", 1), expected("b", 0)} {
				s.refused(store.ErrConflict, expect("c", e))
				s.refused(store.ErrConflict, expect("c", expected("z", 0), e))
			}
			s.missing("k", "c")
			s.commit(store.Batch{Add: []store.Record{{Kind: "k", Key: "a", N: 1}}})
			s.refused(store.ErrConflict, expect("c", expected("a", 2)))
			s.commit(store.Batch{Delete: []store.RecordKey{{Kind: "k", Key: "a"}}})
			s.refused(store.ErrConflict, expect("c", expected("a", 3)))
			s.commit(expect("c", expected("a", 0)))
			return s.err
		},
	},
	{
		"one wrong version among many that are expected conflicts",
		"Commit returns ErrConflict when the Version of any Expect is not current.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			var puts []store.Record
			var all []store.Expected
			for i := range 20 {
				key := strconv.Itoa(i)
				if i%3 > 0 {
					puts = append(puts, store.Record{Kind: "k", Key: key})
				}
				all = append(all, expected(key, int64(min(1, i%3))))
			}
			s.commit(store.Batch{Put: puts})
			for i := range all {
				for _, n := range []int{8, 9, 16, 20} { // however a store takes them together
					some := slices.Clone(all[:n])
					some[i%n].Version++
					s.refused(store.ErrConflict, expect("c", some...))
				}
			}
			s.commit(expect("c", all...))
			return s.err
		},
	},
	{
		"work is claimed as it is enqueued",
		heldReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			first := s.held("a", "lane", "")
			alone := s.held("b", "", "")
			s.claims()
			s.commit(store.Batch{Start: []store.Lease{first}, Done: []store.Lease{alone}})
			s.commit(store.Batch{Later: []store.Postponed{{Lease: first}}})
			s.refused(store.ErrLeaseLost, store.Batch{Done: []store.Lease{first}})
			s.commit(done(s.claims("a")...))
			s.unheld("work that did not ask for it", s.enqueue(store.Work{Queue: "q", ID: "c"}))
			return s.err
		},
	},
	{
		"work that was claimed as it was enqueued is free when the lease ends",
		heldReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			first := s.held("a", "lane", "")
			s.held("b", "lane", first.Token)
			s.later(59 * time.Second)
			s.claims()
			s.later(2 * time.Second)
			s.commit(done(s.claims("a")...))
			s.claims("b")
			return s.err
		},
	},
	{
		"work that must wait is not claimed as it is enqueued",
		heldReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a", Lane: "lane"})
			s.unheld("work behind other work", s.hold("b", "lane", ""))
			s.commit(done(s.claims("a")...))
			s.commit(done(s.claims("b")...))
			b := store.Batch{Now: s.now, Enqueue: []store.Work{{Queue: "q", ID: "later", Due: s.now.Add(time.Hour), Hold: time.Minute}}}
			s.unheld("work that is not due", s.commit(b))
			s.enqueue(store.Work{Queue: "q", ID: "again", Body: []byte(`1`)})
			s.unheld("replaced work", s.hold("again", "", ""))
			b = store.Batch{Now: s.now, Enqueue: []store.Work{{Queue: "q", ID: "again", Once: true, Hold: time.Minute}}}
			s.unheld("work that was seen before", s.commit(b))
			s.claims("again")
			return s.err
		},
	},
	{
		"work that comes into a lane is before what a batch would claim there",
		heldReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "old", Lane: "elsewhere"})
			s.unheld("work behind such as the batch replaces", s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{
				{Queue: "q", ID: "new", Lane: "lane", Hold: time.Minute}, {Queue: "q", ID: "old", Lane: "lane"},
			}}))
			s.commit(done(s.claims("old")...))
			s.claims("new")
			return s.err
		},
	},
	{
		"of one lane a batch claims all that stands behind one another",
		heldReason + behindReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			hold := func(id, lane, behind string) store.Work {
				return store.Work{Queue: "q", ID: id, Lane: lane, Hold: time.Minute, Behind: behind}
			}
			s.enqueue(store.Work{Queue: "q", ID: "before", Lane: "busy"})
			mine := s.held("mine", "my", "")
			claimed := s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{
				{Queue: "q", ID: "other"}, hold("a", "lane", ""), hold("c", "busy", ""), hold("b", "lane", ""), hold("d", "busy", ""),
				hold("e", "my", mine.Token), hold("f", "my", ""), hold("g", "lane", "a token"),
			}}).Claimed
			s.equal("what was claimed", idsOf(claimed), []string{"a", "b", "e", "f", "g"})
			if s.err == nil {
				s.unheld("work behind what was not claimed", s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{hold("x", "busy", claimed[0].Token)}}))
				s.held("h", "lane", claimed[4].Token)
			}
			s.commit(done(s.claims("before", "other")...))
			s.commit(done(s.claims("c")...))
			s.claims("d")
			if s.err == nil { // the lane waits for each in turn
				s.commit(store.Batch{Done: claimed[:1], Later: []store.Postponed{{Lease: claimed[1]}, {Lease: claimed[4]}}})
			}
			s.commit(done(s.claims("b")...))
			s.claims("g")
			return s.err
		},
	},
	{
		"work is claimed behind the last of one's own only",
		heldReason + behindReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			hold := func(id string) store.Work {
				return store.Work{Queue: "q", ID: id, Lane: "lane", Hold: time.Minute}
			}
			claimed := s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{hold("a"), hold("b")}}).Claimed
			s.equal("what was claimed", idsOf(claimed), []string{"a", "b"})
			if s.err == nil {
				s.unheld("work behind what is not the last", s.hold("c", "lane", claimed[0].Token))
			}
			s.commit(store.Batch{Done: claimed})
			s.claims("c")
			return s.err
		},
	},
	{
		"behind its own work a batch claims none that other work is between",
		heldReason + behindReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			hold := func(id, lane string) store.Work {
				return store.Work{Queue: "q", ID: id, Lane: lane, Hold: time.Minute}
			}
			due := hold("later", "third")
			due.Due = s.now.Add(time.Hour)
			once := hold("once", "fourth")
			once.Once = true
			s.enqueue(store.Work{Queue: "q", ID: "once", Once: true})
			s.commit(done(s.claims("once")...))
			claimed := s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{
				hold("a", "lane"), {Queue: "q", ID: "x", Lane: "lane"}, hold("b", "lane"), hold("c", "lane"),
				due, hold("d", "third"), hold("e", "fourth"), once, hold("f", "fourth"),
				{Queue: "another", ID: "a", Lane: "fourth"}, hold("g", "fourth"),
			}}).Claimed
			s.equal("what was claimed", idsOf(claimed), []string{"a", "e", "f", "g"})
			s.commit(store.Batch{Done: claimed})
			s.commit(done(s.claims("x")...))
			s.commit(done(s.claims("b")...))
			s.commit(done(s.claims("c")...))
			s.claims() // d waits for what is due later
			return s.err
		},
	},
	{
		"of callers who add to a lane at once only the first claims what it adds",
		heldReason + behindReason + " " + safeReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for round := range 4 {
				lane := fmt.Sprint("lane", round)
				var mu sync.Mutex
				claimed := map[string]string{} // by ID, the caller
				err := together(h, 12, func(i int, st store.Store) error {
					caller := fmt.Sprint(i)
					var works []store.Work
					for n := range 3 {
						works = append(works, store.Work{Queue: "q", ID: fmt.Sprint(lane, ".", caller, ".", n), Lane: lane, Hold: time.Minute})
					}
					done, err := st.Commit(ctx, &store.Batch{Now: s.now, Enqueue: works})
					mu.Lock()
					defer mu.Unlock()
					for _, id := range idsOf(done.Claimed) {
						claimed[id] = caller
					}
					return err
				})
				s.that(err == nil, "%v", err)
				all := s.work(store.WorkQuery{Queue: "q", Lane: lane, Limit: 99})
				s.that(len(all) == 36, "of 36 pieces of work %d are there", len(all))
				for i, w := range all {
					caller, ok := claimed[w.ID]
					s.that(ok == (i < len(claimed)) && len(claimed) > 0, "not just the first of the lane were claimed")
					s.that(!ok || caller == claimed[all[0].ID], "two callers claimed work of one lane")
				}
			}
			s.claims()
			return s.err
		},
	},
	{
		"work that was claimed as it was enqueued has an owner",
		heldReason + " Batch.Owner is who claims, and Batch.Release ends all leases of one who is gone.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			hold := func(id, lane, behind string) store.Batch {
				return store.Batch{Now: s.now, Owner: "me", Enqueue: []store.Work{{Queue: "q", ID: id, Lane: lane, Hold: time.Minute, Behind: behind}}}
			}
			claimed := s.commit(hold("a", "lane", "")).Claimed
			if s.err == nil && len(claimed) == 1 {
				s.commit(hold("b", "lane", claimed[0].Token))
			}
			s.commit(store.Batch{Release: []store.Claimant{{Queue: "q", Owner: "another", Now: s.now}}})
			s.claims()
			s.equal("Released", s.commit(store.Batch{Release: []store.Claimant{{Queue: "q", Owner: "me", Now: s.now}}}).Released, 2)
			s.commit(done(s.claims("a")...))
			s.claims("b")
			return s.err
		},
	},
	{
		"work may be claimed behind one's own",
		heldReason + behindReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			a := s.held("a", "lane", "")
			s.enqueue(store.Work{Queue: "q", ID: "x", Lane: "other"})
			s.unheld("work behind that of others", s.hold("y", "other", a.Token))
			b := s.held("b", "lane", a.Token)
			s.unheld("work that has other work between", s.hold("c", "lane", a.Token))
			s.claims("x")
			s.commit(store.Batch{Done: []store.Lease{a}})
			s.claims() // b is in good hands
			s.commit(store.Batch{Later: []store.Postponed{{Lease: b}}})
			s.commit(done(s.claims("b")...))
			s.claims("c")
			d := s.held("d", "third", "")
			e := s.held("e", "third", d.Token)
			s.commit(store.Batch{Later: []store.Postponed{{Lease: d, Due: s.now.Add(time.Hour)}, {Lease: e}}})
			s.claims() // the lane waits for the first
			return s.err
		},
	},
	{
		"a batch claims what follows its caller's work, and nothing behind other work that it adds",
		heldReason + behindReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			hold := func(id, lane, behind string) store.Work {
				return store.Work{Queue: "q", ID: id, Lane: lane, Hold: time.Minute, Behind: behind}
			}
			a, b := s.held("a", "lane", ""), s.held("b", "other", "")
			claimed := s.commit(store.Batch{Now: s.now, Enqueue: []store.Work{
				hold("c", "lane", a.Token), {Queue: "q", ID: "x", Lane: "lane"}, hold("d", "lane", a.Token),
				{Queue: "q", ID: "y", Lane: "other"}, hold("e", "other", b.Token), hold("f", "new", b.Token), hold("g", "new", a.Token), hold("h", "", a.Token),
			}}).Claimed
			s.equal("what was claimed", idsOf(claimed), []string{"c", "f", "g", "h"})
			s.commit(store.Batch{Done: append([]store.Lease{a, b}, claimed...)})
			s.commit(done(s.claims("x", "y")...))
			s.claims("d", "e")
			return s.err
		},
	},
	{
		"work that was let through is remembered",
		passReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			pass := func(id, lane string) store.Batch {
				return store.Batch{Pass: []store.Passed{{Queue: "q", ID: id, Lane: lane}}, Put: []store.Record{{Kind: "k", Key: id + lane}}}
			}
			s.commit(pass("a", "lane"))
			s.refused(store.ErrMustQueue, pass("a", "another"))
			s.missing("k", "aanother")
			s.equal("Fresh", s.enqueue(store.Work{Queue: "q", ID: "a", Once: true}).Fresh, 0)
			s.claims()
			s.enqueue(store.Work{Queue: "q", ID: "b", Once: true}, store.Work{Queue: "q", ID: "c"})
			s.refused(store.ErrMustQueue, pass("b", ""))
			s.refused(store.ErrMustQueue, pass("c", ""))
			s.commit(done(s.claims("b", "c")...))
			s.refused(store.ErrMustQueue, pass("b", ""))
			s.commit(pass("c", "")) // nobody wanted it remembered
			s.commit(store.Batch{Pass: []store.Passed{{Queue: "other", ID: "a"}}})
			s.equal("Forgotten", s.commit(store.Batch{Forget: s.now.Add(48 * time.Hour)}).Forgotten, 4)
			s.equal("Fresh", s.enqueue(store.Work{Queue: "q", ID: "a", Once: true}).Fresh, 1)
			return s.err
		},
	},
	{
		"work is not let past its lane",
		passReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			pass := func(id, lane string) store.Batch {
				return store.Batch{Pass: []store.Passed{{Queue: "q", ID: id, Lane: lane}}}
			}
			s.enqueue(store.Work{Queue: "q", ID: "a", Lane: "lane"}, store.Work{Queue: "other", ID: "a", Lane: "elsewhere"}, store.Work{Queue: "q", ID: "none"})
			s.refused(store.ErrMustQueue, pass("b", "lane"))
			s.equal("Fresh", s.enqueue(store.Work{Queue: "q", ID: "b", Lane: "lane", Once: true}).Fresh, 1)
			s.commit(pass("c", "elsewhere"))
			s.commit(pass("d", ""))
			w := s.claims("a", "none")[0]
			s.refused(store.ErrMustQueue, pass("e", "lane"))
			s.commit(bury(w, "broken"))
			s.commit(done(s.claims("b")...))
			s.commit(pass("e", "lane")) // a dead letter is in no lane
			return s.err
		},
	},
}
