package window_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kanava-go/kanava/window"
)

func TestPhasesOfADay(t *testing.T) {
	t.Parallel()
	e := event(t, window.KindMessage, "2028-02-28T12:00:00Z") // closes on a leap day
	s, closes := fold(window.Options{}, e), e.At.Add(24*time.Hour)
	require.Equal(t, at(t, "2028-02-29T12:00:00Z"), closes)
	tests := []struct {
		name string
		left time.Duration
		want window.Phase
	}{
		{"at the user's message", 24 * time.Hour, window.PhaseOpen},
		{"a nanosecond more than 4 hours", 4*time.Hour + time.Nanosecond, window.PhaseOpen},
		{"exactly 4 hours", 4 * time.Hour, window.PhaseClosing4h},
		{"a nanosecond more than an hour", time.Hour + time.Nanosecond, window.PhaseClosing4h},
		{"exactly an hour", time.Hour, window.PhaseClosing1h},
		{"exactly 15 minutes", 15 * time.Minute, window.PhaseClosing15m},
		{"a nanosecond", time.Nanosecond, window.PhaseClosing15m},
		{"none", 0, window.PhaseClosed},
		{"long over", -1000 * time.Hour, window.PhaseClosed},
		{"before the message by less than a day", 25 * time.Hour, window.PhaseOpen},
		{"before the message by more than a day", 49 * time.Hour, window.PhaseClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			now := closes.Add(-tt.left)
			require.Equal(t, tt.want, s.Phase(now))
			require.Equal(t, s.OpenAt(now), s.Phase(now).Open())
			require.Equal(t, s.OpenAt(now) && tt.left <= 4*time.Hour, s.Phase(now).Closing())
		})
	}
	require.Equal(t, window.PhaseNever, window.State{}.Phase(e.At))
	_, ok := window.State{}.ClosesAt()
	require.False(t, ok)
}

func TestNextChangeWalksThroughTheDay(t *testing.T) {
	t.Parallel()
	e := event(t, window.KindMessage, "2026-11-01T10:00:00Z")
	s := fold(window.Options{}, e)
	var got []string
	for now, ok := s.NextChange(e.At); ok; now, ok = s.NextChange(now) {
		got = append(got, now.Format(time.DateTime)+" "+string(s.Phase(now))+" "+
			string(s.Permits(window.Send{Kind: window.SendText}, now).Reason))
	}
	require.Equal(t, []string{
		"2026-11-02 06:00:00 closing_4h window_open",
		"2026-11-02 09:00:00 closing_1h window_open",
		"2026-11-02 09:45:00 closing_15m window_open",
		"2026-11-02 09:59:00 closing_15m window_closing",
		"2026-11-02 10:00:00 closed window_closed",
	}, got)

	_, ok := window.State{}.NextChange(e.At)
	require.False(t, ok)
	_, ok = window.State{}.NextChange(time.Time{})
	require.False(t, ok)
}

func TestNothingChangesBeforeNextChange(t *testing.T) {
	t.Parallel()
	type view struct {
		phase  window.Phase
		open   bool
		free   bool
		reason window.Reason
	}
	look := func(s window.State, now time.Time) view {
		return view{s.Phase(now), s.OpenAt(now), s.FreeEntryAt(now), s.Permits(window.Send{Kind: window.SendMedia}, now).Reason}
	}
	r := rand.New(rand.NewPCG(4, 5))
	base := at(t, "2026-11-22T12:00:00Z")
	for range 2000 {
		s := observeAll(window.Options{}, randomEvents(r, base, r.IntN(8)), base)
		now := base.Add(time.Duration(r.Int64N(int64(400*time.Hour))) - 200*time.Hour)
		next, ok := s.NextChange(now)
		if !ok {
			for range 10 {
				later := now.Add(time.Duration(r.Int64N(int64(2000 * time.Hour))))
				require.Equal(t, look(s, now), look(s, later))
			}
			continue
		}
		require.True(t, next.After(now))
		require.Equal(t, look(s, now), look(s, next.Add(-time.Nanosecond)))
		between := now.Add(time.Duration(r.Int64N(int64(next.Sub(now)))))
		require.Equal(t, look(s, now), look(s, between))
	}
}

func TestExtremeClocksAreHarmless(t *testing.T) {
	t.Parallel()
	states := []window.State{
		{},
		fold(window.Options{}, ad(t, "2026-11-01T10:00:00Z"), answer(t, "2026-11-01T10:00:00Z", "2026-11-01T11:00:00Z")),
	}
	clocks := []time.Time{{}, time.Unix(0, 0), time.Unix(-1<<62, 0), time.Unix(1<<62, 0), time.Unix(1<<63-1, 0), time.Unix(-1<<63, 0)}
	for _, s := range states {
		for _, now := range clocks {
			require.False(t, s.OpenAt(now))
			require.False(t, s.FreeEntryAt(now))
			require.Zero(t, s.Remaining(now))
			require.False(t, s.Permits(window.Send{Kind: window.SendText}, now).Allowed)
			if next, ok := s.NextChange(now); ok {
				require.True(t, next.After(now))
			}
		}
	}
}
