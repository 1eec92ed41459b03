package channel

import (
	"errors"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// isRefusal tells errors that say "this may not be sent" from errors of the store.
func isRefusal(err error) bool { return refusal(err) != "" }

// refusal names why a message may not be sent, "" for any other error.
func refusal(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, window.ErrClosed):
		return "the service window is closed"
	case errors.Is(err, ErrDisabled):
		return "the channel is disabled"
	case errors.Is(err, access.ErrDenied):
		return "not allowed"
	case errors.Is(err, ErrOptedOut):
		return "the customer stopped marketing messages"
	case errors.Is(err, pricing.ErrBudgetExhausted):
		return "the channel's budget is exhausted"
	case errors.Is(err, ErrNoConsent):
		return "no consent is known"
	case errors.Is(err, template.ErrNotSendable):
		return "the template cannot be sent"
	}
	if _, ok := errors.AsType[*template.BindError](err); ok {
		return "the template's values do not fit"
	}
	if _, ok := errors.AsType[*template.ExpandError](err); ok {
		return "a placeholder has no usable value"
	}
	if _, ok := errors.AsType[*message.InvalidError](err); ok {
		return "the message is not valid"
	}
	return ""
}
