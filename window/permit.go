package window

import (
	"errors"
	"time"
)

// SendKind says what a business wants to send.
type SendKind string

// Sends that need an open window.
//
// Platform source: developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages,
// checked 2026-11-22.
const (
	SendText        SendKind = "text"
	SendMedia       SendKind = "media" // image, audio, video, document, sticker
	SendLocation    SendKind = "location"
	SendContacts    SendKind = "contacts"
	SendInteractive SendKind = "interactive" // buttons, list, link, Flow, address, products, location request, call button
	SendReaction    SendKind = "reaction"
	// SendCallPermissionRequest is the free-form request. The same request as a
	// template is SendTemplate.
	SendCallPermissionRequest SendKind = "call_permission_request"
)

// Sends that the window does not govern. Other rules do: template status,
// opt-in, messaging limit and budget for a template, call permission for a call.
const (
	SendTemplate    SendKind = "template"
	SendReadReceipt SendKind = "read_receipt"
	SendTyping      SendKind = "typing"
	SendCall        SendKind = "call"
)

// Category is the price category that a send declares.
type Category string

// Categories of templates.
const (
	CategoryMarketing      Category = "marketing"
	CategoryUtility        Category = "utility"
	CategoryAuthentication Category = "authentication"
)

// A Send is the question put to [State.Permits]. The zero Send is refused.
type Send struct {
	Kind SendKind
	// Category is a template's category; the window permits all of them. On
	// text and interactive it makes the send a Direct Send, which needs no open
	// window: set it there only if Meta has made the account eligible.
	// Authentication as a Direct Send is in beta and therefore refused while
	// the window is closed; so is any other category.
	Category Category
	// Margin is the time the send may spend in queues before Meta judges it:
	// 0 means DefaultMargin, negative means none. Fractions of a second count as
	// a whole one.
	Margin time.Duration
}

// Reason tells why a send is permitted or refused.
type Reason string

// Reasons to permit.
const (
	ReasonOpen        Reason = "window_open"
	ReasonTemplate    Reason = "template"
	ReasonDirectSend  Reason = "direct_send"
	ReasonNotGoverned Reason = "not_governed" // receipts, typing, calls: the window has no say
)

// Reasons to refuse.
const (
	ReasonNeverOpened Reason = "never_opened"
	ReasonClosed      Reason = "window_closed"
	ReasonMargin      Reason = "window_closing" // open, but within the safety margin
	ReasonUnknownSend Reason = "unknown_send"
	// ReasonReported is for callers whom Meta told that the window is closed, whatever a State says; no
	// function of this package returns it.
	ReasonReported Reason = "window_reported_closed"
)

// A Decision answers [State.Permits]. The zero Decision refuses.
type Decision struct {
	Allowed bool
	Reason  Reason
	last    uint32 // State.last
}

// LastInbound returns the latest qualifying user action, the zero time if none.
func (d Decision) LastInbound() time.Time { return instant(d.last) }

// ClosesAt returns when the window closes or closed, the zero time if it never
// opened.
func (d Decision) ClosesAt() time.Time {
	t, _ := State{last: d.last}.ClosesAt()
	return t
}

// Permits reports whether the window allows the send at now, and why. A
// template is always allowed here, a call and a read receipt too: they are
// subject to other rules. It does not allocate. Meta itself admits rare
// refusals inside an open window, so that error 131047 must be expected after
// any answer.
func (s State) Permits(send Send, now time.Time) Decision {
	return permits(s.last, send, now)
}

// permits is Permits with arguments that fit into registers, which a State does not.
func permits(last uint32, send Send, now time.Time) Decision {
	switch send.Kind {
	case SendTemplate:
		return Decision{Allowed: true, Reason: ReasonTemplate, last: last}
	case SendReadReceipt, SendTyping, SendCall:
		return Decision{Allowed: true, Reason: ReasonNotGoverned, last: last}
	case SendText, SendInteractive:
		if send.Category == CategoryUtility {
			return Decision{Allowed: true, Reason: ReasonDirectSend, last: last}
		}
	case SendMedia, SendLocation, SendContacts, SendReaction, SendCallPermissionRequest:
	default:
		return Decision{Reason: ReasonUnknownSend, last: last}
	}
	left := left(last, now.Unix())
	switch {
	case left > marginSeconds(send.Margin):
		return Decision{Allowed: true, Reason: ReasonOpen, last: last}
	case left > 0:
		return Decision{Reason: ReasonMargin, last: last}
	case last == 0:
		return Decision{Reason: ReasonNeverOpened}
	default:
		return Decision{Reason: ReasonClosed, last: last}
	}
}

// marginSeconds returns a margin in whole seconds, rounded up: the cautious side.
func marginSeconds(margin time.Duration) int64 {
	if margin == 0 {
		return marginSec
	}
	if margin < 0 {
		return 0
	}
	return int64((margin-1)/time.Second) + 1
}

// Err returns nil if the send is allowed, [ErrUnknownSend] if its kind is
// unknown, and a *[ClosedError] otherwise.
func (d Decision) Err() error {
	switch {
	case d.Allowed:
		return nil
	case d.Reason == ReasonUnknownSend || d.Reason == "":
		return ErrUnknownSend
	default:
		return &ClosedError{Reason: d.Reason, ClosedAt: d.ClosesAt(), LastInbound: d.LastInbound()}
	}
}

// Errors that refuse a send. Both are compared with errors.Is.
var (
	// ErrClosed matches every refusal because of the window, ours as
	// *ClosedError and Meta's as error 131047.
	ErrClosed = errors.New("window: customer service window is closed")
	// ErrUnknownSend refuses a send of unknown kind, such as the zero Send.
	ErrUnknownSend = errors.New("window: unknown kind of send")
)

// ClosedError refuses a send because the window is closed, about to close or
// never opened. It matches [ErrClosed] and carries no identity.
type ClosedError struct {
	// Reason is ReasonNeverOpened, ReasonClosed, ReasonMargin or ReasonReported.
	Reason Reason
	// ClosedAt is when the window closed or, with ReasonMargin, is about to.
	// Zero if it never opened.
	ClosedAt time.Time
	// LastInbound is the latest qualifying user action, zero if none.
	LastInbound time.Time
}

// Error describes the refusal in times only.
func (e *ClosedError) Error() string {
	if e.LastInbound.IsZero() {
		return ErrClosed.Error() + ": no user message is known"
	}
	verb := ": closed at "
	if e.Reason == ReasonMargin {
		verb = ": closing at "
	}
	return ErrClosed.Error() + verb + e.ClosedAt.UTC().Format(time.RFC3339) +
		", last user message at " + e.LastInbound.UTC().Format(time.RFC3339)
}

// Is reports whether target is ErrClosed.
func (e *ClosedError) Is(target error) bool { return target == ErrClosed }
