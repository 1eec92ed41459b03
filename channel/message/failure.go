package message

import (
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/kanava-go/kanava/template"
)

// ErrOutcomeUnknown matches the error of a send that may or may not have been
// accepted: the request was written, and no answer came, or one that does not
// say. Repeating it blindly can reach the customer twice; a status webhook with
// the message's OpaqueID settles the question.
var ErrOutcomeUnknown = errors.New("message: outcome of send is unknown")

// Failer is an error that knows its [Failure]. Senders return it.
type Failer interface {
	error
	Failure() Failure
}

// FailureOf finds the Failure in the chain of err. ok is false if there is none,
// for example because the context ended before anything was sent.
func FailureOf(err error) (f Failure, ok bool) {
	if failer, ok := errors.AsType[Failer](err); ok {
		return failer.Failure(), true
	}
	return Failure{}, false
}

// Failure says what went wrong with one call or one message, in terms a program
// can branch on and a person can act on. It holds nothing of the message itself.
// The zero Failure is of no class and advises against a repeat.
type Failure struct {
	// Code is Meta's error code, 0 if there was none.
	Code int
	// Subcode refines a few codes, mostly of template management; often 0.
	Subcode int
	// HTTPStatus is the status of the answer, 0 for errors out of webhooks.
	HTTPStatus int
	// Class is what to branch on.
	Class Class
	// Retry says whether and when the same call may succeed.
	Retry Retry
	// Title names the problem for an operator, such as "Payment problem".
	Title string
	// Hint tells an agent in one or two sentences what to do.
	Hint string
	// Uncertain means that the answer does not prove the message was refused: it
	// may still be delivered. Only senders need to care; it is never set for
	// errors out of webhooks.
	Uncertain bool
	// Known is false if the code is not in the table, so that everything else
	// here was guessed from the HTTP status.
	Known bool
}

// Matches reports what errors.Is says of an error with this failure:
// template.ErrNotSendable if the state of a template is to blame, as opposed to the values it
// was sent with, and [ErrOutcomeUnknown].
func (f Failure) Matches(target error) bool {
	switch {
	case errors.Is(target, ErrOutcomeUnknown):
		return f.Uncertain
	case errors.Is(target, template.ErrNotSendable):
		switch f.Code {
		case 131058, 131063, 132001, 132007, 132015, 132016, 132068, 132069, 134100, 134101, 134102:
			return true
		}
	}
	return false
}

// Unanswered is the failure of a call that got no answer; uncertain says that the message may
// have been accepted all the same, whom names who was called, such as "WhatsApp".
func Unanswered(whom string, uncertain bool) Failure {
	return Failure{
		Class: ClassTemporary, Retry: Retry{Advice: RetryAfter, After: time.Second},
		Title: whom + " cannot be reached", Hint: "WhatsApp could not be reached. The message can be tried again.",
		Uncertain: uncertain,
	}
}

// LogValue shows codes and class; a Failure holds nothing private.
func (f Failure) LogValue() slog.Value {
	return slog.GroupValue(
		slog.Int("code", f.Code), slog.Int("subcode", f.Subcode), slog.Int("http_status", f.HTTPStatus),
		slog.String("class", string(f.Class)), slog.Bool("uncertain", f.Uncertain),
	)
}

// Class sorts failures by who has to do what about them. Later releases may add
// classes: treat an unknown one like [ClassUnknown].
type Class string

// The classes of failures.
const (
	// ClassUnknown: not in the table and nothing could be guessed.
	ClassUnknown Class = "unknown"
	// ClassAuth: the token is missing, expired or revoked. Stop using it.
	ClassAuth Class = "auth"
	// ClassPermission: the token is good but not allowed to do this.
	ClassPermission Class = "permission"
	// ClassThrottledNumber: the business number sends too fast.
	ClassThrottledNumber Class = "throttled_number"
	// ClassThrottledPair: too many messages to this one user.
	ClassThrottledPair Class = "throttled_pair"
	// ClassThrottledAccount: too many calls of the app or for the account.
	ClassThrottledAccount Class = "throttled_account"
	// ClassWindowClosed: the customer service window is closed; a template can go.
	ClassWindowClosed Class = "window_closed"
	// ClassRecipient: this user cannot be reached, whatever is sent.
	ClassRecipient Class = "recipient_unreachable"
	// ClassOptedOut: the user wants no marketing from this business.
	ClassOptedOut Class = "opted_out"
	// ClassTemplate: the template, its parameters or its state are wrong.
	ClassTemplate Class = "template"
	// ClassMedia: a file could not be fetched, read or accepted.
	ClassMedia Class = "media"
	// ClassParameter: the request is wrong, and will be wrong again.
	ClassParameter Class = "parameter"
	// ClassPolicy: Meta declines for reasons of policy, quality or pacing.
	ClassPolicy Class = "policy"
	// ClassAccount: the number or account is not in a state to do this
	// (registration, payment, PIN, name, limits). An operator has to act.
	ClassAccount Class = "account"
	// ClassTemporary: a passing fault on Meta's side.
	ClassTemporary Class = "temporary"
	// ClassNotice: something worth knowing that is not a failed send.
	ClassNotice Class = "notice"
)

// Retry says whether and when the same call may succeed.
type Retry struct {
	// Advice is what to do.
	Advice Advice
	// After is the shortest useful wait for RetryAfter and RetryLater; 0 leaves
	// it to the caller's backoff.
	After time.Duration
	// Max is how many repeats make sense; 0 leaves it to the caller. With RetryFixed
	// one repeat by hand has been seen to help: a fetch of a link that was flaky, a
	// template approved a moment ago.
	Max int
}

// Advice is the kind of a [Retry].
type Advice string

// The kinds of advice. The empty Advice means never.
const (
	// RetryNever: not to this recipient, or not with this content.
	RetryNever Advice = "never"
	// RetryAfter: automatically, after the wait.
	RetryAfter Advice = "after"
	// RetryLater: not automatically; hours later, or when a person decides so.
	RetryLater Advice = "later"
	// RetryFixed: after somebody has changed the request, the template, the
	// number or the account.
	RetryFixed Advice = "fixed"
)

// Automatic reports whether a program may repeat the call by itself.
func (r Retry) Automatic() bool { return r.Advice == RetryAfter }

// Classify looks up what a code of Meta's means. httpStatus is the status of the
// answer, or 0 for an error out of a status webhook; transient is the field
// is_transient of the answer. Codes that are not in the table, and answers that
// carry none (code 0), are judged by the HTTP status.
//
// https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
// (checked 2026-09-11)
func Classify(code, subcode, httpStatus int, transient bool) Failure {
	f := Failure{Code: code, Subcode: subcode, HTTPStatus: httpStatus}
	e := findSubcode(code, subcode)
	if e == nil {
		e = findCode(code, httpStatus)
	}
	if e == nil {
		guess(&f, transient)
		return f
	}
	f.Known = true
	f.Class, f.Title, f.Hint = e.class, e.title, e.hint
	f.Retry = Retry{Advice: e.advice, After: e.after, Max: int(e.max)}
	// A status webhook speaks about a message whose fate is settled.
	f.Uncertain = e.uncertain && httpStatus != 0
	return f
}

// guess judges an unknown code by the circumstances.
func guess(f *Failure, transient bool) {
	temporary := Retry{Advice: RetryAfter}
	switch s := f.HTTPStatus; {
	case s >= 500:
		// A server error without a code of the table can come from any layer, also
		// from one behind the acceptance of the message.
		f.Class, f.Retry, f.Uncertain = ClassTemporary, temporary, true
		f.Title, f.Hint = "Server error", hintTemporary
	case s == http.StatusTooManyRequests:
		f.Class, f.Retry = ClassThrottledAccount, temporary
		f.Title, f.Hint = "Too many requests", hintBusy
	case transient, s == http.StatusRequestTimeout, s == http.StatusTooEarly:
		f.Class, f.Retry, f.Uncertain = ClassTemporary, temporary, s != 0
		f.Title, f.Hint = "Temporary error", hintTemporary
	case s == http.StatusUnauthorized:
		f.Class, f.Retry = ClassAuth, Retry{Advice: RetryFixed}
		f.Title, f.Hint = "Not authenticated", hintOperator
	case s == http.StatusForbidden:
		f.Class, f.Retry = ClassPermission, Retry{Advice: RetryFixed}
		f.Title, f.Hint = "Not allowed", hintOperator
	case s == http.StatusRequestEntityTooLarge:
		f.Class, f.Retry = ClassMedia, Retry{Advice: RetryFixed}
		f.Title, f.Hint = "Too large", "The file is too large. Send a smaller one."
	case s >= 400 && f.Code == 0:
		f.Class, f.Retry = ClassParameter, Retry{Advice: RetryFixed}
		f.Title, f.Hint = "Request refused", hintOperator
	default:
		f.Class, f.Retry = ClassUnknown, Retry{Advice: RetryFixed}
		f.Title, f.Hint = "Unknown error", "WhatsApp refused the message for a reason it did not explain. Ask an administrator to look up the code."
	}
}
