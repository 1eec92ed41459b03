package channel

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/pricing"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/window"
)

// refused counts a message that was refused and notes it in the log of its conversation. It
// comes too late to change what the caller is told, so that a store that fails is only logged.
func (h *Hub) refused(ctx context.Context, i *AuditInfo, cause error) {
	why := refusal(cause)
	if why == "" || i.Channel == "" || errors.Is(cause, access.ErrDenied) {
		return
	}
	if d := deferredOf(ctx); d != nil {
		info := *i // the host's transaction would take it along, and may hold others up
		d.add(nil, func() { h.refused(context.WithoutCancel(d.outside), &info, cause) })
		return
	}
	err := h.do(ctx, func(u *unit) error {
		u.count(i.Channel, "refused", u.now, 1)
		if errors.Is(cause, window.ErrClosed) {
			u.count(i.Channel, "window_refused", u.now, 1)
		}
		if i.Conversation == "" {
			return nil
		}
		return u.save(kindLog, randomID("l_"), i.Conversation, micros(u.now), LogEntry{
			Conversation: i.Conversation, At: u.now.UTC(), Kind: MessageRefused, Author: authorOf(i.Actor), Reason: why,
		})
	})
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: refusal not noted", slog.String("channel", i.Channel),
			slog.String("reason", reasonOf(err)))
	}
}

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
	case errors.Is(err, pricing.ErrNoPrice):
		return "the price is not known and the channel has a budget"
	case errors.Is(err, pricing.ErrLimitReached):
		return "the account has reached as many people as WhatsApp lets it in a day"
	case errors.Is(err, ErrKeyReused):
		return "the key was used for another message"
	case errors.Is(err, ErrNoConsent):
		return "no consent is known"
	case errors.Is(err, template.ErrNotSendable):
		return "the template cannot be sent"
	}
	if _, ok := errors.AsType[*template.ShorthandError](err); ok {
		return "the template shorthand cannot be read"
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
