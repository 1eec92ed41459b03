package channel

import (
	"errors"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// causes are the refusals, each with its sentence for the log.
var causes = []struct {
	is       func(error) bool
	cause    conversation.Cause
	sentence string
}{
	{matching(window.ErrClosed), conversation.CauseWindowClosed, "the service window is closed"},
	{matching(ErrDisabled), conversation.CauseDisabled, "the channel is disabled"},
	{matching(ErrOptedOut), conversation.CauseOptedOut, "the customer stopped marketing messages"},
	{matching(ErrBlocked), conversation.CauseBlocked, "the customer is blocked"},
	{matching(pricing.ErrBudgetExhausted), conversation.CauseBudget, "the channel's budget is exhausted"},
	{matching(pricing.ErrNoPrice), conversation.CauseNoPrice, "the price is not known and the channel has a budget"},
	{matching(pricing.ErrLimitReached), conversation.CauseLimit, "the account has reached as many people as WhatsApp lets it in a day"},
	{matching(ErrKeyReused), conversation.CauseKeyReused, "the key was used for another message"},
	{matching(ErrNoConsent), conversation.CauseNoConsent, "no consent is known"},
	{matching(template.ErrNotSendable), conversation.CauseTemplate, "the template cannot be sent"},
	{isA[*template.ShorthandError], conversation.CauseShorthand, "the template shorthand cannot be read"},
	{isA[*template.BindError], conversation.CauseTemplateValues, "the template's values do not fit"},
	{isA[*template.ExpandError], conversation.CausePlaceholder, "a placeholder has no usable value"},
	{matching(message.ErrInvalid), conversation.CauseInvalid, "the message is not valid"},
	{matching(ErrUnusable), conversation.CauseUnusable, "something given cannot be used"},
	{matching(ErrNotSent), conversation.CauseNotSent, "the message that it is about was not sent yet"},
	{matching(ErrNotUncertain), conversation.CauseNotUncertain, "what became of the message is known"},
	{matching(ErrTooLate), conversation.CauseTooLate, "the message was handed to WhatsApp"},
	{matching(ErrHeldByPeople), conversation.CauseHeldByPeople, "people have the conversation"},
	{matching(ErrNotFound), conversation.CauseNotFound, "what it is about is not known"},
}

func matching(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// CauseOf is why a call refused something, the same whichever call it was; "" is for what is no refusal,
// such as an error of the store.
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
