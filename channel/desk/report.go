package desk

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/kanava-go/kanava/channel/access"
)

// ReportQuery asks for the numbers of one channel.
type ReportQuery struct {
	// Channel is required.
	Channel string
	// From and To are the first and the last day, in UTC; the time of day is ignored.
	From, To time.Time
}

// Report is what happened on a channel in a period.
type Report struct {
	Channel string
	Days    []Day // days on which something happened, in order
}

// Day is what happened on one day, in UTC, by the time of the events.
type Day struct {
	Date time.Time
	// Counts are the numbers by name. An answer counts on the day on which WhatsApp accepted it,
	// and no longer once it has failed.
	//
	//	conversations, reopened, resolved      conversations
	//	resolution_seconds                     sum over resolved ones, from opening
	//	first_answers, first_answer_seconds    conversations that a person answered for the first
	//	                                       time, and how long after they began, or after a bot
	//	                                       handed them over
	//	answers, answer_seconds                answers of persons to customers who waited, and how
	//	                                       long they had waited
	//	bot_answers, bot_answer_seconds        the same of bots
	//	handed_over, handed_back               conversations that people got from a bot, and the other
	//	                                       way round
	//	handed_over_asked_for, …               the former by conversation.Cause
	//	bot_resolved                           conversations that were resolved while a bot had them
	//	automatic_answers, automatic_answer_seconds
	//	                                       automatic messages that were the first that such
	//	                                       customers heard; they went on waiting for a person
	//	messages_in, messages_out              messages of customers, and to them as far as WhatsApp
	//	                                       accepted them; reactions are none
	//	in_text, in_image, out_template, …     the same by kind
	//	messages_echo, messages_history        written in the Business app; from the chat history
	//	auto_replies                           those of them that rules sent
	//	delivery_sent, delivery_read, …        messages that came to a delivery state
	//	failed_template, failed_policy, …      failed messages by message.Class
	//	window_refused                         messages refused because they would have met a closed
	//	                                       window: misses avoided
	//	refused                                messages refused for any reason, the window included
	//	refused_opted_out, …                   the same by Cause
	//	redacted                               messages in which a card number was masked
	//	charged, cost_micros                   charged messages that were delivered, and what they cost
	//	                                       in millionths of the currency of the rate cards
	//	attachment_ready, attachment_failed    files of customers
	//	status_elsewhere                       statuses of messages that others sent
	//	errors, system_…, events_…             problems, notices and webhook fields without a
	//	                                       consequence for conversations
	Counts map[string]int64
}

// maxReportDays is the longest period of a report.
const maxReportDays = 400

// Report returns the numbers of a period of at most 400 days. The actor must be allowed to see
// reports of the channel: a supervisor.
func (d *Desk) Report(ctx context.Context, actor access.Actor, q ReportQuery) (_ *Report, err error) {
	c := &call{AuditInfo: AuditInfo{Actor: actor, Action: access.Report}, verb: "report"}
	defer d.endRead(ctx, c, &err)
	if _, err := d.onChannel(ctx, c, q.Channel); err != nil {
		return nil, err
	}
	from, to := day(q.From), day(q.To)
	if to.Before(from) || to.Sub(from) >= maxReportDays*24*time.Hour {
		return nil, c.refuse(errors.New("want 1 to 400 days, From not after To"))
	}
	days := map[time.Time]*Day{}
	for n, err := range d.hub.Counters(ctx, q.Channel, from, to.Add(24*time.Hour)) {
		if err != nil {
			return nil, c.refuse(err)
		}
		on := days[n.Day]
		if on == nil {
			on = &Day{Date: n.Day, Counts: map[string]int64{}}
			days[n.Day] = on
		}
		on.Counts[n.Name] += n.N
	}
	report := &Report{Channel: q.Channel}
	for _, date := range slices.SortedFunc(maps.Keys(days), time.Time.Compare) {
		report.Days = append(report.Days, *days[date])
	}
	return report, nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// Total returns the sum of a number over all days.
func (r *Report) Total(name string) int64 {
	var n int64
	for _, d := range r.Days {
		n += d.Counts[name]
	}
	return n
}

// MeanFirstAnswer is how long conversations went on average before a person answered, 0 if
// none was answered.
func (r *Report) MeanFirstAnswer() time.Duration {
	return r.mean("first_answer_seconds", "first_answers")
}

// MeanAnswer is how long customers waited for an answer on average, 0 if none waited.
func (r *Report) MeanAnswer() time.Duration { return r.mean("answer_seconds", "answers") }

// MeanResolution is how long conversations took on average from opening to resolution.
func (r *Report) MeanResolution() time.Duration { return r.mean("resolution_seconds", "resolved") }

func (r *Report) mean(sum, count string) time.Duration {
	n := r.Total(count)
	if n == 0 {
		return 0
	}
	return time.Duration(r.Total(sum)/n) * time.Second
}

// WriteCSV writes one line for each day and number: date, channel, name, value. The names
// are those of [Day].
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"date", "channel", "name", "value"}); err != nil {
		return fmt.Errorf("desk: write report: %w", err)
	}
	for _, d := range r.Days {
		for _, name := range slices.Sorted(maps.Keys(d.Counts)) {
			line := []string{d.Date.Format(time.DateOnly), r.Channel, name, strconv.FormatInt(d.Counts[name], 10)}
			if err := out.Write(line); err != nil {
				return fmt.Errorf("desk: write report: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("desk: write report: %w", err)
	}
	return nil
}
