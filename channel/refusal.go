package channel

import (
	"context"
	"errors"
	"log/slog"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/store"
	"github.com/kanava-go/kanava/internal/opaque"
	"github.com/kanava-go/kanava/window"
)

// refused counts a message that was refused and notes it in the log of its conversation. It
// comes too late to change what the caller is told, so that a store that fails is only logged.
func (h *Hub) refused(ctx context.Context, i *AuditInfo, cause error) {
	what, why := refusal(cause)
	if what == "" || what == CauseDenied || what == CauseNotUncertain || i.Channel == "" {
		return
	}
	if ch, ok := h.channels.get(i.Channel); !ok || outside(ch, i.Actor) {
		return // what others try is nothing that this tenant reads or counts
	}
	if d := store.DeferredIn(ctx); d != nil {
		info := *i // the host's transaction would take it along, and may hold others up
		d.Add(nil, func() { h.refused(context.WithoutCancel(d.Outside()), &info, cause) })
		return
	}
	err := h.do(ctx, func(u *unit) error {
		u.count(i.Channel, "refused", u.now, 1)
		u.count(i.Channel, "refused_"+string(what), u.now, 1)
		if errors.Is(cause, window.ErrClosed) {
			u.count(i.Channel, "window_refused", u.now, 1)
		}
		if i.Conversation == "" {
			return nil
		}
		return u.Save(kindLog, opaque.Random("l_"), i.Conversation, micros(u.now), conversation.LogEntry{
			Conversation: i.Conversation, At: u.now.UTC(), Kind: conversation.MessageRefused, Message: i.Message,
			Author: authorOf(i.Actor), Reason: why, Cause: what,
		})
	})
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: refusal not noted", slog.String("channel", i.Channel),
			slog.String("reason", reasonOf(err)))
	}
}
