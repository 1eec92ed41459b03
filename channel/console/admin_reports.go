package console

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/kanava-go/kanava/channel/pricing"
)

// reportPage are the figures of a channel in a period.
type reportPage struct {
	Channels []choice
	Query    desk.ReportQuery
	Currency string
	*desk.Report
	Charts  []*chart
	Reasons []part // why messages failed or were refused
}

// reportDays is how much a page shows if nothing is asked for.
const reportDays = 30

// reportQuery is what a request asks for. What is no date is as if it were not there.
func (q *request) reportQuery() (list []choice, query desk.ReportQuery, err error) {
	list = q.channelsFor(access.Report, q.FormValue("channel"))
	if query.Channel, err = pick(list, q.FormValue("channel")); err != nil {
		return nil, query, err
	}
	today := q.now.UTC().Truncate(24 * time.Hour)
	query.To = dateOr(q.FormValue("to"), today)
	query.From = dateOr(q.FormValue("from"), query.To.AddDate(0, 0, 1-reportDays))
	if query.From.After(query.To) {
		query.From, query.To = query.To, query.From
	}
	if most := query.To.AddDate(0, 0, 1-400); query.From.Before(most) {
		query.From = most
	}
	return list, query, nil
}

func dateOr(text string, other time.Time) time.Time {
	if t, err := time.Parse(time.DateOnly, text); err == nil && t.Year() >= 1970 && t.Year() < 2200 {
		return t
	}
	return other
}

// reports shows the figures of a channel with charts.
func (q *request) reports() error {
	list, query, err := q.reportQuery()
	if err != nil {
		return err
	}
	report, err := q.Desk.Report(q.ctx(), q.actor, query)
	if err != nil {
		return err
	}
	ch, err := q.Desk.Hub().Channel(q.ctx(), query.Channel)
	if err != nil {
		return err
	}
	p := reportPage{Channels: list, Query: query, Report: report, Currency: currencyOf(ch.Rates)}
	p.Charts, p.Reasons = q.charts(query, report, p.Currency), q.reasons(report)
	return q.office("nav.reports", "reports", p)
}

// Cost is what the period cost, "" if nobody knows, for want of a rate card.
func (p reportPage) Cost() string {
	if p.Currency == "" {
		return ""
	}
	return strings.TrimSpace(pricing.Micros(p.Total("cost_micros")).String() + " " + p.Currency)
}

func currencyOf(cards []*pricing.RateCard) string {
	for _, c := range cards {
		if c != nil {
			return c.Currency()
		}
	}
	return ""
}

// charts are those of a report.
func (q *request) charts(query desk.ReportQuery, r *desk.Report, currency string) []*chart {
	var days []time.Time
	for at := query.From; !at.After(query.To); at = at.AddDate(0, 0, 1) {
		days = append(days, at)
	}
	per := func(key string, value func(d *desk.Day) int64) series {
		s := series{key, make([]int64, len(days))}
		for i := range r.Days {
			if at := slices.IndexFunc(days, r.Days[i].Date.Equal); at >= 0 {
				s.Values[at] = value(&r.Days[i])
			}
		}
		return s
	}
	number := func(name string) func(d *desk.Day) int64 {
		return func(d *desk.Day) int64 { return d.Counts[name] }
	}
	mean := func(sum, n string) func(d *desk.Day) int64 {
		return func(d *desk.Day) int64 { return d.Counts[sum] / max(d.Counts[n], 1) }
	}
	plain := func(n int64) string { text, _ := grouped(n); return text } // an int64 is a number
	lasts := func(n int64) string { return q.language.lasts(time.Duration(n) * time.Second) }
	money := func(n int64) string { return strings.TrimSpace(pricing.Micros(n).String() + " " + currency) }
	list := []*chart{
		{Key: "volume", Days: days, Write: plain, Series: []series{per("in", number("messages_in")), per("out", number("messages_out"))}},
		{Key: "answers", Days: days, Write: lasts, Mean: true, Series: []series{per("answers.mean", mean("answer_seconds", "answers"))}},
		{Key: "conversations", Days: days, Write: plain, Series: []series{per("opened", number("conversations")), per("resolved", number("resolved"))}},
		{Key: "cost", Days: days, Write: money, Series: []series{per("cost", number("cost_micros"))}},
		{Key: "missed", Days: days, Write: plain, Series: []series{per("missed", number("window_refused"))}},
	}
	if currency == "" { // without a rate card nobody knows what was spent
		list = slices.DeleteFunc(list, func(c *chart) bool { return c.Key == "cost" })
	}
	return list
}

// reasons are why messages failed at WhatsApp or were refused before, the most frequent first.
func (q *request) reasons(r *desk.Report) (list []part) {
	sums := map[string]int64{}
	for _, d := range r.Days {
		for name, n := range d.Counts {
			if why, ok := strings.CutPrefix(name, "failed_"); ok {
				sums[q.language.word("class", why)] += n
			} else if why, ok := strings.CutPrefix(name, "refused_"); ok {
				sums[q.language.word("why", why)] += n
			}
		}
	}
	var most int64
	for name, n := range sums {
		if n > 0 {
			list, most = append(list, part{Name: name, N: n}), max(most, n)
		}
	}
	slices.SortFunc(list, func(a, b part) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name)) })
	for i := range list {
		list[i].Share = 100 * float64(list[i].N) / float64(most)
	}
	return list
}

// reportCSV hands out the figures for a spreadsheet.
func (q *request) reportCSV() error {
	_, query, err := q.reportQuery()
	if err != nil {
		return err
	}
	report, err := q.Desk.Report(q.ctx(), q.actor, query)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := report.WriteCSV(&b); err != nil {
		return err
	}
	name := "report-" + query.Channel + "-" + query.From.Format(time.DateOnly) + "-" + query.To.Format(time.DateOnly) + ".csv"
	q.w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
	q.write(http.StatusOK, "text/csv; charset=utf-8", b.Bytes())
	return nil
}
