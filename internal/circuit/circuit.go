// Package circuit decides when to stop using something that keeps failing, and when to try
// it again. It does nothing by itself: facts and the present go in, a decision comes out.
package circuit

import "time"

// Policy says when a [State] opens and how it is tried again then.
type Policy struct {
	// After is how many failures in a row open it, of at least Different different things (at
	// most 4): one thing that fails again and again may be at fault itself.
	After, Different int
	// Anyway is how many failures open it whatever failed; 0: no number does.
	Anyway int
	// Long is how long a row that opens it lasts, whatever failed in it: 0: no time does.
	Long time.Duration
	// First is the pause before the first try once it is open. Each try that fails doubles
	// the pause, up to Most; up to MostCostly if it failed at a cost.
	First, Most, MostCostly time.Duration
	// Patience is after how long a try whose outcome nobody told counts as never made.
	Patience time.Duration
}

// A Failure is what is known about one.
type Failure struct {
	// Of is the ID of what failed.
	Of string
	// Since is when the same thing failed for the first time; zero: now. Unless something went
	// well meanwhile, the row is as old.
	Since time.Time
	// Certain opens the circuit at once: others are known to fail like it.
	Certain bool
	// Costly says that a try like this should be made seldom, because it may have done harm.
	Costly bool
}

// State is what is known about one thing. The zero State is closed: use it. A State is a
// value; its methods return the next one.
type State struct {
	// Open says that it is not to be used, except for single tries.
	Open bool
	// Since is when the first failure of the present row was; zero if the last use went well.
	Since time.Time
	// Failures counts the row.
	Failures int
	// Worked is when it went well last; zero if it never did.
	Worked time.Time

	failed [4]string // different things that failed in the row
	pause  time.Duration
	next   time.Time // when it may be tried; while a try is under way, when that is given up
	trying bool
}

// Failed is the State after a failure.
func (s State) Failed(now time.Time, f Failure, p Policy) State {
	if s.Failures == 0 {
		s.Since = now
	}
	if first := later(f.Since, s.Worked); !f.Since.IsZero() && first.Before(s.Since) {
		s.Since = first
	}
	s.Failures++
	different := s.note(f.Of)
	if !s.Open && (f.Certain || s.Failures >= p.After && different >= p.Different ||
		p.Anyway > 0 && s.Failures >= p.Anyway || p.Long > 0 && now.Sub(s.Since) >= p.Long) {
		s.Open, s.pause = true, 0
		s.trying = true // so that the first pause begins
	}
	if !s.Open || !s.trying {
		return s // what was under way when it opened says nothing new
	}
	most := p.Most
	if f.Costly {
		most = p.MostCostly
	}
	s.pause = min(max(2*s.pause, p.First), most)
	s.next, s.trying = now.Add(s.pause), false
	return s
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// note remembers what failed, as far as there is room, and counts the different things.
func (s *State) note(of string) int {
	for i := range s.failed {
		if s.failed[i] == "" {
			s.failed[i] = of
		}
		if s.failed[i] == of {
			break
		}
	}
	different := 0
	for different < len(s.failed) && s.failed[different] != "" {
		different++
	}
	return different
}

// Succeeded is the State after it went well.
func (s State) Succeeded(now time.Time) State { return State{Worked: now} }

// MayTry reports whether an open circuit may be tried now. A closed one may always be used.
func (s State) MayTry(now time.Time) bool { return !s.Open || !now.Before(s.next) }

// Try is the State once a try of an open circuit has begun: until it is told how the try
// ended, or Patience is over, no other one may be made.
func (s State) Try(now time.Time, p Policy) State {
	if s.Open {
		s.trying, s.next = true, now.Add(p.Patience)
	}
	return s
}

// Abandoned is the State after a try that came to nothing: another one may be made at once.
func (s State) Abandoned() State {
	if s.trying {
		s.trying, s.next = false, time.Time{}
	}
	return s
}

// Hurry is the State that may be tried at once.
func (s State) Hurry() State {
	s.next, s.pause, s.trying = time.Time{}, 0, false
	return s
}

// Next is when an open circuit may be tried again; zero if it is closed or that is not known.
func (s State) Next() time.Time {
	if !s.Open {
		return time.Time{}
	}
	return s.next
}

// Opened is the State of something that is known to have failed since then. It may be tried
// at once.
func Opened(since time.Time) State { return State{Open: true, Since: since, Failures: 1} }
