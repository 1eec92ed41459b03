package rules_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/duration"
	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

const day = 24 * time.Hour

// timeline follows NextDue from one timer to the next and returns what happens
// when, as hours after t0.
func timeline(t testing.TB, r *rules.Rules, st rules.State, w window.State) (rules.State, map[float64][]rules.Effect) {
	t.Helper()
	got := make(map[float64][]rules.Effect)
	now := t0
	for range 20 {
		due, ok := r.NextDue(st, w)
		if !ok {
			return st, got
		}
		require.False(t, due.Before(now), "NextDue goes back")
		now = due
		early, fx := r.OnTimer(st, w, due.Add(-time.Second))
		requireEffects(t, nil, fx)
		st, fx = r.OnTimer(early, w, due)
		require.NotEmpty(t, fx, "a timer for nothing at %s", due)
		got[due.Sub(t0).Hours()] = fx
	}
	t.Fatal("the timers do not end")
	return st, nil
}

func TestTimers(t *testing.T) {
	t.Parallel()
	notice := func(before duration.Duration, waiting bool) []rules.Effect {
		return []rules.Effect{&rules.ClosingNotice{Before: before, ClosesAt: t0.Add(day), Waiting: waiting}}
	}
	resolve := func(from rules.Queue, why rules.Why, reason string) []rules.Effect {
		return []rules.Effect{&rules.Resolve{From: from, Why: why, Reason: reason}}
	}
	answered := func(r *rules.Rules, st rules.State) rules.State {
		st, _ = r.OnBotReply(st, rules.Outbound{ID: "answer", At: t0}, t0)
		return st
	}
	pending := func(until time.Time) func(r *rules.Rules, st rules.State) rules.State {
		return func(r *rules.Rules, st rules.State) rules.State {
			st, _, err := r.OnMove(st, rules.QueuePending, until, t0)
			require.NoError(t, err)
			return st
		}
	}
	tests := []struct {
		name   string
		s      rules.Settings
		change func(r *rules.Rules, st rules.State) rules.State
		want   map[float64][]rules.Effect
	}{
		{"with everything off there is no timer", rules.Settings{}, nil, nil},
		{"the defaults tell twice and resolve after 30 days", rules.Default(), nil, map[float64][]rules.Effect{
			20: notice(4*duration.Hour, true), 23: notice(duration.Hour, true), 720: resolve(rules.QueueNew, rules.WhyAutoResolve, ""),
		}},
		{"each queue has its own age", rules.Settings{AutoResolve: rules.AutoResolveRule{New: duration.Hour, Pending: 2 * duration.Hour, Reason: "stale"}}, pending(time.Time{}), map[float64][]rules.Effect{
			2: resolve(rules.QueuePending, rules.WhyAutoResolve, "stale"),
		}},
		{"a queue without an age stays", rules.Settings{AutoResolve: rules.AutoResolveRule{New: duration.Hour}}, pending(time.Time{}), nil},
		{"a pending conversation comes back and then ages as new", rules.Settings{AutoResolve: rules.AutoResolveRule{New: 5 * duration.Hour, Pending: duration.Hour}}, pending(t0.Add(3 * time.Hour)), map[float64][]rules.Effect{
			3: {&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyReturnTime}},
			8: resolve(rules.QueueNew, rules.WhyAutoResolve, ""),
		}},
		{"nobody is closed on while he waits", rules.Settings{IdleClose: rules.IdleCloseRule{After: duration.Hour}}, nil, nil},
		{"an answered customer who stays silent is", rules.Settings{IdleClose: rules.IdleCloseRule{After: duration.Hour, Reason: "silent"}}, answered, map[float64][]rules.Effect{
			1: resolve(rules.QueueNew, rules.WhyIdle, "silent"),
		}},
		{"the earlier of idleness and age counts", rules.Settings{IdleClose: rules.IdleCloseRule{After: 3 * duration.Hour}, AutoResolve: rules.AutoResolveRule{New: 2 * duration.Hour}}, answered, map[float64][]rules.Effect{
			2: resolve(rules.QueueNew, rules.WhyAutoResolve, ""),
		}},
		{"of both at once it is age", rules.Settings{IdleClose: rules.IdleCloseRule{After: 2 * duration.Hour}, AutoResolve: rules.AutoResolveRule{New: 2 * duration.Hour}}, answered, map[float64][]rules.Effect{
			2: resolve(rules.QueueNew, rules.WhyAutoResolve, ""),
		}},
		{"idleness waits for a time to come back", rules.Settings{IdleClose: rules.IdleCloseRule{After: duration.Hour}}, func(r *rules.Rules, st rules.State) rules.State {
			return pending(t0.Add(4*time.Hour))(r, answered(r, st))
		}, map[float64][]rules.Effect{
			4: {&rules.MoveQueue{From: rules.QueuePending, To: rules.QueueNew, Why: rules.WhyReturnTime}},
			5: resolve(rules.QueueNew, rules.WhyIdle, ""),
		}},
		{"resolving releases the owner", rules.Settings{AutoResolve: rules.AutoResolveRule{New: duration.Hour}, Assign: rules.AssignRule{Release: true}}, func(r *rules.Rules, st rules.State) rules.State {
			st, _, err := r.OnAssign(st, "kim", t0)
			require.NoError(t, err)
			return st
		}, map[float64][]rules.Effect{
			1: {&rules.Resolve{From: rules.QueueNew, Why: rules.WhyAutoResolve}, &rules.Unassign{From: "kim", Why: rules.WhyResolved}},
		}},
		{"notices may be for waiting customers only", rules.Settings{Closing: rules.ClosingRule{Before: []duration.Duration{duration.Hour}, OnlyWaiting: true}}, answered, nil},
		{"and otherwise say who waits", rules.Settings{Closing: rules.ClosingRule{Before: []duration.Duration{duration.Hour}}}, answered, map[float64][]rules.Effect{
			23: notice(duration.Hour, false),
		}},
		{"the order of notices in the settings does not matter", rules.Settings{Closing: rules.ClosingRule{Before: []duration.Duration{duration.Hour, 15 * duration.Minute, 4 * duration.Hour}}}, nil, map[float64][]rules.Effect{
			20: notice(4*duration.Hour, true), 23: notice(duration.Hour, true), 23.75: notice(15*duration.Minute, true),
		}},
		{"the reminder goes out once", rules.Settings{Reminder: rules.ReminderRule{Enabled: true, Before: duration.Hour, Content: rules.Content{Text: "Still there?"}}}, nil, map[float64][]rules.Effect{
			23: {&rules.Remind{Content: rules.Content{Text: "Still there?"}, ClosesAt: t0.Add(day)}},
		}},
		{"a resolved conversation has no timer at all", func() rules.Settings {
			s := everything()
			s.Closing.OnlyWaiting = false
			return s
		}(), func(r *rules.Rules, st rules.State) rules.State {
			st, _ = r.OnResolve(st, "", t0)
			return st
		}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRules(t, tt.s)
			st, w := wrote(t, r)
			if tt.change != nil {
				st = tt.change(r, st)
			}
			_, got := timeline(t, r, st, w)
			require.Len(t, got, len(tt.want))
			for at, fx := range tt.want {
				requireEffects(t, fx, got[at])
			}
		})
	}
}

func TestLateTimers(t *testing.T) {
	t.Parallel()
	s := rules.Default()
	s.Reminder = rules.ReminderRule{Enabled: true, Before: 2 * duration.Hour, Content: rules.Content{Text: "Still there?"}}
	r := newRules(t, s)
	st, w := wrote(t, r)
	remind := &rules.Remind{Content: s.Reminder.Content, ClosesAt: t0.Add(day)}
	tests := []struct {
		name string
		now  time.Time
		want []rules.Effect
		next time.Time
	}{
		{"of two notices that are due the more urgent one is told", t0.Add(day - 30*time.Minute), []rules.Effect{&rules.ClosingNotice{Before: duration.Hour, ClosesAt: t0.Add(day), Waiting: true}, remind}, t0.Add(30 * day)},
		{"between them only the first", t0.Add(day - 3*time.Hour), []rules.Effect{&rules.ClosingNotice{Before: 4 * duration.Hour, ClosesAt: t0.Add(day), Waiting: true}}, t0.Add(day - 2*time.Hour)},
		{"in the last minute no reminder can go out any more", t0.Add(day - 59*time.Second), []rules.Effect{&rules.ClosingNotice{Before: duration.Hour, ClosesAt: t0.Add(day), Waiting: true}}, t0.Add(30 * day)},
		{"once the window has closed there is nothing left to tell", t0.Add(day), nil, t0.Add(30 * day)},
		{"parts of a second do not matter", t0.Add(30*day + 999*time.Millisecond), []rules.Effect{&rules.Resolve{From: rules.QueueNew, Why: rules.WhyAutoResolve}}, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, fx := r.OnTimer(st, w, tt.now)
			requireEffects(t, tt.want, fx)
			next, ok := r.NextDue(got, w)
			require.Equal(t, !tt.next.IsZero(), ok)
			require.Equal(t, tt.next, next)
			again, fx := r.OnTimer(got, w, tt.now)
			requireEffects(t, nil, fx)
			requireState(t, got, again)
		})
	}
}

func TestNoticesAndRefreshedWindows(t *testing.T) {
	t.Parallel()
	hours := func(repeat bool) (at []float64) {
		s := rules.Settings{Closing: rules.ClosingRule{Before: []duration.Duration{4 * duration.Hour, duration.Hour}, Repeat: repeat}}
		r := newRules(t, s)
		st, w := wrote(t, r)
		for i, hour := range []int{21, 22, 70, 71, 200} { // after t0, when the customer writes again
			now := t0.Add(time.Duration(hour) * time.Hour)
			for {
				due, ok := r.NextDue(st, w)
				if !ok || due.After(now) {
					break
				}
				var fx []rules.Effect
				st, fx = r.OnTimer(st, w, due)
				for range fx {
					at = append(at, due.Sub(t0).Hours())
				}
			}
			w = w.Merge(opened(now))
			var fx []rules.Effect
			if i == 3 { // after a resolution the notices count afresh
				st, _ = r.OnResolve(st, "", now)
			}
			st, fx = r.OnInbound(st, rules.Inbound{At: now, Window: w}, now)
			require.Zero(t, count[*rules.ClosingNotice](fx))
		}
		return at
	}
	// Windows close at 24, 45, 46, 94, 95 hours.
	require.Equal(t, []float64{20, 45, 91, 94}, hours(false), "once per conversation")
	require.Equal(t, []float64{20, 42, 45, 91, 94}, hours(true), "again after each refresh")
}

func TestReminderIsOncePerWindow(t *testing.T) {
	t.Parallel()
	s := rules.Settings{Reminder: rules.ReminderRule{Enabled: true, Before: duration.Hour, Content: rules.Content{Text: "Still there?"}}}
	r := newRules(t, s)
	st, w := wrote(t, r)
	st, fx := r.OnTimer(st, w, t0.Add(23*time.Hour))
	require.Equal(t, 1, count[*rules.Remind](fx))

	answer := t0.Add(23*time.Hour + time.Minute)
	w = w.Merge(opened(answer))
	st, _ = r.OnInbound(st, rules.Inbound{ID: "yes", At: answer, Window: w, Text: "yes"}, answer)
	_, ok := r.NextDue(st, w)
	require.False(t, ok, "the window was refreshed, it is the same window")

	later := answer.Add(day)
	w = w.Merge(opened(later))
	st, _ = r.OnInbound(st, rules.Inbound{ID: "hi", At: later, Window: w, Text: "hi"}, later)
	due, ok := r.NextDue(st, w)
	require.True(t, ok, "it had closed, so this is another one")
	require.Equal(t, later.Add(23*time.Hour), due)

	st, _ = r.OnInbound(st, rules.Inbound{ID: "bot", At: later, Window: w, Automated: true}, later)
	st, fx = r.OnTimer(st, w, due)
	requireEffects(t, nil, fx) // a machine is not reminded
	_, ok = r.NextDue(st, w)
	require.False(t, ok, "and not tried again")
}

// TestWindowSeenByTheTimerFirst: the host may have observed a message whose event
// the rules have not been told of yet.
func TestWindowSeenByTheTimerFirst(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	st, w := wrote(t, r)
	w = w.Merge(opened(t0.Add(12 * time.Hour)))
	due, ok := r.NextDue(st, w)
	require.True(t, ok)
	require.Equal(t, t0.Add(32*time.Hour), due)
	st, fx := r.OnTimer(st, w, t0.Add(20*time.Hour))
	requireEffects(t, nil, fx)
	require.Equal(t, t0.Add(36*time.Hour), st.WindowUntil)
	_, fx = r.OnTimer(st, window.State{}, t0.Add(32*time.Hour))
	require.Len(t, fx, 1, "a stale window is not believed over a newer one")
}

// TestStatesMadeByAHost: conversations from before the use of this package.
func TestStatesMadeByAHost(t *testing.T) {
	t.Parallel()
	r := newRules(t, rules.Default())
	due, ok := r.NextDue(rules.State{Queue: rules.QueueNew, OpenedAt: t0, LastInbound: t0.Add(time.Hour)}, window.State{})
	require.True(t, ok)
	require.Equal(t, t0.Add(30*day+time.Hour), due)
	_, ok = r.NextDue(rules.State{Queue: rules.QueueNew}, window.State{})
	require.False(t, ok, "without any time there is no age")
	stray := rules.State{Queue: rules.QueueNew, ActiveAt: t0, ReturnAt: t0.Add(time.Hour)}
	due, ok = r.NextDue(stray, window.State{})
	require.True(t, ok)
	require.Equal(t, t0.Add(30*day), due, "only a pending conversation comes back")
}
