package channel

import (
	"context"
	"log/slog"

	"github.com/kanava-go/kanava/channel/message"
	"github.com/kanava-go/kanava/channel/settings"
	"github.com/kanava-go/kanava/template"
)

// codeMarketingElsewhere is what WhatsApp answers if it takes the account's marketing at the
// marketing endpoint only.
const codeMarketingElsewhere = 131063

// route says by which way a message goes out, going by what the template is today, since Meta
// changes categories, and whom it is sent for.
func (u *unit) route(ch *Channel, out *message.Outbound) error {
	out.MessagingAccount, out.Marketing = ch.MessagingAccount, nil
	if ch.MarketingRoute == settings.MarketingNever || !ch.markets(out) {
		return nil
	}
	if ch.MarketingRoute == settings.MarketingAuto {
		var known standing
		if _, err := u.Load(kindStanding, ch.ID, &known); err != nil {
			return err
		}
		if known.Marketing.Value != onboarded {
			return nil
		}
	}
	out.Marketing = new(message.Marketing)
	return nil
}

// markets says whether a message is a marketing template.
func (c *Channel) markets(out *message.Outbound) bool {
	t, ok := out.Content.(*message.Template)
	if !ok || c.Templates == nil {
		return false
	}
	def, ok := c.Templates.Lookup(t.Message.Name(), t.Message.Language())
	return ok && def.Category == template.Marketing
}

// elsewhere says whether err means that WhatsApp takes the message, but by the other way; then the
// message is changed to go there, and so do those that follow it. It was refused, so that to send
// it once more sends it once.
func (d *dispatcher) elsewhere(ctx context.Context, ch *Channel, out *message.Outbound, err error) bool {
	f, _ := message.FailureOf(err)
	_, isTemplate := out.Content.(*message.Template)
	if f.Code != codeMarketingElsewhere || out.Marketing != nil || !isTemplate || ch.MarketingRoute == settings.MarketingNever {
		return false
	}
	out.Marketing = new(message.Marketing)
	if err := d.do(ctx, func(u *unit) error { return u.knowsMarketing(ch.ID, u.now, onboarded) }); err != nil {
		d.log.LogAttrs(ctx, slog.LevelWarn, "channel: marketing endpoint not noted", slog.String("channel", ch.ID),
			slog.String("reason", reasonOf(err)))
	}
	return true
}
