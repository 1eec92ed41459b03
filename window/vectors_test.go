package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

// at parses an RFC 3339 time.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return v
}

// fold observes the events in order, each at the moment it happened.
func fold(o window.Options, events ...window.Event) window.State {
	var s window.State
	for _, e := range events {
		s = o.Observe(s, e, e.At)
	}
	return s
}

func event(t testing.TB, k window.Kind, when string) window.Event {
	return window.Event{Kind: k, At: at(t, when)}
}

func TestWindowVectors(t *testing.T) {
	t.Parallel()
	text := func(when string) window.Event { return event(t, window.KindMessage, when) }
	tests := []struct {
		name   string
		events []window.Event
		now    string
		phase  window.Phase
		left   time.Duration
	}{
		{"without any event the window never opened", nil, "2026-11-01T00:00:00Z", window.PhaseNever, 0},
		{"one second before 24 hours one second is left", []window.Event{text("2026-11-01T10:00:00Z")},
			"2026-11-02T09:59:59Z", window.PhaseClosing15m, time.Second},
		{"at exactly 24 hours it is closed", []window.Event{text("2026-11-01T10:00:00Z")},
			"2026-11-02T10:00:00Z", window.PhaseClosed, 0},
		{"a second message resets it to a full 24 hours",
			[]window.Event{text("2026-11-01T10:00:00Z"), text("2026-11-01T18:00:00Z")},
			"2026-11-02T17:00:00Z", window.PhaseClosing1h, time.Hour},
		{"a message received three days late counts from its timestamp", []window.Event{text("2026-11-01T10:00:00Z")},
			"2026-11-04T10:00:00Z", window.PhaseClosed, 0},
		{"a late older message changes nothing",
			[]window.Event{text("2026-11-01T18:00:00Z"), text("2026-11-01T10:00:00Z")},
			"2026-11-02T13:00:00Z", window.PhaseOpen, 5 * time.Hour},
		{"a template sent by the business opens nothing",
			[]window.Event{event(t, window.KindSent, "2026-11-01T10:00:00Z")},
			"2026-11-01T11:00:00Z", window.PhaseNever, 0},
		{"a tap on the template's button opens it",
			[]window.Event{event(t, window.KindSent, "2026-11-01T09:00:00Z"), event(t, window.KindReply, "2026-11-01T12:00:00Z")},
			"2026-11-02T11:00:00Z", window.PhaseClosing1h, time.Hour},
		{"an unanswered call of the user opens it", []window.Event{event(t, window.KindCall, "2026-11-01T10:00:00Z")},
			"2026-11-01T20:00:00Z", window.PhaseOpen, 14 * time.Hour},
		{"an echo of the Business app opens nothing", []window.Event{event(t, window.KindEcho, "2026-11-01T10:00:00Z")},
			"2026-11-01T11:00:00Z", window.PhaseNever, 0},
		{"a message in a group opens the group's window", []window.Event{text("2026-11-01T10:00:00Z")},
			"2026-11-01T11:00:00Z", window.PhaseOpen, 23 * time.Hour},
		{"a reaction opens nothing by default", []window.Event{event(t, window.KindReaction, "2026-11-01T10:00:00Z")},
			"2026-11-01T11:00:00Z", window.PhaseNever, 0},
		{"a first opening of the chat opens it", []window.Event{event(t, window.KindRequestWelcome, "2026-11-01T10:00:00Z")},
			"2026-11-01T11:00:00Z", window.PhaseOpen, 23 * time.Hour},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, now := fold(window.Options{}, tt.events...), at(t, tt.now)
			require.Equal(t, tt.phase, s.Phase(now))
			require.Equal(t, tt.left, s.Remaining(now))
			require.Equal(t, tt.left > 0, s.OpenAt(now))
			require.Equal(t, tt.left > time.Minute, s.Permits(window.Send{Kind: window.SendText}, now).Allowed)
		})
	}
}
