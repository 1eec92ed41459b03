package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
)

func TestHandingOver(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	asked := now.Add(-time.Minute)
	r, err := rules.New(rules.Default())
	require.NoError(t, err)
	for name, tt := range map[string]struct {
		st      rules.State
		waits   bool
		queue   rules.Queue
		waiting time.Time
		effects []rules.Effect
	}{
		"new stays new":                        {rules.State{Queue: rules.QueueNew}, true, rules.QueueNew, now, nil},
		"who waited waits on":                  {rules.State{Queue: rules.QueueNew, WaitingSince: asked}, true, rules.QueueNew, asked, nil},
		"pending comes back":                   {rules.State{Queue: rules.QueuePending, ReturnAt: now.Add(time.Hour)}, true, rules.QueueNew, now, []rules.Effect{&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyHandedOver}}},
		"resolved is reopened":                 {rules.State{Queue: rules.QueueResolved, ResolvedAt: asked}, true, rules.QueueNew, now, []rules.Effect{&rules.Reopen{Why: rules.WhyHandedOver}}},
		"taken by an answer stays where it is": {rules.State{Queue: rules.QueuePending}, false, rules.QueuePending, time.Time{}, nil},
		"and resolved stays resolved":          {rules.State{Queue: rules.QueueResolved}, false, rules.QueueResolved, time.Time{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, effects := r.OnHandover(tt.st, rules.Handover{Waits: tt.waits}, now)
			require.Equal(t, tt.queue, st.Queue)
			require.Equal(t, tt.waiting, st.WaitingSince)
			require.Equal(t, now, st.HandedOver)
			require.Zero(t, st.ReturnAt)
			require.Equal(t, tt.effects, effects)
		})
	}
}

func TestHandingBackTakesTheOwnerAway(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	r, err := rules.New(rules.Default())
	require.NoError(t, err)
	st, effects := r.OnHandBack(rules.State{Queue: rules.QueueNew, Assignee: "carol", HandedOver: now.Add(-time.Hour)}, now)
	require.Empty(t, st.Assignee)
	require.Zero(t, st.HandedOver)
	require.Equal(t, []rules.Effect{&rules.Unassign{From: "carol", Why: rules.WhyHandedBack}}, effects)
	_, effects = r.OnHandBack(st, now)
	require.Empty(t, effects)
}

func TestABotsLastWordIsNoAnswerToWhoWaitsForPeople(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	r, err := rules.New(rules.Default())
	require.NoError(t, err)
	st, _ := r.OnHandover(rules.State{Queue: rules.QueueNew, UnansweredSince: now}, rules.Handover{Waits: true}, now)
	st, effects := r.OnBotReply(st, rules.Outbound{ID: "m_1", At: now}, now.Add(time.Second))
	require.Empty(t, effects)
	require.Equal(t, now, st.WaitingSince)
	require.Zero(t, st.UnansweredSince)
	st, _ = r.OnAgentReply(st, rules.Outbound{ID: "m_2", At: now.Add(time.Minute), Agent: "alice"}, now.Add(time.Minute))
	require.Zero(t, st.WaitingSince)
}
