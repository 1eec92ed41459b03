package channel

import (
	"errors"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// A Cause is why something was refused, withheld, failed or happened, in one stable word, to
// count and to translate. Beside the constants below it is a [rules.Why] for what a rule
// decided, the message.Class of a failure that WhatsApp reported, and the [DeliveryState] of a
// message that became uncertain or was cancelled. New ones may come.
type Cause string

// Causes of refusals: of what a call returns, see [CauseOf], of automatic messages that are
// withheld, and, as far as they arise while a message waits, of messages that fail.
const (
	CauseWindowClosed   Cause = "window_closed"    // window.ErrClosed
	CauseOptedOut       Cause = "opted_out"        // ErrOptedOut
	CauseNoConsent      Cause = "no_consent"       // ErrNoConsent
	CauseTemplate       Cause = "template"         // template.ErrNotSendable
	CauseTemplateValues Cause = "template_values"  // *template.BindError
	CauseShorthand      Cause = "shorthand"        // *template.ShorthandError
	CausePlaceholder    Cause = "placeholder"      // *template.ExpandError
	CauseDisabled       Cause = "channel_disabled" // ErrDisabled
	CauseBudget         Cause = "budget_exhausted" // pricing.ErrBudgetExhausted
	CauseNoPrice        Cause = "no_price"         // pricing.ErrNoPrice
	CauseLimit          Cause = "limit_reached"    // pricing.ErrLimitReached
	CauseDenied         Cause = "denied"           // access.ErrDenied
	CauseKeyReused      Cause = "key_reused"       // ErrKeyReused
	CauseInvalid        Cause = "invalid"          // message.ErrInvalid
	CauseUnusable       Cause = "unusable"         // ErrUnusable
	CauseNotSent        Cause = "not_sent"         // ErrNotSent
	CauseNotUncertain   Cause = "not_uncertain"    // ErrNotUncertain
	CauseTooLate        Cause = "too_late"         // ErrTooLate
	CauseNotFound       Cause = "not_found"        // ErrNotFound
)

// Causes of failed files.
const (
	CauseFileRefused  Cause = "file_refused"  // the channel does not take it
	CauseFileUnstored Cause = "file_unstored" // the host could not store it
	CauseFileMissing  Cause = "file_missing"  // WhatsApp did not give it out
)

// causes are the refusals, each with its sentence for the log.
var causes = []struct {
	is       func(error) bool
	cause    Cause
	sentence string
}{
	{matching(window.ErrClosed), CauseWindowClosed, "the service window is closed"},
	{matching(ErrDisabled), CauseDisabled, "the channel is disabled"},
	{matching(access.ErrDenied), CauseDenied, "not allowed"},
	{matching(ErrOptedOut), CauseOptedOut, "the customer stopped marketing messages"},
	{matching(pricing.ErrBudgetExhausted), CauseBudget, "the channel's budget is exhausted"},
	{matching(pricing.ErrNoPrice), CauseNoPrice, "the price is not known and the channel has a budget"},
	{matching(pricing.ErrLimitReached), CauseLimit, "the account has reached as many people as WhatsApp lets it in a day"},
	{matching(ErrKeyReused), CauseKeyReused, "the key was used for another message"},
	{matching(ErrNoConsent), CauseNoConsent, "no consent is known"},
	{matching(template.ErrNotSendable), CauseTemplate, "the template cannot be sent"},
	{isA[*template.ShorthandError], CauseShorthand, "the template shorthand cannot be read"},
	{isA[*template.BindError], CauseTemplateValues, "the template's values do not fit"},
	{isA[*template.ExpandError], CausePlaceholder, "a placeholder has no usable value"},
	{matching(message.ErrInvalid), CauseInvalid, "the message is not valid"},
	{matching(ErrUnusable), CauseUnusable, "something is too long or is no text"},
	{matching(ErrNotSent), CauseNotSent, "the message that it is about was not sent yet"},
	{matching(ErrNotUncertain), CauseNotUncertain, "what became of the message is known"},
	{matching(ErrTooLate), CauseTooLate, "the message was handed to WhatsApp"},
	{matching(ErrNotFound), CauseNotFound, "what it is about is not known"},
}

func matching(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// CauseOf is why a call of the hub refused something, such as [Hub.Reply], [Hub.Notify] or
// [Hub.Resend]: the same for the same cause, whichever call it was. It is "" for nil and for
// what is no refusal, such as a store that fails.
func CauseOf(err error) Cause {
	cause, _ := refusal(err)
	return cause
}

// isRefusal tells errors that say "this may not be sent" from errors of the store.
func isRefusal(err error) bool { return CauseOf(err) != "" }

// refusal is why a message may not be sent and the sentence for it; "" for any other error.
func refusal(err error) (cause Cause, sentence string) {
	if err == nil {
		return "", ""
	}
	for _, c := range causes {
		if c.is(err) {
			return c.cause, c.sentence
		}
	}
	return "", ""
}
