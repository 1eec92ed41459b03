package rules_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

// TestMergeDecides is the table of what goes on when two customers are one. Each row
// is checked in both directions.
func TestMergeDecides(t *testing.T) {
	t.Parallel()
	at := func(hours int) time.Time { return t0.Add(time.Duration(hours) * time.Hour) }
	resolved := func(h int) rules.State {
		return rules.State{Queue: rules.QueueResolved, OpenedAt: at(h - 1), LastInbound: at(h - 1), ResolvedAt: at(h)}
	}
	for _, row := range []struct {
		name       string
		a, b, want rules.State
	}{
		{"a stranger adds nothing", rules.State{}, busy(), busy()},
		{
			"of two open conversations the one in new wins, and a time to come back is dropped",
			rules.State{Queue: rules.QueueNew, OpenedAt: at(2)},
			rules.State{Queue: rules.QueuePending, OpenedAt: at(1), ReturnAt: at(9)},
			rules.State{Queue: rules.QueueNew, OpenedAt: at(1)},
		},
		{
			"of two pending ones the earlier time to come back counts",
			rules.State{Queue: rules.QueuePending, ReturnAt: at(9)},
			rules.State{Queue: rules.QueuePending},
			rules.State{Queue: rules.QueuePending, ReturnAt: at(9)},
		},
		{
			"an open conversation is left as it is by a resolved one",
			rules.State{Queue: rules.QueuePending, OpenedAt: at(5), ReturnAt: at(9), Noticed: duration.Hour, AutoReplies: 1},
			resolved(3),
			rules.State{Queue: rules.QueuePending, OpenedAt: at(5), ReturnAt: at(9), Noticed: duration.Hour, AutoReplies: 1},
		},
		{"of two resolved ones the last counts", resolved(3), resolved(4), resolved(4)},
		{
			"the owner is who was made the owner last",
			rules.State{Queue: rules.QueueNew, Assignee: "agent-7", AssignedAt: at(1), LastAgentReply: at(3)},
			rules.State{Queue: rules.QueueNew, Assignee: "agent-3", AssignedAt: at(2)},
			rules.State{Queue: rules.QueueNew, Assignee: "agent-3", AssignedAt: at(2), LastAgentReply: at(3)},
		},
		{
			"an owner is kept",
			rules.State{Queue: rules.QueuePending, Assignee: "agent-7", AssignedAt: at(1)},
			rules.State{Queue: rules.QueueNew, LastAgentReply: at(5)},
			rules.State{Queue: rules.QueueNew, Assignee: "agent-7", AssignedAt: at(1), LastAgentReply: at(5)},
		},
		{
			"the customer waits since the earlier message",
			rules.State{Queue: rules.QueueNew, LastInbound: at(1), WaitingSince: at(1), ActiveAt: at(1)},
			rules.State{Queue: rules.QueueNew, LastInbound: at(2), LastOutbound: at(3), ActiveAt: at(3), Wrote: true},
			rules.State{
				Queue: rules.QueueNew, LastInbound: at(2), LastOutbound: at(3), WaitingSince: at(1),
				ActiveAt: at(3), Wrote: true,
			},
		},
		{
			"what was told and sent counts as told and sent",
			rules.State{Queue: rules.QueueNew, Noticed: 4 * duration.Hour, Given: rules.GivenAway, AutoReplies: 1},
			rules.State{Queue: rules.QueueNew, Noticed: duration.Hour, Given: rules.GivenReminder, AutoReplies: 2},
			rules.State{
				Queue: rules.QueueNew, Noticed: duration.Hour, Given: rules.GivenAway | rules.GivenReminder,
				AutoReplies: 2,
			},
		},
		{
			"what is known of the person outlives the conversation that is dropped",
			rules.State{Queue: rules.QueueNew, Wrote: true, WindowSince: at(1), WindowUntil: at(25), Seen: [8]uint64{1}},
			rules.State{
				Queue: rules.QueueResolved, ResolvedAt: at(2), ActiveAt: at(2), WindowSince: at(3), WindowUntil: at(27),
				WindowDone: at(1), Given: rules.GivenAway, BotUntil: at(30), RateSince: at(3), RateCount: 2, LastText: 7,
				Repeats: 2, Seen: [8]uint64{2, 3},
			},
			rules.State{
				Queue: rules.QueueNew, Wrote: true, ActiveAt: at(2), WindowSince: at(3), WindowUntil: at(27),
				WindowDone: at(1), Given: rules.GivenAway, BotUntil: at(30), RateSince: at(3), RateCount: 2, LastText: 7,
				Repeats: 2, Seen: [8]uint64{2, 3},
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			requireState(t, row.want, row.a.Merge(row.b))
			requireState(t, row.want, row.b.Merge(row.a))
		})
	}
}

// TestMergeLaws: in any order, any number of times, with the zero State as
// the neutral one. The values are few, so that ties of every kind are common.
func TestMergeLaws(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1415))
	ties := 0
	for range 200_000 {
		a, b, c := randomState(rng), randomState(rng), randomState(rng)
		if a.Queue == b.Queue && a.ActiveAt.Equal(b.ActiveAt) && a != b {
			ties++
		}
		requireEqual(t, "idempotent", a.Merge(a), a)
		requireEqual(t, "neutral", a.Merge(rules.State{}), a)
		requireEqual(t, "commutative", a.Merge(b), b.Merge(a))
		requireEqual(t, "associative", a.Merge(b).Merge(c), a.Merge(b.Merge(c)))
		requireEqual(t, "absorbing", a.Merge(b).Merge(b).Merge(a), a.Merge(b))
	}
	require.Greater(t, ties, 10_000)
}

func requireEqual(t *testing.T, law string, got, want rules.State) {
	t.Helper()
	if got != want {
		t.Fatalf("not %s: got %s, want %s", law, detail(got), detail(want))
	}
}

// randomState is a state as rules leave it: what a queue rules out is not set.
func randomState(rng *rand.Rand) rules.State {
	at := func() time.Time {
		if n := rng.IntN(4); n > 0 {
			return t0.Add(time.Duration(n) * time.Hour)
		}
		return time.Time{}
	}
	st := rules.State{
		Queue:    []rules.Queue{rules.QueueNone, rules.QueueNew, rules.QueuePending, rules.QueueResolved}[rng.IntN(4)],
		ActiveAt: at(), Wrote: rng.IntN(2) == 0,
		WindowSince: at(), WindowUntil: at(), WindowDone: at(), Given: rules.Given(rng.IntN(16)),
		BotUntil: at(), RateSince: at(), RateCount: rng.IntN(3), LastText: uint32(rng.IntN(3)), Repeats: rng.IntN(3),
		Seen: [rules.SeenEvents]uint64{uint64(rng.IntN(3)), uint64(rng.IntN(3))},
	}
	if st.Queue == rules.QueueNone {
		return st
	}
	st.OpenedAt, st.LastInbound, st.LastOutbound, st.LastAgentReply, st.EarlierReply = at(), at(), at(), at(), at()
	st.LastAutomatic, st.UnansweredSince = at(), at()
	st.Noticed, st.AutoReplies = duration.Duration(rng.IntN(3))*duration.Hour, rng.IntN(3)
	if agent := rng.IntN(3); agent > 0 {
		st.Assignee, st.AssignedAt = []string{"", "kim", "lee"}[agent], t0.Add(time.Duration(rng.IntN(2))*time.Hour)
	}
	switch st.Queue {
	case rules.QueueResolved:
		st.ResolvedAt = t0.Add(time.Duration(rng.IntN(3)) * time.Hour)
	case rules.QueuePending:
		st.ReturnAt, st.WaitingSince = at(), at()
	default:
		st.WaitingSince = at()
	}
	return st
}

// TestMergedHistoriesKeepThePromises: what holds of every state holds of two merged
// ones, and the rules go on from there.
func TestMergedHistoriesKeepThePromises(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(27, 1828))
	s := everything()
	r := newRules(t, s)
	both := 0
	for n := range histories() / 20 {
		play := func() *world {
			w := &world{
				r: r, s: s, rng: rng, inOrder: true, now: t0.Add(time.Duration(rng.IntN(48)) * time.Hour),
				given: make(map[rules.Why]int), notices: make(map[duration.Duration]int),
			}
			for range rng.IntN(6) {
				if err := w.step(); err != nil {
					t.Fatalf("history %d: %v", n, err)
				}
			}
			return w
		}
		a, b := play(), play()
		m := &world{
			r: r, s: s, rng: rng, sequence: 1000, now: later(a.now, b.now), st: a.st.Merge(b.st), w: a.w.Merge(b.w),
			last: later(a.last, b.last), given: make(map[rules.Why]int), notices: make(map[duration.Duration]int),
		}
		m.queue, m.owner = m.st.Queue, m.st.Assignee
		if a.st.Queue.Open() && b.st.Queue.Open() {
			both++
		}
		switch {
		case a.st.Queue.Open() || b.st.Queue.Open():
			require.True(t, m.queue.Open(), "an open conversation was lost")
		case a.st.Queue == rules.QueueResolved || b.st.Queue == rules.QueueResolved:
			require.Equal(t, rules.QueueResolved, m.queue)
		}
		require.True(t, m.st.Given.Has(a.st.Given|b.st.Given), "an automatic message could go out again")
		if err := m.check(false); err != nil {
			t.Fatalf("history %d: %v\na: %s\nb: %s", n, err, detail(a.st), detail(b.st))
		}
		if err := m.roundTrip(); err != nil {
			t.Fatalf("history %d: %v", n, err)
		}
		st, _ := r.OnTimer(m.st, m.w, m.now)
		due, ok := r.NextDue(st, m.w)
		require.True(t, !ok || due.After(m.now), "a timer spins")
		for range 3 {
			before := m.st
			if err := m.step(); err != nil {
				t.Fatalf("history %d: %v\nbefore: %s", n, err, detail(before))
			}
		}
	}
	require.Greater(t, both, histories()/200, "hardly any history has two open conversations")
}

// TestMergeSurvivesStorage: what one machine stored and another merges is the same.
func TestMergeSurvivesStorage(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(1, 618))
	stored := func(st rules.State) (back rules.State) {
		b, err := json.Marshal(st)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(b, &back))
		return back
	}
	for range 2_000 {
		a, b := stored(randomState(rng)), stored(randomState(rng))
		requireEqual(t, "kept", stored(a.Merge(b)), stored(a).Merge(stored(b)))
	}
}
