package channel

import (
	"log/slog"

	"github.com/kanava-go/kanava/template"
	"github.com/kanava-go/kanava/webhook"
)

// accountEvent applies an item that concerns an account as a whole: what it says about
// templates goes into the catalogs of the account's channels, what it says about numbers
// and limits into their standing.
//
// Catalogs live in memory and every process has its own, while an item is applied by one
// process. Hosts with several processes sync their catalogs from time to time anyway;
// facts are ordered by time there, so both ways of learning agree.
func (u *unit) accountEvent(ev *webhook.Event) error {
	at := u.at(ev)
	switch p := ev.Payload.(type) {
	case *webhook.TemplateStatus:
		u.catalogs(ev.Account, func(c *template.Catalog) {
			c.SetStatus(template.StatusFact{
				Ref: refOf(p.Template), At: at, Event: template.Event(p.Event), Reason: p.Reason, Pause: p.Info,
				Category: template.Category(p.Category),
			})
		})
	case *webhook.TemplateQuality:
		u.catalogs(ev.Account, func(c *template.Catalog) {
			c.SetQuality(template.QualityFact{Ref: refOf(p.Template), At: at, Score: template.Score(p.New)})
		})
	case *webhook.TemplateCategory:
		u.catalogs(ev.Account, func(c *template.Catalog) {
			c.SetCategory(template.CategoryFact{
				Ref: refOf(p.Template), At: at, Category: template.Category(p.Current),
				Previous: template.Category(p.Previous), Correct: template.Category(p.Correct), ChangeAt: p.Due,
			})
		})
	case *webhook.TemplateComponents:
		u.catalogs(ev.Account, func(c *template.Catalog) {
			c.SetComponents(template.ComponentsFact{Ref: refOf(p.Template), At: at})
		})
	case *webhook.NumberQuality:
		if err := u.numberEvent(ev, Standing{Quality: qualityOf(p.Event)}); err != nil {
			return err
		}
		return u.limitEvent(ev, p.DailyLimit)
	case *webhook.NumberName:
		return u.numberEvent(ev, Standing{NameStatus: p.Decision})
	case *webhook.CapabilityUpdate:
		return u.limitEvent(ev, p.DailyLimit)
	case *webhook.AccountAlert, *webhook.AccountReview, *webhook.AccountUpdate, *webhook.SecurityEvent:
		u.hub.log.LogAttrs(u.ctx, slog.LevelWarn, "channel: WhatsApp has news about the account",
			slog.String("field", ev.Field), slog.Time("at", at))
	default: // of no consequence for conversations
	}
	return nil
}

// catalogs calls f for the catalog of every channel of the account, once each.
func (u *unit) catalogs(account string, f func(*template.Catalog)) {
	if account == "" {
		return // of which channel it is cannot be told
	}
	seen := map[*template.Catalog]bool{nil: true}
	for _, ch := range u.hub.channels.view().byID {
		if ch.Account == account && !seen[ch.Templates] {
			seen[ch.Templates] = true
			f(ch.Templates)
		}
	}
}

// qualityOf is what the older kinds of events say about a number's quality.
func qualityOf(event string) string {
	if event == "FLAGGED" || event == "UNFLAGGED" {
		return event
	}
	return ""
}

func refOf(t webhook.Template) template.Ref {
	return template.Ref{Name: t.Name, Language: t.Language}
}
