package channel

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
)

// learnLimit asks for the messaging limit of a channel if nothing was heard of it for a day.
func (h *core) learnLimit(ctx context.Context, ch *Channel, now time.Time) {
	teller, ok := ch.Sender.(message.LimitTeller)
	if !ok || !ch.Enabled {
		return
	}
	if err := h.askLimit(ctx, ch.ID, teller, now); err != nil && ctx.Err() == nil {
		h.log.LogAttrs(ctx, slog.LevelWarn, "channel: messaging limit not learned", slog.String("channel", ch.ID),
			slog.String("reason", reasonOf(err)))
	}
}

func (h *core) askLimit(ctx context.Context, channel string, teller message.LimitTeller, now time.Time) error {
	known, err := step.Get[standing](ctx, h.store, kindStanding, channel)
	switch {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case now.Sub(known.Limit.At) < limitEvery:
		return nil
	}
	ask, cancel := context.WithTimeout(ctx, limitTimeout)
	defer cancel()
	limit, err := teller.MessagingLimit(ask)
	if err != nil {
		return err
	}
	return h.observe(ctx, channel, now, health.Standing{MessagingLimit: limit})
}

// How often the messaging limit of a number is asked for, and how long that may take.
const (
	limitEvery   = 24 * time.Hour
	limitTimeout = 10 * time.Second
)
