package storetest

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/store"
)

var queryCases = []testCase{
	{
		"what no store can hold is not found",
		"Names that are too long, not valid UTF-8 or have a NUL in them are not found, whatever the store could say about them; those beside them are.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.put(store.Record{Kind: "k", Key: "ab", Parent: "p", Body: []byte("{}")})
			s.enqueue(store.Work{Queue: "q", ID: "ab", Lane: "l"})
			at := store.Position{Sort: -1}
			for _, odd := range []string{"a\x00b", "a\xffb", "\x00", strings.Repeat("a", 100_000)} {
				s.equal("Get of odd names and a good one", len(s.get("k", odd, "ab", odd+"c")), 1)
				s.equal("Get of odd names only", len(s.get("k", odd)), 0)
				s.equal("Get of an odd kind", len(s.get(odd, "ab")), 0)
				s.equal("List of an odd kind", len(s.list(store.Query{Kind: odd, Limit: 9})), 0)
				s.equal("List of an odd parent", len(s.list(store.Query{Kind: "k", Parent: odd, Limit: 9})), 0)
				at.Key = odd
				s.equal("List after an odd key", len(s.list(store.Query{Kind: "k", Parent: "p", After: &at, Limit: 9})), 1)
				s.ids("Work of odd IDs and a good one", s.work(store.WorkQuery{Queue: "q", IDs: []string{odd, "ab"}, Limit: 9}), "ab")
				s.ids("Work of an odd lane", s.work(store.WorkQuery{Queue: "q", Lane: odd, Limit: 9}))
				s.ids("Work of an odd queue", s.work(store.WorkQuery{Queue: odd, Limit: 9}))
			}
			return s.err
		},
	},
	{
		"Work shows work without leasing it",
		"Work returns work without leasing it, in the order of Seq. After is the Seq to continue behind; 0 starts at the beginning.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for i := range 9 {
				w := store.Work{Queue: "q", ID: fmt.Sprint("w", i), Lane: []string{"", "l", "m"}[i%3]}
				if i == 4 {
					w.Due = s.now.Add(time.Hour)
				}
				s.enqueue(w)
			}
			s.enqueue(store.Work{Queue: "other", ID: "w1"})
			all := s.work(store.WorkQuery{Queue: "q", Limit: 99})
			s.ids("Work", all, "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8")
			s.ids("Work, limited", s.work(store.WorkQuery{Queue: "q", Limit: 2}), "w0", "w1")
			if s.err == nil {
				s.ids("Work after", s.work(store.WorkQuery{Queue: "q", After: all[4].Seq, Limit: 2}), "w5", "w6")
			}
			s.ids("Work in a lane", s.work(store.WorkQuery{Queue: "q", Lane: "l", Limit: 99}), "w1", "w4", "w7")
			s.ids("Work by ID", s.work(store.WorkQuery{Queue: "q", IDs: []string{"w7", "nobody", "w2"}, Limit: 99}), "w2", "w7")
			s.ids("Work by ID in a lane", s.work(store.WorkQuery{Queue: "q", IDs: []string{"w7", "w2"}, Lane: "l", Limit: 99}), "w7")
			s.ids("Work by no ID", s.work(store.WorkQuery{Queue: "q", IDs: []string{}, Limit: 99}))
			s.ids("Work of nobody", s.work(store.WorkQuery{Queue: "nobody", Limit: 99}))
			s.claims("w0", "w1", "w2", "w3", "w6")
			s.ids("Work with leased work", s.work(store.WorkQuery{Queue: "q", Limit: 3}), "w0", "w1", "w2")
			return s.err
		},
	},
	{
		"Work shows dead letters when asked for them",
		"Dead chooses dead letters; otherwise living work.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			for i := range 4 {
				s.enqueue(store.Work{Queue: "q", ID: fmt.Sprint("w", i), Lane: []string{"l", "m"}[i%2]})
			}
			ws := s.claims("w0", "w1")
			s.commit(bury(ws[0], "x"))
			s.commit(bury(ws[1], "x"))
			s.commit(bury(s.claims("w2", "w3")[0], "x"))
			dead := s.work(store.WorkQuery{Queue: "q", Dead: true, Limit: 99})
			s.ids("Work, dead", dead, "w0", "w1", "w2")
			if s.err == nil {
				s.ids("Work, dead, after", s.work(store.WorkQuery{Queue: "q", Dead: true, After: dead[0].Seq, Limit: 1}), "w1")
			}
			s.ids("Work, dead, in a lane", s.work(store.WorkQuery{Queue: "q", Dead: true, Lane: "l", Limit: 99}), "w0", "w2")
			s.ids("Work, dead, by ID", s.work(store.WorkQuery{Queue: "q", Dead: true, IDs: []string{"w3", "w2"}, Limit: 99}), "w2")
			s.ids("Work, living", s.work(store.WorkQuery{Queue: "q", Limit: 99}), "w3")
			return s.err
		},
	},
	{
		"the backlog counts what is due, waiting and dead",
		"Backlog counts living and dead work of every queue that has any, in the order of the queues' names. Due counts living work that is due, leased or not; Waiting counts work that is not due yet. OldestDue is the Due time of the longest overdue work; zero if none.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.that(len(s.backlog(s.now)) == 0, "an empty store has a backlog")
			overdue := s.now.Add(-2 * time.Hour)
			s.enqueue(
				store.Work{Queue: "q", ID: "dead"}, store.Work{Queue: "q", ID: "leased", Due: s.now.Add(-time.Hour)},
			)
			s.commit(bury(s.claims("dead", "leased")[0], "x"))
			s.enqueue(
				store.Work{Queue: "q", ID: "waiting", Due: s.now.Add(time.Hour)}, store.Work{Queue: "q", ID: "due", Due: overdue},
				store.Work{Queue: "a", ID: "waiting", Due: s.now.Add(time.Second)},
			)
			s.equal("backlog", s.backlog(s.now), []store.Backlog{
				{Queue: "a", Waiting: 1}, {Queue: "q", Due: 2, Waiting: 1, Dead: 1, OldestDue: overdue},
			})
			s.equal("backlog later", s.backlog(s.now.Add(time.Second))[:1], []store.Backlog{
				{Queue: "a", Due: 1, OldestDue: s.now.Add(time.Second)},
			})
			return s.err
		},
	},
	{
		"a survey tells groups apart and counts what is tried again",
		"Survey tells about each group of the queues that has work, ordered by queue and group. Of the work in a lane only the first counts as due or waiting. Most is how far each count goes. Retrying counts living work that was given back or revived before.",
		func(ctx context.Context, h harness) error {
			surveyor, ok := h.store.(store.Surveyor)
			if !ok {
				return nil
			}
			s := begin(ctx, h)
			overdue := s.now.Add(-2 * time.Hour)
			s.enqueue(store.Work{Queue: "q", ID: "dead", Group: "b"}, store.Work{Queue: "q", ID: "again", Group: "a"})
			ws := s.claims("dead", "again")
			if s.err != nil {
				return s.err
			}
			s.commit(bury(ws[0], "x"))
			s.commit(later(ws[1], s.now.Add(time.Hour), "busy"))
			s.enqueue(
				store.Work{Queue: "q", ID: "due", Group: "a", Due: overdue}, store.Work{Queue: "q", ID: "first", Group: "a", Lane: "l"},
				store.Work{Queue: "q", ID: "second", Group: "a", Lane: "l"}, store.Work{Queue: "q", ID: "waiting", Group: "c", Due: s.now.Add(time.Minute)},
				store.Work{Queue: "other", ID: "unasked", Group: "a"}, store.Work{Queue: "z", ID: "z1"}, store.Work{Queue: "z", ID: "z2"}, store.Work{Queue: "z", ID: "z3"},
			)
			ask := func(waiting bool) []store.Backlog {
				found, err := surveyor.Survey(ctx, store.SurveyQuery{Now: s.now, Queues: []string{"z", "q", "none"}, Most: 2, Waiting: waiting})
				if err != nil {
					s.fail("Survey failed: %w", err)
				}
				for i := range found {
					s.that(found[i].Oldest.IsZero() == (!waiting || found[i].Due+found[i].Waiting == 0), "Oldest is %v", found[i].Oldest)
					found[i].Oldest = time.Time{}
					if b := &found[i]; b.Queue == "q" && b.Group == "a" {
						s.that(b.OldestRetrying.Sub(s.now).Abs() < 30*time.Minute, "OldestRetrying is %v", b.OldestRetrying)
						b.OldestRetrying = time.Time{}
					} else if b.Queue == "z" {
						s.that(b.OldestDue.Sub(s.now).Abs() < 30*time.Minute, "OldestDue is %v", b.OldestDue)
						b.OldestDue = time.Time{}
					}
				}
				return found
			}
			a := store.Backlog{Queue: "q", Group: "a", Due: 2, OldestDue: overdue, Retrying: 1, Tries: 1}
			z := store.Backlog{Queue: "z", Due: 2}
			b := store.Backlog{Queue: "q", Group: "b", Dead: 1}
			s.equal("survey", ask(false), []store.Backlog{a, b, z})
			a.Waiting = 1
			s.equal("survey with what waits", ask(true), []store.Backlog{a, b, {Queue: "q", Group: "c", Waiting: 1}, z})
			return s.err
		},
	},
	{
		"questions without an answer are refused",
		"Lease and Limit must be positive. PerGroup needs Groups. Kind and Queue are required.",
		func(ctx context.Context, h harness) error {
			s := begin(ctx, h)
			s.enqueue(store.Work{Queue: "q", ID: "a"})
			good := store.Claim{Queue: "q", Now: s.now, Lease: time.Minute, Limit: 1}
			for what, spoil := range map[string]func(*store.Claim){
				"a queue":                     func(c *store.Claim) { c.Queue = "" },
				"a lease":                     func(c *store.Claim) { c.Lease = 0 },
				"a positive lease":            func(c *store.Claim) { c.Lease = -time.Second },
				"a limit":                     func(c *store.Claim) { c.Limit = 0 },
				"groups for PerGroup":         func(c *store.Claim) { c.PerGroup = 1 },
				"a PerGroup that is possible": func(c *store.Claim) { c.Groups, c.PerGroup = []string{""}, -1 },
			} {
				c := good
				spoil(&c)
				_, err := h.store.Claim(ctx, c)
				s.that(err != nil, "a Claim without %s was answered", what)
			}
			for _, q := range []store.Query{{Limit: 1}, {Kind: "k"}, {Kind: "k", Limit: -1}} {
				_, err := h.store.List(ctx, q)
				s.that(err != nil, "List answered %+v", q)
			}
			for _, q := range []store.WorkQuery{{Limit: 1}, {Queue: "q"}, {Queue: "q", Limit: -1}} {
				_, err := h.store.Work(ctx, q)
				s.that(err != nil, "Work answered %+v", q)
			}
			s.claims("a")
			return s.err
		},
	},
}
