package storetest

import (
	"context"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

// storesClockCases are about stores whose leases go by a clock of their own.
var storesClockCases = []testCase{
	{
		"a wrong clock of the caller takes nothing that is in good hands",
		"A Timekeeper judges leases by its own clock and not by Claim.Now.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"}, store.Work{Queue: "q", ID: "b", Group: "g"})
			first := s.claims("a", "b")
			for _, off := range []time.Duration{-time.Hour, 5 * time.Minute, 2 * time.Hour, 24 * time.Hour} {
				s.ids("Claim", s.claimAs(store.Claim{Queue: "q", Now: s.now.Add(off), Lease: time.Minute, Limit: 10}))
				s.ids("Claim of a group", s.claimAs(store.Claim{Queue: "q", Now: s.now.Add(off), Lease: time.Minute, Limit: 10, Groups: []string{"g"}}))
			}
			s.commit(done(first...))
			return s.err
		},
	},
	{
		"a lease ends by the store's clock",
		"Claim leases due work for c.Lease by the clock of a store that has one.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			for _, off := range []time.Duration{5 * time.Minute, -5 * time.Minute, 0} { // of three claimants
				ask := store.Claim{Queue: "q", Now: s.now.Add(off), Lease: 30 * time.Millisecond, Limit: 1}
				var ws []store.Work
				for len(ws) == 0 && s.err == nil && ctx.Err() == nil {
					ws = s.claimAs(ask)
				}
				s.ids("Claim when the lease before is over", ws, "a")
			}
			return s.err
		},
	},
	{
		"the store's clock moves on",
		"Now returns the present by the store's clock.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			keeper := h.store.(store.Timekeeper)
			before, err := keeper.Now(ctx)
			for now := before; err == nil && !now.After(before); {
				if now, err = keeper.Now(ctx); err == nil {
					err = ctx.Err()
				}
			}
			s.that(err == nil, "Now failed: %v", err)
			return s.err
		},
	},
}

// callersClockCases are the cases that move the caller's clock to the end of a lease.
var callersClockCases = []string{
	"work is not claimed before it is due",
	"only the given time counts",
	"leased work is not claimed again until the lease ends",
	"waiting work does not hide work that is due",
	"begun work is known as begun to the next claimant",
	"an expired lease keeps the order of its lane",
	"work without Once replaces what is there",
	"work that was claimed as it was enqueued is free when the lease ends",
}
