package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
)

func TestAChatThatNobodyTookIsClosedWithANotice(t *testing.T) {
	t.Parallel()
	notice := rules.Content{Text: "Nobody was free. Write again!"}
	s := rules.Settings{
		AutoResolve: rules.AutoResolveRule{New: 30 * duration.Day},
		IdleClose:   rules.IdleCloseRule{After: 10 * duration.Minute},
		Untaken:     rules.UntakenRule{After: 5 * duration.Minute, Reason: "missed", Notice: notice},
	}
	r := newRules(t, s)
	after := func(d time.Duration) time.Time { return t0.Add(d) }
	agent := func(st rules.State, agent string) rules.State {
		st, _ = r.OnAgentReply(st, rules.Outbound{ID: "reply", At: after(time.Minute), Agent: agent}, after(time.Minute))
		return st
	}
	asks := func(st rules.State, at time.Time) rules.State {
		st, _ = r.OnInbound(st, rules.Inbound{ID: "wamid." + at.String(), At: at, Window: opened(at), Text: "and?"}, at)
		return st
	}
	resolved := &rules.Resolve{From: rules.QueueNew, Why: rules.WhyUntaken, Reason: "missed"}
	said := &rules.AutoReply{Content: notice, Why: rules.WhyUntaken, Count: 1}
	for name, c := range map[string]struct {
		life func(st rules.State) rules.State
		at   time.Duration
		want []rules.Effect
	}{
		"before its time":                      {nil, 5*time.Minute - time.Second, nil},
		"nobody took it":                       {nil, 5 * time.Minute, []rules.Effect{said, resolved}},
		"each message begins the time anew":    {func(st rules.State) rules.State { return asks(st, after(4*time.Minute)) }, 6 * time.Minute, nil},
		"and it ends":                          {func(st rules.State) rules.State { return asks(st, after(4*time.Minute)) }, 9 * time.Minute, []rules.Effect{said, resolved}},
		"a timer that is late by days":         {nil, 72 * time.Hour, []rules.Effect{resolved}}, // the window is closed
		"an agent has answered and owns it":    {func(st rules.State) rules.State { return asks(agent(st, "kim"), after(2*time.Minute)) }, time.Hour, nil},
		"a person without a name has answered": {func(st rules.State) rules.State { return asks(agent(st, ""), after(2*time.Minute)) }, time.Hour, nil},
		"an agent took it": {func(st rules.State) rules.State {
			st, _, err := r.OnAssign(st, "kim", after(time.Minute))
			require.NoError(t, err)
			return st
		}, time.Hour, nil},
		"the agent gave it back": {func(st rules.State) rules.State {
			st, _, _ = r.OnAssign(st, "kim", after(time.Minute))
			st, _, _ = r.OnAssign(st, "", after(2*time.Minute))
			return st
		}, 7 * time.Minute, []rules.Effect{said, resolved}},
		"a bot has answered, and the customer asks on": {func(st rules.State) rules.State {
			st, _ = r.OnBotReply(st, rules.Outbound{ID: "bot", At: after(time.Minute)}, after(time.Minute))
			return asks(st, after(2*time.Minute))
		}, 7 * time.Minute, []rules.Effect{said, resolved}},
		"it was answered, resolved and taken up again": {func(st rules.State) rules.State {
			st, _ = r.OnResolve(agent(st, ""), "", after(2*time.Minute))
			return asks(st, after(3*time.Minute))
		}, 8 * time.Minute, []rules.Effect{said, resolved}},
		"somebody moved it to pending": {func(st rules.State) rules.State {
			st, _, err := r.OnMove(st, rules.QueuePending, time.Time{}, after(time.Minute))
			require.NoError(t, err)
			return st
		}, time.Hour, nil},
		"an answer that failed took nothing": {func(st rules.State) rules.State {
			st = agent(st, "")
			st, _ = r.OnFailed(st, rules.Failed{ID: "reply", WaitingSince: t0}, after(2*time.Minute))
			return st
		}, 7 * time.Minute, []rules.Effect{said, resolved}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			st, w := wrote(t, r)
			if c.life != nil {
				st = c.life(st)
			}
			st, fx := r.OnTimer(st, w, after(c.at))
			requireEffects(t, c.want, fx)
			again, fx := r.OnTimer(st, w, after(c.at))
			requireEffects(t, nil, fx)
			requireState(t, st, again)
		})
	}
}

func TestTheNoticeOfClosingGoesOutOncePerWindow(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Settings{Untaken: rules.UntakenRule{After: duration.Minute, Notice: rules.Content{Text: "Nobody was free."}}})
	st, w := wrote(t, r)
	st, fx := r.OnTimer(st, w, t0.Add(time.Minute))
	require.Len(t, fx, 2)
	at := t0.Add(time.Hour)
	w = opened(at)
	st, _ = r.OnInbound(st, rules.Inbound{ID: "again", At: at, Window: w}, at)
	st, fx = r.OnTimer(st, w, at.Add(time.Minute))
	requireEffects(t, []rules.Effect{&rules.Resolve{From: rules.QueueNew, Why: rules.WhyUntaken}}, fx)
	at = at.Add(3 * day)
	w = opened(at)
	st, _ = r.OnInbound(st, rules.Inbound{ID: "days later", At: at, Window: w}, at)
	_, fx = r.OnTimer(st, w, at.Add(time.Minute))
	require.Len(t, fx, 2, "another window")
}

func TestAFollowUpComesOnceAfterTheWindowClosed(t *testing.T) {
	t.Parallel()
	content := rules.Content{Template: "we_are_back", Values: []string{"{{customer.first_name}}"}}
	s := rules.Settings{FollowUp: rules.FollowUpRule{Enabled: true, After: 2 * duration.Hour, Content: content}}
	r := newRules(t, s)
	s.FollowUp.OnlyWaiting = true
	waiting := newRules(t, s)
	content.Values[0] = "changed by the host"
	content.Values = []string{"{{customer.first_name}}"}
	due := t0.Add(day + 2*time.Hour)
	sent := []rules.Effect{&rules.FollowUp{Content: content, ClosedAt: t0.Add(day)}}

	st, w := wrote(t, r)
	at, ok := r.NextDue(st, w)
	require.True(t, ok)
	require.Equal(t, due, at)
	st, fx := r.OnTimer(st, w, due.Add(-time.Second))
	requireEffects(t, nil, fx)
	late, fx := r.OnTimer(st, w, due.Add(rules.MaxFollowUpDelay+time.Second))
	requireEffects(t, nil, fx)
	_, ok = r.NextDue(late, w)
	require.False(t, ok, "its time has passed")
	st, fx = r.OnTimer(st, w, due)
	requireEffects(t, sent, fx)
	_, ok = r.NextDue(st, w)
	require.False(t, ok)

	resolved, w := wrote(t, r)
	resolved, _ = r.OnResolve(resolved, "", t0.Add(time.Hour))
	_, fx = r.OnTimer(resolved, w, due)
	requireEffects(t, nil, fx)

	answered, w := wrote(t, waiting)
	_, fx = waiting.OnTimer(answered, w, due)
	requireEffects(t, sent, fx)
	answered, _ = waiting.OnAgentReply(answered, rules.Outbound{ID: "reply", At: t0.Add(time.Hour), Agent: "kim"}, t0.Add(time.Hour))
	_, fx = waiting.OnTimer(answered, w, due)
	requireEffects(t, nil, fx)
	_, ok = waiting.NextDue(answered, w)
	require.False(t, ok, "nobody waits")

	open := opened(due.Add(-time.Minute)) // the customer wrote meanwhile
	_, fx = r.OnTimer(answered, open, due)
	requireEffects(t, nil, fx)
	require.True(t, open.OpenAt(due))
}
