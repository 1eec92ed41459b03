package console

import (
	"html/template"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/pricing"
	wa "github.com/kanava-go/kanava/template"
)

// templatePage lists the templates of a channel.
type templatePage struct {
	Channels  []choice
	Channel   string
	Text      string
	Templates []templateRow
	Synced    time.Time
	None      bool // the channel has no templates at all
}

// templateRow is a template with what an administrator wants to know of it.
type templateRow struct {
	*wa.Definition
	HTML    template.HTML // what a customer would see, with the samples of the template; "" if that cannot be shown
	Body    string
	Ready   bool
	Why     string // why it cannot be sent
	Until   time.Time
	Notes   []string
	Quality string // good, middling or bad; "" = not known
	Score   string
	Cost    string // of one message, over all markets; "" = not known
}

// seesTemplates says whether the actor administers a channel, or answers for it.
func (q *request) seesTemplates() bool { return len(q.templateChannels("")) > 0 }

func (q *request) templateChannels(chosen string) (list []choice) {
	for _, r := range q.mine() {
		if r.May(access.ManageSettings) || r.May(access.Report) {
			list = append(list, choice{r.ID, r.Name, r.ID == chosen})
		}
	}
	return list
}

// pick is the channel that a request names if it is among those to choose from, or the first of them.
func pick(list []choice, named string) (string, error) {
	for i := range list {
		if list[i].Value == named || named == "" {
			list[i].Chosen = true
			return list[i].Value, nil
		}
	}
	return "", channel.ErrNotFound
}

// templates shows the templates of a channel: their state, quality, content and price.
func (q *request) templates() error {
	p := templatePage{Channels: q.templateChannels(q.FormValue("channel")), Text: strings.TrimSpace(q.FormValue("q"))}
	var err error
	if p.Channel, err = pick(p.Channels, q.FormValue("channel")); err != nil {
		return err
	}
	ch, err := q.Desk.Hub().Channel(q.ctx(), p.Channel)
	if err != nil {
		return err
	}
	if p.None = ch.Templates == nil; p.None {
		return q.office("nav.templates", "templates", p)
	}
	p.Synced = ch.Templates.Synced()
	for _, def := range ch.Templates.Search(wa.Filter{Text: p.Text}) {
		p.Templates = append(p.Templates, q.templateRow(&ch, def))
	}
	return q.office("nav.templates", "templates", p)
}

// scores are the ratings of a template.
var scores = map[wa.Score]string{wa.ScoreGreen: "good", wa.ScoreYellow: "middling", wa.ScoreRed: "bad"}

func (q *request) templateRow(ch *channel.Channel, def *wa.Definition) templateRow {
	s := def.Sendable(q.now)
	r := templateRow{Definition: def, Ready: s.OK, Why: string(s.Reason), Until: s.RetryAt, Cost: priceOf(ch, def, q.now)}
	for _, n := range s.Notes {
		r.Notes = append(r.Notes, string(n))
	}
	if def.Quality != nil {
		r.Quality, r.Score = scores[def.Quality.Score], string(def.Quality.Score)
	}
	if body := def.Body(); body != nil {
		r.Body = body.Text
	}
	if values, err := samplesOf(def, func(string) string { return "" }); err == nil {
		if _, preview, err := def.Bind(values); err == nil {
			r.HTML = template.HTML(preview.HTML()) //nolint:gosec // it escapes
		}
	}
	return r
}

// priceOf is what one message costs today, from the cheapest market to the dearest, as far as the
// channel has rate cards.
func priceOf(ch *channel.Channel, def *wa.Definition, now time.Time) string {
	zone, err := time.LoadLocation(ch.TimeZone)
	if err != nil {
		return ""
	}
	card := pricing.CardOn(pricing.DateOf(now, zone), ch.Rates...)
	if card == nil {
		return ""
	}
	var least, most pricing.Micros
	found := false
	for _, m := range card.Markets() {
		if rate, ok := card.Rate(m, pricing.Category(strings.ToLower(string(def.Category)))); ok {
			if !found {
				least = rate
			}
			least, most, found = min(least, rate), max(most, rate), true
		}
	}
	switch {
	case !found:
		return ""
	case least == most:
		return most.String() + " " + card.Currency()
	}
	return least.String() + " – " + most.String() + " " + card.Currency()
}
