package channel

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kanava-go/kanava/channel/access"
)

// ReportQuery asks for the numbers of one channel.
type ReportQuery struct {
	// Actor must be allowed to see reports of the channel: a supervisor.
	Actor access.Actor
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
	// Counts are the numbers by name. Names that begin with "delivery_", "failed_" and
	// "events_" go on with the delivery state, the reason of the failure, the webhook field.
	//
	//	conversations, reopened, resolved     conversations
	//	resolution_seconds                    sum over resolved ones, from opening
	//	answers, answer_seconds               first answers to waiting customers, and how long they waited
	//	messages_in, messages_out, messages_echo, messages_history, auto_replies
	//	delivery_sent, delivery_read, failed_window_closed, …
	//	window_refused                        answers that the hub refused because the window was closed
	//	redacted                              messages in which a card number was masked
	Counts map[string]int64
}

// Report returns the numbers of a period of at most 400 days.
func (h *Hub) Report(ctx context.Context, q ReportQuery) (*Report, error) {
	ch, ok := h.channels.get(q.Channel)
	if !ok {
		return nil, fmt.Errorf("channel: report: %w", ErrNoChannel)
	}
	if err := access.Check(ch.Access, q.Actor, access.Report); err != nil {
		return nil, fmt.Errorf("channel: report: %w", err)
	}
	from, to := day(q.From), day(q.To)
	if to.Before(from) || to.Sub(from) > 400*24*time.Hour {
		return nil, errors.New("channel: report: want 1 to 400 days, From not after To")
	}
	days := map[int64]*Day{}
	after := &Position{Sort: from.UnixMicro() - 1, Key: "\xff"}
	before := &Position{Sort: to.Add(24 * time.Hour).UnixMicro()}
	for {
		page, err := h.store.List(ctx, Query{
			Kind: kindCounter, Parent: q.Channel, After: after, Before: before, Limit: 1000,
		})
		if err != nil {
			return nil, fmt.Errorf("channel: report: %w", err)
		}
		for _, r := range page {
			name := r.Key[strings.LastIndexByte(r.Key, '|')+1:]
			d := days[r.Sort]
			if d == nil {
				d = &Day{Date: time.UnixMicro(r.Sort).UTC(), Counts: map[string]int64{}}
				days[r.Sort] = d
			}
			d.Counts[name] += r.N
		}
		if len(page) < 1000 {
			break
		}
		last := page[len(page)-1]
		after = &Position{last.Sort, last.Key}
	}
	report := &Report{Channel: q.Channel}
	for _, key := range slices.Sorted(maps.Keys(days)) {
		report.Days = append(report.Days, *days[key])
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

// WriteCSV writes one line for each day and number: date, channel, name, value.
func (r *Report) WriteCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"date", "channel", "name", "value"}); err != nil {
		return fmt.Errorf("channel: write report: %w", err)
	}
	for _, d := range r.Days {
		for _, name := range slices.Sorted(maps.Keys(d.Counts)) {
			line := []string{d.Date.Format(time.DateOnly), r.Channel, name, strconv.FormatInt(d.Counts[name], 10)}
			if err := out.Write(line); err != nil {
				return fmt.Errorf("channel: write report: %w", err)
			}
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("channel: write report: %w", err)
	}
	return nil
}
