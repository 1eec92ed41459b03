package window_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

func TestWhichEventsOpenTheWindow(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		kind  window.Kind
		opens bool                    // with the zero Options
		other func(o *window.Options) // turns the answer around, if anything does
		mark  func(e *window.Event)   // applied to the event
	}{
		{name: "user message", kind: window.KindMessage, opens: true},
		{name: "tap or Flow completion", kind: window.KindReply, opens: true},
		{name: "cart", kind: window.KindOrder, opens: true},
		{name: "shared contact", kind: window.KindContacts, opens: true, other: func(o *window.Options) { o.IgnoreContacts = true }},
		{name: "first opening of the chat", kind: window.KindRequestWelcome, opens: true},
		{name: "call from the user", kind: window.KindCall, opens: true},
		{name: "business call the user accepted", kind: window.KindCallAccepted, opens: true},
		{name: "business call the user did not accept", kind: window.KindCallMissed},
		{name: "reaction", kind: window.KindReaction, other: func(o *window.Options) { o.ReactionOpens = true }},
		{name: "call permission reply", kind: window.KindCallPermissionReply, other: func(o *window.Options) { o.CallPermissionReplyOpens = true }},
		{name: "unsupported", kind: window.KindUnsupported, other: func(o *window.Options) { o.UnsupportedOpens = true }},
		{name: "edit", kind: window.KindEdit, other: func(o *window.Options) { o.ChangeOpens = true }},
		{name: "deletion", kind: window.KindRevoke, other: func(o *window.Options) { o.ChangeOpens = true }},
		{name: "system notice", kind: window.KindSystem},
		{name: "marketing preference", kind: window.KindPreferences},
		{name: "status", kind: window.KindStatus},
		{name: "status stating a free entry point", kind: window.KindStatus,
			mark: func(e *window.Event) { e.FreeEntryUntil = e.At.Add(time.Hour) }},
		{name: "business message", kind: window.KindSent},
		{name: "business message answering an ad", kind: window.KindSent,
			mark: func(e *window.Event) { e.AnswersReferral = e.At.Add(-time.Hour) }},
		{name: "echo of the Business app", kind: window.KindEcho},
		{name: "history item", kind: window.KindHistory},
		{name: "message on standby", kind: window.KindMessage,
			mark:  func(e *window.Event) { e.Standby = true },
			other: func(o *window.Options) { o.StandbyOpens = true }},
		{name: "message with a referral", kind: window.KindMessage, opens: true,
			mark: func(e *window.Event) { e.Referral = window.ReferralAd }},
		{name: "kind of the future", kind: "telepathy"},
		{name: "no kind", kind: ""},
		{name: "stored unknown kind", kind: window.KindOther},
	}
	everything := window.Options{
		ReactionOpens: true, CallPermissionReplyOpens: true, UnsupportedOpens: true,
		ChangeOpens: true, StandbyOpens: true, NumberChangeKeepsWindow: true,
		PageStartsFreeEntry: true, PostStartsFreeEntry: true,
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := event(t, tt.kind, "2026-11-01T10:00:00Z")
			if tt.mark != nil {
				tt.mark(&e)
			}
			soon := e.At.Add(time.Second)
			s := fold(window.Options{}, e)
			require.Equal(t, tt.opens, s.OpenAt(soon))
			if tt.opens {
				require.Equal(t, tt.kind, s.Kind())
				last, ok := s.LastInbound()
				require.True(t, ok)
				require.Equal(t, e.At, last)
			}
			if tt.other == nil {
				require.Equal(t, tt.opens, fold(everything, e).OpenAt(soon), "no option may change this")
				return
			}
			var o window.Options
			tt.other(&o)
			require.Equal(t, !tt.opens, fold(o, e).OpenAt(soon))
		})
	}
}

func TestTimestampsThatCannotBe(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	tests := []struct {
		name  string
		at    time.Time
		want  time.Time // zero: ignored
		check error
	}{
		{"zero time", time.Time{}, time.Time{}, window.ErrTimeUnset},
		{"Unix zero", time.Unix(0, 0), time.Time{}, window.ErrTimeUnset},
		{"the last second of 1970", time.Unix(365*86400-1, 0), time.Time{}, window.ErrTimeUnset},
		{"negative", time.Unix(-1, 0), time.Time{}, window.ErrTimeUnset},
		{"as negative as it gets", time.Unix(math.MinInt64, 0), time.Time{}, window.ErrTimeUnset},
		{"the first second of 1971", time.Unix(365*86400, 0), time.Unix(365*86400, 0), nil},
		{"now with a fraction", now.Add(time.Millisecond), now, nil},
		{"as far ahead as allowed", now.Add(5 * time.Minute), now.Add(5 * time.Minute), nil},
		{"a second further", now.Add(5*time.Minute + time.Second), now.Add(5 * time.Minute), window.ErrTimeFuture},
		{"year 2100", time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC), now.Add(5 * time.Minute), window.ErrTimeFuture},
		{"milliseconds read as seconds", time.Unix(now.UnixMilli(), 0), now.Add(5 * time.Minute), window.ErrTimeFuture},
		{"as late as it gets", time.Unix(math.MaxInt64, 0), now.Add(5 * time.Minute), window.ErrTimeFuture},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := window.Event{Kind: window.KindMessage, At: tt.at}
			last, ok := window.Options{}.Observe(window.State{}, e, now).LastInbound()
			require.Equal(t, !tt.want.IsZero(), ok)
			if ok {
				require.Equal(t, tt.want.Unix(), last.Unix())
			}
			require.ErrorIs(t, window.Options{}.Check(e, now), tt.check)
			if tt.check == nil {
				require.NoError(t, window.Options{}.Check(e, now))
			}
		})
	}
	require.EqualError(t, window.Options{}.Check(window.Event{At: time.Unix(now.UnixMilli(), 0)}, now),
		"window: event time lies in the future: looks like milliseconds")
	require.EqualError(t, window.Options{}.Check(window.Event{At: now.Add(time.Hour)}, now),
		"window: event time lies in the future: 3600 s ahead")
}

func TestSkewIsConfigurable(t *testing.T) {
	t.Parallel()
	now := at(t, "2026-11-22T12:00:00Z")
	e := window.Event{Kind: window.KindMessage, At: now.Add(time.Hour)}
	for _, tt := range []struct {
		skew, want time.Duration
	}{{0, 5 * time.Minute}, {-1, 0}, {time.Second, time.Second}, {2 * time.Hour, time.Hour}} {
		last, _ := window.Options{MaxSkew: tt.skew}.Observe(window.State{}, e, now).LastInbound()
		require.Equal(t, now.Add(tt.want), last, tt.skew)
	}
}

func TestAClockBeforeAllEventsMakesNothingCredible(t *testing.T) {
	t.Parallel()
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	for _, now := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1<<40, 0)} {
		require.Zero(t, window.Options{}.Observe(window.State{}, e, now))
	}
	// Nor does such a clock get a send permitted.
	s := fold(window.Options{}, e)
	for _, now := range []time.Time{{}, time.Unix(0, 0), e.At.Add(-24*time.Hour - time.Second)} {
		require.False(t, s.OpenAt(now))
		require.Zero(t, s.Remaining(now))
	}
	require.True(t, s.OpenAt(e.At.Add(-24*time.Hour)), "clocks of different machines may differ")
}

func TestTimesBeyond2106Saturate(t *testing.T) {
	t.Parallel()
	late := time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC)
	s := window.Options{}.Observe(window.State{}, window.Event{Kind: window.KindMessage, At: late}, late)
	closes, ok := s.ClosesAt()
	require.True(t, ok)
	require.Equal(t, int64(math.MaxUint32)+86400, closes.Unix())
	require.Equal(t, window.PhaseClosed, s.Phase(late))
}

func TestANewIdentityBeginsClosedAfterANumberChange(t *testing.T) {
	t.Parallel()
	s := fold(window.Options{}, event(t, window.KindMessage, "2026-11-01T10:00:00Z"), event(t, window.KindSystem, "2026-11-01T11:00:00Z"))
	now := at(t, "2026-11-01T12:00:00Z")
	require.True(t, s.OpenAt(now), "the old identity keeps its window")
	require.True(t, window.Options{}.Transfer(s).IsZero())
	require.Equal(t, s, window.Options{NumberChangeKeepsWindow: true}.Transfer(s))
}

func TestEachBusinessNumberHasItsOwnState(t *testing.T) {
	t.Parallel()
	states := map[string]window.State{}
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	states["number A"] = window.Options{}.Observe(states["number A"], e, e.At)
	require.True(t, states["number A"].OpenAt(e.At))
	require.False(t, states["number B"].OpenAt(e.At))
}
