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
func (h *core) refused(ctx context.Context, d *deed, cause error) {
	what, why := refusal(cause)
	if what == "" || what == conversation.CauseNotUncertain || d.channel == "" {
		return
	}
	if _, ok := h.channels.get(d.channel); !ok {
		return
	}
	if later := store.DeferredIn(ctx); later != nil {
		same := *d // the host's transaction would take it along, and may hold others up
		later.Add(nil, func() { h.refused(context.WithoutCancel(later.Outside()), &same, cause) })
		return
	}
	err := h.do(ctx, func(u *unit) error {
		u.count(d.channel, "refused", u.now, 1)
		u.count(d.channel, "refused_"+string(what), u.now, 1)
		if errors.Is(cause, window.ErrClosed) {
			u.count(d.channel, "window_refused", u.now, 1)
		}
		if d.conversation == "" {
			return nil
		}
		if ok, err := u.Load(kindConversation, d.conversation, nil); err != nil || !ok { // erased meanwhile
			return err
		}
		u.Expect(kindConversation, d.conversation)
		return u.Save(kindLog, opaque.Random("l_"), d.conversation, micros(u.now), conversation.LogEntry{
			Conversation: d.conversation, At: u.now.UTC(), Kind: conversation.MessageRefused, Message: d.message,
			Author: d.by, Reason: why, Cause: what,
		})
	})
	if err != nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: refusal not noted", slog.String("channel", d.channel),
			slog.String("reason", reasonOf(err)))
	}
}

// deed is what somebody does to a message, as far as it is known.
type deed struct {
	by                             conversation.Author
	channel, conversation, message string
	again                          bool // it was done before
}
