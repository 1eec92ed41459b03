package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

func TestQueueMachine(t *testing.T) {
	t.Parallel()
	const n, w, p, r = rules.QueueNone, rules.QueueNew, rules.QueuePending, rules.QueueResolved
	ways := map[[2]rules.Queue]bool{{n, w}: true, {n, p}: true, {w, p}: true, {w, r}: true, {p, w}: true, {p, r}: true, {r, w}: true}
	for _, from := range []rules.Queue{n, w, p, r, "parked"} {
		for _, to := range []rules.Queue{n, w, p, r, "parked"} {
			require.Equal(t, ways[[2]rules.Queue{from, to}], from.CanMove(to), "%q to %q", from, to)
		}
		require.Equal(t, from == w || from == p, from.Open())
	}
}

func TestOnAgentReply(t *testing.T) {
	t.Parallel()
	assign := func(to, from string) []rules.Effect {
		return []rules.Effect{&rules.Assign{To: to, From: from, Why: rules.WhyAnswered}}
	}
	tests := []struct {
		name   string
		mode   rules.AssignMode
		before rules.State
		agent  string
		want   []rules.Effect
		owner  string
	}{
		{"the one who answers an unowned conversation gets it", rules.AssignUnowned, rules.State{Queue: rules.QueueNew}, "kim", assign("kim", ""), "kim"},
		{"also a pending one", rules.AssignUnowned, rules.State{Queue: rules.QueuePending}, "kim", assign("kim", ""), "kim"},
		{"he does not take it from somebody else", rules.AssignUnowned, rules.State{Queue: rules.QueueNew, Assignee: "lee"}, "kim", nil, "lee"},
		{"unless so set", rules.AssignAlways, rules.State{Queue: rules.QueueNew, Assignee: "lee"}, "kim", assign("kim", "lee"), "kim"},
		{"who owns it already keeps it", rules.AssignAlways, rules.State{Queue: rules.QueueNew, Assignee: "kim"}, "kim", nil, "kim"},
		{"switched off nobody gets it", rules.AssignOff, rules.State{Queue: rules.QueueNew}, "kim", nil, ""},
		{"a person without a name gets nothing", rules.AssignAlways, rules.State{Queue: rules.QueueNew, Assignee: "lee"}, "", nil, "lee"},
		{"a resolved conversation stays resolved and unowned", rules.AssignAlways, rules.State{Queue: rules.QueueResolved}, "kim", nil, ""},
		{
			"a proactive message begins a conversation in pending", rules.AssignUnowned, rules.State{}, "kim",
			append([]rules.Effect{&rules.NewConversation{Queue: rules.QueuePending, Why: rules.WhyContacted}}, assign("kim", "")...), "kim",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRules(t, rules.Settings{Assign: rules.AssignRule{OnReply: tt.mode}})
			tt.before.WaitingSince = t0.Add(-time.Hour)
			tt.before.LastInbound = t0.Add(-time.Minute)
			st, fx := r.OnAgentReply(tt.before, rules.Outbound{ID: "1", At: t0, Agent: tt.agent}, t0)
			requireEffects(t, tt.want, fx)
			require.Equal(t, tt.owner, st.Assignee)
			require.Zero(t, st.WaitingSince)
			require.Equal(t, t0, st.LastAgentReply)
			require.Equal(t, t0, st.LastOutbound)
			again, fx := r.OnAgentReply(st, rules.Outbound{ID: "1", At: t0, Agent: "lee"}, t0.Add(time.Second))
			requireEffects(t, nil, fx)
			requireState(t, st, again)
		})
	}
}

func TestWhatAnswers(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	waiting, _ := wrote(t, r)
	tests := []struct {
		name    string
		act     func(rules.State) (rules.State, []rules.Effect)
		waits   bool
		want    []rules.Effect
		touches bool
	}{
		{"a bot's answer answers and owns nothing", func(st rules.State) (rules.State, []rules.Effect) {
			return r.OnBotReply(st, rules.Outbound{ID: "x", At: t0.Add(time.Minute), Agent: "faq"}, t0.Add(time.Hour))
		}, false, nil, true},
		{"an answer in the very second of the message answers it", func(st rules.State) (rules.State, []rules.Effect) {
			return r.OnBotReply(st, rules.Outbound{ID: "x", At: t0}, t0.Add(time.Hour))
		}, false, nil, true},
		{"an echo from before the message does not answer it", func(st rules.State) (rules.State, []rules.Effect) {
			return r.OnAgentReply(st, rules.Outbound{ID: "x", At: t0.Add(-time.Second)}, t0.Add(time.Hour))
		}, true, nil, true},
		{"a proactive message answers nothing and does not keep it young", func(st rules.State) (rules.State, []rules.Effect) {
			return r.OnNotify(st, rules.Outbound{ID: "x", At: t0.Add(time.Minute)}, t0.Add(time.Hour))
		}, true, nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st, fx := tt.act(waiting)
			requireEffects(t, tt.want, fx)
			require.Equal(t, tt.waits, !st.WaitingSince.IsZero())
			require.Empty(t, st.Assignee)
			require.Equal(t, tt.touches, st.ActiveAt.Equal(t0.Add(time.Hour)))
			again, fx := tt.act(st)
			requireEffects(t, nil, fx)
			requireState(t, st, again)
		})
	}
}

func TestOnNotify(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Settings{Late: rules.LateRule{NewAfter: duration.Day}})
	began := []rules.Effect{&rules.NewConversation{Queue: rules.QueuePending, Why: rules.WhyContacted}}
	resolved := rules.State{Queue: rules.QueueResolved, ResolvedAt: t0, Wrote: true}

	st, fx := r.OnNotify(rules.State{}, rules.Outbound{ID: "1", At: t0}, t0)
	requireEffects(t, began, fx)
	require.Equal(t, rules.QueuePending, st.Queue)
	require.False(t, st.Wrote)
	st, fx = r.OnInbound(st, rules.Inbound{At: t0.Add(time.Hour)}, t0.Add(time.Hour))
	requireEffects(t, []rules.Effect{&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyCustomerWrote}}, fx)
	require.True(t, st.Wrote)

	st, fx = r.OnNotify(resolved, rules.Outbound{ID: "1", At: t0.Add(time.Hour)}, t0.Add(time.Hour))
	requireEffects(t, nil, fx)
	require.Equal(t, rules.QueueResolved, st.Queue)
	st, fx = r.OnNotify(resolved, rules.Outbound{ID: "1", At: t0.Add(24 * time.Hour)}, t0.Add(24*time.Hour))
	requireEffects(t, began, fx)
	require.True(t, st.Wrote, "the customer is known")
}

func TestResolveAndReopen(t *testing.T) {
	t.Parallel()
	for _, release := range []bool{true, false} {
		r := newRules(t, rules.Settings{Assign: rules.AssignRule{Release: release}})
		before := rules.State{Queue: rules.QueuePending, Assignee: "kim", ReturnAt: t0.Add(time.Hour), WaitingSince: t0, Noticed: duration.Hour}
		st, fx := r.OnResolve(before, "sold", t0)
		want := []rules.Effect{&rules.Resolve{From: rules.QueuePending, Why: rules.WhyByHand, Reason: "sold"}}
		owner := "kim"
		if release {
			want, owner = append(want, &rules.Unassign{From: "kim", Why: rules.WhyResolved}), ""
		}
		requireEffects(t, want, fx)
		requireState(t, rules.State{Queue: rules.QueueResolved, Assignee: owner, ResolvedAt: t0, ActiveAt: t0, Noticed: duration.Hour}, st)

		again, fx := r.OnResolve(st, "sold twice", t0.Add(time.Hour))
		requireEffects(t, nil, fx)
		requireState(t, st, again)

		st, fx = r.OnReopen(st, t0.Add(time.Hour))
		requireEffects(t, []rules.Effect{&rules.Reopen{Why: rules.WhyByHand}}, fx)
		requireState(t, rules.State{Queue: rules.QueueNew, Assignee: owner, ActiveAt: t0.Add(time.Hour), Taken: owner != ""}, st)
		again, fx = r.OnReopen(st, t0.Add(2*time.Hour))
		requireEffects(t, nil, fx)
		requireState(t, st, again)
	}
	r := newRules(t, rules.Default())
	st, fx := r.OnResolve(rules.State{}, "", t0)
	requireEffects(t, nil, fx)
	require.Zero(t, st)
	st, fx = r.OnReopen(rules.State{}, t0)
	requireEffects(t, nil, fx)
	require.Zero(t, st)
}

func TestOnMove(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	fresh, _ := wrote(t, r)
	pending := fresh
	pending.Queue, pending.ReturnAt = rules.QueuePending, t0.Add(48*time.Hour)
	resolved, _ := r.OnResolve(fresh, "", t0)
	now := t0.Add(time.Minute)
	tests := []struct {
		name   string
		before rules.State
		to     rules.Queue
		back   time.Time
		want   []rules.Effect
		err    error
		queue  rules.Queue
		ret    time.Time
	}{
		{"new to pending", fresh, rules.QueuePending, time.Time{}, []rules.Effect{&rules.MoveQueue{From: rules.QueueNew, To: rules.QueuePending, Why: rules.WhyByHand}}, nil, rules.QueuePending, time.Time{}},
		{"new to pending until tomorrow", fresh, rules.QueuePending, t0.Add(24 * time.Hour), []rules.Effect{&rules.MoveQueue{From: rules.QueueNew, To: rules.QueuePending, Why: rules.WhyByHand}}, nil, rules.QueuePending, t0.Add(24 * time.Hour)},
		{"pending to new forgets the time", pending, rules.QueueNew, time.Time{}, []rules.Effect{&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyByHand}}, nil, rules.QueueNew, time.Time{}},
		{"pending to pending sets another time", pending, rules.QueuePending, t0.Add(time.Hour), nil, nil, rules.QueuePending, t0.Add(time.Hour)},
		{"or none", pending, rules.QueuePending, time.Time{}, nil, nil, rules.QueuePending, time.Time{}},
		{"new to new is nothing", fresh, rules.QueueNew, time.Time{}, nil, nil, rules.QueueNew, time.Time{}},
		{"to resolved is to resolve", pending, rules.QueueResolved, time.Time{}, []rules.Effect{&rules.Resolve{From: rules.QueuePending, Why: rules.WhyByHand}}, nil, rules.QueueResolved, time.Time{}},
		{"resolved to resolved is nothing", resolved, rules.QueueResolved, time.Time{}, nil, nil, rules.QueueResolved, time.Time{}},
		{"resolved to pending is refused", resolved, rules.QueuePending, time.Time{}, nil, rules.ErrNotOpen, rules.QueueResolved, time.Time{}},
		{"resolved to new is reopening", resolved, rules.QueueNew, time.Time{}, nil, rules.ErrNotOpen, rules.QueueResolved, time.Time{}},
		{"what does not exist is not moved", rules.State{}, rules.QueueNew, time.Time{}, nil, rules.ErrNotOpen, rules.QueueNone, time.Time{}},
		{"an unknown queue is refused", fresh, "parked", time.Time{}, nil, rules.ErrQueue, rules.QueueNew, time.Time{}},
		{"no queue is refused", fresh, rules.QueueNone, time.Time{}, nil, rules.ErrQueue, rules.QueueNew, time.Time{}},
		{"a time for new is refused", pending, rules.QueueNew, t0.Add(time.Hour), nil, rules.ErrReturnTime, rules.QueuePending, pending.ReturnAt},
		{"a time that has passed is refused", fresh, rules.QueuePending, now, nil, rules.ErrReturnTime, rules.QueueNew, time.Time{}},
		{"parts of a second are not the future", fresh, rules.QueuePending, now.Add(time.Second - 1), nil, rules.ErrReturnTime, rules.QueueNew, time.Time{}},
		{"a year ahead is as far as it goes", fresh, rules.QueuePending, now.Add(rules.MaxReturn), []rules.Effect{&rules.MoveQueue{From: rules.QueueNew, To: rules.QueuePending, Why: rules.WhyByHand}}, nil, rules.QueuePending, now.Add(rules.MaxReturn)},
		{"a second more is refused", fresh, rules.QueuePending, now.Add(rules.MaxReturn + time.Second), nil, rules.ErrReturnTime, rules.QueueNew, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st, fx, err := r.OnMove(tt.before, tt.to, tt.back, now)
			require.ErrorIs(t, err, tt.err)
			requireEffects(t, tt.want, fx)
			require.Equal(t, tt.queue, st.Queue)
			require.Equal(t, tt.ret, st.ReturnAt)
			if err != nil {
				requireState(t, tt.before, st)
				return
			}
			again, fx, err := r.OnMove(st, tt.to, tt.back, now.Add(time.Second))
			require.NoError(t, err)
			requireEffects(t, nil, fx)
			requireState(t, st, again)
		})
	}
}

func TestOnAssign(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Settings{})
	tests := []struct {
		name   string
		before rules.State
		to     string
		want   []rules.Effect
		err    error
		owner  string
	}{
		{"to an agent", rules.State{Queue: rules.QueueNew}, "kim", []rules.Effect{&rules.Assign{To: "kim", Why: rules.WhyByHand}}, nil, "kim"},
		{"from one agent to another", rules.State{Queue: rules.QueuePending, Assignee: "lee"}, "kim", []rules.Effect{&rules.Assign{To: "kim", From: "lee", Why: rules.WhyByHand}}, nil, "kim"},
		{"to nobody", rules.State{Queue: rules.QueueNew, Assignee: "lee"}, "", []rules.Effect{&rules.Unassign{From: "lee", Why: rules.WhyByHand}}, nil, ""},
		{"to the owner is nothing", rules.State{Queue: rules.QueueNew, Assignee: "lee"}, "lee", nil, nil, "lee"},
		{"a resolved conversation is not assigned", rules.State{Queue: rules.QueueResolved}, "kim", nil, rules.ErrNotOpen, ""},
		{"but may be taken away", rules.State{Queue: rules.QueueResolved, Assignee: "lee"}, "", []rules.Effect{&rules.Unassign{From: "lee", Why: rules.WhyByHand}}, nil, ""},
		{"what does not exist is not assigned", rules.State{}, "kim", nil, rules.ErrNotOpen, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st, fx, err := r.OnAssign(tt.before, tt.to, t0)
			require.ErrorIs(t, err, tt.err)
			requireEffects(t, tt.want, fx)
			require.Equal(t, tt.owner, st.Assignee)
			again, fx, _ := r.OnAssign(st, tt.to, t0.Add(time.Second))
			requireEffects(t, nil, fx)
			requireState(t, st, again)
		})
	}
}
