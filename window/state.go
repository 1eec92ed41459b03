package window

import (
	"math"
	"time"
)

const (
	// Length is how long the customer service window stays open after the
	// latest qualifying user action: 24 hours, counted from Meta's timestamp.
	// At exactly 24 hours it is closed.
	Length = 24 * time.Hour

	lengthSec = int64(Length / time.Second)

	// minSec rejects timestamps of the year 1970 and earlier: they are unset
	// fields or small numbers read as times, never a moment in a chat.
	minSec = 365 * 24 * 3600
	// maxSec is what a State can hold: 2106-02-07T06:28:15Z.
	maxSec = math.MaxUint32
)

// State is what must be kept to judge one customer service window, and the free
// entry point window beside it. Keep one per (business phone number, user) or
// per (business phone number, group): the same user writing to two business
// numbers has two windows.
//
// The zero State is a window that never opened; it permits templates only.
// A State is a small comparable value without pointers, safe to copy and to
// read from many goroutines. It holds times in whole seconds between 1971 and
// February 2106 and carries no identity and no content.
//
// States form a semilattice under [State.Merge]: facts only ever accumulate, so
// any number of processes may observe any subset of events in any order, any
// number of times, and agree once their States are merged.
type State struct {
	last     uint32 // latest qualifying user action, Unix seconds; 0 = never
	referral uint32 // latest qualifying message that came through an ad; 0 = none

	// The estimated free entry point window: the first reply (start) to one
	// ad message (origin) and the end that follows from it. All 0 = none.
	origin uint32
	start  uint32
	until  uint32

	stated uint32 // latest expiry stated by Meta; 0 = none
	code   uint8  // kind of last; 0 only if last is 0
}

// IsZero reports whether nothing at all was observed.
func (s State) IsZero() bool { return s == State{} }

// Equal reports whether both states hold the same facts. It is the same as ==
// and exists for comparison helpers that cannot look into unexported fields.
func (s State) Equal(t State) bool { return s == t }

// LastInbound returns the time of the latest user action that opened or
// refreshed the window, in UTC, and false if there was none.
func (s State) LastInbound() (time.Time, bool) { return instant(s.last), s.last != 0 }

// Kind returns what the latest qualifying user action was, "" if there was none.
// It is informational: no rule depends on it.
func (s State) Kind() Kind { return kindOf(s.code) }

// Merge returns the union of the facts in s and t. It is commutative,
// associative and idempotent, and the zero State is its neutral element. Use it
// when two processes kept the same window, and when two identities of one user
// turn out to be the same person at the same business number.
func (s State) Merge(t State) State {
	if t.last > s.last || t.last == s.last && t.code > s.code {
		s.last, s.code = t.last, t.code
	}
	if estimateLess(s, t) {
		s.origin, s.start, s.until = t.origin, t.start, t.until
	}
	s.referral = max(s.referral, t.referral)
	s.stated = max(s.stated, t.stated)
	return s
}

// Since returns s without the facts up to and including t, for a user who changed
// numbers at t: see [Options.Transfer]. A stated end of a free entry point window
// goes with the ad message that it belongs to. It is the zero State if nothing
// happened since.
func (s State) Since(t time.Time) State {
	sec := t.Unix()
	if int64(s.last) <= sec {
		s.last, s.code = 0, codeNone
	}
	if int64(s.referral) <= sec {
		s.referral, s.stated = 0, 0
	}
	if int64(s.origin) <= sec {
		s.origin, s.start, s.until = 0, 0, 0
	}
	return s
}

// estimateLess orders estimates totally, which is what makes Merge a join: the
// later ad message wins; for one ad message the earlier reply is the first one
// and therefore the true start; the shorter estimate is the cautious one.
func estimateLess(s, t State) bool {
	switch {
	case s.origin != t.origin:
		return s.origin < t.origin
	case s.start != t.start:
		return s.start > t.start
	default:
		return s.until > t.until
	}
}

// String describes the state for a person reading a log or a test failure.
func (s State) String() string {
	if s.last == 0 {
		return "never opened"
	}
	return "last inbound " + instant(s.last).Format(time.RFC3339) + " (" + string(s.Kind()) + ")"
}

// instant turns stored seconds into a time; 0 gives the zero time.
func instant(sec uint32) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(int64(sec), 0).UTC()
}
