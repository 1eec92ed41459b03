package circuit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var policy = Policy{
	After: 3, Different: 2, First: time.Second, Most: 4 * time.Second, MostCostly: 8 * time.Second, Patience: time.Minute,
}

// strict wants three different things, or five failures.
var strict = Policy{After: 3, Different: 3, Anyway: 5}

// patient wants three different things, or a row of five minutes.
var patient = Policy{After: 3, Different: 3, Long: 5 * time.Minute}

var start = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

// row is the State after failures of the things named, a second after each other.
func row(of ...string) State {
	var s State
	for i, id := range of {
		s = s.Failed(start.Add(time.Duration(i)*time.Second), Failure{Of: id}, policy)
	}
	return s
}

func TestWhenACircuitOpens(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		state State
		open  bool
	}{
		"nothing happened":                            {State{}, false},
		"two failures":                                {row("a", "b"), false},
		"three failures of two things":                {row("a", "b", "b"), true},
		"many failures of one thing":                  {row("a", "a", "a", "a", "a"), false},
		"two things by turns, where three are needed": {State{}.Failed(start, Failure{Of: "a"}, strict).Failed(start, Failure{Of: "b"}, strict).Failed(start, Failure{Of: "a"}, strict), false},
		"one thing as often as is enough anyway":      {row("a", "a", "a", "a").Failed(start, Failure{Of: "a"}, strict), true},
		"one thing, not for long":                     {State{}.Failed(start.Add(-time.Minute), Failure{Of: "a"}, patient).Failed(start, Failure{Of: "a"}, patient), false},
		"one thing that failed before we knew":        {State{}.Failed(start.Add(time.Hour), Failure{Of: "a", Since: start}, patient), true},
		"one thing that others went well beside":      {State{Worked: start.Add(59 * time.Minute)}.Failed(start.Add(time.Hour), Failure{Of: "a", Since: start}, patient), false},
		"a success between":                           {row("a", "b").Succeeded(start).Failed(start, Failure{Of: "c"}, policy), false},
		"one failure that is certain":                 {State{}.Failed(start, Failure{Of: "a", Certain: true}, policy), true},
		"another thing after many of one":             {row("a", "a", "a", "a", "b"), true},
		"known from before":                           {Opened(start), true},
		"known from before, and it went well now":     {Opened(start).Succeeded(start), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.open, c.state.Open)
			if c.open {
				require.Equal(t, start, c.state.Since, "the first failure of the row")
			}
		})
	}
}

func TestAnOpenCircuitIsTriedWithGrowingPausesOneAtATime(t *testing.T) {
	t.Parallel()
	s, now := row("a", "b", "c"), start.Add(2*time.Second)
	for _, pause := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 4 * time.Second, 4 * time.Second} {
		require.Equal(t, now.Add(pause), s.Next())
		require.False(t, s.MayTry(s.Next().Add(-1)))
		now = s.Next()
		require.True(t, s.MayTry(now))
		s = s.Try(now, policy)
		require.False(t, s.MayTry(now.Add(59*time.Second)), "one is under way")
		s = s.Failed(now, Failure{Of: "d"}, policy)
	}
	s = s.Try(s.Next(), policy).Failed(now, Failure{Of: "d", Costly: true}, policy)
	require.Equal(t, now.Add(8*time.Second), s.Next(), "what costs is tried less often")
	s = s.Try(s.Next(), policy).Succeeded(now)
	require.Equal(t, State{Worked: now}, s)
	require.True(t, s.MayTry(now))
}

func TestFailuresOfWhatWasUnderWayDoNotMoveTheNextTry(t *testing.T) {
	t.Parallel()
	s := row("a", "b", "c")
	next := s.Next()
	for range 50 {
		s = s.Failed(start.Add(2*time.Second), Failure{Of: "d", Costly: true}, policy)
	}
	require.Equal(t, next, s.Next())
}

func TestATryThatNobodyEndsIsGivenUp(t *testing.T) {
	t.Parallel()
	s := row("a", "b", "c")
	s = s.Try(s.Next(), policy)
	require.True(t, s.MayTry(start.Add(2*time.Minute)))
}

func TestATryThatComesToNothingIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	s := row("a", "b", "c")
	require.Equal(t, s, s.Abandoned(), "none is under way")
	s = s.Try(s.Next(), policy).Abandoned()
	require.True(t, s.MayTry(start))
	now := start.Add(3 * time.Second)
	s = s.Try(now, policy).Failed(now, Failure{Of: "d"}, policy)
	require.Equal(t, now.Add(2*time.Second), s.Next(), "the pauses go on growing")
}

func TestHurryMakesTheNextTryPossibleAtOnce(t *testing.T) {
	t.Parallel()
	s := row("a", "b", "c")
	s = s.Hurry()
	require.True(t, s.Open)
	require.True(t, s.MayTry(start))
	s = s.Try(start, policy).Failed(start, Failure{Of: "d"}, policy)
	require.Equal(t, start.Add(time.Second), s.Next(), "with the first pause again")
}
