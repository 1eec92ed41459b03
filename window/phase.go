package window

import "time"

// DefaultMargin is kept between now and the closing time before a send is
// permitted: Meta judges a message when it accepts it, and queues take time.
const DefaultMargin = 60 * time.Second

const (
	marginSec = int64(DefaultMargin / time.Second)
	soon4h    = 4 * 3600
	soon1h    = 3600
	soon15m   = 15 * 60
)

// Phase is the state of a window in the words of a user interface. Phases
// advance in the order of their declaration until the next user action.
type Phase string

// Phases of a window. The closing phases are part of being open.
const (
	PhaseNever      Phase = "never"       // no qualifying user action is known
	PhaseOpen       Phase = "open"        // more than 4 h left
	PhaseClosing4h  Phase = "closing_4h"  // at most 4 h left
	PhaseClosing1h  Phase = "closing_1h"  // at most 1 h left
	PhaseClosing15m Phase = "closing_15m" // at most 15 min left
	PhaseClosed     Phase = "closed"
)

// Open reports whether the window is open in this phase.
func (p Phase) Open() bool { return p == PhaseOpen || p.Closing() }

// Closing reports whether the window is open but closes within 4 hours.
func (p Phase) Closing() bool {
	return p == PhaseClosing4h || p == PhaseClosing1h || p == PhaseClosing15m
}

// left returns how many seconds after now a window stays open whose last user
// action was at last, 0 if it is not open. A now more than 24 hours before the last user action is answered
// with 0 as well: such a clock is broken, or the question is about a past that
// a State does not remember, and neither may permit a send.
//
// It takes a number and not the State, because copying the State would cost more
// than the answer.
func left(last uint32, now int64) int64 {
	d := int64(last) + lengthSec - now
	if last == 0 || d <= 0 || d > 2*lengthSec {
		return 0
	}
	return d
}

// OpenAt reports whether the window is open at now. It applies no safety
// margin; see [State.Permits] for the decision before a send. It does not
// allocate.
func (s State) OpenAt(now time.Time) bool { return left(s.last, now.Unix()) > 0 }

// ClosesAt returns the first moment at which the window is closed, past or
// future, in UTC, and false if the window never opened.
func (s State) ClosesAt() (time.Time, bool) {
	if s.last == 0 {
		return time.Time{}, false
	}
	return time.Unix(int64(s.last)+lengthSec, 0).UTC(), true
}

// Remaining returns how long the window stays open after now, 0 if it is not
// open.
func (s State) Remaining(now time.Time) time.Duration {
	if !s.OpenAt(now) {
		return 0
	}
	closes, _ := s.ClosesAt()
	return closes.Sub(now)
}

// Phase returns the phase of the window at now.
func (s State) Phase(now time.Time) Phase {
	left := left(s.last, now.Unix())
	switch {
	case s.last == 0:
		return PhaseNever
	case left == 0:
		return PhaseClosed
	case left <= soon15m:
		return PhaseClosing15m
	case left <= soon1h:
		return PhaseClosing1h
	case left <= soon4h:
		return PhaseClosing4h
	default:
		return PhaseOpen
	}
}

// NextChange returns the first moment after now at which, without further
// events, Phase, OpenAt, FreeEntryAt or Permits with the default margin answers
// differently, and false if that never happens. Look again then; there is no
// need to poll.
func (s State) NextChange(now time.Time) (time.Time, bool) {
	from, until, _ := s.freeEntry()
	moments := [...]int64{int64(from), int64(until), 0, 0, 0, 0, 0, 0}
	if s.last != 0 {
		closes := int64(s.last) + lengthSec
		moments[2] = closes - 2*lengthSec // see left
		moments[3] = closes - soon4h
		moments[4] = closes - soon1h
		moments[5] = closes - soon15m
		moments[6] = closes - marginSec
		moments[7] = closes
	}
	sec, next := now.Unix(), int64(0)
	for _, m := range moments {
		if m > max(sec, 0) && (next == 0 || m < next) {
			next = m
		}
	}
	if next == 0 {
		return time.Time{}, false
	}
	return time.Unix(next, 0).UTC(), true
}
