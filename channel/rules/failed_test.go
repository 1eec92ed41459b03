package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
)

func TestAnAutomaticMessageEndsNoWaitForAPerson(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	st, _ := wrote(t, r)
	require.Equal(t, t0, st.WaitingSince)
	require.Equal(t, t0, st.UnansweredSince)
	at := t0.Add(time.Minute)
	auto, fx := r.OnAutomatic(st, rules.Outbound{ID: "m_auto", At: at}, at)
	require.Empty(t, fx)
	want := st
	want.UnansweredSince, want.LastAutomatic, want.Seen = time.Time{}, at, auto.Seen
	requireState(t, want, auto)
	again, _ := r.OnAutomatic(auto, rules.Outbound{ID: "m_auto", At: at.Add(time.Hour)}, at)
	requireState(t, auto, again)
	late, _ := r.OnAutomatic(st, rules.Outbound{ID: "m_auto", At: t0.Add(-time.Minute)}, at)
	require.Equal(t, t0, late.UnansweredSince, "it was sent before the customer wrote")
}

func TestAnAnswerThatFailedIsUndone(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	asked, _ := wrote(t, r)
	at := t0.Add(time.Minute)
	answered, _ := r.OnAgentReply(asked, rules.Outbound{ID: "m_1", At: at, Agent: "kim"}, at)
	failed := rules.Failed{
		ID: "m_1", WaitingSince: t0, UnansweredSince: t0, Agent: "kim", AssignedAt: answered.AssignedAt,
	}
	now := t0.Add(time.Hour)

	t.Run("and the customer waits as before", func(t *testing.T) {
		t.Parallel()
		st, fx := r.OnFailed(answered, failed, now)
		requireEffects(t, []rules.Effect{&rules.Unassign{From: "kim", Why: rules.WhyFailed}}, fx)
		want := asked
		want.ActiveAt = now
		requireState(t, want, st)
		back, _ := r.OnAgentReply(st, rules.Outbound{ID: "m_1", At: at, Agent: "kim"}, now)
		require.Zero(t, back.WaitingSince, "should it arrive after all, it counts")
	})
	t.Run("and a pending conversation is seen again", func(t *testing.T) {
		t.Parallel()
		st, _, err := r.OnMove(answered, rules.QueuePending, now.Add(time.Hour), now)
		require.NoError(t, err)
		st, fx := r.OnFailed(st, failed, now)
		require.Contains(t, fx, rules.Effect(&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyFailed}))
		require.Equal(t, rules.QueueNew, st.Queue)
		require.Zero(t, st.ReturnAt)
	})
	t.Run("and a resolved conversation is reopened", func(t *testing.T) {
		t.Parallel()
		st, _ := r.OnResolve(answered, "", now)
		st, fx := r.OnFailed(st, failed, now)
		requireEffects(t, []rules.Effect{&rules.Reopen{Why: rules.WhyFailed}}, fx)
		require.Equal(t, rules.QueueNew, st.Queue)
		require.Equal(t, t0, st.WaitingSince)
		require.Zero(t, st.ResolvedAt)
	})
	t.Run("but another answer stands", func(t *testing.T) {
		t.Parallel()
		f := failed
		f.WaitingSince, f.UnansweredSince, f.LastOutbound, f.LastAgentReply = time.Time{}, time.Time{}, at, at
		st, _ := r.OnFailed(answered, f, now)
		require.Zero(t, st.WaitingSince)
		require.Equal(t, at, st.LastAgentReply)
	})
	t.Run("but whom a person made the owner since stays", func(t *testing.T) {
		t.Parallel()
		st, _, err := r.OnAssign(answered, "lee", now)
		require.NoError(t, err)
		st, fx := r.OnFailed(st, failed, now)
		require.Empty(t, fx)
		require.Equal(t, "lee", st.Assignee)
	})
	t.Run("and who was the owner before is it again", func(t *testing.T) {
		t.Parallel()
		f := failed
		f.Before = "lee"
		st, fx := r.OnFailed(answered, f, now)
		requireEffects(t, []rules.Effect{&rules.Assign{From: "kim", To: "lee", Why: rules.WhyFailed}}, fx)
		require.Equal(t, "lee", st.Assignee)
	})
}
