package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/kanava-go/kanava/channel"
	"github.com/kanava-go/kanava/channel/access"
	"github.com/kanava-go/kanava/channel/desk"
	"github.com/spf13/cobra"
)

// figures are the numbers of a report that are told, in order.
var figures = []struct{ name, words string }{
	{"conversations", "conversations begun"}, {"resolved", "resolved"}, {"messages_in", "messages from customers"}, {"messages_out", "messages to customers"},
	{"answers", "answers of people"}, {"automatic_answers", "automatic answers"}, {"delivery_delivered", "delivered"}, {"delivery_read", "read"}, {"delivery_failed", "failed"},
	{"refused", "refused before they were sent"}, {"window_refused", "of these for a closed window"}, {"redacted", "messages with a card number masked"}, {"charged", "charged messages"},
}

func (p *program) reportVerb() *cobra.Command {
	var from, to string
	var asCSV bool
	cmd := p.operation(&cobra.Command{
		Use:     "report",
		Short:   "What happened on a channel, day by day",
		Long:    `Sums up what happened on a channel that has a desk (without one nothing is counted): conversations, messages, deliveries, times to answer. Days are in UTC; without --from it is the last 30 days.`,
		Example: "  kanava report\n  kanava report --from 2026-11-01 --to 2026-11-30 --csv\n  kanava report --sim --json",
		Args:    arguments(0, 0, ""),
	}, true, func(ctx context.Context, o *operating, h *channel.Hub, _ []string) error {
		now := p.now().UTC()
		q := desk.ReportQuery{Channel: o.channel, From: now.AddDate(0, 0, -29), To: now}
		for _, day := range []struct {
			flag, text string
			to         *time.Time
		}{{"from", from, &q.From}, {"to", to, &q.To}} {
			if day.text == "" {
				continue
			}
			at, err := time.Parse(time.DateOnly, day.text)
			if err != nil {
				return wrong("--%s is a day such as 2026-11-29, not %q", day.flag, day.text)
			}
			*day.to = at
		}
		if q.To.Before(q.From) || q.To.Sub(q.From) > 400*24*time.Hour {
			return wrong("a report is about 1 to 400 days, the first one before the last")
		}
		// A report is a supervisor's; whoever has the database is one.
		ch, err := h.Channel(ctx, o.channel)
		if err != nil {
			return err
		}
		ch.Desk = desk.Settings{Access: access.Policy{AllUsers: access.Supervisor}}.JSON()
		d, err := desk.New(desk.Config{Hub: channel.Config{Store: o.store, Ticketing: nobody{}, Channels: []channel.Channel{ch}}})
		if err != nil {
			return err
		}
		r, err := d.Report(ctx, access.Actor{Kind: access.Agent, ID: "kanava-command"}, q)
		if err != nil {
			return err
		}
		if asCSV {
			return r.WriteCSV(p.out)
		}
		return p.print(r, func(w io.Writer) { p.reportText(w, q, r) })
	})
	cmd.Flags().StringVar(&from, "from", "", "first `DAY`, as in 2026-11-01")
	cmd.Flags().StringVar(&to, "to", "", "last `DAY`, as in 2026-11-30")
	cmd.Flags().BoolVar(&asCSV, "csv", false, "every number of every day as CSV")
	return cmd
}

func (p *program) reportText(w io.Writer, q desk.ReportQuery, r *desk.Report) {
	fmt.Fprintf(w, "%s, %s to %s\n\n", p.paint(bold, q.Channel), q.From.Format(time.DateOnly), q.To.Format(time.DateOnly))
	any := false
	for _, f := range figures {
		if n := r.Total(f.name); n != 0 {
			any = true
			fmt.Fprintf(w, "%7d  %s\n", n, f.words)
		}
	}
	if !any {
		fmt.Fprintln(w, "Nothing happened.")
	}
	for _, mean := range []struct {
		of    time.Duration
		words string
	}{{r.MeanFirstAnswer(), "until the first answer, on average"}, {r.MeanAnswer(), "until an answer, on average"}, {r.MeanResolution(), "until it was resolved, on average"}} {
		if mean.of > 0 {
			fmt.Fprintf(w, "%s %s\n", spoken(mean.of), mean.words)
		}
	}
}
