package rules_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the zone tests must not depend on the machine

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/channel/rules"
	"github.com/kanava-go/kanava/window"
)

// t0 is a Monday, 10:00 in UTC.
var t0 = time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)

// opened is a window last refreshed at t.
func opened(t time.Time) window.State {
	return window.Options{}.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: t}, t)
}

func newRules(t testing.TB, s rules.Settings) *rules.Rules {
	t.Helper()
	r, err := rules.New(s)
	require.NoError(t, err)
	return r
}

// wrote is the state after a first message at t0, in new.
func wrote(t testing.TB, r *rules.Rules) (rules.State, window.State) {
	t.Helper()
	w := opened(t0)
	st, _ := r.OnInbound(rules.State{}, rules.Inbound{ID: "wamid.first", At: t0, Window: w, Text: "good morning"}, t0)
	return st, w
}

func requireEffects(t testing.TB, want, got []rules.Effect) {
	t.Helper()
	require.Empty(t, cmp.Diff(want, got), "effects (-want +got)")
}

func requireState(t testing.TB, want, got rules.State) {
	t.Helper()
	require.Empty(t, cmp.Diff(want, got), "state (-want +got)")
}

func text(s string) rules.AutoReplyRule {
	return rules.AutoReplyRule{Enabled: true, Content: rules.Content{Text: s}}
}

// office is open from Monday to Friday, nine to five, in Berlin.
func office() rules.Hours {
	day := []rules.Span{{From: rules.Clock(9, 0), To: rules.Clock(17, 0)}}
	return rules.Hours{Zone: "Europe/Berlin", Week: rules.Week{Mon: day, Tue: day, Wed: day, Thu: day, Fri: day}}
}
