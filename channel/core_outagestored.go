package channel

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/hooks"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/store"
)

// noteOutage tells the log and the hook of an outage that began or ended.
func (h *core) noteOutage(ctx context.Context, channel string, o health.Outage, over bool) {
	info := hooks.OutageInfo{Outage: o, Channel: channel, Over: over}
	level, text := slog.LevelWarn, "channel: outage"
	switch {
	case over:
		info.Took, text = h.now().Sub(o.Since), "channel: outage is over"
	case o.Kind == health.OutageUnauthorized || o.Kind == health.OutageAccount:
		level = slog.LevelError // it does not pass by itself
	}
	h.log.LogAttrs(ctx, level, text, slog.String("channel", channel), slog.String("kind", string(o.Kind)),
		slog.String("reason", o.Reason), slog.Time("since", o.Since))
	if h.hooks.Outage != nil {
		h.hooks.Outage(ctx, info)
	}
}

// knowOutages reads which channels do not send, so that this process does not find out anew.
func (h *core) knowOutages(ctx context.Context) error {
	ids := h.channels.view().enabled
	known, err := h.outagesStored(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		h.sending.known(id, known[id])
	}
	return nil
}

// outagesStored are the outages of channels as they are written down.
func (h *core) outagesStored(ctx context.Context, channels []string) (map[string]health.Outage, error) {
	if len(channels) == 0 {
		return nil, nil
	}
	records, err := h.store.Get(ctx, kindOutage, channels...)
	if err != nil {
		return nil, fmt.Errorf("channel: read outages: %w", err)
	}
	known := map[string]health.Outage{}
	for _, r := range records {
		o, err := step.Decode[health.Outage](r)
		if err != nil {
			return nil, err
		}
		known[r.Key] = *o
	}
	return known, nil
}

// watchOutbox has the windows of a channel's waiting messages watched.
func (u *unit) watchOutbox(channel string) {
	u.Enqueue(store.Work{Queue: workUpkeep, ID: expiryID(channel), Group: channel, Body: []byte("{}")})
}
