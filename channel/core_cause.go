package channel

import (
	"errors"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// Causes of refusals: of what a call returns, see [CauseOf], of automatic messages that are
// withheld, and, as far as they arise while a message waits, of messages that fail.
const (
	CauseWindowClosed   conversation.Cause = "window_closed"    // window.ErrClosed
	CauseOptedOut       conversation.Cause = "opted_out"        // ErrOptedOut
	CauseNoConsent      conversation.Cause = "no_consent"       // ErrNoConsent
	CauseTemplate       conversation.Cause = "template"         // template.ErrNotSendable
	CauseTemplateValues conversation.Cause = "template_values"  // *template.BindError
	CauseShorthand      conversation.Cause = "shorthand"        // *template.ShorthandError
	CausePlaceholder    conversation.Cause = "placeholder"      // *template.ExpandError
	CauseDisabled       conversation.Cause = "channel_disabled" // ErrDisabled
	CauseBudget         conversation.Cause = "budget_exhausted" // pricing.ErrBudgetExhausted
	CauseNoPrice        conversation.Cause = "no_price"         // pricing.ErrNoPrice
	CauseLimit          conversation.Cause = "limit_reached"    // pricing.ErrLimitReached
	CauseKeyReused      conversation.Cause = "key_reused"       // ErrKeyReused
	CauseInvalid        conversation.Cause = "invalid"          // message.ErrInvalid
	CauseUnusable       conversation.Cause = "unusable"         // ErrUnusable
	CauseNotSent        conversation.Cause = "not_sent"         // ErrNotSent
	CauseNotUncertain   conversation.Cause = "not_uncertain"    // ErrNotUncertain
	CauseTooLate        conversation.Cause = "too_late"         // ErrTooLate
	CauseNotFound       conversation.Cause = "not_found"        // ErrNotFound
)

// Causes of failed files.
const (
	CauseFileRefused  conversation.Cause = "file_refused"  // the channel does not take it
	CauseFileUnstored conversation.Cause = "file_unstored" // the host could not store it
	CauseFileMissing  conversation.Cause = "file_missing"  // WhatsApp did not give it out
)

// causes are the refusals, each with its sentence for the log.
var causes = []struct {
	is       func(error) bool
	cause    conversation.Cause
	sentence string
}{
	{matching(window.ErrClosed), CauseWindowClosed, "the service window is closed"},
	{matching(ErrDisabled), CauseDisabled, "the channel is disabled"},
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
// [Hub.ResendMessage]: the same for the same cause, whichever call it was. It is "" for nil and for
// what is no refusal, such as a store that fails.
func CauseOf(err error) conversation.Cause {
	cause, _ := refusal(err)
	return cause
}

// isRefusal tells errors that say "this may not be sent" from errors of the store.
func isRefusal(err error) bool { return CauseOf(err) != "" }

// refusal is why a message may not be sent and the sentence for it; "" for any other error.
func refusal(err error) (cause conversation.Cause, sentence string) {
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
