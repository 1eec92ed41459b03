package channel

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/kanava-go/kanava/channel/internal/step"
	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
)

// learnMarketing asks which way a channel's marketing goes if nothing was heard of it for a day.
func (k *keeper) learnMarketing(ctx context.Context, ch *Channel, now time.Time) {
	teller, ok := ch.Sender.(message.MarketingTeller)
	account := ch.Account
	if ch.MessagingAccount != "" {
		account = ch.MessagingAccount
	}
	if !ok || !ch.Enabled || account == "" || ch.MarketingRoute != settings.MarketingAuto {
		return
	}
	known, err := step.Get[standing](ctx, k.store, kindStanding, ch.ID)
	if err == nil && now.Sub(known.Marketing.At) < limitEvery {
		return
	}
	if err == nil || errors.Is(err, ErrNotFound) {
		var ready bool
		ask, cancel := context.WithTimeout(ctx, limitTimeout)
		ready, err = teller.MarketingReady(ask, account)
		cancel()
		if err == nil {
			state := "NOT_" + onboarded
			if ready {
				state = onboarded
			}
			err = k.do(ctx, func(u *unit) error { return u.knowsMarketing(ch.ID, now, state) })
		}
	}
	if err != nil && ctx.Err() == nil {
		k.log.LogAttrs(ctx, slog.LevelWarn, "channel: marketing endpoint not learned", slog.String("channel", ch.ID),
			slog.String("reason", reasonOf(err)))
	}
}
