package window

import (
	"errors"
	"fmt"
	"time"
)

const (
	// DefaultMaxSkew is how far in the future a timestamp is believed.
	DefaultMaxSkew = 5 * time.Minute

	// DefaultFreeEntryLength is the estimated length of a free entry point
	// window. Meta's pricing page speaks of up to seven days since late
	// September 2026, earlier versions of a fixed 72 hours; the estimate keeps
	// the shorter one until Meta states an expiry.
	DefaultFreeEntryLength = 72 * time.Hour

	// MaxFreeEntryLength bounds Options.FreeEntryLength and how far ahead a
	// stated expiry is believed. It is deliberately longer than the seven days
	// now documented: a stated expiry is to be trusted, a value in
	// milliseconds is not.
	MaxFreeEntryLength = 30 * 24 * time.Hour
)

// Options settles what Meta's documentation leaves open. The zero Options is
// the cautious reading: when in doubt the window counts as closed and a message
// as not free. Use the same Options wherever the same window is kept. Their JSON
// form, for a settings page, has durations in nanoseconds.
type Options struct {
	// ReactionOpens counts reactions. Meta delivers them as messages but does
	// not say that they open the window.
	ReactionOpens bool `json:"reaction_opens,omitempty"`
	// CallPermissionReplyOpens counts answers to a call permission request, which
	// arrive as interactive messages.
	CallPermissionReplyOpens bool `json:"call_permission_reply_opens,omitempty"`
	// UnsupportedOpens counts messages that the Cloud API cannot express. Mostly
	// it was the user who sent one, and then a reply would be taken. But the same
	// webhook announces an edit, or that another business wrote to the number
	// (webhooks/reference/messages/unsupported, checked 2026-11), and Meta does
	// not say that it opens the window. Off, an agent may have to use a template
	// where text would do; on, a reply may fail with error 131047.
	UnsupportedOpens bool `json:"unsupported_opens,omitempty"`
	// ChangeOpens counts notices of edited and of deleted messages.
	ChangeOpens bool `json:"change_opens,omitempty"`
	// IgnoreContacts does not count contact cards and shared contact details,
	// which otherwise count as the messages they arrive as.
	IgnoreContacts bool `json:"ignore_contacts,omitempty"`
	// StandbyOpens counts user actions that arrived on the standby field, that is
	// while another application, such as Meta Business Agent, had the thread.
	StandbyOpens bool `json:"standby_opens,omitempty"`
	// NumberChangeKeepsWindow lets the identity of a user who changed numbers
	// inherit the open window. See Transfer.
	NumberChangeKeepsWindow bool `json:"number_change_keeps_window,omitempty"`
	// PageStartsFreeEntry lets a Facebook Page button start a free entry point
	// window. It did until mid 2026; later reports differ.
	PageStartsFreeEntry bool `json:"page_starts_free_entry,omitempty"`
	// PostStartsFreeEntry lets a post start a free entry point window.
	PostStartsFreeEntry bool `json:"post_starts_free_entry,omitempty"`

	// FreeEntryLength is the estimated length of a free entry point window; 0
	// means DefaultFreeEntryLength. Values outside 1 s to MaxFreeEntryLength
	// are brought into that range.
	FreeEntryLength time.Duration `json:"free_entry_length,omitempty"`
	// MaxSkew is how far after now an event's timestamp may lie; a later one is
	// taken as now + MaxSkew. 0 means DefaultMaxSkew, negative means none.
	MaxSkew time.Duration `json:"max_skew,omitempty"`
}

// Observe returns s with the facts of e added. now is the observer's clock and
// serves only to bound timestamps from the future. Events with a zero, negative
// or 1970 timestamp are ignored; [Options.Check] tells why.
//
// Observe never takes a fact away and equals merging s with the facts of e
// alone, so events may be observed in any order and repeatedly. Only a timestamp
// from the future depends on now, until now has caught up with it. Observe does
// not allocate and is safe for concurrent use, s being a value.
func (o Options) Observe(s State, e Event, now time.Time) State {
	at, ok := o.seconds(e.At, now)
	if !ok {
		return s
	}
	switch e.Kind {
	case KindSent:
		return o.observeReply(s, e.AnswersReferral, at, now)
	case KindStatus:
		return o.observeExpiry(s, e.FreeEntryUntil, now)
	}
	code := o.qualifies(e)
	if code == codeNone {
		return s
	}
	fact := State{last: at, code: code}
	if o.startsFreeEntry(e.Referral) {
		fact.referral = at
	}
	return s.Merge(fact)
}

// qualifies returns the code of an event that opens the window, else codeNone.
func (o Options) qualifies(e Event) uint8 {
	if e.Standby && !o.StandbyOpens {
		return codeNone
	}
	code, counts := codeNone, true
	switch e.Kind {
	case KindMessage:
		code = codeMessage
	case KindReply:
		code = codeReply
	case KindOrder:
		code = codeOrder
	case KindContacts:
		code, counts = codeContacts, !o.IgnoreContacts
	case KindRequestWelcome:
		code = codeRequestWelcome
	case KindCall:
		code = codeCall
	case KindCallAccepted:
		code = codeCallAccepted
	case KindReaction:
		code, counts = codeReaction, o.ReactionOpens
	case KindCallPermissionReply:
		code, counts = codeCallPermissionReply, o.CallPermissionReplyOpens
	case KindUnsupported:
		code, counts = codeUnsupported, o.UnsupportedOpens
	case KindEdit:
		code, counts = codeEdit, o.ChangeOpens
	case KindRevoke:
		code, counts = codeRevoke, o.ChangeOpens
	}
	if !counts {
		return codeNone
	}
	return code
}

// Transfer returns the state with which the new identity of a user begins after
// a number change. Whether an open window moves along is undocumented, so it is
// the zero State unless NumberChangeKeepsWindow is set.
func (o Options) Transfer(old State) State {
	if o.NumberChangeKeepsWindow {
		return old
	}
	return State{}
}

// seconds bounds t to what a State can hold and to what now makes credible.
func (o Options) seconds(t, now time.Time) (uint32, bool) {
	sec := t.Unix()
	if sec < minSec {
		return 0, false
	}
	sec = min(sec, now.Add(o.maxSkew()).Unix(), maxSec)
	// A clock that stands in 1970 makes nothing credible.
	return uint32(max(sec, 0)), sec >= minSec
}

func (o Options) maxSkew() time.Duration {
	if o.MaxSkew == 0 {
		return DefaultMaxSkew
	}
	return max(o.MaxSkew, 0)
}

// Errors of [Options.Check].
var (
	// ErrTimeUnset reports a timestamp that is zero, negative or of the year
	// 1970: an unset field or a number that was no time. The event is ignored.
	ErrTimeUnset = errors.New("window: event time is unset or not in Unix seconds")
	// ErrTimeFuture reports a timestamp further ahead than the allowed skew.
	// The event counts as having happened at now plus the skew.
	ErrTimeFuture = errors.New("window: event time lies in the future")
)

// milliFactor separates a date in the far future from milliseconds read as
// seconds: 10^11 s is the year 5138, and 10^11 ms was in 1973.
const milliFactor = 100_000_000_000

// Check reports whether Observe takes e.At as it is: nil, or an error that
// matches [ErrTimeUnset] or [ErrTimeFuture] and says by how much it is off, or
// that it looks like milliseconds. It is for logs and metrics; Observe needs no
// check beforehand.
func (o Options) Check(e Event, now time.Time) error {
	sec := e.At.Unix()
	switch {
	case sec < minSec:
		return ErrTimeUnset
	case sec >= milliFactor:
		return fmt.Errorf("%w: looks like milliseconds", ErrTimeFuture)
	case sec > now.Add(o.maxSkew()).Unix():
		return fmt.Errorf("%w: %d s ahead", ErrTimeFuture, sec-now.Unix())
	}
	return nil
}
