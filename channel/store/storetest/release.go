package storetest

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

const releaseReason = "Release ends leases of work that was claimed with this Owner: it may be claimed again at once, and settling it under the old lease fails with ErrLeaseLost; the mark of Start stays."

// claimsFor claims what there is under a name.
func (s *script) claimsFor(owner, queue string) []store.Work {
	return s.claimAs(store.Claim{Queue: queue, Now: s.now, Lease: time.Hour, Limit: 10, Owner: owner})
}

// releases ends the leases of an owner in a queue and returns how many.
func (s *script) releases(owner, queue string) int {
	return s.commit(store.Batch{Release: []store.Claimant{{Queue: queue, Owner: owner, Now: s.now}}}).Released
}

// leavesOut reports whether the store's leases have no owners, which it may.
func (s *script) leavesOut() bool {
	s.enqueue(store.Work{Queue: "trial", ID: "trial"})
	s.claimsFor("somebody", "trial")
	n := s.releases("somebody", "trial")
	if n == 0 {
		s.ids("Claim of what was not released", s.claimsFor("other", "trial"))
	}
	return n == 0
}

var releaseCases = []testCase{
	{
		"released work is claimed again at once",
		releaseReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			if s.leavesOut() {
				return s.err
			}
			s.enqueue(store.Work{Queue: "q", ID: "a", Lane: "l"}, store.Work{Queue: "q", ID: "b", Group: "g"}, store.Work{Queue: "q", ID: "c", Lane: "l"})
			old := s.claimsFor("dead", "q")
			s.ids("Claim", old, "a", "b")
			s.that(s.releases("dead", "q") == 2, "two leases were to end")
			s.ids("Claim after Release", s.claimsFor("alive", "q"), "a", "b")
			for _, w := range old {
				s.refused(store.ErrLeaseLost, done(w))
			}
			s.that(s.releases("dead", "q") == 0, "leases ended twice")
			return s.err
		},
	},
	{
		"a lease that ended early settles nothing",
		releaseReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			if s.leavesOut() {
				return s.err
			}
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			old := s.claimsFor("dead", "q")
			s.ids("Claim", old, "a")
			s.releases("dead", "q")
			for _, w := range old {
				s.refused(store.ErrLeaseLost, store.Batch{Start: []store.Lease{w.Lease()}})
				s.refused(store.ErrLeaseLost, later(w, time.Time{}, ""))
				s.refused(store.ErrLeaseLost, done(w))
			}
			return s.err
		},
	},
	{
		"only the leases of the named owner end",
		releaseReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			if s.leavesOut() {
				return s.err
			}
			var theirs []store.Work
			for _, owner := range []string{"", "dead.2", "dea", "dead", "DEAD"} {
				s.enqueue(store.Work{Queue: "q", ID: "of " + owner})
				if ws := s.claimsFor(owner, "q"); owner != "dead" {
					theirs = append(theirs, ws...)
				}
			}
			s.enqueue(store.Work{Queue: "other", ID: "elsewhere"}, store.Work{Queue: "q", ID: "waits", Due: s.now.Add(time.Hour)})
			theirs = append(theirs, s.claimsFor("dead", "other")...)
			s.that(s.releases("dead", "q") == 1, "one lease was to end")
			s.ids("Claim after Release", s.claimsFor("alive", "q"), "of dead")
			s.commit(done(theirs...))
			return s.err
		},
	},
	{
		"released work that had begun is known as begun",
		releaseReason,
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			if s.leavesOut() {
				return s.err
			}
			s.enqueue(store.Work{Queue: "q", ID: "a"}, store.Work{Queue: "q", ID: "b"})
			ws := s.claimsFor("dead", "q")
			s.ids("Claim", ws, "a", "b")
			if s.err != nil {
				return s.err
			}
			s.commit(store.Batch{Start: []store.Lease{ws[0].Lease()}})
			s.commit(later(ws[1], time.Time{}, "given back"))
			s.that(s.releases("dead", "q") == 1, "one lease was to end")
			again := s.claimsFor("alive", "q")
			s.ids("Claim after Release", again, "a", "b")
			if s.err != nil {
				return s.err
			}
			s.that(again[0].Started && !again[1].Started, "Started is %v and %v", again[0].Started, again[1].Started)
			s.that(again[0].Tries == 0 && again[1].Tries == 1, "a lease that ends is no try: %d and %d", again[0].Tries, again[1].Tries)
			return s.err
		},
	},
}
