package channel

import (
	"log/slog"

	"github.com/kanava-go/kanava/channel/health"
	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// accountEvent applies an item that concerns an account as a whole: what it says about
// templates goes into the catalogs of the account's channels, what it says about numbers
// and limits into their standing.
//
// Catalogs live in memory and every process has its own, while an item is applied by one
// process: what it says about a template is shared with the others.
func (u *unit) accountEvent(ev *webhook.Event, id string) error {
	at := u.at(ev)
	if err := u.notifyAccount(ev, id); err != nil {
		return err
	}
	switch p := ev.Payload.(type) {
	case *webhook.TemplateStatus:
		return u.templateNews(ev.Account, p.Template, templateNews{Status: &template.StatusFact{
			At: at, Event: template.Event(p.Event), Reason: p.Reason, Pause: p.Info, Category: template.Category(p.Category),
		}})
	case *webhook.TemplateQuality:
		return u.templateNews(ev.Account, p.Template, templateNews{Quality: &template.QualityFact{
			At: at, Score: template.Score(p.New),
		}})
	case *webhook.TemplateCategory:
		return u.templateNews(ev.Account, p.Template, templateNews{Category: &template.CategoryFact{
			At: at, Category: template.Category(p.Current),
			Previous: template.Category(p.Previous), Correct: template.Category(p.Correct), ChangeAt: p.Due,
		}})
	case *webhook.TemplateComponents:
		return u.templateNews(ev.Account, p.Template, templateNews{Components: &template.ComponentsFact{At: at}})
	case *webhook.NumberQuality:
		if err := u.numberEvent(ev, health.Standing{Quality: qualityOf(p.Event)}); err != nil {
			return err
		}
		return u.limitEvent(ev, p.DailyLimit)
	case *webhook.NumberName:
		return u.numberEvent(ev, health.Standing{NameStatus: p.Decision})
	case *webhook.CapabilityUpdate:
		return u.limitEvent(ev, p.DailyLimit)
	case *webhook.AccountAlert, *webhook.AccountReview, *webhook.AccountUpdate, *webhook.SecurityEvent:
		u.core.log.LogAttrs(u.ctx, slog.LevelWarn, "channel: WhatsApp has news about the account",
			slog.String("field", ev.Field), slog.Time("at", at))
	default: // of no consequence for conversations
	}
	return nil
}

// qualityOf is what the older kinds of events say about a number's quality.
func qualityOf(event string) string {
	if event == "FLAGGED" || event == "UNFLAGGED" {
		return event
	}
	return ""
}
