package channel

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel/conversation"
	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/store"
)

// sendingOut writes down that a channel does not send, or does again, for Health and for
// other processes, and tells the host, once.
func (d *dispatcher) sendingOut(ctx context.Context, channel string, o health.Outage, over bool) {
	var told bool
	var was health.Outage
	err := d.do(ctx, func(u *unit) error {
		told = false
		known, err := u.Load(kindOutage, channel, &was)
		if err != nil {
			return err
		}
		item := hostItem{Kind: conversation.SendingHeld, At: o.Since, Reason: o.Reason, Cause: conversation.Cause(o.Kind)}
		switch {
		case over && !known:
			return nil // no outage, or another process has seen its end
		case over:
			u.Delete(store.RecordKey{Kind: kindOutage, Key: channel})
			item.Kind, item.At, item.Reason, item.Cause = conversation.SendingResumed, u.now.UTC(), was.Reason, conversation.Cause(was.Kind)
			o = was
		case known && was.Kind == o.Kind:
			return nil
		default:
			if err := u.Save(kindOutage, channel, "", 0, o); err != nil {
				return err
			}
			u.watchOutbox(channel)
		}
		told = true
		return u.tellHost(channel, fmt.Sprintf("%s|%s|%s|%d", item.Kind, channel, o.Kind, o.Since.UnixMicro()), item)
	})
	if err != nil {
		d.log.LogAttrs(ctx, slog.LevelError, "channel: outage not noted", slog.String("channel", channel),
			slog.String("reason", reasonOf(err)))
	}
	if told || err != nil {
		d.noteOutage(ctx, channel, o, over)
	}
}
